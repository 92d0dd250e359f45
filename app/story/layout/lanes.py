"""The lengths along the flow: where the layers lie, and the hops that lines make between them."""

from collections.abc import Sequence
from typing import NamedTuple

from app.story.layout.grid import Grid
from app.story.layout.path import BENT, Point
from app.story.layout.ports import Ports

ARROW = 10.0  # between label and box: room for the arrow head
BEND = 26.0  # least length of a bend along the flow
SLIM = 16.0  # what is left of it in a gap in which nothing bends
STEEP = 0.14  # extra length of the bends in a gap, per pixel that they cross
STEEPEST = 90.0  # but no bends are longer than this


class Lane(NamedTuple):
    """A layer along the flow: where the bends before it have ended, where its boxes begin and end.

    Between the first two there is room for labels, fans and arrow heads.
    """

    bent: float
    begin: float
    end: float


class Hop(NamedTuple):
    """A line's way into a layer, from one v to another."""

    layer: int
    start: float
    goal: float


def lanes_of(
    grid: Grid,
    box: Sequence[Point],
    label: float,
    ports: Sequence[Ports],
    across: Sequence[float],
    first: Sequence[int] = (),
) -> list[Lane]:
    """The layers, the first of them at 0, for labels of the given length; lines do not bend into
    those that are `first` in a row."""
    lanes: list[Lane] = []
    for number, layer in enumerate(grid.layers):
        real = [v for v in layer if v < grid.count]
        long = max((box[v][0] for v in real), default=0.0)
        if not lanes:
            lanes.append(Lane(0.0, 0.0, long))
            continue
        leads = [label + ARROW + ports[v].fan - (long - box[v][0]) / 2 for v in real if grid.ins[v]]
        drift = max(
            abs(across[u] - across[v] - off)
            for v in layer
            for u, off in zip(grid.ins[v], ports[v].tracks, strict=True)
        )
        still = drift < BENT or number in first
        bent = lanes[-1].end + (SLIM if still else min(STEEPEST, BEND + STEEP * drift))
        begin = bent + max([ARROW, *leads])
        lanes.append(Lane(bent, begin, begin + long))
    return lanes


def hops_of(grid: Grid, ports: Sequence[Ports], across: Sequence[float]) -> list[list[Hop]]:
    """The hops of every route."""
    seen = [0] * grid.count
    routes: list[list[Hop]] = []
    for u, *bends, w in grid.routes:
        k, seen[w] = seen[w], seen[w] + 1
        hops: list[Hop] = []
        now = across[u]
        for v in (*bends, w):
            goal = across[v] + (ports[w].tracks[k] if v == w else 0.0)
            hops.append(Hop(grid.rank[v], now, goal))
            now = goal
        routes.append(hops)
    return routes
