"""Cases of app/engine/primitives/comparisons.py."""

from typing import Any

import tensorflow as tf
from cases import PAIRS, UNARY, Case

COMPARISONS = ("greater", "less", "greater_equal", "less_equal", "equal", "not_equal")


def on_truth(function: Any) -> Any:
    """TensorFlow's logic wants truth values, not numbers."""
    return lambda *inputs: function(*(x != 0 for x in inputs))


CASES = {
    **{name: Case(PAIRS, flat=True) for name in COMPARISONS},
    "greater_or_nan": Case(PAIRS, flat=True),
    "less_or_nan": Case(PAIRS, flat=True),
    "isnan": Case(UNARY, flat=True),
    "isinf": Case(UNARY, flat=True),
    "isfinite": Case(UNARY, flat=True),
    "logical_not": Case(UNARY, flat=True, tensorflow=on_truth(tf.logical_not)),
    "logical_and": Case(PAIRS, flat=True, tensorflow=on_truth(tf.logical_and)),
    "logical_or": Case(PAIRS, flat=True, tensorflow=on_truth(tf.logical_or)),
    "logical_xor": Case(PAIRS, flat=True, tensorflow=on_truth(tf.math.logical_xor)),
}
