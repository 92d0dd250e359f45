"""Cases of app/engine/primitives/linear.py."""

from cases import Case

CASES = {
    "matmul": Case([[(2, 3), (3, 4)], [(1, 2), (2, 1)], [(3, 3), (3, 3)]]),
}
