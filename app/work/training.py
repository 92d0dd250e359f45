"""What a program trains: its parameters, its first pass, and the path that it took.

Two numbers span the surface as they are; more are shown on a plane through the program's own path,
spanned by the path's first two principal components (Li et al. 2018, section 7).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.descent import MOVE, Plane, onto
from app.descent.objective import Array
from app.language.budget import Budget
from app.language.errors import Diagnosed, Refused
from app.language.machine import Births
from app.language.run import Progress, execute
from app.story.segment import Item
from app.story.telling import Telling

SNAPSHOTS = 32  # positions kept to find the plane of a path with many parameters


@dataclass
class OwnPath:
    """A program's own passes: rows of position on the surface, loss, gradient on the surface.

    The last row is where it ended, without loss and gradient. A path that diverges ends at the
    first row that is not finite; overflow: what was not, an operation of that pass or of the one
    before, or the update.
    """

    position: list[Array] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    gradient: list[Array | None] = field(default_factory=list)
    diverged_at: int | None = None
    overflow: str | None = None
    _last: Telling | None = None

    def add(
        self,
        here: Array,
        seen: Array,
        value: float | None = None,
        along: Any = None,
        told: Telling | None = None,
    ) -> None:
        """One more row, unless the path has diverged.

        here: in all parameters; seen, along: what the surface shows; told: the pass from here."""
        if self.diverged_at is not None:
            return
        self.position.append(seen)
        self.value.append(value)
        self.gradient.append(along)
        arrived = bool(np.all(np.isfinite(here)))
        if not (arrived and (value is None or np.isfinite(value))):
            self.diverged_at = len(self.position) - 1
            of = told if arrived else self._last
            self.overflow = (of and _overflowed(of)) or (None if arrived else MOVE)
        self._last = told


Watch = Callable[["Training", OwnPath], None]
"""Is shown a program's own path after each of its rows, while the program runs."""


def silent(passes: int, ticks: int) -> None:
    """Says nothing of the progress."""


def unwatched(training: "Training", own: OwnPath) -> None:
    """Shows the path to nobody."""


class Seen(Exception):
    """What was looked for has been told: the rest of the run is not needed."""


class Training:
    """What a program trains, and the path that it took.

    names: one for each number that it updates; start: its position (numbers,). Raises Refused
    without a loss, or what stopped the program before there was one. watch: of the path of two
    numbers while it is found, of that of more when it is asked for; passes: how many suffice where
    two numbers are trained, whose surface does not depend on the path.
    """

    def __init__(
        self,
        request: Mapping[str, Any],
        budget: Budget,
        watch: Watch = unwatched,
        progress: Progress = silent,
        passes: int | None = None,
    ):
        self.request, self.budget, self.watch = request, budget, watch
        self._enough = passes
        self.first: Telling | None = None
        self._births = Births()
        self._of: list[int | None] = []  # the birth of each parameter
        self.items: list[Item] = []
        self.marks: list[Array] = []
        self.axes: Array = np.eye(2)
        self.origin: Array = np.zeros(2)
        self.varies = False  # whether later passes are about other data than the first
        self._kept: OwnPath | None = None
        self._seen, self._every = 0, 1
        self.problem: Diagnosed | None = None
        with suppress(Seen):
            self.problem = self._run(self._mark, self._births, progress)
        if self.first is None:
            raise self.problem or Refused("no_loss")
        if len(self.names) < 2:
            raise Refused("one_parameter", name=self.names[0]) if self.names else Refused("no_loss")
        if len(self.names) > 2:
            self.axes, self.origin = _plane(self.marks), self.marks[-1]
        if self._kept is not None:
            self._ended(self._kept)

    def _run(
        self, watch: Any, births: Births | None = None, progress: Progress = silent
    ) -> Diagnosed | None:
        """Runs the program up to the same moment as all other runs; what stopped it."""
        self._now = self.budget.again()
        limits, now = self.budget.limits, self._now
        run = execute(
            self.request, limits, progress, watch=watch, budget=now, births=births, drawn=False
        )
        return run.problem

    def elsewhere(self, parts: Sequence[Array]) -> tuple[Telling, list[Item]] | None:
        """The first pass of the program run afresh with its parameters at another position, and
        their nodes; None where it has none: it stops before, or makes them of something else."""
        placed = {birth: at for birth, at in zip(self._of, parts, strict=True) if birth is not None}
        found: list[tuple[Telling, list[Item]]] = []

        def watch(told: Telling) -> None:
            items = _updated(told)
            if items:
                found.append((told, items))
                raise Seen

        with suppress(Seen):
            self._run(watch, Births(placed))
        self.budget.clock()
        if not found or _shapes(found[0][1]) != _shapes(self.items):
            return None
        wanted = [at.astype(x.data.dtype) for at, x in zip(parts, found[0][1], strict=True)]
        there = np.array_equal(_flat(wanted), _position(found[0][1]), equal_nan=True)
        return found[0] if there else None

    def _mark(self, told: Telling) -> None:
        """Keeps the first pass that updates something, and some positions on the way."""
        items = _updated(told)
        if not items:
            return
        if self.first is None:
            self._begin(told, items)
            if len(self.marks[0]) == 2:  # the surface is that of both: the path is seen at once
                self._kept = OwnPath()
            else:
                self._now.halve()  # the path is told by a second run
        elif _shapes(items) != _shapes(self.items):
            return
        elif not self.varies:
            self.varies = _data_of(told, items) != _data_of(self.first, self.items)
        self._end = _after(told, items)
        if self._kept is not None:
            self._follow(self._kept, told, items)
        self._seen += 1
        if self._kept is not None and self._seen == self._enough:
            raise Seen
        if self._seen % self._every == 0 and np.all(np.isfinite(self._end)):
            self.marks.append(self._end)
            if len(self.marks) > SNAPSHOTS:  # thinned out as the path grows longer
                self.marks, self._every = self.marks[::2], self._every * 2

    def _begin(self, told: Telling, items: list[Item]) -> None:
        """The first pass says what is trained; two numbers are seen as they are from here on."""
        self.first, self.items, self.start = told, items, _position(items)
        self._of = [self._births.of(item.value) for item in items]
        self.names: list[str] = _names(items)
        self.loss: str = _name_of_loss(told)
        self.marks = [self.start]

    def sample(self) -> list[Array]:
        """Some places on the path, as the surface shows them."""
        return [self.down(mark) for mark in self.marks]

    @property
    def passes(self) -> int:
        """How often the program has updated its parameters."""
        return self._seen

    def path(self) -> OwnPath:
        """Every pass; with many parameters told by running the program once more."""
        if self._kept is not None:
            return self._kept
        own = OwnPath()

        def follow(told: Telling) -> None:
            items = _updated(told)
            if _shapes(items) == _shapes(self.items):
                self._follow(own, told, items)

        self._run(follow)
        return self._ended(own)

    def _ended(self, own: OwnPath) -> OwnPath:
        own.add(self._end, self.down(self._end))
        return own

    def _follow(self, own: OwnPath, told: Telling, items: Sequence[Item]) -> None:
        here, slope = _position(items), _slope(told, items)
        along = slope if len(slope) == 2 else onto(self.axes, slope)
        own.add(here, self.down(here), _loss(told), along, told)
        self.watch(self, own)

    def down(self, position: Array) -> Array:
        """A position, in the coordinates of the surface."""
        return position if len(position) == 2 else onto(self.axes, position - self.origin)

    def plane(self, x: Array, y: Array) -> Plane:
        """The surface's points for coordinates x and y."""
        names = (self.names[0], self.names[1]) if len(self.names) == 2 else ("PC 1", "PC 2")
        kind = "all" if len(self.names) == 2 else "principal"
        return Plane(x, y, self.origin, self.axes[0], self.axes[1], names, kind)


def _overflowed(told: Telling) -> str | None:
    """The first operation of a pass, forward and then backward, whose result is not finite."""
    for item in told.items:
        if item.op is not None and not np.all(np.isfinite(item.data)):
            return item.op.name
    for item, _, _, part, _ in told.arrivals:
        if item.op is not None and not np.all(np.isfinite(part)):
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
