"""The NumPy function of each operation: it exists, and computes the same."""

from operator import attrgetter

import numpy as np
import pytest

from app.engine import OPS, Op, numpy_name

NAMED = {op: name for op in OPS.values() if (name := numpy_name(op))}
SAME = [
    op
    for op, name in NAMED.items()
    if op.elementwise and isinstance(attrgetter(name.removeprefix("np."))(np), np.ufunc)
]
NAMES = {
    "add": "np.add",
    "absolute": "np.absolute",
    "floor_divide": "np.floor_divide",
    "clip": "np.clip",
    "sum": "np.sum",
    "max": "np.max",
    "matmul": "np.matmul",
    "outer": "np.outer",
    "einsum": "np.einsum",
    "inverse": "np.linalg.inv",
    "norm": "np.linalg.norm",
    "cholesky": "np.linalg.cholesky",
    "reshape": "np.reshape",
    "transpose": "np.transpose",
    "concatenate": "np.concatenate",
    "take_along": "np.take_along_axis",
    "where": "np.where",
    "diagonal": "np.diagonal",
    "argsort": "np.argsort",
    "cummax": "np.maximum.accumulate",
    "relu": None,
    "relu6": None,
    "sigmoid": None,
    "solve_vector": None,
    "cross_entropy": None,
    "conv2d": None,
}


@pytest.mark.parametrize("op", NAMED, ids=lambda op: op.name)
def test_the_function_exists(op: Op):
    assert callable(attrgetter(NAMED[op].removeprefix("np."))(np))


@pytest.mark.parametrize("op", SAME, ids=lambda op: op.name)
def test_the_function_computes_what_the_operation_does(op: Op):
    function = attrgetter(NAMED[op].removeprefix("np."))(np)
    bools = op.name.startswith("logical")
    operands = [np.array([True, False]), np.array([False, False])]
    if not bools:
        operands = [np.array([0.75, 1.5]), np.array([0.5, 2.0])]
    operands = operands[: function.nin]
    with np.errstate(all="ignore"):
        assert np.array_equal(op(*operands).data, function(*operands), equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str):
    assert numpy_name(OPS[name]) == NAMES[name]
