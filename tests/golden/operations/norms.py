"""Cases of app/engine/primitives/norms.py."""

from typing import Any

import numpy as np
import tensorflow as tf
from cases import Case

ORDERS = [
    ([(3,)], [2, (-1,), False]), ([(3,)], [1, (-1,), False]), ([(3,)], [3, (-1,), False]),
    ([(2, 3)], [2, (-2, -1), False]), ([(2, 3)], [1.5, (-1,), True]),
    ([(2, 3, 2)], [4, (-2,), False]), ([(2, 3, 2)], [1, (-2, -1), True]),
]  # fmt: skip
VECTORS = [one for one in ORDERS if one[1][1] != (-2, -1)]
LARGEST = [([(3,)], [(-1,), False]), ([(2, 3)], [(-1,), True]), ([(2, 3, 2)], [(-2,), False])]
AT_ZERO = [
    ([(2, 3)], [2, (-1,), False]),
    ([(2, 3)], [1, (-1,), False]),
    ([(2, 3)], [3, (-1,), False]),
]


def zero(inputs: list[Any]) -> list[Any]:
    """A zero vector, and one with a zero among its entries."""
    return [np.array([[0.0, 0.0, 0.0], [1.0, 0.0, -2.0]])]


def farthest(inputs: list[Any]) -> list[Any]:
    return [np.array([[3.0, -3.0, 1.0], [0.0, 0.0, 0.0]])]


def by_tensorflow(x: Any, p: Any, axes: Any, keepdims: bool) -> Any:
    """Its own norm of vectors; of a matrix by all entries."""
    if len(axes) == 2:
        return tf.norm(x, axis=axes, keepdims=keepdims)
    return tf.norm(x, ord=p, axis=axes[0], keepdims=keepdims)


def largest(x: Any, axes: Any, keepdims: bool) -> Any:
    return tf.norm(x, ord=np.inf, axis=axes[0], keepdims=keepdims)


NAN = "PyTorch gives a zero vector 0"
CASES = {
    "norm": [
        Case([*VECTORS, ([(2, 3)], [2, (-2, -1), False])], torch=NAN, tensorflow=by_tensorflow),
        Case(AT_ZERO, torch=NAN, tensorflow=by_tensorflow, domain=zero, flat=True),
    ],
    "norm_or_zero": [
        Case(ORDERS, tensorflow="TensorFlow gives nan at a zero vector"),
        Case(AT_ZERO, tensorflow="TensorFlow gives nan", domain=zero, flat=True),
    ],
    "norm_largest": [
        Case(LARGEST, smooth=False, tensorflow=largest),
        Case([([(2, 3)], [(-1,), False])], tensorflow=largest, domain=farthest, flat=True),
    ],
}
