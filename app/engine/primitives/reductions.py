"""Sums and means along axes. Axes count from the last (-1): leading ones are a batch."""

import math
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.tensor import NUMPY, Tensor

Axes = tuple[int, ...]


def negative_axes(ndim: int, axis: int | tuple[int, ...] | None) -> Axes:
    """The axes counted from the last. Raises np.exceptions.AxisError for one that is not there."""
    if axis is None:
        return tuple(range(-ndim, 0))
    axes = (axis,) if isinstance(axis, int | np.integer) else tuple(axis)
    for one in axes:
        if not -ndim <= one < ndim:
            raise np.exceptions.AxisError(one, ndim)
    return tuple(sorted(int(one) if one < 0 else int(one) - ndim for one in axes))


def of_number(x: Any, axis: Any) -> bool:
    """Whether x is a number, asked along the one axis that it would have: NumPy takes that."""
    return not x.ndim and axis in (0, -1)


def _kept(shape: tuple[int, ...], axes: Axes) -> tuple[int, ...]:
    ndim = len(shape)
    return tuple(1 if i - ndim in axes else length for i, length in enumerate(shape))


def kept(g: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
    """A reduced value with the axes of x that were reduced, as axes of length 1."""
    return g if keepdims else np.reshape(g, _kept(x.shape, axes))


def spread(g: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
    """A reduced value, stretched back over the axes that were reduced."""
    return np.broadcast_to(kept(g, x, axes, keepdims), x.shape)


def count(x: Any, axes: Axes) -> int:
    """How many entries of x a reduction along these axes joins."""
    return math.prod(x.shape[axis] for axis in axes)


total = Op(
    "sum",
    lambda x, axes, keepdims: np.sum(x, axis=axes, keepdims=keepdims),
    lambda g, z, x, axes, keepdims: spread(g, x, axes, keepdims),
    latex=r"\sum {0}",
    level=2,
    sign="Σ",
    elementwise=False,
    saves=False,
    code="np.sum({0}, axis={1}, keepdims={2})",
    torch="torch.sum({0}, dim={1}, keepdim={2})",
    tensorflow="tf.reduce_sum({0}, axis={1}, keepdims={2})",
    why=N_("Every term of a sum receives the same gradient."),
)
mean = Op(
    "mean",
    lambda x, axes, keepdims: np.mean(x, axis=axes, keepdims=keepdims),
    lambda g, z, x, axes, keepdims: spread(g, x, axes, keepdims) / count(x, axes),
    latex=r"\operatorname{mean} {0!}",
    sign="mean",
    elementwise=False,
    saves=False,
    code="np.mean({0}, axis={1}, keepdims={2})",
    torch="torch.mean({0}, dim={1}, keepdim={2})",
    tensorflow="tf.reduce_mean({0}, axis={1}, keepdims={2})",
    why=N_("Every entry of a mean receives the gradient divided by their number."),
)


def _log_sum_exp(x: Any, axes: Axes, keepdims: bool) -> Any:
    top = np.max(x, axis=axes, keepdims=True)
    top = np.where(np.isfinite(top), top, 0).astype(x.dtype)  # all -inf: the sum is 0
    with np.errstate(divide="ignore"):
        result = np.log(np.sum(np.exp(x - top), axis=axes, keepdims=True)) + top
    return result if keepdims else np.squeeze(result, axis=axes)[()]


logsumexp = Op(
    "logsumexp",
    _log_sum_exp,
    lambda g, z, x, axes, keepdims: (
        spread(g, x, axes, keepdims) * np.exp(x - kept(z, x, axes, keepdims))
    ),
    latex=r"\ln \sum e^{0}",
    sign="ln Σ eˣ",
    elementwise=False,
    torch="torch.logsumexp({0}, dim={1}, keepdim={2})",
    tensorflow="tf.reduce_logsumexp({0}, axis={1}, keepdims={2})",
    why=N_("A smooth maximum: each entry receives its softmax share of the gradient."),
)


def reduce(op: Op, x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """A reduction called the way NumPy is: with any axes, of any sign, or None for all."""
    if of_number(x, axis) and op is not mean:  # NumPy's mean alone refuses
        axis = None
    return op(x, negative_axes(x.ndim, axis), keepdims)


def reducing(op: Op) -> Any:
    """`reduce` with this Op, as NumPy's functions are called."""
    return lambda x, axis=None, keepdims=False: reduce(op, x, axis, keepdims)


NUMPY[np.sum] = reducing(total)
NUMPY[np.mean] = reducing(mean)
