"""Cases of app/engine/primitives/scans.py."""

from typing import Any

import numpy as np
import torch
from cases import Case

ALONG = [([(3,)], [-1]), ([(2, 4)], [-1]), ([(2, 3, 2)], [-2]), ([(2, 3)], [-2])]


def zeros(inputs: list[Any]) -> list[Any]:
    """No zero, one, two."""
    return [np.array([[2.0, 3.0, -1.5, 0.5], [2.0, 0.0, 3.0, 4.0], [0.0, 2.0, 0.0, 5.0]])]


def ties(inputs: list[Any]) -> list[Any]:
    return [np.array([[1.0, 3.0, 3.0, 2.0], [4.0, 1.0, 4.0, 5.0], [2.0, 2.0, 2.0, 2.0]])]


def recurrence(a: Any, b: Any, axis: int) -> Any:
    steps = [b.select(axis, 0)]
    for i in range(1, b.shape[axis]):
        steps.append(b.select(axis, i) + a.select(axis, i) * steps[-1])
    return torch.stack(steps, axis)


ALONE = "TensorFlow has none"
CASES = {
    "cumsum": Case(ALONG),
    "cumprod": [
        Case(ALONG, tensorflow="TensorFlow divides by the entry"),
        Case([([(3, 4)], [-1])], domain=zeros, tensorflow="TensorFlow gives 0 at a zero"),
    ],
    "cumprod_divided": [
        Case(ALONG, torch="PyTorch's is right at zeros"),
        Case([([(3, 4)], [-1])], domain=zeros, torch="PyTorch's is right at zeros", flat=True),
    ],
    "recurrence": Case(
        [(shapes * 2, settings) for shapes, settings in ALONG],
        torch=recurrence,
        tensorflow=ALONE,
    ),
    "cummax": [
        Case(ALONG, smooth=False, tensorflow=ALONE),
        Case([([(3, 4)], [-1])], domain=ties, flat=True, tensorflow=ALONE),
    ],
    "cummax_place": [
        Case(ALONG, flat=True, tensorflow=ALONE),
        Case([([(3, 4)], [-1])], domain=ties, flat=True, tensorflow=ALONE),
    ],
}
