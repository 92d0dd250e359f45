"""The segments to be drawn straight: what the eye follows through the drawing.

After the vertical alignment of Brandes, Köpf, "Fast and simple horizontal coordinate assignment"
(2001).
"""

from bisect import bisect_left
from collections.abc import Sequence

from app.story.layout.grid import Grid
from app.story.layout.layers import Arc

Segment = tuple[int, int, int]  # source, target, input of the target


def worth(grid: Grid, u: int, w: int) -> int:
    """How much a straight segment counts: trunks first, then the spine of operations."""
    dummies = (u >= grid.count) + (w >= grid.count)
    return (4 if grid.ins[u] else 1, 2, 8)[dummies]


def straight(grid: Grid, layers: Sequence[Sequence[int]]) -> dict[int, Arc]:
    """The straight segments, none crossing another: target -> (source, input).

    A vertex continues its worthiest segment, of several equal ones the middle; of an even number
    none, so that the inputs of x * w lie symmetric.
    """
    place = {v: i for layer in layers for i, v in enumerate(layer)}

    def chosen(ends: Sequence[Segment], side: int) -> list[Segment]:
        top = max((worth(grid, u, w) for u, w, _ in ends), default=0)
        ties = [e for e in ends if worth(grid, e[0], e[1]) == top]
        ties.sort(key=lambda e: (place[e[side]], e[2]))
        return [ties[len(ties) // 2]] if len(ties) % 2 else []

    wanted: list[list[Segment]] = [[] for _ in grid.ins]
    for w, us in enumerate(grid.ins):
        if w in grid.buses:
            continue
        near = [(u, w, k) for k, u in enumerate(us) if u not in grid.buses]
        for segment in chosen(near, 0):
            wanted[segment[0]].append(segment)
    picks = [e for ends in wanted for e in chosen(ends, 1)]
    picks.sort(key=lambda e: (-worth(grid, e[0], e[1]), e))

    taken: list[list[Arc]] = [[] for _ in layers]
    kept: dict[int, Arc] = {}
    for u, w, k in picks:
        pair = (place[u], place[w])
        row = taken[grid.rank[u]]
        i = bisect_left(row, pair)
        if (not i or row[i - 1][1] < pair[1]) and (i == len(row) or pair[1] < row[i][1]):
            row.insert(i, pair)
            kept[w] = (u, k)
    return kept
