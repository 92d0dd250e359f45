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


# Where in TensorFlow the length of the array settles the sign of a zero.
UNSIGNED = {"relu-tensorflow", "relu6-tensorflow", "rsqrt_or_zero-tensorflow"}


@pytest.mark.parametrize(
    ("row", "framework"),
    [
        one
        for one in ASKED
        if "infinity and nan" in one.id
        and f"{one.values[0][one.values[1]]['op']}-{one.values[1]}" not in UNSIGNED
    ],
)
def test_zeros_have_the_frameworks_sign(row, framework):
    wanted = row[framework]
    (leaf,) = [Tensor(np.array(x), tracked=True) for x in row["inputs"]]
    with np.errstate(all="ignore"):
        result = OPS[wanted["op"]](leaf)
        found = gradients([(result, None)]) if result.tracked else {}
    pairs = [(result.data, wanted["value"]), (found.get(leaf), wanted["gradients"][0][0])]
    for ours, theirs in pairs:
        if ours is not None and theirs is not None:
            zero = np.equal(theirs, 0)
            assert np.signbit(ours)[zero].tolist() == np.signbit(theirs)[zero].tolist()


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
                    assert other in second, f"none, where {framework} gives {number}"
                    found = second[other]
                    np.testing.assert_allclose(found, number, rtol=1e-7, atol=1e-12)
