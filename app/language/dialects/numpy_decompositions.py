"""Decompositions of matrices, and what comes of them: one step each, without a history."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_
from app.language.dialects.numpy_whole import one_step
from app.language.dialects.tables import Table, called
from app.language.errors import type_error, unsupported
from app.language.machine import Machine
from app.language.values import Array, Fields, Value

MATRICES = ("a", "b", "A", "M", "x")  # names of arguments that are arrays
EACH = 1_000  # multiplications that every matrix of a stack takes beside its own


def _cubes(times: int) -> Callable[..., int]:
    """As often as the shorter side is long through all of a matrix, so many times."""

    def work(a: Any, *more: Any, **rest: Any) -> int:
        rows: tuple[int, ...] = np.shape(a)[-2:]
        each = times * math.prod(rows) * min(rows, default=1)
        return int(math.prod(np.shape(a)[:-2])) * (each + EACH)

    return work


def _powers(a: Any, n: Any = 1, *more: Any) -> int:
    """A product for each binary digit of the exponent, and one more where it is 1."""
    return _cubes(2)(a) * abs(int(n)).bit_length()


def _sides(a: Any, full_matrices: Any = True, compute_uv: Any = True) -> int:
    """The entries of the larger factor; whole ones are square."""
    longest = max(np.shape(a)[-2:], default=1)
    square = math.prod(np.shape(a)[:-2]) * longest**2 if full_matrices and compute_uv else 0
    return int(max(np.size(a), square))


def _variables(a: Any, y: Any = None, rowvar: Any = True) -> int:
    """How many there are: the rows, or the columns, of both."""
    axis = 0 if rowvar else -1
    return sum(int(np.shape(x)[axis]) if np.ndim(x) > 1 else 1 for x in (a, y) if x is not None)


def _covariances(a: Any, *more: Any, **rest: Any) -> int:
    return _variables(a, *more[:2], **_of_variables(rest)) ** 2


def _products(a: Any, *more: Any, **rest: Any) -> int:
    return 2 * int(np.size(a)) * _variables(a, *more[:2], **_of_variables(rest))


def _of_variables(named: dict[str, Any]) -> dict[str, Any]:
    return {name: named[name] for name in ("y", "rowvar") if name in named}


def _of(
    function: Callable[..., Any],
    arrays: int = 1,
    room: Callable[..., int] | None = None,
    work: Callable[..., int] | None = None,
) -> Callable[..., Value]:
    """one_step(), whose options are plain: an array of bounds would meet all singular values."""
    step = one_step(function, arrays, room, work)

    def call(m: Machine, *given: Value, **named: Value) -> Value:
        options = {name: x for name, x in named.items() if name not in MATRICES}
        for one in (*given[arrays:], *options.values()):
            if isinstance(one, list | tuple | Array) and not (
                isinstance(one, Array) and one.is_scalar
            ):
                raise type_error("an option of a decomposition is a number or a truth value")
        return step(m, *given, **named)

    return call


def _real(*parts: Any) -> list[Any]:
    """The real parts; NumPy gives complex ones from 2.5 on, also where all are real."""
    if np.any(np.imag(parts[0])):
        raise unsupported(N_("complex eigenvalues"))
    return [np.real(part) for part in parts]


def _eig(a: Any) -> list[Any]:
    return _real(*np.linalg.eig(a))


def _eigvals(a: Any) -> Any:
    return _real(np.linalg.eigvals(a))[0]


def _eigen(kind: str, of: Callable[..., Any]) -> Callable[..., Value]:
    function = _of(of, work=_cubes(25))

    def call(m: Machine, a: Value, *given: Value, **named: Value) -> Value:
        values, vectors = function(m, a, *given, **named)
        return Fields.named(kind, eigenvalues=values, eigenvectors=vectors)

    return call


def _svd(m: Machine, a: Value, full_matrices: Value = True, compute_uv: Value = True) -> Value:
    found = _of(np.linalg.svd, room=_sides, work=_cubes(20))(
        m, a, full_matrices=full_matrices, compute_uv=compute_uv
    )
    if not compute_uv:
        return found
    u, s, v = found
    return Fields.named("SVDResult", U=u, S=s, Vh=v)


def _qr(m: Machine, a: Value) -> Value:
    q, r = _of(np.linalg.qr, work=_cubes(4))(m, a)
    return Fields.named("QRResult", Q=q, R=r)


SPREAD: Table = {
    "cov": one_step(np.cov, 1, _covariances, _products),
    "corrcoef": one_step(np.corrcoef, 1, _covariances, _products),
}
LINALG: Table = called(
    {
        "eig": _eigen("EigResult", _eig),
        "eigh": _eigen("EighResult", np.linalg.eigh),
        "eigvals": _of(_eigvals, work=_cubes(10)),
        "eigvalsh": _of(np.linalg.eigvalsh, work=_cubes(10)),
        "svd": _svd,
        "qr": _qr,
        "pinv": _of(np.linalg.pinv, work=_cubes(20)),
        "lstsq": _of(np.linalg.lstsq, 2, work=_cubes(20)),
        "matrix_rank": _of(np.linalg.matrix_rank, work=_cubes(10)),
        "matrix_power": _of(np.linalg.matrix_power, work=_powers),
        "cond": _of(np.linalg.cond, work=_cubes(10)),
    }
)
