"""At kinks, ties, bounds, zeros and nan each Op does what the framework does that it stands for.

The table is tests/golden/conventions/, made by make_conventions.py.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from cases import read

from app.engine import OPS, Tensor, gradients

ROWS = [
    row
    for path in sorted((Path(__file__).parents[1] / "golden" / "conventions").glob("*.json"))
    for row in json.loads(path.read_text())
]
ASKED = [
    pytest.param(row, framework, id=f"{row['point']}-{framework}")
    for row in ROWS
    for framework in ("torch", "tensorflow")
    if row[framework]
]


@pytest.mark.parametrize(("row", "framework"), ASKED)
def test_the_convention_is_the_frameworks(row, framework):
    wanted = row[framework]
    leaves = [Tensor(np.array(x, np.float64), tracked=True) for x in row["inputs"]]
    with np.errstate(all="ignore"):
        result = OPS[wanted["op"]](*leaves, *read(row["settings"]))
        np.testing.assert_allclose(result.data, wanted["value"], rtol=1e-7, atol=1e-12)
        for upstream, gradients_wanted in zip(row["upstream"], wanted["gradients"], strict=True):
            seed = np.full(result.shape, upstream)[()]
            found = gradients([(result, seed)]) if result.tracked else {}
            for leaf, gradient in zip(leaves, gradients_wanted, strict=True):
                if gradient is None:
                    assert leaf not in found
                else:
                    np.testing.assert_allclose(found[leaf], gradient, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(("row", "framework"), ASKED)
def test_the_second_derivative_is_the_frameworks(row, framework):
    wanted = row[framework]
    leaves = [Tensor(np.array(x, np.float64), tracked=True) for x in row["inputs"]]
    with np.errstate(all="ignore"):
        result = OPS[wanted["op"]](*leaves, *read(row["settings"]))
        first = gradients([(result, None)], create_graph=True) if result.tracked else {}
        for leaf, wanted_row in zip(leaves, wanted["seconds"], strict=True):
            slope = first.get(leaf)
            tracked = slope is not None and slope.tracked
            second = gradients([(slope, None)]) if tracked else {}
            for other, number in zip(leaves, wanted_row, strict=True):
                if number is not None:
                    found = second.get(other, np.zeros(other.shape))
                    np.testing.assert_allclose(found, number, rtol=1e-7, atol=1e-12)
