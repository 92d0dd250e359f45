"""The work of an operation, known before it is done: for budgets, and for counting costs.

Elementwise operations take one step per entry and need no word here. An Op that takes more (a
matrix product, a convolution, a solution of equations) says so itself, in its `work`; a function
of several operations beside it:

    WORK[matmul] = lambda a, b: Work(…, …)
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np


class Work(NamedTuple):
    """products: multiply-adds. entries: of the largest array that is made, now or on the way."""

    products: int
    entries: int


WORK: dict[Any, Callable[..., Work]] = {}  # by function; called with the same inputs


def broadcast_work(*inputs: Any) -> Work:
    """One step per entry of what all arrays among the inputs broadcast to."""
    size = prod(np.broadcast_shapes(*[x.shape for x in inputs if hasattr(x, "shape")]))
    return Work(size, size)


def known(function: Any) -> Callable[..., Work] | None:
    """What tells the work of an Op, or of a function of several."""
    return getattr(function, "work", None) or WORK.get(function)


def work_of(function: Any) -> Callable[..., Work]:
    """The same, where it is known."""
    work = known(function)
    assert work is not None
    return work


def work_for(function: Any, inputs: Sequence[Any]) -> Work | None:
    """What `function` will take for these inputs (Tensors or arrays, and settings).

    None where nothing is known of it, or where the inputs do not fit: the operation says that
    better.
    """
    work = known(function)
    try:
        return work(*inputs) if work else None
    except (ValueError, IndexError):
        return None
