"""Operands of different number types give what NumPy, PyTorch and TensorFlow make of them, or end
in their words.

The table is tests/golden/promotions.py; promotions.json, made by make_promotions.py, has what
PyTorch and TensorFlow say to it. NumPy is asked here.
"""

import json
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from promotions import rows, told

STORED = json.loads((Path(__file__).parents[1] / "golden" / "promotions.json").read_text())
NUMBER = re.compile(r"-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)")
TOGETHER = 30  # expressions in a program


def by_numpy(expression):
    """What CPython prints with the installed NumPy, or a list of its error alone."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return str(eval(told("numpy", expression), {"np": np}))
        except Exception as problem:
            return [f"{type(problem).__name__}: {problem}"]


def alike(found, wanted):
    """The same type and numbers, but for the last digits."""
    if NUMBER.sub("#", found) != NUMBER.sub("#", wanted):
        return False
    numbers = ([float(x) for x in NUMBER.findall(text)] for text in (found, wanted))
    return np.allclose(
        *numbers, rtol=2e-3 if "float16" in wanted else 1e-6, atol=1e-6, equal_nan=True
    )


def outcomes(traced, framework, expressions):
    """What each prints; the programs end well."""
    found = []
    for i in range(0, len(expressions), TOGETHER):
        part = expressions[i : i + TOGETHER]
        answer = traced("\n".join(f"print({told(framework, one)})" for one in part))
        lines = answer["stdout"].splitlines()
        assert answer["status"] == "ok", (part[len(lines)], answer["diagnostic"])
        found += lines
    return found


def right(traced, framework, expression, wanted):
    """Whether the program ends as the framework does."""
    answer = traced(f"print({told(framework, expression)})")
    if isinstance(wanted, str):
        return answer["status"] == "ok" and alike(answer["stdout"].strip(), wanted)
    return [(answer["diagnostic"] or {}).get("framework_error")] == wanted


@pytest.mark.parametrize("title", list(rows()))
def test_number_types_are_the_frameworks(traced, title):
    framework = title.split()[0]
    row = rows()[title]
    told_of = STORED.get(title) or [by_numpy(one) for one in row]
    cells = dict(zip(row, told_of, strict=True))
    well = {one: wanted for one, wanted in cells.items() if isinstance(wanted, str)}
    found = zip(well.items(), outcomes(traced, framework, list(well)), strict=True)
    assert [(cell, one) for cell, one in found if not alike(one, cell[1])] == []
    failing = [cell for cell in cells.items() if cell[0] not in well]
    assert [cell for cell in failing if not right(traced, framework, *cell)] == []
