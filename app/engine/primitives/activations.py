"""Smooth activations: the sigmoid, softplus and what is made of them."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.comparisons import below
from app.engine.primitives.error_function import erfc, erfc_of
from app.engine.primitives.gates import derived_once, fixed


def _sigmoid(x: Any) -> Any:
    small = np.exp(-abs(x))  # exp of minus the magnitude never overflows
    if not x.ndim:
        return (1 if x >= 0 else small) / (1 + small)
    return np.where(x >= 0, 1, small) / (1 + small)


def _softplus(x: Any) -> Any:
    return np.maximum(x, 0) + np.log1p(np.exp(-abs(x)))


sigmoid = Op(
    "sigmoid",
    _sigmoid,
    lambda g, z, x: g * (z * (1 - z)),
    latex=r"\sigma\left({0*}\right)",
    level=5,
    sign="σ",
    torch="torch.sigmoid({0})",
    tensorflow="tf.sigmoid({0})",
    why=N_("The slope of the sigmoid is z (1 - z): never more than a quarter."),
)


def _log_sigmoid(name: str, forward: Any, **more: Any) -> Op:
    return Op(
        name,
        forward,
        lambda g, z, x: g * apply(sigmoid, -x),
        latex=r"\ln \sigma\left({0*}\right)",
        sign="ln σ",
        why=N_("The slope of the sigmoid's logarithm is what the sigmoid lacks to 1."),
        **more,
    )


log_sigmoid = _log_sigmoid(
    "log_sigmoid",
    lambda x: np.minimum(x, 0) - np.log1p(np.exp(-abs(x))),
    torch="torch.nn.functional.logsigmoid({0})",
)
# TensorFlow's is minus 0 where it has become zero.
log_sigmoid_negated = _log_sigmoid(
    "log_sigmoid_negated",
    lambda x: -_softplus(-x),
    tensorflow="tf.math.log_sigmoid({0})",
    alike=("log_sigmoid", N_("in the sign of a result of 0")),
)
softplus = Op(
    "softplus",
    _softplus,
    lambda g, z, x: g * apply(sigmoid, x),
    latex=r"\operatorname{softplus}\left({0*}\right)",
    level=5,
    torch="-torch.nn.functional.logsigmoid(-{0})",  # its own is straight from 20 on
    tensorflow="tf.math.softplus({0})",
    why=N_("The slope of softplus is the sigmoid."),
)
# PyTorch's has a sharpness, and is a straight line where x times that is above the threshold.
softplus_linear = Op(
    "softplus_linear",
    lambda x, beta, threshold: np.where(x * beta > threshold, x, _softplus(x * beta) / beta)[()],
    lambda g, z, x, beta, threshold: np.where(
        x * beta > threshold,
        g,
        g * fixed(apply(sigmoid, x * beta), below(x * beta, threshold)),
    ),
    latex=r"\operatorname{softplus}\left({0*}\right)",
    level=5,
    sign="softplus",
    torch="torch.nn.functional.softplus({0}, {1}, {2})",
    tensorflow="tf.where({0} * {1} > {2}, {0}, tf.math.softplus({0} * {1}) / {1})",
    sides=lambda z, x, beta, threshold: np.greater(x * beta, threshold),
    why=N_("The slope of softplus is the sigmoid; beyond its threshold it is a straight line."),
)
silu = Op(
    "silu",
    lambda x: x * _sigmoid(x),
    lambda g, z, x: g * (apply(sigmoid, x) * (1 + x * apply(sigmoid, -x))),
    latex=r"{0} \, \sigma\left({0*}\right)",
    level=2,
    sign="silu",
    torch="torch.nn.functional.silu({0})",
    tensorflow="tf.nn.silu({0})",
    why=N_("SiLU is its input times a gate, the sigmoid: both factors move with the input."),
)
mish = Op(
    "mish",
    lambda x: x * np.tanh(_softplus(x)),
    lambda g, z, x: g * _mish_slope(x, np.tanh(apply(softplus, x))),
    latex=r"{0} \tanh \operatorname{softplus}\left({0*}\right)",
    level=2,
    sign="mish",
    torch="torch.nn.functional.mish({0})",
    tensorflow="{0} * tf.tanh(tf.math.softplus({0}))",
    why=N_("Mish is its input times a gate, tanh of softplus: both factors move with the input."),
)


def _mish_slope(x: Any, gate: Any) -> Any:
    return gate + x * ((1 - gate * gate) * apply(sigmoid, x))


def _gelu(x: Any) -> Any:
    return x * (erfc_of(x * -0.7071067811865476) / 2)


def _gelu_slope(x: Any) -> Any:
    """The share of the bell curve left of x, and x times the bell curve there."""
    share = apply(erfc, x * -0.7071067811865476) / 2
    return share + x * (np.exp(-(x * x) / 2) * 0.3989422804014327)


# TensorFlow keeps the constants of both in float32: its own gelu gives other numbers.
gelu = Op(
    "gelu",
    _gelu,
    lambda g, z, x: g * _gelu_slope(x),
    latex=r"\operatorname{gelu}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.gelu({0})",
    tensorflow="{0} * tf.math.erfc(-{0} * 0.7071067811865476) / 2",
    why=N_("GELU is its input times the share of the bell curve to its left: both move with it."),
)


def _bent(x: Any) -> Any:
    """Twice what GELU's approximation takes the tanh of: 1 + tanh(t) is twice the sigmoid of 2t."""
    return (x + x * x * x * 0.044715) * 1.5957691216057308


def _gelu_tanh_slope(x: Any, gate: Any) -> Any:
    steep = (1 + x * x * 0.134145) * 1.5957691216057308
    return gate + x * (gate * (1 - gate)) * steep


gelu_tanh = Op(
    "gelu_tanh",
    lambda x: x * _sigmoid(_bent(x)),
    lambda g, z, x: g * _gelu_tanh_slope(x, apply(sigmoid, _bent(x))),
    latex=r"\operatorname{gelu}\left({0*}\right)",
    level=5,
    sign="gelu",
    torch="torch.nn.functional.gelu({0}, approximate='tanh')",
    tensorflow="{0} * tf.sigmoid(({0} + {0} ** 3 * 0.044715) * 1.5957691216057308)",
    why=N_("GELU by a tanh is its input times a gate: both factors move with the input."),
)


def _softsign(name: str, rule: Any, **more: Any) -> Op:
    return Op(
        name,
        lambda x: x / (1 + abs(x)),
        rule,
        latex=r"\operatorname{softsign}\left({0*}\right)",
        level=5,
        sign="softsign",
        why=N_("The slope of softsign is 1 over the square of 1 plus its input's magnitude."),
        **more,
    )


softsign = _softsign(
    "softsign",
    lambda g, z, x: derived_once(g / (1 + abs(x)) / (1 + abs(x)), "SoftsignGrad"),
    tensorflow="tf.nn.softsign({0})",
)
# PyTorch divides by 1 + |x| as a program would: at infinity that is nan, and so is the slope.
softsign_quotient = _softsign(
    "softsign_quotient",
    lambda g, z, x: g * (1 - z * np.sign(x)) / (1 + abs(x)),
    torch="torch.nn.functional.softsign({0})",
    alike=("softsign", N_("at infinity")),
)
tanhshrink = Op(
    "tanhshrink",
    lambda x: x - np.tanh(x),
    lambda g, z, x: g * np.square(np.tanh(x)),
    latex=r"{0} - \tanh {0!}",
    level=1,
    sign="tanhshrink",
    torch="torch.nn.functional.tanhshrink({0})",
    tensorflow="{0} - tf.tanh({0})",
    why=N_("The slope of x - tanh x is the square of tanh: flat near zero, 1 far away."),
)
