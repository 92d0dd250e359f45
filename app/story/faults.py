"""What a fault does to a run: every number that differs from the run without it is wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from app.engine import N_
from app.story.passes import Run
from app.story.trace import Trace, key
from app.story.words import both

COMPARED = ("forward", "edge", "partial", "seed", "gradient", "held", "grad", "after", "state")
FIRST = {
    "overwrite": N_(
        "What arrives at {name} here replaces what had come before, instead of being added to it. "
        "Every number that follows from it is wrong."
    ),
    "keep": N_(
        "The gradient of {name} is not set to zero here: the next backward adds to it, and every "
        "number that follows from it is wrong."
    ),
}
NOTHING = {
    "overwrite": N_("The fault changes nothing here: no gradient meets another one that it hides."),
    "keep": N_("The fault changes nothing here: no gradient is left to be added to."),
}
Wrong = dict[str, dict[str, list[bool]]]  # kind -> key -> per pass of a run


class Marks:
    """The numbers of a run with a fault that are not what they should be.

    A pass of another shape than it should have is wrong as a whole. What the run without the
    fault did not reach (it met a limit) is not judged."""

    def __init__(self, kind: str, trace: Trace, right: Trace, whole: bool):
        self.kind, self.trace, self.whole = kind, trace, whole
        self._names = {number: graph.names for number, graph in trace.tale.graphs.values()}
        self._shapes = [_shapes(one) for one in (trace, right)]
        self._right = right.tale.runs
        self.runs = [self._of(run) for run in trace.tale.runs]
        self.first = next(self._ticks(), None)

    def as_json(self) -> dict[str, Any]:
        """The fault as the trace tells it: its first wrong tick, and why."""
        count = sum(sum(map(sum, keys.values())) for run in self.runs for keys in run.values())
        if self.first is None:
            words, tick, node = both(NOTHING[self.kind]), None, None
        else:
            tick, node, name = self.first
            words = both(FIRST[self.kind], name=name)
        return {"kind": self.kind, "tick": tick, "node": node, "wrong": count, "words": words}

    def _of(self, run: Run) -> Wrong:
        wrong: Wrong = {}
        for p in range(run.count):
            right, q = self._counterpart(run.first + p)
            if right is None and not self.whole:
                continue
            alike = right is not None and self._alike(run, right)
            for kind in COMPARED:
                for name, column in run.columns.get(kind, {}).items():
                    found = column.entries[p]
                    other = right.columns.get(kind, {}).get(name) if right is not None else None
                    if found is None:
                        continue
                    if not alike or other is None or not _equal(found, other.entries[q]):
                        marks = wrong.setdefault(kind, {}).setdefault(name, [False] * run.count)
                        marks[p] = True
        return wrong

    def _counterpart(self, number: int) -> tuple[Run | None, int]:
        for run in self._right:
            if run.first <= number < run.first + run.count:
                return run, number - run.first
        return None, 0

    def _alike(self, run: Run, right: Run) -> bool:
        here, there = self._shapes
        return bool(here[run.graph] == there[right.graph])

    def _ticks(self) -> Iterator[tuple[int, int, str]]:
        """The wrong ticks in order: number, node, name."""
        graphs = dict(self.trace.tale.graphs.values())
        for run, wrong in zip(self.trace.tale.runs, self.runs, strict=True):
            ticks, graph = graphs[run.graph].json["ticks"], graphs[run.graph].json
            if not wrong and not graph["events"]:
                continue
            for p in range(run.count):
                for k, tick in enumerate(ticks):
                    node = self._node(tick, graph, wrong, p)
                    if node is not None:
                        number = run.first_tick + p * len(ticks) + k
                        yield number, node, self._names[run.graph][node]

    def _node(self, tick: list[Any], graph: Mapping[str, Any], wrong: Wrong, p: int) -> int | None:
        """The node where this tick goes wrong, None where it does not."""
        kind, which, *rest = tick
        nth = rest[0] if rest else 0

        def is_wrong(column: str, name: str) -> bool:
            marks = wrong.get(column, {}).get(name)
            return marks is not None and marks[p]

        if kind == "event":
            event = graph["events"][which]
            return event["node"] if event["event"] == "kept" else None
        if kind != "backward":
            column = {"forward": "forward", "seed": "seed", "update": "after"}[kind]
            return which if is_wrong(column, key(which, nth)) else None
        receiver = graph["edges"][which]["from"]
        columns = [("edge", key(which, nth)), ("partial", key(which, nth))]
        later = (one for one in graph["ticks"][graph["ticks"].index(tick) + 1 :])
        if not any(
            one[0] == "backward"
            and (one[2] if len(one) > 2 else 0) == nth
            and graph["edges"][one[1]]["from"] == receiver
            for one in later
        ):
            columns += [("gradient", key(receiver, nth)), ("grad", key(receiver, nth))]
        return receiver if any(is_wrong(*one) for one in columns) else None


def _shapes(trace: Trace) -> dict[int, Any]:
    """Of each graph what its columns mean: its nodes and gradient calls, without its events."""
    return {
        number: (signature[0], signature[3]) for signature, (number, _) in trace.tale.graphs.items()
    }


def _equal(x: Any, y: Any) -> bool:
    if x is y:
        return True
    if isinstance(x, dict | str) or isinstance(y, dict | str) or x is None or y is None:
        return bool(x == y)
    return bool(np.array_equal(x, y, equal_nan=True))
