"""Inverses, solutions of linear equations and the Cholesky factor. Leading axes are a batch."""

from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.linear import column, row, turned
from app.engine.tensor import NUMPY, Tensor
from app.engine.work import WORK, Work

EXAMPLE = ((2.0, 1.0), (1.0, 3.0))


def cubic(a: Any) -> Work:
    """One elimination."""
    return Work(a.size * a.shape[-1], a.size)


def _solve_work(a: Any, b: Any) -> Work:
    return Work((a.size + b.size) * a.shape[-1], max(a.size, b.size))


inverse: Op = Op(
    "inverse",
    np.linalg.inv,
    lambda g, z, a: -(turned(z) @ g @ turned(z)),
    latex="{0!}^{-1}",
    level=4,
    sign="A⁻¹",
    elementwise=False,
    code="np.linalg.inv({0})",
    torch="torch.linalg.inv({0})",
    tensorflow="tf.linalg.inv({0})",
    work=cubic,
    why=N_(
        "The inverse's slope is minus the inverse on both sides of the step; "
        "for the gradient both are transposed."
    ),
    example=(EXAMPLE,),
)
WHY = N_(
    "The right side's gradient solves the transposed equations; "
    "the matrix's is minus that times the solution, transposed."
)
solve_matrix: Op = Op(
    "solve",
    np.linalg.solve,
    lambda g, z, a, b: -(np.linalg.solve(turned(a), g) @ turned(z)),
    lambda g, z, a, b: np.linalg.solve(turned(a), g),
    latex="{0!}^{-1} {1}",
    level=2,
    sign="A⁻¹B",
    elementwise=False,
    code="np.linalg.solve({0}, {1})",
    torch="torch.linalg.solve({0}, {1})",
    tensorflow="tf.linalg.solve({0}, {1})",
    work=_solve_work,
    why=WHY,
    example=(EXAMPLE, ((1.0, 0.0), (2.0, -1.0))),
)
solve_vector: Op = Op(
    "solve_vector",
    lambda a, b: np.linalg.solve(a, b[..., None])[..., 0],
    lambda g, z, a, b: -(column(apply(solve_vector, turned(a), g)) @ row(z)),
    lambda g, z, a, b: apply(solve_vector, turned(a), g),
    latex="{0!}^{-1} {1}",
    level=2,
    sign="A⁻¹b",
    elementwise=False,
    code="np.linalg.solve({0}, {1}[..., None])[..., 0]",
    torch="torch.linalg.solve({0}, {1}[..., None])[..., 0]",
    tensorflow="tf.linalg.solve({0}, {1}[..., None])[..., 0]",
    work=_solve_work,
    why=WHY,
    example=(EXAMPLE, (1.0, 2.0)),
)


def solve(a: Any, b: Any) -> Tensor:
    """x such that a @ x is b, a vector or a matrix; b is a vector where it has one axis.

    Raises Misfit, naming both shapes, where they do not fit, and LinAlgError for a singular a.
    """
    square("solve", a, b)
    if not b.ndim or a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        words = f"the right side needs {a.shape[-1]} rows"
        raise Misfit("solve", (tuple(a.shape), tuple(b.shape)), ValueError(words))
    return solve_vector(a, b) if b.ndim == 1 else solve_matrix(a, b)


def inv(a: Any) -> Tensor:
    """The inverse. Raises Misfit where a is not square, LinAlgError where it is singular."""
    square("inverse", a)
    return inverse(a)


# Half of the diagonal and what is below it: the factor's share of a symmetric step.
lower_half: Op = Op(
    "lower_half",
    lambda x: np.tril(x) * _halves(x),
    lambda g, z, x: apply(lower_half, g),
    latex=r"\Phi {0!}",
    sign="Φ",
    elementwise=False,
    saves=False,
    torch="torch.tril({0}) - 0.5 * torch.diag_embed(torch.diagonal({0}, 0, -2, -1))",
    tensorflow="tf.linalg.band_part({0}, -1, 0) - 0.5 * tf.linalg.diag(tf.linalg.diag_part({0}))",
    why=N_("Below the diagonal the gradient passes, on it half, and above nothing."),
    example=(EXAMPLE,),
)


def _halves(x: Any) -> Any:
    return 1 - np.eye(x.shape[-1], dtype=x.dtype) / 2


def _cholesky_rule(g: Any, z: Any, a: Any) -> Any:
    """Source: Murray 2016, Differentiation of the Cholesky decomposition, section 3.3."""
    share = apply(lower_half, turned(z) @ g)
    half = np.linalg.solve(turned(z), turned(np.linalg.solve(turned(z), share)))
    return (half + turned(half)) / 2


cholesky_factor = Op(
    "cholesky",
    np.linalg.cholesky,
    _cholesky_rule,
    latex=r"\operatorname{chol} {0!}",
    sign="chol",
    elementwise=False,
    code="np.linalg.cholesky({0})",
    torch="torch.linalg.cholesky({0})",
    tensorflow="tf.linalg.cholesky({0})",
    work=cubic,
    why=N_(
        "The factor reads the lower triangle only; by convention its gradient is shared by both "
        "triangles, as for a symmetric matrix."
    ),
    example=(EXAMPLE,),
)


def cholesky(a: Any) -> Tensor:
    """The lower triangular factor. Raises LinAlgError where a is not positive definite."""
    square("cholesky", a)
    return cholesky_factor(a)


def square(name: str, *operands: Any) -> None:
    """Raises Misfit, with all shapes, where the first operand is not of square matrices."""
    shape = operands[0].shape
    if len(shape) < 2 or shape[-1] != shape[-2]:
        shapes = tuple(tuple(x.shape) for x in operands)
        raise Misfit(name, shapes, ValueError("the matrix must be square"))


WORK[solve], WORK[inv], WORK[cholesky] = _solve_work, cubic, cubic
NUMPY[np.linalg.inv] = inv  # type: ignore[assignment]
NUMPY[np.linalg.solve] = solve  # type: ignore[assignment]
NUMPY[np.linalg.cholesky] = cholesky  # type: ignore[assignment]
