"""Heights of an objective over a plane, and the gradient field on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.descent.objective import Array, Objective

FAR = 1e300  # a range may not be wider than a number


@dataclass(frozen=True)
class Plane:
    """Where to look: `origin` + x * `right` + y * `up`, each (parameters,)."""

    x: Array  # (columns,)
    y: Array  # (rows,)
    origin: Array
    right: Array
    up: Array
    names: tuple[str, str]
    kind: str = "all"  # all: the two parameters there are; pair; directions

    def points(self) -> Array:
        """The positions (rows, columns, parameters)."""
        along = self.x[None, :, None] * self.right + self.y[:, None, None] * self.up
        return self.origin + along


def onto(axes: Array, vector: Array) -> Array:
    """The components of a vector (..., parameters) along two axes (2, parameters).

    Where the axes are the two parameters themselves, each stays as it is: in a product with 0 an
    infinite one would make its neighbour NaN.
    """
    if np.array_equal(axes, np.eye(2)):
        return vector
    with np.errstate(all="ignore"):
        return vector @ axes.T


def heights(objective: Objective, plane: Plane) -> Array:
    """z[iy][ix]"""
    points = plane.points()
    return objective.values(points.reshape(-1, points.shape[-1])).reshape(points.shape[:2])


def field(objective: Objective, plane: Plane) -> tuple[Array, Array]:
    """The gradient's components along the plane, each (rows, columns)."""
    points = plane.points()
    _, slopes = objective.value_and_grad(points.reshape(-1, points.shape[-1]))
    along = onto(np.array([plane.right, plane.up]), slopes.reshape(points.shape))
    return along[..., 0], along[..., 1]


def box(positions: Any, room: float = 0.25) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range that holds all finite (x, y) positions, with room around; about 0 without any."""
    points = np.asarray(positions, np.float64)
    points = points[np.all(np.isfinite(points), axis=1)]
    points = np.clip(points, -FAR, FAR) if len(points) else np.zeros((1, 2))
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.maximum(high - low, 1e-3 * np.maximum(1, np.abs(high)))
    span = np.maximum(span, span.max() / 4)  # never a sliver
    middle = (low + high) / 2
    edges = middle - span * (0.5 + room), middle + span * (0.5 + room)
    return (float(edges[0][0]), float(edges[1][0])), (float(edges[0][1]), float(edges[1][1]))
