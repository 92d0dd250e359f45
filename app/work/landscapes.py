"""The job of surfaces: heights, and on request the gradient field."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from app.descent import Plane, heights
from app.descent import field as field_of
from app.descent.objective import Array
from app.language.budget import Budget, Limits
from app.language.errors import LimitReached
from app.story.numbers import dumps, plain
from app.work.question import ending, question
from app.work.worker import Reporter

POINTS, COARSE = 61, 25
SOME = 64  # passes that show whether a program takes other data as it goes


def landscapes(request: Mapping[str, Any], limits: Limits, told: Reporter) -> bytes:
    """Heights, and on request the gradient field; rows that time did not suffice for are NaN."""
    budget = Budget(limits)
    ranges = [(request.get(key) or {}).get("range") for key in "xy"]
    placed = all(ranges)
    asked = question(request, budget, path=not placed, passes=SOME if placed else None)
    points = COARSE if asked.coarse else POINTS
    (x, y) = (_axis(request.get(key) or {}, asked.box[i], points) for i, key in enumerate("xy"))
    plane = Plane(x, y, asked.origin, asked.axes[0], asked.axes[1], asked.names, asked.slice)
    z = np.full((len(y), len(x)), np.nan)
    across, up = (np.full_like(z, np.nan) for _ in "xy")
    problem = None
    try:
        for there, part in _parts(plane, asked.objective.tile, budget):
            z[there] = heights(asked.objective, part)
        if request.get("gradient"):
            for there, part in _parts(plane, asked.objective.tile, budget):
                across[there], up[there] = field_of(asked.objective, part)
    except LimitReached as limit:
        problem = limit
    gradient = {"x": plain(across), "y": plain(up)} if request.get("gradient") else None
    return dumps(
        {
            **ending(problem, request),
            "x": plain(x),
            "y": plain(y),
            "z": plain(z),
            "gradient": gradient,
            "names": asked.names,
            "slice": {"kind": asked.slice, "words": asked.words()},
            "minimum": _lowest(x, y, z),
        }
    )


def _axis(asked: Mapping[str, Any], box: tuple[float, float], points: int) -> Array:
    low, high = asked.get("range") or box
    return np.linspace(low, high, asked.get("points") or points)


def _parts(plane: Plane, most: int, budget: Budget) -> Iterator[tuple[Any, Plane]]:
    """The plane in parts of at most so many points, and where in it each lies.

    Looks at the clock before each part."""
    columns = min(most, len(plane.x))
    rows = max(1, most // columns)
    for top in range(0, len(plane.y), rows):
        for left in range(0, len(plane.x), columns):
            budget.clock()
            down, right = slice(top, top + rows), slice(left, left + columns)
            yield (down, right), replace(plane, x=plane.x[right], y=plane.y[down])


def _lowest(x: Array, y: Array, z: Array) -> dict[str, Any] | None:
    if not np.any(np.isfinite(z)):
        return None
    row, column = np.unravel_index(np.nanargmin(np.where(np.isfinite(z), z, np.nan)), z.shape)
    return {"x": float(x[column]), "y": float(y[row]), "z": plain(z[row, column])}
