"""One pass in the making: its nodes, its gradient calls, and what happened in order."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.engine import Op, Tensor
from app.engine.primitives.own import Own

Span = Any  # opaque here: the language's places


@dataclass(slots=True, eq=False, repr=False)
class Item:
    """A node of one segment: a leaf or the result of an operation, with its value at that time."""

    value: Any  # kept alive, so that its identity stays its own
    data: Any
    op: Op | None = None
    inputs: tuple[Any, ...] = ()  # Items, and literals as they stand
    values: tuple[Any, ...] = ()
    name: str | None = None
    span: Span = None
    tracked: bool = False
    recorded: bool = False
    watched: bool = False
    varies: bool = False  # with what a gradient may be asked for
    left: bool = False  # a plain number that comes from a Tensor
    cut: str | None = None  # why no gradient comes from here: "no_grad", "no_tape"

    def __post_init__(self) -> None:
        self.varies = any(x.varies for x in self.inputs if type(x) is Item)


@dataclass(eq=False, slots=True)
class Call:
    """One gradient call: what was asked, and everything that arrived."""

    method: str
    span: Span
    targets: list[tuple[Item, Any]]
    sources: list[Item]
    keeps: bool  # whether gradients are added to .grad
    arrived: dict[Item, Any] = field(default_factory=dict)
    held: dict[Item, Any] = field(default_factory=dict)
    total: dict[Item, Any] = field(default_factory=dict)
    values: dict[Item, tuple[Any, ...]] = field(default_factory=dict)  # read anew by this call
    watched: set[Item] = field(default_factory=set)
    asked: list[Item] = field(default_factory=list)  # all targets, whole numbers too
    unwatched: set[Item] | None = None  # used while the tape did not watch them; None: no tape
    hooks: dict[Item, Own] = field(default_factory=dict)  # what the program makes of a gradient
    changed: set[Item] = field(default_factory=set)  # whose gradient a hook has changed
    unseen: set[Item] = field(default_factory=set)  # results that the tape did not record

    def gradient(self, source: Item) -> Any:
        """The gradient of a source: of all nodes that it has, if it was read with two values."""
        parts = [g for item, g in self.arrived.items() if item.value is source.value]
        return sum(parts[1:], parts[0])


@dataclass(slots=True)
class Segment:
    """One pass in the making: its nodes, and what happened in order."""

    ordinal: int
    items: dict[Any, Item] = field(default_factory=dict)  # by identity of the value
    apart: dict[int, Item] = field(default_factory=dict)  # numbers outside the graph, not yet used
    gone: set[Item] = field(default_factory=set)  # whose being what it was has been decided on
    happened: list[tuple[Any, ...]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    bound: dict[str, Any] = field(default_factory=dict)
    reached: dict[int, tuple[float, str]] = field(default_factory=dict)  # kept alive; its path
    split: set[int] = field(default_factory=set)  # leaves (by identity) read with two values
    risked: int = 0  # how many numbers there were when an error was last waited for
    recorded: bool = False
    lines: int = 0  # edges
    large: bool = False  # too many nodes or edges to be drawn
    turned: bool = False  # ended by a turn of the outermost loop
    line: int | None = None

    def take_back(self, after: "Segment") -> None:
        """Takes the updates that came after its loop; what else was done stays apart."""
        rest = []
        for happened in after.happened:
            item = happened[2] if happened[0] == "event" else happened[1:2] and happened[1]
            known = self.items.get(id(item.value)) if isinstance(item, Item) else None
            if happened[0] == "update" and known is not None and known.tracked:
                self.happened.append(("update", known, *happened[2:]))
            elif happened[0] == "event" and known is not None:
                self.happened.append(("event", happened[1], known, happened[3]))
            else:
                rest.append(happened)
        after.happened = rest


def moved_on(item: Item, x: Tensor) -> bool:
    """Whether a tensor that no history is kept of holds other numbers than when it was told."""
    return item.op is None or (x.op is None and not np.array_equal(item.data, x.data, True))


def number_data(x: float | int) -> Any:
    """A plain number as data; a whole one that no array holds as a float, or an infinite one."""
    if type(x) is int and -(2**63) <= x < 2**63:
        return np.int64(x)
    if abs(x) < 2**1023 or type(x) is float:
        return np.float64(x)
    return np.float64(math.inf if x > 0 else -math.inf)
