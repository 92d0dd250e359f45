"""The connected parts of a graph, each drawn by itself, and their places side by side."""

from collections.abc import Iterable, Sequence

from app.story.layout.path import Point

MARGIN = 12.0  # around the drawing
SHELF = 32.0  # between two parts

Edge = tuple[int, int, int, int]  # id, from, to, argument slot


def components(boxes: Iterable[int], edges: Iterable[Edge]) -> list[tuple[list[int], list[Edge]]]:
    """The parts in the order of their first boxes: boxes by id, edges by consumer and slot."""
    root = {v: v for v in sorted(boxes)}

    def find(v: int) -> int:
        while root[v] != v:
            root[v] = v = root[root[v]]
        return v

    for _, u, w, _ in edges:
        a, b = find(u), find(w)
        root[max(a, b)] = min(a, b)
    parts: dict[int, tuple[list[int], list[Edge]]] = {}
    for v in root:
        parts.setdefault(find(v), ([], []))[0].append(v)
    for edge in sorted(edges, key=lambda e: (e[2], e[3], e[0])):
        parts[find(edge[1])][1].append(edge)
    return list(parts.values())


def shelves(extents: Sequence[Point]) -> tuple[list[Point], Point]:
    """The parts' origins and the whole extent: rows as long as the longest part."""
    limit = MARGIN + max((length for length, _ in extents), default=0.0)
    origins: list[Point] = []
    u = v = far = deep = MARGIN
    for length, breadth in extents:
        if u > MARGIN and u + length > limit + 0.5:
            u, v = MARGIN, deep + SHELF
        origins.append((u, v))
        far, deep = max(far, u + length), max(deep, v + breadth)
        u += length + SHELF
    return origins, (far + MARGIN, deep + MARGIN)
