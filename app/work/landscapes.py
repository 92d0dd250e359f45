"""The job of surfaces: heights, and on request the gradient field."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from app.descent import Plane, heights
from app.descent import field as field_of
from app.descent.objective import Array
from app.language.budget import Budget, Limits
from app.story.numbers import dumps, plain
from app.work.question import question
from app.work.worker import Reporter

POINTS = 61
NUMBERS = 4_000_000  # of all parameters of the points that are looked at together
MANY, COARSE = 1_000, 25  # parameters beyond which a surface is drawn with so many points


def landscapes(request: Mapping[str, Any], limits: Limits, told: Reporter) -> bytes:
    """Heights, and on request the gradient field."""
    asked = question(request, limits, path=True)
    budget = Budget(limits)
    points = COARSE if asked.axes.shape[1] > MANY else POINTS
    (x, y) = (_axis(request.get(key) or {}, asked.box[i], points) for i, key in enumerate("xy"))
    plane = Plane(x, y, asked.origin, asked.axes[0], asked.axes[1], asked.names, asked.slice)
    z = np.concatenate([heights(asked.objective, part) for part in _by_rows(plane, budget)])
    answer: dict[str, Any] = {"x": plain(x), "y": plain(y), "z": plain(z), "gradient": None}
    if request.get("gradient"):
        fields = [field_of(asked.objective, part) for part in _by_rows(plane, budget)]
        across, up = (np.concatenate(part) for part in zip(*fields, strict=True))
        answer["gradient"] = {"x": plain(across), "y": plain(up)}
    answer["names"] = asked.names
    answer["slice"] = {"kind": asked.slice, "words": asked.words()}
    answer["minimum"] = _lowest(x, y, z)
    return dumps(answer)


def _axis(asked: Mapping[str, Any], box: tuple[float, float], points: int) -> Array:
    low, high = asked.get("range") or box
    return np.linspace(low, high, asked.get("points") or points)


def _by_rows(plane: Plane, budget: Budget) -> Iterator[Plane]:
    """The plane a few rows at a time: its points are positions of all parameters, which may be
    many. Looks at the clock before each part."""
    points = max(1, min(4_096, NUMBERS // len(plane.origin)))
    rows = max(1, points // len(plane.x))
    for first in range(0, len(plane.y), rows):
        budget.clock()
        yield replace(plane, y=plane.y[first : first + rows])


def _lowest(x: Array, y: Array, z: Array) -> dict[str, Any] | None:
    if not np.any(np.isfinite(z)):
        return None
    row, column = np.unravel_index(np.nanargmin(np.where(np.isfinite(z), z, np.nan)), z.shape)
    return {"x": float(x[column]), "y": float(y[row]), "z": plain(z[row, column])}
