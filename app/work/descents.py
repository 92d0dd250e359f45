"""The jobs of trajectories: all at once, or told batch by batch."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.descent import OPTIMIZERS, Descent, Path
from app.descent.objective import Array
from app.engine import N_
from app.language.budget import Budget, Limits
from app.language.errors import LimitReached
from app.story.numbers import dumps, plain
from app.story.words import both
from app.work.question import Question, question
from app.work.worker import Reporter

STEPS = 200
COLUMNS = ("step", "position", "value", "gradient", "rate")
OVERFLOW = N_("{op} was the first operation whose result was not a finite number.")
Tell = Callable[[str, Any, str], None]


def descents(request: Mapping[str, Any], limits: Limits, told: Reporter) -> bytes:
    """The whole answer at once."""
    rows: dict[int, dict[str, list[Any]]] = {}
    answer: dict[str, Any] = {}

    def tell(name: str, data: Any, id: str) -> None:
        if name == "start":
            answer.update(data)
        elif name == "batch":
            kept = rows.setdefault(data["run"], {key: [] for key in COLUMNS})
            for key in COLUMNS:
                kept[key] += data[key]

    done = _descend(request, limits, tell)
    answer["runs"] = [{**run, **rows.get(i, {})} for i, run in enumerate(done["runs"])]
    return dumps(answer)


def stream(request: Mapping[str, Any], limits: Limits, told: Reporter) -> bytes:
    """The same told in parts: start, batches, and at the end the summary."""
    done = _descend(request, limits, lambda name, data, id: told.tell(name, dumps(data), id))
    return dumps(done)


def _descend(request: Mapping[str, Any], limits: Limits, tell: Tell) -> dict[str, Any]:
    asked = question(request, limits, path=True)
    after = int(request.get("after", -1))
    if asked.kind == "program" and not request.get("runs"):
        return _retell(asked, tell, after)
    start = request.get("start")
    here = asked.start if start is None else asked.raised(np.array(start, np.float64))
    paths = [_path(run, here) for run in request.get("runs") or [{"optimizer": "sgd"}]]
    descent = Descent(
        asked.objective, paths, int(request.get("steps") or STEPS), asked.see, asked.along
    )
    runs = [{"optimizer": p.optimizer, "options": p.options, "label": p.label} for p in paths]
    tell("start", {"objective": asked.as_json(), "runs": runs}, "")
    budget = Budget(limits)
    waiting: list[tuple[int, dict[str, Any]]] = []
    try:
        for batch in descent.batches():
            budget.clock()
            path = paths[batch.run]
            first = max(batch.start, _first_after(path.step, after))
            if waiting and waiting[-1][0] >= batch.run:  # a new round: the last one is complete
                _send(waiting, tell)
            waiting.append((batch.run, _rows(batch.run, path, first, batch.end)))
        _send(waiting, tell)
    except LimitReached:
        _send(waiting, tell)
        for path in paths:
            path.status = path.status or "cancelled"
    return {"runs": [_summary(path) for path in paths]}


def _first_after(steps: list[int], after: int) -> int:
    return next((i for i, step in enumerate(steps) if step > after), len(steps))


def _send(waiting: list[tuple[int, dict[str, Any]]], tell: Tell) -> None:
    """Tells a round of batches; only the last carries the id, so that a resume loses nothing."""
    filled = [rows for _, rows in waiting if rows["step"]]
    waiting.clear()
    for i, rows in enumerate(filled):
        last = i == len(filled) - 1
        tell("batch", rows, str(max(each["step"][-1] for each in filled)) if last else "")


def _path(run: Mapping[str, Any], here: Array) -> Path:
    optimizer = OPTIMIZERS[run["optimizer"]]
    options = optimizer.filled(run.get("options") or {})
    return Path(optimizer.name, options, run.get("label") or optimizer.name, here)


def _rows(run: int, path: Path, first: int, end: int) -> dict[str, Any]:
    rate = path.options.get("lr")
    return {
        "run": run,
        "from": path.step[first] if first < end else None,
        "step": path.step[first:end],
        "position": [plain(np.asarray(x)) for x in path.position[first:end]],
        "value": [plain(x) for x in path.value[first:end]],
        "gradient": [plain(np.asarray(x)) for x in path.gradient[first:end]],
        "rate": [rate] * (end - first),
    }


def _summary(path: Path) -> dict[str, Any]:
    overflow = None
    if path.overflow is not None:
        overflow = {"op": path.overflow, "words": both(OVERFLOW, op=path.overflow)}
    few = {name: plain(x) for name, x in path.state.items() if x.size <= 16}
    return {
        "optimizer": path.optimizer,
        "options": path.options,
        "label": path.label,
        "status": path.status,
        "diverged_at": path.diverged_at,
        "overflow": overflow,
        "steps": path.step[-1],
        "state": few,
    }


def _retell(asked: Question, tell: Tell, after: int) -> dict[str, Any]:
    """A program's own passes as one run."""
    run: dict[str, Any] = {"optimizer": "program", "options": {}, "label": asked.label}
    tell("start", {"objective": asked.as_json(), "runs": [run]}, "")
    own = asked.own
    steps = len(own["position"])
    values = [plain(value) for value in own["value"]] + [None] * (steps - len(own["value"]))
    slopes = [plain(np.asarray(x)) for x in own["gradient"]]
    slopes += [None] * (steps - len(slopes))
    finite = [isinstance(value, float) for value in values[:-1]]
    diverged = finite.index(False) if False in finite else None
    for first in range(max(0, after + 1), steps, 64):
        part = slice(first, min(first + 64, steps))
        rows = {
            "run": 0,
            "from": first,
            "step": list(range(steps))[part],
            "position": [plain(np.asarray(x)) for x in own["position"][part]],
            "value": values[part],
            "gradient": slopes[part],
            "rate": [None] * (part.stop - part.start),
        }
        tell("batch", rows, str(part.stop - 1))
    ending: dict[str, Any] = {
        "status": "max_steps" if diverged is None else "diverged",
        "diverged_at": diverged,
        "overflow": None,
        "steps": steps - 1,
        "state": {},
    }
    return {"runs": [{**run, **ending}]}
