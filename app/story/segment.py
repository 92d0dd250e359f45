"""One pass in the making: its nodes, its gradient calls, and what happened in order."""

from dataclasses import dataclass, field
from typing import Any

from app.engine import Op

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
    cut: str | None = None  # why no gradient comes from here: "no_grad", "no_tape"


@dataclass(slots=True)
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
    happened: list[tuple[Any, ...]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    bound: dict[str, Any] = field(default_factory=dict)
    split: set[int] = field(default_factory=set)  # leaves (by identity) read with two values
    recorded: bool = False
    large: bool = False  # too many nodes to be drawn
    turned: bool = False  # ended by a turn of the outermost loop
    line: int | None = None
