"""Cases of app/engine/primitives/rectifiers.py."""

from typing import Any

import tensorflow as tf
import torch
from cases import UNARY, Case

ALONE = "TensorFlow has none"


def given(*settings: Any) -> Any:
    return [(shapes, list(settings)) for shapes in UNARY]


CASES = {
    "relu": Case(UNARY, smooth=False, torch=torch.relu),
    "relu_gate": Case(UNARY, smooth=False, tensorflow=tf.nn.relu),
    "relu6": Case(UNARY, -3, 9, smooth=False, torch=torch.nn.functional.relu6),
    "relu6_gate": Case(UNARY, -3, 9, smooth=False, tensorflow=tf.nn.relu6),
    # TensorFlow keeps the slope in float32: a quarter is exact there
    "leaky_relu": Case(given(0.25), smooth=False),
    "prelu": Case(
        [[(), ()], [(3,), ()], [(2, 3), (3,)]],
        smooth=False,
        torch=lambda x, slope: torch.where(x > 0, x, slope * x),
        tensorflow=lambda x, slope: tf.nn.relu(x) - slope * tf.nn.relu(-x),
    ),
    "hardtanh": Case(given(-1.0, 0.5), smooth=False, tensorflow=tf.clip_by_value),
    "hardsigmoid": Case(UNARY, -6, 6, smooth=False),
    "hardswish": Case(UNARY, -6, 6, smooth=False),
    "hardshrink": Case(given(0.5), smooth=False, tensorflow=ALONE),
    "softshrink": Case(given(0.5), smooth=False, tensorflow=ALONE),
    "elu": Case(given(1.0), smooth=False, tensorflow=lambda x, alpha: tf.nn.elu(x)),
    # and PyTorch CELU's 1 over alpha
    "celu": Case(given(2.0), smooth=False, tensorflow=ALONE),
    "selu": Case(UNARY, smooth=False, tensorflow=tf.nn.selu),
    "selu_right": Case(UNARY, smooth=False, torch=torch.nn.functional.selu),
}
