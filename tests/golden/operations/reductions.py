"""Cases of app/engine/primitives/reductions.py."""

from cases import Case

REDUCED = [
    ([()], [(), False]), ([(3,)], [(-1,), False]), ([(2, 3)], [(-2, -1), False]),
    ([(2, 3)], [(-1,), True]), ([(2, 3, 2)], [(-3, -1), False]), ([(2, 3, 2)], [(-2,), True]),
]  # fmt: skip
FULL = REDUCED[1:]  # on a number PyTorch's amax reduces along nothing


CASES = {
    "sum": Case(REDUCED),
    "mean": Case(REDUCED),
    "logsumexp": Case(FULL),
}
