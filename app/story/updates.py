"""How the passes of one form follow one another: whether they are a loop, and of which rate."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine.primitives.own import Own
from app.story.optimizers import Stepped
from app.story.own_steps import own_forms
from app.story.segment import Item

if TYPE_CHECKING:
    from app.story.telling import Telling

DIGITS = {"float32": 4, "float64": 6}  # of a rate: far fewer than the numbers have themselves


class Course:
    """The passes of one form, first to last.

    loops: each pass begins with what the one before left, and is given nothing new. rates: by the
    position of a leaf, the number r of its update x − r × gradient; None where an update is of
    another form. steps: by the position of a leaf, the latest step of the optimizer that moves it;
    begun: the first pass's; lrs: the rates of each. moved: by the position of a leaf, that of the
    node whose value it takes. carried: the positions of leaves whose gradient is added to what the
    pass before left.
    """

    def __init__(self, told: "Telling"):
        self.first = self.last = told
        self.count = 1
        self.loops = True
        self.moved = _moved(told)
        self.carried = _carried(told)
        self.rates: dict[int, float] | None = {}
        self.begun = self.steps = _stepped(told)
        self.lrs = {i: [step.rate] for i, step in self.steps.items()}
        for item, nth, after in told.updates:
            i = told.node[item]
            if i in self.steps and nth:
                self.rates = None
            elif i not in self.moved and i not in self.steps and self.rates is not None:
                known = not nth and _asked(told, item)
                rate = _rate(item.data, gradient(told, item), after) if known else None
                self.rates = None if rate is None else {**self.rates, i: rate}

    def follow(self, told: "Telling") -> None:
        """The next pass."""
        if self.loops:
            after = {self.last.node[item]: value for item, _, value in self.last.updates}
            self.loops = all(
                _same(after.get(i, item.data), told.items[i].data)
                for item, i in ((x, self.last.node[x]) for x in self.last.begun)
            )
            self.loops = self.loops and own_forms(self.last) == own_forms(told)
            self.loops = self.loops and all(map(_set_alike, self.last.items, told.items))
        carried = _carried(told)
        if self.count == 1 and not self.carried:
            self.carried = carried
        self.loops = self.loops and carried == self.carried and self._hands_on(told)
        if self.moved != _moved(told):
            self.moved, self.loops = {}, False
        self._step_on(told)
        if self.rates and not all(
            _fits(item.data, gradient(told, item), value, self.rates[told.node[item]])
            for item, _, value in told.updates
            if told.node[item] not in self.moved and told.node[item] not in self.steps
        ):
            self.rates = None
        self.last, self.count = told, self.count + 1

    def _step_on(self, told: "Telling") -> None:
        """The next step of each optimizer; no updates can be written where one is another's."""
        steps = _stepped(told)
        if steps.keys() == self.steps.keys() and all(
            step.follows(self.steps[i]) for i, step in steps.items()
        ):
            self.steps = steps
            for i, step in steps.items():
                self.lrs[i].append(step.rate)
        else:
            self.rates = None

    def of(self, told: "Telling") -> "Course":
        """One pass of it alone, whose updates are written only if those of all passes can be."""
        alone = Course(told)
        if not self.plain:
            alone.rates = None
        return alone

    def _hands_on(self, told: "Telling") -> bool:
        """Whether the gradients that are added to are those that the last pass left."""
        return all(
            _same(summed(told, told.items[i]).before, summed(self.last, self.last.items[i]).after)
            for i in self.carried
        )

    @property
    def plain(self) -> bool:
        """Whether its updates can be written down."""
        return bool(self.rates or self.moved or self.steps) and self.rates is not None


@dataclass(frozen=True)
class Summed:
    """The gradient that an update of a leaf reads: the sum of what these calls of its pass gave,
    and of what had been there before the pass (None: nothing, or zeros)."""

    calls: tuple[int, ...]
    before: Any
    after: Any


def summed(told: "Telling", item: Item) -> Summed:
    """The gradient of a leaf after the last call that gave one."""
    calls: tuple[int, ...] = ()
    before = after = None
    for k in range(len(told.calls) - 1, -1, -1):
        call = told.calls[k]
        if item not in call.arrived:
            continue
        total = call.total.get(item, call.arrived[item])
        if calls and not _same(total, before):
            break  # something else was there
        after = total if after is None else after
        calls, before = (k, *calls), call.held.get(item)
        if before is None or not np.any(before):
            return Summed(calls, None, after)
    return Summed(calls, before, after)


def _asked(told: "Telling", item: Item) -> bool:
    """Whether the calls that gave its gradient were asked for it, as a script is."""
    return all(item in told.calls[k].sources for k in summed(told, item).calls)


def gradient(told: "Telling", item: Item) -> Any:
    """The gradient that an update of a leaf reads, None without."""
    return summed(told, item).after


def _carried(told: "Telling") -> set[int]:
    return {told.node[item] for item, *_ in told.updates if summed(told, item).before is not None}


def _stepped(told: "Telling") -> dict[int, Stepped]:
    """The steps of optimizers along the gradients that a script has too."""
    return {
        told.node[item]: step
        for item, step in told.stepped.items()
        if gradient(told, item) is not None and _same(step.gradient, gradient(told, item))
    }


def _moved(told: "Telling") -> dict[int, int]:
    """Leaves that take the value of a node of this pass."""
    by_data = {id(item.data): i for item, i in told.node.items() if item.op is not None}
    return {
        told.node[item]: by_data[id(after)]
        for item, _, after in told.updates
        if id(after) in by_data
    }


def _rate(before: Any, slope: Any, after: Any) -> float | None:
    """The shortest r with after = before − r × slope, None without one."""
    digits = DIGITS.get(str(before.dtype))
    if slope is None or digits is None or not np.any(slope):
        return None
    at = np.unravel_index(np.argmax(np.abs(slope)), np.shape(slope))
    ratio = float(np.float64(before[at] - after[at]) / np.float64(np.asarray(slope)[at]))
    if not np.isfinite(ratio):
        return None
    rates = (float(f"{ratio:.{n}g}") for n in range(1, digits + 1))
    return next((rate for rate in rates if _fits(before, slope, after, rate)), None)


def _fits(before: Any, slope: Any, after: Any, rate: float) -> bool:
    if slope is None:
        return False
    step = rate * slope
    # before and step may all but cancel: what is left has the roundings of what they were
    room = 4 * np.finfo(before.dtype).eps * np.maximum(np.abs(before), np.abs(step))
    near = np.isclose(before - step, after, rtol=0, atol=room, equal_nan=True)
    return bool(np.all(near))


def _set_alike(one: Item, other: Item) -> bool:
    """Whether two operations have equal settings: numbers, axes, the places that they read."""
    return one.op is None or all(map(_alike, one.inputs, other.inputs))


def _alike(x: Any, y: Any) -> bool:
    if isinstance(x, Item | Own) or x is y:
        return True
    if isinstance(x, tuple | list) and type(x) is type(y):
        return len(x) == len(y) and all(map(_alike, x, y))
    if isinstance(x, np.ndarray):
        return isinstance(y, np.ndarray) and _same(x, y)
    return bool(x == y or (x != x and y != y))


def _same(x: Any, y: Any) -> bool:
    return x is y or (np.shape(x) == np.shape(y) and bool(np.array_equal(x, y, equal_nan=True)))
