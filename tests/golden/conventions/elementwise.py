"""Kinks of the elementwise operations."""

import math
from typing import Any

import tensorflow as tf
import torch
from cases import Kink

NAN, INF = float("nan"), float("inf")
GATES = (1.0, 0.0, INF)  # whether a gate multiplies or chooses shows at infinity
F = torch.nn.functional
TIES = [[1.0, 2.0, 1.0, 0.0, NAN, 1.0, NAN], [1.0, 1.0, 2.0, -0.0, 1.0, NAN, NAN]]
CLIPPED = [[-2.0, -1.0, 0.0, 1.0, 2.0, NAN, -2.0, 2.0, 0.0, -1.0]]
LOW = [-1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, 1.0, 1.0]
HIGH = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0]
ENDS = [[-1.0, 1.0, 2.0]]


def alike(point: str, op: str, inputs: list[Any], **more: Any) -> Kink:
    """A point at which both frameworks do the same."""
    return Kink(point, inputs, op, op, **more)


KINKS = [
    Kink("abs at 0 and nan", [[0.0, -0.0, NAN]], "absolute_or_zero", "absolute"),
    Kink("sign at 0 and nan", [[0.0, 2.0, NAN]], "sign_or_zero", "sign"),
    alike("square at 0", "square", [[0.0]]),
    Kink("1/x at 0", [[0.0, 2.0]], "reciprocal", "reciprocal_or_zero"),
    alike("division by 0", "divide", [[1.0, 0.0], [0.0, 0.0]]),
    Kink("x/0 without nan", [[1.0, 0.0, 3.0], [0.0, 0.0, 2.0]], None, "divide_no_nan"),
    alike("0 times infinity", "multiply", [[0.0], [INF]]),
    Kink(
        "power at a base up to 0",
        [[0.0, 0.0, 0.0, 0.0, 0.0, -1.0, -2.0, -1.0, 2.0, NAN, 1.0],
         [0.0, 1.0, 2.0, 0.5, -1.0, 2.0, 3.0, 0.5, 0.0, 0.0, NAN]],
        "power",
        "power_plain",
    ),
    Kink(
        "power of special numbers",
        [[-0.0, -INF, INF, NAN, 2.0, -0.0, -INF, 0.0, 1.0, -1.0, INF, -0.0],
         [3.0, 3.0, 2.0, 1.0, -INF, -1.0, -2.0, NAN, INF, INF, 0.5, 0.5]],
        "power",
        "power_plain",
    ),
    Kink("power 1.5 as a number", [[0.0, -0.0, -INF, INF]], None, "power_plain", (1.5,)),
    Kink("power 0 as a number", [[0.0, -1.0, NAN]], "power", ("power_plain", tf.pow), (0,)),
    Kink("power 1/2 as a number", [[0.0, -1.0, 4.0]], "power", "power_plain", (0.5,)),
    *(
        Kink(f"power {y} as a number of special numbers",
             [[0.0, -0.0, -INF, INF, -4.0, 4.0, NAN]], "power_rooted", None, (y,))
        for y in (0.5, -0.5, 1.5, -1.5)
    ),
    Kink("sqrt at 0 and below", [[0.0, -1.0, 4.0]], "sqrt", "sqrt_or_zero"),
    Kink("rsqrt at 0 and below", [[0.0, -1.0, 4.0]], "rsqrt", "rsqrt_or_zero"),
    Kink("hypot at the origin", [[0.0, 0.0, 3.0], [0.0, 1.0, 4.0]], "hypot", None),
    alike("log at 0 and below", "log", [[0.0, -1.0]]),
    alike("log1p at -1 and below", "log1p", [[-1.0, -2.0]]),
    alike("log2 at 0 and below", "log2", [[0.0, -1.0, 2.0]]),
    alike("log10 at 0 and below", "log10", [[0.0, -1.0, 10.0]]),
    alike("expm1 far out", "expm1", [[-1000.0, 1000.0]]),
    Kink(
        "logaddexp at equals and infinities",
        [[0.0, INF, 1000.0, -INF, -INF, INF], [0.0, 0.0, 0.0, 0.0, -INF, INF]],
        "logaddexp",
        None,
        truth=[[[0.25, 0.0, 0.0, 0.0, NAN, NAN], [-0.25, 0.0, 0.0, 0.0, NAN, NAN]],
               [[-0.25, 0.0, 0.0, 0.0, NAN, NAN], [0.25, 0.0, 0.0, 0.0, NAN, NAN]]],
    ),
    Kink(
        "x ln y at 0",
        [[0.0, 0.0, 0.0, 0.0, 2.0], [0.0, 1.0, -1.0, NAN, 3.0]],
        "xlogy",
        "xlogy_or_zero",
    ),
    alike("arcsine at the ends", "arcsin", ENDS),
    alike("arccosine at the ends", "arccos", ENDS),
    Kink("arcosh at its end and below", [[1.0, 0.0, -2.0]], "arccosh", "arccosh_of_result"),
    alike("artanh at the ends", "arctanh", ENDS),
    alike("arsinh far out", "arcsinh", [[0.0, 1e200]]),
    Kink(
        "atan2 at the origin",
        [[0.0, 0.0, 0.0, 1.0, NAN], [0.0, -1.0, 1.0, 0.0, 0.0]],
        "arctan2",
        "arctan2_plain",
    ),
    Kink("sinc at 0", [[0.0, 1.0]], "sinc", None, truth=[[[-(math.pi**2) / 3, 2.0]]]),
    alike("erf far out", "erf", [[0.0, 10.0, -10.0, NAN]]),
    alike("erfc far out", "erfc", [[0.0, 10.0, -10.0, 26.0, NAN]]),
    Kink("maximum at ties and nan", TIES, "maximum", "maximum_first", upstream=GATES),
    Kink("minimum at ties and nan", TIES, "minimum", "minimum_first", upstream=GATES),
    Kink("fmax at ties and nan", TIES, "fmax", None, upstream=GATES),
    Kink("fmin at ties and nan", TIES, "fmin", None, upstream=GATES),
    Kink(
        "relu as maximum(x, 0)",
        [[0.0, -1.0, 1.0]],
        ("maximum", lambda x, zero: torch.maximum(x, torch.tensor(0.0))),
        ("maximum_first", lambda x, zero: tf.maximum(x, tf.constant(0.0, tf.float64))),
        (0,),
    ),
    Kink("clip at its bounds", CLIPPED, "clip", "clip_low_last", (-1.0, 1.0), GATES),
    Kink("clip at crossed bounds", CLIPPED, "clip", "clip_low_last", (1.0, -1.0), GATES),
    Kink("clip below only", CLIPPED, "clip", None, (0, None), GATES),
    Kink("clip above only", CLIPPED, "clip", None, (None, 1), GATES),
    Kink("clip by tensors", [*CLIPPED, LOW, HIGH], "clip", "clip_low_last", (), GATES),
    Kink("floor", [[1.5, 2.0, -0.5]], "floor_flat", "floor"),
    Kink("ceil", [[1.5, 2.0, -0.5]], "ceil_flat", "ceil"),
    Kink("round at halves", [[0.5, 1.5, 2.5, -0.5]], "round_flat", "round"),
    Kink("trunc", [[1.5, 2.0, -0.5]], "trunc_flat", None),
    Kink("floor division by 0 and of infinities",
         [[1.0, -7.0, 0.0, INF, -INF, 1.0, 7.0], [0.0, 2.0, 0.0, 2.0, 2.0, 0.1, -INF]],
         None, "floor_of_ratio"),
    Kink("remainder of signs and by 0", [[4.0, -7.0, 7.0, 1.0], [2.0, 3.0, -3.0, 0.0]],
         "remainder_signed", "remainder_once"),
    Kink("fmod of signs and by 0", [[4.0, -7.0, 7.0, 1.0], [2.0, 3.0, -3.0, 0.0]], "fmod", None),
    Kink("heaviside at 0", [[-1.0, 0.0, 1.0], [0.5, 0.5, 0.5]], None, "heaviside"),
    Kink("relu", [[0.0, -1.0, 1.0, NAN]], "relu_gate", "relu", upstream=GATES),
    Kink("relu6", [[0.0, 6.0, -1.0, 7.0, 3.0, NAN]], "relu6_gate", "relu6", upstream=GATES),
    alike("leaky relu", "leaky_relu", [[0.0, -1.0, 1.0, NAN]], settings=(0.25,), upstream=GATES),
    Kink("prelu", [[0.0, -1.0, 1.0, NAN], [0.25] * 4],
         ("prelu", lambda x, slope: F.prelu(x.reshape(1, -1), slope).reshape(-1)), None),
    Kink("elu", [[0.0, -1.0, 1.0, NAN]], "elu", ("elu", lambda x, alpha: tf.nn.elu(x)), (1.0,)),
    Kink("elu of alpha 2", [[0.0, -1.0, 1.0, NAN]], "elu", None, (2.0,)),
    Kink("celu", [[0.0, -1.0, 1.0, NAN]], "celu", None, (2.0,)),
    Kink("selu", [[0.0, -1.0, 1.0, NAN]], "selu", "selu_right"),
    Kink("gelu", [[0.0, INF, -INF, NAN]], "gelu", ("gelu", tf.nn.gelu)),
    Kink("gelu by tanh", [[0.0, NAN]], "gelu_tanh", ("gelu_tanh", lambda x: tf.nn.gelu(x, True))),
    alike("silu far out", "silu", [[0.0, -1000.0, 1000.0, NAN]]),
    alike("mish far out", "mish", [[0.0, -1000.0, 1000.0, NAN]], truth=[[[0.64, 0.0, 0.0, NAN]]]),
    alike("sigmoid far out", "sigmoid", [[1000.0, -1000.0, NAN]]),
    Kink("log sigmoid far out", [[0.0, 1000.0, -1000.0, NAN]], "log_sigmoid",
         "log_sigmoid_negated"),
    Kink("softplus at its threshold", [[20.0, 20.5, 1000.0, -1000.0, NAN]], "softplus_linear", None,
         (1.0, 20.0)),
    Kink("softplus", [[20.0, 20.5, 1000.0, -1000.0, NAN]], None, "softplus"),
    Kink("softsign", [[0.0, NAN]], "softsign_quotient", "softsign"),
    alike("tanhshrink", "tanhshrink", [[0.0, NAN]]),
    Kink("hardtanh on its bounds", [[-1.0, 0.0, 1.0, 2.0, NAN]], "hardtanh", None, (-1.0, 1.0),
         GATES),
    Kink("hardsigmoid", [[-3.0, 3.0, 0.0, 4.0, NAN]],
         ("hardsigmoid", F.hardsigmoid), "hardsigmoid"),
    Kink("hardswish", [[-3.0, 3.0, 0.0, 4.0, NAN]], "hardswish", None),
    Kink("hardshrink", [[0.5, -0.5, 1.0, NAN]], "hardshrink", None, (0.5,), GATES),
    Kink("softshrink", [[0.5, -0.5, 1.0, NAN]], "softshrink", None, (0.5,), GATES),
    Kink("where with nan in the branch not taken", [[1.0, 0.0], [1.0, NAN], [NAN, 1.0]],
         ("where", lambda c, x, y: torch.where(c != 0, x, y)),
         ("where", lambda c, x, y: tf.where(c != 0, x, y)), upstream=GATES),
]  # fmt: skip
