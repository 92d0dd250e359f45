"""What the optimizer lab is asked: an objective, and the surface on which it is seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.descent import LANDSCAPES, Objective, Recorded
from app.descent import box as box_of
from app.descent.objective import Array
from app.engine import N_
from app.language.budget import Limits
from app.language.errors import Refused
from app.language.run import function_of
from app.story.numbers import plain
from app.story.words import both
from app.work.objective import ProgramObjective, Training

ROOM = 3.0  # around the start of an expression
SLICES = {
    "all": N_("The surface shows the two parameters that there are."),
    "principal": N_(
        "{count} parameters are shown on a plane: along it the program's own path varies most (its "
        "first two principal components), all other directions stay where the path ends."
    ),
}


@dataclass
class Question:
    """What is minimised, as the lab needs it: an objective and the surface it is seen on."""

    kind: str
    label: str
    objective: Objective
    start: Array
    names: tuple[str, str]
    origin: Array
    axes: Array  # (2, parameters)
    box: tuple[tuple[float, float], tuple[float, float]]
    minima: tuple[tuple[float, float], ...] = ()
    latex: str | None = None
    own: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def slice(self) -> str:
        return "all" if self.axes.shape[1] == 2 else "principal"

    def see(self, position: Array) -> Array:
        """A position of all parameters, in the coordinates of the surface."""
        return (position - self.origin) @ self.axes.T

    def along(self, slope: Array) -> Array:
        return slope @ self.axes.T

    def raised(self, point: Array) -> Array:
        """The position of all parameters at a point of the surface."""
        return self.origin + point @ self.axes

    def words(self) -> dict[str, str]:
        return both(SLICES[self.slice], count=self.axes.shape[1])

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
            "slice": {"kind": self.slice, "words": self.words()},
            "passes": max(0, len(self.own.get("position", ())) - 1) or None,
        }


def question(request: Mapping[str, Any], limits: Limits, path: bool) -> Question:
    """The question that a request asks. path: whether the program's own path is needed.

    Raises Refused, and ProgramError where the program fails before it has shown a loss."""
    asked = request["objective"]
    if "function" in asked:
        return _function(asked)
    if asked.get("parameters"):
        return _expression(asked, limits)
    return _program(asked, limits, path)


def _flat(kind: str, label: str, objective: Recorded, box: Any, **more: Any) -> Question:
    names = (objective.names[0], objective.names[1])
    return Question(
        kind, label, objective, objective.start, names, np.zeros(2), np.eye(2), box, **more
    )


def _function(asked: Mapping[str, Any]) -> Question:
    named = LANDSCAPES[asked["function"]]
    objective = named.objective(**(asked.get("options") or {}))
    return _flat(
        "function", named.name, objective, named.box, minima=named.minima, latex=named.latex
    )


def _expression(asked: Mapping[str, Any], limits: Limits) -> Question:
    names = asked["parameters"]
    f = function_of(asked["source"], names, asked.get("inputs") or {}, limits)
    if f is None:
        raise Refused("not_number")
    start = np.array(asked.get("start") or [1.0, 1.0], np.float64)
    objective = Recorded(f, names, start)
    return _flat("expression", asked["source"].strip(), objective, _around(start))


def _around(start: Array) -> Any:
    x, y = map(float, start)
    return ((x - ROOM, x + ROOM), (y - ROOM, y + ROOM))


def _program(asked: Mapping[str, Any], limits: Limits, path: bool) -> Question:
    training = Training(asked, limits)
    if len(training.names) < 2:
        raise Refused("one_parameter", name=training.names[0])
    plane = training.plane(np.zeros(1), np.zeros(1))
    own = training.path()
    return Question(
        "program",
        training.loss,
        ProgramObjective(training),
        training.start,
        plane.names,
        training.origin,
        training.axes,
        box_of(own["position"]),
        own=own,
    )
