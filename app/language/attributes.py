"""Names after a dot: found in tables by the value's own type, never by getattr.

Dialects fill the tables for their arrays; the methods of texts and of containers have files of
their own.
"""

import math
from collections.abc import Callable
from typing import Any

from app.language.classes import (
    class_attribute,
    instance_attribute,
    row_attribute,
    store_attribute,
    super_attribute,
)
from app.language.elsewhere import ATTRIBUTES, MEMBERS, close_members
from app.language.errors import ProgramError, close_names, type_error
from app.language.exits import called
from app.language.guarded import Given
from app.language.machine import Machine
from app.language.text import TYPES
from app.language.values import (
    Array,
    Builtin,
    Class,
    Device,
    Dtype,
    Fields,
    Function,
    Generator,
    Instance,
    Mode,
    NamedFields,
    Namespace,
    Record,
    Set,
    Shape,
    Skipped,
    Super,
    Tape,
    Value,
    type_name,
)

Table = dict[str, Callable[..., Any]]
METHODS: dict[Any, Table] = {}  # type (an Array's kind) -> name -> method(machine, value, ...)
PROPERTIES: dict[Any, Table] = {}  # likewise, value(machine, value)
SETTERS: dict[Any, Table] = {}
OF_CLASSES: dict[tuple[str, str], Callable[..., Any]] = {}  # dict.fromkeys: given no value


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
        whole = f"{value.name}.{name}"
        known = MEMBERS.get(whole)
        close = [] if known else close_members(name, value)
        raise ProgramError("not_here", name=whole, advice=known, close=close)
    if isinstance(value, Record):
        if name in value.members:
            return value.members[name]
        if name in value.methods:
            return Builtin(name, Given(value.methods[name], value))
        raise missing(f"'{value.kind}' object", name, {**value.members, **value.methods})
    if isinstance(value, Instance):
        return instance_attribute(m, value, name)
    if isinstance(value, Class):
        return class_attribute(m, value, name)
    if isinstance(value, Super):
        return super_attribute(m, value, name)
    if isinstance(value, Builtin) and (value.name, name) in OF_CLASSES:
        return Builtin(name, OF_CLASSES[value.name, name])
    if isinstance(value, Builtin) and name in (methods := METHODS.get(OWN.get(value.name), {})):
        return Builtin(name, _unbound(value.name, name, methods[name]))  # str.upper
    if isinstance(value, Fields) and name in value.names:
        return value[value.names.index(name)]
    if isinstance(value, NamedFields):
        return row_attribute(m, value, name)
    key = key_of(value)
    properties, methods = PROPERTIES.get(key, {}), METHODS.get(key, {})
    if name in properties:
        return properties[name](m, value)
    if name in methods:
        return Builtin(name, _method(methods[name], name, value))
    raise missing(f"'{type_name(value)}' object", name, {**properties, **methods})


class _Told(Given):
    """A method of an array or a number, of which the recorder is told."""

    __slots__ = ("name",)

    def __init__(self, method: Callable[..., Value], instance: Value, name: str):
        super().__init__(method, instance)
        self.name = name

    def __call__(self, m: Machine, /, *given: Value, **named: Value) -> Value:
        result = self.method(m, self.instance, *given, **named)
        if not m.formula:
            called(m.recorder, self.name, (self.instance,), result)
        return result


def _method(method: Callable[..., Value], name: str, of: Value) -> Given:
    """A method of a value."""
    return _Told(method, of, name) if isinstance(of, Array | float) else Given(method, of)


OWN = {"str": str, "list": list, "tuple": tuple, "dict": dict, "set": Set, "float": float}


def _unbound(kind: str, name: str, method: Callable[..., Value]) -> Callable[..., Value]:
    """A method that is given its value by the caller."""

    def call(m: Machine, *given: Value, **named: Value) -> Value:
        if not given:
            raise type_error(f"unbound method {kind}.{name}() needs an argument")
        if type(given[0]) is not OWN[kind]:
            words = f"descriptor '{name}' for '{kind}' objects doesn't apply to a "
            raise type_error(f"{words}'{type_name(given[0])}' object")
        return method(m, *given, **named)

    return call


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
    plain = not isinstance(owner, Array | Record)
    if setter is None and plain and name not in METHODS.get(type(owner), {}):
        raise missing(f"'{type_name(owner)}' object", name, ())
    if setter is None:
        raise ProgramError(
            "attribute",
            framework=f"AttributeError: can't set attribute '{name}'",
            owner=type_name(owner),
            name=name,
            close=[],
        )
    setter(m, owner, value)


def missing(owner: str, name: str, known: Any) -> ProgramError:
    """AttributeError, with what may have been meant."""
    words, kind = f"{owner} has no attribute '{name}'", owner.split("'")[1].rpartition(".")[2]
    if kind == "EagerTensor" and name in LIKE_NUMPY:
        words = f"EagerTensor object has no attribute '{name}'. "
    return ProgramError(
        "attribute",
        framework=f"AttributeError: {words}",
        advice=ATTRIBUTES.get((kind, name)),
        owner=kind,
        name=name,
        close=close_names(name, known),
    )


LIKE_NUMPY = {"T", "astype", "ravel", "transpose", "reshape", "clip", "size", "tolist", "data"}
"""Names of which TensorFlow says, in further lines, how its tensors could have them."""
METHODS[float] = {"is_integer": lambda m, value: value.is_integer()}
PROPERTIES[Builtin] = {
    "__name__": lambda m, value: TYPES.get(value.name, value.name).rpartition(".")[2]
}
PROPERTIES[Function] = {"__name__": lambda m, value: value.name}
METHODS[float]["conjugate"] = lambda m, value: value
METHODS[int] = {
    "bit_length": lambda m, value: value.bit_length(),
    "bit_count": lambda m, value: value.bit_count(),
    "conjugate": lambda m, value: int(value),
    "as_integer_ratio": lambda m, value: (int(value), 1),
    "is_integer": lambda m, value: True,
}
PROPERTIES[float] = {"real": lambda m, value: value, "imag": lambda m, value: 0.0}
PROPERTIES[int] = {
    "real": lambda m, value: int(value),
    "imag": lambda m, value: 0,
    "numerator": lambda m, value: int(value),
    "denominator": lambda m, value: 1,
}
METHODS[bool], PROPERTIES[bool] = METHODS[int], PROPERTIES[int]
METHODS[Shape] = {
    "as_list": lambda m, shape: list(shape.lengths),
    "numel": lambda m, shape: math.prod(shape.lengths),
}
PROPERTIES[Shape] = {
    "ndims": lambda m, shape: len(shape.lengths),
    "rank": lambda m, shape: len(shape.lengths),
}
PROPERTIES[range] = PROPERTIES[slice] = {
    "start": lambda m, value: value.start,
    "stop": lambda m, value: value.stop,
    "step": lambda m, value: value.step,
}
PROPERTIES[Dtype] = {"name": lambda m, dtype: dtype.name}
PROPERTIES[Device] = {"type": lambda m, device: device.name}
for _empty in (Tape, Mode, Generator):
    METHODS.setdefault(_empty, {})
