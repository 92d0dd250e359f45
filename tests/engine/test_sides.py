"""Every Op that has a kink or a jump says so: found by walking along lines through its cases."""

import numpy as np
import pytest
from table import CASES, CONDITION, arrays, settings_of

from app.engine import OPS
from app.engine.kinks import same

LINES, POINTS, REACH = 2, 200, 3.0
CLOSE = 1e-8


def along(op, case, seed):
    """A weighted sum of the result, and its sides, as functions of the place on a random line."""
    random = np.random.default_rng(seed)
    start, settings = arrays(case), settings_of(op, case)
    if op.name in CONDITION:
        start[CONDITION[op.name]] = start[CONDITION[op.name]] > 0
    units = [random.normal(size=x.shape) if x.dtype.kind == "f" else 0 for x in start]
    first = np.asarray(op.forward(*start, *settings), float)
    weights = random.normal(size=first.shape)

    def at(t):
        with np.errstate(all="ignore"):
            moved = [
                np.asarray(x + t * unit)[()] if x.dtype.kind == "f" else x
                for x, unit in zip(start, units, strict=True)
            ]
            try:
                z = np.asarray(op.forward(*moved, *settings))[()]
            except np.linalg.LinAlgError:
                return np.nan, None
            value = float(np.sum(weights * np.asarray(z, float)))
            return value, None if op.sides is None else op.sides(z, *moved, *settings)

    return at


def bend(at, t, h):
    """How much the slope changes within h on both sides of t, against how steep it is."""
    left, here, right = (at(t + step)[0] for step in (-h, 0, h))
    change = abs(right - 2 * here + left) / h
    return change / (1 + abs(right - left) / h) if np.isfinite(change) else 0.0


def kink(at):
    """A place where the slope changes at once, if there is one: it does at every closer look.

    Where it grows without bound (a pole, a root) there is no kink.
    """
    h = 2 * REACH / POINTS
    places = np.linspace(-REACH, REACH, POINTS) + 1e-4
    bends = [bend(at, t, h) for t in places]
    for i in np.argsort(bends)[::-1][:3]:
        t, near = places[i], h
        while near > CLOSE and bend(at, t, near) > 0.02:
            near /= 2
            t = max((t - near, t, t + near), key=lambda one: bend(at, one, near))
        if near <= CLOSE and all(steady(at, t, side) for side in (-1, 1)):
            return t
    return None


def steady(at, t, side):
    """Whether the slope on one side stays what it is at a closer look."""
    start = at(t + side * 4 * CLOSE)[0]
    far, close = ((at(t + side * (h + 4 * CLOSE))[0] - start) / h for h in (1e-5, 1e-6))
    return abs(far - close) <= 0.01 * (1 + abs(close))


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_kink_has_sides(name):
    op = OPS[name]
    for i, case in enumerate(CASES[name][:5]):
        if not any(x.dtype.kind == "f" and x.size <= 100 for x in arrays(case)):
            continue
        for seed in range(LINES):
            at = along(op, case, seed)
            t = kink(at)
            if t is None:
                continue
            assert op.sides is not None, (i, t, case)
            one, here, other = (at(one)[1] for one in (t - 8 * CLOSE, round(t, 6), t + 8 * CLOSE))
            assert not (same(one, other) and same(one, here)), (i, t)
