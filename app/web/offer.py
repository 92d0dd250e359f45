"""What the optimizer lab offers: landscapes and optimizers as its page shows them.

The same registries stand behind `/api/v1/meta`; here the formulas are MathML, ready to be shown.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from latex2mathml.converter import convert

from app.descent import LANDSCAPES, OPTIMIZERS
from app.web.meta import options_of
from app.work.question import EXPRESSION_START

MOST = ("runs", "steps")
PARTS = r", \quad"  # a formula of several parts is shown a line each


RATES = {"sgd": 0.001, "adagrad": 0.5, "rmsprop": 0.02, "adam": 0.1, "adamw": 0.1}


@cache
def offer() -> dict[str, Any]:
    """Both lists, in the order in which they are offered. Only our own LaTeX is converted.

    rate: of an optimizer that is added."""
    return {
        "start": EXPRESSION_START,
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
                "rate": RATES[one.name],
                "options": options_of(one.options),
            }
            for one in OPTIMIZERS.values()
        ],
    }


def most(limits: Mapping[str, Any]) -> dict[str, Any]:
    """What one race may hold, on a server with these limits."""
    return {name: limits[name] for name in MOST}
