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

from app.engine.kinks import followed
from app.engine.program import Program
from app.engine.tensor import Value
from app.engine.verdict import Verdict, judged
from app.engine.witness import Along, Probe, Witness

STEPS = tuple(float(f"1e-{k}") for k in range(1, 16))
DTYPES = ("float64", "float32")
KINDS = ("one-sided", "centred")
ENTRIES = 20  # of all arguments, checked by default


@dataclass(frozen=True)
class Row:
    """One difference quotient. kinks: names of the operations that met another branch on the way.

    error: relative, of one that is finite; None else.
    """

    dtype: str
    kind: str  # of KINDS
    h: float
    numeric: float
    error: float | None
    kinks: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """One entry, or a random direction (argument None), and all its difference quotients.

    best: the centred quotient in float64 that the verdict rests on; None where it rests on none.
    """

    argument: int | None
    index: tuple[int, ...]
    analytic: float
    rows: tuple[Row, ...]
    best: Row | None
    verdict: Verdict


@dataclass(frozen=True)
class Report:
    """A gradient check. value: f's; total: how many entries there are, checked holds some."""

    checked: tuple[Checked, ...]
    direction: Checked
    total: int
    value: float


def check(
    f: Callable[..., Any] | Program,
    *at: Any,
    wrt: Sequence[int] | None = None,
    steps: Sequence[float] | None = None,
    entries: int = ENTRIES,
    same: bool = False,
    before: Callable[[], None] = lambda: None,
) -> Report:
    """The gradient of a scalar f against difference quotients, entry by entry and along one line.

    f: a function of Tensors, or a Program of one output, at the inputs that it was recorded with
    if no others are given. steps: STEPS, and where those do not decide some at the scales of the
    numbers themselves; given ones are the only ones. Of more than `entries` numbers, so many are
    checked, evenly spread. same: whether f carries out the same operations wherever it is (a
    Program does), so that it may be replayed: a branch that would be taken elsewhere is a kink.
    before: called before each evaluation of f, to raise when there shall be no more.
    Raises NotScalar, NotFloating, NoArgument.
    """
    if isinstance(f, Program):
        at = at or tuple(x.data for x in f.inputs)
        f, same = followed(f), True
    chosen = list(range(len(at)) if wrt is None else wrt)
    more, steps = steps is None, steps or STEPS
    witnesses = [Witness(f, at, chosen, dtype, same, before) for dtype in DTYPES]
    shapes = [np.shape(at[i]) for i in chosen]
    places = [(k, index) for k, shape in enumerate(shapes) for index in np.ndindex(shape)]
    total = len(places)
    if total > entries:
        places = [places[i * total // entries] for i in range(entries)]
    checked = []
    for k, index in places:
        units = [np.zeros(shape) for shape in shapes]
        units[k][index] = 1
        checked.append(_checked(witnesses, chosen[k], index, units, steps, more))
    signs = np.random.default_rng(0)
    units = [signs.choice([-1.0, 1.0], shape) / max(total, 1) ** 0.5 for shape in shapes]
    direction = _checked(witnesses, None, (), units, steps, more)
    return Report(tuple(checked), direction, total, float(witnesses[0].here.value))


def _checked(
    witnesses: Sequence[Witness],
    argument: int | None,
    index: tuple[int, ...],
    units: Sequence[Any],
    steps: Sequence[float],
    more: bool,
) -> Checked:
    lines = [Along(at, units) for at in witnesses]
    rows = [_row(along, kind, along.probe(h)) for along in lines for h in steps for kind in KINDS]
    verdict = judged(lines[0], steps, more)
    best = None if verdict.h is None else _row(lines[0], "centred", lines[0].probe(verdict.h))
    return Checked(argument, index, lines[0].slope, tuple(rows), best, verdict)


def _row(along: Along, kind: str, probe: Probe) -> Row:
    number, dtype = np.dtype(along.witness.dtype).type, along.witness.dtype
    centred = kind == "centred"
    left, width = (probe.behind, 2 * probe.h) if centred else (probe.here, probe.h)
    with np.errstate(all="ignore"):
        numeric = float(np.subtract(number(probe.ahead), number(left)) / number(width))
    usable = isfinite(numeric) and isfinite(along.slope)
    error = relative_error(numeric, along.slope) if usable else None
    return Row(dtype, kind, probe.h, numeric, error, probe.kinks if centred else probe.right)


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
