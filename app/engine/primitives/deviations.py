"""Variance and standard deviation; `ddof` is taken from the number of entries.

TensorFlow and NumPy divide by n (ddof 0), PyTorch by n - 1 (ddof 1).
"""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.arithmetic import product
from app.engine.primitives.reductions import Axes, count, kept, negative_axes
from app.engine.sides import zeros
from app.engine.tensor import NUMPY, Tensor


def _from_mean(x: Any, axes: Axes) -> Any:
    return x - np.mean(x, axis=axes, keepdims=True)


def _variance(x: Any, axes: Axes, keepdims: bool, ddof: int) -> Any:
    away = _from_mean(x, axes)
    return np.sum(away * away, axis=axes, keepdims=keepdims) / x.dtype.type(count(x, axes) - ddof)


def _deviation(x: Any, axes: Axes, keepdims: bool, ddof: int) -> Any:
    return np.sqrt(_variance(x, axes, keepdims, ddof))


def _variance_rule(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool, ddof: int) -> Any:
    number = count(x, axes) - ddof
    return kept(g, x, axes, keepdims) * (2 * _from_mean(x, axes)) / number


def _rule(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool, ddof: int) -> Any:
    # TensorFlow's root lets no gradient of 0 become nan
    return _along(product(g, 1 / z), x, axes, keepdims, ddof)


def _along(steep: Any, x: Any, axes: Axes, keepdims: bool, ddof: int) -> Any:
    """The gradient where `steep` is g / z."""
    return kept(steep, x, axes, keepdims) * _from_mean(x, axes) / (count(x, axes) - ddof)


def _rule_or_zero(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool, ddof: int) -> Any:
    steep = np.where(z == 0, 0, g) / np.where(z == 0, 1, z)
    return _along(steep, x, axes, keepdims, ddof)


def _tip(z: Any, x: Any, axes: Axes, *more: Any) -> Any:
    """Of two entries the deviation is how far they are apart: a kink where they are equal."""
    return np.sign(_from_mean(x, axes)) if count(x, axes) == 2 else zeros(z)


variance = Op(
    "var",
    _variance,
    _variance_rule,
    latex=r"\operatorname{var} {0!}",
    elementwise=False,
    code="np.var({0}, axis={1}, keepdims={2}, ddof={3})",
    torch="torch.var({0}, dim={1}, keepdim={2}, correction={3})",
    tensorflow="tf.math.reduce_variance({0}, axis={1}, keepdims={2})",
    why=N_("Each entry's slope is twice its distance from the mean, over their number."),
)
deviation = Op(
    "std",
    _deviation,
    _rule,
    latex=r"\operatorname{std} {0!}",
    elementwise=False,
    code="np.std({0}, axis={1}, keepdims={2}, ddof={3})",
    tensorflow="tf.math.reduce_std({0}, axis={1}, keepdims={2})",
    sides=_tip,
    why=N_(
        "Each entry's slope is its distance from the mean, over their number times the deviation;"
        " equal entries give 0 / 0, so nan."
    ),
)
deviation_or_zero = Op(
    "std_or_zero",
    _deviation,
    _rule_or_zero,
    latex=r"\operatorname{std} {0!}",
    sign="std",
    elementwise=False,
    code="np.std({0}, axis={1}, keepdims={2}, ddof={3})",
    torch="torch.std({0}, dim={1}, keepdim={2}, correction={3})",
    sides=_tip,
    why=N_(
        "Each entry's slope is its distance from the mean, over their number times the deviation;"
        " equal entries get 0 by convention."
    ),
    differs={"tensorflow": N_("where all entries are equal")},
    alike=("std", N_("where all entries are equal")),
)


def deviate(op: Op, x: Any, axis: Any = None, keepdims: bool = False, ddof: float = 0) -> Tensor:
    """A variance or deviation called the way NumPy is; `ddof` may be any number."""
    return op(x, negative_axes(x.ndim, axis), keepdims, ddof)


def _numpy(op: Op) -> Any:
    return lambda x, axis=None, ddof=0, keepdims=False: deviate(op, x, axis, keepdims, ddof)


NUMPY[np.var] = _numpy(variance)
NUMPY[np.std] = _numpy(deviation)
