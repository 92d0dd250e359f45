"""Cases of app/engine/primitives/products.py."""

from typing import Any

import tensorflow as tf
from cases import Case

REDUCED = [
    ([()], [(), False]), ([(3,)], [(-1,), False]), ([(2, 3)], [(-2, -1), False]),
    ([(2, 3)], [(-1,), True]), ([(2, 3, 2)], [(-3, -1), False]), ([(2, 3, 2)], [(-2,), True]),
]  # fmt: skip


def along(x: Any, axes: Any, keepdims: bool) -> Any:
    for axis in sorted(axes):
        x = x.prod(axis, keepdim=True)
    return (
        x if keepdims else x.reshape([n for i, n in enumerate(x.shape) if i - x.ndim not in axes])
    )


def zeros(inputs: list[Any]) -> list[Any]:
    """One zero in the first row, two in the second."""
    x = inputs[0]
    x[0, 1] = x[1, 0] = x[1, 2] = 0
    return [x]


def running(x: Any, axes: Any, keepdims: bool) -> Any:
    return tf.reduce_prod(x, axes, keepdims)


CASES = {
    name: [
        Case(REDUCED, torch=along, tensorflow=running),
        Case([([(3, 4)], [(-1,), False])], torch=along, tensorflow=running, domain=zeros),
    ]
    for name in ("prod", "prod_divided")
}
