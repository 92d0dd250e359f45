"""Cases of app/engine/primitives/arithmetic.py."""

import tensorflow as tf
import torch
from cases import PAIRS, UNARY, Case

CASES = {
    "add": Case(PAIRS),
    "subtract": Case(PAIRS),
    "multiply": Case(PAIRS),
    "divide": Case(PAIRS, 0.3, 3),
    "divide_no_nan": Case(PAIRS, 0.3, 3, torch=torch.div),
    "negative": Case(UNARY),
    "product_or_zero": Case(PAIRS, torch=torch.mul, tensorflow=tf.multiply),
    "reciprocal": Case(UNARY, 0.3, 3),
    "reciprocal_or_zero": Case(UNARY, 0.3, 3, torch=torch.reciprocal),
    "square": Case(UNARY),
    "absolute": Case(UNARY, smooth=False),
    "absolute_or_zero": Case(UNARY, smooth=False, tensorflow=tf.abs),
    "sign": Case(UNARY, flat=True, torch=torch.sign),
    "sign_or_zero": Case(UNARY, flat=True, tensorflow=tf.sign),
}
