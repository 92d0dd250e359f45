"""Lengths of vectors: (the sum of |x| to the p) to the 1/p, and the largest |x|."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.arithmetic import product
from app.engine.primitives.gates import guarded
from app.engine.primitives.reductions import Axes, kept, negative_axes
from app.engine.sides import extremes, zeros
from app.engine.tensor import NUMPY, Tensor

Order = float | int


def _norm(x: Any, p: Order, axes: Axes, keepdims: bool) -> Any:
    if p == 1:
        return np.sum(abs(x), axis=axes, keepdims=keepdims)
    if p == 2:
        return np.sqrt(np.sum(x * x, axis=axes, keepdims=keepdims))
    return np.sum(abs(x) ** p, axis=axes, keepdims=keepdims) ** (1 / p)


def _along(steep: Any, x: Any, p: Order, axes: Axes, keepdims: bool) -> Any:
    """The gradient where `steep` is g / z to the p - 1."""
    if p == 1:
        return kept(steep, x, axes, keepdims) * np.sign(x)
    if p == 2:
        return kept(steep, x, axes, keepdims) * x
    return kept(steep, x, axes, keepdims) * product(np.sign(x), abs(x) ** (p - 1))


def _steep(g: Any, z: Any, p: Order) -> Any:
    return g if p == 1 else g / z if p == 2 else g / z ** (p - 1)


def _rule(g: Any, z: Any, x: Any, p: Order, axes: Axes, keepdims: bool) -> Any:
    # TensorFlow's root lets no gradient of 0 become nan
    steep = product(g, 1 / z) if p == 2 else _steep(g, z, p)
    return _along(steep, x, p, axes, keepdims)


def _rule_or_zero(g: Any, z: Any, x: Any, p: Order, axes: Axes, keepdims: bool) -> Any:
    if p == 2:  # how the direction of a zero vector turns is not settled: nan
        z = kept(z, x, axes, keepdims)
        return kept(g, x, axes, keepdims) * guarded(x / z, z != 0)
    steep = _steep(np.where(z == 0, 0, g), np.where(z == 0, 1, z), p)
    return _along(steep, x, p, axes, keepdims)


def _corners(z: Any, x: Any, p: Order, axes: Axes, keepdims: bool) -> Any:
    """A sum of sizes has a kink where an entry is zero, a rounder norm only at the tip."""
    return np.sign(x) if p <= 1 or x.size == z.size else zeros(z)


norm = Op(
    "norm",
    _norm,
    _rule,
    latex=r"\left\lVert {0*} \right\rVert_{1}",
    level=5,
    sign="‖x‖",
    elementwise=False,
    tensorflow="tf.reduce_sum(tf.abs({0}) ** {1}, axis={2}, keepdims={3}) ** (1 / {1})",
    sides=_corners,
    why=N_("The slope of a length is the direction; a zero vector has none, so nan."),
)
norm_or_zero = Op(
    "norm_or_zero",
    _norm,
    _rule_or_zero,
    latex=r"\left\lVert {0*} \right\rVert_{1}",
    level=5,
    sign="‖x‖",
    elementwise=False,
    torch="torch.linalg.vector_norm({0}, {1}, dim={2}, keepdim={3})",
    sides=_corners,
    why=N_("The slope of a length is the direction; a zero vector gets 0 by convention."),
    alike=("norm", N_("where a vector is zero")),
)


def _largest_rule(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
    best = (abs(x) == kept(z, x, axes, keepdims)).astype(x.dtype)
    share = best / np.sum(best, axis=axes, keepdims=True)
    return kept(g, x, axes, keepdims) * np.sign(x) * share


norm_largest = Op(
    "norm_largest",
    lambda x, axes, keepdims: np.max(abs(x), axis=axes, keepdims=keepdims),
    _largest_rule,
    latex=r"\left\lVert {0*} \right\rVert_\infty",
    level=5,
    sign="‖x‖∞",
    elementwise=False,
    code="np.max(abs({0}), axis={1}, keepdims={2})",
    torch="torch.linalg.vector_norm({0}, float('inf'), dim={1}, keepdim={2})",
    tensorflow="tf.reduce_max(tf.abs({0}), axis={1}, keepdims={2})",
    sides=lambda z, x, *axes: extremes(np.max)(z, abs(x), *axes),
    why=N_("The entry farthest from zero takes the gradient; equally far ones share it."),
)


def vector_norm(op: Op, x: Any, p: Order = 2, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The p-norm along axes by `norm` or `norm_or_zero`; p is positive, or infinity."""
    axes = negative_axes(x.ndim, axis)
    if p == float("inf"):
        return norm_largest(x, axes, keepdims)
    if not p > 0:
        raise ValueError(f"a norm's order must be positive or infinity, got {p}")
    return op(x, p, axes, keepdims)


def _numpy_norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """np.linalg.norm: of vectors any p; of matrices Frobenius, 1 and infinity."""
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if ord is None or (ord == "fro" and len(axes) == 2):
        return vector_norm(norm, x, 2, axes, keepdims)
    if len(axes) == 1:
        return vector_norm(norm, x, ord, axes, keepdims)
    if len(axes) == 2 and ord in (1, float("inf")):  # the largest sum of a column, or of a row
        summed, compared = axes if ord == 1 else axes[::-1]
        largest = np.max(np.sum(abs(x), axis=summed, keepdims=True), axis=compared, keepdims=True)
        return largest if keepdims else np.squeeze(largest, axis=axes)
    raise ValueError(f"norm of order {ord!r} along axes {axes} is not supported")


NUMPY[np.linalg.norm] = _numpy_norm  # type: ignore[assignment]
