"""Cases of app/engine/primitives/softmax.py."""

from cases import Case

CASES = {
    "softmax": Case([[(3,)], [(2, 3)]]),
    "log_softmax": Case([[(3,)], [(2, 3)]]),
}
