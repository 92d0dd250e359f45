"""Trajectories: several optimizers from their starts, stepping together, told batch by batch."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.descent.objective import Array, Objective
from app.descent.optimizer import Running, flags
from app.descent.optimizers import OPTIMIZERS

FLAT = 1e-12  # a gradient this small has arrived
STILL = 20  # steps without any movement
BATCH_STEPS, BATCH_SECONDS = 64, 0.05


@dataclass
class Path:
    """One run: its optimizer and options, and all it passed through; row 0 is the start."""

    optimizer: str
    options: dict[str, Any]
    label: str
    start: Array
    step: list[int] = field(default_factory=list)
    position: list[Array] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    gradient: list[Array] = field(default_factory=list)
    status: str = ""
    diverged_at: int | None = None
    overflow: str | None = None
    still: int = 0

    def add(self, step: int, position: Array, value: float, gradient: Array) -> None:
        self.step.append(step)
        self.position.append(position)
        self.value.append(value)
        self.gradient.append(gradient)

    def judge(self, objective: Objective) -> None:
        """Whether the run ends here, and how."""
        if not (np.isfinite(self.value[-1]) and np.all(np.isfinite(self.position[-1]))):
            self.status, self.diverged_at = "diverged", self.step[-1]
            self.overflow = objective.overflow(self.position[-1])
        elif np.all(np.abs(self.gradient[-1]) <= FLAT):
            self.status = "converged"
        elif len(self.position) > 1 and np.array_equal(self.position[-1], self.position[-2]):
            self.still += 1
            if self.still >= STILL:
                self.status = "stalled"
        else:
            self.still = 0


@dataclass(frozen=True)
class Batch:
    """What one run did between two messages: rows `start` up to `end` of its path."""

    run: int
    start: int
    end: int


class Descent:
    """All runs of a request. Iterating it steps them together and says what is new."""

    def __init__(self, objective: Objective, paths: Sequence[Path], steps: int):
        self.objective, self.paths, self.steps = objective, list(paths), steps
        self.number = 0

    def batches(self) -> Iterator[Batch]:
        """Steps until every run has ended; the start is told at once, then 64 steps or 50 ms."""
        told = [0] * len(self.paths)
        self._start()
        since, next_steps = time.monotonic(), 0
        groups = self._groups()
        while True:
            if self.number >= next_steps or time.monotonic() - since > BATCH_SECONDS:
                yield from self._new(told)
                since, next_steps = time.monotonic(), self.number + BATCH_STEPS
            if not any(not path.status for path in self.paths):
                break
            if self.number >= self.steps:
                for path in self.paths:
                    path.status = path.status or "max_steps"
                break
            groups = self._step(groups)
        yield from self._new(told)

    def _new(self, told: list[int]) -> Iterator[Batch]:
        for run, path in enumerate(self.paths):
            if told[run] < len(path.step):
                yield Batch(run, told[run], len(path.step))
                told[run] = len(path.step)

    def _start(self) -> None:
        starts = np.array([path.start for path in self.paths], dtype=np.float64)
        self._look(range(len(self.paths)), starts)

    def _look(self, runs: Sequence[int], at: Array) -> None:
        """Value and gradient of several runs in one evaluation, written down."""
        values, slopes = self.objective.value_and_grad(at)
        for row, run in enumerate(runs):
            self.paths[run].add(self.number, at[row], float(values[row]), slopes[row])
            self.paths[run].judge(self.objective)

    def _groups(self) -> list[tuple[list[int], Running]]:
        """Runs of one optimizer and the same flags step as one array."""
        together: dict[Any, list[int]] = {}
        for run, path in enumerate(self.paths):
            if not path.status:
                together.setdefault((path.optimizer, flags(path.options)), []).append(run)
        return [
            (
                runs,
                Running(
                    OPTIMIZERS[name],
                    [self.paths[run].options for run in runs],
                    np.array([self.paths[run].start for run in runs]),
                ),
            )
            for (name, _), runs in together.items()
        ]

    def _step(self, groups: list[tuple[list[int], Running]]) -> list[tuple[list[int], Running]]:
        """One step of every run that is still on its way."""
        self.number += 1
        runs: list[int] = []
        moved: list[Array] = []
        with np.errstate(all="ignore"):
            for members, running in groups:
                position = np.array([self.paths[run].position[-1] for run in members])
                gradient = np.array([self.paths[run].gradient[-1] for run in members])
                after = position + running.move(gradient, position)
                for row, run in enumerate(members):
                    if not self.paths[run].status:
                        runs.append(run)
                        moved.append(after[row])
        if runs:
            self._look(runs, np.array(moved))
        return [group for group in groups if any(not self.paths[run].status for run in group[0])]
