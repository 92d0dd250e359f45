"""Cases of app/engine/primitives/activations.py."""

import tensorflow as tf
from cases import UNARY, Case
from torch.nn import functional as F

CASES = {
    "sigmoid": Case(UNARY, -6, 6),
    "log_sigmoid": Case(UNARY, -6, 6, tensorflow=tf.math.log_sigmoid),
    "log_sigmoid_negated": Case(UNARY, -6, 6, torch=F.logsigmoid),
    "softplus": Case(UNARY, -6, 6, torch="its threshold makes another function"),
    "softplus_linear": Case(
        [(shapes, [1.0, 20.0]) for shapes in UNARY] + [([(2, 3)], [2.0, 5.0])],
        -6,
        6,
        tensorflow="TensorFlow's has no threshold",
    ),
    "silu": Case(UNARY, -6, 6),
    "mish": Case(UNARY, -6, 6),
    "gelu": Case(UNARY, -6, 6),
    "gelu_tanh": Case(UNARY),
    "softsign": Case(UNARY, smooth=False, torch=F.softsign),
    "softsign_quotient": Case(UNARY, smooth=False, tensorflow=tf.nn.softsign),
    "tanhshrink": Case(UNARY),
}
