"""Names after a dot: found in tables by the value's own type, never by getattr.

Dialects fill the tables for their arrays; this file holds those of Python's plain values.
"""

import math
from collections.abc import Callable
from typing import Any

from app.language.builtins import BUILTINS, iterate, sorted_
from app.language.classes import (
    class_attribute,
    instance_attribute,
    store_attribute,
    super_attribute,
)
from app.language.comparisons import equals
from app.language.errors import ProgramError, close_names, type_error, value_error
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.operators import SETS
from app.language.templates import braces
from app.language.text import repr_of
from app.language.values import (
    Array,
    Builtin,
    Class,
    Device,
    Dtype,
    Function,
    Generator,
    Instance,
    Mode,
    Namespace,
    Record,
    Set,
    Shape,
    Skipped,
    Super,
    Tape,
    Value,
    View,
    type_name,
)

Table = dict[str, Callable[..., Any]]
METHODS: dict[Any, Table] = {}  # type (an Array's kind) -> name -> method(machine, value, ...)
PROPERTIES: dict[Any, Table] = {}  # likewise, value(machine, value)
SETTERS: dict[Any, Table] = {}


def key_of(value: Value) -> Any:
    """Under what a value's attributes are listed."""
    return value.kind if isinstance(value, Array) else type(value)


def attribute(m: Machine, value: Value, name: str) -> Value:
    """value.name"""
    if isinstance(value, Skipped):
        return value
    if isinstance(value, Namespace):
        if name in value.members:
            return value.members[name]
        close = close_names(name, value.members)
        raise ProgramError("not_here", name=f"{value.name}.{name}", close=close)
    if isinstance(value, Record):
        if name in value.members:
            return value.members[name]
        if name in value.methods:
            act = value.methods[name]
            return Builtin(name, lambda m, *given, **named: act(m, value, *given, **named))
        raise missing(f"'{value.kind}' object", name, {**value.members, **value.methods})
    if isinstance(value, Instance):
        return instance_attribute(m, value, name)
    if isinstance(value, Class):
        return class_attribute(m, value, name)
    if isinstance(value, Super):
        return super_attribute(m, value, name)
    key = key_of(value)
    properties, methods = PROPERTIES.get(key, {}), METHODS.get(key, {})
    if name in properties:
        return properties[name](m, value)
    if name in methods:
        method = methods[name]
        return Builtin(name, lambda m, *given, **named: method(m, value, *given, **named))
    raise missing(f"'{type_name(value)}' object", name, {**properties, **methods})


def assign(m: Machine, owner: Value, name: str, value: Value) -> None:
    """owner.name = value"""
    if isinstance(owner, Instance | Class):
        store_attribute(m, owner, name, value)
        return
    if isinstance(owner, Record) and owner.keep is not None:
        owner.keep(m, owner, name, value)
        return
    if isinstance(owner, Skipped):
        return
    setter = SETTERS.get(key_of(owner), {}).get(name)
    if setter is None:
        raise ProgramError(
            "attribute",
            framework=f"AttributeError: can't set attribute '{name}'",
            owner=f"'{type_name(owner)}' object",
            name=name,
            close=[],
        )
    setter(m, owner, value)


def missing(owner: str, name: str, known: Any) -> ProgramError:
    """AttributeError, with what may have been meant."""
    words = f"{owner} has no attribute '{name}'"
    return ProgramError(
        "attribute",
        framework=f"AttributeError: {words}",
        owner=owner,
        name=name,
        close=close_names(name, known),
    )


# -- texts


def _join(m: Machine, text: str, values: Value) -> str:
    parts = list(iterate(m, values))
    for i, part in enumerate(parts):
        if not isinstance(part, str):
            words = f"sequence item {i}: expected str instance, {type_name(part)} found"
            raise type_error(words)
    m.budget.container(sum(map(len, parts)) + len(text) * len(parts))
    return text.join(parts)


def _replace(m: Machine, text: str, old: str, new: str) -> str:
    _texts(old, new)
    m.budget.container(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _texts(*values: Value) -> None:
    for value in values:
        if value is not None and not isinstance(value, str):
            raise type_error(f"expected a str, not {type_name(value)}")


def _filled(side: str) -> Callable[..., str]:
    def fill(m: Machine, text: str, width: int, fillchar: str = " ") -> str:
        _texts(fillchar)
        m.budget.container(width)
        return {"ljust": text.ljust, "rjust": text.rjust, "center": text.center}[side](
            width, fillchar
        )

    return fill


def _with_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of texts; where to look may be whole numbers."""

    def call(m: Machine, text: str, *given: Value) -> Value:
        for one in given:
            if not (isinstance(one, tuple) and all(isinstance(x, str) for x in one)):
                _texts(None if isinstance(one, int) else one)
        return function(text, *given)

    return call


def _parts(split: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def call(m: Machine, text: str, sep: Value = None, maxsplit: int = -1) -> list[str]:
        _texts(sep)
        return split(text, sep, maxsplit)

    return call


def _zero_filled(m: Machine, text: str, width: int) -> str:
    m.budget.container(width)
    return text.zfill(width)


PLAIN_TEXT: Table = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "count": str.count,
    "find": str.find,
    "rfind": str.rfind,
    "index": str.index,
    "capitalize": str.capitalize,
    "swapcase": str.swapcase,
    "isdigit": str.isdigit,
    "isalpha": str.isalpha,
    "isalnum": str.isalnum,
    "isspace": str.isspace,
    "isupper": str.isupper,
    "islower": str.islower,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "partition": str.partition,
    "rpartition": str.rpartition,
}
METHODS[str] = {
    "join": _join,
    "replace": _replace,
    "format": lambda m, text, *given, **named: braces(m, text, given, named),
    "split": _parts(str.split),
    "rsplit": _parts(str.rsplit),
    "splitlines": lambda m, text, keepends=False: text.splitlines(bool(keepends)),
    "zfill": _zero_filled,
    **{name: _with_texts(function) for name, function in PLAIN_TEXT.items()},
    **{side: _filled(side) for side in ("ljust", "rjust", "center")},
}


# -- lists and dictionaries


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


def _index(m: Machine, items: Any, value: Value) -> int:
    for i, one in enumerate(items):
        if equals(m, one, value):
            return i
    if isinstance(items, tuple):
        raise value_error("tuple.index(x): x not in tuple")
    raise value_error(f"{repr_of(value)} is not in list")


def _sort(m: Machine, items: list[Value], key: Value = None, reverse: bool = False) -> None:
    items[:] = sorted_(m, items, key=key, reverse=reverse)


def _take(m: Machine, table: dict[Any, Value], key: Value, *default: Value) -> Value:
    key = hashable(key)
    if key in table or default:
        return table.pop(key, *default)
    raise ProgramError("key", framework=f"KeyError: {key!r}", detail=repr(key))


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
    "get": lambda m, table, key, default=None: table.get(hashable(key), default),
    "pop": _take,
    "update": _update,
    "copy": lambda m, table: dict(table),
    "setdefault": lambda m, table, key, default=None: table.setdefault(hashable(key), default),
}


def _grown(m: Machine, table: Set, value: Value) -> None:
    table.entries[hashable(value)] = None
    m.budget.container(len(table.entries))


def _gone(m: Machine, table: Set, value: Value) -> None:
    if hashable(value) not in table.entries:
        words = repr_of(value)
        raise ProgramError("key", framework=f"KeyError: {words}", detail=words)
    del table.entries[hashable(value)]


def _taken(m: Machine, table: Set) -> Value:
    if not table.entries:
        words = "'pop from an empty set'"
        raise ProgramError("key", framework=f"KeyError: {words}", detail=words)
    found = table.ordered()[0]
    del table.entries[found]
    return found


def _set_of(m: Machine, value: Value) -> Set:
    if isinstance(value, Set):
        return value
    return Set(hashable(one) for one in iterate(m, value))


def _combined(sign: str) -> Callable[..., Set]:
    def call(m: Machine, table: Set, *others: Value) -> Set:
        for other in others:
            table = SETS[sign](table, _set_of(m, other))
            m.budget.container(len(table.entries))
        return Set(table.ordered())

    return call


def _updated(m: Machine, table: Set, *others: Value) -> None:
    table.entries = _combined("|")(m, table, *others).entries


METHODS[Set] = {
    "add": _grown,
    "remove": _gone,
    "pop": _taken,
    "update": _updated,
    "discard": lambda m, table, value: table.entries.pop(hashable(value), None),
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
METHODS[float] = {"is_integer": lambda m, value: value.is_integer()}
PROPERTIES[Builtin] = PROPERTIES[Function] = {"__name__": lambda m, value: value.name}
PROPERTIES[float] = PROPERTIES[int] = {"real": lambda m, value: value}
METHODS[Shape] = {
    "as_list": lambda m, shape: list(shape.lengths),
    "numel": lambda m, shape: math.prod(shape.lengths),
}
PROPERTIES[Shape] = {
    "ndims": lambda m, shape: len(shape.lengths),
    "rank": lambda m, shape: len(shape.lengths),
}
PROPERTIES[Dtype] = {"name": lambda m, dtype: dtype.name}
PROPERTIES[Device] = {"type": lambda m, device: device.name}
for _empty in (Tape, Mode, Generator):
    METHODS.setdefault(_empty, {})
