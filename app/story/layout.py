"""A layered drawing of a directed acyclic graph: boxes, edges as SVG paths, room for numbers.

The method is Sugiyama's, in four steps: layers of minimal total edge length by network simplex
(Gansner, Koutsofios, North, Vo 1993); few crossings by median and barycentre sweeps with swaps of
neighbours; straight chains by vertical alignment (after Brandes, Köpf 2001) and least-squares
positions under separation; a route that bends only in the gap between two layers, so that no edge
can touch a foreign box. Everything is computed along `u` (the flow) and `v` (across it); the
reading direction only decides which of the two is x.
"""

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

MARGIN = 12.0  # around the drawing
ARROW = 10.0  # between label and box: room for the arrow head
TIP = 2.0  # the path ends this far before the box, under the marker's point
BEND = 26.0  # least length of a bend along the flow
STEEP = 0.14  # extra length of the bends in a gap, per pixel that they cross
STEEPEST = 90.0  # but no bends are longer than this
SHELF = 32.0  # between two components
SPACE = 20.0, 14.0, 11.0  # across the flow: box to box, box to line, line to line
ROUNDS = 120  # of least squares, as far as EFFORT allows
EFFORT = 500_000  # vertices visited by one start's ordering, and half as many by least squares
REACH = 40, 10  # places that a vertex may move in its layer at once: usual, large graphs
SLACK = 4.0  # between two labels at one consumer
CRAMPED = 10.0  # ports closer than this leave the straight input's side of the box

Point = tuple[float, float]
Arc = tuple[int, int]
Stroke = tuple[Point, ...]  # one point: a line to it; three points: a cubic


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

    def as_json(self) -> dict[str, object]:
        """The same with string keys and numbers of at most one decimal."""
        return {
            "width": _short(self.width),
            "height": _short(self.height),
            "nodes": {str(k): [_short(n) for n in box] for k, box in self.nodes.items()},
            "edges": {str(k): path for k, path in self.edges.items()},
            "labels": {str(k): [_short(n) for n in at] for k, at in self.labels.items()},
        }


@dataclass(frozen=True)
class _Part:
    """One component drawn from (0, 0): all lists by the component's own box and arc numbers."""

    length: float
    breadth: float
    corners: list[Point]
    paths: list[list[Stroke]]
    labels: list[Point]


@dataclass(frozen=True)
class _Grid:
    """A layered graph whose every segment joins neighbouring layers, by dummies if necessary.

    Vertices below `count` are boxes, the rest dummies. ins: the sources of a vertex by port;
    outs: its targets as (vertex, port as a fraction); routes: per arc, source to consumer.
    """

    count: int
    layers: list[list[int]]
    ins: list[list[int]]
    outs: list[list[tuple[int, float]]]
    routes: list[list[int]]


def layout(
    sizes: Mapping[int, Point],
    edges: Sequence[tuple[int, int, int, int]],
    direction: Literal["right", "down"] = "right",
    label: Point = (64, 16),
) -> Layout:
    """The drawing of boxes `sizes` (id -> width, height) and `edges` (id, from, to, argument slot).

    Deterministic. Eight starting orders compete below 100 boxes, two up to 300, then one, with
    shorter moves. Above about 2,000 vertices, bends of long edges included, positions and then
    orders get fewer rounds.
    ValueError for an edge to an unknown box, a repeated edge id, a self-loop or a cycle.
    """
    _check(sizes, edges)

    def turn(point: Point) -> Point:
        return (point[1], point[0]) if direction == "down" else point

    ids = sorted(sizes)
    index = {name: i for i, name in enumerate(ids)}
    wires = sorted(edges, key=lambda e: (index[e[2]], e[3], e[0]))
    arcs = [(index[u], index[w]) for _, u, w, _ in wires]
    groups = _components(len(ids), arcs)
    parts: list[_Part] = []
    for members, inner in groups:
        local = {v: i for i, v in enumerate(members)}
        own = [(local[arcs[a][0]], local[arcs[a][1]]) for a in inner]
        parts.append(_draw([turn(sizes[ids[v]]) for v in members], own, turn(label)))

    nodes: dict[int, tuple[float, float, float, float]] = {}
    paths: dict[int, str] = {}
    labels: dict[int, Point] = {}
    origins, extent = _shelves(parts)
    for (members, inner), part, (u0, v0) in zip(groups, parts, origins, strict=True):

        def place(point: Point, u0: float = u0, v0: float = v0) -> Point:
            return turn((u0 + point[0], v0 + point[1]))

        for v, corner in zip(members, part.corners, strict=True):
            nodes[ids[v]] = (*place(corner), *sizes[ids[v]])
        for a, strokes, at in zip(inner, part.paths, part.labels, strict=True):
            paths[wires[a][0]] = _path(strokes, place)
            labels[wires[a][0]] = place(at)
    return Layout(
        *turn(extent),
        dict(sorted(nodes.items())),
        dict(sorted(paths.items())),
        dict(sorted(labels.items())),
    )


def _check(sizes: Mapping[int, Point], edges: Sequence[tuple[int, int, int, int]]) -> None:
    """The refusal of what cannot be drawn: ValueError with a sentence."""
    if len({e[0] for e in edges}) != len(edges):
        raise ValueError("Two edges have the same id; every edge needs an id of its own.")
    waiting = dict.fromkeys(sorted(sizes), 0)
    outs: dict[int, list[int]] = {name: [] for name in waiting}
    ins: dict[int, list[int]] = {name: [] for name in waiting}
    for name, u, w, _ in edges:
        if u not in waiting or w not in waiting:
            raise ValueError(f"Edge {name} joins {u} and {w}, but one of them has no size.")
        waiting[w] += 1
        outs[u].append(w)
        ins[w].append(u)
    ready = [v for v, n in waiting.items() if not n]
    for v in ready:
        for w in outs[v]:
            waiting[w] -= 1
            if not waiting[w]:
                ready.append(w)
    if len(ready) == len(waiting):
        return
    # Everything left has a source that is left too: walking upstream must come round.
    walk = [min(v for v, n in waiting.items() if n)]
    while walk.count(walk[-1]) < 2:
        walk.append(min(u for u in ins[walk[-1]] if waiting[u]))
    loop = " -> ".join(map(str, reversed(walk[walk.index(walk[-1]) :])))
    raise ValueError(f"The graph has a cycle, {loop}, but no value can be computed from itself.")


def _components(count: int, arcs: Sequence[Arc]) -> list[tuple[list[int], list[int]]]:
    """The connected parts as (boxes, arc numbers), in the order of their first boxes."""
    root = list(range(count))

    def find(v: int) -> int:
        while root[v] != v:
            root[v] = v = root[root[v]]
        return v

    for u, w in arcs:
        a, b = find(u), find(w)
        root[max(a, b)] = min(a, b)
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for v in range(count):
        parts.setdefault(find(v), ([], []))[0].append(v)
    for a, (u, _) in enumerate(arcs):
        parts[find(u)][1].append(a)
    return list(parts.values())


def _shelves(parts: Sequence[_Part]) -> tuple[list[Point], Point]:
    """The components' origins and the whole extent: rows as long as the longest component."""
    limit = MARGIN + max((p.length for p in parts), default=0.0)
    origins: list[Point] = []
    u = v = deep = MARGIN
    far = MARGIN
    for part in parts:
        if u > MARGIN and u + part.length > limit + 0.5:
            u, v = MARGIN, deep + SHELF
        origins.append((u, v))
        far, deep = max(far, u + part.length), max(deep, v + part.breadth)
        u += part.length + SHELF
    return origins, (far + MARGIN, deep + MARGIN)


def _draw(box: Sequence[Point], arcs: Sequence[Arc], label: Point) -> _Part:
    """One component, its boxes (length along u, breadth along v) and arcs by consumer and slot."""
    grid = _grid(_ranks(len(box), arcs), arcs)
    starts = 8 if len(box) < 100 else 2 if len(box) <= 300 else 1
    layers = _order(grid, starts)
    boxes = range(grid.count)
    spine = _spine(grid, layers)
    ports = _ports(grid, box, label[1], {v: k for v, (_, k) in spine.items()})
    across = _across(grid, layers, spine, ports)

    # Along the flow: bends, then labels, fan and arrow head, then the layer's boxes.
    begin, zone, end = [0.0], [0.0], [max(box[v][0] for v in layers[0] if v < grid.count)]
    rank = {v: k for k, layer in enumerate(layers) for v in layer}
    for k in range(1, len(layers)):
        real = [v for v in layers[k] if v < grid.count]
        long = max((box[v][0] for v in real), default=0.0)
        leads = [
            label[0] + ARROW + ports.fan[v] - (long - box[v][0]) / 2 for v in real if grid.ins[v]
        ]
        drift = max(
            abs(across[u] - across[v] - off)
            for v in layers[k]
            for u, off in zip(grid.ins[v], ports.tracks[v], strict=True)
        )
        zone.append(end[-1] + min(STEEPEST, BEND + STEEP * drift))
        begin.append(zone[-1] + max([ARROW, *leads]))
        end.append(begin[-1] + long)
    head = [begin[rank[v]] + (end[rank[v]] - begin[rank[v]] - box[v][0]) / 2 for v in boxes]

    seen = [0] * grid.count
    paths: list[list[Stroke]] = []
    labels: list[Point] = []
    for (u, w), route in zip(arcs, grid.routes, strict=True):
        k, seen[w] = seen[w], seen[w] + 1
        now = (head[u] + box[u][0], across[u])
        strokes: list[Stroke] = [(now,)]
        for v in route[1:]:
            to = across[v] + (ports.tracks[w][k] if v == w else 0.0)
            strokes += [((end[rank[v] - 1], now[1]),)]
            strokes += [_bend((end[rank[v] - 1], now[1]), (zone[rank[v]], to))]
            now = (zone[rank[v]], to)
        tail = head[w] - ARROW - ports.fan[w]
        paths.append([*strokes, ((tail, now[1]),)])
        labels.append((tail - label[0] / 2, now[1]))
        goal = (head[w] - ARROW, across[w] + ports.entries[w][k])
        paths[-1] += [_bend((tail, now[1]), goal), ((head[w] - TIP, goal[1]),)]
    corners = [(head[v], across[v] - box[v][1] / 2) for v in boxes]
    breadth = max(across[v] + ports.reach[v][1] for v in rank)
    return _Part(end[-1], breadth, corners, paths, labels)


@dataclass(frozen=True)
class _Ports:
    """Where edges reach each vertex, as v from its centre, and the room that they need.

    entries: per input, on the box; tracks: per input, where its label runs (for a dummy: 0);
    fan: length in front of the box in which tracks turn into entries; reach: (before, after).
    """

    entries: list[list[float]]
    tracks: list[list[float]]
    fan: list[float]
    reach: list[Point]


def _ports(grid: _Grid, box: Sequence[Point], breadth: float, spine: Mapping[int, int]) -> _Ports:
    """Inputs spread in slot order, the straight one (`spine`: vertex -> input) at the centre.

    Labels of the given breadth that do not fit beside each other at the box fan out before it.
    """
    ports = _Ports([], [], [], [])
    for v, us in enumerate(grid.ins):
        if v >= grid.count or not us:
            half = box[v][1] / 2 if v < grid.count else 0.0
            entries, tracks, reach = [0.0] * len(us), [0.0] * len(us), (half, half)
        else:
            side, last = box[v][1], len(us) - 1
            step = max(breadth + SLACK, side / (last + 2))
            room = side / 2 - min(8.0, side / 4)
            fixed = float(spine.get(v, last / 2))
            pitch = min(step, room / max(fixed, last - fixed, 1.0))
            middle = fixed
            even = min(step, room / max(last / 2, 1.0))
            if pitch < CRAMPED or (pitch < 0.75 * step == 0.75 * even):
                middle, pitch = last / 2, even  # the spine enters off the centre
            entries = [(k - middle) * pitch for k in range(last + 1)]
            tracks = [(fixed - middle) * pitch + (k - fixed) * step for k in range(last + 1)]
            reach = (
                max(side / 2, breadth / 2 - tracks[0]),
                max(side / 2, breadth / 2 + tracks[-1]),
            )
        off = max((abs(a - b) for a, b in zip(entries, tracks, strict=True)), default=0.0)
        ports.entries.append(entries)
        ports.tracks.append(tracks)
        ports.fan.append(min(48.0, 12.0 + off / 3) if off > 0.05 else 0.0)
        ports.reach.append(reach)
    return ports


def _ranks(count: int, arcs: Sequence[Arc]) -> list[int]:
    """The layer of every box, with the least total arc length: a network simplex.

    With unit weights the cut value of a tree arc is a subtree's sum of out- minus in-degree, so
    one pass over the tree finds them all. Capped: a degenerate walk ends near the optimum.
    """
    beside: list[list[int]] = [[] for _ in range(count)]
    excess = [0] * count
    for a, (u, w) in enumerate(arcs):
        beside[u].append(a)
        beside[w].append(a)
        excess[u] += 1
        excess[w] -= 1
    rank = _longest(count, arcs)
    inside = [False] * count
    inside[0] = True
    tree: set[int] = set()
    stack = [0]
    while True:  # Grow a spanning tree of tight arcs, moving it to the nearest box when stuck.
        while stack:
            v = stack.pop()
            for a in beside[v]:
                u, w = arcs[a]
                other = u + w - v
                if not inside[other] and rank[w] - rank[u] == 1:
                    inside[other] = True
                    tree.add(a)
                    stack.append(other)
        if len(tree) == count - 1:
            break
        gap, a = min(
            (rank[w] - rank[u] - 1, a) for a, (u, w) in enumerate(arcs) if inside[u] != inside[w]
        )
        move = gap if inside[arcs[a][0]] else -gap
        for v in range(count):
            if inside[v]:
                rank[v] += move
        stack = [v for v in arcs[a] if inside[v]]

    for _ in range(100 + 4 * count):
        links: list[list[int]] = [[] for _ in range(count)]
        for a in sorted(tree):
            links[arcs[a][0]].append(a)
            links[arcs[a][1]].append(a)
        order, above = [], [-1] * count
        stack = [0]
        while stack:
            v = stack.pop()
            order.append(v)
            for a in links[v]:
                if a != above[v]:
                    other = arcs[a][0] + arcs[a][1] - v
                    above[other] = a
                    stack.append(other)
        total, below = excess[:], [1] * count
        for v in reversed(order[1:]):
            parent = sum(arcs[above[v]]) - v
            total[parent] += total[v]
            below[parent] += below[v]
        # The cut value is the subtree's excess, seen from the arc's tail.
        cuts = [(total[v] if arcs[above[v]][0] == v else -total[v], v) for v in order[1:]]
        cut, v = min(cuts, default=(0, 0))
        if cut >= 0:
            break
        first = order.index(v)
        part = set(order[first : first + below[v]])
        tail = arcs[above[v]][0] == v
        gap, a = min(
            (rank[w] - rank[u] - 1, a)
            for a, (u, w) in enumerate(arcs)
            if (w in part and u not in part if tail else u in part and w not in part)
        )
        for i in part:
            rank[i] += -gap if tail else gap
        tree.remove(above[v])
        tree.add(a)
    low = min(rank)
    return [r - low for r in rank]


def _longest(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Layers by the longest way from a source, sources moved next to their first consumer."""
    outs: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for u, w in arcs:
        outs[u].append(w)
        waiting[w] += 1
    sources = [v for v in range(count) if not waiting[v]]
    rank, ready = [0] * count, sources[:]
    for v in ready:
        for w in outs[v]:
            rank[w] = max(rank[w], rank[v] + 1)
            waiting[w] -= 1
            if not waiting[w]:
                ready.append(w)
    for v in sources:
        rank[v] = min((rank[w] for w in outs[v]), default=1) - 1
    return rank


def _grid(rank: Sequence[int], arcs: Sequence[Arc]) -> _Grid:
    """The boxes in their layers, long arcs of one source on one shared trunk of dummies."""
    count = len(rank)
    layers: list[list[int]] = [[] for _ in range(max(rank) + 1)]
    for v, r in enumerate(rank):
        layers[r].append(v)
    ins: list[list[int]] = [[] for _ in rank]
    outs: list[list[tuple[int, float]]] = [[] for _ in rank]
    routes: list[list[int]] = []
    arity = [0] * count
    for _, w in arcs:
        arity[w] += 1
    trunk: dict[Arc, int] = {}
    for u, w in arcs:
        route = [u]
        for k in range(rank[u] + 1, rank[w]):
            key = (u, k)
            if key not in trunk:
                trunk[key] = len(ins)
                layers[k].append(len(ins))
                outs[route[-1]].append((len(ins), 0.0))
                ins.append([route[-1]])
                outs.append([])
            route.append(trunk[key])
        outs[route[-1]].append((w, len(ins[w]) / arity[w]))
        ins[w].append(route[-1])
        routes.append([*route, w])
    return _Grid(count, layers, ins, outs, routes)


def _order(grid: _Grid, starts: int) -> list[list[int]]:
    """The layers in the order with the fewest crossings found, ports counted in slot order."""
    best: list[list[int]] = []
    fewest, agree = -1, 0
    reach = REACH[starts == 1]
    for start in range(starts):
        layers = _start(grid, start)
        place = [0] * len(grid.ins)
        for layer in layers:
            for i, v in enumerate(layer):
                place[v] = i
        stale, least, passes = 0, -1, max(2, EFFORT // len(place))
        for turn in range(24):
            if turn:
                _sweep(grid, layers, place, down=turn % 2 == 1, median=(start + turn // 4) % 2 == 0)
                _sift(grid, layers, place, reach, ties=True)
                passes -= 2
            while passes > 0 and _sift(grid, layers, place, reach, ties=False):
                passes -= 1
            crossings = sum(_crossings(grid, layer, place) for layer in layers[:-1])
            stale += 1
            if least < 0 or crossings < least:
                least, stale = crossings, 0
            if fewest < 0 or crossings < fewest:
                best, fewest, agree = [layer[:] for layer in layers], crossings, 0
            if not fewest:
                return best
            if stale > 8 or passes <= 0:
                break
        agree += least == fewest
        if agree == 3:  # three starts, one result: more would rarely find another
            break
    return best


def _start(grid: _Grid, start: int) -> list[list[int]]:
    """A starting order: depth-first from the results or from the sources, or shuffled."""
    key = list(range(len(grid.ins)))
    if start < 4:
        up = start % 2 == 0
        near = grid.ins if up else [[w for w, _ in ws] for ws in grid.outs]
        far = grid.outs if up else grid.ins
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


def _sweep(
    grid: _Grid, layers: list[list[int]], place: list[int], down: bool, median: bool
) -> None:
    """Reorders every layer by the middle of its neighbours in the layer before (or after)."""
    for layer in layers[1:] if down else layers[-2::-1]:
        keyed: list[tuple[float, int, int]] = []
        for i, v in enumerate(layer):
            if down:
                at: list[float] = sorted(place[u] for u in grid.ins[v])
            else:
                at = sorted(place[w] + frac for w, frac in grid.outs[v])
            if at:
                half = len(at) // 2
                middle = at[half] if len(at) % 2 else (at[half - 1] + at[half]) / 2
                keyed.append((middle if median else sum(at) / len(at), i, v))
        slots = [i for _, i, _ in keyed]
        keyed.sort()
        for i, (_, _, v) in zip(slots, keyed, strict=True):
            layer[i] = v
            place[v] = i


def _sift(grid: _Grid, layers: list[list[int]], place: list[int], reach: int, ties: bool) -> bool:
    """Moves every vertex to its best place in its layer; whether that removed a crossing."""
    better = False
    for layer in layers:
        if len(layer) == 1:
            continue
        before = {v: sorted([place[u] for u in grid.ins[v]]) for v in layer}
        after = {v: sorted([place[w] + frac for w, frac in grid.outs[v]]) for v in layer}
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


def _crossings(grid: _Grid, layer: Sequence[int], place: Sequence[int]) -> int:
    """Crossings in the gap after `layer`: inversions among the far ends in near-end order."""
    met: list[float] = []
    crossings = 0
    for v in layer:
        for x in sorted(place[w] + frac for w, frac in grid.outs[v]):
            crossings += len(met) - bisect_right(met, x)
            insort(met, x)
    return crossings


def _across(
    grid: _Grid, layers: Sequence[Sequence[int]], spine: Mapping[int, Arc], ports: _Ports
) -> list[float]:
    """The v of every vertex (a box's centre), least 0 at the drawing's edge.

    Straight chains are rigid blocks. Loose segments pull blocks together by least squares, under
    separation within the layers: ADMM (Boyd et al. 2011) with isotonic regression for the latter.
    """
    count = len(grid.ins)
    block, rel, total = [-1] * count, [0.0] * count, 0
    for layer in layers:
        for v in layer:
            if v in spine:
                u, k = spine[v]
                block[v], rel[v] = block[u], rel[u] - ports.tracks[v][k]
            else:
                block[v], total = total, total + 1
    pulls: list[list[tuple[int, float, float]]] = [[] for _ in range(total)]
    for w, us in enumerate(grid.ins):
        for u, off in zip(us, ports.tracks[w], strict=True):
            a, b = block[u], block[w]
            if a != b:
                shift = rel[w] + off - rel[u]
                pulls[a].append((b, shift, _worth(grid, u, w)))
                pulls[b].append((a, -shift, _worth(grid, u, w)))

    at, size = [0.0] * total, [0] * total
    stops: list[list[float]] = []  # per layer: each vertex' least distance from the first
    for layer in layers:
        stop = [0.0]
        for a, b in pairwise(layer):
            space = SPACE[(a >= grid.count) + (b >= grid.count)]
            stop.append(stop[-1] + ports.reach[a][1] + space + ports.reach[b][0])
        stops.append(stop)
        for v, s in zip(layer, stop, strict=True):
            size[block[v]] += 1
            at[block[v]] += s - stop[-1] / 2 - rel[v]
    at = [a / n for a, n in zip(at, size, strict=True)]

    push = [0.0] * count  # the accumulated force of the neighbours in the layer
    goal = [a * n for a, n in zip(at, size, strict=True)]
    mass = [n + sum(m for _, _, m in pull) for n, pull in zip(size, pulls, strict=True)]
    for turn in range(min(ROUNDS, max(8, EFFORT // 2 // count))):
        for b in range(total) if turn % 2 == 0 else range(total - 1, -1, -1):
            at[b] = (goal[b] + sum([m * (at[o] + d) for o, d, m in pulls[b]])) / mass[b]
        goal = [0.0] * total
        for layer, stop in zip(layers, stops, strict=True):
            want = [at[block[v]] + rel[v] + push[v] - s for v, s in zip(layer, stop, strict=True)]
            for v, s, x, y in zip(layer, stop, want, _isotonic(want), strict=True):
                push[v] = x - y
                goal[block[v]] += y + s - push[v] - rel[v]
    at = _separate(at, block, rel, layers, stops)
    across = [at[block[v]] + rel[v] for v in range(count)]
    low = min(x - reach[0] for x, reach in zip(across, ports.reach, strict=True))
    return [x - low for x in across]


def _worth(grid: _Grid, u: int, w: int) -> int:
    """How much a straight segment counts: trunks first, then the spine of operations."""
    if u >= grid.count or w >= grid.count:
        return 8 if u >= grid.count and w >= grid.count else 2
    return 4 if grid.ins[u] else 1


def _spine(grid: _Grid, layers: Sequence[Sequence[int]]) -> dict[int, Arc]:
    """The segments to be drawn straight, none crossing another: target -> (source, input).

    A vertex continues its worthiest segment, of several equal ones the middle; of an even number
    none, so that the inputs of x * w lie symmetric.
    """
    place = {v: i for layer in layers for i, v in enumerate(layer)}

    def chosen(ends: list[tuple[int, int, int]], side: int) -> list[tuple[int, int, int]]:
        top = max((_worth(grid, u, w) for u, w, _ in ends), default=0)
        ties = [e for e in ends if _worth(grid, e[0], e[1]) == top]
        ties.sort(key=lambda e: (place[e[side]], e[2]))
        return [ties[len(ties) // 2]] if len(ties) % 2 else []

    wanted: list[list[tuple[int, int, int]]] = [[] for _ in grid.ins]
    for w, us in enumerate(grid.ins):
        for u, w, k in chosen([(u, w, k) for k, u in enumerate(us)], 0):
            wanted[u].append((u, w, k))
    picks = [e for ends in wanted for e in chosen(ends, 1)]
    picks.sort(key=lambda e: (-_worth(grid, e[0], e[1]), e))

    level = {v: k for k, layer in enumerate(layers) for v in layer}
    taken: list[list[Arc]] = [[] for _ in layers]
    straight: dict[int, Arc] = {}
    for u, w, k in picks:
        pair = (place[u], place[w])
        row = taken[level[u]]
        i = bisect_left(row, pair)
        if (not i or row[i - 1][1] < pair[1]) and (i == len(row) or pair[1] < row[i][1]):
            row.insert(i, pair)
            straight[w] = (u, k)
    return straight


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
    nexts: list[dict[int, float]] = [{} for _ in at]
    waiting = [0] * len(at)
    for layer, stop in zip(layers, stops, strict=True):
        for i in range(len(layer) - 1):
            a, b = layer[i], layer[i + 1]
            need = stop[i + 1] - stop[i] + rel[a] - rel[b]
            follow = nexts[block[a]]
            if block[b] not in follow:
                waiting[block[b]] += 1
            follow[block[b]] = max(need, follow.get(block[b], need))
    order = [b for b, n in enumerate(waiting) if not n]
    low, high = list(at), list(at)
    for a in order:
        for b, need in nexts[a].items():
            low[b] = max(low[b], low[a] + need)
            waiting[b] -= 1
            if not waiting[b]:
                order.append(b)
    for a in reversed(order):
        high[a] = min([high[a], *(high[b] - need for b, need in nexts[a].items())])
    return [(x + y) / 2 for x, y in zip(low, high, strict=True)]


def _bend(start: Point, goal: Point) -> Stroke:
    """A stroke that leaves and arrives along the flow: a line if nothing is to be crossed."""
    if abs(start[1] - goal[1]) < 0.05:
        return (goal,)
    middle = (start[0] + goal[0]) / 2
    return ((middle, start[1]), (middle, goal[1]), goal)


def _path(strokes: Sequence[Stroke], place: Callable[[Point], Point]) -> str:
    """Path data; lines that go on in the same direction become one."""
    kept: list[Stroke] = []
    for i, stroke in enumerate(strokes):
        if i and len(stroke) == 1:
            if abs(stroke[0][0] - kept[-1][-1][0]) < 0.05:
                continue
            if len(kept) > 1 and len(kept[-1]) == 1:
                kept.pop()
        kept.append(stroke)
    letters = {1: "L", 3: "C"}
    text = ""
    for i, stroke in enumerate(kept):
        numbers = [str(_short(n)) for point in stroke for n in place(point)]
        text += ("M" if not i else letters[len(stroke)]) + " ".join(numbers)
    return text


def _short(number: float) -> float | int:
    """The number to one decimal, an int where that is exact."""
    rounded = round(number, 1)
    return int(rounded) if rounded == int(rounded) else rounded
