"""Cases of app/engine/primitives/rounding.py."""

from typing import Any

import tensorflow as tf
import torch
from cases import PAIRS, UNARY, Case

ZEROS = "PyTorch gives zeros where TensorFlow gives none"
FLOORED = "TensorFlow rounds the quotient first"
PLAIN = "PyTorch does not round the quotient"
NONE = "TensorFlow gives none where PyTorch gives zeros"


def trunc(x: Any) -> Any:
    return tf.cast(tf.cast(x, tf.int64), tf.float64)


CASES = {
    **{
        name: Case(UNARY, flat=True, torch=ZEROS, tensorflow=trunc if name == "trunc" else None)
        for name in ("floor", "ceil", "round", "trunc")
    },
    **{
        f"{name}_flat": Case(UNARY, flat=True, tensorflow=NONE)
        for name in ("floor", "ceil", "round", "trunc")
    },
    "floor_divide": Case(PAIRS, 0.3, 3, flat=True, tensorflow=FLOORED),
    "floor_of_ratio": Case(PAIRS, 0.3, 3, flat=True, torch=PLAIN),
    "remainder": Case(PAIRS, 0.3, 3, smooth=False, torch=torch.remainder, tensorflow=tf.math.mod),
    "remainder_signed": Case(PAIRS, 0.3, 3, smooth=False, tensorflow=tf.math.mod),
    "remainder_once": Case(PAIRS, 0.3, 3, smooth=False, torch=torch.remainder),
    "fmod": Case(PAIRS, 0.3, 3, smooth=False, tensorflow="TensorFlow's has no gradient"),
    "heaviside": Case(PAIRS, flat=True, torch="PyTorch's has no gradient"),
}
