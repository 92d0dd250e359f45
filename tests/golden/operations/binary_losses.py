"""Cases of app/engine/primitives/binary_losses.py."""

from typing import Any

import numpy as np
import tensorflow as tf
from cases import Case

LOSSES = tf.keras.losses
EQUAL = [[()] * 2, [(3,)] * 2, [(2, 3)] * 2]


def answers(inputs: list[Any]) -> list[Any]:
    """Scores, and answers of 1 and -1."""
    return [inputs[0], np.where(inputs[1] > 0, 1.0, -1.0)]


def keras(loss: Any) -> Any:
    return lambda x, y: loss(y[..., None], x[..., None])


CASES = {
    "log_cut": Case([[()], [(3,)], [(2, 3)]], low=0.1),
    "bce": Case(EQUAL, low=0.1, high=0.9, tensorflow=keras(LOSSES.binary_crossentropy)),
    "bce_with_logits": Case(EQUAL),
    "hinge": Case(EQUAL, smooth=False),
    "squared_hinge": [
        Case(EQUAL, smooth=False),
        Case(EQUAL[1:], domain=answers, smooth=False, tensorflow=keras(LOSSES.squared_hinge)),
    ],
}
