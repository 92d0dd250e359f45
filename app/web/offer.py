"""What the optimizer lab offers: landscapes and optimizers as its page shows them.

The same registries stand behind `/api/v1/meta`; here the formulas are MathML, ready to be shown.
"""

from functools import cache
from typing import Any

from latex2mathml.converter import convert

from app.descent import LANDSCAPES, OPTIMIZERS
from app.web.meta import options_of

PARTS = r", \quad"  # a formula of several parts is shown a line each


@cache
def offer() -> dict[str, Any]:
    """Both lists, in the order in which they are offered. Only our own LaTeX is converted."""
    return {
        "functions": [
            {
                "name": one.name,
                "mathml": [convert(part) for part in one.latex.split(PARTS)],
                "start": one.start,
                "box": one.box,
                "options": options_of(one.options),
            }
            for one in LANDSCAPES.values()
        ],
        "optimizers": [
            {
                "name": one.name,
                "mathml": [convert(part) for part in one.formula.split(PARTS)],
                "source": one.source,
                "options": options_of(one.options),
            }
            for one in OPTIMIZERS.values()
        ],
    }
