"""Finite differences: the derivative's second witness.

The analytic gradient is set against (f(x + h) - f(x)) / h and (f(x + h) - f(x - h)) / 2h for step
sizes h from 1e-1 to 1e-15, in float64 and in float32, each evaluated in that type throughout. Too
large a step errs by the curvature, too small a one by rounding. Source: cs231n, gradient checks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from app.engine.functional import value_and_grad
from app.engine.kinks import Path, crossed, followed, path_of
from app.engine.program import Program
from app.engine.tensor import Tensor, Value

STEPS = tuple(float(f"1e-{k}") for k in range(1, 16))
DTYPES = ("float64", "float32")
ENTRIES = 20  # of all arguments, checked by default


@dataclass(frozen=True)
class Row:
    """One difference quotient. kinks: names of the operations that met another branch on the way.

    error: relative, of one that is finite; None else.
    """

    dtype: str
    kind: str  # "one-sided" or "centred"
    h: float
    numeric: float
    error: float | None
    kinks: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """One entry, or a random direction (argument None), and all its difference quotients.

    best: the centred quotient in float64 that says most about the slope, by the quotients alone:
    it crosses no kink, hardly moves with the step, and rounding is small. Were it the one nearest
    to the analytic gradient, noise would excuse a wrong one. None where no value is finite.
    """

    argument: int | None
    index: tuple[int, ...]
    analytic: float
    rows: tuple[Row, ...]

    best: Row | None


@dataclass(frozen=True)
class Report:
    """A gradient check. total: how many entries there are; checked holds some of them."""

    checked: tuple[Checked, ...]
    direction: Checked
    total: int


def check(
    f: Callable[..., Any] | Program,
    *at: Any,
    wrt: Sequence[int] | None = None,
    steps: Sequence[float] = STEPS,
    entries: int = ENTRIES,
) -> Report:
    """The gradient of a scalar f against difference quotients, entry by entry and along one line.

    f: a function of Tensors, or a Program of one output, at the inputs that it was recorded with
    if no others are given. Of more than `entries` numbers, so many are checked, evenly spread.
    Raises NotScalar, NotFloating, NoArgument.
    """
    if isinstance(f, Program):
        at = at or tuple(x.data for x in f.inputs)
        f = followed(f)
    chosen = list(range(len(at)) if wrt is None else wrt)
    witnesses = [_Witness(f, at, chosen, dtype) for dtype in DTYPES]
    shapes = [np.shape(at[i]) for i in chosen]
    places = [(k, index) for k, shape in enumerate(shapes) for index in np.ndindex(shape)]
    total = len(places)
    if total > entries:
        places = [places[i * total // entries] for i in range(entries)]
    checked = []
    for k, index in places:
        units = [np.zeros(shape) for shape in shapes]
        units[k][index] = 1
        checked.append(_checked(witnesses, chosen[k], index, units, steps))
    signs = np.random.default_rng(0)
    units = [signs.choice([-1.0, 1.0], shape) / max(total, 1) ** 0.5 for shape in shapes]
    return Report(tuple(checked), _checked(witnesses, None, (), units, steps), total)


class _Witness:
    """f in one number type: its gradient, and its values nearby."""

    def __init__(self, f: Callable[..., Any], at: Sequence[Any], chosen: Sequence[int], dtype: str):
        self.f, self.chosen, self.dtype = f, chosen, dtype
        self.at = [_in_type(x, dtype) for x in at]
        with np.errstate(all="ignore"):
            _, self.slopes = value_and_grad(f, *self.at, wrt=chosen)
        self.here = self.path([np.zeros(np.shape(at[i])) for i in chosen], 0.0)

    def path(self, units: Sequence[Any], h: float) -> Path:
        moved = list(self.at)
        for i, unit in zip(self.chosen, units, strict=True):
            step = np.asarray(h * np.asarray(unit), self.dtype)
            moved[i] = (moved[i] + step).astype(self.dtype)[()]
        with np.errstate(all="ignore"):
            return path_of(self.f, moved)

    def along(self, units: Sequence[Any]) -> float:
        pairs = zip(self.slopes, units, strict=True)
        return float(sum(np.sum(slope * unit) for slope, unit in pairs))


def _checked(
    witnesses: Sequence[_Witness],
    argument: int | None,
    index: tuple[int, ...],
    units: Sequence[Any],
    steps: Sequence[float],
) -> Checked:
    rows: list[Row] = []
    for at in witnesses:
        analytic = at.along(units)
        number = np.dtype(at.dtype).type
        for h in steps:
            ahead, behind = at.path(units, h), at.path(units, -h)
            one, two = number(h), number(2 * h)
            for kind, left, width in (("one-sided", at.here, one), ("centred", behind, two)):
                with np.errstate(all="ignore"):
                    numeric = float(np.subtract(ahead.value, left.value) / width)
                usable = isfinite(numeric) and isfinite(analytic)
                error = relative_error(numeric, analytic) if usable else None
                rows.append(Row(at.dtype, kind, h, numeric, error, crossed(left, ahead)))
    best = _trusted([row for row in rows if row.dtype == "float64"], witnesses[0].here.value)
    return Checked(argument, index, witnesses[0].along(units), tuple(rows), best)


def _trusted(rows: Sequence[Row], value: float) -> Row | None:
    """The centred row whose curvature and rounding, estimated from the rows, are least."""
    centred = sorted(
        (row for row in rows if row.kind == "centred" and isfinite(row.numeric)),
        key=lambda row: (bool(row.kinks), -row.h),
    )
    smooth = [row for row in centred if not row.kinks] or centred
    least, best = float("inf"), None
    for i, row in enumerate(smooth):
        moved = abs(row.numeric - smooth[i - 1].numeric) if i else abs(row.numeric) * row.h
        doubt = moved + float(np.finfo(np.float64).eps * abs(value)) / row.h
        if best is None or doubt < least:
            least, best = doubt, row
    return best


def _in_type(x: Any, dtype: str) -> Value:
    """Floating numbers in another type; whole numbers and truth values as they are."""
    data = x.data if isinstance(x, Tensor) else np.asarray(x)
    return data.astype(dtype)[()] if data.dtype.kind == "f" else data[()]


def differences(f: Callable[[Value], Any], x: Value, h: float = 1e-6) -> Value:
    """The gradient of a scalar f at x by centred differences (f(x + h) - f(x - h)) / 2h."""
    x = np.array(x, dtype=np.float64)
    result = np.zeros_like(x)
    for entry in np.ndindex(x.shape):
        ends = []
        for step in (h, -h):
            moved = x.copy()
            moved[entry] += step
            ends.append(float(f(moved[()])))
        result[entry] = (ends[0] - ends[1]) / (2 * h)
    return result[()]


def relative_error(a: Value, b: Value) -> float:
    """|a - b| over the larger of |a| and |b|, the largest entry. Source: cs231n."""
    scale = np.maximum(np.abs(a), np.abs(b))
    with np.errstate(invalid="ignore"):
        return float(np.max(np.where(scale == 0, 0, np.abs(np.subtract(a, b)) / scale)))
