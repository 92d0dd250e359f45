"""An objective: what is minimised, whatever it comes from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from app.engine import Program, Recording, Tensor, decisions, gradients, record

Array = np.ndarray[Any, np.dtype[np.float64]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]
WAYS = 64  # through one function that are kept


class Objective(Protocol):
    """A function of some parameters that knows its gradient.

    names: the parameters; start: where a descent begins by default, (parameters,); tile: how many
    points are best evaluated at once.
    """

    names: Sequence[str]
    start: Array
    tile: int

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
    """A function recorded once for each way its branches fall, and replayed on many points at once.

    f: takes one scalar Tensor for each parameter; start: also where it is first recorded.
    """

    tile = 4_096  # what the cache holds

    def __init__(self, f: Callable[..., Tensor], names: Sequence[str], start: Array):
        self.names, self.start, self._f = names, np.asarray(start, np.float64), f
        self.ways = [Way.of(f, self.start)]

    def value_and_grad(self, at: Array) -> tuple[Array, Array]:
        values, slopes = np.empty(len(at)), np.empty(at.shape)
        for way, rows in self._ways(at):
            values[rows], slopes[rows] = way.value_and_grad(at[rows])
        return values, slopes

    def values(self, at: Array) -> Array:
        flat = at.reshape(-1, at.shape[-1])
        values = np.empty(len(flat))
        for way, rows in self._ways(flat):
            values[rows] = way.values(flat[rows])
        return values.reshape(at.shape[:-1])

    def _ways(self, at: Array) -> Iterator[tuple["Way", Any]]:
        """Each way that some of the points take, and their rows; new ways are recorded."""
        if not self.ways[0].decisions:
            yield self.ways[0], slice(None)
            return
        rest = np.arange(len(at))
        for way in self.ways:
            taken = way.holds(at[rest])
            yield way, rest[taken]
            rest = rest[~taken]
        while len(rest):
            way = Way.of(self._f, at[rest[0]])
            if len(self.ways) < WAYS:
                self.ways.append(way)
            taken = way.holds(at[rest])
            taken[0] = True  # it was recorded there
            yield way, rest[taken]
            rest = rest[~taken]

    def overflow(self, at: Array) -> str | None:
        """The first operation, in the order of computing, whose result is not finite: of the value,
        or else of the gradient."""
        with record(Recording.TRACKED), np.errstate(all="ignore"):
            leaves = [Tensor(x, tracked=True) for x in at]
            result = self._f(*leaves)
            found = gradients([(result, None)], create_graph=True)
        return not_finite([result, *(found[leaf] for leaf in leaves if leaf in found)])


def not_finite(results: Sequence[Tensor]) -> str | None:
    """The oldest operation under these results whose own result is not finite."""
    seen: set[int] = set()
    waiting = list(results)
    oldest: Tensor | None = None
    while waiting:
        node = waiting.pop()
        if node.op is None or id(node) in seen:
            continue
        seen.add(id(node))
        waiting += [x for x in node.inputs if isinstance(x, Tensor)]
        if not np.all(np.isfinite(node.data)) and (oldest is None or node.tick < oldest.tick):
            oldest = node
    return oldest.op.name if oldest is not None and oldest.op is not None else None


@dataclass(frozen=True)
class Way:
    """One way through a function: what was decided on it, and what it computes."""

    value: Program
    gradient: Program  # the value and every slope
    decisions: tuple[bool, ...]
    asked: Program  # the values that were decided on

    @classmethod
    def of(cls, f: Callable[..., Tensor], at: Array) -> "Way":
        """The way that f takes at these parameters (parameters,)."""
        leaves = [Tensor(x, tracked=True) for x in at]
        log: list[tuple[Tensor, bool]] = []
        token = decisions.set(log)
        try:
            with record(Recording.EVERYTHING), np.errstate(all="ignore"):
                result = f(*leaves)  # of conditions too, which pass no gradient
                found = gradients([(result, None)], create_graph=True)
        finally:
            decisions.reset(token)
        slopes = [found.get(leaf, Tensor(0.0)) for leaf in leaves]
        return cls(
            Program(leaves, [result]),
            Program(leaves, [result, *slopes]),
            tuple(taken for _, taken in log),
            Program(leaves, [x for x, _ in log]),
        )

    def holds(self, at: Array) -> Truths:
        """Which points (points, parameters) go this way: truth values (points,)."""
        with np.errstate(all="ignore"):
            found = self.asked.batch(*at.T)
        same = [
            np.broadcast_to(x, len(at)).astype(bool) == taken
            for x, taken in zip(found, self.decisions, strict=True)
        ]
        here: Truths = np.logical_and.reduce(same)
        return here

    def values(self, at: Array) -> Array:
        with np.errstate(all="ignore"):
            (value,) = self.value.batch(*at.T)
        return np.broadcast_to(value, len(at))

    def value_and_grad(self, at: Array) -> tuple[Array, Array]:
        with np.errstate(all="ignore"):
            value, *slopes = self.gradient.batch(*at.T)
        columns = [np.broadcast_to(slope, len(at)) for slope in slopes]
        return np.broadcast_to(value, len(at)), np.stack(columns, axis=-1)
