"""Cases of app/engine/primitives/turning.py."""

from cases import Case

CASES = {
    "flip": Case([([(3,)], [(-1,)]), ([(2, 3)], [(-2, -1)]), ([(2, 3, 2)], [(-2,)])]),
    "roll": Case(
        [([(3,)], [(1,), (-1,)]), ([(2, 3)], [(1, -2), (-2, -1)]), ([(2, 3, 2)], [(2,), (-2,)])]
    ),
}
