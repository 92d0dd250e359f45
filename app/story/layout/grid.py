"""A layered graph whose every segment joins neighbouring layers, by dummies if necessary."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.story.layout.layers import Arc


@dataclass(frozen=True)
class Grid:
    """Vertices below `count` are boxes, the rest dummies: bends of long edges.

    rank: the layer of a vertex; layers: its reverse; ins: the sources of a vertex by port;
    outs: its targets as (vertex, port as a fraction); routes: per arc, source to consumer.
    """

    count: int
    rank: list[int]
    layers: list[list[int]]
    ins: list[list[int]]
    outs: list[list[tuple[int, float]]]
    routes: list[list[int]]


def layered(ranks: Sequence[int], arcs: Sequence[Arc]) -> Grid:
    """The boxes in their layers, long arcs of one source on one shared trunk of dummies."""
    rank = list(ranks)
    layers: list[list[int]] = [[] for _ in range(max(rank) + 1)]
    for v, k in enumerate(rank):
        layers[k].append(v)
    ins: list[list[int]] = [[] for _ in rank]
    outs: list[list[tuple[int, float]]] = [[] for _ in rank]
    routes: list[list[int]] = []
    arity = Counter(w for _, w in arcs)
    trunk: dict[Arc, int] = {}
    for u, w in arcs:
        route = [u]
        for k in range(rank[u] + 1, rank[w]):
            if (u, k) not in trunk:
                trunk[u, k] = dummy = len(rank)
                rank.append(k)
                layers[k].append(dummy)
                outs[route[-1]].append((dummy, 0.0))
                ins.append([route[-1]])
                outs.append([])
            route.append(trunk[u, k])
        outs[route[-1]].append((w, len(ins[w]) / arity[w]))
        ins[w].append(route[-1])
        routes.append([*route, w])
    return Grid(len(ranks), rank, layers, ins, outs, routes)
