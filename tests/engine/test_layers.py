"""Layers and criteria against PyTorch (tests/golden/layers.json), and what they refuse."""

import json
from pathlib import Path

import numpy as np
import pytest
from cases import numbers
from layer_cases import CASES, CLASSES, X

from app.engine import Tensor, gradients
from app.engine.primitives import criteria, layers

TABLE = json.loads((Path(__file__).parents[1] / "golden" / "layers.json").read_text())
NAMES = {
    "l": layers,
    "c": criteria,
    "classes": np.array(CLASSES),
    "w": np.array([0.5, 1.0, 2.0, 0.25]),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", CASES)
def test_layers_are_pytorchs(name, dtype):
    operands, asked, _ = CASES[name]
    leaves = [
        Tensor(np.array(numbers(X[one], 0.4 + k), dtype).reshape(X[one]), tracked=True)
        for k, one in enumerate(operands)
    ]
    names = [f"x{k}" for k in range(len(leaves))]
    text = asked.format(*names) if "{0}" in asked else asked.replace("{}", ", ".join(names))
    given = NAMES | {"w": NAMES["w"].astype(dtype)} | dict(zip(names, leaves, strict=True))
    result = eval(text, given)
    assert result.dtype == dtype
    room = 1e-11 if dtype is np.float64 else 1e-4
    np.testing.assert_allclose(result.data, TABLE[name]["value"], rtol=room, atol=room)
    upstream = np.array(numbers(result.shape, 2.9), dtype).reshape(result.shape)[()]
    found = gradients([(result, upstream)])
    for leaf, wanted in zip(leaves, TABLE[name]["gradients"], strict=True):
        np.testing.assert_allclose(found[leaf], wanted, rtol=room, atol=room)


def test_the_same_seed_drops_the_same_entries_and_the_mean_stays():
    x = Tensor(np.ones(10_000), tracked=True)
    first, again, other = (layers.drop(x, 0.25, seed).data for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)
    assert set(np.unique(first)) == {0.0, 1 / 0.75}
    assert abs(first.mean() - 1) < 0.03


REFUSED = {
    "kernel of other channels": ("l.convolve(x(2, 3, 5, 5), x(4, 2, 3, 3))", r"\(2, 3, 5, 5\) and"),
    "kernel of other rank": ("l.convolve(x(3, 5), x(4, 3, 3, 3))", r"\(3, 5\) and \(4, 3, 3, 3\)"),
    "window too large": ("l.max_pool(x(1, 1, 2, 2), (3, 3))", "does not fit"),
    "border too wide": ("l.avg_pool(x(1, 1, 4, 4), (2, 2), 2, 2)", "more than half"),
    "one class too few": ("c.classify(x(3, 2), np.zeros(2, int))", r"\(3, 2\) and \(2,\)"),
    "rate above 1": ("l.drop(x(3), 1.5, 0)", "between 0 and 1"),
    "unknown reduction": ("c.reduced(x(3), 'median')", "'median'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_with_the_shapes(name):
    text, said = REFUSED[name]
    with pytest.raises(ValueError, match=said):
        eval(text, NAMES | {"np": np, "x": lambda *shape: Tensor(np.ones(shape), tracked=True)})
