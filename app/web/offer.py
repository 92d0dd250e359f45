"""What the optimizer lab offers: landscapes and optimizers as its page shows them.

The same registries stand behind `/api/v1/meta`; here the formulas are MathML, ready to be shown.
"""

from functools import cache
from typing import Any

from latex2mathml.converter import convert

from app.descent import LANDSCAPES, OPTIMIZERS
from app.web.descents_schema import MAX_RUNS, MAX_STEPS
from app.web.meta import options_of
from app.work.question import EXPRESSION_START

PARTS = r", \quad"  # a formula of several parts is shown a line each


RATES = {"sgd": 0.001, "adagrad": 0.5, "rmsprop": 0.02, "adam": 0.1, "adamw": 0.1}


@cache
def offer() -> dict[str, Any]:
    """Both lists, in the order in which they are offered. Only our own LaTeX is converted.

    most: what one race may hold; rate: of an optimizer that is added."""
    return {
        "most": {"runs": MAX_RUNS, "steps": MAX_STEPS},
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
