"""Rows: a drawing that is too long for a page goes on in a next row, as text does.

A line that meets the end of a row turns down beside it, runs back between the rows and enters the
next from its left. Lines are nested, so that those that were in order before a fold do not cross
in it. All of it lies outside the boxes' rows: a fold cannot touch a box.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.story.layout.grid import Grid
from app.story.layout.lanes import Hop, Lane
from app.story.layout.parts import MARGIN
from app.story.layout.path import Point, Stroke
from app.story.layout.ports import Ports

STAGE = 815.0, 350.0  # where a graph is looked at, on a laptop
FRAME = 716.0, 350.0  # and in a frame of a course's page
ENOUGH = 0.79  # a scale at which a drawing is read easily
LEGIBLE = 10 / 14  # one at which it can be read
NEARLY = 0.9  # of that, with places that are not the rows' own
PAGES = 3.0  # stages below each other that a drawing may take whose width is in view
GAIN = 1.15  # how much larger a smaller one must become for one more row
TURN = 9.0  # radius of a line's corner
TRACK = 13.0  # from line to line
GUTTER = 12.0  # between a box and the lines beside it
WIRE = 15.0  # longer a row may be where one line less goes on
LONG = 100  # layers: a drawing that no fold brings onto a page


@dataclass(frozen=True)
class Rows:
    """Where each row begins, how far it is moved, and the order of the lines that go on in it.

    first: its first layer; shift: its move along u and v; wires: of the fold before it, from the
    outermost; right, left, channel: the u, u and v at which the innermost of those lines runs.
    """

    first: list[int]
    shift: list[Point]
    wires: list[list[tuple[float, float]]]
    right: list[float]
    left: list[float]
    channel: list[float]
    extent: Point
    foldable: bool

    def of(self, layer: int) -> int:
        return bisect_right(self.first, layer) - 1

    def begins(self, layer: int) -> bool:
        return layer > 0 and layer in self.first

    def moved(self, layer: int, point: Point) -> Point:
        """A point of a layer, where it is drawn."""
        du, dv = self.shift[self.of(layer)]
        return (point[0] + du, point[1] + dv)

    def wrapped(self, hop: Hop, goal: Point) -> list[Stroke]:
        """The strokes from the end of a row to `goal` in the next."""
        row = self.of(hop.layer)
        place = self.wires[row].index((hop.start, hop.goal))
        inner = len(self.wires[row]) - 1 - place
        up = hop.start + self.shift[row - 1][1]
        right = self.right[row] + TRACK * inner
        left = self.left[row] - TRACK * place
        middle = self.channel[row] + TRACK * inner
        return [
            *_corner((right, up), (-1, 0), (0, 1)),
            *_corner((right, middle), (0, -1), (-1, 0)),
            *_corner((left, middle), (1, 0), (0, 1)),
            *_corner((left, goal[1]), (0, -1), (1, 0)),
            (goal,),
        ]


def _corner(at: Point, before: Point, after: Point) -> list[Stroke]:
    """A line to a corner and a quarter turn there."""
    start, end = ((at[0] + TURN * d[0], at[1] + TURN * d[1]) for d in (before, after))
    return [(start,), (at, at, end)]


class Placed(NamedTuple):
    """A drawing in some rows: the v of every vertex, the layers, the lines, and where rows are."""

    across: list[float]
    lanes: list[Lane]
    hops: list[list[Hop]]
    rows: Rows


Settle = Callable[[list[int], Placed | None], Placed]
"""The drawing whose rows begin at these layers: with places of their own, or those of another."""


def folded(settle: Settle, most: int) -> Placed:
    """The rows in which the drawing is seen largest; one unless more are worth it, and one where
    lines run below it."""
    best = row = settle([0], None)
    for count in range(2, _most(row, most) + 1):
        size = _size(best.rows.extent)
        if size >= ENOUGH:
            break
        placed = settle(_cuts(count, row.lanes, row.hops), row)
        if _size(placed.rows.extent) > GAIN * size:
            best = placed
    return best if best is row else settle(best.rows.first, None)


def paged(settle: Settle, most: int, width: float = STAGE[0]) -> Placed:
    """The fewest rows of which each is in view from end to end on a stage of this width, as of a
    page that is scrolled down; one where none are, or not on a few stages."""
    row = settle([0], None)
    for count in range(2, _most(row, most) + 1):
        first = _cuts(count, row.lanes, row.hops)
        if width / settle(first, row).rows.extent[0] < NEARLY * LEGIBLE:
            continue
        placed = settle(first, None)
        wide, tall = placed.rows.extent
        if width / (wide + 2 * MARGIN) >= LEGIBLE:
            if STAGE[1] / tall * PAGES < LEGIBLE:
                break
            return placed
    return row


def _most(row: Placed, most: int) -> int:
    """Into how many rows, at most, a drawing in one may be folded."""
    return min(most, len(row.lanes)) if row.rows.foldable and len(row.lanes) <= LONG else 1


def _size(extent: Point) -> float:
    return min(room / length for room, length in zip(STAGE, extent, strict=True))


def _cuts(count: int, lanes: Sequence[Lane], hops: Sequence[Sequence[Hop]]) -> list[int]:
    """First layers of so many rows, the longest of them short, where few lines go on."""
    wires = [0] * len(lanes)
    for layer, _ in {(hop.layer, hop.start) for route in hops for hop in route}:
        wires[layer] += 1
    # By a row's number and last layer: the least cost of the rows so far, and its first layer.
    tables = [[(lane.end, 0) for lane in lanes]]
    for _ in range(1, count):
        costs = [cost for cost, _ in tables[-1]]
        tables.append([(math.inf, 0)])
        for end in range(1, len(lanes)):
            options = (
                (max(costs[c - 1], lanes[end].end - lanes[c].bent) + WIRE * wires[c], c)
                for c in range(1, end + 1)
            )
            tables[-1].append(min(options))
    first, end = [], len(lanes) - 1
    for table in reversed(tables):
        first.append(table[end][1])
        end = first[-1] - 1
    return first[::-1]


def arranged(
    first: list[int],
    grid: Grid,
    lanes: Sequence[Lane],
    hops: Sequence[Sequence[Hop]],
    ports: Sequence[Ports],
    across: Sequence[float],
) -> Rows:
    """The rows that begin at these layers."""
    rows = Rows(first, [], [[]], [0.0], [0.0], [0.0], (0.0, 0.0), not grid.buses)
    wide = deep = 0.0
    for row, (begin, end) in enumerate(zip(first, [*first[1:], len(lanes)], strict=True)):
        inside = [v for layer in grid.layers[begin:end] for v in layer] + list(grid.buses)
        low = min(across[v] - ports[v].reach[0] for v in inside)
        high = max(across[v] + ports[v].reach[1] for v in inside)
        indent = 0.0
        if row:
            met = {(h.start, h.goal) for route in hops for h in route if h.layer == begin}
            wires = sorted(met)
            side = TRACK * (len(wires) - 1) + 1
            right = lanes[begin - 1].end + rows.shift[-1][0] + GUTTER
            indent = side + TURN
            rows.wires.append(wires)
            rows.right.append(right)
            rows.left.append(side)
            rows.channel.append(deep + GUTTER + TURN)
            wide = max(wide, right + TRACK * (len(wires) - 1) + 1)
            deep += 2 * (GUTTER + TURN) + TRACK * (len(wires) - 1)
        rows.shift.append((indent - lanes[begin].bent, deep - low))
        deep += high - low
        wide = max(wide, lanes[end - 1].end + rows.shift[-1][0])
    return Rows(
        first,
        rows.shift,
        rows.wires,
        rows.right,
        rows.left,
        rows.channel,
        (wide, deep),
        rows.foldable,
    )


Fold = Callable[[Settle, int], Placed]
