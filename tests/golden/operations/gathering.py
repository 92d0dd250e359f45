"""Cases of app/engine/primitives/gathering.py. Places are operands: whole numbers."""

from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Case

TAKEN = [
    ([(4,), (3,)], [-1, (4,), 1]), ([(4,), ()], [-1, (4,), 0]), ([(4, 2), (3,)], [-2, (4, 2), 1]),
    ([(2, 4), (2, 2)], [-1, (2, 4), 2]), ([(3, 4, 2), (2, 3)], [-2, (3, 4, 2), 2]),
]  # fmt: skip
ROWS = [([(4, 2), (3,)], [-2, (4, 2), 1]), ([(4, 3), (2, 3)], [-2, (4, 3), 2])]
ALONG = [
    ([(4,), (3,)], [-1, (4,)]), ([(2, 4), (2, 3)], [-1, (2, 4)]), ([(4, 2), (5, 2)], [-2, (4, 2)]),
    ([(2, 4, 2), (2, 1, 2)], [-2, (2, 4, 2)]),
]  # fmt: skip


def places(inputs: list[Any]) -> list[Any]:
    """The second input as places among four, one of them several times."""
    x, index = inputs
    return [x, np.arange(index.size).reshape(index.shape) * 3 % 4 % 3 + (index.size == 1)]


def index_select(x: Any, index: Any, axis: int, shape: Any, rank: int) -> Any:
    n = x.ndim + axis
    flat = torch.index_select(x, axis, index.reshape(-1))
    return flat.reshape(x.shape[:n] + index.shape + x.shape[n + 1 :])


def index_add(g: Any, index: Any, axis: int, shape: Any, rank: int) -> Any:
    n = len(shape) + axis
    flat = g.reshape(*shape[:n], -1, *shape[n + 1 :])
    return torch.zeros(shape).index_add(n, index.reshape(-1), flat)


def by_one_hot(x: Any, index: Any, axis: int, shape: Any) -> Any:
    """Moved so that the axis is the last: the sum over it of entry times one-hot place."""
    last, places = (
        tf.experimental.numpy.moveaxis(x, axis, -1),
        tf.experimental.numpy.moveaxis(index, axis, -1),
    )
    found = tf.gather(last, places, axis=-1, batch_dims=len(shape) - 1)
    return tf.experimental.numpy.moveaxis(found, -1, axis)


def put(shapes: list[Any]) -> list[Any]:
    """The trials of the way back: what was taken is put."""
    found = []
    for (x, index), settings in shapes:
        at = len(x) + settings[0]
        taken = index if len(settings) == 2 else x[:at] + index + x[at + 1 :]
        found.append(([taken, index], settings))
    return found


PUT = "TensorFlow puts at rows of coordinates (scatter_nd)"
CASES = {
    "take": Case(TAKEN, domain=places, torch=index_select),
    "embedding": Case(ROWS, domain=places),
    "put_index": Case(put(TAKEN), domain=places, torch=index_add, tensorflow=PUT),
    "take_along": Case(ALONG, domain=places, tensorflow=by_one_hot),
    "put_along": Case(
        put(ALONG),
        domain=places,
        torch=lambda g, index, axis, shape: torch.zeros(shape).scatter_add(axis, index, g),
        tensorflow=PUT,
    ),
    "one_hot": Case(
        [([()], [3, "float64"]), ([(3,)], [4, "float64"]), ([(2, 3)], [3, "float64"])],
        domain=lambda inputs: [np.arange(x.size).reshape(x.shape) % 3 for x in inputs],
        flat=True,
        torch=lambda index, depth, dtype: torch.nn.functional.one_hot(index, depth).double(),
        tensorflow=lambda index, depth, dtype: tf.one_hot(index, depth, dtype=dtype),
    ),
}
