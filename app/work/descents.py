"""The jobs of trajectories: all at once, or told batch by batch."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.descent import MOVE, OPTIMIZERS, STATE, STOPS, Batch, Descent, Path, rate
from app.descent.objective import Array
from app.engine import N_
from app.language.budget import Budget, Limits
from app.language.errors import Diagnosed, LimitReached
from app.story.numbers import dumps, plain
from app.story.words import both
from app.work.question import ending, question
from app.work.retelling import Retelling, Tell
from app.work.worker import Reporter

STEPS = 200
ROW = 96  # bytes of an answer for a step of a run, about: 16 runs of 10,000 steps may be told
COLUMNS = ("step", "position", "value", "gradient", "rate")
OVERFLOW = N_("{op} was the first operation whose result was not a finite number.")
OTHERS = {
    STOPS: N_("Nothing overflowed: the program would stop here before it has a loss."),
    MOVE: N_("The step itself was too long for a number: the rate times the gradient overflowed."),
    STATE: N_(
        "What the optimizer remembers has overflowed, so that it moves no more as it should."
    ),
}


def descents(request: Mapping[str, Any], limits: Limits, told: Reporter) -> bytes:
    """The whole answer at once."""
    rows: dict[int, dict[str, list[Any]]] = {}

    def tell(name: str, data: Any, id: str) -> None:
        if name == "batch":
            kept = rows.setdefault(data["run"], {key: [] for key in COLUMNS})
            for key in COLUMNS:
                kept[key] += data[key]

    done = _descend(request, limits, tell, told)
    runs = [{**run, **rows.get(i, {})} for i, run in enumerate(done["runs"])]
    return dumps({**done, "runs": runs})


def stream(request: Mapping[str, Any], limits: Limits, told: Reporter) -> bytes:
    """The same told in parts: start, batches, and at the end the summary."""

    def tell(name: str, data: Any, id: str) -> None:
        told.tell(name, dumps(data), id)

    return dumps(_descend(request, limits, tell, told))


def _descend(
    request: Mapping[str, Any], limits: Limits, tell: Tell, told: Reporter
) -> dict[str, Any]:
    budget = Budget(limits)
    after = int(request.get("after", -1))
    about = request["objective"]
    if not ("function" in about or about.get("parameters") or request.get("runs")):
        return _own_path(request, budget, Retelling(tell, after, told))
    asked = question(request, budget, path=False)
    start = request.get("start")
    here = asked.start if start is None else asked.raised(np.array(start, np.float64))
    paths = [_path(run, here) for run in request.get("runs") or [{"optimizer": "sgd"}]]
    descent = Descent(
        asked.objective, paths, int(request.get("steps") or STEPS), asked.see, asked.along
    )
    runs = [{"optimizer": p.optimizer, "options": p.options, "label": p.label} for p in paths]
    tell("start", {"objective": asked.as_json(), "runs": runs}, "")
    problem: Diagnosed | None = None
    try:
        for batches in descent.rounds():
            budget.written(ROW * sum(one.end - one.start for one in batches))
            _send([_rows(one, paths[one.run], after) for one in batches], tell)
            budget.clock()
    except LimitReached as limit:
        problem = limit
        for path in paths:
            path.end("cancelled")
    return {
        **ending(problem, request),
        "objective": asked.as_json(),
        "runs": [_summary(path) for path in paths],
    }


def _first_after(steps: list[int], after: int) -> int:
    return next((i for i, step in enumerate(steps) if step > after), len(steps))


def _send(batches: list[dict[str, Any]], tell: Tell) -> None:
    """Tells a round of batches; only the last carries the id, so that a resume loses nothing."""
    filled = [rows for rows in batches if rows["step"]]
    for i, rows in enumerate(filled):
        last = i == len(filled) - 1
        tell("batch", rows, str(max(each["step"][-1] for each in filled)) if last else "")


def _path(run: Mapping[str, Any], here: Array) -> Path:
    optimizer = OPTIMIZERS[run["optimizer"]]
    options = optimizer.filled(run.get("options") or {})
    return Path(optimizer.name, options, run.get("label") or optimizer.name, here)


def _rows(batch: Batch, path: Path, after: int) -> dict[str, Any]:
    """The columns of a batch, without the steps up to `after`, which the reader has seen."""
    first = max(batch.start, _first_after(path.step, after))
    part = slice(first, batch.end)
    return {
        "run": batch.run,
        "from": path.step[first] if first < batch.end else None,
        "step": path.step[part],
        "position": [plain(np.asarray(x)) for x in path.position[part]],
        "value": [plain(x) for x in path.value[part]],
        "gradient": [plain(np.asarray(x)) for x in path.gradient[part]],
        "rate": [rate(path.options, step) for step in path.step[part]],
    }


def _overflow(what: str | None) -> dict[str, Any] | None:
    """What overflowed first, in words."""
    if what is None:
        return None
    if what in OTHERS:
        return {"op": None, "words": both(OTHERS[what])}
    return {"op": what, "words": both(OVERFLOW, op=what)}


def _summary(path: Path) -> dict[str, Any]:
    few = {name: plain(x) for name, x in path.state.items() if x.size <= 16}
    return {
        "optimizer": path.optimizer,
        "options": path.options,
        "label": path.label,
        "status": path.status,
        "diverged_at": path.diverged_at,
        "overflow": _overflow(path.overflow),
        "steps": path.step[-1],
        "state": few,
    }


def _own_path(request: Mapping[str, Any], budget: Budget, retelling: Retelling) -> dict[str, Any]:
    """What the program itself does, as one run, told while it does it."""
    asked = question(request, budget, watch=retelling, progress=retelling.progress)
    own = asked.own
    assert own is not None
    retelling.rest(own)
    summary: dict[str, Any] = {
        "status": "max_steps" if own.diverged_at is None else "diverged",
        "diverged_at": own.diverged_at,
        "overflow": _overflow(own.overflow),
        "steps": len(own.position) - 1,
        "state": {},
    }
    runs = [{**retelling.run, **summary}]
    return {**ending(asked.problem, request), "objective": asked.as_json(), "runs": runs}
