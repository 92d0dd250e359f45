"""The order within the layers: few crossings by sweeps and by moves of single vertices.

`place` is the vertices' index within their layers throughout, kept by whoever changes an order.
"""

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.story.layout.grid import Grid

EFFORT = 500_000, 100_000  # vertices visited by one start: usual, large graphs
LARGE = 300
SWEEPS = 4  # of very large graphs
REACH = 40, 10  # places that a vertex may move in its layer at once: usual, large graphs

BLOCK = 10**6  # pairs of ends that are compared at once
FEW = 12  # vertices of a layer: those of larger ones are compared as arrays

Layers = list[list[int]]
Numbers = NDArray[np.float64]
Ends = Sequence[Sequence[float]]
"""The places of each vertex' neighbours in the layer before, or after, in order."""


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
        ends = [_before(grid, v, place) for v in layer], [_after(grid, v, place) for v in layer]
        rows = [dict(zip(layer, row, strict=True)) for row in _gains(*ends)]
        gains = dict(zip(layer, rows, strict=True))
        for v in layer[:]:
            i, top, goal = layer.index(v), 0, -1
            right, left = range(i + 1, len(layer)), range(i - 1, -1, -1)
            for way, places in ((1, right[:reach]), (-1, left[:reach])):
                gain = 0
                for j in places:
                    gain += way * gains[v][layer[j]]
                    if gain > top or (ties and gain == top):
                        top, goal = gain, j
            if goal >= 0:
                layer.insert(goal, layer.pop(i))
                better = better or top > 0
        for i, v in enumerate(layer):
            place[v] = i
    return better


def _gains(before: Ends, after: Ends) -> list[list[int]]:
    """Crossings saved when vertex j of a layer goes before vertex i, for every pair."""
    if (count := len(before)) < FEW:
        each = range(count)
        return [
            [_gain(before[i], before[j]) + _gain(after[i], after[j]) for j in each] for i in each
        ]
    saved = np.zeros((count, count), int)
    for ends in (before, after):
        flat = np.array([np.nan, *(x for own in ends for x in own)])  # nan is before nothing
        stops = np.cumsum([0, *map(len, ends)])
        blocks = np.array_split(flat[:, None], 1 + flat.size**2 // BLOCK)
        sums = np.concatenate([_signs(one, flat).cumsum(1, int)[:, stops] for one in blocks])
        saved += np.diff(np.diff(sums.cumsum(0)[stops], axis=0), axis=1)
    return saved.tolist()


def _signs(ones: Numbers, others: Numbers) -> NDArray[np.int8]:
    """1, 0 or -1: how each of some numbers compares with each of others."""
    return np.subtract(ones > others, ones < others, dtype=np.int8)


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
