"""Cases of app/engine/primitives/solving.py."""

import numpy as np
from cases import Case


def regular(inputs):
    """A matrix that is far from singular, and the rest."""
    a, *rest = inputs
    return [a + 3 * np.eye(a.shape[-1]), *rest]


def positive(inputs):
    a = inputs[0]
    return [a @ np.swapaxes(a, -1, -2) + 2 * np.eye(a.shape[-1])]


SQUARE = [[(3, 3)], [(1, 1)], [(2, 2)], [(2, 3, 3)]]
CASES = {
    "inverse": Case(SQUARE, domain=regular),
    "solve": Case([[(3, 3), (3, 2)], [(1, 1), (1, 3)], [(2, 3, 3), (2, 3, 2)]], domain=regular),
    "solve_vector": Case([[(3, 3), (3,)], [(1, 1), (1,)], [(2, 3, 3), (2, 3)]], domain=regular),
    "cholesky": Case(SQUARE, domain=positive, flat=True),  # differences see the lower triangle
    "lower_half": Case(SQUARE),
}
