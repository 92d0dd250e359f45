"""Cases of app/engine/primitives/counts.py."""

from typing import Any

import tensorflow as tf
import torch
from cases import Case

COUNTED = [
    ([(3,)], [(-1,), False]), ([(2, 3)], [(-1,), True]), ([(2, 3, 2)], [(-2, -1), False]),
]  # fmt: skip


def some_zero(inputs: list[Any]) -> list[Any]:
    return [x * (x > 0) for x in inputs]


def counted(x: Any, axes: Any, keepdims: bool) -> Any:
    found = torch.count_nonzero(x, axes)
    return (
        found.reshape([1 if i - x.ndim in axes else n for i, n in enumerate(x.shape)])
        if keepdims
        else found
    )


CASES = {
    "any": Case(
        COUNTED,
        flat=True,
        domain=some_zero,
        torch=lambda x, axes, keepdims: torch.any(x != 0, axes, keepdims),
        tensorflow=lambda x, axes, keepdims: tf.reduce_any(x != 0, axes, keepdims),
    ),
    "all": Case(
        COUNTED,
        flat=True,
        domain=some_zero,
        torch=lambda x, axes, keepdims: torch.all(x != 0, axes, keepdims),
        tensorflow=lambda x, axes, keepdims: tf.reduce_all(x != 0, axes, keepdims),
    ),
    "count_nonzero": Case(COUNTED, flat=True, domain=some_zero, torch=counted),
}
