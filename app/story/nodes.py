"""The nodes of the pass that is being recorded: which values it knows, and what they are called.

Also what was decided on them. The Recorder adds operations, gradient calls and the passes' ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.engine import OPS, Op, Tensor
from app.story.segment import Item, Segment, Span, moved_on, number_data

ENTRIES = 64  # of a list of numbers that are nodes, each for itself


class Nodes:
    """Values as nodes of one segment. room, lines, full: see Recorder."""

    def __init__(self, room: int, lines: int, full: Callable[[str], None]):
        self._room, self._lines, self._full = room, lines, full
        self._segment = Segment(0)
        self._span: Span = None
        self.silent = False  # what is computed is only shown

    def number(self, op: Op, operands: Iterable[tuple[Any, str | None]], result: float) -> None:
        """Plain Python arithmetic made a number. operands: (value, text; None for a literal)."""
        if self._segment.large:
            return
        pairs = list(operands)
        names = {id(value): text for value, text in pairs if text is not None}
        inputs = tuple(self._operand(value, names) for value, _ in pairs)
        values = tuple(value for value, _ in pairs)
        item = Item(result, np.float64(result), op, inputs, values, span=self._span)
        item.left = any(x.left or isinstance(x.value, Tensor) for x in inputs if type(x) is Item)
        self._add(item)

    def alias(self, value: Any, original: Any) -> None:
        """`value` holds the numbers of `original` (item(), float(), a view for NumPy), through
        which no gradient goes: a node of its own where `original` has a slope and it is used."""
        item = self._known(original)
        if item is None and isinstance(original, Tensor):
            item = self._leaf(original)
        if item is None:
            return
        if item.tracked or item.recorded or item.watched:
            apart = Item(value, item.data, OPS["detach"], (item,), (item.data,), span=self._span)
            apart.left, apart.varies = not isinstance(value, Tensor), True
            self._segment.apart[id(value)] = apart
        else:
            self._segment.items[id(value)] = item
            self._segment.happened.append(("alias", item, value))  # keeps `value` alive

    def listed(self, values: list[Any], original: Tensor) -> None:
        """`values` are the entries of `original` as nested lists of plain numbers."""
        if original.size > ENTRIES or not self._varies(original):
            self.left(original)
            return
        self.alias(values, original)
        all_ = self._named(values)
        for at in np.ndindex(original.shape):
            entry: Any = values
            for i in at:
                entry = entry[i]
            key = (..., *at)
            apart = Item(entry, np.float64(entry), OPS["getitem"], (all_, key, original.shape))
            apart.span, apart.left = self._span, True
            self._segment.apart[id(entry)] = apart

    def _varies(self, value: Tensor) -> bool:
        item = self._named(value)
        return value.tracked or (item is not None and item.varies)

    def varies(self, number: float) -> bool:
        """Whether a plain number varies with what a gradient may be asked for."""
        item = self._named(number)
        return item is not None and item.varies

    def _known(self, value: Any) -> Item | None:
        """The node of a value, if it has one; what stands apart so far belongs to it from now."""
        item = self._segment.items.get(id(value))
        if item is None and self._segment.apart:
            item = self._segment.apart.pop(id(value), None)
            if item is not None:
                for x in item.inputs:
                    if isinstance(x, Item):
                        self._known(x.value)
                self._add(item)
        return item

    def follows(self, value: Any) -> bool:
        """Whether a value has a node that says how it comes about."""
        item = self._named(value)
        return item is not None and (item.op is not None or item.value is not value)

    def _named(self, value: Any) -> Item | None:
        return self._segment.items.get(id(value)) or self._segment.apart.get(id(value))

    def _add(self, item: Item) -> None:
        segment = self._segment
        segment.lines += sum(isinstance(x, Item) for x in item.inputs)
        over = segment.lines > self._lines
        if over or len(segment.items) >= self._room:
            if not (segment.recorded or item.recorded):
                segment.large = True  # plain numbers without end: not told, and not kept
                return
            self._full("edges" if over else "nodes")
        item.varies |= item.tracked or item.recorded or item.watched
        self._segment.items[id(item.value)] = item
        self._segment.happened.append(("forward", item))

    def _operand(self, x: Any, names: Mapping[int, str]) -> Any:
        if isinstance(x, Tensor):
            item = self._known(x)
            if item is None or (item.data is not x.data and moved_on(item, x)):
                if item is not None:
                    self._segment.split.add(id(x))
                item = self._leaf(x)
            return item
        if isinstance(x, float | int) and not isinstance(x, bool):
            item = self._known(x) if type(x) is float else None
            if item is not None:
                return item
            if id(x) in names:
                name = names[id(x)]  # small integers share their identity: the name tells
                if id(x) in self._segment.reached:
                    name = self._segment.reached[id(x)][1]
                key = id(x) if type(x) is float else (name, x)
                item = self._segment.items.get(key)
                if item is None:
                    item = Item(x, number_data(x), name=name)
                    item.span = self._span
                    self._segment.items[key] = item
                return item
        return x

    def _read(self, x: Tensor) -> Item:
        """What a gradient call is about: the node that was read, even if it has changed since."""
        return self._segment.items.get(id(x)) or self._leaf(x)

    def _leaf(self, x: Tensor) -> Item:
        name, span = x.origin or (None, None)
        item = Item(x, x.data, name=name, span=span, tracked=x.tracked)
        item.varies = x.tracked
        self._segment.items[id(x)] = item
        return item

    # -- names

    def bind(self, name: str, value: Any, results: bool = True, carried: bool = True) -> None:
        """The program calls this value `name` from now on. results: whether it may name the
        result of an operation; carried: whether the name lives on to the loop's next turn."""
        item = self._named(value)
        if item is not None and item.op is not None and not results:
            return
        if item is not None and item.name is None:
            item.name = name
        if isinstance(value, Tensor) and (value.origin is None or value.origin[0] is None):
            value.origin = (name, value.origin[1] if value.origin else self._span)
        if carried:
            self._segment.bound[name] = value

    def name_of(self, value: Any) -> str | None:
        """What the program calls this value in the pass that is being recorded."""
        item = self._named(value)
        if item is not None and item.name is not None:
            return item.name
        return value.origin[0] if isinstance(value, Tensor) and value.origin else None

    def rename(self, value: Any, name: str) -> None:
        """The program has a better name for this value."""
        item = self._named(value)
        if item is not None:
            item.name = name
        if isinstance(value, Tensor):
            value.origin = (name, *(value.origin or (None, self._span))[1:])

    def reached(self, value: float, name: str) -> None:
        """The program reads this number from an object that it calls by a name."""
        if len(self._segment.reached) < self._room:
            self._segment.reached[id(value)] = (value, name)

    def born(self, value: Tensor) -> None:
        """A leaf was created here."""
        value.origin = (None, self._span)

    # -- decisions

    def decided(self, condition: Tensor, taken: bool) -> None:
        """The program went on one way because a condition was true, or was not."""
        item = self._known(condition)
        if item is None and condition.tracked:
            item = self._leaf(condition)
        if item is not None:
            self._segment.happened.append(("decided", item, taken))

    def compared(self, op: Op, operands: Sequence[Any], taken: bool) -> None:
        """Plain numbers were compared: a decision, where one of them comes from a Tensor."""
        found = [self._known(x) if type(x) is float else None for x in operands]
        if self._segment.large or not any(item and item.varies for item in found):
            return
        inputs = tuple(item or x for item, x in zip(found, operands, strict=True))
        item = Item(taken, np.bool_(taken), op, inputs, tuple(operands), span=self._span)
        self._segment.happened.append(("decided", item, taken))

    @contextmanager
    def showing(self, shown: bool = True) -> Iterator[None]:
        """What is computed is only shown: no number of it comes back."""
        before, self.silent = self.silent, shown
        try:
            yield
        finally:
            self.silent = before

    def left(self, value: Any) -> None:
        """These numbers leave the graph, and what becomes of them is not followed: a decision that
        they are what they were, unless what is made of them goes nowhere (`silent`)."""
        segment = self._segment
        if segment.large or self.silent:
            return
        item = self._known(value)
        if item is None and isinstance(value, Tensor) and value.tracked:
            item = self._leaf(value)
        if item is None or not item.varies or item in segment.gone:
            return
        self._decide(item)

    def risked(self) -> None:
        """An error of these lines is caught: it came, or did not, by the numbers read so far."""
        segment = self._segment
        count = len(segment.items) + len(segment.apart)
        if segment.large or count == segment.risked:
            return
        segment.risked = count
        read = [x for x in segment.items.values() if x.op is None] + [*segment.apart.values()]
        for item in read:
            if item.varies and item not in segment.gone:
                self._decide(item)

    def _decide(self, item: Item) -> None:
        """A decision that these numbers are what they were."""
        segment = self._segment
        segment.gone.add(item)
        same = Item(False, np.bool_(False), OPS["not_equal"], (item, item.data), span=self._span)
        segment.happened.append(("left", same, False))
