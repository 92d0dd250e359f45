"""What the optimizer lab is asked: an objective, and the surface on which it is seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.descent import LANDSCAPES, Objective, Recorded, onto
from app.descent import box as box_of
from app.descent.objective import Array
from app.engine import N_
from app.language.budget import Budget
from app.language.errors import Diagnosed, LimitReached, Refused
from app.language.run import Progress, function_of
from app.story.numbers import plain
from app.story.words import LANGUAGES, both
from app.work.objective import ProgramObjective
from app.work.training import OwnPath, Training, Watch, silent, unwatched

EXPRESSION_START = (1.0, 1.0)
ROOM = 3.0  # around the start of an expression
MANY = 1_000  # parameters beyond which a surface is drawn coarsely: each point costs them all
SLICES = {
    "all": N_("The surface shows the two parameters that there are."),
    "principal": N_(
        "{count} parameters are shown on a plane: along it the program's own path varies most (its "
        "first two principal components), all other directions stay where the path ends."
    ),
}
FIRST = N_("Later passes use other data: the surface is that of the first pass.")
HOOKED = N_(
    "A hook of the program changes a gradient: arrows and paths follow what it makes of it, which "
    "need not be the slope of this surface."
)
BRANCHES = N_(
    "Where the program would take another branch than in its first pass, it is run afresh; nothing "
    "is drawn where it would stop before it has a loss."
)


@dataclass
class Surface:
    """Where an objective is seen: its names, its plane, and the box that is worth looking at.

    whole: whether box and passes are those of the whole path, and not of its beginning."""

    kind: str
    label: str
    start: Array
    names: tuple[str, str]
    origin: Array
    axes: Array  # (2, parameters)
    box: tuple[tuple[float, float], tuple[float, float]]
    minima: tuple[tuple[float, float], ...] = ()
    latex: str | None = None
    remarks: tuple[str, ...] = ()  # on the surface, sentences
    passes: int | None = None
    whole: bool = True

    @property
    def slice(self) -> str:
        return "all" if self.axes.shape[1] == 2 else "principal"

    @property
    def coarse(self) -> bool:
        return len(self.start) > MANY

    def see(self, position: Array) -> Array:
        """A position of all parameters, in the coordinates of the surface."""
        return position if self.slice == "all" else onto(self.axes, position - self.origin)

    def along(self, slope: Array) -> Array:
        return onto(self.axes, slope)

    def raised(self, point: Array) -> Array:
        """The position of all parameters at a point of the surface."""
        return self.origin + point @ self.axes

    def words(self) -> dict[str, str]:
        sentences = [both(SLICES[self.slice], count=self.axes.shape[1]), *map(both, self.remarks)]
        return {lang: " ".join(one[lang] for one in sentences) for lang in LANGUAGES}

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "label": self.label,
            "names": self.names,
            "start": plain(self.see(self.start)),
            "box": self.box,
            "minima": self.minima,
            "latex": self.latex,
            "parameters": self.axes.shape[1],
            "coarse": self.coarse,
            "slice": {"kind": self.slice, "words": self.words(), "remarks": len(self.remarks)},
            "passes": self.passes,
            "whole": self.whole,
        }


@dataclass(kw_only=True)
class Question(Surface):
    """What is minimised, as the lab needs it: an objective, and the surface it is seen on."""

    objective: Objective
    own: OwnPath | None = None
    problem: Diagnosed | None = None  # what stopped the program


def ending(problem: Diagnosed | None, request: Mapping[str, Any]) -> dict[str, Any]:
    """How a job of the lab came to its end: the first fields of every answer."""
    lang = request.get("lang") or "en"
    status = "ok" if problem is None else "limit" if isinstance(problem, LimitReached) else "error"
    return {"status": status, "diagnostic": problem.diagnostic(lang) if problem else None}


def question(
    request: Mapping[str, Any],
    budget: Budget,
    path: bool = True,
    watch: Watch = unwatched,
    progress: Progress = silent,
    passes: int | None = None,
) -> Question:
    """The question that a request asks. path: whether the program's own path is needed; watch: is
    shown every row of that path as the program comes to it; progress: of the program's first run;
    passes: how many of it suffice where its surface is that of its two numbers.

    Raises Refused, and ProgramError where the program fails before it has shown a loss."""
    asked = request["objective"]
    if "function" in asked:
        return _function(asked)
    if asked.get("parameters"):
        return _expression(asked, budget)
    return _program(Training(asked, budget, watch, progress, passes), path)


def _flat(kind: str, label: str, objective: Recorded, box: Any, **more: Any) -> Question:
    names = (objective.names[0], objective.names[1])
    return Question(
        kind,
        label,
        objective.start,
        names,
        np.zeros(2),
        np.eye(2),
        box,
        objective=objective,
        **more,
    )


def _function(asked: Mapping[str, Any]) -> Question:
    named = LANDSCAPES[asked["function"]]
    options = {**named.defaults, **(asked.get("options") or {})}
    objective = named.objective(**options)
    return _flat(
        "function",
        named.name,
        objective,
        named.box,
        minima=named.minima(**options),
        latex=named.latex,
    )


def _expression(asked: Mapping[str, Any], budget: Budget) -> Question:
    names = asked["parameters"]
    inputs, seed = asked.get("inputs") or {}, asked.get("seed") or 0
    f = function_of(asked["source"], names, inputs, budget, seed)
    if f is None:
        raise Refused("not_number")
    start = np.array(asked.get("start") or EXPRESSION_START, np.float64)
    objective = Recorded(f, names, start)
    return _flat("expression", asked["source"].strip(), objective, _around(start))


def _around(start: Array) -> Any:
    x, y = map(float, start)
    return ((x - ROOM, x + ROOM), (y - ROOM, y + ROOM))


def _program(training: Training, path: bool) -> Question:
    own = training.path() if path else None
    seen = training.sample() if own is None else own.position[: own.diverged_at]
    return Question(
        **vars(surface_of(training, seen or training.sample())),
        objective=ProgramObjective(training),
        own=own,
        problem=training.problem,
    )


def surface_of(training: Training, seen: Sequence[Array], whole: bool = True) -> Surface:
    """What is seen of a program. seen: places on its path, which the box holds."""
    assert training.first is not None
    plane = training.plane(np.zeros(1), np.zeros(1))
    remarks = [FIRST] * training.varies + [BRANCHES] * bool(training.first.decisions)
    remarks += [HOOKED] * training.first.hooked
    return Surface(
        "program",
        training.loss,
        training.start,
        plane.names,
        training.origin,
        training.axes,
        box_of(seen),
        remarks=tuple(remarks),
        passes=(training.passes or None) if whole else None,
        whole=whole,
    )
