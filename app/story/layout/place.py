"""Positions across the flow: least squares under separation within the layers.

Straight chains are rigid blocks that loose segments pull together. Source of the iteration, with
isotonic regression for the separation: Boyd et al., "Distributed optimization and statistical
learning via the alternating direction method of multipliers" (2011).
"""

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise

from app.story.layout.grid import Grid
from app.story.layout.layers import Arc
from app.story.layout.ports import Ports
from app.story.layout.straight import worth

SPACE = 16.0, 13.0, 11.0  # across the flow: box to box, box to line, line to line
ROUNDS = 120  # of least squares, as far as EFFORT allows
EFFORT = 250_000  # vertices visited by them
STILL = 1e-6  # they end where nothing moves any more


def place(
    grid: Grid,
    layers: Sequence[Sequence[int]],
    spine: Mapping[int, Arc],
    ports: Sequence[Ports],
    first: Sequence[int] = (),
) -> list[float]:
    """The v of every vertex (a box's centre), least 0 at the drawing's edge. Nothing pulls across
    the fold before a layer that is `first` in a row."""
    count = len(grid.ins) - len(grid.buses)
    block, rel, total = [-1] * count, [0.0] * count, 0
    for layer in layers:
        for v in layer:
            if v in spine and grid.rank[v] not in first:
                u, k = spine[v]
                block[v], rel[v] = block[u], rel[u] - ports[v].tracks[k]
            else:
                block[v], total = total, total + 1
    pulls: list[list[tuple[int, float, float]]] = [[] for _ in range(total)]
    for w, us in enumerate(grid.ins[:count]):
        if grid.rank[w] in first:
            continue
        for u, off in zip(us, ports[w].tracks, strict=True):
            a, b = block[u] if u < count else block[w], block[w]
            if a != b:
                shift, weight = rel[w] + off - rel[u], worth(grid, u, w)
                pulls[a].append((b, shift, weight))
                pulls[b].append((a, -shift, weight))

    at, size = [0.0] * total, [0] * total
    stops = [_stops(grid, layer, ports) for layer in layers]
    for layer, stop in zip(layers, stops, strict=True):
        for v, s in zip(layer, stop, strict=True):
            size[block[v]] += 1
            at[block[v]] += s - stop[-1] / 2 - rel[v]
    at = [a / n for a, n in zip(at, size, strict=True)]

    push = [0.0] * count  # the accumulated force of the neighbours in the layer
    goal = [a * n for a, n in zip(at, size, strict=True)]
    mass = [n + sum(m for _, _, m in pull) for n, pull in zip(size, pulls, strict=True)]
    for turn in range(min(ROUNDS, max(8, EFFORT // count))):
        last = at + push
        for b in range(total) if turn % 2 == 0 else range(total - 1, -1, -1):
            at[b] = (goal[b] + sum([m * (at[o] + d) for o, d, m in pulls[b]])) / mass[b]
        goal = [0.0] * total
        for layer, stop in zip(layers, stops, strict=True):
            want = [at[block[v]] + rel[v] + push[v] - s for v, s in zip(layer, stop, strict=True)]
            for v, s, x, y in zip(layer, stop, want, _isotonic(want), strict=True):
                push[v] = x - y
                goal[block[v]] += y + s - push[v] - rel[v]
        if all(abs(x - y) < STILL for x, y in zip(at + push, last, strict=True)):
            break
    at = _separate(at, block, rel, layers, stops)
    across = [at[b] + r for b, r in zip(block, rel, strict=True)]
    low = min(x - p.reach[0] for x, p in zip(across, ports, strict=False))
    high = max(x + p.reach[1] for x, p in zip(across, ports, strict=False))
    return [x - low for x in across + _tracks(grid, high)]


def _tracks(grid: Grid, below: float) -> list[float]:
    """The v of every bus: below all else, two beside each other only where their layers are not."""
    taken: list[tuple[int, int]] = []  # the last layer of each track, and the track
    free: list[int] = []
    track: dict[int, int] = {}
    for bus in sorted(grid.buses, key=lambda bus: (grid.rank[bus], bus)):
        while taken and taken[0][0] < grid.rank[bus]:
            heappush(free, heappop(taken)[1])
        track[bus] = heappop(free) if free else len(taken)
        heappush(taken, (grid.buses[bus], track[bus]))
    return [below + SPACE[1] + SPACE[2] * track[bus] for bus in grid.buses]


def _stops(grid: Grid, layer: Sequence[int], ports: Sequence[Ports]) -> list[float]:
    """The least distance of each vertex of a layer from the first."""
    stops = [0.0]
    for a, b in pairwise(layer):
        space = SPACE[(a >= grid.count) + (b >= grid.count)]
        stops.append(stops[-1] + ports[a].reach[1] + space + ports[b].reach[0])
    return stops


def _isotonic(goals: Sequence[float]) -> list[float]:
    """The nearest non-decreasing sequence, by pooling adjacent violators."""
    pools: list[tuple[float, int]] = []
    for goal in goals:
        total, n = goal, 1
        while pools and pools[-1][0] * n > total * pools[-1][1]:
            total, n = total + pools[-1][0], n + pools[-1][1]
            pools.pop()
        pools.append((total, n))
    return [total / n for total, n in pools for _ in range(n)]


def _separate(
    at: Sequence[float],
    block: Sequence[int],
    rel: Sequence[float],
    layers: Sequence[Sequence[int]],
    stops: Sequence[Sequence[float]],
) -> list[float]:
    """Exactly separated block positions: midway between pushing all down and pushing all up.

    Both are feasible and feasible positions are convex. Blocks never cross, so their order in the
    layers has no cycle.
    """
    needs: dict[int, dict[int, float]] = {b: {} for b in range(len(at))}  # block -> those before
    for layer, stop in zip(layers, stops, strict=True):
        for (a, start), (b, end) in pairwise(zip(layer, stop, strict=True)):
            need = end - start + rel[a] - rel[b]
            before = needs[block[b]]
            before[block[a]] = max(need, before.get(block[a], need))
    order = list(TopologicalSorter(needs).static_order())
    low, high = list(at), list(at)
    for b in order:
        low[b] = max([low[b], *(low[a] + need for a, need in needs[b].items())])
    for b in reversed(order):
        for a, need in needs[b].items():
            high[a] = min(high[a], high[b] - need)
    return [(x + y) / 2 for x, y in zip(low, high, strict=True)]
