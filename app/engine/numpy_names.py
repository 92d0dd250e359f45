"""What NumPy calls the operations of the engine."""

import re
from collections.abc import Callable
from typing import Any

from app.engine.op import Op
from app.engine.tensor import NUMPY

CALL = re.compile(
    r"(np(?:\.\w+)+)\((?:(?:, )?(?:\w+=)?\{[^}]*\})+\)"
)  # of operands and settings only


def numpy_name(op: Op) -> str | None:
    """The NumPy function that an Op stands for, as `np.linalg.inv`; None where NumPy has none."""
    for function, known in NUMPY.items():
        if known is op:
            return _qualified(function)
    if call := CALL.fullmatch(op.spelled["numpy"]):
        return call[1]
    return next((_qualified(f) for f in NUMPY if f.__name__ == op.name), None)


def _qualified(function: Callable[..., Any]) -> str:
    module = "np.linalg" if function.__module__ == "numpy.linalg" else "np"
    return f"{module}.{function.__name__}"
