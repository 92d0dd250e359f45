"""What a fault does to a run: every number that differs from the run without it is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import N_
from app.story.passes import Run
from app.story.telling import key
from app.story.trace import Trace
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
        self.first = self._first()

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

    def _first(self) -> tuple[int, int, str] | None:
        """Where it began: tick, node, name. A number that went wrong because a gradient was kept
        went wrong where that should have gone."""
        graphs = dict(self.trace.tale.graphs.values())
        kept: dict[str, int] = {}  # name of a leaf -> the last tick at which its gradient stayed
        for run, wrong in zip(self.trace.tale.runs, self.runs, strict=True):
            graph, names = graphs[run.graph].json, self._names[run.graph]
            if not wrong and not any(event["event"] == "kept" for event in graph["events"]):
                continue
            ends = _ends(graph)
            for p in range(run.count):
                for k, tick in enumerate(graph["ticks"]):
                    number = run.first_tick + p * len(graph["ticks"]) + k
                    if tick[0] == "event":
                        event = graph["events"][tick[1]]
                        if event["event"] == "kept" and event["node"] is not None:
                            kept[names[event["node"]]] = number
                        continue
                    node, columns = _written(tick, graph, k in ends)
                    if any(wrong.get(kind, {}).get(name, {p: False})[p] for kind, name in columns):
                        return kept.get(names[node], number), node, names[node]
        return None


def outcomes(
    found: Mapping[str, Any], right: Mapping[str, Any], whole: bool
) -> dict[str, list[Any]]:
    """What a run with a fault leaves that is not as it should be: lines of its output and bare
    expressions by their number, variables by name.

    whole: whether the run without the fault came to its end; else what it lacks is not judged."""

    def differing(these: Sequence[Any], those: Sequence[Any]) -> list[int]:
        judged = these if whole else these[: len(those)]
        return [k for k, x in enumerate(judged) if k >= len(those) or x != those[k]]

    lines = [one["stdout"].removesuffix("\n").split("\n") for one in (found, right)]
    left, as_right = (dict(_left(one["variables"])) for one in (found, right))
    return {
        "lines": differing(*lines),
        "echo": differing(*([x["text"] for x in one["echo"]] for one in (found, right))),
        "variables": [
            name
            for name, x in left.items()
            if not _same(x, as_right.get(name, None if whole else x))
        ],
    }


def _same(x: Any, y: Any) -> bool:
    """Whether two values that are left are one: nan is nan, and a list is no number."""
    if isinstance(x, list) and isinstance(y, list):
        return len(x) == len(y) and all(map(_same, x, y))
    if isinstance(x, dict) and isinstance(y, dict):
        return x.keys() == y.keys() and all(_same(one, y[key]) for key, one in x.items())
    if isinstance(x, list | dict) or isinstance(y, list | dict):
        return False
    return bool(x == y or (x != x and y != y))


def _left(variables: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is left, by its name: of an object each attribute, of a tensor its .grad."""
    for name, x in variables.items():
        yield prefix + name, x.get("value")
        if x.get("grad") is not None:
            yield f"{prefix}{name}.grad", x["grad"]
        yield from _left(x.get("attributes") or {}, f"{prefix}{name}.")


def _ends(graph: Mapping[str, Any]) -> set[int]:
    """The ticks at which the last gradient arrives at a node in a call."""
    last: dict[tuple[int, int], int] = {}
    for k, (kind, which, *nth) in enumerate(graph["ticks"]):
        if kind == "backward":
            last[graph["edges"][which]["from"], nth[0] if nth else 0] = k
    return set(last.values())


def _written(
    tick: Sequence[Any], graph: Mapping[str, Any], ends: bool
) -> tuple[int, list[tuple[str, str]]]:
    """The node that a tick writes to, and the columns and keys of what it writes."""
    kind, which, *rest = tick
    name = key(which, rest[0] if rest else 0)
    if kind != "backward":
        return which, [({"forward": "forward", "seed": "seed", "update": "after"}[kind], name)]
    receiver = graph["edges"][which]["from"]
    total = key(receiver, rest[0] if rest else 0)
    sums = [("gradient", total), ("grad", total)] if ends else [("partial", name)]
    return receiver, [("edge", name), *sums]


def _shapes(trace: Trace) -> dict[int, Any]:
    """Of each graph what its columns mean: its nodes and gradient calls, without its events."""
    return {
        number: (signature[0], signature[3]) for signature, (number, _) in trace.tale.graphs.items()
    }


def _equal(x: Any, y: Any) -> bool:
    if x is y:
        return True
    if any(one is None or isinstance(one, dict | str) for one in (x, y)):
        return type(x) is type(y) and bool(x == y)
    return bool(np.array_equal(x, y, equal_nan=True))
