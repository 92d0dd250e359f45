"""The order within the layers: few crossings by sweeps and by moves of single vertices.

`place` is the vertices' index within their layers throughout, kept by whoever changes an order.
"""

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from app.story.layout.grid import Grid

EFFORT = 500_000, 100_000  # vertices visited by one start: usual, large graphs
LARGE = 300
SWEEPS = 4  # of very large graphs
REACH = 40, 10  # places that a vertex may move in its layer at once: usual, large graphs

Layers = list[list[int]]


def order(grid: Grid, most: int = 8) -> Layers:
    """The layers in the order with the fewest crossings found, ports counted in slot order.

    most: how many starts are tried at most."""
    starts = min(most, 8 if grid.count < 100 else 2 if grid.count <= LARGE else 1)
    best: Layers = []
    fewest, agree = -1, 0
    for start in range(starts):
        layers, crossings = _improved(grid, start, REACH[grid.count > LARGE])
        if crossings < fewest or not best:
            best, fewest, agree = layers, crossings, 0
        agree += crossings == fewest
        if agree == 3 or not fewest:  # three starts, one result: more would rarely find another
            break
    return best


def swept(grid: Grid) -> Layers:
    """The layers of a very large graph after a few sweeps, those with the fewest crossings."""
    layers = _start(grid, 0)
    place = [0] * len(grid.ins)
    for layer in layers:
        for i, v in enumerate(layer):
            place[v] = i
    best, fewest = layers, -1
    for turn in range(SWEEPS):
        crossings = sum(_crossings(grid, layer, place) for layer in layers)
        if not turn or crossings < fewest:
            best, fewest = [layer[:] for layer in layers], crossings
        if not fewest:
            break
        _sweep(grid, layers, place, down=turn % 2 == 0, median=turn < 2)
    return best


def _improved(grid: Grid, start: int, reach: int) -> tuple[Layers, int]:
    """The best layers on the way from a start, and their crossings."""
    layers = _start(grid, start)
    place = [0] * len(grid.ins)
    for layer in layers:
        for i, v in enumerate(layer):
            place[v] = i
    best: Layers = []
    fewest, stale, passes = -1, 0, max(2, EFFORT[grid.count > LARGE] // len(place))
    for turn in range(24):
        if turn:
            _sweep(grid, layers, place, down=turn % 2 == 1, median=(start + turn // 4) % 2 == 0)
            _sift(grid, layers, place, reach, ties=True)
            passes -= 2
        while passes > 0 and _sift(grid, layers, place, reach, ties=False):
            passes -= 1
        crossings = sum(_crossings(grid, layer, place) for layer in layers)
        stale += 1
        if crossings < fewest or not best:
            best, fewest, stale = [layer[:] for layer in layers], crossings, 0
        if not fewest or stale > 8 or passes <= 0:
            break
    return best, fewest


def _start(grid: Grid, start: int) -> Layers:
    """A starting order: depth-first from the results or from the sources, or shuffled."""
    key = list(range(len(grid.ins)))
    if start < 4:
        targets = [[w for w, _ in ws] for ws in grid.outs]
        near, far = (targets, grid.ins) if start % 2 else (grid.ins, targets)
        seen: set[int] = set()
        stack = [v for v in key if not far[v]]
        stack.sort(reverse=start < 2)
        while stack:
            v = stack.pop()
            if v not in seen:
                key[v] = len(seen)
                seen.add(v)
                stack += reversed(near[v]) if start < 2 else near[v]
    else:
        random.Random(start).shuffle(key)
    return [sorted(layer, key=key.__getitem__) for layer in grid.layers]


def _before(grid: Grid, v: int, place: Sequence[int]) -> list[float]:
    """The places of a vertex' sources, in order."""
    return sorted([place[u] for u in grid.ins[v]])


def _after(grid: Grid, v: int, place: Sequence[int]) -> list[float]:
    """The places of a vertex' targets, ports included, in order."""
    return sorted([place[w] + port for w, port in grid.outs[v]])


def _sweep(grid: Grid, layers: Layers, place: list[int], down: bool, median: bool) -> None:
    """Reorders every layer by the middle of its neighbours in the layer before (or after)."""
    for layer in layers[1:] if down else layers[-2::-1]:
        keyed: list[tuple[float, int, int]] = []
        for i, v in enumerate(layer):
            at = (_before if down else _after)(grid, v, place)
            if at:
                half = len(at) // 2
                middle = at[half] if len(at) % 2 else (at[half - 1] + at[half]) / 2
                keyed.append((middle if median else sum(at) / len(at), i, v))
        slots = [i for _, i, _ in keyed]
        for i, (_, _, v) in zip(slots, sorted(keyed), strict=True):
            layer[i] = v
            place[v] = i


def _sift(grid: Grid, layers: Layers, place: list[int], reach: int, ties: bool) -> bool:
    """Moves every vertex to its best place in its layer; whether that removed a crossing."""
    better = False
    for layer in layers:
        if len(layer) == 1:
            continue
        before = {v: _before(grid, v, place) for v in layer}
        after = {v: _after(grid, v, place) for v in layer}
        for v in layer[:]:
            i, top, goal = layer.index(v), 0, -1
            for way in (1, -1):
                gain, j = 0, i + way
                while 0 <= j < len(layer) and abs(i - j) <= reach:
                    one, two = (v, layer[j]) if way > 0 else (layer[j], v)
                    gain += _gain(before[one], before[two]) + _gain(after[one], after[two])
                    if gain > top or (ties and gain == top):
                        top, goal = gain, j
                    j += way
            if goal >= 0:
                layer.insert(goal, layer.pop(i))
                better = better or top > 0
        for i, v in enumerate(layer):
            place[v] = i
    return better


def _gain(one: Sequence[float], two: Sequence[float]) -> int:
    """Crossings saved when the owner of the sorted ends `two` goes before that of `one`."""
    if len(one) == 1 == len(two):
        return (one[0] > two[0]) - (one[0] < two[0])
    return sum([len(one) - bisect_right(one, x) - bisect_left(one, x) for x in two])


def _crossings(grid: Grid, layer: Sequence[int], place: Sequence[int]) -> int:
    """Crossings in the gap after `layer`: inversions among the far ends in near-end order."""
    met: list[float] = []
    crossings = 0
    for v in layer:
        for x in _after(grid, v, place):
            crossings += len(met) - bisect_right(met, x)
            insort(met, x)
    return crossings
