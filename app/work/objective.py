"""A program as an objective: its own loss, as a function of the variables that it updates.

The first pass is recorded as a function of all parameters. Two numbers span the surface as they
are; more are shown on a plane through the program's own path, spanned by the path's first two
principal components (Li et al. 2018, section 7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.descent import Plane, onto
from app.descent.objective import Array, Truths, not_finite
from app.engine import Program, Recording, Tensor, gradients, record
from app.language.budget import Limits
from app.language.errors import Refused
from app.language.run import execute
from app.story.segment import Item
from app.story.trace import Telling
from app.work.replay import remade, target_of

SNAPSHOTS = 32  # positions kept to find the plane of a path with many parameters
TILE = 2_000_000  # numbers that one evaluation may make at once


@dataclass
class OwnPath:
    """A program's own passes: rows of position on the surface, loss, gradient on the surface.

    The last row is where it ended, without loss and gradient. A path that diverges ends at the
    first row that is not finite. here, before, slope: the last position in all parameters, the one
    before it and the gradient there.
    """

    position: list[Array] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    gradient: list[Array | None] = field(default_factory=list)
    diverged_at: int | None = None
    here: Array = field(default_factory=lambda: np.zeros(0))
    before: Array = field(default_factory=lambda: np.zeros(0))
    slope: Array = field(default_factory=lambda: np.zeros(0))

    def add(
        self, here: Array, seen: Array, value: float | None, slope: Array | None, along: Any
    ) -> None:
        """One more row, unless the path has diverged. seen, along: what the surface shows."""
        if self.diverged_at is not None:
            return
        self.before, self.here = self.here, here
        self.position.append(seen)
        self.value.append(value)
        self.gradient.append(along)
        if not (np.all(np.isfinite(here)) and (value is None or np.isfinite(value))):
            self.diverged_at = len(self.position) - 1
        elif slope is not None:
            self.slope = slope


class Training:
    """What a program trains, and the path that it took.

    names: one for each number that it updates; start: its position (numbers,). Raises Refused
    without a loss, or what stopped the program before there was one.
    """

    def __init__(self, request: Mapping[str, Any], limits: Limits):
        self.request, self.limits = request, limits
        self.first: Telling | None = None
        self.items: list[Item] = []
        self.marks: list[Array] = []
        self.varies = False  # whether later passes are about other data than the first
        self._kept: OwnPath | None = None
        self._seen, self._every = 0, 1
        self.problem = execute(request, limits, watch=self._mark).problem
        if self.first is None:
            raise self.problem or Refused("no_loss")
        self.names: list[str] = _names(self.items)
        if len(self.names) < 2:
            raise Refused("one_parameter", name=self.names[0]) if self.names else Refused("no_loss")
        self.loss: str = _name_of_loss(self.first)
        self.start: Array = _position(self.items)
        plane = len(self.names) > 2
        self.axes: Array = _plane(self.marks) if plane else np.eye(2)
        self.origin: Array = self.marks[-1] if plane else np.zeros(2)
        if self._kept is not None:
            self._ended(self._kept)

    def _mark(self, told: Telling) -> None:
        """Keeps the first pass that updates something, and some positions on the way."""
        items = _updated(told)
        if not items:
            return
        if self.first is None:
            self.first, self.items, self.marks = told, items, [_position(items)]
            if len(self.marks[0]) == 2:  # the surface is that of both: the path is seen at once
                self._kept = OwnPath()
        elif _shapes(items) != _shapes(self.items):
            return
        elif not self.varies:
            self.varies = _data_of(told, items) != _data_of(self.first, self.items)
        self._end = _after(told, items)
        if self._kept is not None:
            self._follow(self._kept, told, items)
        self._seen += 1
        if self._seen % self._every == 0 and np.all(np.isfinite(self._end)):
            self.marks.append(self._end)
            if len(self.marks) > SNAPSHOTS:  # thinned out as the path grows longer
                self.marks, self._every = self.marks[::2], self._every * 2

    def path(self) -> OwnPath:
        """Every pass; with many parameters told by running the program once more."""
        if self._kept is not None:
            return self._kept
        own = OwnPath()

        def follow(told: Telling) -> None:
            items = _updated(told)
            if _shapes(items) == _shapes(self.items):
                self._follow(own, told, items)

        execute(self.request, self.limits, watch=follow)
        return self._ended(own)

    def _ended(self, own: OwnPath) -> OwnPath:
        own.add(self._end, self.down(self._end), None, None, None)
        return own

    def _follow(self, own: OwnPath, told: Telling, items: Sequence[Item]) -> None:
        here, slope = _position(items), _slope(told, items)
        along = slope if len(slope) == 2 else onto(self.axes, slope)
        own.add(here, self.down(here), _loss(told), slope, along)

    def down(self, position: Array) -> Array:
        """A position, in the coordinates of the surface."""
        return position if len(position) == 2 else onto(self.axes, position - self.origin)

    def plane(self, x: Array, y: Array) -> Plane:
        """The surface's points for coordinates x and y."""
        names = (self.names[0], self.names[1]) if len(self.names) == 2 else ("PC 1", "PC 2")
        kind = "all" if len(self.names) == 2 else "principal"
        return Plane(x, y, self.origin, self.axes[0], self.axes[1], names, kind)


class ProgramObjective:
    """The loss of a program's first pass at any position of all its parameters (numbers,).

    Where the program would take another branch than in that pass its loss is not known: NaN.
    """

    def __init__(self, training: Training):
        assert training.first is not None
        self.names: Sequence[str] = training.names
        self.start = training.start
        self._told, self._items = training.first, training.items
        leaves, result, found, conditions = self._recorded(self.start)
        slopes = [found.get(leaf, Tensor(np.zeros(leaf.shape))) for leaf in leaves]
        self.program = Program(leaves, [result])
        self.gradient = Program(leaves, [result, *slopes])
        self.branches = Program(leaves, conditions)
        self.taken = [taken for _, taken in self._told.decisions]
        largest = max(x.data.size for x in self._told.items)
        self.tile = max(1, TILE // (len(self.start) + largest))

    def _recorded(
        self, at: Array, own: bool = False
    ) -> tuple[list[Tensor], Tensor, dict[Tensor, Any], list[Tensor]]:
        """The pass once more at a position: its leaves, loss, gradients, what it decided on.

        own: in the program's own number types, else in float64."""
        types = [item.data.dtype if own else np.dtype(np.float64) for item in self._items]
        parts = [part[0] for part in self._parts(at[None])]
        leaves = [Tensor(x, tracked=True, dtype=t) for x, t in zip(parts, types, strict=True)]
        with record(Recording.EVERYTHING), np.errstate(all="ignore"):
            made = remade(self._told, self._items, leaves)
            total = target_of(self._told, made)
            found = gradients([(total, None)], create_graph=True)
        return leaves, total, found, [made[item] for item, _ in self._told.decisions]

    def _parts(self, at: Array) -> list[Array]:
        """Positions (points, numbers) as one array (points, *shape) for each parameter."""
        parts, first = [], 0
        for item in self._items:
            parts.append(at[:, first : first + item.data.size].reshape(-1, *item.data.shape))
            first += item.data.size
        return parts

    def _elsewhere(self, parts: Sequence[Array], points: int) -> Truths:
        """Which points would take another branch."""
        found = self.branches.batch(*parts)
        other = [
            np.broadcast_to(x, (points, *np.shape(x)[1:])).reshape(points, -1).any(axis=1) != taken
            for x, taken in zip(found, self.taken, strict=True)
        ]
        elsewhere: Truths = np.logical_or.reduce(other)
        return elsewhere

    def value_and_grad(self, at: Array) -> tuple[Array, Array]:
        values, slopes = np.empty(len(at)), np.empty(at.shape)
        for i in range(0, len(at), self.tile):
            tile = slice(i, i + self.tile)
            parts = self._parts(at[tile])
            points = len(parts[0])
            with np.errstate(all="ignore"):
                value, *found = self.gradient.batch(*parts)
                values[tile] = value
                flat = [
                    np.broadcast_to(part, (points, *x.data.shape)).reshape(points, -1)
                    for part, x in zip(found, self._items, strict=True)
                ]
                slopes[tile] = np.concatenate(flat, axis=1)
                if self.taken:
                    other = self._elsewhere(parts, points)
                    values[tile][other], slopes[tile][other] = np.nan, np.nan
        return values, slopes

    def values(self, at: Array) -> Array:
        values = np.empty(len(at))
        for i in range(0, len(at), self.tile):
            tile = slice(i, i + self.tile)
            parts = self._parts(at[tile])
            with np.errstate(all="ignore"):
                (values[tile],) = self.program.batch(*parts)
                if self.taken:
                    values[tile][self._elsewhere(parts, len(parts[0]))] = np.nan
        return values

    def overflow(self, at: Array) -> str | None:
        _, result, found, _ = self._recorded(at, own=True)
        return not_finite([result, *(x for x in found.values() if isinstance(x, Tensor))])


def _updated(told: Telling) -> list[Item]:
    """The parameters: variables that got a gradient and a new value in this pass."""
    if not told.calls:
        return []
    moved = {item: None for item, _, _ in told.updates}
    wanted = {item for call in told.calls for item in call.arrived}
    return [item for item in told.items if item in moved and item in wanted]


def _shapes(items: Sequence[Item]) -> list[Any]:
    """What tells two sets of parameters apart."""
    return [(item.name, item.data.shape) for item in items]


def _names(items: Sequence[Item]) -> list[str]:
    """One name for each number: w, or w[0, 1] for an entry."""
    names = []
    for item in items:
        name = item.name or "?"
        names += [
            name + (str(list(index)) if index else "") for index in np.ndindex(item.data.shape)
        ]
    return names


def _flat(parts: Sequence[Any]) -> Array:
    return np.concatenate([np.ravel(part).astype(np.float64) for part in parts])


def _data_of(told: Telling, items: Sequence[Item]) -> list[bytes]:
    """The numbers that a pass takes as they are: what tells minibatches apart."""
    return [
        np.asarray(item.data).tobytes()
        for item in told.items
        if item.op is None and item not in items
    ]


def _position(items: Sequence[Item]) -> Array:
    return _flat([item.data for item in items])


def _after(told: Telling, items: Sequence[Item]) -> Array:
    after = {item: value for item, _, value in told.updates}
    return _flat([after[item] for item in items])


def _slope(told: Telling, items: Sequence[Item]) -> Array:
    """The gradient of the pass; of several calls each tells the part it was asked for."""
    found: dict[Item, Any] = {}
    for call in told.calls:
        for item in items:
            if item in call.arrived and (item in call.sources or item not in found):
                found[item] = call.arrived[item]
    return _flat([found[item] for item in items])


def _name_of_loss(told: Telling) -> str:
    return next((item.name for item, _ in told.calls[0].targets if item.name), "loss")


def _loss(told: Telling) -> float:
    return float(sum(np.sum(np.asarray(item.data) * seed) for item, seed in told.calls[0].targets))


def _plane(marks: Sequence[Array]) -> Array:
    """Two orthonormal directions (2, numbers): the path's principal components."""
    away = np.array(marks) - marks[-1]
    _, _, axes = np.linalg.svd(away, full_matrices=False)
    axes = axes[:2]
    if len(axes) < 2 or len(marks) < 3:
        axes = np.vstack([axes, np.zeros((2 - len(axes), away.shape[1]))])
    signs = np.where((away[0] @ axes.T) > 0, -1.0, 1.0)  # the path runs to the right and up
    return axes * signs[:, None]
