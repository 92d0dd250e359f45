"""Gradient checks of programs: one gradient call against difference quotients, the first if none
is chosen."""

from collections.abc import Mapping, Sequence
from math import floor, log10
from typing import Any

import numpy as np

from app.engine import N_, OPS, Tensor
from app.engine.check import DTYPES, STEPS, Checked, Row, check
from app.engine.primitives.own import own_gradient
from app.language.budget import Budget, Limits
from app.language.errors import Diagnosed, LimitReached, Refused
from app.language.run import execute
from app.story.numbers import dumps, plain
from app.story.segment import Call, Item
from app.story.telling import Telling
from app.story.words import both
from app.work.alarm import timely
from app.work.replay import replayed_in, work_of

REASONS = {
    "agree": N_("The two agree to {digits} digits: the gradient is right."),
    "zero": N_("Both are zero, to within {doubt}: the gradient is right."),
    "sides": N_(
        "Here is a kink ({operation}): on its left the slope is {left}, on its right {right}. The "
        "rule gives {analytic}, by convention."
    ),
    "branch": N_(
        "A branch of the program changes at this very point: the gradient is that of the branch "
        "that was taken."
    ),
    "kink": N_("Every step crosses a kink ({operation}), where a slope has no single value."),
    "infinite": N_("The analytic gradient is not a finite number: there is nothing to compare."),
    "not_finite": N_("No difference quotient is a finite number: nothing can be said here."),
    "unmoved": N_(
        "The steps are smaller than the distance between neighbouring numbers here, so nothing "
        "moves: larger steps may tell."
    ),
    "rounding": N_(
        "Rounding makes the quotient uncertain by {doubt}: too much for a gradient of {analytic}."
    ),
    "coarse": N_(
        "The steps are too large: the quotient is uncertain by {doubt} because of curvature."
    ),
    "unsettled": N_(
        "The quotients do not settle as the step shrinks: the function changes faster than the "
        "steps can follow."
    ),
    "precision": N_(
        "All digits are lost on the way ({operation}): the last digit of what it gets moves its "
        "result as much as the step does."
    ),
    "range": N_(
        "The gradient falls below the smallest number on its way back: the two differ by underflow."
    ),
    "crossed": N_("Every step crosses a kink ({operation}), a smaller step would not."),
    "differ": N_(
        "The two differ by {difference}, and rounding and the step explain {doubt} at most: the "
        "gradient is wrong."
    ),
    "own": N_(
        "The two differ by {difference}, and rounding and the step explain {doubt} at most: the "
        "program's own gradient function gives another slope than its value has."
    ),
}
LATER = 0.2  # of its time, for the check of a program that has used up all of it
ORDER = ("fine", "kink", "undecided", "wrong")
MIXED = N_("{count} of {total} checks are right.")
FINE = N_("The two agree: the gradient is right.")
HOOKED = N_(
    "{words} A hook of the program changes a gradient here: checked is what the rules give without "
    "it, not what .grad gets."
)
ONLY = N_("The program has one gradient call.")
NTH = N_("Gradient call {number} of {count} is checked.")
SOME = N_("{checked} of {total} numbers were checked, evenly spread, and one direction of all.")
ONE = N_("Its only number was checked.")
ALL = N_("All {total} numbers were checked, and one direction of all.")


def gradchecks(request: Mapping[str, Any], limits: Limits) -> bytes:
    """The JSON of the check. Raises Refused where nothing is differentiated."""
    try:
        return dumps(_answer(request, limits))
    except LimitReached as problem:
        return dumps(_failed(problem, request))


def _answer(request: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    wanted, seen = request.get("call") or 0, 0
    chosen: tuple[Telling, Call, int] | None = None

    def watch(told: Telling) -> None:
        nonlocal seen, chosen
        for call in told.calls:
            if seen == wanted or wanted < 0:
                chosen = told, call, seen
            seen += 1

    budget = Budget(limits)
    run = execute(request, limits, watch=watch, budget=budget, drawn=False)
    if chosen is None:
        if run.problem is not None:
            return _failed(run.problem, request)
        raise Refused("no_such_call", number=wanted, count=seen) if seen else Refused("no_call")
    told, call, number = chosen
    try:
        items = _variables(told, call, request.get("wrt"))
    except Refused:
        if run.problem is not None:  # the call was stopped before it had reached them
            return _failed(run.problem, request)
        raise
    budget, cost = budget.again(), work_of(told)
    budget.deadline += LATER * limits.seconds

    def charge() -> None:
        budget.work(cost)
        budget.clock()

    def f(*leaves: Tensor) -> Tensor:
        return replayed_in(leaves[0].dtype, told, items, leaves, call)

    values = [np.asarray(item.data, np.float64)[()] for item in items]
    steps = request.get("h")
    report = timely(budget, lambda: check(f, *values, steps=steps, same=True, before=charge))
    names = [item.name or "?" for item in items]
    own = any(one.op is own_gradient for one, *_ in told.arrivals)
    rows = [_told(one, names, own) for one in report.checked]
    direction = _told(report.direction, names, own)
    verdicts = [row["verdict"] for row in [*rows, direction]]
    few = len(report.checked) < report.total
    words = _whole([*rows, direction])
    if told.hooked:
        words = {lang: both(HOOKED, words=text)[lang] for lang, text in words.items()}
    return {
        "status": "ok",
        "diagnostic": None,
        "call": {
            "number": number,
            "count": seen,
            "line": call.span[0] if call.span else None,
            "method": call.method,
            "words": both(ONLY if seen == 1 else NTH, number=number + 1, count=seen),
        },
        "value": plain(np.float64(report.value)),
        "h": list(steps or STEPS),
        "total": report.total,
        "coverage": both(
            SOME if few else ALL if report.total > 1 else ONE,
            checked=len(report.checked),
            total=report.total,
        ),
        "verdict": max(verdicts, key=ORDER.index),
        "words": words,
        "entries": rows,
        "direction": direction,
    }


def _whole(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """One sentence if all is right, else how much is, and what is worst."""
    worst = max(rows, key=lambda row: ORDER.index(row["verdict"]))
    if worst["verdict"] == "fine":
        return both(FINE)
    fine = [row for row in rows if row["verdict"] == "fine"]
    counted = both(MIXED, count=len(fine), total=len(rows))
    words: dict[str, str] = worst["words"]
    return {lang: f"{counted[lang]} {words[lang]}" for lang in words} if fine else words


def _failed(problem: Diagnosed, request: Mapping[str, Any]) -> dict[str, Any]:
    status = "limit" if isinstance(problem, LimitReached) else "error"
    return {"status": status, "diagnostic": problem.diagnostic(request.get("lang") or "en")}


def _variables(told: Telling, call: Call, wanted: Sequence[str] | None) -> list[Item]:
    """The floating leaves of the pass that a gradient has reached."""
    reached = call.arrived
    found = [
        item
        for item in told.items
        if item.op is None and item in reached and item.data.dtype.kind == "f"
    ]
    if wanted is not None:
        by_name = {item.name: item for item in found}
        for name in wanted:
            if name not in by_name:
                raise Refused("no_gradient", name=name)
        found = [by_name[name] for name in dict.fromkeys(wanted)]
    if not found:
        raise Refused("no_call")
    return found


def _told(one: Checked, names: Sequence[str], own: bool) -> dict[str, Any]:
    """own: whether the gradient went through a gradient function of the program."""
    return {
        "name": None if one.argument is None else names[one.argument],
        "index": list(one.index),
        "analytic": plain(np.float64(one.analytic)),
        "best": one.best and {"h": one.best.h, **_row(one.best)},
        "verdict": one.verdict.kind,
        "reason": one.verdict.reason,
        "words": _words(one, own),
        "curves": {
            dtype: {
                key: [_row(row) for row in one.rows if (row.dtype, row.kind) == (dtype, kind)]
                for key, kind in (("one_sided", "one-sided"), ("centred", "centred"))
            }
            for dtype in DTYPES
        },
    }


def _row(row: Row) -> dict[str, Any]:
    error = None if row.error is None else plain(np.float64(row.error))
    return {"numeric": plain(np.float64(row.numeric)), "error": error, "kinks": list(row.kinks)}


def _words(one: Checked, own: bool) -> dict[str, str]:
    """Why the verdict is what it is."""
    verdict, analytic = one.verdict, one.analytic
    doubt, numeric = verdict.doubt or 0.0, verdict.numeric or 0.0
    left, right = verdict.sides or (0.0, 0.0)
    scale = max(abs(analytic), abs(numeric))
    digits = min(15, floor(-log10(doubt / scale))) if doubt and scale and doubt < scale else 15
    op = OPS.get(verdict.at or "")
    return both(
        REASONS["own" if own and verdict.reason == "differ" else verdict.reason],
        digits=digits,
        doubt=_rounded(doubt),
        difference=_rounded(abs(analytic - numeric)),
        analytic=_rounded(analytic),
        left=_rounded(left),
        right=_rounded(right),
        operation=op.sign if op else verdict.at,
    )


def _rounded(x: float) -> str:
    return f"{x:.2g}".replace("e-0", "e-").replace("e+0", "e+").replace("-", "−")
