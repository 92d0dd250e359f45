"""Python's own tuples with names: collections.namedtuple and typing.NamedTuple."""

from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword

from app.engine import N_
from app.language import container_methods  # noqa: F401  (METHODS[tuple])
from app.language.attributes import METHODS
from app.language.errors import lacking_words, type_error, unsupported, value_error
from app.language.grammar import SPECIAL
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import Builtin, Class, NamedFields, Value
from app.language.walks import iterate


def named_tuple(
    m: Machine,
    typename: Value,
    field_names: Value,
    *,
    rename: Value = False,
    defaults: Value = None,
    module: Value = None,
) -> Class:
    """namedtuple('Point', 'x y')"""
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    names = [one if isinstance(one, str) else repr_of(one) for one in iterate(m, field_names)]
    m.budget.container(sum(map(len, names)))
    if not isinstance(typename, str):
        raise type_error("Type names and field names must be strings")
    if rename:
        seen: set[str] = set()
        for i, name in enumerate(names):
            bad = not name.isidentifier() or iskeyword(name) or name.startswith("_")
            names[i] = f"_{i}" if bad or name in seen else name
            seen.add(names[i])
    _check([typename, *names], bool(rename))
    given = () if defaults is None else tuple(iterate(m, defaults))
    if len(given) > len(names):
        raise type_error("Got more default values than field names")
    of = Class(typename, own=True)
    _name(of, names, dict(zip(names[len(names) - len(given) :], given, strict=True)))
    return of


def _check(names: list[str], rename: bool) -> None:
    for name in names:
        if not name.isidentifier():
            words = "Type names and field names must be valid identifiers"
            raise value_error(f"{words}: {name!r}")
        if iskeyword(name):
            raise value_error(f"Type names and field names cannot be a keyword: {name!r}")
    seen: set[str] = set()
    for name in names[1:]:
        if name.startswith("_") and not rename:
            raise value_error(f"Field names cannot start with an underscore: {name!r}")
        if name in seen:
            raise value_error(f"Encountered duplicate field name: {name!r}")
        seen.add(name)


def _name(of: Class, names: Sequence[str], defaults: Mapping[str, Value]) -> None:
    """Makes a class one of tuples with these names."""
    of.members |= {
        "_fields": tuple(names),
        "_field_defaults": dict(defaults),
        "__match_args__": tuple(names),
    }
    of.methods |= {"_replace": _replace, "_asdict": _as_dictionary}
    of.methods |= METHODS[tuple]
    of.new = _maker(of.name, tuple(names), defaults)
    of.of_class["_make"] = lambda m, cls: Builtin(
        "_make", lambda m, values: of.new and of.new(m, cls, *iterate(m, values))
    )
    of.derived = _only_methods


def _maker(head: str, names: Sequence[str], defaults: Mapping[str, Value]) -> Callable[..., Value]:
    """What Point(1, y=2) does."""

    known = frozenset(names)

    def new(m: Machine, of: Class, /, *given: Value, **named: Value) -> NamedFields:
        if len(given) > len(names):
            least = 1 + len(names) - len(defaults)
            takes = f"from {least} to {1 + len(names)}" if defaults else f"{1 + len(names)}"
            words = f"takes {takes} positional arguments but {1 + len(given)} were given"
            raise type_error(f"{head}.__new__() {words}")
        values = dict(zip(names, given, strict=False))
        for name, value in named.items():
            if name not in known:
                raise type_error(f"{head}.__new__() got an unexpected keyword argument '{name}'")
            if name in values:
                raise type_error(f"{head}.__new__() got multiple values for argument '{name}'")
            values[name] = value
        lacking = [name for name in names if name not in values and name not in defaults]
        if lacking:
            raise type_error(f"{head}.__new__() {lacking_words(lacking)}")
        made = NamedFields(values.get(name, defaults.get(name)) for name in names)
        made.of, made.kind, made.names = of, of.name, tuple(names)
        return made

    return new


def _replace(m: Machine, row: NamedFields, /, **changes: Value) -> NamedFields:
    known = frozenset(row.names)
    if unknown := [name for name in changes if name not in known]:
        raise value_error(f"Got unexpected field names: {unknown!r}")
    return row.with_entries((dict(zip(row.names, row, strict=True)) | changes).values())


def _as_dictionary(m: Machine, row: NamedFields) -> dict[str, Value]:
    return dict(zip(row.names, row, strict=True))


def _only_methods(m: Machine, of: Class) -> None:
    """A class derived from one of tuples may have methods; how it is made and written is set."""
    for name in of.members:
        if name in SPECIAL and name != "__match_args__":
            raise unsupported(N_("{name} in a named tuple (write a @dataclass)"), name=name)


def _typed(m: Machine, of: Class) -> None:
    """class Point(NamedTuple): its annotated names are the fields."""
    if of.base is not NAMED_TUPLE:
        return
    _only_methods(m, of)
    names = list(of.annotated)
    _check([of.name, *names], rename=False)
    defaults = {name: of.members.pop(name) for name in names if name in of.members}
    for i, name in enumerate(names):
        if name not in defaults and (before := [x for x in names[:i] if x in defaults]):
            words = f"Non-default namedtuple field {name} cannot follow default field"
            raise type_error(f"{words}{'s' if len(before) > 1 else ''} {', '.join(before)}")
    _name(of, names, defaults)


def _functional(m: Machine, of: Class, typename: Value, fields: Value) -> Class:
    """NamedTuple('Point', [('x', float), ('y', float)])"""
    pairs = [tuple(iterate(m, pair)) for pair in iterate(m, fields)]
    return named_tuple(m, typename, [pair[0] for pair in pairs if pair])


NAMED_TUPLE = Class("NamedTuple", new=_functional, derived=_typed)
