"""Cases of app/engine/primitives/error_function.py."""

from cases import UNARY, Case

CASES = {
    "erf": Case(UNARY),
    "erfc": Case([*UNARY, [(2, 40)]], -6, 6),
}
