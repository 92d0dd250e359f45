"""Cases of app/engine/primitives/arithmetic.py."""

import tensorflow as tf
import torch
from cases import PAIRS, UNARY, Case

CASES = {
    "add": Case(PAIRS),
    "subtract": Case(PAIRS),
    "multiply": Case(PAIRS),
    "divide": Case(PAIRS, 0.3, 3),
    "negative": Case(UNARY),
    "power": Case(PAIRS, 0.3, 3),
    "product_or_zero": Case(PAIRS, torch=torch.mul, tensorflow=tf.multiply),
    "power_plain": Case(PAIRS, 0.3, 3, torch=torch.pow),
    "log_or_zero": Case(UNARY, 0.1, 3, torch=torch.log, tensorflow=tf.math.log),
    "square": Case(UNARY),
    "absolute": Case(UNARY, smooth=False),
    "sign": Case(UNARY, flat=True),
    "maximum": Case(PAIRS, smooth=False),
    "minimum": Case(PAIRS, smooth=False),
    "maximum_first": Case(PAIRS, smooth=False, torch=torch.maximum),
    "minimum_first": Case(PAIRS, smooth=False, torch=torch.minimum),
    "clip": Case([(shapes, [-0.7, 0.9]) for shapes in UNARY], smooth=False),
    "floor": Case(UNARY, flat=True, torch="PyTorch gives zeros where TensorFlow gives none"),
    "floor_flat": Case(UNARY, flat=True, tensorflow="TensorFlow gives none where PyTorch zeros"),
    "floor_divide": Case(PAIRS, 0.3, 3, flat=True),
    "remainder": Case(PAIRS, 0.3, 3, smooth=False),
    "greater": Case(PAIRS, flat=True),
    "less": Case(PAIRS, flat=True),
    "greater_equal": Case(PAIRS, flat=True),
    "less_equal": Case(PAIRS, flat=True),
    "equal": Case(PAIRS, flat=True),
    "not_equal": Case(PAIRS, flat=True),
}
