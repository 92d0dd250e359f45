"""Layers and criteria against PyTorch and Keras (tests/golden/layers.json); what they refuse."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import numbers
from layer_cases import CASES, CLASSES, RIGHT, SIGNS, X

from app.engine import OPS, Program, Recording, Tensor, gradients, record
from app.engine.primitives import (
    adaptive_pooling,
    attention,
    criteria,
    layers,
    pair_criteria,
)
from app.engine.work import work_for

TABLE = json.loads((Path(__file__).parents[1] / "golden" / "layers.json").read_text())
NAMES = {
    "l": layers,
    "c": criteria,
    "a": adaptive_pooling,
    "t": attention,
    "p": pair_criteria,
    "np": np,
    "kl_div": OPS["kl_div"],
    "classes": np.array(CLASSES),
    "right": np.array(RIGHT),
    "places": np.arange(24).reshape(4, 3, 2) % 3,
    "seen": np.arange(15).reshape(3, 5) % 4 > 0,
    "share": OPS["softmax"],
    "positive": lambda x: x * x + 0.1,
    "sure": OPS["sigmoid"],
}


def called(name: str, dtype: Any) -> tuple[list[Tensor], Tensor]:
    """The operands of a case as leaves, and what the layer makes of them."""
    operands, asked, _ = CASES[name]
    leaves = [
        Tensor(np.array(numbers(X[one], 0.4 + k), dtype).reshape(X[one]), tracked=True)
        for k, one in enumerate(operands)
    ]
    names = [f"x{k}" for k in range(len(leaves))]
    text = asked.format(*names) if "{0}" in asked else asked.replace("{}", ", ".join(names))
    given = {"w": np.array([0.5, 1.0, 2.0, 0.25], dtype), "signs": np.array(SIGNS, dtype)}
    return leaves, eval(text, NAMES | given | dict(zip(names, leaves, strict=True)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", CASES)
def test_layers_are_the_frameworks(name, dtype):
    leaves, result = called(name, dtype)
    assert result.dtype == dtype
    room = 1e-11 if dtype is np.float64 else 1e-4
    np.testing.assert_allclose(result.data, TABLE[name]["value"], rtol=room, atol=room)
    upstream = np.array(numbers(result.shape, 2.9), dtype).reshape(result.shape)[()]
    found = gradients([(result, upstream)])
    for leaf, wanted in zip(leaves, TABLE[name]["gradients"], strict=True):
        np.testing.assert_allclose(found[leaf], wanted, rtol=room, atol=room)


@pytest.mark.parametrize("name", CASES)
def test_a_batch_is_a_loop(name):
    """Value and gradients, replayed on a batch of the first operand and of all."""
    with record(Recording.EVERYTHING):
        leaves, result = called(name, np.float64)
        found = gradients([(result, None)], create_graph=True)
    program = Program(leaves, [result, *(found[leaf] for leaf in leaves)])
    for batched in ([0], range(len(leaves))):
        given = [
            np.stack([x.data * share for share in (1.0, 0.9, 0.95)]) if k in batched else x.data
            for k, x in enumerate(leaves)
        ]
        whole = program.batch(*given)
        for point in range(3):
            rows = [x[point] if k in batched else x for k, x in enumerate(given)]
            for one, alone in zip(whole, program(*rows), strict=True):
                np.testing.assert_allclose(one[point], alone, rtol=1e-12, atol=1e-13)


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
    "spread by other channels": (
        "l.convolve_transposed(x(1, 3, 5), x(4, 2, 3))",
        r"conv_transpose1d of shapes \(1, 3, 5\) and \(4, 2, 3\)",
    ),
    "overlapping adaptive windows": ("a.adaptive_max_pool(x(1, 5), 2, 1)", "would overlap"),
    "stride of 0": ("l.convolve(x(1, 1, 3), x(1, 1, 2), None, 0)", "stride must be at least 1"),
    "negative border": ("l.convolve(x(1, 1, 3), x(1, 1, 2), None, 1, -1)", "padding must be at"),
    "empty window": ("l.max_pool(x(1, 1, 4), (0,), 1)", "does not fit"),
    "no windows": ("a.adaptive_avg_pool(x(1, 4), 0, 1)", "output_size must be at least 1"),
    "unequal groups": ("l.group_norm(x(2, 3, 4), 2)", r"\(2, 3, 4\)"),
    "nll of too few classes": ("c.likelihood(x(3, 2), np.zeros(2, int))", "one class per row"),
    "one class too few": ("c.classify(x(3, 2), np.zeros(2, int))", r"\(3, 2\) and \(2,\)"),
    "rate above 1": ("l.drop(x(3), 1.5, 0)", "between 0 and 1"),
    "unknown reduction": ("c.reduced(x(3), 'median')", "'median'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_with_the_shapes(name):
    text, said = REFUSED[name]
    with pytest.raises(ValueError, match=said):
        eval(text, NAMES | {"x": lambda *shape: Tensor(np.ones(shape), tracked=True)})


def ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape))


IMAGE, KERNEL = ones(2, 4, 5, 6), ones(6, 2, 3, 2)  # 3 · 5 places, and 20 columns with borders
WORKS = {
    "convolve": (layers.convolve, [IMAGE, KERNEL, None, 1, 0, 1, 2], 2 * 6 * 15 * 12),
    "convolve, bordered": (
        layers.convolve,
        [IMAGE, KERNEL, None, (2, 1), 1, (1, 2), 2],
        2 * 6 * 3 * 6 * 12,
    ),
    "transposed": (layers.convolve_transposed, [IMAGE, ones(4, 3, 3, 2)], 2 * 4 * 30 * 18),
    "max_pool": (layers.max_pool, [IMAGE, (2, 3)], 2 * 4 * 4 * 6),
    "avg_pool": (layers.avg_pool, [IMAGE, (2, 3), 1, 1], 2 * 4 * 6 * 6 * 6),
    "attention": (attention.attention, [ones(2, 3, 4), ones(2, 5, 4), ones(2, 5, 2)], 30 * 6),
    "adaptive": (adaptive_pooling.adaptive_avg_pool, [IMAGE, (2, 3), 2], 240 * 2 + 96 * 3),
    "margins": (pair_criteria.margin_ranking, [ones(7, 1), ones(5), ones(7, 1)], 35),
    "linear": (layers.linear, [ones(5, 4), ones(3, 4)], 60),
}


@pytest.mark.parametrize("name", WORKS)
def test_the_work_is_known_before_it_is_done(name):
    function, inputs, products = WORKS[name]
    work = work_for(function, inputs)
    assert work is not None and work.products == products
    assert work.entries >= function(*inputs).size


def test_what_would_not_fit_into_memory_is_told_beforehand():
    huge = 10**9
    for function, inputs in (
        (layers.convolve, [IMAGE, KERNEL, None, 1, huge, 1, 2]),
        (layers.convolve_transposed, [IMAGE, ones(4, 3, 3, 2), None, huge]),
        (adaptive_pooling.adaptive_avg_pool, [IMAGE, huge, 2]),
    ):
        work = work_for(function, inputs)
        assert work is not None and work.entries > huge


def test_pooling_passes_nan_on_and_sends_its_gradient_to_the_last_of_them():
    """As PyTorch does."""
    x = Tensor(np.array([[[1.0, np.nan, 3.0, np.nan, 2.0, 5.0, 5.0, 4.0]]]), tracked=True)
    result = layers.max_pool(x, (4,))
    np.testing.assert_array_equal(result.data, [[[np.nan, 5.0]]])
    found = gradients([(result, np.array([[[1.0, 2.0]]]))])[x]
    assert found.tolist() == [[[0, 0, 0, 1, 0, 2, 0, 0]]]
