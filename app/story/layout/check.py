"""The refusal of what cannot be drawn."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from app.story.layout.parts import Edge
from app.story.layout.path import Point


def check(sizes: Mapping[int, Point], edges: Sequence[Edge]) -> None:
    """ValueError with a sentence, unless boxes and edges form a directed acyclic graph."""
    if len({e[0] for e in edges}) != len(edges):
        raise ValueError("Two edges have the same id; every edge needs an id of its own.")
    ins: dict[int, list[int]] = {v: [] for v in sizes}
    for name, u, w, _ in edges:
        if u not in ins or w not in ins:
            raise ValueError(f"Edge {name} joins {u} and {w}, but one of them has no size.")
        ins[w].append(u)
    try:
        TopologicalSorter(ins).prepare()
    except CycleError:
        loop = " -> ".join(map(str, _cycle(ins)))
        raise ValueError(
            f"The graph has a cycle, {loop}, but no value can be computed from itself."
        ) from None


def _cycle(ins: Mapping[int, Sequence[int]]) -> list[int]:
    """A cycle from a box to itself, the same one in whatever order the edges come."""
    left = set(ins)
    while free := {v for v in left if left.isdisjoint(ins[v])}:
        left -= free
    # Everything left has a source that is left too: walking upstream must come round.
    walk = [min(left)]
    while walk.count(walk[-1]) < 2:
        walk.append(min(left.intersection(ins[walk[-1]])))
    return walk[walk.index(walk[-1]) :][::-1]
