"""The drawing of one part: the lengths along the flow, then boxes, lines and labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.story.layout.grid import Grid
from app.story.layout.path import Point, Stroke, bend, joined
from app.story.layout.ports import Ports

ARROW = 10.0  # between label and box: room for the arrow head
TIP = 2.0  # the path ends this far before the box, under the marker's point
BEND = 26.0  # least length of a bend along the flow
STEEP = 0.14  # extra length of the bends in a gap, per pixel that they cross
STEEPEST = 90.0  # but no bends are longer than this


@dataclass(frozen=True)
class Part:
    """One part drawn from (0, 0): lists by the part's own box and arc numbers."""

    extent: Point
    corners: list[Point]
    paths: list[list[Stroke]]
    labels: list[Point]


def draw(
    grid: Grid, box: Sequence[Point], label: Point, ports: Sequence[Ports], across: Sequence[float]
) -> Part:
    """The part whose boxes (length along u, breadth along v) and dummies lie at v = `across`."""
    lanes = _lanes(grid, box, label[0], ports, across)
    head: list[float] = []  # where each box begins
    for v, (length, _) in enumerate(box):
        lane = lanes[grid.rank[v]]
        head.append(lane.begin + (lane.end - lane.begin - length) / 2)

    seen = [0] * grid.count
    paths: list[list[Stroke]] = []
    labels: list[Point] = []
    for u, *bends, w in grid.routes:
        k, seen[w] = seen[w], seen[w] + 1
        now = (head[u] + box[u][0], across[u])
        strokes: list[Stroke] = [(now,)]
        for v in (*bends, w):
            start = (lanes[grid.rank[v] - 1].end, now[1])
            now = (lanes[grid.rank[v]].bent, across[v] + (ports[w].tracks[k] if v == w else 0.0))
            strokes += [(start,), bend(start, now)]
        tip = across[w] + ports[w].entries[k]
        tail = (head[w] - ARROW - ports[w].fan, now[1])
        strokes += [(tail,), bend(tail, (head[w] - ARROW, tip)), ((head[w] - TIP, tip),)]
        paths.append(joined(strokes))
        labels.append((tail[0] - label[0] / 2, tail[1]))
    corners = [(head[v], across[v] - side / 2) for v, (_, side) in enumerate(box)]
    breadth = max(x + p.reach[1] for x, p in zip(across, ports, strict=True))
    return Part((lanes[-1].end, breadth), corners, paths, labels)


class _Lane(NamedTuple):
    """A layer along the flow: where the bends before it have ended, where its boxes begin and end.

    Between the first two there is room for labels, fans and arrow heads.
    """

    bent: float
    begin: float
    end: float


def _lanes(
    grid: Grid, box: Sequence[Point], label: float, ports: Sequence[Ports], across: Sequence[float]
) -> list[_Lane]:
    """The layers, the first of them at 0, for labels of the given length."""
    lanes: list[_Lane] = []
    for layer in grid.layers:
        real = [v for v in layer if v < grid.count]
        long = max((box[v][0] for v in real), default=0.0)
        if not lanes:
            lanes.append(_Lane(0.0, 0.0, long))
            continue
        leads = [label + ARROW + ports[v].fan - (long - box[v][0]) / 2 for v in real if grid.ins[v]]
        drift = max(
            abs(across[u] - across[v] - off)
            for v in layer
            for u, off in zip(grid.ins[v], ports[v].tracks, strict=True)
        )
        bent = lanes[-1].end + min(STEEPEST, BEND + STEEP * drift)
        begin = bent + max([ARROW, *leads])
        lanes.append(_Lane(bent, begin, begin + long))
    return lanes
