"""What is counted, not measured: any, all, how many. No gradient passes."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.reductions import reducing
from app.engine.sides import results
from app.engine.tensor import NUMPY


def _counted(name: str, forward: Any, **spelled: Any) -> Op:
    op = Op(
        name,
        lambda x, axes, keepdims: forward(x, axis=axes, keepdims=keepdims),
        latex=rf"\operatorname{{{name.replace('_', ' ')}}} {{0!}}",
        elementwise=False,
        code=f"np.{name}({{0}}, axis={{1}}, keepdims={{2}})",
        sides=results,
        why=N_("A count changes in jumps: no gradient passes."),
        **spelled,
    )
    NUMPY[getattr(np, name)] = reducing(op)
    return op


any_of = _counted(
    "any",
    np.any,
    torch="torch.any({0}, dim={1}, keepdim={2})",
    tensorflow="tf.reduce_any(tf.cast({0}, tf.bool), axis={1}, keepdims={2})",
)
all_of = _counted(
    "all",
    np.all,
    torch="torch.all({0}, dim={1}, keepdim={2})",
    tensorflow="tf.reduce_all(tf.cast({0}, tf.bool), axis={1}, keepdims={2})",
)
count_nonzero = _counted(
    "count_nonzero",
    lambda x, axis, keepdims: np.sum(np.not_equal(x, 0), axis=axis, keepdims=keepdims),
    torch="torch.sum({0} != 0, dim={1}, keepdim={2})",
    tensorflow="tf.math.count_nonzero({0}, axis={1}, keepdims={2})",
)
