"""Every Op that has a kink or a jump says so: found by walking along lines through its cases."""

import numpy as np
import pytest
from table import CASES, CONDITION, arrays, settings_of

from app.engine import OPS
from app.engine.kinks import same

LINES, POINTS, REACH = 2, 200, 3.0
CLOSE = 1e-8


def along(op, case, seed):
    """A weighted sum of the result, and its sides, as two functions of the place on a line."""
    random = np.random.default_rng(seed)
    start, settings = arrays(case), settings_of(op, case)
    if op.name in CONDITION:
        start[CONDITION[op.name]] = start[CONDITION[op.name]] > 0
    units = [random.normal(size=x.shape) if x.dtype.kind == "f" else 0 for x in start]
    first = np.asarray(op.forward(*start, *settings), float)
    weights = random.normal(size=first.shape)

    def moved(t):
        return [
            np.asarray(x + t * unit)[()] if x.dtype.kind == "f" else x
            for x, unit in zip(start, units, strict=True)
        ]

    def at(t):
        try:
            return float(np.sum(weights * np.asarray(op.forward(*moved(t), *settings), float)))
        except np.linalg.LinAlgError:
            return np.nan

    def sides(t):
        return op.sides(op.forward(*moved(t), *settings), *moved(t), *settings)

    return at, sides


def bend(left, here, right, h):
    """How much the slope changes within h on both sides of a place, against how steep it is."""
    change = abs(right - 2 * here + left) / h
    return change / (1 + abs(right - left) / h) if np.isfinite(change) else 0.0


def kink(at):
    """A place where the slope changes at once, if there is one: it does at every closer look.

    Where it grows without bound (a pole, a root) there is no kink.
    """

    def bent(t, h):
        return bend(at(t - h), at(t), at(t + h), h)

    h = 2 * REACH / POINTS
    places = h * np.arange(-POINTS // 2, POINTS // 2 + 1) + 1e-4
    values = [at(t) for t in places]
    bends = [bend(*three, h) for three in zip(values, values[1:], values[2:], strict=False)]
    for i in np.argsort(bends)[::-1][:3]:
        t, near = places[i + 1], h
        while near > CLOSE and bent(t, near) > 0.02:
            near /= 2
            t = max((t - near, t, t + near), key=lambda one: bent(one, near))
        if near <= CLOSE and all(steady(at, t, side) for side in (-1, 1)):
            return t
    return None


def steady(at, t, side):
    """Whether the slope on one side stays what it is at a closer look."""
    start = at(t + side * 4 * CLOSE)
    far, close = ((at(t + side * (h + 4 * CLOSE)) - start) / h for h in (1e-5, 1e-6))
    return abs(far - close) <= 0.01 * (1 + abs(close))


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_kink_has_sides(name):
    op = OPS[name]
    for i, case in enumerate(CASES[name][:5]):
        if not any(x.dtype.kind == "f" and x.size <= 100 for x in arrays(case)):
            continue
        for seed in range(LINES):
            at, sides = along(op, case, seed)
            with np.errstate(all="ignore"):
                t = kink(at)
                if t is None:
                    continue
                assert op.sides is not None, (i, t, case)
                one, here, other = map(sides, (t - 8 * CLOSE, round(t, 6), t + 8 * CLOSE))
            assert not (same(one, other) and same(one, here)), (i, t)
