"""Products of vectors and matrices. They act on the last axes; leading axes are a batch."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.op import N_, Op
from app.engine.primitives.arithmetic import add, multiply
from app.engine.primitives.shaping import reshape
from app.engine.tensor import NUMPY, Tensor
from app.engine.work import WORK, Work


def column(x: Any) -> Any:
    """Vectors as matrices of one column."""
    return np.reshape(x, (*x.shape, 1))


def row(x: Any) -> Any:
    """Vectors as matrices of one row."""
    return np.reshape(x, (*x.shape[:-1], 1, x.shape[-1]))


def turned(x: Any) -> Any:
    """Matrices, transposed."""
    return np.swapaxes(x, -1, -2)


def _work(x: Any, y: Any) -> Work:
    """Of a product that sums over the last axis of x and the last but one of y, or its last."""
    if not x.ndim or not y.ndim or x.shape[-1] != y.shape[max(y.ndim - 2, 0)]:
        raise ValueError("the inner lengths differ")
    rows = x.shape[-2:-1] if x.ndim > 1 else ()
    columns = y.shape[-1:] if y.ndim > 1 else ()
    entries = math.prod((*np.broadcast_shapes(x.shape[:-2], y.shape[:-2]), *rows, *columns))
    return Work(entries * x.shape[-1], entries)


def _outer_work(x: Any, y: Any) -> Work:
    return Work(x.size * y.size, x.size * y.size)


matmul_matrices = Op(
    "matmul",
    operator.matmul,
    lambda g, z, a, b: g @ turned(b),
    lambda g, z, a, b: turned(a) @ g,
    latex=r"{0} \, {1}",
    level=2,
    sign="@",
    text="{0} @ {1}",
    elementwise=False,
    python="{0} @ {1}",
    work=_work,
    why=N_("Each matrix's gradient is the upstream gradient times the other matrix, transposed."),
    example=(((1.0, 2.0), (3.0, 4.0)), ((0.5, -1.0), (2.0, 1.5))),
)
matvec = Op(
    "matvec",
    np.matvec,
    lambda g, z, a, x: column(g) @ row(x),
    lambda g, z, a, x: np.matvec(turned(a), g),
    latex=r"{0} \, {1}",
    level=2,
    sign="@",
    text="{0} @ {1}",
    elementwise=False,
    code="np.matvec({0}, {1})",
    torch="({0} @ {1}[..., None])[..., 0]",
    tensorflow="tf.linalg.matvec({0}, {1})",
    work=lambda a, x: _work(a, column(x)),
    why=N_(
        "The matrix's gradient is the upstream gradient times the vector as a row; "
        "the vector's is the transposed matrix times the upstream gradient."
    ),
    example=(((1.0, 2.0), (3.0, 4.0)), (0.5, -1.0)),
)
vecmat = Op(
    "vecmat",
    np.vecmat,
    lambda g, z, x, a: np.matvec(a, g),
    lambda g, z, x, a: column(x) @ row(g),
    latex=r"{0} \, {1}",
    level=2,
    sign="@",
    text="{0} @ {1}",
    elementwise=False,
    code="np.vecmat({0}, {1})",
    torch="({0}[..., None, :] @ {1})[..., 0, :]",
    tensorflow="({0}[..., None, :] @ {1})[..., 0, :]",
    work=_work,
    why=N_(
        "The vector's gradient is the matrix times the upstream gradient; "
        "the matrix's is the vector as a column times the upstream gradient."
    ),
    example=((0.5, -1.0), ((1.0, 2.0), (3.0, 4.0))),
)
dot_vectors = Op(
    "dot",
    np.vecdot,
    lambda g, z, x, y: np.reshape(g, (*g.shape, 1)) * y,
    lambda g, z, x, y: np.reshape(g, (*g.shape, 1)) * x,
    latex=r"{0} \cdot {1}",
    level=2,
    sign="·",
    text="{0} · {1}",
    elementwise=False,
    code="np.vecdot({0}, {1})",
    torch="torch.linalg.vecdot({0}, {1})",
    tensorflow="tf.reduce_sum({0} * {1}, axis=-1)",
    work=lambda x, y: Work(max(x.size, y.size), max(x.size, y.size) // x.shape[-1]),
    why=N_("Each vector's gradient is the other vector, times the upstream number."),
    example=((1.0, 2.0), (0.5, -1.0)),
)
outer_product = Op(
    "outer",
    lambda x, y: x[..., :, None] * y[..., None, :],
    lambda g, z, x, y: np.matvec(g, y),
    lambda g, z, x, y: np.vecmat(x, g),
    latex=r"{0} \otimes {1}",
    level=2,
    sign="⊗",
    text="{0} ⊗ {1}",
    elementwise=False,
    python="{0}[..., :, None] * {1}[..., None, :]",
    work=_outer_work,
    why=N_("Each vector's gradient is the upstream matrix times the other vector."),
    example=((1.0, 2.0), (0.5, -1.0)),
)


def matmul(a: Any, b: Any) -> Tensor:
    """The matrix product; a vector counts as a row on the left, a column on the right.

    Raises Misfit (a ValueError), naming both shapes, where the inner lengths differ.
    """
    if not a.ndim or not b.ndim:
        raise _misfit("matmul", a, b, "it needs at least one axis each")
    if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        raise _misfit("matmul", a, b, "the inner lengths differ")
    if a.ndim == 1:
        return _dot(a, b) if b.ndim == 1 else _vecmat(a, b)
    return _matvec(a, b) if b.ndim == 1 else matmul_matrices(a, b)


def _lifted(op: Op, left: int, right: int) -> Callable[[Any, Any], Tensor]:
    """`op` of operands whose last axes are so many, with equally many axes in front of those."""

    def lift(x: Any, missing: int) -> Any:
        return np.reshape(x, (1,) * missing + tuple(x.shape)) if missing > 0 else x

    def call(a: Any, b: Any) -> Tensor:
        more = (a.ndim - left) - (b.ndim - right)
        return op(lift(a, -more), lift(b, more))

    return call


_matvec, _vecmat, _dot = (
    _lifted(matvec, 2, 1),
    _lifted(vecmat, 1, 2),
    _lifted(dot_vectors, 1, 1),
)


def outer(a: Any, b: Any) -> Tensor:
    """Every entry of a times every entry of b: a matrix, whatever their shapes."""
    return outer_product(reshape(a, (a.size,)), reshape(b, (b.size,)))


def vdot(a: Any, b: Any) -> Tensor:
    """The sum of the products of all entries. Raises Misfit where the numbers of them differ."""
    if a.size != b.size:
        raise _misfit("vdot", a, b, "the numbers of entries differ")
    return dot_vectors(*(x if x.ndim == 1 else reshape(x, (x.size,)) for x in (a, b)))


def scaled(a: Any, b: Any) -> Tensor | None:
    """The product where one of the two is a number, as dot and inner take it."""
    return None if axes_of(a) and axes_of(b) else multiply(a, b)


def axes_of(x: Any) -> int:
    """How many axes; a plain number has none."""
    return int(getattr(x, "ndim", 0))


def matrix_power(x: Any, n: int) -> Tensor:
    """x times itself n times; of the inverse where n is negative. By repeated squaring."""
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"matrix_power needs square matrices, got shape {x.shape}")
    if n == 0:
        return add(x * 0, np.eye(x.shape[-1], dtype=x.dtype))
    base, left, result = np.linalg.inv(x) if n < 0 else x, abs(n), None
    while left:
        if left & 1:
            result = base if result is None else matmul(result, base)
        left >>= 1
        base = matmul(base, base) if left else base
    return result if isinstance(result, Tensor) else Tensor(result)


def _misfit(name: str, a: Any, b: Any, words: str) -> Misfit:
    return Misfit(name, (tuple(a.shape), tuple(b.shape)), ValueError(words))


WORK[matmul], WORK[outer] = _work, _outer_work
WORK[vdot] = lambda a, b: Work(a.size, 1)
WORK[matrix_power] = lambda x, n: Work(
    x.size * x.shape[-1] * 2 * max(1, abs(n).bit_length()), x.size
)
NUMPY[np.matmul] = matmul  # type: ignore[assignment]
NUMPY[np.matvec] = _matvec  # type: ignore[assignment]
NUMPY[np.vecmat] = _vecmat  # type: ignore[assignment]
NUMPY[np.vecdot] = _dot  # type: ignore[assignment]
NUMPY[np.outer] = outer  # type: ignore[assignment]
NUMPY[np.vdot] = vdot  # type: ignore[assignment]
NUMPY[np.linalg.matrix_power] = matrix_power  # type: ignore[assignment]
setattr(Tensor, "__matmul__", matmul)  # noqa: B010
setattr(Tensor, "__rmatmul__", lambda x, y: matmul(y, x))  # noqa: B010
