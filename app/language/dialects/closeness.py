"""Whether two arrays are equal, or nearly: isclose, allclose, and equality as one answer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.dialects.common import array
from app.language.machine import Machine
from app.language.values import Array, Value


def closeness(kind: str, same: str) -> dict[str, Callable[..., Any]]:
    """The functions of this framework; same: how it calls the test for equal shapes and numbers.

    Near is |a - b| <= atol + rtol |b|, as NumPy and PyTorch have it.
    """

    def isclose(
        m: Machine,
        a: Value,
        b: Value,
        rtol: Value = 1e-5,
        atol: Value = 1e-8,
        equal_nan: Value = False,
    ) -> Array:
        x, y = (array(m, one, kind).tensor.data for one in (a, b))
        m.budget.array(np.broadcast_shapes(x.shape, y.shape))
        return m.leaf(np.isclose(x, y, float(rtol), float(atol), bool(equal_nan)), kind)

    def allclose(m: Machine, a: Value, b: Value, *given: Value, **named: Value) -> bool:
        return bool(isclose(m, a, b, *given, **named).tensor.data.all())

    def equal(m: Machine, a: Value, b: Value) -> bool:
        x, y = (array(m, one, kind).tensor.data for one in (a, b))
        return x.shape == y.shape and bool(np.all(x == y))

    return {"isclose": isclose, "allclose": allclose, same: equal}
