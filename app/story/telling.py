"""One pass of a program, as it is told: its nodes, edges and ticks, and its part of the columns."""

from functools import cached_property
from typing import Any

import numpy as np

from app.engine.primitives.own import Own
from app.story.graph import Graph
from app.story.optimizers import Stepped
from app.story.passes import Run
from app.story.segment import Call, Item, Segment
from app.story.states import Arrival, Parts, States, ancestors


class Telling:
    """One segment, with what is told of it: nodes, edges, ticks."""

    def __init__(self, segment: Segment):
        self.segment, self.calls = segment, segment.calls
        self.items = self._items()
        self.node = {item: i for i, item in enumerate(self.items)}
        self.edges = [
            (item, slot)
            for item in self.items
            for slot, x in enumerate(item.inputs)
            if isinstance(x, Item)
        ]
        self.edge = {edge: i for i, edge in enumerate(self.edges)}
        self.ticks: list[tuple[Any, ...]] = []
        self.events: list[tuple[str, Item | None, Any]] = []
        self.tick_at: dict[int, int] = {}  # index in segment.happened -> tick of this pass
        self.arrivals: list[tuple[Item, int, int, Any, Any]] = []
        self.updates: list[tuple[Item, int, Any]] = []
        self.stepped: dict[Item, Stepped] = {}  # first updates that optimizers made
        self.places: list[dict[str, Any]] = []  # where the updates stand in the program
        if self.items:
            self._number()
        self.travelled = {(item, slot) for item, slot, *_ in self.arrivals}
        self.decisions, self.later, self.written = self._decisions()
        self.asides = self._asides()
        updated = {item for item, *_ in self.updates}
        wanted = updated.union(*(set(call.sources) | call.watched for call in self.calls))
        self.roles = {
            item: "op" if item.op else "variable" if item.tracked or item in wanted else "constant"
            for item in self.items
        }

    @property
    def hooked(self) -> bool:
        """Whether a hook of the program has changed a gradient."""
        return any(call.changed for call in self.calls)

    @cached_property
    def begun(self) -> list[Item]:
        """What the pass begins with: leaves, and results of passes before that it reads."""
        made = {self.items[which] for kind, which, *_ in self.ticks if kind == "forward"}
        read = {x for item in made for x in item.inputs if isinstance(x, Item)}
        return [x for x in self.items if x.op is None or (x in read and x not in made)]

    @cached_property
    def by_value(self) -> dict[int, Item]:
        """The first node of each value, by its identity."""
        return {id(item.value): item for item in reversed(self.items)}

    def _items(self) -> list[Item]:
        """Leaves first, then operations in their order: what is told of this segment."""
        made = [h[1] for h in self.segment.happened if h[0] == "forward"]
        asked = [item for call in self.calls for item in call.asked]
        asked += [item for call in self.calls for item in call.sources]
        kept = made if not self.segment.recorded else [item for item in made if item.recorded]
        own = [x for item in kept for x in item.inputs if isinstance(x, Own)]
        own += [one for call in self.calls for one in call.hooks.values()]
        read = [self.segment.items.get(id(x)) for one in own for x in one.read]
        found = ancestors([*asked, *kept, *(item for item in read if item is not None)])
        order = {item: i for i, item in enumerate(made)}
        leaves = [item for item in found if item.op is None]
        first_use: dict[Item, int] = {}
        for i, item in enumerate(made):
            for x in item.inputs:
                if isinstance(x, Item):
                    first_use.setdefault(x, i)
        leaves.sort(key=lambda item: first_use.get(item, len(made)))
        return leaves + sorted((item for item in found if item.op), key=lambda x: order.get(x, -1))

    def _decisions(self) -> tuple[list[tuple[Item, bool]], ...]:
        """What was decided on before what the first gradient call is about was made; after, up to
        that call: whether it is about this; and which numbers left the graph in between, to be
        written down as a rule, and seldom to choose what the call is about."""
        happened = self.segment.happened
        kinds = {h[0] for h in happened}
        if not kinds & {"decided", "left"}:
            return [], [], []
        targets = [item for item, _ in self.calls[0].targets] if self.calls else []
        made = (i for i, h in enumerate(happened) if h[0] == "forward" and h[1] in targets)
        last = max(made, default=len(happened))
        call = next((i for i, h in enumerate(happened) if h[0] == "seed"), len(happened))
        early = [h[1:3] for h in happened[:last] if h[0] in ("decided", "left") and h[1].varies]
        late = [h for h in happened[last:call] if h[0] in ("decided", "left") and h[1].varies]
        return early, *([h[1:3] for h in late if h[0] == kind] for kind in ("decided", "left"))

    def _asides(self) -> list[Item]:
        """What was computed only to be decided on: leaves first, then operations in their order."""
        conditions = [x for x, _ in [*self.decisions, *self.later, *self.written]]
        found = [item for item in ancestors(conditions) if item not in self.node]
        order: dict[Item, int] = {}
        for i, h in enumerate(self.segment.happened):
            if h[0] in ("forward", "decided", "left"):
                order.setdefault(h[1], i)
        return sorted(found, key=lambda item: order.get(item, -1))

    def _number(self) -> None:
        updates: dict[Item, int] = {}
        for i, (kind, *what) in enumerate([*self.segment.happened, *self._rebound()]):
            tick: tuple[Any, ...] | None = None
            if kind == "forward" and what[0] in self.node:
                tick = ("forward", self.node[what[0]])
            elif kind == "seed" and what[0] in self.node:
                tick = ("seed", self.node[what[0]], what[1] or None)
            elif kind == "backward" and (what[0], what[1]) in self.edge:
                item, slot, call, part, total = what
                self.arrivals.append((item, slot, call, part, total))
                tick = ("backward", self.edge[item, slot], call or None)
            elif kind == "update" and what[0] in self.node:
                item, after, span, by = what
                nth = updates[item] = updates.get(item, -1) + 1
                if by is not None and not nth:
                    self.stepped[item] = by
                self.updates.append((item, nth, after))
                self.places.append({"node": self.node[item], "nth": nth, "span": span})
                tick = ("update", self.node[item], nth or None)
            elif kind == "event":
                event, item, span = what
                tick = ("event", len(self.events))
                self.events.append((event, item, span))
            if tick is not None:
                self.tick_at[i] = len(self.ticks)
                self.ticks.append(tick)

    def _rebound(self) -> list[tuple[Any, ...]]:
        """Updates by assignment: in a loop, a name that a leaf carried was given a new value."""
        if not self.segment.turned:
            return []
        bound = self.segment.bound
        updates = []
        for leaf in self.items:
            value = bound.get(leaf.name) if leaf.op is None and leaf.name else None
            if value is None or value is leaf.value:
                continue
            item = self.segment.items.get(id(value))
            if item is not None and item.op is not None:
                updates.append(("update", leaf, item.data, item.span, None))
        return updates

    @cached_property
    def signature(self) -> Any:
        """What passes that share a graph have in common."""
        nodes = tuple(
            (
                item.op.name if item.op else None,
                item.name,
                self.roles[item],
                item.tracked or item.recorded,
                item.data.shape,
                item.data.dtype.char,
                tuple(item.span or ()) if item.op else None,  # a leaf may come from several lines
                tuple(self.node[x] if isinstance(x, Item) else _shown(x) for x in item.inputs),
            )
            for item in self.items
        )
        events = tuple(
            (event, self.node.get(item), tuple(span or ()))  # type: ignore[arg-type]
            for event, item, span in self.events
        )
        calls = tuple(
            (call.method, tuple(call.span or ()), tuple(self.node[item] for item in call.sources))
            for call in self.calls
        )
        places = tuple(tuple(place["span"] or ()) for place in self.places)
        return nodes, tuple(self.ticks), events, calls, places

    def graph(self, before: int = 0) -> Graph:
        return Graph(
            self.items,
            self.ticks,
            self.events,
            self.places,
            self.edges,
            self.travelled,
            self.roles,
            before,
        )

    def head(self) -> dict[str, Any]:
        """What all passes of a run share."""
        return {
            "line": self.segment.line,
            "calls": [
                {
                    "target": self.node[call.asked[0]],
                    "targets": [self.node[item] for item in call.asked],
                    "sources": [self.node[item] for item in call.sources],
                    "method": call.method,
                    "span": call.span,
                }
                for call in self.calls
            ],
        }

    def fill(self, run: Run, causes: set[str]) -> int:
        """Adds this pass to the run's columns; the characters it takes."""
        size = sum(run.put("forward", str(i), item.data) for item, i in self.node.items())
        for item, nth, after in self.updates:
            size += run.put("after", key(self.node[item], nth), after)
        for index, call in enumerate(self.calls):
            size += self._fill_call(run, index, call, causes)
        return size

    def _fill_call(self, run: Run, index: int, call: Call, causes: set[str]) -> int:
        size = 0
        parts: Parts = {}
        seeded = dict(call.targets)
        for item, slot, which, part, total in self.arrivals:
            if which != index:
                continue
            edge = key(self.edge[item, slot], index)
            size += run.put("edge", edge, part)
            receiver = item.inputs[slot]
            earlier = parts.setdefault(receiver, [])
            # the one before was not the last to arrive, nor is it the sum itself
            if len(earlier) > 1 or (earlier and receiver in seeded):
                size += run.put("partial", *earlier[-1].partial)
            earlier.append(Arrival(item, slot, part, (edge, total)))
        for item in seeded:
            if item in parts:  # its gradient is more than what it started from
                size += run.put("seed", key(self.node[item], index), _array(seeded[item]))
        states = States(call, self.items, parts)
        for item, i in self.node.items():
            if item in call.arrived:
                size += run.put("gradient", key(i, index), _array(call.arrived[item]))
            state, cause = states.results[item]
            if state is None or (index and state == "untracked"):
                continue  # not of this call, or said at the first one
            size += run.put("state", key(i, index), state)
            if cause is not None:
                size += run.put("cause", key(i, index), self._cause(item, *cause))
                causes.add(cause[0])
            if item in call.total:
                held = call.held.get(item)
                size += run.put("held", key(i, index), held)
                size += run.put("grad", key(i, index), call.total[item])
        return size

    def _cause(self, item: Item, code: str, culprit: Item | None) -> dict[str, Any]:
        """A cause; without a node it is the node itself."""
        if culprit is None or culprit is item or culprit not in self.node:
            return {"code": code}
        return {"code": code, "node": self.node[culprit]}


def key(number: int, nth: int) -> str:
    """A column's key: the id, and @n for the n-th call or update after the first."""
    return f"{number}@{nth}" if nth else str(number)


def _shown(literal: Any) -> Any:
    """What a formula shows of a literal: numbers, but no settings such as indices."""
    return literal if isinstance(literal, int | float) else type(literal).__name__


def _array(data: Any) -> Any:
    return data if isinstance(data, np.ndarray | np.generic) else np.asarray(data)[()]
