"""Cases of app/engine/primitives/powers.py."""

import tensorflow as tf
import torch
from cases import PAIRS, UNARY, Case

CASES = {
    "power": Case(PAIRS, 0.3, 3),
    "power_plain": Case(PAIRS, 0.3, 3),
    "power_multiplied": Case(
        [([()], [3]), ([(3,)], [-2]), ([(2, 3)], [4]), ([(3,)], [-1])], 0.3, 3
    ),
    "power_rooted": Case([([()], [0.5]), ([(3,)], [-0.5]), ([(2, 3)], [1.5])], 0.3, 3),
    "log_or_zero": Case(UNARY, 0.1, 3, torch=torch.log, tensorflow=tf.math.log),
    "sqrt": Case(UNARY, 0.1, 3),
    "sqrt_or_zero": Case(UNARY, 0.1, 3, torch=torch.sqrt),
    "rsqrt": Case(UNARY, 0.3, 3),
    "rsqrt_or_zero": Case(UNARY, 0.3, 3, torch=torch.rsqrt),
    "cbrt": Case(
        UNARY, 0.1, 3, torch=lambda x: x ** (1 / 3), tensorflow=tf.experimental.numpy.cbrt
    ),
    "hypot": Case(PAIRS, 0.3, 3, tensorflow=tf.experimental.numpy.hypot),
}
