"""Results that a gradient call did not go through although its sources lead to them: made before a
tape watched, while it was stopped, or forgotten by it. In a script they are cut off by hand."""

from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine.backward import fitted
from app.engine.primitives.own import is_long
from app.story.segment import Item

if TYPE_CHECKING:
    from app.story.telling import Telling


def severed(told: "Telling") -> set[Item]:
    """Of the results that some gradient's operation has taken, those that got none themselves."""
    calls = [one for one in told.calls if any(x in one.arrived for x in one.sources)]
    arrived = {x for call in calls for x in call.arrived}
    leading = {x for call in calls for x in call.sources}
    taken = {y for x in arrived for y in x.inputs if isinstance(y, Item)}
    found = set()
    for item in told.items:
        if item.op is None or item.cut or item.op.name == "detach" or item.data.dtype.kind != "f":
            continue
        inputs = [x for i, x in enumerate(item.inputs) if item.op.passes(i)]
        if any(isinstance(x, Item) and x in leading for x in inputs):
            if item in taken and item not in arrived:
                found.add(item)
            else:
                leading.add(item)
    return found


def moved_before(told: "Telling") -> Item | None:
    """A leaf or result that a gradient was found from with other numbers than it had, or that is
    read where it has others by now, if any: it was changed in between.

    Only where a leaf is updated before the last of the gradients are rules asked again.
    """
    for item in told.items:
        for x, value in zip(item.inputs, item.values, strict=False):
            if isinstance(x, Item) and x.data is not value and not _equal(x.data, value):
                return x
    changed, arrivals = False, iter(told.arrivals)
    for kind, *_ in told.ticks:
        changed = changed or kind == "update"
        if kind == "backward":
            item, slot, call, part, _ = next(arrivals)
            if changed and not _fits(item, slot, told.calls[call].arrived.get(item), part):
                return next((x for x in item.inputs if isinstance(x, Item)), item)
    return None


def _fits(item: Item, slot: int, upstream: Any, part: Any) -> bool:
    """Whether the rule gives this part from the numbers that the operation had."""
    if upstream is None or item.op is None or item.op.rules is None or is_long(item.values, slot):
        return True
    with np.errstate(all="ignore"):
        found = item.op.rules[slot](upstream, item.data, *item.values)
    return _equal(fitted(found, np.shape(part)), part)


def _equal(x: Any, y: Any) -> bool:
    if isinstance(x, np.ndarray | np.generic) and isinstance(y, np.ndarray | np.generic):
        return np.shape(x) == np.shape(y) and np.allclose(x, y, equal_nan=True)
    return True
