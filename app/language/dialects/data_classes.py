"""Python's own dataclasses: plain fields with defaults make __init__, __repr__ and __eq__."""

import ast
from collections.abc import Iterator
from typing import Any

from app.engine import N_
from app.language.builtins import call
from app.language.classes import NOT_IMPLEMENTED, special, store_attribute
from app.language.comparisons import equals
from app.language.dialects.common import namespace
from app.language.dialects.copying import deep
from app.language.errors import LimitReached, ProgramError, type_error, unsupported, value_error
from app.language.functions import function_maker
from app.language.grammar import Places
from app.language.machine import Machine
from app.language.scope import Context, Frame
from app.language.text import once, repr_of
from app.language.values import (
    Builtin,
    Class,
    Function,
    Instance,
    Namespace,
    Record,
    Set,
    Value,
    type_name,
)

UNSET = Record("MISSING", {})
FACTORY = Record("HAS_DEFAULT_FACTORY", {}, shown=lambda record: "<factory>")
USUAL = {"init": True, "repr": True, "eq": True, "order": False, "unsafe_hash": False,
         "frozen": False, "match_args": True, "kw_only": False, "slots": False}  # fmt: skip


def _field(
    m: Machine,
    *,
    default: Value = UNSET,
    default_factory: Value = UNSET,
    init: Value = True,
    repr: Value = True,
    compare: Value = True,
) -> Record:
    if default is not UNSET and default_factory is not UNSET:
        raise value_error("cannot specify both default and default_factory")
    told = {"default": default, "default_factory": default_factory}
    return Record("Field", told | {"init": init, "repr": repr, "compare": compare})


def _dataclass(m: Machine, cls: Value = None, /, **options: Value) -> Value:
    for name, value in options.items():
        if name not in USUAL:
            raise type_error(f"dataclass() got an unexpected keyword argument '{name}'")
        if name != "frozen" and bool(value) is not USUAL[name]:
            raise unsupported(
                N_("@dataclass({name}={value}) (write the method out)"),
                name=name,
                value=repr_of(value),
            )
    frozen = bool(options.get("frozen"))
    if cls is None:
        return Builtin("dataclass", lambda m, cls: _made(m, cls, frozen))
    return _made(m, cls, frozen)


def _own(m: Machine, cls: Class) -> Iterator[tuple[str, Record]]:
    """The fields that the class itself names, in their order."""
    for name in cls.annotated:
        m.budget.step()
        given = cls.members.get(name, UNSET)
        made = given if isinstance(given, Record) and given.kind == "Field" else None
        told = (made or _field(m, default=given)).members
        default = told["default"]
        if isinstance(default, list | dict | Set):
            kind = f"<class '{type_name(default)}'>"
            words = f"mutable default {kind} for field {name} is not allowed: "
            raise value_error(f"{words}use default_factory")
        if default is not UNSET:
            cls.members[name] = default
        elif made is not None:
            del cls.members[name]
        yield name, Record("Field", told | {"name": name})


def _made(m: Machine, cls: Value, frozen: bool) -> Class:
    if not isinstance(cls, Class) or not cls.own:
        raise type_error(f"@dataclass stands above a class, not {type_name(cls)}")
    fields: dict[str, Record] = {}
    for one in reversed(cls.line()[1:]):
        fields |= one.fields or {}
        if one.fields is not None and frozen is not (one.store is _frozen):
            kinds = (
                ("non-frozen", "a frozen") if one.store is _frozen else ("frozen", "a non-frozen")
            )
            raise type_error(f"cannot inherit {kinds[0]} dataclass from {kinds[1]} one")
    fields |= dict(_own(m, cls))
    cls.fields = fields
    m.budget.steps(len(fields))  # its __init__ is written and read
    methods = {"__init__": _init(m, cls, frozen), "__repr__": _repr(cls), "__eq__": _eq(cls)}
    for name, function in methods.items():
        cls.members.setdefault(name, function)
    if frozen:
        cls.store = _frozen
    if frozen and cls.members["__eq__"] is methods["__eq__"]:
        cls.compared = tuple(name for name, _ in _shown(cls, "compare"))
    return cls


def _frozen(m: Machine, owner: Value, name: str, value: Value) -> None:
    words = f"FrozenInstanceError: cannot assign to field '{name}'"
    raise ProgramError("raised", framework=words, detail=words)


def _init(m: Machine, cls: Class, frozen: bool) -> Value:
    """Its __init__, whose parameters are the fields."""
    frame, parts = Frame(), ["self"]
    for name, field in _shown(cls, "init"):
        told = field.members
        has = told["default"] is not UNSET or told["default_factory"] is not UNSET
        if not has and "=" in parts[-1]:
            raise type_error(f"non-default argument '{name}' follows default argument")
        parts.append(f"{name}={name}" if has else name)
        frame.values[name] = FACTORY if told["default"] is UNSET else told["default"]
    text = f"def __init__({', '.join(parts)}): pass"
    head: Any = ast.parse(text).body[0]

    def body(m: Machine, f: Frame) -> Value:
        instance: Instance = f.values["self"]
        for name, field in (cls.fields or {}).items():
            told = field.members
            value = f.values.get(name, told["default"])
            if value is FACTORY or (value is UNSET and told["default_factory"] is not UNSET):
                value = call(m, told["default_factory"])
            if value is UNSET:
                continue
            if frozen:
                instance.values[name] = value
            else:
                store_attribute(m, instance, name, value)
        special(m, instance, "__post_init__")
        return None

    context = Context(Places(text), set(), path=f"{cls.name}.")
    return function_maker("__init__", head.args, body, context)(m, frame)


def _shown(cls: Class, what: str) -> list[tuple[str, Record]]:
    """The fields that are not left out of __init__, of the text or of comparisons."""
    return [(name, one) for name, one in (cls.fields or {}).items() if one.members[what]]


def _repr(cls: Class) -> Function:
    def run(m: Machine, self: Instance) -> str:
        def write() -> str:
            parts, length = [], 0
            for name, _ in _shown(cls, "repr"):
                parts.append(f"{name}={repr_of(self.values.get(name))}")
                length += len(parts[-1])
                m.budget.container(length)
            return f"{self.of.name}({', '.join(parts)})"

        return once(self, "...", write)

    return Function("__repr__", run, frozenset())


def _eq(cls: Class) -> Function:
    def run(m: Machine, self: Instance, other: Value) -> Value:
        if not isinstance(other, Instance) or other.of is not self.of:
            return NOT_IMPLEMENTED
        names = [name for name, _ in _shown(cls, "compare")]
        mine, theirs = (tuple(one.values.get(name) for name in names) for one in (self, other))
        return equals(m, mine, theirs)

    return Function("__eq__", run, frozenset())


def _fields_of(value: Value) -> dict[str, Record] | None:
    """The fields of a dataclass or of an instance of one."""
    cls = value.of if isinstance(value, Instance) else value
    line = cls.line() if isinstance(cls, Class) else []
    return next((one.fields for one in line if one.fields is not None), None)


def _fields_inside(value: Value, function: str) -> dict[str, Record]:
    found = _fields_of(value) if isinstance(value, Instance) else None
    if found is None:
        raise type_error(f"{function}() should be called on dataclass instances")
    return found


def _fields(m: Machine, class_or_instance: Value) -> tuple[Record, ...]:
    found = _fields_of(class_or_instance)
    if found is None:
        raise type_error("must be called with a dataclass type or instance")
    return tuple(found.values())


def _as(kind: type) -> Any:
    """asdict and astuple: all the way down."""

    def of(m: Machine, value: Value, depth: int) -> Value:
        m.budget.step()
        if depth > m.budget.limits.depth:
            raise LimitReached("recursion", limit=m.budget.limits.depth)
        fields = _fields_of(value) if isinstance(value, Instance) else None
        if fields is not None:
            parts = [(name, of(m, value.values.get(name), depth + 1)) for name in fields]
            return dict(parts) if kind is dict else tuple(one for _, one in parts)
        if type(value) in (list, tuple):
            m.budget.container(len(value))
            return type(value)(of(m, one, depth + 1) for one in value)
        if type(value) is dict:
            m.budget.container(len(value))
            return {key: of(m, one, depth + 1) for key, one in value.items()}
        return deep(m, value)

    def make(m: Machine, instance: Value) -> Value:
        _fields_inside(instance, f"as{kind.__name__}")
        return of(m, instance, 0)

    return make


def _replace(m: Machine, obj: Value, /, **changes: Value) -> Value:
    fields = _fields_inside(obj, "replace")
    apart = [name for name, one in fields.items() if not one.members["init"]]
    if wrong := [name for name in apart if name in changes]:
        words = f"field {wrong[0]} is declared with init=False, it cannot be specified with "
        raise value_error(f"{words}replace()")
    kept = {name: obj.values.get(name) for name in fields if name not in apart}
    return call(m, obj.of, **kept | changes)


DATACLASSES: Namespace = namespace(
    "dataclasses",
    {
        "dataclass": _dataclass,
        "field": _field,
        "fields": _fields,
        "asdict": _as(dict),
        "astuple": _as(tuple),
        "replace": _replace,
    },
)
