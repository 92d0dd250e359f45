"""Matrix products. Two matrices; leading axes are a batch."""

import operator
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.shaping import reshape
from app.engine.tensor import NUMPY, Tensor

matmul_matrices = Op(
    "matmul",
    operator.matmul,
    lambda g, z, a, b: g @ np.swapaxes(b, -1, -2),
    lambda g, z, a, b: np.swapaxes(a, -1, -2) @ g,
    latex=r"{0} \, {1}",
    level=2,
    sign="@",
    text="{0} @ {1}",
    elementwise=False,
    code="{0} @ {1}",
    torch="{0} @ {1}",
    tensorflow="{0} @ {1}",
    why=N_("Each matrix's gradient is the upstream gradient times the other matrix, transposed."),
    example=(((1.0, 2.0), (3.0, 4.0)), ((0.5, -1.0), (2.0, 1.5))),
)


def matmul(a: Any, b: Any) -> Tensor:
    """The matrix product; a vector counts as a row on the left, a column on the right.

    Raises ValueError, naming both shapes, where the inner lengths differ.
    """
    if not a.ndim or not b.ndim:
        raise ValueError(f"matmul needs at least one axis each, got {a.shape} and {b.shape}")
    if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        raise ValueError(f"cannot multiply shapes {a.shape} and {b.shape}: inner lengths differ")
    left = reshape(a, (1, a.shape[0])) if a.ndim == 1 else a
    right = reshape(b, (b.shape[0], 1)) if b.ndim == 1 else b
    product = matmul_matrices(left, right)
    if a.ndim == 1 or b.ndim == 1:
        shape = product.shape
        rows = () if a.ndim == 1 else shape[-2:-1]
        columns = () if b.ndim == 1 else shape[-1:]
        product = reshape(product, shape[:-2] + rows + columns)
    return product


NUMPY[np.matmul] = matmul  # type: ignore[assignment]
setattr(Tensor, "__matmul__", matmul)  # noqa: B010
setattr(Tensor, "__rmatmul__", lambda x, y: matmul(y, x))  # noqa: B010
