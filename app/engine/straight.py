"""A recorded graph in straight lines: what remains to be computed when some Tensors are given."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.engine.tensor import Tensor, operations

NEUTRAL_ONE = ("multiply", "divide", "power", "power_plain")
LARGE = 10_000  # entries: constants beyond are told apart by identity, not by their numbers


class Line(NamedTuple):
    """One operation that has to run. operands: Tensors that vary, and constant values."""

    node: Tensor
    operands: tuple[Any, ...]


class Straight:
    """The lines from `given` to the results, oldest first.

    What no given Tensor reaches is a constant already; the same operation on the same operands is
    one line; 1 · x, x / 1 and x to the power of 1 are x. All of that leaves every bit as it was.
    """

    def __init__(self, given: Sequence[Tensor], results: Iterable[Tensor]):
        self.lines: list[Line] = []
        self._varying = set(given)
        self._same: dict[Tensor, Tensor] = {}
        known: dict[Any, Tensor] = {}
        for node in operations(results, self._varying):
            operands = self._operands(node)
            if not any(type(x) is Tensor for x in operands):
                continue
            operands = tuple([_uniform(node, x, operands) for x in operands])
            twin = _unchanged(node, operands)
            if twin is None:
                twin = known.setdefault((node.op, *map(_token, operands)), node)
            if twin is node:
                self.lines.append(Line(node, operands))
                self._varying.add(node)
            else:
                self._same[node] = twin

    def _operands(self, node: Tensor) -> tuple[Any, ...]:
        """What the node reads: of a constant what it was then, it may have moved on."""
        if node.values is None:  # freed
            return tuple([self.value(x) for x in node.inputs])
        return tuple([
            seen if type(x) is Tensor and type(self.value(x)) is not Tensor else self.value(x)
            for x, seen in zip(node.inputs, node.values, strict=True)
        ])  # fmt: skip

    def value(self, x: Any) -> Any:
        """What stands for x: a Tensor that varies, or a constant value."""
        if type(x) is not Tensor:
            return x
        x = self._same.get(x, x)
        return x if x in self._varying else x.data


def _uniform(node: Tensor, x: Any, operands: tuple[Any, ...]) -> Any:
    """One number for a constant array of equal numbers, where broadcasting restores it."""
    if not isinstance(x, np.ndarray) or not x.size or len(operands) != 2:
        return x
    assert node.op is not None
    other = operands[0] if x is operands[1] else operands[1]
    if not node.op.elementwise or type(other) is not Tensor or other.shape != node.shape:
        return x
    first = x.reshape(-1)[:1]
    same = x.tobytes() == first.tobytes() * x.size  # bit for bit: -0 is not 0, nan may be nan
    return first[0] if same else x


def _unchanged(node: Tensor, operands: tuple[Any, ...]) -> Tensor | None:
    """x for 1 · x, x / 1 and x to the power of 1."""
    assert node.op is not None
    if node.op.name not in NEUTRAL_ONE:
        return None
    pairs = (operands, operands[::-1]) if node.op.name == "multiply" else (operands,)
    for x, one in pairs:
        if type(x) is Tensor and type(one) is not Tensor and np.ndim(one) == 0 and one == 1:
            return x if x.shape == node.shape and x.dtype == node.dtype else None
    return None


def _token(x: Any) -> Any:
    """What tells two operands apart, down to the sign of zero."""
    if isinstance(x, tuple):
        return tuple(map(_token, x))
    if isinstance(x, slice):
        return ("slice", repr(x))
    if isinstance(x, np.ndarray):
        numbers = x.tobytes() if x.size <= LARGE else id(x)
        return (x.shape, x.dtype.str, numbers)
    if type(x) is Tensor or callable(x):
        return id(x)
    if isinstance(x, float | np.floating) and math.isnan(x):
        return (type(x), id(x))
    return (type(x), repr(x))
