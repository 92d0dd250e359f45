"""The verdict of a gradient check: what difference quotients can say of an analytic slope.

A quotient differs from the slope by rounding, which is measured (noise.py), and by curvature,
which halving the step shows. Where it is known to four digits or more and the analytic slope is
within its doubt, that is fine; wrong is only what no doubt explains at several steps down to where
rounding begins, in a function that the numbers resolve. All else is undecided, with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from app.engine.kinks import BRANCH
from app.engine.witness import Along, Probe

Kind = Literal["fine", "kink", "undecided", "wrong"]
CLOSE = 1e-7  # relative: what cs231n calls equal
SEEN = 1e-4  # relative doubt up to which a quotient says anything
FAR = 10.0  # doubts: beyond is wrong
LEVELS = 10  # of steps at a scale of its own, a tenth each


@dataclass(frozen=True)
class Verdict:
    """What can be said, why, and by which step.

    reason: a code. numeric: the quotient at h, or at a kink the slopes on
    both sides; doubt: what rounding and curvature may move it by. at: the operation that it is
    about.
    """

    kind: Kind
    reason: str
    h: float | None = None
    numeric: float | None = None
    doubt: float | None = None
    at: str | None = None
    sides: tuple[float, float] | None = None


def judged(along: Along, steps: Sequence[float], more: bool) -> Verdict:
    """The verdict on a slope by these step sizes; by more, at the scales of the numbers
    themselves, where they do not decide and `more` may be taken."""
    if not isfinite(along.slope):
        return Verdict("undecided", "infinite")
    found = _judged(along, sorted(set(steps), reverse=True))
    if found.kind != "undecided" or not more:
        return found
    scales = {along.reach, abs(along.here / along.slope) if along.slope else 0.0} - {0.0, 1.0}
    own = {scale * 10.0**-k for scale in scales for k in range(1, LEVELS + 1)}
    again = _judged(along, sorted({h for h in own if isfinite(h) and h > 0}, reverse=True))
    return again if again.kind != "undecided" else found


def _judged(along: Along, steps: Sequence[float]) -> Verdict:
    probes = [along.probe(h) for h in steps]
    finite = [one for one in probes if one.finite]
    if not finite:
        return Verdict("undecided", "not_finite")
    moved = [one for one in finite if one.moved]
    if not moved:
        return Verdict("undecided", "unmoved")
    smooth = [one for one in moved if not one.kinks]
    return _smooth(along, smooth) if smooth else _kink(along, moved)


# -- where nothing takes another side


def _smooth(along: Along, probes: Sequence[Probe]) -> Verdict:
    """probes: the largest step first."""
    slope, unclear = along.slope, None
    for one in sorted(probes, key=lambda one: _rough(along, probes, one)):
        doubt = _doubt(along, one)
        if doubt is None or not isfinite(doubt):
            continue
        off, scale = abs(one.slope - slope), max(abs(one.slope), abs(slope))
        if off <= doubt + CLOSE * scale:
            if doubt <= SEEN * scale:
                return Verdict("fine", "agree", one.h, one.slope, doubt + off)
            if slope == 0 and doubt <= CLOSE * _steep(along, one) and _settled(along, one, doubt):
                return Verdict("fine", "zero", one.h, one.slope, doubt + off)
            hidden = "rounding" if along.doubt(one.h) > doubt / 2 else "coarse"
        elif off > FAR * doubt and _near(along, one) and _settled(along, one, doubt):
            if along.underflows(one.slope, FAR * doubt):
                return Verdict("undecided", "range", one.h, one.slope, doubt)
            return Verdict("wrong", "differ", one.h, one.slope, doubt)
        else:
            hidden = "unsettled"
        if unclear is None or (unclear.reason == "unsettled" and hidden != "unsettled"):
            unclear = Verdict("undecided", hidden, one.h, one.slope, doubt)
    gone = along.lost(probes[0].h)
    if gone is not None:
        return Verdict("undecided", "precision", at=gone)
    return unclear or Verdict("undecided", "not_finite")


def _rough(along: Along, probes: Sequence[Probe], one: Probe) -> float:
    """A first estimate of a probe's doubt, from its neighbours."""
    i = probes.index(one)
    bend = abs(one.slope - probes[i - 1].slope) if i else abs(one.right_slope - one.left_slope)
    larger = max(abs(one.ahead), abs(one.behind)) / (abs(along.here) or 1.0)
    return bend + along.rounding * max(1.0, larger) / one.h


def _doubt(along: Along, one: Probe) -> float | None:
    """What rounding and curvature may move a centred quotient by; None beside a kink."""
    half = along.probe(one.h / 2)
    if half.kinks or not half.finite:
        return None
    return along.doubt(one.h) + 2 * abs(one.slope - half.slope)


def _steep(along: Along, one: Probe) -> float:
    """How steep this function is nearby, for a scale of what is zero."""
    return max(abs(along.here) / max(1.0, along.reach), 1e-300, _sides(one))


def _sides(one: Probe) -> float:
    return max(abs(one.left_slope), abs(one.right_slope))


def _near(along: Along, one: Probe) -> bool:
    return one.h <= max(1.0, along.reach)


def _settled(along: Along, one: Probe, doubt: float) -> bool:
    """Whether all smaller steps, down to where rounding hides it, say the same as this one: that
    the slope is this, and not the analytic one where that differs.
    """
    off = abs(one.slope - along.slope)
    different = off > FAR * doubt
    room = 0.2 * off if different else _steep(along, one)
    noise, seen, h = along.doubt(one.h) * one.h, 0, one.h
    while h > 0:
        h /= 2 if seen < 2 else 10
        if noise / h > room:
            noise = along.doubt(h) * h
            if noise / h > room:
                break
        other = along.probe(h)
        if not other.moved:
            break
        if other.kinks or not other.finite:
            return False
        if abs(other.slope - one.slope) > 2 * (doubt + noise / h):
            return False
        if _sides(other) > 2 * (_sides(one) + noise / h):  # ever steeper: a pole, or a wave
            return False
        seen += 1
    return seen >= 2 and along.lost(one.h) is None


# -- on a kink


def _kink(along: Along, probes: Sequence[Probe]) -> Verdict:
    """Every step changes a side: at this very point, or with steps too large to tell."""
    least = probes[-1]
    names = least.kinks
    if BRANCH in names:  # what is replayed is one branch: the other's slope is not seen
        return Verdict("kink", "branch", least.h, at=BRANCH)
    closer = [along.probe(least.h * 10.0**-k) for k in (1, 2, 3, 4)]
    if any(one.moved and not one.kinks for one in closer):
        return Verdict("undecided", "crossed", least.h, at=names[0])
    right = _side(along, probes, ahead=True)
    left = _side(along, probes, ahead=False)
    if right is None or left is None:
        return Verdict("kink", "kink", least.h, at=names[0])
    (right_slope, right_doubt, h), (left_slope, left_doubt, other) = right, left
    h = max(h, other)  # neither side is lost in rounding there
    doubt, slope = max(right_doubt, left_doubt), along.slope
    off = max(abs(right_slope - slope), abs(left_slope - slope))
    scale = max(abs(right_slope), abs(left_slope), abs(slope))
    zero = slope == 0 and doubt <= CLOSE * _steep(along, probes[0])
    if off <= doubt + CLOSE * scale and (doubt <= SEEN * scale or zero):
        mean = (right_slope + left_slope) / 2
        reason = "zero" if slope == 0 else "agree"
        return Verdict("fine", reason, h, mean, doubt + off, names[0])
    if abs(right_slope - left_slope) <= doubt:
        return Verdict("kink", "kink", h, at=names[0])
    return Verdict("kink", "sides", h, at=names[0], sides=(left_slope, right_slope))


def _side(along: Along, probes: Sequence[Probe], ahead: bool) -> tuple[float, float, float] | None:
    """The slope on one side, its doubt, and the step that leaves least of it."""
    best: tuple[float, float, float] | None = None
    for one in probes:
        half = along.probe(one.h / 2)
        if not half.finite:
            continue
        value, other = (
            (one.right_slope, half.right_slope) if ahead else (one.left_slope, half.left_slope)
        )
        doubt = 2 * along.doubt(one.h) + 2 * abs(value - other)
        if isfinite(doubt) and (best is None or doubt < best[1]):
            best = value, doubt, one.h
    return best
