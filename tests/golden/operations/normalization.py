"""Cases of app/engine/primitives/normalization.py."""

from cases import Case

CASES = {
    "standardize": Case(
        [
            ([(4,)], [(-1,), 1e-5]),
            ([(2, 3, 4)], [(-2, -1), 1e-3]),
            ([(3, 2, 4)], [(-3, -1), 1e-5]),
        ]
    ),
}
