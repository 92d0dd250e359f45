"""Functions of one number: exponential, roots, trigonometry, activations."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.arithmetic import product

exp = Op(
    "exp",
    np.exp,
    lambda g, z, x: g * z,
    latex="e^{0}",
    level=4,
    numpy=np.exp,
    torch="torch.exp({0})",
    tensorflow="tf.exp({0})",
    why=N_("The exponential is its own slope."),
)
log = Op(
    "log",
    np.log,
    lambda g, z, x: g / x,
    latex=r"\ln {0!}",
    sign="ln",
    numpy=np.log,
    torch="torch.log({0})",
    tensorflow="tf.math.log({0})",
    why=N_("The slope of the logarithm is 1 over its input."),
)
log1p = Op(
    "log1p",
    np.log1p,
    lambda g, z, x: g / (1 + x),
    latex=r"\ln\left(1 + {0*}\right)",
    numpy=np.log1p,
    torch="torch.log1p({0})",
    tensorflow="tf.math.log1p({0})",
    why=N_("The slope of ln(1 + x) is 1 over 1 + x."),
)
expm1 = Op(
    "expm1",
    np.expm1,
    lambda g, z, x: g * (z + 1),
    latex="e^{0} - 1",
    level=1,
    numpy=np.expm1,
    torch="torch.expm1({0})",
    tensorflow="tf.math.expm1({0})",
    why=N_("The slope of the exponential less one is the exponential."),
)
sqrt = Op(
    "sqrt",
    np.sqrt,
    lambda g, z, x: g / (2 * z),
    latex=r"\sqrt{0}",
    level=5,
    sign="√",
    numpy=np.sqrt,
    torch="torch.sqrt({0})",
    tensorflow="tf.sqrt({0})",
    why=N_("The slope of the root is 1 over twice the root: steeper towards zero."),
)
# TensorFlow lets no gradient of 0 become nan at the root of 0.
sqrt_or_zero = Op(
    "sqrt_or_zero",
    np.sqrt,
    lambda g, z, x: product(g, 1 / (2 * z)),
    latex=r"\sqrt{0}",
    level=5,
    sign="√",
    code="np.sqrt({0})",
    tensorflow="tf.sqrt({0})",
    why=N_("The slope of the root is 1 over twice the root: steeper towards zero."),
)
sin = Op(
    "sin",
    np.sin,
    lambda g, z, x: g * np.cos(x),
    latex=r"\sin {0!}",
    numpy=np.sin,
    torch="torch.sin({0})",
    tensorflow="tf.sin({0})",
    why=N_("The slope of sine is cosine."),
)
cos = Op(
    "cos",
    np.cos,
    lambda g, z, x: -(g * np.sin(x)),
    latex=r"\cos {0!}",
    numpy=np.cos,
    torch="torch.cos({0})",
    tensorflow="tf.cos({0})",
    why=N_("The slope of cosine is minus sine."),
)
tan = Op(
    "tan",
    np.tan,
    lambda g, z, x: g * (1 + z * z),
    latex=r"\tan {0!}",
    numpy=np.tan,
    torch="torch.tan({0})",
    tensorflow="tf.tan({0})",
    why=N_("The slope of the tangent is 1 plus its square."),
)
tanh = Op(
    "tanh",
    np.tanh,
    lambda g, z, x: g * (1 - z * z),
    latex=r"\tanh {0!}",
    numpy=np.tanh,
    torch="torch.tanh({0})",
    tensorflow="tf.tanh({0})",
    why=N_("The slope of tanh is 1 minus its square: steep near zero, flat far away."),
)
sigmoid = Op(
    "sigmoid",
    # exp of minus the magnitude never overflows
    lambda x: np.where(x >= 0, 1, np.exp(-abs(x))).astype(x.dtype) / (1 + np.exp(-abs(x))),
    lambda g, z, x: g * (z * (1 - z)),
    latex=r"\sigma\left({0*}\right)",
    level=5,
    sign="σ",
    torch="torch.sigmoid({0})",
    tensorflow="tf.sigmoid({0})",
    why=N_("The slope of the sigmoid is z (1 - z): never more than a quarter."),
)


ZEROS = {np.float64: np.float64(0), np.float32: np.float32(0)}


def _relu(x: Any) -> Any:
    if x.ndim or type(x) not in ZEROS:
        return np.maximum(x, 0)
    return ZEROS[type(x)] if x <= 0 else x  # on scalars NumPy's maximum takes 20 times as long


relu = Op(
    "relu",
    _relu,
    lambda g, z, x: g * (x > 0),
    latex=r"\operatorname{relu}\left({0*}\right)",
    level=5,
    torch="torch.relu({0})",
    tensorflow="tf.nn.relu({0})",
    why=N_("ReLU lets the gradient pass where its input is positive, and nothing elsewhere."),
)
leaky_relu = Op(
    "leaky_relu",
    lambda x, slope: np.maximum(x, 0) + slope * np.minimum(x, 0),
    lambda g, z, x, slope: g * (x > 0) + g * slope * (x <= 0),
    latex=r"\operatorname{leaky}\left({0*}\right)",
    level=5,
    sign="leaky",
    torch="torch.nn.functional.leaky_relu({0}, {1})",
    tensorflow="tf.nn.leaky_relu({0}, {1})",
    why=N_("A leaky ReLU lets a small share of the gradient pass on the left."),
)
softplus = Op(
    "softplus",
    lambda x: np.maximum(x, 0) + np.log1p(np.exp(-abs(x))),
    lambda g, z, x: g * sigmoid(x) if hasattr(x, "op") else g * sigmoid.forward(x),
    latex=r"\operatorname{softplus}\left({0*}\right)",
    level=5,
    torch="torch.nn.functional.softplus({0})",
    tensorflow="tf.math.softplus({0})",
    why=N_("The slope of softplus is the sigmoid."),
)
