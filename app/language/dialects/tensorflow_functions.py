"""The elementwise functions of TensorFlow: which operation of the engine each name stands for.

Where the frameworks differ at kinks, ties and bounds, these are TensorFlow's rules.
"""

import numpy as np

from app.engine import OPS
from app.language.dialects.common import FLOAT64, array, cast
from app.language.dialects.tables import (
    Table,
    called,
    of_floats,
    of_numbers,
    of_two,
    same,
    with_settings,
)
from app.language.machine import Machine
from app.language.number_types import takes
from app.language.promotion import divisible
from app.language.values import TENSORFLOW, Array, Value

TF = TENSORFLOW
BOTH_FLOATS = {  # in tf and in tf.math
    **same("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sigmoid"),
    **{f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "acosh": "arccosh_of_result",
    "sqrt": "sqrt_or_zero",
}
MATH_FLOATS = {  # in tf.math alone
    **same("log", "log1p", "expm1", "erf", "erfc", "softplus", "softsign"),
    "log_sigmoid": "log_sigmoid_negated",
    "rsqrt": "rsqrt_or_zero",
    "reciprocal": "reciprocal_or_zero",
}
BOTH_NUMBERS = {
    **same("square", "sign", "floor", "negative", "logical_not"),
    "abs": "absolute",
}
MATH_NUMBERS = {
    "ceil": "ceil",
    "is_nan": "isnan",
    "is_inf": "isinf",
    "is_finite": "isfinite",
}
BOTH_TWO = {
    "maximum": "maximum_first",
    "minimum": "minimum_first",
    "pow": "power",
    "truediv": "divide",
    **same("add", "subtract", "multiply", "divide"),
    **same("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
    **same("logical_and", "logical_or"),
    "atan2": "arctan2_plain",
}
MATH_TWO = {
    "floordiv": "floor_divide",
    "floormod": "remainder",
    "mod": "remainder",
    "xlogy": "xlogy_or_zero",
    "logical_xor": "logical_xor",
}


def _divide_no_nan(m: Machine, x: Value, y: Value, name: Value = None) -> Array:
    """x / y, and 0 where y is 0; whole numbers become float64."""
    first = x if isinstance(x, Array) else y if isinstance(y, Array) else array(m, x, TF)
    if first.tensor.dtype.kind == "b":
        divisible(first.tensor.dtype, np.dtype(np.int32))
    if first.tensor.dtype.kind in "iu":
        x, y = (cast(m, array(m, one, TF), FLOAT64) for one in (x, y))
    return m.binary(OPS["divide_no_nan"], x if isinstance(x, Array | list) else array(m, x, TF), y)


def _multiply_no_nan(m: Machine, x: Value, y: Value, name: Value = None) -> Array:
    """x y, and 0 where y is 0, whatever x is."""
    return m.binary(OPS["product_or_zero"], array(m, y, TF), array(m, x, TF))


def _squared_difference(m: Machine, x: Value, y: Value, name: Value = None) -> Array:
    left = x if isinstance(x, Array) or isinstance(y, Array) else array(m, x, TF)
    return m.apply(OPS["square"], m.binary(OPS["subtract"], left, y))


def _gelu(m: Machine, x: Value, approximate: Value = False, name: Value = None) -> Array:
    found = takes("gelu", TF, array(m, x, TF))
    return m.apply(OPS["gelu_tanh" if approximate else "gelu"], found)


def _round(m: Machine, x: Value, name: Value = None) -> Array:
    found = takes("round", TF, array(m, x, TF))
    return m.apply(OPS["round"], found) if found.tensor.dtype.kind == "f" else found


ELEMENTWISE: Table = {
    **of_floats(TF, BOTH_FLOATS),
    **of_numbers(TF, BOTH_NUMBERS),
    **of_two(TF, BOTH_TWO),
    "round": _round,
}
MATH: Table = {
    **ELEMENTWISE,
    **of_floats(TF, MATH_FLOATS),
    **of_numbers(TF, MATH_NUMBERS),
    **of_two(TF, MATH_TWO),
    "rint": lambda m, x, name=None: _round(m, takes("rint", TF, array(m, x, TF))),
    "divide_no_nan": _divide_no_nan,
    "multiply_no_nan": _multiply_no_nan,
    "squared_difference": _squared_difference,
}
NN: Table = called(
    {
        "relu": of_numbers(TF, {"relu": "relu"})["relu"],
        "relu6": with_settings("relu6", TF),
        "leaky_relu": with_settings("leaky_relu", TF, alpha=0.2),
        "elu": with_settings("elu", TF, alpha=1.0),
        "selu": with_settings("selu_right", TF),
        "gelu": _gelu,
        "silu": with_settings("silu", TF),
        "swish": with_settings("silu", TF),
        "softplus": MATH["softplus"],
        "softsign": MATH["softsign"],
        "sigmoid": MATH["sigmoid"],
        "tanh": MATH["tanh"],
    },
    features="x",
    input="x",
)
# What Keras names beside these; its slopes and bounds are settings with Keras's own names.
ACTIVATIONS: Table = called(
    {
        "linear": lambda m, x: x,
        "exponential": MATH["exp"],
        "relu": NN["relu"],
        "relu6": NN["relu6"],
        "leaky_relu": with_settings("leaky_relu", TF, negative_slope=0.2),
        "elu": with_settings("elu", TF, alpha=1.0),
        "selu": NN["selu"],
        "gelu": _gelu,
        "silu": NN["silu"],
        "swish": NN["silu"],
        "mish": with_settings("mish", TF),
        "softplus": NN["softplus"],
        "softsign": NN["softsign"],
        "sigmoid": NN["sigmoid"],
        "tanh": NN["tanh"],
        "log_sigmoid": MATH["log_sigmoid"],
        "hard_sigmoid": with_settings("hardsigmoid", TF),
        "tanh_shrink": with_settings("tanhshrink", TF),
        "celu": with_settings("celu", TF, alpha=1.0),
        "hard_tanh": with_settings("hardtanh", TF, min_val=-1.0, max_val=1.0),
        "hard_silu": with_settings("hardswish", TF),
        "hard_swish": with_settings("hardswish", TF),
        "hard_shrink": with_settings("hardshrink", TF, threshold=0.5),
        "soft_shrink": with_settings("softshrink", TF, threshold=0.5),
    }
)
