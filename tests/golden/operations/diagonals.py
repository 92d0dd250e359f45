"""Cases of app/engine/primitives/diagonals.py."""

from typing import Any

import tensorflow as tf
from cases import Case

MATRICES = [([(3, 3)], [0]), ([(3, 3)], [1]), ([(2, 4)], [-1]), ([(2, 3, 2)], [0])]
PLACED = [([(3,)], [3, 3, 0]), ([(2,)], [3, 3, 1]), ([(2, 2)], [3, 3, -1])]


def upper(x: Any, offset: int) -> Any:
    return (
        x - tf.linalg.band_part(x, -1, offset - 1)
        if offset > 0
        else tf.linalg.band_part(x, -offset, -1)
    )


def lower(x: Any, offset: int) -> Any:
    return (
        tf.linalg.band_part(x, -1, offset)
        if offset >= 0
        else x - tf.linalg.band_part(x, -offset - 1, -1)
    )


CASES = {
    "triu": Case(MATRICES, tensorflow=upper),
    "tril": Case(MATRICES, tensorflow=lower),
    "diagonal": Case(MATRICES),
    "diag": Case(PLACED),
    "trace": Case(
        MATRICES,
        torch=lambda x, offset: x.diagonal(offset, -2, -1).sum(-1),
        tensorflow=lambda x, offset: tf.reduce_sum(tf.linalg.diag_part(x, k=offset), -1),
    ),
}
