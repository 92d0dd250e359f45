"""Cases of app/engine/primitives/rounding.py."""

from typing import Any

import tensorflow as tf
from cases import PAIRS, UNARY, Case

ZEROS = "PyTorch gives zeros where TensorFlow gives none"
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
    "floor_divide": Case(PAIRS, 0.3, 3, flat=True),
    "remainder": Case(PAIRS, 0.3, 3, smooth=False),
    "fmod": Case(PAIRS, 0.3, 3, smooth=False, tensorflow="TensorFlow's has no gradient"),
    "heaviside": Case(PAIRS, flat=True, torch="PyTorch's has no gradient"),
}
