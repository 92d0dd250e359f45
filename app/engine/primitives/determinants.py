"""Determinants and their logarithms. Leading axes are a batch."""

from typing import Any, NamedTuple

import numpy as np

from app.engine.errors import Singular
from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.gates import nothing
from app.engine.primitives.linear import turned
from app.engine.primitives.solving import EXAMPLE, cubic, square
from app.engine.sides import results
from app.engine.tensor import NUMPY, Tensor
from app.engine.work import WORK, Work

MINORS = 16  # rows up to which second derivatives are taken from the minors


def _cofactors(x: Any) -> Any:
    """The matrix of signed minors, also of a singular matrix: det(x) times its inverse, turned.

    By singular values: U times the products of all others times V, times the sign of both.
    """
    u, values, v = np.linalg.svd(x)
    n = x.shape[-1]
    others = np.prod(np.where(np.eye(n, dtype=bool), 1, values[..., None, :]), axis=-1)
    sign = np.linalg.det(u) * np.linalg.det(v)
    return (u * (np.round(sign)[..., None] * others)[..., None, :]) @ v


def _across(g: Any, v: Any) -> Any:
    """Numbers (one per matrix) times matrices."""
    return np.reshape(g, (*g.shape, 1, 1)) * v


def _without_two(values: Any) -> Any:
    """In row i and column j the product of all but those two; 0 where they are the same."""
    n = values.shape[-1]
    rows, one = [], np.ones_like(values[..., :1])
    for i in range(n):
        rest = values.copy()
        rest[..., i] = 1
        before = np.concatenate((one, np.cumprod(rest, axis=-1)[..., :-1]), axis=-1)
        after = np.concatenate((one, np.cumprod(rest[..., ::-1], axis=-1)[..., :-1]), axis=-1)
        row = before * after[..., ::-1]
        row[..., i] = 0
        rows.append(row)
    return np.stack(rows, axis=-2)


def _cofactor_slopes(g: Any, x: Any) -> Any:
    """How the cofactors move: as those of the diagonal matrix of singular values, turned."""
    u, values, v = np.linalg.svd(x)
    sign = np.round(np.linalg.det(u) * np.linalg.det(v))[..., None, None]
    inner = turned(u) @ g @ turned(v)
    others = _without_two(values)
    diagonal = np.einsum("...ii,...ij->...j", inner, others)
    moved = diagonal[..., None] * np.eye(values.shape[-1], dtype=x.dtype) - turned(inner) * others
    return (sign * u) @ moved @ v


def _third(g: Any, z: Any, h: Any, x: Any) -> Any:
    """Third derivatives by the inverse. Raises Singular where there is none."""
    value = x.data if isinstance(x, Tensor) else x
    if np.any(np.linalg.matrix_rank(value) < value.shape[-1]):
        problem = np.linalg.LinAlgError(
            f"third derivatives of a singular matrix of more than {MINORS} rows"
        )
        raise Singular("det", (value.shape,), problem)
    inverse = np.linalg.inv(x)
    a, b = inverse @ g, inverse @ h
    of_a, of_b = np.trace(a, 0, -2, -1), np.trace(b, 0, -2, -1)
    both = of_a * of_b - np.sum(a * turned(b), axis=(-2, -1))
    parts = a @ b + b @ a - _across(of_a, b) - _across(of_b, a)
    return _across(np.linalg.det(x), turned(_across(both, inverse) + parts @ inverse))


cofactor_slope: Op = Op(
    "cofactor_slope",
    _cofactor_slopes,
    lambda g, z, h, x: apply(cofactor_slope, g, x),
    _third,
    latex=r"\operatorname{cof}'\left({0*},\ {1*}\right)",
    work=lambda g, x: Work(20 * x.size * x.shape[-1], x.size),
    level=5,
    sign="cof′",
    elementwise=False,
    why=N_("A cofactor is a determinant without one row and column, and has cofactors itself."),
    example=(EXAMPLE, EXAMPLE),
)


def _cofactor_rule(g: Any, z: Any, x: Any) -> Any:
    """Each cofactor is a determinant of what remains without its row and column.

    Right at singular matrices as well; of larger matrices, where the minors would be too many, by
    singular values.
    """
    n = x.shape[-1]
    if n == 1:
        return nothing(g)
    if n > MINORS:
        return apply(cofactor_slope, g, x)
    # without[i] leaves out entry i of a vector
    without = np.array([np.delete(np.eye(n), i, axis=1) for i in range(n)], g.dtype)
    signs = np.array([[(-1.0) ** (i + j) for j in range(n)] for i in range(n)], g.dtype)
    minors = np.einsum("iap,...ab,jbq->...ijpq", without, x, without)
    parts = _across(g * signs, apply(cofactor, minors))
    return np.einsum("iap,...ijpq,jbq->...ab", without, parts, without)


cofactor: Op = Op(
    "cofactor",
    _cofactors,
    _cofactor_rule,
    latex=r"\operatorname{cof} {0!}",
    sign="cof",
    elementwise=False,
    torch="torch.linalg.det({0})[..., None, None] * torch.linalg.inv({0}).mT",
    tensorflow="tf.linalg.det({0})[..., None, None] * tf.linalg.inv(tf.linalg.adjoint({0}))",
    work=lambda x: Work(10 * x.size * x.shape[-1], x.size),
    why=N_("A cofactor is a determinant without one row and column, and has cofactors itself."),
    example=(EXAMPLE,),
)
determinant = Op(
    "det",
    np.linalg.det,
    lambda g, z, x: _across(g, apply(cofactor, x)),
    latex=r"\det {0!}",
    sign="det",
    elementwise=False,
    code="np.linalg.det({0})",
    torch="torch.linalg.det({0})",
    tensorflow="tf.linalg.det({0})",
    work=cubic,
    why=N_("An entry's slope is its cofactor: the signed determinant without its row and column."),
    example=(EXAMPLE,),
)


def _logarithm(name: str, forward: Any, **spelled: Any) -> Op:
    return Op(
        name,
        forward,
        lambda g, z, x: _across(g, turned(np.linalg.inv(x))),
        sign=name,
        elementwise=False,
        work=cubic,
        why=N_("The slope of the determinant's logarithm is the inverse, transposed."),
        example=(EXAMPLE,),
        **spelled,
    )


def _logdet(x: Any) -> Any:
    sign, size = np.linalg.slogdet(x)
    return np.where(sign < 0, np.nan, size)[()].astype(x.dtype)


log_abs_det = _logarithm(
    "log_abs_det",
    lambda x: np.linalg.slogdet(x)[1],
    latex=r"\ln \left|\det {0!}\right|",
    code="np.linalg.slogdet({0})[1]",
    torch="torch.linalg.slogdet({0})[1]",
    tensorflow="tf.linalg.slogdet({0})[1]",
)
log_det = _logarithm(
    "logdet",
    _logdet,
    latex=r"\ln \det {0!}",
    torch="torch.logdet({0})",
    tensorflow="tf.linalg.logdet({0})",
)
sign_det = Op(
    "sign_det",
    lambda x: np.linalg.slogdet(x)[0],
    latex=r"\operatorname{sign} \det {0!}",
    elementwise=False,
    code="np.linalg.slogdet({0})[0]",
    torch="torch.linalg.slogdet({0})[0]",
    tensorflow="tf.linalg.slogdet({0})[0]",
    sides=results,
    work=cubic,
    why=N_("The sign of a determinant is flat on both sides of zero."),
    example=(EXAMPLE,),
)


class Slogdet(NamedTuple):
    """The determinant in two parts: its sign, and the logarithm of its size."""

    sign: Tensor
    logabsdet: Tensor


def det(x: Any) -> Tensor:
    """The determinant. Raises Misfit where x is not square."""
    square("det", x)
    return determinant(x)


def logdet(x: Any) -> Tensor:
    """The logarithm of the determinant: nan where that is negative, minus infinity at 0."""
    square("logdet", x)
    return log_det(x)


def slogdet(x: Any) -> Slogdet:
    """Sign and logarithm of the size. Raises Misfit where x is not square."""
    square("slogdet", x)
    return Slogdet(sign_det(x), log_abs_det(x))


WORK[det] = WORK[logdet] = WORK[slogdet] = cubic
NUMPY[np.linalg.det] = det  # type: ignore[assignment]
NUMPY[np.linalg.slogdet] = slogdet  # type: ignore[assignment]
