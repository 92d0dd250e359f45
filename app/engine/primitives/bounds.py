"""The larger and the smaller of two, and clipping between bounds."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.comparisons import above, below
from app.engine.primitives.gates import gated, nothing
from app.engine.sides import clipped, orders
from app.engine.tensor import NUMPY

EQUAL = N_("where both inputs are equal")


def _larger(name: str, *rules: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        np.maximum,
        *rules,
        latex=r"\max\left({0*},\ {1*}\right)",
        level=5,
        sign="max",
        code="np.maximum({0}, {1})",
        tensorflow="tf.maximum({0}, {1})",
        sides=orders,
        why=why,
        **more,
    )


def _smaller(name: str, *rules: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        np.minimum,
        *rules,
        latex=r"\min\left({0*},\ {1*}\right)",
        level=5,
        sign="min",
        code="np.minimum({0}, {1})",
        tensorflow="tf.minimum({0}, {1})",
        sides=orders,
        why=why,
        **more,
    )


maximum = _larger(
    "maximum",
    lambda g, z, x, y: gated(g, above(x, y)) + gated(g / 2, x == y),
    lambda g, z, x, y: gated(g, above(y, x)) + gated(g / 2, x == y),
    torch="torch.maximum({0}, {1})",
    differs={"tensorflow": EQUAL},
    why=N_("The larger input takes the whole gradient; equal inputs share it."),
)
minimum = _smaller(
    "minimum",
    lambda g, z, x, y: gated(g, below(x, y)) + gated(g / 2, x == y),
    lambda g, z, x, y: gated(g, below(y, x)) + gated(g / 2, x == y),
    torch="torch.minimum({0}, {1})",
    differs={"tensorflow": EQUAL},
    why=N_("The smaller input takes the whole gradient; equal inputs share it."),
)
# TensorFlow gives the whole gradient of equal inputs to the first.
maximum_first = _larger(
    "maximum_first",
    lambda g, z, x, y: gated(g, x >= y),
    lambda g, z, x, y: gated(g, above(y, x)),
    why=N_("The larger input takes the whole gradient; of equal inputs the first."),
    alike=("maximum", EQUAL),
)
minimum_first = _smaller(
    "minimum_first",
    lambda g, z, x, y: gated(g, x <= y),
    lambda g, z, x, y: gated(g, below(y, x)),
    why=N_("The smaller input takes the whole gradient; of equal inputs the first."),
    alike=("minimum", EQUAL),
)
NUMPY[np.maximum] = maximum
NUMPY[np.minimum] = minimum


def _known(name: str, numpy: Any, beats: Any, wins: str, latex: str, why: str) -> Op:
    def first(x: Any, y: Any) -> Any:
        return np.logical_or(beats(x, y), y != y)

    return Op(
        name,
        numpy,
        lambda g, z, x, y: gated(g, first(x, y)),
        lambda g, z, x, y: gated(g, np.logical_not(first(x, y))),
        latex=rf"\{latex}\left({{0*}},\ {{1*}}\right)",
        level=5,
        sign=latex,
        numpy=numpy,
        torch=f"torch.{name}({{0}}, {{1}})",
        tensorflow=f"tf.where(({{0}} {wins} {{1}}) | tf.math.is_nan({{1}}), {{0}}, {{1}})",
        sides=orders,
        why=why,
    )


fmax = _known(
    "fmax",
    np.fmax,
    lambda x, y: x >= y,
    ">=",
    "max",
    N_("The larger input takes the whole gradient, of equal inputs the first; nan takes none."),
)
fmin = _known(
    "fmin",
    np.fmin,
    lambda x, y: x <= y,
    "<=",
    "min",
    N_("The smaller input takes the whole gradient, of equal inputs the first; nan takes none."),
)


def _inside(g: Any, z: Any, x: Any, low: Any, high: Any) -> Any:
    numbers = isinstance(low, int | float) and isinstance(high, int | float)
    if low is None or high is None or (numbers and low <= high):
        return gated(g, z == x)
    # bounds that have crossed have nothing inside
    return nothing(g) if numbers else gated(g, np.logical_and(z == x, low <= high))


def _low_clip(g: Any, z: Any, x: Any, low: Any, high: Any) -> Any:
    """To the lower bound: where it replaced x, and is itself below the upper one."""
    below_low = x < low
    return gated(g, below_low if high is None else np.logical_and(below_low, low < high))


def _high_clip(g: Any, z: Any, x: Any, low: Any, high: Any) -> Any:
    above_high = x > high
    return gated(g, above_high if low is None else np.logical_or(above_high, high < low))


def _low_last(g: Any, z: Any, x: Any, low: Any, high: Any) -> Any:
    return gated(g, below(np.minimum(x, high), low))


def _high_first(g: Any, z: Any, x: Any, low: Any, high: Any) -> Any:
    return gated(g, np.logical_and(above(x, high), np.minimum(x, high) >= low))


def _clip(name: str, forward: Any, *rules: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        forward,
        *rules,
        latex=r"\operatorname{clip} {0!}",
        sign="clip",
        code="np.clip({0}, {1}, {2})",
        sides=clipped,
        why=why,
        **more,
    )


# A bound may be None. The upper bound is applied last, as in NumPy and PyTorch.
clip = _clip(
    "clip",
    lambda x, low, high: np.clip(x, low, high),
    _inside,
    _low_clip,
    _high_clip,
    torch="torch.clamp({0}, {1}, {2})",
    tensorflow="tf.clip_by_value({0}, {1}, {2})",
    why=N_("Inside the bounds, and on them, the gradient passes; outside nothing does."),
)
# TensorFlow applies the lower bound last.
clip_low_last = _clip(
    "clip_low_last",
    lambda x, low, high: np.maximum(np.minimum(x, high), low),
    _inside,
    _low_last,
    _high_first,
    tensorflow="tf.clip_by_value({0}, {1}, {2})",
    why=N_(
        "Inside the bounds, and on them, the gradient passes; of crossed bounds the lower counts."
    ),
    alike=("clip", N_("where the lower bound is above the upper one")),
)
NUMPY[np.clip] = lambda x, a_min=None, a_max=None, min=None, max=None: clip(  # type: ignore[assignment]
    x, min if a_min is None else a_min, max if a_max is None else a_max
)
