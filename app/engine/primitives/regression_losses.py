"""Losses between a number x and the number y that was wanted, entry by entry; all use x - y."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.arithmetic import sign_or_zero
from app.engine.primitives.comparisons import below
from app.engine.primitives.gates import fixed, gated
from app.engine.sides import orders

squared_error = Op(
    "squared_error",
    lambda x, y: (x - y) * (x - y),
    lambda g, z, x, y: g * (2 * (x - y)),
    lambda g, z, x, y: g * (2 * (y - x)),
    latex=r"\left({0} - {1!}\right)^2",
    level=4,
    sign="(x-y)²",
    text="({0} - {1})^2",
    code="({0} - {1}) * ({0} - {1})",
    torch="torch.nn.functional.mse_loss({0}, {1}, reduction='none')",
    tensorflow="tf.math.squared_difference({0}, {1})",
    why=N_("The slope of a squared error is twice the error: far misses pull hardest."),
)


def _absolute_error(name: str, sign: Callable[[Any], Any], **spelled: Any) -> Op:
    return Op(
        name,
        lambda x, y: abs(x - y),
        lambda g, z, x, y: g * sign(x - y),
        lambda g, z, x, y: g * sign(y - x),
        latex=r"\left|{0*} - {1}\right|",
        level=5,
        sign="|x-y|",
        text="|{0} - {1}|",
        sides=orders,
        why=N_("The slope of an absolute error is its sign: near misses pull like far ones."),
        **spelled,
    )


absolute_error = _absolute_error("absolute_error", np.sign, tensorflow="tf.abs({0} - {1})")
# PyTorch counts nan as having no sign: 0.
absolute_error_or_zero = _absolute_error(
    "absolute_error_or_zero",
    lambda d: apply(sign_or_zero, d),
    alike=("absolute_error", N_("where an error is nan")),
    torch="torch.nn.functional.l1_loss({0}, {1}, reduction='none')",
)


def _huber(x: Any, y: Any, delta: float) -> Any:
    far = abs(x - y)
    near = np.minimum(far, delta)
    return near * near / 2 + (far - near) * delta


def _clipped(error: Any, width: float) -> Any:
    """Cut to the width, on which it is flat already."""
    return fixed(np.clip(error, -width, width), below(abs(error), width))


def _huber_loss(name: str, slope: Callable[[Any, float], Any], **more: Any) -> Op:
    return Op(
        name,
        _huber,
        lambda g, z, x, y, delta: g * slope(x - y, delta),
        lambda g, z, x, y, delta: g * slope(y - x, delta),
        latex=r"\operatorname{huber}\left({0*} - {1}\right)",
        level=5,
        sign="huber",
        **more,
        why=N_(
            "The slope is the error itself, but never more than delta: outliers pull no harder."
        ),
    )


huber = _huber_loss(
    "huber",
    _clipped,
    torch="torch.nn.functional.huber_loss({0}, {1}, reduction='none', delta={2})",
)
# To Keras an error of delta itself is still on the parabola: it has the second derivative 1.
huber_within = _huber_loss(
    "huber_within",
    lambda error, delta: np.clip(error, -delta, delta),
    tensorflow=(
        "tf.where(tf.abs({0} - {1}) <= {2}, tf.square({0} - {1}) / 2,"
        " {2} * (tf.abs({0} - {1}) - {2} / 2))"
    ),
    alike=("huber", N_("in the second derivative, where an error is exactly delta")),
)


def _smooth_slope(error: Any, beta: float) -> Any:
    return _clipped(error / beta, 1) if beta else apply(sign_or_zero, error)


smooth_l1 = Op(
    "smooth_l1",
    lambda x, y, beta: _huber(x, y, beta) / beta if beta else abs(x - y),
    lambda g, z, x, y, beta: g * _smooth_slope(x - y, beta),
    lambda g, z, x, y, beta: g * _smooth_slope(y - x, beta),
    latex=r"\operatorname{smooth}\left|{0*} - {1}\right|",
    level=5,
    sign="smooth L1",
    torch="torch.nn.functional.smooth_l1_loss({0}, {1}, reduction='none', beta={2})",
    sides=lambda z, x, y, beta: orders(z, x, y) if beta == 0 else np.False_,
    why=N_("Far away the slope is 1 as of |x - y|; within beta it shrinks steadily to 0."),
)


def _log_cosh(x: Any, y: Any) -> Any:
    """Of small errors by 1 + 2 sinh²(d/2), which loses no digit; of large ones without overflow."""
    far = abs(x - y)
    small = np.log1p(2 * np.square(np.sinh(np.minimum(far, 1) / 2)))
    return np.where(far < 1, small, far + np.log1p(np.exp(-2 * far)) - 0.6931471805599453)[()]


log_cosh = Op(
    "log_cosh",
    _log_cosh,
    lambda g, z, x, y: g * np.tanh(x - y),
    lambda g, z, x, y: g * np.tanh(y - x),
    latex=r"\ln \cosh\left({0*} - {1}\right)",
    sign="ln cosh",
    torch="torch.logaddexp({0} - {1}, {1} - {0}) - 0.6931471805599453",
    tensorflow="{0} - {1} + tf.math.softplus(-2 * ({0} - {1})) - 0.6931471805599453",
    why=N_("The slope is tanh of the error: like the error when small, 1 when large."),
)


def _cosine_parts(x: Any, y: Any, epsilon: float) -> tuple[Any, Any]:
    """The lengths along the last axis, not below epsilon."""
    return tuple(
        np.sqrt(np.maximum(np.sum(one * one, axis=-1, keepdims=True), epsilon * epsilon))
        for one in (x, y)
    )


def _cosine(x: Any, y: Any, epsilon: float) -> Any:
    of_x, of_y = _cosine_parts(x, y, epsilon)
    return np.sum(x / of_x * (y / of_y), axis=-1)


def _cosine_rule(g: Any, x: Any, y: Any, epsilon: float) -> Any:
    of_x, of_y = _cosine_parts(x, y, epsilon)
    x, y = x / of_x, y / of_y
    along = gated(np.sum(x * y, axis=-1, keepdims=True) * x, of_x > epsilon)
    return np.reshape(g, (*g.shape, 1)) * (y - along) / of_x


cosine_similarity = Op(
    "cosine_similarity",
    _cosine,
    lambda g, z, x, y, epsilon: _cosine_rule(g, x, y, epsilon),
    lambda g, z, x, y, epsilon: _cosine_rule(g, y, x, epsilon),
    latex=r"\cos\left({0*},\ {1*}\right)",
    level=5,
    sign="cos",
    elementwise=False,
    torch="torch.nn.functional.cosine_similarity({0}, {1}, -1, {2})",
    tensorflow=(
        "tf.reduce_sum({0} * {1}, axis=-1) / (tf.maximum(tf.norm({0}, axis=-1), {2})"
        " * tf.maximum(tf.norm({1}, axis=-1), {2}))"
    ),
    why=N_("Only turning a vector changes its angle: the part along the vector is taken off."),
)
poisson_nll = Op(
    "poisson_nll",
    lambda x, y: np.exp(x) - y * x,
    lambda g, z, x, y: g * (np.exp(x) - y),
    lambda g, z, x, y: g * -x,
    latex=r"e^{0} - {1} \, {0}",
    level=1,
    sign="poisson",
    code="np.exp({0}) - {1} * {0}",
    torch="torch.nn.functional.poisson_nll_loss({0}, {1}, reduction='none')",
    tensorflow="tf.nn.log_poisson_loss({1}, {0})",
    why=N_("For the logarithm of a rate the slope is the rate less the count that was seen."),
)
