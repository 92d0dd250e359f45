"""Cases of app/engine/primitives/indexing.py."""

from typing import Any

import numpy as np
import torch
from cases import Case

ALL = slice(None)
MASK = np.array([[True, False, True], [False, False, True]])
BASIC = [
    ([(3,)], [(..., 1), (3,)]),
    ([(2, 3)], [(..., ALL, -1), (2, 3)]),
    ([(2, 3)], [(..., slice(0, 1), slice(None, None, 2)), (2, 3)]),
    ([(2, 3)], [(..., None, 1, ALL, None), (2, 3)]),
]
BACKWARDS = [([(5,)], [(..., slice(None, None, -2)), (5,)])]
ARRAYS = [
    ([(4,)], [(..., np.array([0, 2, 2, -1])), (4,)]),
    ([(3, 2)], [(..., np.array([[0, 1], [1, 1]]), ALL), (3, 2)]),
    ([(3, 4)], [(..., np.array([0, 2, 2]), np.array([1, 3, 3])), (3, 4)]),
    ([(3, 4)], [(..., 1, np.array([3, 3, 0])), (3, 4)]),
    ([(2, 3)], [(..., MASK), (2, 3)]),
    ([(2, 3)], [(..., MASK[0]), (2, 3)]),
]
NO_ASSIGNMENT = "TensorFlow has no assignment to entries"
NO_ARRAYS = "TensorFlow's keys are numbers and slices"


def read(x: Any, key: Any, shape: Any) -> Any:
    """PyTorch's slices have no negative steps: NumPy finds the places of the entries."""
    places = np.arange(x.numel()).reshape(shape)[key]
    return x.reshape(-1)[torch.tensor(np.array(places))]


def put(x: Any, key: Any, shape: Any) -> Any:
    places = torch.tensor(np.arange(np.prod(shape)).reshape(shape)[key].ravel())
    return torch.zeros(int(np.prod(shape))).index_add(0, places, x.reshape(-1)).reshape(shape)


def stored(x: Any, value: Any, key: Any, shape: Any, rank: int) -> Any:
    result = x.clone()
    result[tuple(torch.tensor(k) if isinstance(k, np.ndarray) else k for k in key)] = value
    return result


CASES = {
    "getitem": [
        Case(BASIC),
        Case(BACKWARDS, torch=read),
        Case(ARRAYS, torch=read, tensorflow=NO_ARRAYS),
    ],
    "put": Case(
        [
            ([np.empty(shapes[0])[settings[0]].shape], settings)
            for shapes, settings in (*BASIC, *BACKWARDS, *ARRAYS)
        ],
        torch=put,
        tensorflow=NO_ASSIGNMENT,
    ),
    "setitem": Case(
        [
            ([(3,), ()], [(..., 1), (3,), 0]),
            ([(2, 3), (3,)], [(..., 0, ALL), (2, 3), 1]),
            ([(2, 3), ()], [(..., slice(0, 1), slice(None, None, 2)), (2, 3), 0]),
            ([(2, 3), (3,)], [(..., MASK), (2, 3), 1]),
            ([(3, 2), (2,)], [(..., np.array([2, 0]), ALL), (3, 2), 1]),
        ],
        torch=stored,
        tensorflow=NO_ASSIGNMENT,
    ),
}
