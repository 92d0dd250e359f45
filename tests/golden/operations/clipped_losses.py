"""Cases of app/engine/primitives/clipped_losses.py: away from the ends."""

from typing import Any

import tensorflow as tf
import torch
from cases import Case

tf.keras.config.set_floatx("float64")
EPSILON = 1e-7  # Keras's own
EQUAL = [([()] * 2, [EPSILON]), ([(3,)] * 2, [EPSILON]), ([(2, 3)] * 2, [EPSILON])]


def keras(loss: Any) -> Any:
    """A Keras loss, which reduces the last axis, entry by entry."""
    return lambda x, y, epsilon: loss(y[..., None], x[..., None])


CASES = {
    "bce_clipped": Case(
        EQUAL,
        low=0.05,
        high=0.95,
        torch=lambda x, y, epsilon: (y - 1) * torch.log(1 - x) - y * torch.log(x),
        tensorflow=keras(tf.keras.losses.binary_crossentropy),
    ),
    "kl_div_clipped": Case(
        EQUAL,
        low=0.05,
        high=0.95,
        torch=lambda x, y, epsilon: y * torch.log(y / x),
        tensorflow=keras(tf.keras.losses.kld),
    ),
}
