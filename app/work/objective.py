"""A program as an objective: its own loss, as a function of the variables that it updates.

The first pass is recorded as a function of all parameters, for each way that its branches fall.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.descent import STOPS, Recorded
from app.descent.objective import WAYS, Array, Truths, not_finite
from app.engine import Program, Recording, Tensor, decisions, gradients, record
from app.story.segment import Item
from app.story.telling import Telling
from app.work.replay import hooks_again, remade, target_of
from app.work.training import Training

TILE = 2_000_000  # numbers that one evaluation may make at once
SPREAD = 7_919  # a prime: where among many points the next run is
ENOUGH = 8  # runs that show that numbers written down after the loss do not choose it


@dataclass(frozen=True)
class Way:
    """The loss of one way through a program, and what was decided on it.

    Everything takes the parameters' arrays, each with the points in front: (points, *shape).
    """

    items: Sequence[Item]
    told: Telling
    value: Program
    gradient: Program  # the loss and every slope
    asked: Program  # what was decided on
    taken: Sequence[bool]
    early: int  # of these decisions, those before the loss was made
    firm: int  # and those that are more than numbers written down after it

    @classmethod
    def of(cls, told: Telling, items: Sequence[Item], parts: Sequence[Array]) -> "Way":
        """The way that this pass took. parts: where it is recorded."""
        leaves, result, found, conditions = recorded(told, items, parts)
        slopes = [found.get(leaf, Tensor(np.zeros(leaf.shape))) for leaf in leaves]
        return cls(
            items,
            told,
            Program(leaves, [result]),
            Program(leaves, [result, *slopes]),
            Program(leaves, [x for x, _ in conditions]),
            [taken for _, taken in conditions],
            len(told.decisions),
            len(conditions) - len(told.written),
        )

    def holds(self, parts: Sequence[Array], first: int | None = None) -> Truths:
        """Which points go this way. first: how many decisions have to be taken alike."""
        points = len(parts[0])
        same = [
            np.broadcast_to(x, (points, *np.shape(x)[1:])).reshape(points, -1).any(axis=1) == taken
            for x, taken in zip(self.asked.batch(*parts), self.taken, strict=True)
        ][:first]
        here: Truths = np.logical_and.reduce([np.ones(points, bool), *same])
        return here

    def same_loss(self, other: "Way", parts: Sequence[Array]) -> bool:
        """Whether another way has the same loss by the same operations, at one point."""
        (mine,), (theirs,) = self.value.batch(*parts), other.value.batch(*parts)
        alike = self.value.source == other.value.source
        return alike and bool(np.allclose(mine, theirs, 1e-9, 0, equal_nan=True))

    def value_and_grad(self, parts: Sequence[Array]) -> tuple[Array, Array]:
        value, *found = self.gradient.batch(*parts)
        points = len(parts[0])
        flat = [
            np.broadcast_to(part, (points, *x.data.shape)).reshape(points, -1)
            for part, x in zip(found, self.items, strict=True)
        ]
        return value, np.concatenate(flat, axis=1)


def asked_of(told: Telling) -> list[tuple[Item, bool]]:
    """What a pass decided on, the most telling first."""
    return [*told.decisions, *told.later, *told.written]


def recorded(
    told: Telling, items: Sequence[Item], parts: Sequence[Array], own: bool = False
) -> tuple[list[Tensor], Tensor, dict[Tensor, Any], list[tuple[Tensor, bool]]]:
    """A pass once more at a position: its leaves, loss, gradients, and what it decided on.

    own: in the program's own number types, else in float64."""
    types = [item.data.dtype if own else np.dtype(np.float64) for item in items]
    leaves = [Tensor(x, tracked=True, dtype=t) for x, t in zip(parts, types, strict=True)]
    with record(Recording.EVERYTHING), np.errstate(all="ignore"):
        made = remade(told, items, leaves)
        total = target_of(told.calls[0], made)
        taken: list[tuple[Tensor, bool]] = []  # by gradient functions of the program
        token = decisions.set(taken)
        try:
            hooks = hooks_again(told, told.calls[0], made)
            found = gradients([(total, None)], create_graph=True, hooks=hooks)
        finally:
            decisions.reset(token)
    asked = [(made[item], way) for item, way in asked_of(told)]
    firm = len(asked) - len(told.written)
    return leaves, total, found, [*asked[:firm], *taken, *asked[firm:]]


class ProgramObjective:
    """The loss of a program's first pass at any position of all its parameters (numbers,).

    Where it would branch otherwise it is run afresh, and points that go the same way are computed
    together. NaN where it stops before there is a loss. tile: points that are looked at together.
    """

    def __init__(self, training: Training):
        assert training.first is not None
        self.names: Sequence[str] = training.names
        self.start, self._training = training.start, training
        self._items = training.items
        first = Way.of(training.first, training.items, self._at(self.start))
        self.ways: list[Way] = [first]
        self._alike: float = 0  # runs with other numbers written down, and the same loss
        largest = max(x.data.size for x in training.first.items)
        self.tile = max(1, min(Recorded.tile, TILE // (len(self.start) + largest)))

    def _at(self, position: Array) -> list[Array]:
        return [part[0] for part in self._parts(position[None])]

    def _parts(self, at: Array) -> list[Array]:
        """Positions (points, numbers) as one array (points, *shape) for each parameter."""
        parts, first = [], 0
        for item in self._items:
            parts.append(at[:, first : first + item.data.size].reshape(-1, *item.data.shape))
            first += item.data.size
        return parts

    def _ways(self, at: Array) -> Iterator[tuple[Way, Any]]:
        """Each way that some of the points take, and their rows; points without a loss are left."""
        if not self.ways[0].taken:
            yield self.ways[0], slice(None)
            return
        rest = np.arange(len(at))
        known = 0  # ways that were looked at
        while len(rest):
            for way in self.ways[known:]:
                if not len(rest):
                    return
                taken = way.holds(self._parts(at[rest]), self._first(way))
                if taken.any():
                    yield way, rest[taken]
                rest = rest[~taken]
            known = len(self.ways)
            if not len(rest):
                return
            chosen = int(self._alike * SPREAD) % len(rest) if 0 < self._alike < ENOUGH else 0
            here = rest[chosen : chosen + 1]
            found = self._training.elsewhere(self._at(at[here[0]]))
            if found is None:
                stops = self._until_it_stops(at[here])
                if stops is not None:
                    yield stops, here
                rest = np.delete(rest, chosen)
                continue
            way = Way.of(*found, self._at(at[here[0]]))
            if self._learnt(way, self._parts(at[here])):
                known = 0
            if len(self.ways) < WAYS:
                self.ways.append(way)
            taken = way.holds(self._parts(at[rest]), self._first(way))
            taken[chosen] = True  # it was told there
            yield way, rest[taken]
            rest = rest[~taken]

    def _first(self, way: Way) -> int | None:
        """How many of a way's decisions count."""
        return way.firm if self._alike >= ENOUGH else None

    def _learnt(self, way: Way, parts: Sequence[Array]) -> bool:
        """Whether a run at one point shows at last that numbers written down do not matter."""
        if self._alike >= ENOUGH:
            return False
        others = [one for one in self.ways if one.firm < len(one.taken)]
        for one in others:
            if one.holds(parts, one.firm)[0]:
                self._alike = self._alike + 1 if one.same_loss(way, parts) else -math.inf
                return self._alike >= ENOUGH
        return False

    def _until_it_stops(self, at: Array) -> Way | None:
        """The way to the loss of a program that has one here (1, numbers), and ends by it."""
        return next((way for way in self.ways if way.holds(self._parts(at), way.early)[0]), None)

    def value_and_grad(self, at: Array) -> tuple[Array, Array]:
        values, slopes = np.full(len(at), np.nan), np.full(at.shape, np.nan)
        with np.errstate(all="ignore"):
            for way, rows in self._ways(at):
                values[rows], slopes[rows] = way.value_and_grad(self._parts(at[rows]))
        return values, slopes

    def values(self, at: Array) -> Array:
        values = np.full(len(at), np.nan)
        with np.errstate(all="ignore"):
            for way, rows in self._ways(at):
                (values[rows],) = way.value.batch(*self._parts(at[rows]))
        return values

    def overflow(self, at: Array) -> str | None:
        with np.errstate(all="ignore"):
            for way, _rows in self._ways(at[None]):
                _, result, found, _ = recorded(way.told, way.items, self._at(at), own=True)
                return not_finite([result, *(x for x in found.values() if isinstance(x, Tensor))])
        return STOPS
