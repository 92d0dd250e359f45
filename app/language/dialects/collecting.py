"""Python's own collections: dictionaries that keep an order, fill themselves or count, rows that
grow at both ends, tuples with names."""

from app.language import container_methods  # noqa: F401  (METHODS[dict])
from app.language.attributes import METHODS
from app.language.builtins import FUNCTIONS, IMPORTED, call
from app.language.collected import DefaultDict, OrderedDict
from app.language.dialects import counting, deques
from app.language.dialects.common import namespace
from app.language.dialects.naming import named_tuple
from app.language.errors import key_error, type_error
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import Builtin, Class, Function, Namespace, Value

CALLED = Builtin | Class | Function


def _ordered(m: Machine, pairs: Value = None, **named: Value) -> OrderedDict:
    return OrderedDict(FUNCTIONS["dict"](m, pairs, **named))


def _default(
    m: Machine, default_factory: Value = None, pairs: Value = None, **named: Value
) -> DefaultDict:
    if default_factory is not None and not isinstance(default_factory, CALLED):
        raise type_error("first argument must be callable or None")
    make = (lambda: call(m, default_factory)) if default_factory is not None else None
    return DefaultDict(FUNCTIONS["dict"](m, pairs, **named), make, default_factory)


def _move_to_end(m: Machine, table: OrderedDict, key: Value, last: Value = True) -> None:
    key = hashable(m, key)
    if key not in table:
        raise key_error(repr_of(key))
    m.budget.container(len(table))  # and a look at the clock: all of it is written anew
    others = {other: value for other, value in table.items() if other != key}
    value = table[key]
    table.clear()
    table.update({**others, key: value} if last else {key: value, **others})


def _pop_item(m: Machine, table: OrderedDict, last: Value = True) -> Value:
    if not table:
        raise key_error("'dictionary is empty'")
    key = next(reversed(table) if last else iter(table))
    return key, table.pop(key)


METHODS[OrderedDict] = {
    **METHODS[dict],
    "move_to_end": _move_to_end,
    "popitem": _pop_item,
    "copy": lambda m, table: OrderedDict(table),
}
METHODS[DefaultDict] = {
    **METHODS[dict],
    "copy": lambda m, table: DefaultDict(table, table.make, table.factory),
}
COLLECTIONS: Namespace = namespace(
    "collections",
    {
        "OrderedDict": _ordered,
        "defaultdict": _default,
        "Counter": counting.made,
        "deque": deques.made,
        "namedtuple": named_tuple,
    },
)
IMPORTED |= {
    value.name: value for name, value in COLLECTIONS.members.items() if name != "namedtuple"
}
