"""Cases of app/engine/primitives/extrema.py."""

from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Case

FULL = [
    ([(3,)], [(-1,), False]), ([(2, 3)], [(-2, -1), False]),
    ([(2, 3)], [(-1,), True]), ([(2, 3, 2)], [(-3, -1), False]), ([(2, 3, 2)], [(-2,), True]),
]  # fmt: skip
ONE = [([(3,)], [(-1,), False]), ([(2, 3)], [(-1,), True]), ([(2, 3, 2)], [(-2,), False])]
PLACES = [([(3,)], [-1, False]), ([(2, 3)], [-1, False]), ([(2, 3, 2)], [-2, False])]
ALL = [([(3,)], [(-1,), False]), ([(2, 3)], [(-2, -1), False]), ([(4,)], [(-1,), False])]
TIED = [([(3, 4)], [(-1,), False])]
SHARES = "TensorFlow shares among equals"


def ties(inputs: list[Any]) -> list[Any]:
    """Rows with two, three and four equal largest and smallest entries."""
    return [np.array([[2.0, 5.0, 5.0, 2.0], [1.0, 7.0, 7.0, 7.0], [3.0, 3.0, 3.0, 3.0]])]


def shared(name: str) -> list[Case]:
    return [Case(FULL, smooth=False), Case(TIED, domain=ties, flat=True)]


def first(name: str) -> list[Case]:
    def largest(x: Any, axes: Any, keepdims: bool) -> Any:
        return getattr(x, name)(axes[0], keepdim=keepdims).values

    return [
        Case(ONE, smooth=False, torch=largest, tensorflow=SHARES),
        Case(TIED, domain=ties, flat=True, torch=largest, tensorflow=SHARES),
    ]


def middle(x: Any, axes: Any, keepdims: bool) -> Any:
    """TensorFlow has none: the lower middle one of the sorted entries."""
    return tf.sort(tf.reshape(x, [-1]))[(tf.size(x) - 1) // 2]


def of_all(name: str) -> list[Case]:
    def most(x: Any, axes: Any, keepdims: bool) -> Any:
        return getattr(torch, name)(x)

    return [
        Case(ALL, smooth=False, torch=most),
        Case([([(3, 4)], [(-2, -1), False])], domain=ties, flat=True, torch=most),
    ]


CASES = {
    "median": [
        Case(ALL, smooth=False, torch=lambda x, axes, keepdims: torch.median(x), tensorflow=middle),
        Case(
            [([(3, 4)], [(-2, -1), False])],
            domain=ties,
            flat=True,
            torch=lambda x, axes, keepdims: torch.median(x),
            tensorflow="TensorFlow has no median",
        ),
    ],
    "max_of_all": of_all("max"),
    "min_of_all": of_all("min"),
    "max": shared("max"),
    "min": shared("min"),
    "max_first": first("max"),
    "min_first": first("min"),
    "argmax": Case(PLACES, flat=True),
    "argmin": Case(PLACES, flat=True),
}
