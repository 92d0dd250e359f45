"""How the passes of one graph follow one another: whether they are a loop, and of which rate."""

from typing import TYPE_CHECKING, Any

import numpy as np

from app.story.segment import Item

if TYPE_CHECKING:
    from app.story.trace import Telling

DIGITS = {"float32": 4, "float64": 6}  # of a rate: far fewer than the numbers have themselves


class Course:
    """The passes of one graph, first to last.

    loops: each pass begins with what the one before left, and is given nothing new. rates: by the
    position of a leaf, the number r of its update x − r × gradient; None where an update is of
    another form. moved: by the position of a leaf, that of the node whose value it takes.
    """

    def __init__(self, told: "Telling"):
        self.first = self.last = told
        self.count = 1
        self.loops = True
        self.moved = _moved(told)
        self.rates: dict[int, float] | None = {}
        for item, nth, after in told.updates:
            i = told.node[item]
            if i not in self.moved and self.rates is not None:
                rate = None if nth else _rate(item.data, gradient(told, item), after)
                self.rates = None if rate is None else {**self.rates, i: rate}

    def follow(self, told: "Telling") -> None:
        """The next pass."""
        if self.loops:
            after = {self.last.node[item]: value for item, _, value in self.last.updates}
            self.loops = all(
                _same(after.get(i, item.data), told.items[i].data)
                for item, i in self.last.node.items()
                if item.op is None
            )
        if self.moved != _moved(told):
            self.moved, self.loops = {}, False
        if self.rates and not all(
            _fits(item.data, gradient(told, item), value, self.rates[told.node[item]])
            for item, _, value in told.updates
            if told.node[item] not in self.moved
        ):
            self.rates = None
        self.last, self.count = told, self.count + 1

    @property
    def plain(self) -> bool:
        """Whether its updates can be written down."""
        return bool(self.rates or self.moved) and self.rates is not None


def gradient(told: "Telling", item: Item) -> Any:
    """The gradient of a leaf by the last call that gave one, None without."""
    return next((call.arrived[item] for call in told.calls[::-1] if item in call.arrived), None)


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
    room = 4 * np.finfo(before.dtype).eps
    close = np.isclose(before - rate * slope, after, rtol=room, atol=0, equal_nan=True)
    return bool(np.all(close))


def _same(x: Any, y: Any) -> bool:
    return x is y or (np.shape(x) == np.shape(y) and bool(np.array_equal(x, y, equal_nan=True)))
