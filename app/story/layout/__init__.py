"""A layered drawing of a directed acyclic graph: boxes, edges as SVG paths, room for numbers.

Each connected part takes the steps of Sugiyama's method, one file a step: `layers` and `grid` make
layers, `order` few crossings, `straight`, `ports` and `place` positions across the flow, `lanes`
along it, and `draw` lines that bend only in the gap between two layers, so that no edge can touch a
foreign box; where a drawing is long, `fold` lays it in rows. All of
them compute along `u` (the flow) and `v` (across it); only here does the reading direction decide
which of the two is x.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.story.layout.check import check
from app.story.layout.draw import draw
from app.story.layout.fold import FRAME, LEGIBLE, STAGE, Fold, folded, paged
from app.story.layout.grid import Grid, layered, trunks
from app.story.layout.layers import late_ranks, ranks
from app.story.layout.order import Layers, order, swept
from app.story.layout.parts import Edge, components, shelves
from app.story.layout.path import Point, path_data, short

__all__ = ["FRAME", "LEGIBLE", "MANY", "STAGE", "Layout", "folded", "layout", "paged"]

MANY, BENDS = 600, 12_000  # boxes, and bends of long edges, for which the square of work is done
SHORT = 6  # layers that an edge of a larger graph crosses by itself


@dataclass(frozen=True)
class Layout:
    """The finished drawing, in CSS pixels, y downwards, with the margin included.

    nodes: id -> (x, y, width, height) of the box; edges: id -> path data, absolute M, L and C;
    labels: edge id -> centre of the edge's number.
    """

    width: float
    height: float
    nodes: dict[int, tuple[float, float, float, float]]
    edges: dict[int, str]
    labels: dict[int, Point]

    def in_view(self, stage: Point = STAGE) -> bool:
        """Whether all of it can be read at once on a stage."""
        return min(stage[0] / self.width, stage[1] / self.height) >= LEGIBLE

    def as_json(self) -> dict[str, object]:
        """The same with string keys and numbers of at most one decimal."""
        return {
            "width": short(self.width),
            "height": short(self.height),
            "nodes": {str(k): [short(n) for n in box] for k, box in self.nodes.items()},
            "edges": {str(k): path for k, path in self.edges.items()},
            "labels": {str(k): [short(n) for n in at] for k, at in self.labels.items()},
        }


@lru_cache(maxsize=16)
def _arranged(count: int, arcs: tuple[tuple[int, int], ...], starts: int) -> tuple[Grid, Layers]:
    """Layers and the order within them: the costly part, the same for both directions."""
    rank = ranks(count, arcs) if count <= MANY else late_ranks(count, arcs)
    if count <= MANY and trunks(rank, arcs) > BENDS:
        rank = min(rank, late_ranks(count, arcs), key=lambda one: trunks(one, arcs))
    if count <= MANY and trunks(rank, arcs) <= BENDS:
        grid = layered(rank, arcs)
        return grid, order(grid, starts)
    grid = layered(rank, arcs, SHORT)
    return grid, swept(grid.without_buses())


def layout(
    sizes: Mapping[int, Point],
    edges: Sequence[Edge],
    direction: Literal["right", "down"] = "right",
    label: Point = (64, 16),
    rows: int = 1,
    starts: int = 8,
    fold: Fold = folded,
) -> Layout:
    """The drawing of boxes `sizes` (id -> width, height) and `edges` (id, from, to, argument slot),
    folded into at most so many `rows` where it can be seen larger in them, or as `fold` has it.

    Deterministic. Eight starting orders compete below 100 boxes, two up to 300, then one, with
    shorter moves; never more than `starts`. Above about 2,000 vertices, bends of long edges
    included, positions and then orders get fewer rounds; above MANY boxes or BENDS bends the work
    grows with the graph, no longer with its square.
    ValueError for an edge to an unknown box, a repeated edge id, a self-loop or a cycle.
    """
    check(sizes, edges)

    def turn(point: Point) -> Point:
        return (point[1], point[0]) if direction == "down" else point

    def move(point: Point, origin: Point) -> Point:
        return turn((origin[0] + point[0], origin[1] + point[1]))

    groups = components(sizes, edges)
    parts = []
    for members, inner in groups:
        local = {v: i for i, v in enumerate(members)}
        arcs = [(local[u], local[w]) for _, u, w, _ in inner]
        box = [turn(sizes[v]) for v in members]
        grid, layers = _arranged(len(box), tuple(arcs), starts)
        parts.append(draw(grid, box, turn(label), layers, rows, fold))

    nodes: dict[int, tuple[float, float, float, float]] = {}
    paths: dict[int, str] = {}
    labels: dict[int, Point] = {}
    origins, extent = shelves([part.extent for part in parts])
    for (members, inner), part, origin in zip(groups, parts, origins, strict=True):
        for v, corner in zip(members, part.corners, strict=True):
            nodes[v] = (*move(corner, origin), *sizes[v])
        for (edge, *_), strokes, at in zip(inner, part.paths, part.labels, strict=True):
            paths[edge] = path_data([[move(p, origin) for p in stroke] for stroke in strokes])
            labels[edge] = move(at, origin)
    return Layout(
        *turn(extent),
        dict(sorted(nodes.items())),
        dict(sorted(paths.items())),
        dict(sorted(labels.items())),
    )
