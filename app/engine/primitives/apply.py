"""An Op inside a rule: recorded on Tensors, plainly computed on arrays."""

from typing import Any

from app.engine.op import Op
from app.engine.tensor import Tensor


def apply(op: Op, *inputs: Any) -> Any:
    """What `op` makes of the inputs: a Tensor if any of them is one, otherwise a value.

    For steps of a rule that no NumPy function stands for.
    """
    for x in inputs:
        if isinstance(x, Tensor):
            return op(*inputs)
    return op.forward(*inputs)
