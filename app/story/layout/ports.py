"""Where edges reach a vertex, and the room that they and their labels need before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.story.layout.grid import Grid
from app.story.layout.layers import Arc
from app.story.layout.path import Point

SLACK = 4.0  # between two labels at one consumer
CRAMPED = 10.0  # ports closer than this leave the straight input's side of the box


@dataclass(frozen=True)
class Ports:
    """The inputs of one vertex, as v from its centre.

    entries: per input, on the box; tracks: per input, where its label runs (for a dummy: 0);
    fan: length in front of the box in which tracks turn into entries; reach: (before, after).
    """

    entries: list[float]
    tracks: list[float]
    fan: float
    reach: Point


def spread(
    grid: Grid, box: Sequence[Point], breadth: float, spine: Mapping[int, Arc]
) -> list[Ports]:
    """Every vertex' inputs in slot order, the straight one (`spine`) at the centre."""
    ports: list[Ports] = []
    for v, us in enumerate(grid.ins):
        if v >= grid.count:
            ports.append(Ports([0.0], [0.0], 0.0, (0.0, 0.0)))
        elif not us:
            ports.append(Ports([], [], 0.0, (box[v][1] / 2, box[v][1] / 2)))
        else:
            last = len(us) - 1
            ports.append(_fan(last, spine[v][1] if v in spine else last / 2, box[v][1], breadth))
    return ports


def _fan(last: int, fixed: float, side: float, breadth: float) -> Ports:
    """Inputs 0 to `last` on a side of a box, input `fixed` at its centre if there is room.

    Labels of the given breadth that do not fit beside each other at the box fan out before it.
    """
    step = max(breadth + SLACK, side / (last + 2))
    room = side / 2 - min(8.0, side / 4)
    pitch = min(step, room / max(fixed, last - fixed, 1.0))
    middle = fixed
    even = min(step, room / max(last / 2, 1.0))
    if pitch < CRAMPED or (pitch < 0.75 * step == 0.75 * even):
        middle, pitch = last / 2, even  # the spine enters off the centre
    entries = [(k - middle) * pitch for k in range(last + 1)]
    tracks = [(fixed - middle) * pitch + (k - fixed) * step for k in range(last + 1)]
    off = max(abs(a - b) for a, b in zip(entries, tracks, strict=True))
    fan = min(48.0, 12.0 + off / 3) if off > 0.05 else 0.0
    half = breadth / 2
    return Ports(
        entries, tracks, fan, (max(side / 2, half - tracks[0]), max(side / 2, half + tracks[-1]))
    )
