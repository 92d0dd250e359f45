"""Six states of a gradient, and why it is none, zero or untracked.

`pending` (not computed yet) and `stale` before a call are the reader's, who knows the cursor.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from app.engine import N_
from app.story.segment import Call, Item

if TYPE_CHECKING:
    from app.story.telling import Telling

CAUSES = {
    "constant": N_("{node} is a constant: nobody asked for its gradient."),
    "not_watched": N_("{node} is not watched by this tape: a constant needs tape.watch({node})."),
    "no_requires_grad": N_("{node} has requires_grad=False."),
    "not_connected": N_("No recorded path leads from {node} to the target."),
    "watched_late": N_("{node} was watched only after it had been used."),
    "target_integer": N_("The target holds whole numbers: they have no slope."),
    "cut": N_("The path goes through {node}, which passes no gradient."),
    "integer": N_("{node} holds whole numbers: they have no slope."),
    "no_grad": N_("{node} was computed under no_grad: its history was not kept."),
    "own_gradient": N_(
        "{node} stands in a function with a gradient function of its own: what goes back is what "
        "that function gives, and nothing comes here."
    ),
    "no_tape": N_("{node} was computed while this tape was not recording."),
    "from_constants": N_("{node} was computed from constants only."),
    "flat": N_("{node} is flat here: its slope is exactly 0."),
    "zero_product": N_("What {node} passes back is exactly 0 here."),
    "zero_factor": N_("{node} is exactly 0, and it is the other factor."),
    "zero_upstream": N_("The gradient was already 0 when it left {node}."),
    "zero_seed": N_("The call started from a gradient of 0."),
    "cancelled": N_("The contributions of several paths add up to exactly 0."),
    "earlier": N_("This is left from an earlier backward: it was never set to zero."),
}


class Arrival(NamedTuple):
    """A gradient that reached a node through one edge."""

    sender: Item
    slot: int
    part: Any
    partial: tuple[str, Any]  # the edge's key, the receiver's sum so far


Parts = dict[Item, list[Arrival]]  # by receiver


class States:
    """State and cause of every node after one gradient call."""

    def __init__(self, call: Call, items: Sequence[Item], parts: Parts):
        self.call, self.parts = call, parts
        self.above = ancestors(call.asked)
        self._place = {node: i for i, node in enumerate(self.above)}
        self._readers: dict[Item, list[Item]] = {}
        for node in self.above:
            for x in node.inputs:
                if isinstance(x, Item):
                    self._readers.setdefault(x, []).append(node)
        self._cuts: dict[Item, Item | None] = {}
        self._led = self._leading(items)
        self._zero: dict[Item, tuple[str, Item | None]] = {}
        self.results = {item: self._of(item) for item in items}

    def _of(self, item: Item) -> tuple[str | None, tuple[str, Item | None] | None]:
        """State and cause; no state where the call does not concern the node."""
        if item in self.call.arrived:
            if np.any(np.asarray(self.call.arrived[item]) != 0):
                return "value", None
            return "zero", self._why_zero(item)
        if item in self.call.held and np.any(self.call.held[item] != 0):
            return "stale", ("earlier", item)
        if item in self.call.sources:
            return "none", self._why_none(item)
        if item.cut:
            return "untracked", (item.cut, item)
        if item.op is None:
            wanted = item.tracked or item in self.call.watched
            return (None, None) if wanted else ("untracked", self._why_not(item))
        if not any(item.op.rules):
            return "untracked", ("cut", item)
        if item in self._led:
            return None, None
        return "untracked", ("from_constants", item)

    def _leading(self, items: Sequence[Item]) -> set[Item]:
        """The items from which a gradient could go to something that is watched."""
        readers: dict[Item, list[Item]] = {}
        for node in items:
            if node.op is not None and any(node.op.rules):
                for x in node.inputs:
                    if isinstance(x, Item):
                        readers.setdefault(x, []).append(node)
        leaves = [node for node in items if node.op is None]
        waiting = [node for node in leaves if node.tracked or node in self.call.watched]
        found = set(waiting)
        while waiting:
            new = {node for node in readers.get(waiting.pop(), ()) if node not in found}
            found |= new
            waiting += new
        return found

    def _why_not(self, item: Item) -> tuple[str, Item | None]:
        if np.asarray(item.data).dtype.kind in "iub":
            return "integer", item
        return "constant", item

    def _why_none(self, item: Item) -> tuple[str, Item | None]:
        """What cut the ways from a source to the targets; the first cut nearest to the source."""
        if item.data.dtype.kind in "iub":
            return "integer", item
        if item not in self.above:
            return "not_connected", item
        if any(target.data.dtype.kind in "iub" for target in self.call.asked):
            return "target_integer", item
        if self.call.unwatched is not None and item in self.call.unwatched:
            return ("watched_late" if item in self.call.watched else "not_watched"), item
        if item.op is None and not item.tracked and item not in self.call.watched:
            return ("no_requires_grad" if self.call.unwatched is None else "not_watched"), item
        cut = self._first_cut(item)
        why = self._breaks(cut) if cut is not None else None
        return (why, cut) if why else ("not_connected", item)

    def _breaks(self, node: Item) -> str | None:
        """Why no gradient goes through an operation."""
        if node.op is not None and not any(node.op.rules):
            return "cut"
        return node.cut or ("no_tape" if node in self.call.unseen else None)

    def _first_cut(self, item: Item) -> Item | None:
        """The last operation above that breaks a way from item to the targets.

        Every node is looked at once for all items: a loop, and no recursion."""
        waiting = [item]
        while waiting:
            node = waiting[-1]
            if node in self._cuts:
                waiting.pop()
                continue
            readers = self._readers.get(node, [])
            unknown = [reader for reader in readers if reader not in self._cuts]
            if unknown:
                waiting += unknown
                continue
            found = [one for one in readers if self._breaks(one)]
            found += [one for one in map(self._cuts.get, readers) if one is not None]
            self._cuts[node] = max(found, key=self._place.__getitem__, default=None)
            waiting.pop()
        return self._cuts[item]

    def _why_zero(self, item: Item) -> tuple[str, Item | None]:
        """Why a zero has arrived: as one was sent from further up, or by a reason of its own.

        The way up is as long as the graph is deep: a loop, and no recursion."""
        way = []
        while item not in self._zero:
            sender = self._zero_sender(item)
            if sender is None:
                self._zero[item] = self._reason(item)
            else:
                way.append(item)
                item = sender
        known = self._zero[item]
        known = known if known[0] != "zero_seed" or not way else ("zero_upstream", item)
        self._zero |= dict.fromkeys(way, known)
        return known

    def _zero_sender(self, item: Item) -> Item | None:
        """Who has sent this node its last zero, if only zeros have arrived at both."""
        arrivals = self.parts.get(item, [])
        if not arrivals or any(np.any(np.asarray(one.part) != 0) for one in arrivals):
            return None
        sender = arrivals[-1].sender
        upstream = self.call.arrived.get(sender)
        return None if upstream is None or np.any(np.asarray(upstream) != 0) else sender

    def _reason(self, item: Item) -> tuple[str, Item | None]:
        arrivals = self.parts.get(item, [])
        if not arrivals:
            return "zero_seed", item
        if any(np.any(np.asarray(arrival.part) != 0) for arrival in arrivals):
            return "cancelled", None
        sender, slot = arrivals[-1].sender, arrivals[-1].slot
        assert sender.op is not None
        if sender.op.name in ("multiply", "matmul"):
            other = sender.inputs[1 - slot]
            if isinstance(other, Item) and not np.any(np.asarray(other.data) != 0):
                return "zero_factor", other
        if sender.data.shape != item.data.shape and sender.op.elementwise:
            return "cancelled", None  # summed over copies
        alone = sum(isinstance(x, Item) for x in sender.inputs) == 1
        return ("flat" if alone and sender.op.elementwise else "zero_product"), sender


def absences(told: "Telling") -> list[tuple[str, str]]:
    """The sources for which the last gradient call of a pass gave nothing: name, and why."""
    if not told.calls:
        return []
    results = States(told.calls[-1], told.items, {}).results
    found = [(x, *results[x]) for x in told.calls[-1].sources]
    return [(x.name, why[0]) for x, state, why in found if state == "none" and x.name and why]


def ancestors(items: Iterable[Item]) -> dict[Item, None]:
    """The items and all they were made from, in a stable order."""
    found: dict[Item, None] = {}
    waiting = list(items)
    while waiting:
        item = waiting.pop()
        if item not in found:
            found[item] = None
            waiting += [x for x in item.inputs if isinstance(x, Item)]
    return found
