"""Cases of app/engine/primitives/selection.py."""

from typing import Any

import tensorflow as tf
import torch
from cases import UNARY, Case

ALL = slice(None)
KEYS = [
    ([(3,)], [(..., 1), (3,)]),
    ([(2, 3)], [(..., ALL, -1), (2, 3)]),
    ([(2, 3)], [(..., slice(0, 1), slice(None, None, 2)), (2, 3)]),
]
NO_ASSIGNMENT = "TensorFlow has no assignment to entries"


def put(x: Any, key: Any, shape: Any) -> Any:
    mask = torch.zeros(shape, dtype=torch.bool)
    mask[key] = True
    return torch.zeros(shape).masked_scatter(mask, x)


def stored(x: Any, value: Any, key: Any) -> Any:
    result = x.clone()
    result[key] = value
    return result


CASES = {
    "getitem": Case(KEYS),
    "put": Case(
        [([()], KEYS[0][1]), ([(2,)], KEYS[1][1]), ([(1, 2)], KEYS[2][1])],
        torch=put,
        tensorflow=NO_ASSIGNMENT,
    ),
    "setitem": Case(
        [
            ([(3,), ()], [(..., 1)]),
            ([(2, 3), (3,)], [(..., 0, ALL)]),
            ([(2, 3), ()], [(..., slice(0, 1), slice(None, None, 2))]),
        ],
        torch=stored,
        tensorflow=NO_ASSIGNMENT,
    ),
    "where": Case(
        [[(3,)] * 3, [(2, 3), (3,), ()]],
        smooth=False,
        torch=lambda c, x, y: torch.where(c > 0, x, y),
        tensorflow=lambda c, x, y: tf.where(c > 0, x, y),
    ),
    "detach": Case(UNARY, flat=True),
    "cast": Case([(s, ["float64"]) for s in UNARY], tensorflow=lambda x, dtype: tf.cast(x, dtype)),
    "cast_to_integer": Case(
        [(s, ["int64"]) for s in UNARY],
        flat=True,
        torch=lambda x, dtype: x.to(torch.int64),
        tensorflow=lambda x, dtype: tf.cast(x, dtype),
    ),
}
CASES["cast"].torch = lambda x, dtype: x.to(torch.float64)
