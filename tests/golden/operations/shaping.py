"""Cases of app/engine/primitives/shaping.py."""

from cases import Case

CASES = {
    "reshape": Case([([(2, 3)], [(3, 2), 2]), ([(4,)], [(2, 2), 1]), ([()], [(1, 1), 0])]),
    "broadcast_to": Case([([(3,)], [(2, 3), 1]), ([(2, 1)], [(4, 2, 3), 2]), ([()], [(3,), 0])]),
    "transpose": Case([([(2, 3)], [(-1, -2)]), ([(2, 3, 4)], [(-2, -1, -3)])]),
}
