"""Trajectories: several optimizers from their starts, stepping together, told batch by batch."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.descent.objective import Array, Objective, Truths
from app.descent.optimizer import Running, together
from app.descent.optimizers import OPTIMIZERS

FLAT = 1e-12  # a gradient this small has arrived
STILL = 20  # steps without any movement
MOVE, STATE = "move", "state"  # what overflowed, where it was no operation of the objective
STOPS = "stops"  # nothing did: the objective has no value there
BATCH_STEPS, BATCH_SECONDS = 64, 0.05


def everything(vector: Array) -> Array:
    """A position or gradient as it is seen when all of it is shown."""
    return vector


@dataclass
class Path:
    """One run: its optimizer and options, and all it passed through; row 0 is the start.

    here, slope: position and gradient now, in all parameters; the rows keep what is seen of them.
    """

    optimizer: str
    options: dict[str, Any]
    label: str
    here: Array
    slope: Array = field(default_factory=lambda: np.zeros(0))
    step: list[int] = field(default_factory=list)
    position: list[Array] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    gradient: list[Array] = field(default_factory=list)
    state: dict[str, Array] = field(default_factory=dict)
    status: str = ""
    diverged_at: int | None = None
    overflow: str | None = None
    still: int = 0

    def lost(self, objective: Objective, before: Array, slope: Array) -> None:
        """The run ends where there is no number. before, slope: where it came from, how steep."""
        self.diverged_at = self.step[-1]
        self.overflow = _overflowed(objective, before, slope, self.here, self.state)
        self.status = "diverged"
        if self.overflow == STOPS:
            self.status, self.diverged_at = "stalled", None

    def rest(self, still: bool) -> None:
        """The run ends where it has not moved for long."""
        self.still = self.still + 1 if still else 0
        if self.still >= STILL:
            self.end("stalled")

    def end(self, status: str) -> None:
        """The run ends without having arrived anywhere; a memory that overflowed may be why."""
        if not self.status:
            self.status = status
            self.overflow = None if _finite(self.state) else STATE


def _overflowed(
    objective: Objective,
    before: Array,
    slope: Array,
    here: Array,
    state: Mapping[str, Array],
) -> str | None:
    """What first was not finite on the step from `before` to `here`.

    An operation of the value or of the gradient (slope), the optimizer's memory, or the move."""
    if np.all(np.isfinite(here)):
        return objective.overflow(here)
    if not np.all(np.isfinite(slope)):
        return objective.overflow(before)
    return MOVE if _finite(state) else STATE


def _finite(state: Mapping[str, Array]) -> bool:
    return all(np.all(np.isfinite(x)) for x in state.values())


@dataclass(frozen=True)
class Batch:
    """What one run did between two messages: rows `start` up to `end` of its path."""

    run: int
    start: int
    end: int


class Descent:
    """All runs of a request, stepping together.

    see, along: how positions and gradients of all parameters are seen (on a plane, say).
    """

    def __init__(
        self,
        objective: Objective,
        paths: Sequence[Path],
        steps: int,
        see: Callable[[Array], Array] = everything,
        along: Callable[[Array], Array] = everything,
    ):
        self.objective, self.paths, self.steps = objective, list(paths), steps
        self.see, self.along = see, along
        self.number = 0

    def rounds(self) -> Iterator[list[Batch]]:
        """Steps until every run has ended; the start is told at once, then 64 steps or 50 ms."""
        told = [0] * len(self.paths)
        self._start()
        yield self._new(told)
        since, next_steps = time.monotonic(), BATCH_STEPS
        groups = self._groups()
        while True:
            if self.number >= next_steps or time.monotonic() - since > BATCH_SECONDS:
                yield self._new(told)
                since, next_steps = time.monotonic(), self.number + BATCH_STEPS
            if not any(not path.status for path in self.paths):
                break
            if self.number >= self.steps:
                for path in self.paths:
                    path.end("max_steps")
                break
            groups = self._step(groups)
        yield self._new(told)

    def _new(self, told: list[int]) -> list[Batch]:
        batches = []
        for run, path in enumerate(self.paths):
            if told[run] < len(path.step):
                batches.append(Batch(run, told[run], len(path.step)))
                told[run] = len(path.step)
        return batches

    def _start(self) -> None:
        self._look(range(len(self.paths)), np.array([path.here for path in self.paths]))

    def _look(self, runs: Sequence[int], at: Array) -> None:
        """Value and gradient of several runs in one evaluation, written down."""
        values, slopes = self.objective.value_and_grad(at)
        known = np.isfinite(values) & np.isfinite(at).all(axis=1)
        flat: Truths = np.all(np.abs(slopes) <= FLAT, axis=1)
        still: Truths = np.all(at == [self.paths[run].here for run in runs], axis=1)
        for row, run in enumerate(runs):
            path = self.paths[run]
            before, slope = path.here, path.slope
            path.here, path.slope = at[row], slopes[row]
            path.step.append(self.number)
            path.position.append(self.see(path.here))
            path.value.append(float(values[row]))
            path.gradient.append(self.along(path.slope))
            if not known[row]:
                path.lost(self.objective, before, slope)
            elif flat[row]:
                path.status = "converged"
            else:
                path.rest(still[row] and self.number > 0)

    def _groups(self) -> list[tuple[list[int], Running]]:
        """Runs of one optimizer and the same flags step as one array."""
        groups: dict[Any, list[int]] = {}
        for run, path in enumerate(self.paths):
            if not path.status:
                key = together(OPTIMIZERS[path.optimizer], path.options)
                groups.setdefault(key, []).append(run)
        return [
            (
                runs,
                Running(
                    OPTIMIZERS[name],
                    [self.paths[run].options for run in runs],
                    np.array([self.paths[run].here for run in runs]),
                ),
            )
            for (name, *_), runs in groups.items()
        ]

    def _step(self, groups: list[tuple[list[int], Running]]) -> list[tuple[list[int], Running]]:
        """One step of every run that is still on its way."""
        self.number += 1
        runs: list[int] = []
        moved: list[Array] = []
        with np.errstate(all="ignore"):
            for members, running in groups:
                position = np.array([self.paths[run].here for run in members])
                gradient = np.array([self.paths[run].slope for run in members])
                after = position + running.move(gradient, position)
                state = running.state()
                for row, run in enumerate(members):
                    if not self.paths[run].status:
                        runs.append(run)
                        moved.append(after[row])
                        self.paths[run].state = {name: x[row] for name, x in state.items()}
        if runs:
            self._look(runs, np.array(moved))
        return [group for group in groups if any(not self.paths[run].status for run in group[0])]
