"""The methods of lists, tuples, dictionaries and sets."""

from collections.abc import Callable
from typing import Any

from app.language.attributes import METHODS, OF_CLASSES
from app.language.builtins import BUILTINS, iterate, sorted_
from app.language.collected import Deque
from app.language.comparisons import equals
from app.language.errors import ProgramError, key_error, overflow_error, type_error, value_error
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.operators import SETS
from app.language.text import repr_of
from app.language.values import Set, Value, View


def _append(m: Machine, items: list[Value], value: Value) -> None:
    m.budget.container(len(items) + 1)
    items.append(value)


def _extend(m: Machine, items: list[Value], more: Value) -> None:
    found = list(iterate(m, more))
    m.budget.container(len(items) + len(found))
    items.extend(found)


def _insert(m: Machine, items: list[Value], index: int, value: Value) -> None:
    m.budget.container(len(items) + 1)
    items.insert(index, value)


def _pop(m: Machine, items: list[Value], index: int = -1) -> Value:
    try:
        return items.pop(index)
    except IndexError as problem:
        raise ProgramError("index", framework=f"IndexError: {problem}", detail=str(index)) from None
    except OverflowError as problem:
        raise overflow_error(str(problem)) from None


def _index(m: Machine, items: Any, value: Value, *bounds: Value) -> int:
    """items.index(value, start, stop)"""
    if len(bounds) > 2:
        raise type_error(f"index expected at most 3 arguments, got {len(bounds) + 1}")
    if not all(isinstance(one, int) for one in bounds):
        raise type_error("slice indices must be integers or have an __index__ method")
    m.budget.long(len(items))
    start, stop = (*bounds, None, None)[:2]
    for i in range(*slice(start, stop).indices(len(items))):
        if i < len(items) and equals(m, items[i], value):  # an own __eq__ may shorten it
            return i
    if isinstance(items, tuple):
        raise value_error("tuple.index(x): x not in tuple")
    kind = "deque" if isinstance(items, Deque) else "list"
    raise value_error(f"{repr_of(value)} is not in {kind}")


def _place(m: Machine, numbers: range, value: Value) -> int:
    """range.index(): a whole number is not looked for, as in Python."""
    if isinstance(value, int):
        if value not in numbers:
            raise value_error(f"{value} is not in range")
        return numbers.index(value)
    found = next((i for i, one in enumerate(iterate(m, numbers)) if equals(m, one, value)), None)
    if found is None:
        raise value_error("sequence.index(x): x not in sequence")
    return found


def _times(m: Machine, numbers: range, value: Value) -> int:
    if isinstance(value, int):
        return int(value in numbers)
    return sum(equals(m, value, one) for one in iterate(m, numbers))


def _sort(m: Machine, items: list[Value], key: Value = None, reverse: bool = False) -> None:
    items[:] = sorted_(m, items, key=key, reverse=reverse)


def _take(m: Machine, table: dict[Any, Value], key: Value, *default: Value) -> Value:
    key = hashable(m, key)
    if key in table or default:
        return table.pop(key, *default)
    raise key_error(repr(key))


def _update(m: Machine, table: dict[Any, Value], other: Value = None, **named: Value) -> None:
    more = {**BUILTINS["dict"].call(m, other), **named}
    m.budget.container(len(table) + len(more))
    table.update(more)


def _view(of: str) -> Callable[..., View]:
    return lambda m, table: View(of, table)


def _pop_item(m: Machine, table: dict[Any, Value]) -> Value:
    if not table:
        words = "KeyError: 'popitem(): dictionary is empty'"
        raise ProgramError("key", framework=words, detail="popitem()")
    return table.popitem()


def _remove(m: Machine, items: list[Value], value: Value) -> None:
    for i, one in enumerate(items):
        if equals(m, one, value):
            del items[i]
            return
    raise value_error("list.remove(x): x not in list")


METHODS[list] = {
    "remove": _remove,
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "index": _index,
    "sort": _sort,
    "reverse": lambda m, items: items.reverse(),
    "clear": lambda m, items: items.clear(),
    "copy": lambda m, items: list(items),
    "count": lambda m, items, value: sum(equals(m, value, one) for one in items),
}
METHODS[tuple] = {"index": _index, "count": METHODS[list]["count"]}
METHODS[dict] = {
    **{of: _view(of) for of in ("keys", "values", "items")},
    "clear": lambda m, table: table.clear(),
    "popitem": _pop_item,
    "get": lambda m, table, key, default=None: table.get(hashable(m, key), default),
    "pop": _take,
    "update": _update,
    "copy": lambda m, table: dict(table),
    "setdefault": lambda m, table, key, default=None: table.setdefault(hashable(m, key), default),
}


def _grown(m: Machine, table: Set, value: Value) -> None:
    table.entries[hashable(m, value)] = None
    m.budget.container(len(table.entries))


def _gone(m: Machine, table: Set, value: Value) -> None:
    if hashable(m, value) not in table.entries:
        raise key_error(repr_of(value))
    del table.entries[hashable(m, value)]


def _taken(m: Machine, table: Set) -> Value:
    if not table.entries:
        raise key_error("'pop from an empty set'")
    found = table.ordered()[0]
    del table.entries[found]
    return found


def _set_of(m: Machine, value: Value) -> Set:
    if isinstance(value, Set):
        return value
    return Set(hashable(m, one) for one in iterate(m, value))


def _combined(sign: str) -> Callable[..., Set]:
    def call(m: Machine, table: Set, *others: Value) -> Set:
        for other in others:
            table = SETS[sign](table, _set_of(m, other))
            m.budget.container(len(table.entries))
        return Set(table.ordered())

    return call


def _updated(sign: str) -> Callable[..., None]:
    def call(m: Machine, table: Set, *others: Value) -> None:
        table.entries = _combined(sign)(m, table, *others).entries

    return call


def _from_keys(m: Machine, keys: Value, value: Value = None) -> dict[Any, Value]:
    """dict.fromkeys(keys, value)"""
    table: dict[Any, Value] = {}
    for key in iterate(m, keys):
        m.budget.container(len(table) + 1)
        table[hashable(m, key)] = value
    return table


METHODS[dict]["fromkeys"] = lambda m, table, *given: _from_keys(m, *given)
OF_CLASSES["dict", "fromkeys"] = _from_keys
METHODS[range] = {"index": _place, "count": _times}
METHODS[Set] = {
    "add": _grown,
    "remove": _gone,
    "pop": _taken,
    "update": _updated("|"),
    "intersection_update": _updated("&"),
    "difference_update": _updated("-"),
    "symmetric_difference_update": _updated("^"),
    "discard": lambda m, table, value: table.entries.pop(hashable(m, value), None),
    "clear": lambda m, table: table.entries.clear(),
    "copy": lambda m, table: Set(table.ordered()),
    "union": _combined("|"),
    "intersection": _combined("&"),
    "difference": _combined("-"),
    "symmetric_difference": _combined("^"),
    "issubset": lambda m, table, other: table.entries.keys() <= _set_of(m, other).entries.keys(),
    "issuperset": lambda m, table, other: table.entries.keys() >= _set_of(m, other).entries.keys(),
    "isdisjoint": lambda m, table, other: not table.entries.keys() & _set_of(m, other).entries,
}
