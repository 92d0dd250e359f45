"""A program as an objective: its own loss, as a function of the variables that it updates.

The first pass is recorded as a function of all parameters. Two numbers span the surface as they
are; more are shown on a plane through the program's own path, spanned by the path's first two
principal components (Li et al. 2018, section 7).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.descent import Plane
from app.descent.objective import Array
from app.engine import Program, Recording, Tensor, gradients, record
from app.language.budget import Limits
from app.language.errors import Refused
from app.language.run import execute
from app.story.segment import Item
from app.story.trace import Telling
from app.work.replay import replayed

SNAPSHOTS = 32  # positions kept to find the plane of a path with many parameters
TILE = 2_000_000  # numbers that one evaluation may make at once


class Training:
    """What a program trains, and the path that it took.

    names: one for each number that it updates; start, end: positions (numbers,); path: rows of
    position on the surface, loss, gradient on the surface. Raises Refused without a loss.
    """

    def __init__(self, request: Mapping[str, Any], limits: Limits):
        self.request, self.limits = request, limits
        self.first: Telling | None = None
        self.items: list[Item] = []
        self.marks: list[Array] = []
        self._seen, self._every = 0, 1
        self.problem = execute(request, limits, watch=self._mark).problem
        if self.first is None:
            raise Refused("no_loss")
        self.names: list[str] = _names(self.items)
        self.loss: str = _name_of_loss(self.first)
        self.start: Array = _position(self.items)
        self.axes: Array = _plane(self.marks) if len(self.names) > 2 else np.eye(len(self.names))
        self.origin: Array = self.marks[-1] if len(self.names) > 2 else np.zeros(len(self.names))

    def _mark(self, told: Telling) -> None:
        """Keeps the first pass that updates something, and some positions on the way."""
        items = _updated(told)
        if not items:
            return
        if self.first is None:
            self.first, self.items, self.marks = told, items, [_position(items)]
        elif _shapes(items) != _shapes(self.items):
            return
        self._seen += 1
        self._last = _after(told, items)
        if self._seen % self._every == 0:
            self.marks.append(self._last)
            if len(self.marks) > SNAPSHOTS:  # thinned out as the path grows longer
                self.marks, self._every = self.marks[::2], self._every * 2

    def path(self) -> dict[str, list[Any]]:
        """Every pass, told by running the program once more; the last row is where it ended."""
        rows: dict[str, list[Any]] = {"position": [], "value": [], "gradient": []}
        ends: list[Array] = []

        def follow(told: Telling) -> None:
            items = _updated(told)
            if _shapes(items) == _shapes(self.items):
                rows["position"].append(self.down(_position(items)))
                rows["value"].append(_loss(told))
                rows["gradient"].append(_slope(told, items) @ self.axes.T)
                ends[:] = [_after(told, items)]

        execute(self.request, self.limits, watch=follow)
        rows["position"] += [self.down(end) for end in ends]
        return rows

    def down(self, position: Array) -> Array:
        """A position, in the coordinates of the surface."""
        there: Array = (position - self.origin) @ self.axes.T
        return there

    def plane(self, x: Array, y: Array) -> Plane:
        """The surface's points for coordinates x and y."""
        names = (self.names[0], self.names[1]) if len(self.names) == 2 else ("PC 1", "PC 2")
        kind = "all" if len(self.names) == 2 else "principal"
        return Plane(x, y, self.origin, self.axes[0], self.axes[1], names, kind)


class ProgramObjective:
    """The loss of a program's first pass at any position of all its parameters (numbers,)."""

    def __init__(self, training: Training):
        assert training.first is not None
        self.names: Sequence[str] = training.names
        self.start = training.start
        self._told, self._items = training.first, training.items
        leaves = [Tensor(np.asarray(x.data, np.float64), tracked=True) for x in self._items]
        with record(Recording.TRACKED), np.errstate(all="ignore"):
            result = self._loss(leaves)
            found = gradients([(result, None)], create_graph=True)
        slopes = [found.get(leaf, Tensor(np.zeros(leaf.shape))) for leaf in leaves]
        self.program = Program(leaves, [result])
        self.gradient = Program(leaves, [result, *slopes])
        largest = max(x.data.size for x in self._told.items)
        self.tile = max(1, TILE // (len(self.start) + largest))

    def _loss(self, leaves: Sequence[Tensor]) -> Tensor:
        """The pass once more, on other parameters."""
        return replayed(self._told, self._items, leaves)

    def _parts(self, at: Array) -> list[Array]:
        """Positions (points, numbers) as one array (points, *shape) for each parameter."""
        parts, first = [], 0
        for item in self._items:
            parts.append(at[:, first : first + item.data.size].reshape(-1, *item.data.shape))
            first += item.data.size
        return parts

    def value_and_grad(self, at: Array) -> tuple[Array, Array]:
        values, slopes = [], []
        for i in range(0, len(at), self.tile):
            tile = at[i : i + self.tile]
            with np.errstate(all="ignore"):
                value, *parts = self.gradient.batch(*self._parts(tile))
            values.append(np.broadcast_to(value, len(tile)))
            flat = [
                np.broadcast_to(part, (len(tile), *x.data.shape))
                for part, x in zip(parts, self._items, strict=True)
            ]
            slopes.append(np.concatenate([part.reshape(len(tile), -1) for part in flat], axis=1))
        return np.concatenate(values), np.concatenate(slopes)

    def values(self, at: Array) -> Array:
        tiles = []
        for i in range(0, len(at), self.tile):
            tile = at[i : i + self.tile]
            with np.errstate(all="ignore"):
                (value,) = self.program.batch(*self._parts(tile))
            tiles.append(np.broadcast_to(value, len(tile)))
        return np.concatenate(tiles)

    def overflow(self, at: Array) -> str | None:
        with np.errstate(all="ignore"):
            made: dict[Item, Any] = {}
            for item, part in zip(self._items, self._parts(at[None]), strict=True):
                made[item] = Tensor(part[0])
            for item in self._told.items:
                if item.op is None:
                    made.setdefault(item, Tensor(item.data))
                    continue
                inputs = (made[x] if isinstance(x, Item) else x for x in item.inputs)
                made[item] = item.op(*inputs)
                if not np.all(np.isfinite(made[item].data)):
                    return item.op.name
        return None


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
