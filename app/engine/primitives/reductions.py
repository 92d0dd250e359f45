"""Sums, means and extremes along axes. Axes count from the last (-1): leading ones are a batch."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.tensor import NUMPY, Tensor

Axes = tuple[int, ...]


def negative_axes(ndim: int, axis: int | tuple[int, ...] | None) -> Axes:
    """The axes counted from the last. Raises np.exceptions.AxisError for one that is not there."""
    if axis is None:
        return tuple(range(-ndim, 0))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for one in axes:
        if not -ndim <= one < ndim:
            raise np.exceptions.AxisError(one, ndim)
    return tuple(sorted(one if one < 0 else one - ndim for one in axes))


def _kept(shape: tuple[int, ...], axes: Axes) -> tuple[int, ...]:
    ndim = len(shape)
    return tuple(1 if i - ndim in axes else length for i, length in enumerate(shape))


def _spread(g: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
    """A reduced value, stretched back over the axes that were reduced."""
    kept = g if keepdims else np.reshape(g, _kept(x.shape, axes))
    return np.broadcast_to(kept, x.shape)


total = Op(
    "sum",
    lambda x, axes, keepdims: np.sum(x, axis=axes, keepdims=keepdims),
    lambda g, z, x, axes, keepdims: _spread(g, x, axes, keepdims),
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
    lambda g, z, x, axes, keepdims: _spread(g, x, axes, keepdims) / (x.size // z.size),
    latex=r"\operatorname{mean} {0!}",
    sign="mean",
    elementwise=False,
    saves=False,
    code="np.mean({0}, axis={1}, keepdims={2})",
    torch="torch.mean({0}, dim={1}, keepdim={2})",
    tensorflow="tf.reduce_mean({0}, axis={1}, keepdims={2})",
    why=N_("Every entry of a mean receives the gradient divided by their number."),
)


def _extreme(name: str, forward: Any, why: str) -> Op:
    def rule(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
        best = (x == _spread(z, x, axes, keepdims)).astype(x.dtype)
        return _spread(g, x, axes, keepdims) * best / np.sum(best, axis=axes, keepdims=True)

    return Op(
        name,
        lambda x, axes, keepdims: forward(x, axis=axes, keepdims=keepdims),
        rule,
        latex=rf"\{name} {{0!}}",
        elementwise=False,
        code=f"np.{name}({{0}}, axis={{1}}, keepdims={{2}})",
        torch=f"torch.a{name}({{0}}, dim={{1}}, keepdim={{2}})",
        tensorflow=f"tf.reduce_{name}({{0}}, axis={{1}}, keepdims={{2}})",
        why=why,
    )


amax = _extreme("max", np.max, N_("The largest entry takes the gradient; equal ones share it."))
amin = _extreme("min", np.min, N_("The smallest entry takes the gradient; equal ones share it."))


def reduce(op: Op, x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """A reduction called the way NumPy is: with any axes, of any sign, or None for all."""
    return op(x, negative_axes(x.ndim, axis), keepdims)


NUMPY[np.sum] = lambda x, axis=None, keepdims=False: reduce(total, x, axis, keepdims)  # type: ignore[assignment]
NUMPY[np.mean] = lambda x, axis=None, keepdims=False: reduce(mean, x, axis, keepdims)  # type: ignore[assignment]
