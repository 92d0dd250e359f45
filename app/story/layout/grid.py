"""A layered graph whose every segment joins neighbouring layers, by dummies if necessary.

Where dummies would be too many, long edges of a source share a bus instead: one line below all
layers, from the gap behind the source to the gap before each consumer.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.story.layout.layers import Arc


@dataclass(frozen=True)
class Grid:
    """Vertices below `count` are boxes, the rest dummies: bends of long edges.

    rank: the layer of a vertex; layers: its reverse; ins: the sources of a vertex by port;
    outs: its targets as (vertex, port as a fraction); routes: per arc, source to consumer;
    buses: the last vertices, each with the layer in which it ends; they stand in no layer.
    """

    count: int
    rank: list[int]
    layers: list[list[int]]
    ins: list[list[int]]
    outs: list[list[tuple[int, float]]]
    routes: list[list[int]]
    buses: dict[int, int]

    def without_buses(self) -> "Grid":
        """What stands in layers."""
        ins = [[u for u in us if u not in self.buses] for us in self.ins]
        return replace(self, ins=ins[: len(ins) - len(self.buses)], buses={})


def trunks(rank: Sequence[int], arcs: Sequence[Arc]) -> int:
    """How many dummies all long arcs take."""
    end = list(rank)
    for u, w in arcs:
        end[u] = max(end[u], rank[w] - 1)
    return sum(end) - sum(rank)


def layered(ranks: Sequence[int], arcs: Sequence[Arc], most: float = math.inf) -> Grid:
    """The boxes in their layers, long arcs of one source on one shared trunk of dummies; those with
    more than `most` of them on its bus."""
    rank = list(ranks)
    layers: list[list[int]] = [[] for _ in range(max(rank) + 1)]
    for v, k in enumerate(rank):
        layers[k].append(v)
    ins: list[list[int]] = [[] for _ in rank]
    outs: list[list[tuple[int, float]]] = [[] for _ in rank]
    routes: list[list[int]] = []
    arity = Counter(w for _, w in arcs)
    trunk: dict[Arc, int] = {}
    far: list[tuple[list[int], int]] = []  # a route by bus, and the input that it is
    for u, w in arcs:
        route = [u]
        if rank[w] - rank[u] - 1 > most:
            far.append(([u, w], len(ins[w])))
            ins[w].append(u)
            routes.append(far[-1][0])
            continue
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
    buses: dict[int, int] = {}
    bus: dict[int, int] = {}
    for route, slot in far:
        u, w = route
        if u not in bus:
            bus[u] = len(rank)
            rank.append(rank[u] + 1)
            ins.append([u])
            outs.append([])
        ins[w][slot] = bus[u]
        route.insert(1, bus[u])
        buses[bus[u]] = max(rank[w], buses.get(bus[u], 0))
    return Grid(len(ranks), rank, layers, ins, outs, routes, buses)
