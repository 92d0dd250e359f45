"""Cases of app/engine/primitives/bounds.py."""

from typing import Any

import tensorflow as tf
import torch
from cases import PAIRS, UNARY, Case

NO_FMAX = "TensorFlow has none that passes nan by"
NO_ONE_SIDE = "TensorFlow clips on both sides"
BOUNDS = [[(3,), (), ()], [(2, 3), (3,), (2, 1)]]


def ordered(inputs: list[Any]) -> list[Any]:
    """The bounds on either side of zero."""
    x, low, high = inputs
    return [x, -0.3 - abs(low) / 4, 0.3 + abs(high) / 4]


CASES = {
    "maximum": Case(PAIRS, smooth=False),
    "minimum": Case(PAIRS, smooth=False),
    "maximum_first": Case(PAIRS, smooth=False, torch=torch.maximum),
    "minimum_first": Case(PAIRS, smooth=False, torch=torch.minimum),
    "fmax": Case(PAIRS, smooth=False, tensorflow=NO_FMAX),
    "fmin": Case(PAIRS, smooth=False, tensorflow=NO_FMAX),
    "clip": Case(
        [
            *((shapes, [-0.7, 0.9]) for shapes in UNARY),
            ([(2, 3)], [-0.7, None]),
            ([(2, 3)], [None, 0.9]),
        ],
        smooth=False,
        tensorflow=lambda x, low, high: tf.clip_by_value(
            x, -9.0 if low is None else low, 9.0 if high is None else high
        ),
    ),
    "clip_low_last": Case(BOUNDS, smooth=False, domain=ordered, torch=torch.clamp),
}
