"""Cases of app/engine/primitives/class_losses.py: the last axis holds the classes."""

from typing import Any

import numpy as np
import tensorflow as tf
from cases import Case

ROWS = [[(3,), ()], [(4, 3), (4,)], [(2, 4, 3), (2, 4)]]
EQUAL = [[(3,)] * 2, [(2, 3)] * 2, [(2, 2, 3)] * 2]


def classes(inputs: list[Any]) -> list[Any]:
    """The second input as classes among three."""
    x, index = inputs
    return [x, (np.arange(index.size) * 2 % 3).reshape(index.shape)]


def shares(inputs: list[Any]) -> list[Any]:
    """The second input as distributions."""
    x, y = inputs
    return [x, np.abs(y) / np.sum(np.abs(y), axis=-1, keepdims=True)]


def positive(inputs: list[Any]) -> list[Any]:
    return [inputs[0], np.abs(inputs[1])]


CASES = {
    "nll": Case(ROWS, domain=classes),
    "nll_back": Case([([(), ()], [3]), ([(4,), (4,)], [3])], domain=classes),
    "less_one_hot": Case(ROWS, domain=classes),
    "cross_entropy": Case(ROWS, domain=classes),
    "cross_entropy_soft": [
        Case(EQUAL, tensorflow="it takes for granted that the shares sum to 1"),
        Case(
            EQUAL,
            domain=shares,
            tensorflow=lambda x, y: tf.nn.softmax_cross_entropy_with_logits(y, x),
        ),
    ],
    "cross_entropy_shares": [
        Case(EQUAL, domain=shares, flat=True, torch="another convention for shares that move"),
        Case(EQUAL, flat=True, torch="PyTorch does not take it for granted"),
    ],
    "kl_div": Case(EQUAL, domain=positive),
    "kl_div_log": Case(EQUAL),
}
