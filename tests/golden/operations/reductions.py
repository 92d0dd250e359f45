"""Cases of app/engine/primitives/reductions.py."""

from typing import Any

from cases import Case

REDUCED = [
    ([()], [(), False]), ([(3,)], [(-1,), False]), ([(2, 3)], [(-2, -1), False]),
    ([(2, 3)], [(-1,), True]), ([(2, 3, 2)], [(-3, -1), False]), ([(2, 3, 2)], [(-2,), True]),
]  # fmt: skip
FULL = REDUCED[1:]  # on a number PyTorch's amax reduces along nothing


def prod(x: Any, axes: Any, keepdims: bool) -> Any:
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


CASES = {
    "sum": Case(REDUCED),
    "mean": Case(REDUCED),
    "prod": [
        Case(REDUCED, torch=prod),
        Case([([(3, 4)], [(-1,), False])], torch=prod, domain=zeros),
    ],
    "logsumexp": Case(FULL),
}
