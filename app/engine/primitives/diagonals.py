"""Diagonals and triangles of the matrices that the last two axes hold."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.reductions import negative_axes
from app.engine.primitives.shaping import transpose
from app.engine.tensor import NUMPY, Tensor

MATRIX = ((1.0, 2.0), (3.0, 4.0))


def _triangle(name: str, forward: Any, why: str, **spelled: str) -> Op:
    def apply_again(g: Any, z: Any, x: Any, offset: int) -> Any:
        return apply(op, g, offset)

    op = Op(
        name,
        lambda x, offset: forward(x, offset),
        apply_again,
        latex=rf"\operatorname{{{name}}} {{0!}}",
        elementwise=False,
        saves=False,
        code=f"np.{name}({{0}}, {{1}})",
        torch=f"torch.{name}({{0}}, {{1}})",
        why=why,
        example=(MATRIX, 0),
    )

    def call(x: Any, k: int = 0) -> Tensor:
        _matrix(name, x)
        return op(x, k)

    NUMPY[getattr(np, name)] = call  # type: ignore[assignment]
    return op


def _matrix(name: str, x: Any) -> None:
    if x.ndim < 2:
        raise ValueError(f"{name} needs a matrix, got shape {x.shape}")


triu = _triangle("triu", np.triu, N_("Only the upper triangle went on, so only it has a gradient."))
tril = _triangle("tril", np.tril, N_("Only the lower triangle went on, so only it has a gradient."))


def _placed(v: Any, rows: int, columns: int, offset: int) -> Any:
    result = np.zeros((*v.shape[:-1], rows, columns), v.dtype)
    places = np.arange(v.shape[-1])
    result[..., places + max(-offset, 0), places + max(offset, 0)] = v
    return result


diagonal_of: Op = Op(
    "diagonal",
    lambda x, offset: np.diagonal(x, offset, -2, -1),
    lambda g, z, x, offset: apply(on_diagonal, g, x.shape[-2], x.shape[-1], offset),
    latex=r"\operatorname{diag} {0!}",
    sign="diag",
    elementwise=False,
    saves=False,
    code="np.diagonal({0}, {1}, -2, -1)",
    torch="torch.diagonal({0}, {1}, -2, -1)",
    tensorflow="tf.linalg.diag_part({0}, k={1})",
    why=N_("The diagonal receives the gradient, every other entry zero."),
    example=(MATRIX, 0),
)
on_diagonal: Op = Op(
    "diag",
    _placed,
    lambda g, z, v, rows, columns, offset: apply(diagonal_of, g, offset),
    latex=r"\operatorname{diag} {0!}",
    elementwise=False,
    saves=False,
    torch="torch.diag_embed({0}, {3})",
    tensorflow="tf.linalg.diag({0}, k={3})",
    why=N_("Each entry receives the gradient of its place on the diagonal."),
    example=((1.0, 2.0), 2, 2, 0),
)
trace_of = Op(
    "trace",
    lambda x, offset: np.trace(x, offset, -2, -1),
    lambda g, z, x, offset: g[..., None, None] * np.eye(x.shape[-2], x.shape[-1], offset, x.dtype),
    latex=r"\operatorname{tr} {0!}",
    sign="tr",
    elementwise=False,
    saves=False,
    code="np.trace({0}, {1}, -2, -1)",
    torch="torch.sum(torch.diagonal({0}, {1}, -2, -1), -1)",
    tensorflow="tf.reduce_sum(tf.linalg.diag_part({0}, k={1}), axis=-1)",
    why=N_("Every entry of the diagonal receives the same gradient, all others zero."),
    example=(MATRIX, 0),
)


def _to_last(x: Any, first: int, second: int) -> Any:
    pair = [negative_axes(x.ndim, axis)[0] for axis in (first, second)]
    if pair == [-2, -1]:
        return x
    rest = [axis for axis in range(-x.ndim, 0) if axis not in pair]
    return transpose(x, (*rest, *pair))


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The entries on a diagonal of two axes, as a last axis."""
    _matrix("diagonal", x)
    return diagonal_of(_to_last(x, axis1, axis2), offset)


def diagonal_matrix(v: Any, offset: int = 0) -> Tensor:
    """Square matrices with the last axis on a diagonal and zeros elsewhere."""
    n = v.shape[-1] + abs(offset)
    return on_diagonal(v, n, n, offset)


def diag(x: Any, k: int = 0) -> Tensor:
    """np.diag: the matrix with a vector on its diagonal, or the diagonal of a matrix."""
    if x.ndim not in (1, 2):
        raise ValueError(f"diag needs a vector or a matrix, got shape {x.shape}")
    return diagonal_matrix(x, k) if x.ndim == 1 else diagonal_of(x, k)


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of a diagonal of two axes."""
    _matrix("trace", x)
    return trace_of(_to_last(x, axis1, axis2), offset)


NUMPY[np.diagonal] = diagonal  # type: ignore[assignment]
NUMPY[np.diag] = diag  # type: ignore[assignment]
NUMPY[np.trace] = trace  # type: ignore[assignment]
