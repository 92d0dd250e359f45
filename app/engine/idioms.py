"""Idioms: how NumPy says an operation at once where its settings allow that, to the same bits.

`np.sum` and `np.mean` are functions of Python around the same loop: for 64 rows of 16 numbers they
take three times what the sum itself does, and a small network's step has four of them.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from app.engine.tensor import Tensor

FAST = ("float32", "float64")  # a mean of others goes through another type


def idiom(node: Tensor, operands: tuple[Any, ...], batched: bool) -> str | None:
    """A template of the node's text (`{0}`: its first operand), or None where there is no idiom."""
    assert node.op is not None
    find = IDIOMS.get(node.op.name)
    x = operands[0]
    return find(x, batched, *operands[1:]) if find and type(x) is Tensor else None


def _sum(x: Tensor, batched: bool, axes: tuple[int, ...], keepdims: bool) -> str | None:
    if not axes:
        return None
    axis = axes[0] if len(axes) == 1 else axes
    return f"np.add.reduce({{0}}, axis={axis}{', keepdims=True' if keepdims else ''})"


def _mean(x: Tensor, batched: bool, axes: tuple[int, ...], keepdims: bool) -> str | None:
    count = math.prod(x.shape[axis] for axis in axes)
    if x.dtype.name not in FAST or not 0 < count < 1 << 24:  # whole numbers of float32
        return None
    total = _sum(x, batched, axes, keepdims)
    return total and f"{total} / {count}"


def _transpose(x: Tensor, batched: bool, axes: tuple[int, ...]) -> str | None:
    return "{0}.mT" if axes == (-1, -2) else None


def _reshape(x: Tensor, batched: bool, shape: tuple[int, ...], rank: int) -> str | None:
    return None if batched else f"{{0}}.reshape({shape})"


IDIOMS: Mapping[str, Callable[..., str | None]] = MappingProxyType({
    "sum": _sum,
    "mean": _mean,
    "transpose": _transpose,
    "reshape": _reshape,
})  # fmt: skip
