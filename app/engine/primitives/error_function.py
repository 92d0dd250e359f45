"""The error function: the area under the bell curve, and its complement."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine.op import N_, Op

# Coefficients of quotients of polynomials: W. J. Cody, "Rational Chebyshev Approximations for the
# Error Function", Mathematics of Computation 23 (1969), 631-637. Leading ones come last.
SMALL = (
    (3.16112374387056560e00, 1.13864154151050156e02, 3.77485237685302021e02,
     3.20937758913846947e03, 1.85777706184603153e-1),
    (2.36012909523441209e01, 2.44024637934444173e02, 1.28261652607737228e03,
     2.84423683343917062e03),
)  # fmt: skip
MIDDLE = (
    (5.64188496988670089e-1, 8.88314979438837594e00, 6.61191906371416295e01,
     2.98635138197400131e02, 8.81952221241769090e02, 1.71204761263407058e03,
     2.05107837782607147e03, 1.23033935479799725e03, 2.15311535474403846e-8),
    (1.57449261107098347e01, 1.17693950891312499e02, 5.37181101862009858e02,
     1.62138957456669019e03, 3.29079923573345963e03, 4.36261909014324716e03,
     3.43936767414372164e03, 1.23033935480374942e03),
)  # fmt: skip
FAR = (
    (3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4, 1.63153871373020978e-2),
    (2.56852019228982242e00, 1.87295284992346725e00, 5.27905102951428412e-1,
     6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip
NEAR, DISTANT = 0.46875, 4.0  # where one quotient hands over to the next
GONE = 28.0  # from here on the complement is 0 in double precision


def _quotient(t: Any, coefficients: tuple[Sequence[float], Sequence[float]]) -> Any:
    above, below = coefficients
    top, bottom = above[-1] * t, t
    for a, b in zip(above[:-2], below[:-1], strict=True):
        top, bottom = (top + a) * t, (bottom + b) * t
    return (top + above[-2]) / (bottom + below[-1])


def _bell(y: Any) -> Any:
    """exp(-y²) without the rounding error of y²: the square is taken in two parts."""
    coarse = np.floor(y * 16) / 16
    return np.exp(-coarse * coarse) * np.exp(-(y - coarse) * (y + coarse))


def _near(x: Any) -> Any:
    """erf where |x| is at most NEAR."""
    return x * _quotient(x * x, SMALL)


def _middle(y: Any) -> Any:
    """erfc for y from NEAR to DISTANT."""
    return _bell(y) * _quotient(y, MIDDLE)


def _far(y: Any) -> Any:
    """erfc for y from DISTANT on."""
    t = 1 / (y * y)
    return _bell(y) * ((0.5641895835477563 - t * _quotient(t, FAR)) / y)


def _tail(y: Any) -> Any:
    """erfc for y from NEAR on; nan for nan."""
    y = np.minimum(y, GONE)
    if not y.ndim:
        return _far(y) if y > DISTANT else _middle(y)
    far = y > DISTANT
    result = _middle(np.where(far, DISTANT, y))
    if far.any():
        result[far] = _far(y[far])
    return result


def _both(x: Any) -> tuple[Any, Any, Any]:
    """Whether x is near zero, erf where it is, erfc of its magnitude where it is not."""
    y = abs(x)
    near = y <= NEAR
    return near, _near(np.where(near, x, 0)[()]), _tail(np.where(near, NEAR, y)[()])


def erf_of(x: Any) -> Any:
    """erf, computed in float64 and rounded to the type that it was asked in."""
    near, inner, tail = _both(np.asarray(x, np.float64)[()])
    return np.where(near, inner, np.where(x < 0, tail - 1, 1 - tail))[()].astype(x.dtype)


def erfc_of(x: Any) -> Any:
    """1 - erf, to full precision in its far tail; in float64, rounded to the type of x."""
    near, inner, tail = _both(np.asarray(x, np.float64)[()])
    return np.where(near, 1 - inner, np.where(x < 0, 2 - tail, tail))[()].astype(x.dtype)


erf = Op(
    "erf",
    erf_of,
    lambda g, z, x: g * np.exp(-(x * x)) * 1.1283791670955126,
    latex=r"\operatorname{erf} {0!}",
    torch="torch.erf({0})",
    tensorflow="tf.math.erf({0})",
    why=N_("The slope of the error function is the bell curve."),
)
erfc = Op(
    "erfc",
    erfc_of,
    lambda g, z, x: -(g * np.exp(-(x * x)) * 1.1283791670955126),
    latex=r"\operatorname{erfc} {0!}",
    torch="torch.erfc({0})",
    tensorflow="tf.math.erfc({0})",
    why=N_("The slope of what the error function lacks to 1 is minus the bell curve."),
)
