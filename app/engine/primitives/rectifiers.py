"""Activations with a kink: ReLU and its relatives, straight or curved on the left."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.comparisons import above, below
from app.engine.primitives.gates import derived_once, fixed, flat, gated
from app.engine.sides import cuts, signs, tips, within

UNUSUAL = N_("where the input is nan, or the gradient that arrives is nan or infinite")
ZEROS = {np.float64: np.float64(0), np.float32: np.float32(0)}


def _positive(x: Any) -> Any:
    if x.ndim or type(x) not in ZEROS:
        return np.maximum(0, x)  # of equals the second: minus zero stays minus zero
    return ZEROS[type(x)] if x < 0 else x  # on scalars NumPy's maximum takes 20 times as long


def _relu(name: str, rule: Rule, **spelled: Any) -> Op:
    return Op(
        name,
        _positive,
        rule,
        latex=r"\operatorname{relu}\left({0*}\right)",
        level=5,
        sign="relu",
        code="np.maximum(0, {0})",
        **spelled,
        sides=signs,
        why=N_("ReLU lets the gradient pass where its input is positive, and nothing elsewhere."),
    )


def _relu6(name: str, rule: Rule, **spelled: Any) -> Op:
    return Op(
        name,
        lambda x: np.minimum(np.maximum(0, x), 6),
        rule,
        latex=r"\operatorname{relu6}\left({0*}\right)",
        level=5,
        sign="relu6",
        code="np.clip({0}, 0, 6)",
        **spelled,
        sides=within(0, 6),
        why=N_("ReLU6 lets the gradient pass between 0 and 6, and nothing on the bounds."),
    )


def _between(x: Any, low: Any, high: Any) -> Any:
    """Whether x is inside the bounds, not on them; nan counts as inside."""
    return np.logical_and(above(x, low), below(x, high))


# TensorFlow multiplies by the truth of x > 0: infinity times 0 is nan, and nan is not above 0.
relu = _relu("relu", lambda g, z, x: flat(g * (x > 0), x), tensorflow="tf.nn.relu({0})")
relu6 = _relu6(
    "relu6",
    lambda g, z, x: flat(g * (x > 0) * (x < 6), x),
    tensorflow="tf.nn.relu6({0})",
)
# PyTorch chooses: nothing passes a closed gate, infinity neither; nan leaves it open.
relu_gate = _relu(
    "relu_gate",
    lambda g, z, x: flat(gated(g, above(x, 0)), x),
    torch="torch.relu({0})",
    alike=("relu", UNUSUAL),
)
relu6_gate = _relu6(
    "relu6_gate",
    lambda g, z, x: flat(gated(g, _between(x, 0, 6)), x),
    torch="torch.nn.functional.relu6({0})",
    alike=("relu6", UNUSUAL),
)
leaky_relu = Op(
    "leaky_relu",
    lambda x, slope: np.where(x > 0, x, x * slope)[()],
    lambda g, z, x, slope: flat(np.where(x > 0, g, g * slope), x),
    latex=r"\operatorname{leaky}\left({0*}\right)",
    level=5,
    sign="leaky",
    torch="torch.nn.functional.leaky_relu({0}, {1})",
    tensorflow="tf.nn.leaky_relu({0}, {1})",
    sides=signs,
    why=N_("A leaky ReLU lets a small share of the gradient pass on the left and at zero."),
)
prelu = Op(
    "prelu",
    lambda x, slope: np.where(x > 0, x, x * slope)[()],
    lambda g, z, x, slope: flat(np.where(x > 0, g, g * fixed(slope, below(x, 0))), x),
    lambda g, z, x, slope: flat(np.where(x > 0, 0, g * fixed(x, below(x, 0))), slope),
    latex=r"\operatorname{prelu}_{1}\left({0*}\right)",
    level=5,
    sign="prelu",
    torch="torch.nn.functional.prelu({0}, {1})",
    tensorflow="tf.where({0} > 0, {0}, {0} * {1})",
    sides=signs,
    why=N_("A leaky ReLU whose slope on the left is learned: it receives what falls there."),
)
hardtanh = Op(
    "hardtanh",
    lambda x, low, high: np.minimum(np.maximum(x, low), high),
    lambda g, z, x, low, high: flat(gated(g, _between(x, low, high)), x),
    latex=r"\operatorname{hardtanh}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.hardtanh({0}, {1}, {2})",
    tensorflow=(
        "tf.where(({0} > {1}) & ({0} < {2}), {0},"
        " tf.stop_gradient(tf.clip_by_value({0}, {1}, {2})))"
    ),
    sides=cuts,
    why=N_("Between its bounds the gradient passes; on them and outside nothing does."),
)
hardsigmoid = Op(
    "hardsigmoid",
    lambda x: np.minimum(np.maximum(x + 3, 0), 6) / 6,
    lambda g, z, x: derived_once(
        flat(gated(g / 6, np.logical_and(x > -3, x < 3)), x), "hardsigmoid_backward"
    ),
    latex=r"\operatorname{hardsigmoid}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.relu6({0} + 3) / 6",  # its own has float32 constants
    tensorflow="tf.nn.relu6({0} + 3) / 6",
    sides=within(-3, 3),
    why=N_("A straight line of slope one sixth between -3 and 3, flat on them and outside."),
)
hardswish = Op(
    "hardswish",
    lambda x: x * (np.minimum(np.maximum(x + 3, 0), 6) / 6),
    lambda g, z, x: np.where(x < 3, gated(g * (x / 3 + 0.5), x > -3), g),
    latex=r"\operatorname{hardswish}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.hardswish({0})",
    tensorflow="{0} * tf.nn.relu6({0} + 3) / 6",
    sides=within(-3, 3),
    why=N_("Flat up to -3, the identity from 3 on, and a parabola between."),
)
hardshrink = Op(
    "hardshrink",
    lambda x, width: np.where(abs(x) <= width, 0, x)[()],
    lambda g, z, x, width: flat(gated(g, above(abs(x), width)), x),
    latex=r"\operatorname{hardshrink}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.hardshrink({0}, {1})",
    tensorflow="tf.where(tf.abs({0}) <= {1}, tf.zeros_like({0}), {0})",
    sides=tips,
    why=N_("What is small becomes 0 and passes nothing; the rest passes the gradient unchanged."),
)
softshrink = Op(
    "softshrink",
    lambda x, width: x - np.minimum(np.maximum(x, -width), width),
    lambda g, z, x, width: flat(gated(g, above(abs(x), width)), x),
    latex=r"\operatorname{softshrink}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.softshrink({0}, {1})",
    tensorflow="{0} - tf.clip_by_value({0}, -{1}, {1})",
    sides=tips,
    why=N_("What is small becomes 0 and passes nothing; the rest passes the gradient unchanged."),
)


def _left(x: Any) -> Any:
    """x on the left, 0 on the right, so that no exponential overflows; -0 and nan stay."""
    return np.where(x > 0, 0, x).astype(x.dtype)[()]


def _fading(x: Any) -> Any:
    """The exponential on the left, on the right 1: it never overflows. At 0 and nan it is held."""
    return np.exp(np.minimum(fixed(x, x < 0), 0))


elu = Op(
    "elu",
    lambda x, alpha: np.where(x > 0, x, np.expm1(_left(x)) * alpha)[()],
    lambda g, z, x, alpha: np.where(above(x, 0), g, g * (_fading(x) * alpha)),
    latex=r"\operatorname{elu}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.elu({0}, {1})",
    tensorflow="tf.where({0} > 0, {0}, {1} * tf.nn.elu({0}))",
    sides=signs,
    why=N_(
        "ELU passes the gradient on the right; on the left, and at zero, it fades exponentially."
    ),
)
celu = Op(
    "celu",
    lambda x, alpha: np.where(x > 0, x, np.expm1(_left(x) / alpha) * alpha)[()],
    lambda g, z, x, alpha: np.where(above(x, 0), g, g * _fading(x / alpha)),
    latex=r"\operatorname{celu}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.celu({0}, {1})",
    tensorflow="tf.where({0} > 0, {0}, {1} * tf.nn.elu({0} / {1}))",
    why=N_(
        "ELU passes the gradient on the right; on the left, and at zero, it fades exponentially."
    ),
)
SCALE, STEEP = 1.0507009873554805, 1.7580993408473766  # SELU's factor, and that times alpha
# Klambauer et al., "Self-Normalizing Neural Networks", 2017.


def _selu(name: str, right: Callable[[Any], Any], why: str, **spelled: Any) -> Op:
    return Op(
        name,
        lambda x: np.where(x > 0, x * SCALE, np.expm1(_left(x)) * STEEP)[()],
        lambda g, z, x: np.where(right(x), g * SCALE, g * (_fading(x) * STEEP)),
        latex=r"\operatorname{selu}\left({0*}\right)",
        level=5,
        sign="selu",
        sides=signs,
        why=why,
        **spelled,
    )


# At 0 PyTorch gives the slope of the left side, TensorFlow that of the right.
selu = _selu(
    "selu",
    lambda x: above(x, 0),
    N_("SELU is an ELU scaled to keep mean 0 and variance 1; at 0 its left slope counts."),
    torch="torch.nn.functional.selu({0})",
)
selu_right = _selu(
    "selu_right",
    lambda x: np.logical_not(x < 0),
    N_("SELU is an ELU scaled to keep mean 0 and variance 1; at 0 its right slope counts."),
    tensorflow="tf.nn.selu({0})",
    alike=("selu", N_("where the input is 0")),
)
