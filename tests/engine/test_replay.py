"""Every Op of the registry, replayed: eager's bits, and a batch that is a loop.

The cases are tests/golden/operations/; each is recorded with its gradients, so that the operations
of the rules are replayed too.
"""

from typing import Any

import numpy as np
import pytest
from cases import numbers
from table import CASES, TABLE, operands

from app.engine import OPS, Program, Recording, Tensor, gradients, record

POINTS = 5
# These sum or multiply in an order that depends on the shape: the last bit may differ.
RELATIVE = 1e-12


def recorded(name: str, i: int) -> tuple[list[Tensor], Program]:
    op, case = OPS[name], CASES[name][i]
    leaves, settings = operands(op, case)
    with record(Recording.EVERYTHING), np.errstate(all="ignore"):
        result = op(*leaves, *settings)
        found = {}
        if result.tracked:
            upstream = np.array(case["upstream"])[()]
            found = gradients([(result, upstream)], create_graph=True)
    outputs = [result, *(found[leaf] for leaf in leaves if leaf in found)]
    return leaves, Program(leaves, outputs)


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_replay_is_eager_bit_for_bit(name, i):
    leaves, program = recorded(name, i)
    with np.errstate(all="ignore"):
        found = program(*(leaf.data for leaf in leaves))
    for one, kept in zip(found, program.outputs, strict=True):
        np.testing.assert_array_equal(one, kept.data)
        assert np.asarray(one).dtype == kept.dtype


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_a_batch_is_a_loop_whichever_inputs_carry_it(name, i):
    leaves, program = recorded(name, i)
    patterns = {(k,) for k in range(len(leaves))} | {tuple(range(len(leaves)))}
    for pattern in sorted(patterns):
        given = [batch_of(leaf, k) if k in pattern else leaf.data for k, leaf in enumerate(leaves)]
        with np.errstate(all="ignore"):
            found = program.batch(*given)
            for point in range(POINTS):
                rows = [x[point] if k in pattern else x for k, x in enumerate(given)]
                for whole, one in zip(found, program(*rows), strict=True):
                    assert whole.shape == (POINTS, *np.shape(one)) and whole.dtype == one.dtype
                    np.testing.assert_allclose(whole[point], one, rtol=RELATIVE, atol=1e-300)


def batch_of(leaf: Tensor, k: int) -> Any:
    """The leaf's numbers and others near them, none outside the operation's domain."""
    if leaf.dtype == bool:
        return np.stack([leaf.data, ~leaf.data, leaf.data, ~leaf.data, leaf.data])
    if leaf.dtype.kind != "f":  # places
        return np.stack([leaf.data, np.flip(leaf.data), leaf.data, leaf.data, leaf.data])
    factors = np.array([1 + 0.02 * x for x in numbers((POINTS,), 0.3 + k)])
    return leaf.data * factors.reshape(POINTS, *[1] * leaf.ndim)
