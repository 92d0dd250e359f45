"""Tables from a framework's names to the engine's operations, and the functions they become."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import numpy as np

from app.engine import OPS, Op
from app.language.dialects.common import FLOAT32, array, by_name, cast, exact, floating, two, unary
from app.language.errors import type_error, unexpected_keyword
from app.language.items import inside
from app.language.machine import Machine
from app.language.number_types import float_type, takes
from app.language.values import TENSORFLOW, TORCH, Array, Value

WHOLE = ("relu6", "relu6_gate", "hardtanh")  # of whole numbers they make whole numbers
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
    return {name: _two_floats(OPS[op], kind) for name, op in names.items()}


def _two_floats(op: Op, kind: str) -> Call:
    def call(m: Machine, x: Value, y: Value, name: Value = None) -> Array:
        x, y = (array(m, one, kind) if isinstance(one, list | tuple) else one for one in (x, y))
        if not isinstance(x, Array) and not isinstance(y, Array):
            x = array(m, x, kind)
        whole = [one for one in (x, y) if isinstance(one, Array) and one.tensor.dtype.kind != "f"]
        if len(whole) == sum(isinstance(one, Array) for one in (x, y)):
            if len(whole) == 2:
                takes(op.name, kind, max(whole, key=lambda one: one.tensor.dtype))
            types = (one.tensor.dtype if isinstance(one, Array) else one for one in (x, y))
            widest = np.result_type(*types)
            common = (
                FLOAT32 if kind == TORCH else float_type(widest) if widest.kind != "f" else widest
            )
            x, y = (
                cast(m, one, common) if isinstance(one, Array) else float(one) for one in (x, y)
            )
        return m.binary(op, x, y)

    return call


def with_settings(op: str, kind: str, **defaults: float) -> Call:
    """A function of one array and of numbers with names and defaults."""
    names = list(defaults)

    def call(m: Machine, x: Value, *given: Value, **named: Value) -> Array:
        changes = named.pop("inplace", False) or (kind == TORCH and given[len(names) :] == (True,))
        named.pop("name", None)
        if kind == TORCH and len(given) == len(names) + 1 and isinstance(given[-1], bool):
            given = given[:-1]  # inplace, the last of PyTorch's
        values = by_name(op, names, given, named)
        for name, value in values.items():
            if name not in defaults:
                raise unexpected_keyword(op, name, defaults)
            if isinstance(value, Array) and value.tensor.size == 1:
                values[name] = value.tensor.data.item()
            elif not isinstance(value, int | float):
                raise type_error(f"{op}(): {name} is a number")
        settings = [values.get(name, default) for name, default in defaults.items()]
        found = array(m, x, kind)
        if op == "leaky_relu" and kind == TENSORFLOW and found.tensor.dtype.kind in "iu":
            found = cast(m, found, FLOAT32)  # the one that TensorFlow's own Python code converts
        takes(op, kind, found, smooth=True)
        if op not in WHOLE:
            found = floating(m, found, kind)
        elif found.tensor.dtype.kind in "iu" and all(x == int(x) for x in settings):
            settings = [int(x) for x in settings]
        return inside(m, x, m.apply(OPS[op], found, *settings), changes)

    return call


def called(functions: Mapping[str, Call], **aliases: str) -> Table:
    """The functions, whose parameters have other names in this framework too."""
    return {name: _renamed(function, aliases) for name, function in functions.items()}


def _renamed(function: Call, aliases: Mapping[str, str]) -> Call:
    @wraps(function)
    def call(m: Machine, *given: Value, **named: Value) -> Value:
        return function(m, *given, **{aliases.get(name, name): v for name, v in named.items()})

    return call
