"""What a running program does, written down as it happens.

The language room tells the Recorder of every operation, name, gradient call and update; the
Recorder cuts the stream into segments (one pass each) and hands every finished one to the trace.
Spans are opaque here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.engine import GradientTape, Tensor
from app.engine.primitives.own import Own
from app.story.nodes import Nodes
from app.story.optimizers import Stepped
from app.story.segment import Call, Item, Segment, Span

ROOM, LINES = 600, 1_500
TAIL = ("forward", "alias")


class Recorder(Nodes):
    """The stream of a run, cut into segments.

    A segment ends where a tape opens, or a tracked operation starts afresh from leaves, after a
    gradient call; and where the outermost loop turns, unless something recorded still waits for
    its gradient call. room: nodes that a pass may have; lines: edges; full: called with the name of
    what one that records wants more of, "nodes" or "edges", to raise if it may not; one that does
    not record is marked large, and left out.
    """

    def __init__(
        self,
        finish: Callable[[Segment], None],
        room: int = ROOM,
        lines: int = LINES,
        full: Callable[[str], None] = lambda what: None,
    ):
        super().__init__(room, lines, full)
        self._finish = finish
        self._open = 0  # tapes
        self._closed: Segment | None = None  # complete, but what follows may still belong to it
        self._owners: dict[int, tuple[Tensor, Tensor]] = {}  # a .grad -> whose it is
        self._started = 0  # the engine's tick at which this segment began

    # -- where

    def at(self, span: Span) -> None:
        """What follows happens at this place of the program."""
        self._span = span
        if self._segment.line is None and span:
            self._segment.line = span[0]

    # -- operations

    def operation(
        self,
        result: Tensor,
        recorded: bool,
        names: Mapping[int, str] | None = None,
        cut: str | None = None,
        derived: bool = False,
    ) -> None:
        """A Tensor was made. recorded: on a tape, or tracked. names: identity -> text of numbers
        that the program calls by a name. cut: why its history was dropped, if it was. derived: by
        a gradient call, so it belongs to that call's pass."""
        fresh = self._history(result)
        if recorded and not derived and self._starts_afresh(fresh):
            self.close(self._tail(), fresh[0].tick)
        elif recorded and fresh and self._segment.large and not self._segment.recorded:
            self.close((), fresh[0].tick)
        if self._segment.large and not recorded:
            return
        for node in fresh:
            assert node.op is not None
            inputs = tuple(self._operand(x, names or {}) for x in node.inputs)
            item = Item(node, node.data, node.op, inputs, node.values or ())
            item.span, item.tracked, item.recorded = self._span, node.tracked, recorded
            item.cut = cut
            self._add(item)
        self._segment.recorded |= recorded

    def _history(self, result: Tensor) -> list[Tensor]:
        """The results under this one that this segment has not seen, oldest first."""
        items, start = self._segment.items, self._started
        waiting, fresh = [result], dict[int, Tensor]()
        while waiting:
            node = waiting.pop()
            if node.op is None or id(node) in items or node.tick < start or id(node) in fresh:
                continue
            fresh[id(node)] = node
            waiting += [x for x in node.inputs if isinstance(x, Tensor)]
        return sorted(fresh.values(), key=lambda node: node.tick)

    def _starts_afresh(self, fresh: list[Tensor]) -> bool:
        if not self._segment.calls or self._open or not fresh:
            return False
        items = self._segment.items
        made_here = (
            items.get(id(x)) for node in fresh for x in node.inputs if isinstance(x, Tensor)
        )
        return not any(item is not None and item.recorded for item in made_here)

    def _tail(self) -> list[Item]:
        """Operations after the last update: data made ready for the pass that begins."""
        tail: list[Item] = []
        while self._segment.happened and self._segment.happened[-1][0] in TAIL:
            kind, *what = self._segment.happened.pop()
            if kind == "forward":
                tail.append(what[0])
        return tail[::-1]

    # -- updates, tapes, output

    def update(self, x: Tensor, before: Any, after: Any, by: Stepped | None = None) -> None:
        """A variable got a new value. by: the step of an optimizer that gave it."""
        item = self._segment.items.get(id(x))
        if item is None:
            item = self._leaf(x)
            item.data = before
        self._segment.happened.append(("update", item, after, self._span, by))

    def tape(self, event: str, x: Any = None) -> None:
        """Something happened to a tape or a mode: enter, exit, watch, zero, …"""
        if event == "enter":
            if self._segment.calls and not self._open:
                self.close()
            self._open += 1
        inner = event in ("enter", "exit") and self._open > 1
        told = f"{event}_inner" if inner else event
        item = None
        if isinstance(x, Tensor):  # its value may have changed since it was read
            item = self._segment.items.get(id(x)) or self._operand(x, {})
        if event == "watch" and item is not None:
            item.watched = item.varies = True
        self._segment.happened.append(("event", told, item, self._span))
        if event == "exit":
            self._open -= 1

    def turn(self) -> None:
        """The outermost loop turns, or ends."""
        if not self._segment.happened and not self._segment.items:
            self._segment.bound.clear()  # nothing was done: no pass ends here
            self._segment.line = None
            return
        waits = self._segment.recorded and not self._segment.calls
        if self._open or waits:
            self._segment.happened.append(("turn",))
        else:
            self._segment.turned = True
            self.close()

    def output(self, length: int) -> None:
        """The program has printed `length` characters so far."""
        self._segment.happened.append(("print", length))

    def echo(self, text: str) -> None:
        """A bare expression shows its value."""
        self._segment.happened.append(("echo", self._span, text))

    # -- gradients

    def call(
        self,
        method: str,
        targets: list[tuple[Tensor, Any]],
        sources: list[Tensor],
        keeps: bool = False,
        asked: Sequence[Tensor] = (),
    ) -> Call:
        """A gradient call begins. asked: all its targets, those without a gradient too."""
        call = Call(
            method,
            self._span,
            [(self._operand(x, {}), seed) for x, seed in targets],
            [self._read(x) for x in sources],
            keeps,
        )
        call.asked = [self._operand(x, {}) for x in asked or [x for x, _ in targets]]
        if call.asked:  # a call for the gradients of nothing is none
            self._segment.calls.append(call)
        index = len(self._segment.calls) - 1
        for item, seed in call.targets:
            self._segment.happened.append(("seed", item, index, seed))
            call.arrived[item] = seed
        return call

    def listener(self, call: Call) -> Callable[[Tensor, int, Any, Any, Any], None]:
        """Writes down each gradient that goes through an edge."""
        index = self._segment.calls.index(call) if call.asked else -1
        items, happened, arrived = self._segment.items, self._segment.happened, call.arrived
        split = self._segment.split

        def step(node: Tensor, slot: int, g: Any, part: Any, total: Any) -> None:
            item = items.get(id(node))
            if item is None or item.op is None:  # made before this pass began
                return
            if node.values is not None and node.values is not item.values:
                call.values[item] = node.values
            receiver = item.inputs[slot]
            part, total = _data(part), _data(total)
            if split and total is not part and id(receiver.value) in split:  # each node its share
                total = arrived[receiver] + part if receiver in arrived else part
            arrived[receiver] = total
            happened.append(("backward", item, slot, index, part, total))

        return step

    def hooked(self, call: Call, x: Tensor, gradient: Any, changed: bool, own: Own) -> None:
        """A hook of the program was given the gradient of x, and may have changed it. own: what it
        did."""
        item = self._read(x)
        call.arrived[item], call.hooks[item] = _data(gradient), own
        if changed:
            call.changed.add(item)
        event = "hook_changes" if changed else "hook"
        self._segment.happened.append(("event", event, item, self._span))

    def watching(self, call: Call, tape: GradientTape) -> None:
        """What the tape of this call watches and has seen."""
        items = self._segment.items
        call.watched |= {items[id(x)] for x in tape.watched if id(x) in items}
        made = [item for item in items.values() if item.op and isinstance(item.value, Tensor)]
        call.unseen = {item for item in made if not tape.saw(item.value)}
        call.unwatched = {
            x
            for item in made
            for x in item.inputs
            if isinstance(x, Item) and x.op is None and isinstance(x.value, Tensor)
            if not tape.watches(x.value, item.value)
        }

    def holds(self, call: Call, leaf: Tensor, held: Any) -> None:
        """What .grad held when the call began."""
        if held is not None:
            call.held[self._read(leaf)] = held

    def totals(self, call: Call, leaf: Tensor, total: Any) -> None:
        """What .grad holds after the call; of a leaf with two nodes it belongs to neither."""
        item = self._segment.items.get(id(leaf))
        if item is not None and id(leaf) not in self._segment.split:
            call.total[item] = total

    def gradient_of(self, gradient: Tensor, owner: Tensor) -> None:
        """This Tensor is the .grad of that one."""
        name = owner.origin[0] if owner.origin else None
        self._owners[id(gradient)] = (gradient, owner)
        if gradient.origin is None:
            gradient.origin = (f"{name}.grad" if name else None, self._span)

    def zeroed(self, tensor: Tensor) -> None:
        """A tensor was set to zero: for a .grad, an event of its owner."""
        _, owner = self._owners.get(id(tensor), (None, None))
        if owner is not None:
            self.tape("zero", owner)

    def kept(self, tensor: Tensor) -> bool:
        """A .grad was to be set to zero, and is not: whether this is one."""
        _, owner = self._owners.get(id(tensor), (None, None))
        if owner is not None:
            self.tape("kept", owner)
        return owner is not None

    # -- segments

    def close(self, tail: Sequence[Item] = (), started: int | None = None) -> None:
        """The pass is complete. tail: operations that belong to the next one, which began at the
        engine's tick `started` (now, if not given)."""
        segment = self._segment
        self._segment = Segment(segment.ordinal + 1)
        self._owners.clear()
        self._started = Tensor(0.0).tick if started is None else started
        if started is not None:  # the pass begins with what was just done
            first = next((item.span for item in tail), self._span)
            self._segment.line = first[0] if first else None
        for item in tail:
            self._segment.items |= {id(x.value): x for x in item.inputs if isinstance(x, Item)}
            self._add(item)
        if self._closed is not None:
            if not segment.recorded and self._closed.calls:
                self._closed.take_back(segment)
            self._finish(self._closed)
        self._closed = segment

    def end(self) -> None:
        """The run is over."""
        self.close()
        assert self._closed is not None
        self._finish(self._closed)


def _data(x: Any) -> Any:
    return x.data if isinstance(x, Tensor) else x
