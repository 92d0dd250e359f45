"""An objective: what is minimised, whatever it comes from."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from app.engine import Program, Recording, Tensor, decisions, gradients, record

Array = np.ndarray[Any, np.dtype[np.float64]]


class Objective(Protocol):
    """A function of some parameters that knows its gradient.

    names: the parameters; start: where a descent begins by default, (parameters,).
    """

    names: Sequence[str]
    start: Array

    def value_and_grad(self, at: Array) -> tuple[Array, Array]:
        """Values (runs,) and gradients (runs, parameters) at positions (runs, parameters)."""
        ...

    def values(self, at: Array) -> Array:
        """Values (...,) at positions (..., parameters)."""
        ...

    def overflow(self, at: Array) -> str | None:
        """What first became infinite or NaN at this one position (parameters,), in words."""
        ...


class Recorded:
    """An objective recorded once and replayed: f takes one scalar Tensor for each parameter.

    start: also where it is recorded. Raises Diverged from the replay when a branch changes.
    """

    def __init__(self, f: Callable[..., Tensor], names: Sequence[str], start: Array):
        self.names, self.start, self._f = names, np.asarray(start, np.float64), f
        leaves = [Tensor(x, tracked=True) for x in self.start]
        taken: list[tuple[Tensor, bool]] = []
        token = decisions.set(taken)
        try:
            with record(Recording.TRACKED), np.errstate(all="ignore"):
                result = f(*leaves)
                found = gradients([(result, None)], create_graph=True)
        finally:
            decisions.reset(token)
        slopes = [found.get(leaf, Tensor(0.0)) for leaf in leaves]
        self.program = Program(leaves, [result], taken)
        self.gradient = Program(leaves, [result, *slopes], taken)

    def value_and_grad(self, at: Array) -> tuple[Array, Array]:
        with np.errstate(all="ignore"):
            value, *slopes = self.gradient.batch(*np.moveaxis(at, -1, 0))
        shape = at.shape[:-1]
        return (
            np.broadcast_to(value, shape),
            np.stack([np.broadcast_to(slope, shape) for slope in slopes], axis=-1),
        )

    def values(self, at: Array) -> Array:
        with np.errstate(all="ignore"):
            (value,) = self.program.batch(*np.moveaxis(at, -1, 0))
        return np.broadcast_to(value, at.shape[:-1])

    def overflow(self, at: Array) -> str | None:
        """The first operation, in the order of computing, whose result is not finite."""
        with record(Recording.TRACKED), np.errstate(all="ignore"):
            leaves = [Tensor(x, tracked=True) for x in at]
            result = self._f(*leaves)
        for node in _oldest_first(result):
            if not np.all(np.isfinite(node.data)):
                assert node.op is not None
                return node.op.name
        return None


def _oldest_first(result: Tensor) -> list[Tensor]:
    seen: dict[int, Tensor] = {}
    waiting = [result]
    while waiting:
        node = waiting.pop()
        if node.op is not None and id(node) not in seen:
            seen[id(node)] = node
            waiting += [x for x in node.inputs if isinstance(x, Tensor)]
    return sorted(seen.values(), key=lambda node: node.tick)
