"""Cases of app/engine/primitives/exponentials.py."""

import tensorflow as tf
import torch
from cases import PAIRS, UNARY, Case

CASES = {
    "exp": Case(UNARY),
    "exp2": Case(UNARY),
    "expm1": Case(UNARY),
    "log": Case(UNARY, 0.1, 3),
    "log1p": Case(UNARY, -0.8, 3),
    "log2": Case(UNARY, 0.1, 3),
    "log10": Case(UNARY, 0.1, 3),
    "logaddexp": Case(PAIRS),
    "xlogy": Case(PAIRS, 0.3, 3, tensorflow=tf.math.xlogy),
    "xlogy_or_zero": Case(PAIRS, 0.3, 3, torch=torch.xlogy),
}
