"""Cases of app/engine/primitives/selection.py."""

import tensorflow as tf
import torch
from cases import UNARY, Case

CASES = {
    "where": Case(
        [[(3,)] * 3, [(2, 3), (3,), ()]],
        smooth=False,
        torch=lambda c, x, y: torch.where(c > 0, x, y),
        tensorflow=lambda c, x, y: tf.where(c > 0, x, y),
    ),
    "detach": Case(UNARY, flat=True),
    "earlier": Case(UNARY),
    "cast": Case([(s, ["float64"]) for s in UNARY], tensorflow=lambda x, dtype: tf.cast(x, dtype)),
    "cast_to_integer": Case(
        [(s, ["int64"]) for s in UNARY],
        flat=True,
        torch=lambda x, dtype: x.to(torch.int64),
        tensorflow=lambda x, dtype: tf.cast(x, dtype),
    ),
}
CASES["cast"].torch = lambda x, dtype: x.to(torch.float64)
