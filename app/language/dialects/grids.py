"""meshgrid: the coordinates of a grid of points, from those along its axes."""

from collections.abc import Callable
from typing import Any

from app.engine import Tensor
from app.engine import primitives as p
from app.language.dialects.common import array, lengths
from app.language.errors import value_error
from app.language.machine import Machine
from app.language.values import Array, Value


def meshgrid(kind: str, usual: str) -> Callable[..., list[Array]]:
    """usual: the order of axes where none is asked for, "ij" (rows first) or "xy"."""

    def call(m: Machine, *axes: Value, indexing: Value = usual, name: Value = None) -> list[Array]:
        if len(axes) == 1 and isinstance(axes[0], list | tuple):
            axes = tuple(axes[0])
        if indexing not in ("ij", "xy"):
            raise value_error(f"meshgrid: indexing must be 'xy' or 'ij', not {indexing!r}")
        found = [array(m, x, kind) for x in axes]
        places = list(range(len(found)))
        if indexing == "xy" and len(found) > 1:
            places[:2] = 1, 0
        shape = [0] * len(found)
        for x, at in zip(found, places, strict=True):
            shape[at] = x.tensor.size
        full = lengths(m, *shape)
        m.budget.array((len(found), *full))
        made = zip(found, places, strict=True)
        return [m.apply(_spread(at, full), x) for x, at in made]

    return call


def _spread(at: int, full: tuple[int, ...]) -> Callable[[Any], Tensor]:
    """One axis' coordinates at every point of the grid."""
    alone = tuple(n if i == at else 1 for i, n in enumerate(full))
    return lambda t: p.shaping.broadcast_to(p.shaping.reshape(t, alone), full)
