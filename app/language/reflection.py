"""Python's functions that ask what a value is, what it has, and that give it more by a name."""

from collections.abc import Callable
from unicodedata import normalize

from app.language.attributes import assign, attribute, missing
from app.language.builtins import BUILTINS
from app.language.classes import ABSENT, OBJECT, delete_attribute, find
from app.language.errors import ProgramError, type_error
from app.language.grammar import SPECIAL
from app.language.machine import Machine
from app.language.slices import slice_of
from app.language.values import (
    CLASSES,
    Builtin,
    Class,
    Dtype,
    Function,
    Instance,
    OfClass,
    Record,
    Static,
    Value,
    type_name,
)

NOT_THERE = ("attribute", "not_here")  # codes of the errors that say so


def attribute_name(name: Value) -> str:
    """The name of an attribute: a text, and one that may be written after a dot."""
    if not isinstance(name, str):
        raise type_error(f"attribute name must be string, not '{type_name(name)}'")
    plain = normalize("NFKC", name)
    if plain.startswith("__") and plain not in SPECIAL | {"__name__"}:
        raise ProgramError("private", name=name)
    return name


def _hasattr(m: Machine, value: Value, name: Value, /) -> bool:
    try:
        attribute(m, value, attribute_name(name))
    except ProgramError as problem:
        if problem.code not in NOT_THERE:
            raise
        return False
    return True


def _getattr(m: Machine, value: Value, name: Value, /, *default: Value) -> Value:
    if len(default) > 1:
        raise type_error(f"getattr expected at most 3 arguments, got {2 + len(default)}")
    try:
        return attribute(m, value, attribute_name(name))
    except ProgramError as problem:
        if problem.code not in NOT_THERE or not default:
            raise
        return default[0]


def _setattr(m: Machine, owner: Value, name: Value, value: Value, /) -> None:
    assign(m, owner, attribute_name(name), value)


def _delattr(m: Machine, owner: Value, name: Value, /) -> None:
    delete_attribute(m, owner, attribute_name(name))


def _callable(m: Machine, value: Value, /) -> bool:
    if isinstance(value, Instance):
        return find(m, value.of.line(), "__call__", value) is not ABSENT
    if isinstance(value, Record):
        return value.call is not None
    numpy = isinstance(value, Dtype) and "numpy." in value.text
    return numpy or isinstance(value, Builtin | Function | Class)


def _issubclass(m: Machine, one: Value, kinds: Value, /) -> bool:
    if not _is_class(one):
        raise type_error("issubclass() arg 1 must be a class")
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        m.budget.step()
        if isinstance(kind, tuple):
            if _issubclass(m, one, kind):
                return True
            continue
        if not _is_class(kind):
            raise type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union")
        if kind is OBJECT or (isinstance(one, Class) and kind in one.line()):
            return True
        names = [x.name for x in (one, kind) if isinstance(x, Builtin)]
        if names == ["bool", "int"] or (len(names) == 2 and names[0] == names[1]):
            return True
    return False


def _is_class(value: Value) -> bool:
    return isinstance(value, Class) or (isinstance(value, Builtin) and value.name in CLASSES)


def _object(m: Machine, owner: Value, name: str, value: Value) -> None:
    raise missing("'object' object", name, ())


OBJECT.store = _object


def _slice(m: Machine, *bounds: Value) -> slice:
    if not 1 <= len(bounds) <= 3:
        few = "at least 1 argument" if not bounds else "at most 3 arguments"
        raise type_error(f"slice expected {few}, got {len(bounds)}")
    return slice_of(m, list(bounds))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "hasattr": _hasattr,
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "callable": _callable,
    "issubclass": _issubclass,
    "slice": _slice,
    "staticmethod": lambda m, function: Static(function),
    "classmethod": lambda m, function, /: OfClass(function),
}
BUILTINS |= {name: Builtin(name, function) for name, function in FUNCTIONS.items()}
BUILTINS |= {"object": OBJECT, "Ellipsis": Ellipsis}
