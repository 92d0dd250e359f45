"""Cases of app/engine/primitives/deviations.py."""

from typing import Any

import numpy as np
from cases import Case

FULL = [
    ([(3,)], [(-1,), False]), ([(2, 3)], [(-2, -1), False]), ([(2, 3)], [(-1,), True]),
    ([(2, 3, 2)], [(-3, -1), False]),
]  # fmt: skip
BY_N = [(shapes, [*settings, 0]) for shapes, settings in FULL]
BY_LESS = [(shapes, [*settings, 1]) for shapes, settings in FULL]
CONSTANT = [([(2, 3)], [(-1,), False, 0])]
UNBIASED = "TensorFlow divides by n"
NAN = "PyTorch gives equal entries 0"


def constant(inputs: list[Any]) -> list[Any]:
    """A row of equal entries, and one of others."""
    return [np.array([[1.5, 1.5, 1.5], [1.0, 2.0, 4.0]])]


CASES = {
    "var": [Case(BY_N), Case(BY_LESS, tensorflow=UNBIASED), Case(CONSTANT, domain=constant)],
    "std": [Case(BY_N, torch=NAN), Case(CONSTANT, torch=NAN, domain=constant, flat=True)],
    "std_or_zero": [
        Case(BY_N + BY_LESS, tensorflow=UNBIASED),
        Case(CONSTANT, tensorflow="TensorFlow gives nan", domain=constant, flat=True),
    ],
}
