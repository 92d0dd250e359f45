"""Gradient checks of programs: the gradients of the first pass against difference quotients."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import N_, Tensor
from app.engine.check import DTYPES, STEPS, Checked, Row, check
from app.language.budget import Budget, Limits
from app.language.errors import Diagnosed, LimitReached, Refused
from app.language.run import execute
from app.story.numbers import dumps, plain
from app.story.segment import Item
from app.story.trace import Telling
from app.story.words import both
from app.work.replay import replayed_in, work_of

VERDICTS = {
    "fine": N_("The two agree: the gradient is right."),
    "acceptable": N_(
        "The two nearly agree: acceptable beside a kink, too far apart for a smooth function."
    ),
    "doubtful": N_("The two differ enough to be uncomfortable: look for a mistake."),
    "wrong": N_("The two differ: the gradient is probably wrong."),
    "kink": N_(
        "Every step crosses a kink, where a slope has no single value: nothing can be said here."
    ),
    "unknown": N_("No difference quotient is a finite number: nothing can be said here."),
}
ORDER = ("fine", "acceptable", "kink", "unknown", "doubtful", "wrong")
SOME = N_("{checked} of {total} numbers were checked, evenly spread, and one direction of all.")
ALL = N_("All {total} numbers were checked, and one direction of all.")


def gradchecks(request: Mapping[str, Any], limits: Limits) -> bytes:
    """The JSON of the check. Raises Refused where nothing is differentiated."""
    try:
        return dumps(_answer(request, limits))
    except LimitReached as problem:
        return dumps(_failed(problem, request))


def _answer(request: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    passes: list[Telling] = []

    def first(told: Telling) -> None:
        if told.calls and not passes:
            passes.append(told)

    run = execute(request, limits, watch=first, drawn=False)
    if not passes:
        if run.problem is not None:
            return _failed(run.problem, request)
        raise Refused("no_call")
    told = passes[0]
    items = _variables(told, request.get("wrt"))
    steps = request.get("h") or STEPS
    budget, cost = Budget(limits), work_of(told)

    def f(*leaves: Tensor) -> Tensor:
        budget.work(cost)
        budget.clock()
        return replayed_in(leaves[0].dtype, told, items, leaves)

    values = [np.asarray(item.data, np.float64)[()] for item in items]
    report = check(f, *values, steps=steps)
    names = [item.name or "?" for item in items]
    value = float(f(*[Tensor(x) for x in values]).data)
    rows = [_told(one, names, value, steps) for one in report.checked]
    direction = _told(report.direction, names, value, steps)
    verdict = max((row["verdict"] for row in [*rows, direction]), key=ORDER.index)
    few = len(report.checked) < report.total
    return {
        "status": "ok",
        "diagnostic": None,
        "value": plain(np.float64(value)),
        "h": list(steps),
        "total": report.total,
        "coverage": both(SOME if few else ALL, checked=len(report.checked), total=report.total),
        "verdict": verdict,
        "words": both(VERDICTS[verdict]),
        "entries": rows,
        "direction": direction,
    }


def _failed(problem: Diagnosed, request: Mapping[str, Any]) -> dict[str, Any]:
    status = "limit" if isinstance(problem, LimitReached) else "error"
    return {"status": status, "diagnostic": problem.diagnostic(request.get("lang") or "en")}


def _variables(told: Telling, wanted: Sequence[str] | None) -> list[Item]:
    """The floating leaves of the pass that a gradient has reached."""
    reached = {item for call in told.calls[:1] for item in call.arrived}
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


def _told(
    one: Checked, names: Sequence[str], value: float, steps: Sequence[float]
) -> dict[str, Any]:
    verdict = _verdict(one.best, one.analytic, value)
    return {
        "name": None if one.argument is None else names[one.argument],
        "index": list(one.index),
        "analytic": plain(np.float64(one.analytic)),
        "best": one.best and {"h": one.best.h, **_row(one.best)},
        "verdict": verdict,
        "words": both(VERDICTS[verdict]),
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


def _verdict(best: Row | None, analytic: float, value: float) -> str:
    """cs231n's bands; what differs by less than rounding can tell apart is fine."""
    if best is None or best.error is None:
        return "unknown"
    if best.kinks:
        return "kink"
    rounding = 8 * float(np.finfo(np.float64).eps) * max(abs(value), 1e-300) / best.h
    if best.error <= 1e-7 or abs(best.numeric - analytic) <= rounding:
        return "fine"
    return "acceptable" if best.error <= 1e-4 else "doubtful" if best.error <= 1e-2 else "wrong"
