"""A program's own path, told while the program runs."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from app.descent.objective import Array
from app.descent.trajectory import BATCH_SECONDS, BATCH_STEPS
from app.language.run import Progress
from app.story.numbers import plain
from app.work.question import surface_of
from app.work.training import OwnPath, Training

Tell = Callable[[str, Any, str], None]
"""Sends a part of an answer: its name, its JSON, its id."""


ROOM = 3.0  # round a start of which nothing else is known


def _known(training: Training) -> list[Array]:
    """Where the path may lead, before it is told."""
    sample = training.sample()
    return sample if len(sample) > 1 else [sample[0] - ROOM, sample[0] + ROOM]


class Retelling:
    """Watches a path grow: its surface as it is known so far, the first row at once, then batches.

    after: the last step that the reader has seen; told: of the progress until there is a row."""

    def __init__(self, tell: Tell, after: int, told: Progress) -> None:
        self.tell, self._told = tell, told
        self.label = ""
        self._next, self._due = max(0, after + 1), 0.0
        self._begun, self._patience = False, time.monotonic() + BATCH_SECONDS

    @property
    def run(self) -> dict[str, Any]:
        return {"optimizer": "program", "options": {}, "label": self.label}

    def progress(self, passes: int, ticks: int) -> None:
        """The program runs, and has no row to show: of many numbers the plane is found first."""
        if not self._begun and time.monotonic() >= self._patience:
            self._told(passes, ticks)

    def __call__(self, training: Training, own: OwnPath) -> None:
        """One more row: told at once where it is the first, else with those that follow it."""
        if not self._begun:
            self._begun, self.label = True, training.loss
            surface = surface_of(training, _known(training), whole=False)
            self.tell("start", {"objective": surface.as_json(), "runs": [self.run]}, "")
        waiting = len(own.position) - self._next
        if waiting >= BATCH_STEPS or (waiting > 0 and time.monotonic() >= self._due):
            self.rest(own)

    def rest(self, own: OwnPath) -> None:
        """The rows that have not been told."""
        end = len(own.position)
        for first in range(self._next, end, BATCH_STEPS):
            self._batch(own, slice(first, min(first + BATCH_STEPS, end)))
        self._next = max(self._next, end)
        self._due = time.monotonic() + BATCH_SECONDS

    def _batch(self, own: OwnPath, part: slice) -> None:
        rows = {
            "run": 0,
            "from": part.start,
            "step": list(range(part.start, part.stop)),
            "position": [plain(np.asarray(x)) for x in own.position[part]],
            "value": [None if x is None else plain(x) for x in own.value[part]],
            "gradient": [None if x is None else plain(np.asarray(x)) for x in own.gradient[part]],
            "rate": [None] * (part.stop - part.start),
        }
        self.tell("batch", rows, str(part.stop - 1))
