"""Cases of app/engine/primitives/binary_losses.py."""

from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Case

LOSSES = tf.keras.losses
EQUAL = [[()] * 2, [(3,)] * 2, [(2, 3)] * 2]


def answers(inputs: list[Any]) -> list[Any]:
    """Scores, and answers of 1 and -1."""
    return [inputs[0], np.where(inputs[1] > 0, 1.0, -1.0)]


def keras(loss: Any) -> Any:
    return lambda x, y: loss(y[..., None], x[..., None])


def slope(p: Any, y: Any) -> Any:
    """PyTorch's slope of its cross-entropy."""
    loss = torch.nn.functional.binary_cross_entropy(p, y, reduction="none")
    return torch.autograd.grad(loss.sum(), p, create_graph=True)[0]


CASES = {
    "bce": Case(EQUAL, low=0.1, high=0.9, tensorflow=keras(LOSSES.binary_crossentropy)),
    "bce_slope": Case(
        EQUAL, low=0.1, high=0.9, torch=slope, tensorflow="has not PyTorch's epsilon"
    ),
    "bce_with_logits": Case(EQUAL),
    "bce_with_logits_cut": Case(EQUAL),
    "hinge": Case(EQUAL, smooth=False),
    "squared_hinge": [
        Case(EQUAL, smooth=False),
        Case(EQUAL[1:], domain=answers, smooth=False, tensorflow=keras(LOSSES.squared_hinge)),
    ],
}
