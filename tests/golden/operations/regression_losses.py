"""Cases of app/engine/primitives/regression_losses.py."""

from typing import Any

import tensorflow as tf
import torch
from cases import PAIRS, Case

LOSSES = tf.keras.losses


def keras(loss: Any) -> Any:
    """A Keras loss, which takes the mean over the last axis, entry by entry."""
    return lambda x, y, *settings: loss(*_lifted(y, x), *settings)


def _lifted(y: Any, x: Any) -> Any:
    shape = tf.broadcast_dynamic_shape(tf.shape(y), tf.shape(x))
    return (tf.broadcast_to(one, shape)[..., None] for one in (y, x))


def smooth(x: Any, y: Any, beta: float) -> Any:
    return keras(LOSSES.huber)(x, y, beta) / beta


F = torch.nn.functional
EQUAL = [[()] * 2, [(3,)] * 2, [(2, 3)] * 2]
CASES = {
    "squared_error": Case(PAIRS),
    "absolute_error": Case(PAIRS, smooth=False, torch=lambda x, y: abs(x - y)),
    "absolute_error_or_zero": Case(PAIRS, smooth=False, tensorflow=lambda x, y: abs(x - y)),
    "huber": Case(
        [(shapes, [0.7]) for shapes in EQUAL], smooth=False, tensorflow=keras(LOSSES.huber)
    ),
    "huber_within": Case(
        [(shapes, [0.7]) for shapes in EQUAL],
        smooth=False,
        torch=lambda x, y, delta: torch.nn.functional.huber_loss(
            x, y, reduction="none", delta=delta
        ),
        tensorflow=keras(LOSSES.huber),
    ),
    "smooth_l1": [
        Case([(shapes, [0.7]) for shapes in EQUAL], smooth=False, tensorflow=smooth),
        Case([(shapes, [0.0]) for shapes in EQUAL], tensorflow="Keras has no width of 0"),
    ],
    "log_cosh": Case(EQUAL),
    "cosine_similarity": Case(
        [([(3,)] * 2, [1e-6]), ([(2, 3)] * 2, [1e-6]), ([(2, 3)] * 2, [1e-8])],
        tensorflow=lambda x, y, epsilon: -LOSSES.cosine_similarity(y, x),
    ),
    "poisson_nll": Case(EQUAL),
}
