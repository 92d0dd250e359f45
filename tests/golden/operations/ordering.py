"""Cases of app/engine/primitives/ordering.py."""

from typing import Any

import numpy as np
import tensorflow as tf
from cases import Case

ALONG = [
    ([(4,)], [-1, False]), ([(2, 5)], [-1, True]), ([(2, 3, 2)], [-2, False]),
    ([(4, 2)], [-2, True]),
]  # fmt: skip
TIED = [([(2, 4)], [-1, False]), ([(2, 4)], [-1, True])]


def ties(inputs: list[Any]) -> list[Any]:
    return [np.array([[2.0, 1.0, 2.0, 1.0], [3.0, 3.0, 3.0, 0.0]])]


def direction(descending: bool) -> str:
    return "DESCENDING" if descending else "ASCENDING"


def in_order(x: Any, axis: int, descending: bool) -> Any:
    return tf.sort(x, axis, direction(descending))


def places(x: Any, axis: int, descending: bool) -> Any:
    return tf.argsort(x, axis, direction(descending), stable=True)


CASES = {
    "sort": [
        Case(ALONG, smooth=False, tensorflow=in_order),
        Case(TIED, domain=ties, flat=True, tensorflow=in_order),
    ],
    "argsort": [
        Case(ALONG, flat=True, tensorflow=places),
        Case(TIED, domain=ties, flat=True, tensorflow=places),
    ],
}
