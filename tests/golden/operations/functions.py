"""Cases of app/engine/primitives/functions.py."""

import torch
from cases import UNARY, Case

CASES = {
    "exp": Case(UNARY),
    "log": Case(UNARY, 0.1, 3),
    "log1p": Case(UNARY, -0.8, 3),
    "expm1": Case(UNARY),
    "sqrt": Case(UNARY, 0.1, 3),
    "sqrt_or_zero": Case(UNARY, 0.1, 3, torch=torch.sqrt),
    "sin": Case(UNARY),
    "cos": Case(UNARY),
    "tan": Case(UNARY, -1.2, 1.2),
    "tanh": Case(UNARY),
    "sigmoid": Case(UNARY, -6, 6),
    "relu": Case(UNARY, smooth=False),
    # TensorFlow keeps the slope in float32: a quarter is exact there
    "leaky_relu": Case([(shapes, [0.25]) for shapes in UNARY], smooth=False),
    "softplus": Case(UNARY, -6, 6),
}
