"""Tables from a framework's names to the engine's operations, and the functions they become."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from app.engine import OPS
from app.language.dialects.common import array, exact, floating, two, unary
from app.language.errors import type_error
from app.language.machine import Machine
from app.language.values import Array, Value

Call = Callable[..., Any]
Table = dict[str, Call]


def same(*names: str) -> dict[str, str]:
    """Names that the framework and the engine share."""
    return {name: name for name in names}


def of_floats(kind: str, names: Mapping[str, str]) -> Table:
    """Functions of one array that make whole numbers floats. names: framework's to engine's."""
    return {name: unary(OPS[op], kind) for name, op in names.items()}


def of_numbers(kind: str, names: Mapping[str, str]) -> Table:
    """Functions of one array that keep whole numbers whole."""
    return {name: exact(OPS[op], kind) for name, op in names.items()}


def of_two(kind: str, names: Mapping[str, str]) -> Table:
    """Functions of two arrays."""
    return {name: two(OPS[op], kind) for name, op in names.items()}


def of_two_floats(kind: str, names: Mapping[str, str]) -> Table:
    """Functions of two arrays that make whole numbers floats."""

    def make(call: Call) -> Call:
        def function(m: Machine, x: Value, y: Value, name: Value = None) -> Array:
            return call(m, *(_float(m, one, kind) for one in (x, y)))  # type: ignore[no-any-return]

        return function

    return {name: make(two(OPS[op], kind)) for name, op in names.items()}


def _float(m: Machine, x: Value, kind: str) -> Value:
    return floating(m, x, kind) if isinstance(x, Array) else float(x)


def with_settings(op: str, kind: str, **defaults: float) -> Call:
    """A function of one array and of numbers with names and defaults."""
    names = list(defaults)

    def call(m: Machine, x: Value, *given: Value, **named: Value) -> Array:
        named.pop("inplace", None)
        named.pop("name", None)
        values = dict(zip(names, given, strict=False)) | named
        for name, value in values.items():
            if name not in defaults:
                raise type_error(f"{op}() got an unexpected keyword argument '{name}'")
            if isinstance(value, Array) and value.tensor.size == 1:
                values[name] = value.tensor.data.item()
            elif not isinstance(value, int | float):
                raise type_error(f"{op}(): {name} is a number")
        settings = [values.get(name, default) for name, default in defaults.items()]
        return m.apply(OPS[op], floating(m, array(m, x, kind), kind), *settings)

    return call


def called(functions: Mapping[str, Call], **aliases: str) -> Table:
    """The functions, whose parameters have other names in this framework too."""
    return {name: _renamed(function, aliases) for name, function in functions.items()}


def _renamed(function: Call, aliases: Mapping[str, str]) -> Call:
    @wraps(function)
    def call(m: Machine, *given: Value, **named: Value) -> Value:
        return function(m, *given, **{aliases.get(name, name): v for name, v in named.items()})

    return call
