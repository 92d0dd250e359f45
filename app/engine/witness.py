"""A function beside a point: its values on a line through it, and what is known of them."""

from collections.abc import Callable, Sequence
from functools import cached_property
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from app.engine.functional import value_and_grad
from app.engine.kinks import Path, Replayed, crossed, path_of
from app.engine.noise import Recorded, lost, noise
from app.engine.tensor import Tensor, Value

SAFE = 3.0  # what a few samples of rounding are multiplied by, for a bound


class Probe(NamedTuple):
    """The function at x - h, x and x + h. kinks: on the way; of the sides: from x on.

    moved: whether the three points are three numbers in this type.
    """

    h: float
    behind: float
    here: float
    ahead: float
    kinks: tuple[str, ...]
    right: tuple[str, ...]
    moved: bool

    @property
    def left_slope(self) -> float:
        return (self.here - self.behind) / self.h

    @property
    def right_slope(self) -> float:
        return (self.ahead - self.here) / self.h

    @property
    def slope(self) -> float:
        return (self.ahead - self.behind) / (2 * self.h)

    @property
    def finite(self) -> bool:
        return all(map(isfinite, (self.behind, self.here, self.ahead)))


class Witness:
    """f in one number type: its gradient, and its values nearby.

    same: whether f carries out the same operations wherever it is, and may be replayed.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        at: Sequence[Any],
        chosen: Sequence[int],
        dtype: str,
        same: bool,
        before: Callable[[], None],
    ):
        self.f, self.chosen, self.dtype, self._before = f, chosen, dtype, before
        self.at = [_in_type(x, dtype) for x in at]
        with np.errstate(all="ignore"):
            _, self.slopes = value_and_grad(f, *self.at, wrt=chosen)
            self._replayed = Replayed(f, self.at) if same else None
        self.here = self.look([np.zeros(np.shape(at[i])) for i in chosen], 0.0)

    def of_multiple(self, factor: float) -> list[Value]:
        """The gradient of a multiple of f, divided by it again: f's own, if nothing falls below
        the smallest number on the way back."""
        with np.errstate(all="ignore"):
            _, slopes = value_and_grad(lambda *x: self.f(*x) * factor, *self.at, wrt=self.chosen)
            return [slope / factor for slope in slopes]

    def path(self, units: Sequence[Any], h: float) -> Path:
        """f's value at h units from here, and its history there."""
        with np.errstate(all="ignore"):
            return path_of(self.f, self._moved(units, h))

    def look(self, units: Sequence[Any], h: float) -> Path:
        """The same, perhaps with the history of another point."""
        with np.errstate(all="ignore"):
            moved = self._moved(units, h)
            return self._replayed(moved) if self._replayed else path_of(self.f, moved)

    def _moved(self, units: Sequence[Any], h: float) -> list[Value]:
        self._before()
        moved = list(self.at)
        for i, unit in zip(self.chosen, units, strict=True):
            step = np.asarray(h * np.asarray(unit), self.dtype)
            moved[i] = (moved[i] + step).astype(self.dtype)[()]
        return moved


class Along:
    """A witness along one direction: an entry of an argument, or several at once.

    slope: the analytic one. reach: how far the numbers that move are from zero.
    """

    def __init__(self, witness: Witness, units: Sequence[Any]):
        self.witness, self.units = witness, units
        self.slope = self._slope(witness.slopes)
        moving = [
            np.max(np.abs(witness.at[i][unit != 0]) if np.ndim(unit) else np.abs(witness.at[i]))
            for i, unit in zip(witness.chosen, units, strict=True)
            if np.any(unit)
        ]
        self.reach = float(max(moving, default=0.0))
        self._probes: dict[float, Probe] = {}
        self._noises: dict[float, float] = {}

    def _slope(self, slopes: Sequence[Value]) -> float:
        """An infinite slope counts only in its own direction."""
        with np.errstate(all="ignore"):
            pairs = zip(slopes, self.units, strict=True)
            return float(sum(np.sum(np.where(unit == 0, 0, one * unit)) for one, unit in pairs))

    def underflows(self, numeric: float, doubt: float) -> bool:
        """Whether the slope differs only because something fell below the smallest number.

        The slope of a large multiple is right then, while that of the double is no nearer.
        """
        off = abs(self.slope - numeric)
        large, double = (self._slope(self.witness.of_multiple(m)) for m in (2.0**500, 2.0))
        nearer = abs(abs(double - numeric) - off / 2) <= 0.01 * off
        return abs(large - numeric) <= doubt and not nearer

    @property
    def here(self) -> float:
        return float(self.witness.here.value)

    @cached_property
    def _noise(self) -> float:
        with np.errstate(all="ignore"):
            return noise(self._recorded(self.witness.here))

    @property
    def rounding(self) -> float:
        """What rounding may move the value at the point itself by."""
        return SAFE * self._noise

    def probe(self, h: float) -> Probe:
        if h not in self._probes:
            at, here = self.witness, self.witness.here
            ahead, behind = at.look(self.units, h), at.look(self.units, -h)
            self._probes[h] = Probe(
                h,
                float(behind.value),
                float(here.value),
                float(ahead.value),
                tuple(dict.fromkeys(crossed(behind, ahead) + crossed(here, ahead))),
                crossed(here, ahead),
                self._moves(h) and self._moves(-h),
            )
        return self._probes[h]

    def _moves(self, h: float) -> bool:
        at = self.witness
        pairs = [(at.at[i], unit) for i, unit in zip(at.chosen, self.units, strict=True)]
        return any(
            bool(np.any(np.asarray(x + np.asarray(h * unit, at.dtype)) != x)) for x, unit in pairs
        )

    def doubt(self, h: float) -> float:
        """What rounding may move the centred quotient by, at most."""
        if h not in self._noises:
            ends = (self.witness.path(self.units, step) for step in (h, -h))
            with np.errstate(all="ignore"):
                found = [noise(self._recorded(one), 2) for one in ends]
            self._noises[h] = max(self._noise, *found)
        return SAFE * self._noises[h] / h

    def lost(self, h: float) -> str | None:
        """The operation at which all digits are lost, if there is one."""
        with np.errstate(all="ignore"):
            there = self.witness.path(self.units, h)
            return lost(self._recorded(self.witness.here), self._recorded(there))

    def _recorded(self, path: Path) -> Recorded:
        """The arguments that move, and what comes of them: all others round alike everywhere."""
        pairs = zip(self.witness.chosen, self.units, strict=True)
        return Recorded([path.leaves[i] for i, unit in pairs if np.any(unit)], path.result)


def _in_type(x: Any, dtype: str) -> Value:
    """Floating numbers in another type; whole numbers and truth values as they are."""
    data = x.data if isinstance(x, Tensor) else np.asarray(x)
    with np.errstate(over="ignore"):
        return data.astype(dtype)[()] if data.dtype.kind == "f" else data[()]
