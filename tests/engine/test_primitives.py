"""Every Op of the registry, against PyTorch, TensorFlow and finite differences.

The table is tests/golden/operations/; an Op that is not in it fails the first test.
"""

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from cases import numbers
from table import CASES, ROWS, TABLE, arrays, operands

from app.engine import OPS, Program, Recording, Tensor, gradients, record
from app.engine.check import differences
from app.story.formula import (
    Formula,
    applied,
    constant,
    gradient_symbol,
    rule_of,
    standing,
    symbol,
)
from app.story.words import catalogue

ASKED = [
    (name, i, framework)
    for name, i in TABLE
    for framework in ("torch", "tensorflow")
    if framework in CASES[name][i]
]
SMOOTH = sorted(name for name, row in ROWS.items() if row["smooth"])
EXACT = 1e-12
LETTERS = "xyw"


def direction(shape: tuple[int, ...], shift: float) -> Any:
    """What `grid` in make_operations.py makes."""
    return np.array(numbers(shape, shift)).reshape(shape)[()]


def close(found: Any, wanted: Any, tolerance: float = EXACT) -> None:
    wanted = np.array(wanted)
    assert np.shape(found) == wanted.shape
    scale = max(1.0, float(np.max(np.abs(wanted), initial=0, where=np.isfinite(wanted))))
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * scale)


def test_every_op_is_in_the_table():
    assert sorted(CASES) == sorted(OPS)


@pytest.mark.parametrize(("name", "i", "framework"), ASKED)
def test_values_and_gradients_are_the_frameworks(name, i, framework):
    op, case = OPS[name], CASES[name][i]
    wanted = case[framework]
    leaves, settings = operands(op, case)
    result = op(*leaves, *settings)
    close(result.data, wanted["value"])
    assert not result.data.shape or isinstance(result.data, np.ndarray)
    upstream = np.array(case["upstream"])[()]
    found = gradients([(result, upstream)]) if result.tracked else {}
    for leaf, gradient in zip(leaves, wanted["gradients"], strict=True):
        if gradient is None:
            assert not np.any(found.get(leaf, 0))
        else:
            close(found[leaf], gradient)
            assert type(found[leaf]) is type(leaf.data)  # a scalar for a scalar


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_gradients_are_the_slope_of_the_value(name, i):
    op, case = OPS[name], CASES[name][i]
    leaves, settings = operands(op, case)
    result = op(*leaves, *settings)
    if not result.tracked or case["flat"]:
        return
    upstream = np.array(case["upstream"])[()]
    found = gradients([(result, upstream)])
    for slot, leaf in enumerate(leaves):
        if leaf not in found:
            continue

        def along(x: Any, slot: int = slot) -> Any:
            moved = [x if k == slot else other.data for k, other in enumerate(leaves)]
            return np.sum(op.forward(*moved, *settings) * upstream)

        slope = differences(along, leaf.data)
        np.testing.assert_allclose(found[leaf], slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_second_derivatives_are_pytorchs(name, i):
    op, case = OPS[name], CASES[name][i]
    again = case.get("torch", {}).get("again", ())
    if not any(wanted is not None for wanted in again):
        return
    leaves, settings = operands(op, case)
    result = op(*leaves, *settings)
    first = gradients([(result, np.array(case["upstream"])[()])], create_graph=True)
    pairs = [
        (first[leaf], direction(leaf.shape, 0.7 + k))
        for k, leaf in enumerate(leaves)
        if leaf in first and first[leaf].tracked
    ]
    found = gradients(pairs)
    for leaf, wanted in zip(leaves, again, strict=True):
        if wanted is not None:
            again = found.get(leaf, np.zeros(leaf.shape))
            close(again, np.where(np.isnan(wanted), again, wanted), 1e-11)  # nan: PyTorch has none


@pytest.mark.parametrize("name", SMOOTH)
def test_third_derivatives_are_the_slope_of_the_second(name):
    op, case = OPS[name], CASES[name][0]

    def second(x: Any) -> Any:
        """Along x, scaled: the gradient of the sum of the gradient's squares."""
        leaves, settings = operands(op, case)
        leaves[0] = Tensor(x, tracked=True)
        result = op(*leaves, *settings)
        first = gradients([(result, None)], create_graph=True)[leaves[0]]
        again = gradients([(first * first, None)], create_graph=True).get(leaves[0])
        return leaves[0], again if again is not None else Tensor(np.zeros(leaves[0].shape))

    x = arrays(case)[0]
    leaf, again = second(x)
    found = gradients([(again, None)]).get(leaf, np.zeros(leaf.shape)) if again.tracked else 0.0
    slope = differences(lambda moved: np.sum(second(moved)[1].data), x, h=1e-5)
    np.testing.assert_allclose(np.broadcast_to(found, np.shape(x)), slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_float32_stays_float32(name, i):
    op, case = OPS[name], CASES[name][i]
    if name == "cast":  # that is its purpose
        return
    leaves, settings = operands(op, case, np.float32)
    result = op(*leaves, *settings)
    if not result.tracked:
        return
    assert result.dtype == np.float32
    for first in (gradients([(result, None)]), gradients([(result, None)], create_graph=True)):
        for leaf in leaves:
            assert leaf not in first or first[leaf].dtype == np.float32


@pytest.fixture(autouse=True)
def kinks():
    """At kinks 0 / 0 is what some conventions say."""
    with np.errstate(divide="ignore", invalid="ignore"):
        yield


def equally(found: Any, wanted: Any) -> None:
    """The same numbers, but for the order in which they were summed."""
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_programs_batch_values_and_gradients(name, i):
    """Value and gradients, replayed on a batch of all inputs and of each alone."""
    op, case = OPS[name], CASES[name][i]
    leaves, settings = operands(op, case)
    with record(Recording.EVERYTHING):
        result = op(*leaves, *settings)
    found = gradients([(result, None)], create_graph=True) if result.tracked else {}
    outputs = [result, *(found[leaf] for leaf in leaves if leaf in found)]
    program = Program(leaves, outputs)
    every = set(range(len(leaves)))
    for batched in (every, *({slot} for slot in every)):
        rows = [
            [
                np.flip(x.data) * (k if x.tracked else 1) if slot in batched else x.data
                for slot, x in enumerate(leaves)
            ]
            for k in (0.5, 1, 0.25)
        ]
        given = [
            np.stack(entries) if slot in batched else entries[0]
            for slot, entries in enumerate(zip(*rows, strict=True))
        ]
        wanted = zip(*(program(*row) for row in rows), strict=True)
        for one, parts, output in zip(program.batch(*given), wanted, outputs, strict=True):
            apart = np.broadcast_to(one, (3, *output.shape))  # the same for all: not batched
            for k in range(3):
                equally(apart[k], parts[k])


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_leading_axes_are_a_batch(name, i):
    """Bit for bit."""
    op, case = OPS[name], CASES[name][i]
    leaves, settings = operands(op, case)
    ranks = {leaf.ndim for leaf in leaves}
    if len(ranks) > 1:  # Program lifts these first
        return
    others = {"f": lambda x: x * 1.01, "i": np.flip, "b": np.logical_not}  # whole numbers: places
    nearby = [others[leaf.dtype.kind](leaf.data) for leaf in leaves]
    batch = [
        np.stack([leaf.data, other, leaf.data]) for leaf, other in zip(leaves, nearby, strict=True)
    ]
    found = op.forward(*batch, *settings)
    for k in range(3):
        one = op.forward(*(entry[k] for entry in batch), *settings)
        np.testing.assert_array_equal(found[k], one)


# -- how it is written


def well_formed(formula: Formula) -> ElementTree.Element:
    return ElementTree.fromstring(formula.as_json()["mathml"])


@pytest.mark.parametrize("name", sorted(CASES))
def test_formula_and_rules_print(name):
    op, case = OPS[name], CASES[name][0]
    leaves, settings = operands(op, case)
    names = {k: symbol(LETTERS[k], f"v{k}") for k in range(len(leaves))}
    shown = [constant(one) for one in standing(op, (*leaves, *settings), Tensor)[len(leaves) :]]
    formula = applied(op, *names.values(), *shown)
    assert well_formed(formula) is not None
    assert formula.latex.count("{") == formula.latex.count("}")
    for letter in LETTERS[: len(leaves)]:
        assert letter in formula.latex or op.latex.count("{") < len(leaves)
    values = (*(leaf.data for leaf in leaves), *settings)
    g, z = gradient_symbol("z", "g9"), symbol("z", "v9")
    for slot, (rule, _) in enumerate(zip(op.rules, leaves, strict=False)):
        if rule is None:
            continue
        printed = rule_of(op, values, slot, names, g, z)
        tree = well_formed(printed)
        refs = {one.get("data-ref") for one in tree.iter() if one.get("data-ref")}
        assert refs <= {"g9", "v9", *(f"v{k}" for k in names)}
        if not case["flat"]:
            assert "g9" in refs
        assert "Tensor" not in printed.latex and "nan" not in printed.latex.replace("isnan", "")


@pytest.mark.parametrize("name", sorted(CASES))
def test_why_is_a_sentence_in_both_languages(name):
    why = OPS[name].why
    assert why.endswith(".") and why[0].isupper()
    korean = catalogue("ko").get(why)
    assert korean, why
    assert any("가" <= letter <= "힣" for letter in korean)


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_op_without_rules_passes_nothing(name):
    op, case = OPS[name], CASES[name][0]
    leaves, settings = operands(op, case)
    with record(Recording.EVERYTHING):
        result = op(*leaves, *settings)
    assert result.op is op
    assert result.tracked == any(
        rule is not None and leaf.tracked for rule, leaf in zip(op.rules, leaves, strict=False)
    )
