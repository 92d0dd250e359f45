"""Sides: what tells the pieces of an operation apart, where it has several.

Of the result and the operands, one array or several; where an entry of the answer changes between
two points, there is a kink or a jump between them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Sides = Callable[..., Any]


def signs(z: Any, x: Any, *more: Any) -> Any:
    """Below, at or above zero."""
    return np.sign(x)


def orders(z: Any, x: Any, y: Any, *more: Any) -> Any:
    """Which of two is larger."""
    return np.sign(np.subtract(np.add(x, 0), y))  # two masks have no difference


def results(z: Any, *operands: Any) -> Any:
    """Of a staircase: the step itself."""
    return z


def cuts(z: Any, x: Any, *more: Any) -> Any:
    """Below, within or above what the result was cut to."""
    return np.sign(np.subtract(x, z))


def clipped(z: Any, x: Any, low: Any, high: Any) -> Any:
    """The same, and which of the bounds is the larger one."""
    both = low is not None and high is not None
    return cuts(z, x), orders(z, low, high) if both else None


def within(low: float, high: float) -> Sides:
    """Below, within or above two numbers."""
    return lambda z, x, *more: np.sign(x - low) + np.sign(x - high)


def zeros(z: Any, *operands: Any) -> Any:
    """Whether the result is zero, at the tip of a cone."""
    return np.equal(z, 0)


def tips(z: Any, *operands: Any) -> Any:
    """Of a staircase with a gap around zero: below, in or above it."""
    return np.sign(z)


def extremes(of: Callable[..., Any]) -> Sides:
    """Which entries are the extreme ones along axes."""
    return lambda z, x, axes, keepdims: np.equal(x, of(x, axis=axes, keepdims=True))
