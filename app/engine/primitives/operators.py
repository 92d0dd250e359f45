"""Tensor's operators: Python's signs, each the Op that stands for it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.primitives.arithmetic import absolute, add, divide, multiply, negative, subtract
from app.engine.primitives.comparisons import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    not_equal,
)
from app.engine.primitives.powers import power
from app.engine.primitives.rounding import floor_divide, remainder
from app.engine.tensor import NUMPY, Tensor


def _swapped(operate: Callable[[Any, Any], Tensor]) -> Callable[[Tensor, Any], Tensor]:
    return lambda x, y: operate(y, x)


def _of_truths(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """&, |, ^ and ~ as logic. Raises TypeError where an operand is not of truth values."""

    def call(*operands: Any) -> Tensor:
        for x in operands:
            kind = x.dtype if isinstance(x, Tensor) else np.result_type(x)
            if kind.kind != "b":
                raise TypeError(f"& | ^ ~ combine truth values, not numbers of type {kind}")
        return function(*operands)

    return call


def _divmod(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    return floor_divide(x, y), remainder(x, y)


for _name, _op in {
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "truediv": divide,
    "pow": power,
    "mod": remainder,
    "floordiv": floor_divide,
}.items():
    setattr(Tensor, f"__{_name}__", _op.binary())
    setattr(Tensor, f"__r{_name}__", _swapped(_op.binary()))
for _name, _op in {
    "gt": greater,
    "lt": less,
    "ge": greater_equal,
    "le": less_equal,
    "eq": equal,
    "ne": not_equal,
}.items():
    setattr(Tensor, f"__{_name}__", _op.binary())
for _name, _op in {"and": logical_and, "or": logical_or, "xor": logical_xor}.items():
    setattr(Tensor, f"__{_name}__", _of_truths(_op.binary()))
    setattr(Tensor, f"__r{_name}__", _of_truths(_swapped(_op.binary())))
setattr(Tensor, "__invert__", _of_truths(logical_not.unary()))  # noqa: B010
setattr(Tensor, "__divmod__", _divmod)  # noqa: B010
setattr(Tensor, "__rdivmod__", lambda x, y: _divmod(y, x))  # noqa: B010
setattr(Tensor, "__pos__", lambda x: x)  # noqa: B010
setattr(Tensor, "__neg__", negative.unary())  # noqa: B010
setattr(Tensor, "__abs__", absolute.unary())  # noqa: B010
# equality is elementwise, identity is what dictionaries need
setattr(Tensor, "__hash__", object.__hash__)  # noqa: B010
NUMPY[np.bitwise_and] = _of_truths(logical_and)  # type: ignore[assignment]
NUMPY[np.bitwise_or] = _of_truths(logical_or)  # type: ignore[assignment]
NUMPY[np.bitwise_xor] = _of_truths(logical_xor)  # type: ignore[assignment]
NUMPY[np.invert] = _of_truths(logical_not)  # type: ignore[assignment]
NUMPY[np.positive] = lambda x: x  # type: ignore[assignment]
NUMPY[np.divmod] = _divmod  # type: ignore[assignment]
