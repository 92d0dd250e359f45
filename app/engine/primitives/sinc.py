"""sin(πx) / (πx), the ideal low-pass filter, and all its derivatives."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply

TERMS = 20  # of the power series: enough for double precision where it is used


def _series(t: Any, order: int) -> Any:
    """The derivative of sin t / t by its power series, for |t| up to about order + 1."""
    total = t * 0
    for k in range((order + 1) // 2, (order + 1) // 2 + TERMS):
        scale = (-1) ** k / (2 * k + 1)
        for n in range(2, 2 * k - order + 1):
            scale = scale / n
        total = total + scale * t ** (2 * k - order)
    return total


def _derivative(x: Any, order: int) -> Any:
    """The derivative of sinc of that order.

    Source: t f = sin t, differentiated n times: t fⁿ + n fⁿ⁻¹ = sin(t + nπ/2), forwards; near 0,
    where that loses digits, the power series.
    """
    t = x * np.pi
    near = abs(t) < order + 1
    far = np.where(near, order + 1, t).astype(x.dtype)
    value = np.sin(far) / far
    for n in range(1, order + 1):
        value = (np.sin(far + n * (np.pi / 2)) - n * value) / far
    value = np.where(near, _series(np.where(near, t, 0).astype(x.dtype), order), value)
    return value[()] * np.pi**order


sinc_derivative: Op = Op(
    "sinc_derivative",
    _derivative,
    lambda g, z, x, order: g * apply(sinc_derivative, x, order + 1),
    latex=r"\operatorname{sinc}^{\left({1*}\right)}\left({0*}\right)",
    level=5,
    sign="sinc′",
    why=N_("The slope of a derivative is the next derivative."),
)
sinc = Op(
    "sinc",
    np.sinc,
    lambda g, z, x: g * apply(sinc_derivative, x, 1),
    latex=r"\operatorname{sinc}\left({0*}\right)",
    level=5,
    numpy=np.sinc,
    torch="torch.sinc({0})",
    tensorflow="tf.experimental.numpy.sinc({0})",
    why=N_("A ripple that fades: its slope is 0 at its top, at zero."),
)
