"""What strikes a reader of the whole run: variables that never move, losses of all pairs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine import N_
from app.story.passes import Run
from app.story.segment import Item
from app.story.states import ancestors
from app.story.words import both

if TYPE_CHECKING:
    from app.story.telling import Telling

SENTENCES = {
    "factor": N_(
        "{name} has not moved in {count} updates: each adds a product in which {factor} is 0, "
        "so whatever the error is, nothing is added."
    ),
    "gradient": N_("{name} has not moved in {count} updates: its gradient was 0 each time."),
    "still": N_("{name} has not moved in {count} updates."),
}
TOO_LARGE = N_("A pass on plain numbers had too many operations to be drawn; it is left out.")
PAIRS = N_(
    "This loss is taken of every entry with every other: the shapes {left} and {right} broadcast "
    "to {result}. Give both sides one shape, with reshape for example."
)
SHAPING = {"getitem", "reshape", "transpose", "broadcast_to"}  # who writes them means the shape
WEIGHED = {
    "square",
    "absolute",
    "absolute_or_zero",
    "power",
    "power_plain",
    "power_rooted",
    "multiply",
}
ENOUGH = 2  # updates; a single one that changes nothing strikes nobody


def too_large() -> dict[str, Any]:
    """The note where a pass on plain numbers was left out."""
    return {"code": "too_large", "span": None, "text": both(TOO_LARGE)}


def pairs(told: "Telling") -> list[dict[str, Any]]:
    """A note for every error, reduced to one number, of a column (n, 1) and a row (n,): their
    difference is (n, n), and so is hardly ever meant."""
    readers: dict[Item, list[Item]] = {}
    for item, slot in told.edges:
        readers.setdefault(item.inputs[slot], []).append(item)
    notes = []
    for item in told.items:
        if item.op is None or item.op.name != "subtract" or not _reduced(item, readers):
            continue
        sides = [x for x in item.inputs if isinstance(x, Item)]
        if len(sides) == 2 and _column_and_row(*sides):
            left, right = (x.data.shape for x in sides)
            text = both(PAIRS, left=left, right=right, result=item.data.shape)
            notes.append({"code": "pairs", "span": item.span, "text": text})
    return notes


def _reduced(error: Item, readers: dict[Item, list[Item]]) -> bool:
    """Whether the sum or the mean of an error, or of its squares or sizes, is one number."""
    found = readers.get(error, [])
    found = found + [x for one in found if _named(one, WEIGHED) for x in readers.get(one, [])]
    return any(_named(one, {"sum", "mean"}) and not one.data.ndim for one in found)


def _column_and_row(left: Item, right: Item) -> bool:
    """Whether these are (n, 1) and (n,), one computed from something that the other is not."""
    column, row = sorted((left, right), key=lambda x: -x.data.ndim)
    n = row.data.size
    if n < 2 or column.data.shape != (n, 1) or row.data.shape != (n,) or _named(column, SHAPING):
        return False
    made, other = (
        {x for x in ancestors([side]) if x.op is None} - {side} for side in (column, row)
    )
    return bool(made - other or other - made)


def _named(item: Item, names: set[str]) -> bool:
    return item.op is not None and item.op.name in names


def unchanged(run: Run, told: "Telling") -> list[dict[str, Any]]:
    """A note for every variable that each pass of the run updates to the value it had."""
    notes = []
    moving = {item for item, _, _ in told.updates}
    for item, nth, _ in told.updates:
        key = str(told.node[item])
        before, after = run.columns["forward"][key].entries, run.columns["after"][key].entries
        if nth or run.count < ENOUGH or not all(map(_same, before, after)):
            continue
        factor = _zero_factor(_added(told, item))
        code = "factor" if factor and factor not in moving else "still"
        slopes = run.columns["gradient"].get(key)
        if slopes is not None and not any(map(_nonzero, slopes.entries)):
            code = "gradient"
        text = both(
            SENTENCES[code],
            name=item.name or "?",
            count=run.count,
            factor=factor.name if factor else "?",
        )
        notes.append({"code": "unchanged", "span": item.span, "text": text})
    return notes


def _same(before: Any, after: Any) -> bool:
    """Whether a value surely stayed: of a summary nothing is sure."""
    if isinstance(before, dict) or isinstance(after, dict):
        return False
    return bool(np.all(np.asarray(before) == np.asarray(after)))


def _nonzero(entry: Any) -> bool:
    return isinstance(entry, dict) or bool(np.any(np.asarray(entry)))


def _added(told: "Telling", leaf: Item) -> Item | None:
    """What the update by assignment adds to the leaf, `delta` of `w = w + delta`."""
    for item in reversed(told.items):
        if item.op is not None and item.op.name in ("add", "subtract") and leaf in item.inputs:
            others = [x for x in item.inputs if isinstance(x, Item) and x is not leaf]
            if others:
                return others[-1]
    return None


def _zero_factor(item: Item | None) -> Item | None:
    """The named leaf that makes a product zero."""
    while item is not None and not np.any(np.asarray(item.data)):
        if item.op is None:
            return item if item.name else None
        if item.op.name != "multiply":
            return None
        zeros = [x for x in item.inputs if isinstance(x, Item) and not np.any(np.asarray(x.data))]
        leaves = [x for x in zeros if x.op is None]
        item = next(iter(leaves or zeros), None)
    return None
