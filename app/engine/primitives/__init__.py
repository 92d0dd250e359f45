"""Every primitive operation, one `Op(...)` each, in files named for the family.

A rule reads `g` (gradient of the result), `z` (the result), then the inputs. It uses operators,
NumPy functions that stand for an Op, and Python constants only, so that float32 stays float32.
Importing this package registers all of them and gives Tensor its operators.
"""

from app.engine.primitives import (
    activations,
    arithmetic,
    bounds,
    comparisons,
    error_function,
    exponentials,
    linear,
    losses,
    operators,
    powers,
    rectifiers,
    reductions,
    rounding,
    selection,
    shaping,
    sinc,
    trigonometry,
)

__all__ = [
    "activations",
    "arithmetic",
    "bounds",
    "comparisons",
    "error_function",
    "exponentials",
    "linear",
    "losses",
    "operators",
    "powers",
    "rectifiers",
    "reductions",
    "rounding",
    "selection",
    "shaping",
    "sinc",
    "trigonometry",
]
