"""The elementwise functions of PyTorch: which operation of the engine each name stands for.

Where the frameworks differ at kinks, ties and bounds, these are PyTorch's rules.
"""

from app.engine import OPS
from app.language.dialects.common import array, floating
from app.language.dialects.tables import (
    Table,
    called,
    of_floats,
    of_numbers,
    of_two,
    of_two_floats,
    same,
    with_settings,
)
from app.language.errors import value_error
from app.language.items import inside
from app.language.machine import Machine
from app.language.number_types import takes
from app.language.values import TORCH, Array, Value

FLOATS = {
    **same("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "rsqrt", "reciprocal"),
    **same("sin", "cos", "tan", "sinh", "cosh", "tanh", "sigmoid", "erf", "erfc", "sinc"),
    **same("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"),
    **{f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}
NUMBERS = {
    "square": "square",
    "neg": "negative",
    "negative": "negative",
    "abs": "absolute_or_zero",
    "absolute": "absolute_or_zero",
    "sign": "sign_or_zero",
    "relu": "relu_gate",
    "floor": "floor_flat",
    "ceil": "ceil_flat",
    "trunc": "trunc_flat",
    "fix": "trunc_flat",
    **same("isnan", "isinf", "isfinite", "logical_not"),
}
TWO = {
    "add": "add",
    "sub": "subtract",
    "subtract": "subtract",
    "mul": "multiply",
    "multiply": "multiply",
    "div": "divide",
    "divide": "divide",
    "true_divide": "divide",
    "pow": "power",
    **same("maximum", "minimum", "fmax", "fmin", "fmod", "remainder", "floor_divide"),
    "eq": "equal",
    "ne": "not_equal",
    "not_equal": "not_equal",
    "lt": "less",
    "less": "less",
    "le": "less_equal",
    "less_equal": "less_equal",
    "gt": "greater",
    "greater": "greater",
    "ge": "greater_equal",
    "greater_equal": "greater_equal",
    **same("logical_and", "logical_or", "logical_xor"),
}
TWO_FLOATS = {
    "atan2": "arctan2",
    "arctan2": "arctan2",
    **same("hypot", "logaddexp", "xlogy"),
}


def _round(m: Machine, x: Value, decimals: Value = 0) -> Array:
    found = array(m, x, TORCH)
    takes("round_flat", TORCH, found)
    if found.tensor.dtype.kind in "iu":
        return found
    if decimals == 0:
        return m.apply(OPS["round_flat"], found)
    if not isinstance(decimals, int) or abs(decimals) > 30:
        raise value_error("round() takes at most 30 decimals here")
    shifted = m.binary(OPS["multiply"], floating(m, found, TORCH), float(10**decimals))
    return m.binary(OPS["divide"], m.apply(OPS["round_flat"], shifted), float(10**decimals))


ELEMENTWISE: Table = called(
    {
        **of_floats(TORCH, FLOATS),
        **of_numbers(TORCH, NUMBERS),
        **of_two(TORCH, TWO),
        **of_two_floats(TORCH, TWO_FLOATS),
        "round": _round,
        "positive": lambda m, x: x,
    },
    input="x",
    other="y",
    exponent="y",
)


def _gelu(m: Machine, x: Value, approximate: Value = "none") -> Array:
    if approximate not in ("none", "tanh"):
        raise value_error("approximate argument must be either none or tanh.")
    op = OPS["gelu" if approximate == "none" else "gelu_tanh"]
    found = array(m, x, TORCH)
    takes(op.name, TORCH, found)
    return m.apply(op, floating(m, found, TORCH))


def _prelu(m: Machine, x: Value, weight: Value) -> Array:
    return m.binary(OPS["prelu"], x, weight)


def _relu(m: Machine, x: Value, inplace: Value = False) -> Array:
    found = array(m, x, TORCH)
    takes("relu_gate", TORCH, found)
    return inside(m, x, m.apply(OPS["relu_gate"], found), inplace)


ACTIVATIONS: Table = called(
    {
        "relu": _relu,
        "relu6": with_settings("relu6_gate", TORCH),
        "leaky_relu": with_settings("leaky_relu", TORCH, negative_slope=0.01),
        "prelu": _prelu,
        "elu": with_settings("elu", TORCH, alpha=1.0),
        "celu": with_settings("celu", TORCH, alpha=1.0),
        "selu": with_settings("selu", TORCH),
        "gelu": _gelu,
        "silu": with_settings("silu", TORCH),
        "mish": with_settings("mish", TORCH),
        "softplus": with_settings("softplus_linear", TORCH, beta=1.0, threshold=20.0),
        "softsign": with_settings("softsign_quotient", TORCH),
        "tanhshrink": with_settings("tanhshrink", TORCH),
        "hardtanh": with_settings("hardtanh", TORCH, min_val=-1.0, max_val=1.0),
        "hardsigmoid": with_settings("hardsigmoid", TORCH),
        "hardswish": with_settings("hardswish", TORCH),
        "hardshrink": with_settings("hardshrink", TORCH, lambd=0.5),
        "softshrink": with_settings("softshrink", TORCH, lambd=0.5),
        "logsigmoid": with_settings("log_sigmoid", TORCH),
        "sigmoid": ELEMENTWISE["sigmoid"],
        "tanh": ELEMENTWISE["tanh"],
    },
    input="x",
)
SPECIAL: Table = {
    "expit": ELEMENTWISE["sigmoid"],
    **{name: ELEMENTWISE[name] for name in ("erf", "erfc", "exp2", "expm1", "log1p", "sinc")},
    "xlogy": ELEMENTWISE["xlogy"],
}
