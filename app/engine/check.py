"""Finite differences: the derivative's second witness."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.tensor import Value


def differences(f: Callable[[Value], Any], x: Value, h: float = 1e-6) -> Value:
    """The gradient of a scalar f at x by centred differences (f(x + h) - f(x - h)) / 2h."""
    x = np.array(x, dtype=np.float64)
    result = np.zeros_like(x)
    for entry in np.ndindex(x.shape):
        ends = []
        for step in (h, -h):
            moved = x.copy()
            moved[entry] += step
            ends.append(float(f(moved[()])))
        result[entry] = (ends[0] - ends[1]) / (2 * h)
    return result[()]


def relative_error(a: Value, b: Value) -> float:
    """|a - b| over the larger of |a| and |b|, the largest entry. Source: cs231n."""
    scale = np.maximum(np.abs(a), np.abs(b))
    with np.errstate(invalid="ignore"):
        return float(np.max(np.where(scale == 0, 0, np.abs(np.subtract(a, b)) / scale)))
