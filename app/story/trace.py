"""The trace: everything a program did, as graphs shared by passes, and columns of numbers.

This is the contract between engine, API, page and golden tests; README.md describes its fields.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.story.graph import Graph
from app.story.numbers import dumps
from app.story.observations import pairs, too_large, unchanged
from app.story.passes import Run
from app.story.recorder import LINES, ROOM, Recorder
from app.story.segment import Call, Segment
from app.story.states import CAUSES
from app.story.steps import Window
from app.story.telling import Telling
from app.story.words import both


@dataclass
class Tale:
    """The passes of one kind: those that record for a gradient, or those that do not."""

    graphs: dict[Any, tuple[int, Graph]] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    signature: Any = None
    passes: int = 0
    ticks: int = 0
    prints: list[list[int]] = field(default_factory=list)
    echo: list[dict[str, Any]] = field(default_factory=list)
    causes: set[str] = field(default_factory=set)
    window: Window | None = None
    last: Telling | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)  # on its graphs


class Trace:
    """The trace in the making.

    In a program that differentiates, passes that record nothing (data being prepared) are left
    out; in one that does not, every pass is told. Which holds is known at the end, so both are
    kept. charge: told the characters that a pass adds; progress: passes and ticks so far; room,
    lines, full: see Recorder; watch: given every pass that is told. drawn: without it no graph and
    no column is made: for who only watches.
    """

    def __init__(
        self,
        charge: Callable[[int], None] = lambda size: None,
        progress: Callable[[int, int], None] = lambda passes, ticks: None,
        window: Callable[[], Window] | None = None,
        room: int = ROOM,
        lines: int = LINES,
        full: Callable[[str], None] = lambda what: None,
        watch: Callable[[Telling], None] = lambda told: None,
        drawn: bool = True,
    ):
        self.recorder = Recorder(self._finish, room, lines, full)
        self._drawn = drawn
        self._charge, self._progress, self._watch = charge, progress, watch
        self.last_call: Call | None = None
        self.left_out = False  # whether a pass was too large to be drawn
        self._tales = {recorded: Tale() for recorded in (True, False)}
        if window is not None:
            for tale in self._tales.values():
                tale.window = window()

    @property
    def tale(self) -> Tale:
        """The passes that are told."""
        return self._tales[self._tales[True].passes > 0]

    def as_json(self, packed: bool = False) -> dict[str, Any]:
        """The fields of the trace that the run fills. packed: arrays as base64, not as lists."""
        tale = self.tale
        return {
            "prints": tale.prints,
            "echo": tale.echo,
            "ticks": tale.ticks,
            "graphs": [{**graph.json, "id": i} for i, graph in tale.graphs.values()],
            "passes": [run.as_json(packed) for run in tale.runs],
            "causes": {code: both(CAUSES[code]) for code in sorted(tale.causes)},
        }

    def observations(self) -> list[dict[str, Any]]:
        """What can be said of the run as a whole."""
        runs, told = self.tale.runs, self.tale.last
        notes = [*self.tale.notes, *(unchanged(runs[-1], told) if told is not None else [])]
        if self.left_out and self.tale is not self._tales[True]:
            notes.append(too_large())
        return notes

    def _finish(self, segment: Segment) -> None:
        if segment.calls:
            self.last_call = segment.calls[-1]
        tale = self._tales[segment.recorded]
        told = None
        if (segment.recorded or not self._tales[True].passes) and not segment.large:
            told = Telling(segment)
        self.left_out |= segment.large
        if told is not None and told.items:
            self._tell(segment, told, tale)
        else:
            self._output(segment, {}, tale)
        self._output(segment, {}, self._tales[not segment.recorded])
        self._progress(self.tale.passes, self.tale.ticks)

    def _tell(self, segment: Segment, told: Telling, tale: Tale) -> None:
        if self._drawn:
            self._draw(told, tale)
        self._output(segment, told.tick_at, tale)
        tale.passes += 1
        tale.last = told
        self._watch(told)
        tale.ticks += len(told.ticks)

    def _draw(self, told: Telling, tale: Tale) -> None:
        if told.signature not in tale.graphs:
            tale.graphs[told.signature] = (len(tale.graphs), told.graph(len(tale.graphs)))
            self._charge(len(dumps(tale.graphs[told.signature][1].json)))
            tale.notes += [note for note in pairs(told) if note not in tale.notes]
        number, graph = tale.graphs[told.signature]
        new = tale.signature != told.signature
        run = Run(number, tale.passes, tale.ticks, told.head()) if new else tale.runs[-1]
        with run.one_pass():
            self._charge(told.fill(run, tale.causes))
        if new:
            tale.signature = told.signature
            tale.runs.append(run)
        if tale.window is not None:
            tale.window.keep(tale.ticks, told, graph)

    def _output(self, segment: Segment, tick_at: dict[int, int], tale: Tale) -> None:
        """Says when things were printed: after which tick."""
        last = tale.ticks - 1
        for i, happened in enumerate(segment.happened):
            if i in tick_at:
                last = tale.ticks + tick_at[i]
            elif happened[0] == "print":
                tale.prints.append([last, happened[1]])
            elif happened[0] == "echo":
                tale.echo.append({"span": happened[1], "text": happened[2], "tick": last})
