"""Cases of app/engine/primitives/dropout.py. The second input's signs say what stays."""

import tensorflow as tf
from cases import Case

CASES = {
    "dropout": Case(
        [([()] * 2, [0.25]), ([(3,)] * 2, [0.5]), ([(2, 3)] * 2, [0.2])],
        torch=lambda x, kept, rate: x * (kept > 0) / (1 - rate),
        tensorflow=lambda x, kept, rate: x * tf.cast(kept > 0, x.dtype) / (1 - rate),
    ),
}
