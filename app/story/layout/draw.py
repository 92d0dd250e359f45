"""The drawing of one part: boxes, lines and labels, in one row or in several."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.story.layout.fold import Fold, Placed, arranged
from app.story.layout.grid import Grid
from app.story.layout.lanes import ARROW, hops_of, lanes_of
from app.story.layout.order import Layers
from app.story.layout.path import Point, Stroke, bend, joined
from app.story.layout.place import place
from app.story.layout.ports import spread
from app.story.layout.straight import straight

TIP = 2.0  # the path ends this far before the box, under the marker's point


@dataclass(frozen=True)
class Part:
    """One part drawn from (0, 0): lists by the part's own box and arc numbers."""

    extent: Point
    corners: list[Point]
    paths: list[list[Stroke]]
    labels: list[Point]


def draw(
    grid: Grid,
    box: Sequence[Point],
    label: Point,
    layers: Layers,
    most: int,
    fold: Fold,
) -> Part:
    """The part of such boxes (length along u, breadth along v), in at most so many rows, as `fold`
    chooses them."""
    spine = straight(grid, layers)
    ports = spread(grid, box, label[1], spine)

    def settle(first: list[int], other: Placed | None) -> Placed:
        if other:
            rows = arranged(first, grid, other.lanes, other.hops, ports, other.across)
            return other._replace(rows=rows)
        across = place(grid, layers, spine, ports, first)
        lanes = lanes_of(grid, box, label[0], ports, across, first)
        hops = hops_of(grid, ports, across)
        return Placed(across, lanes, hops, arranged(first, grid, lanes, hops, ports, across))

    across, lanes, hops, rows = fold(settle, most)
    head: list[float] = []  # where each box begins
    for v, (length, _) in enumerate(box):
        lane = lanes[grid.rank[v]]
        head.append(lane.begin + (lane.end - lane.begin - length) / 2)

    seen = [0] * grid.count
    paths: list[list[Stroke]] = []
    labels: list[Point] = []
    for (u, *_, w), route in zip(grid.routes, hops, strict=True):
        k, seen[w] = seen[w], seen[w] + 1
        strokes: list[Stroke] = [(rows.moved(grid.rank[u], (head[u] + box[u][0], across[u])),)]
        now = strokes[0][0]
        for hop in route:
            start = rows.moved(hop.layer - 1, (lanes[hop.layer - 1].end, hop.start))
            now = rows.moved(hop.layer, (lanes[hop.layer].bent, hop.goal))
            turn = rows.wrapped(hop, now) if rows.begins(hop.layer) else [bend(start, now)]
            strokes += [(start,), *turn]
        entry = (head[w] - ARROW, across[w] + ports[w].entries[k])
        tip = rows.moved(grid.rank[w], entry)
        tail = (tip[0] - ports[w].fan, now[1])
        strokes += [(tail,), bend(tail, tip), ((tip[0] + ARROW - TIP, tip[1]),)]
        paths.append(joined(strokes))
        labels.append((tail[0] - label[0] / 2, tail[1]))
    corners = [
        rows.moved(grid.rank[v], (head[v], across[v] - side / 2)) for v, (_, side) in enumerate(box)
    ]
    return Part(rows.extent, corners, paths, labels)
