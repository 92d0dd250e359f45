"""What a finished drawing shows: its lines as points, its crossings, overlaps and layers."""

import itertools
import re

from layout_graphs import Edge, Point

from app.story.layout import Layout

Box = tuple[float, float, float, float]  # left, top, right, bottom


def polyline(path: str) -> list[Point]:
    """Points along path data of absolute M, L and C; straight lines keep only their ends."""
    points: list[Point] = []
    for letter, text in re.findall(r"([MLC])([^MLC]*)", path):
        numbers = [float(n) for n in text.split()]
        ends = list(zip(numbers[::2], numbers[1::2], strict=True))
        points += bezier(points[-1], *ends) if letter == "C" else ends
    return points


def bezier(p: Point, a: Point, b: Point, c: Point, pieces: int = 12) -> list[Point]:
    """Points on a cubic, without its start."""
    out: list[Point] = []
    for i in range(1, pieces + 1):
        t, s = i / pieces, 1 - i / pieces
        x, y = (
            s**3 * p[k] + 3 * s * s * t * a[k] + 3 * s * t * t * b[k] + t**3 * c[k] for k in (0, 1)
        )
        out.append((x, y))
    return out


def count_crossings(lines: dict[int, list[Point]], edges: list[Edge]) -> int:
    """Crossings as seen: where two lines cut, once per place and pair of sources.

    Edges of one source may share a line, and a cut of that line is one crossing to the eye.
    """

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    source = {e[0]: e[1] for e in edges}
    pieces = sorted(
        (min(p[0], q[0]), max(p[0], q[0]), edge, p, q)
        for edge, line in lines.items()
        for p, q in itertools.pairwise(line)
    )
    found: set[tuple[int, int, float, float]] = set()
    active: list[tuple[float, float, int, Point, Point]] = []
    for piece in pieces:
        active = [other for other in active if other[1] >= piece[0]]
        _, _, edge, p, q = piece
        for _, _, foreign, a, b in active:
            if foreign == edge or max(a[1], b[1]) < min(p[1], q[1]):
                continue
            if max(p[1], q[1]) < min(a[1], b[1]) or side(p, q, a) * side(p, q, b) >= 0:
                continue
            before, after = side(a, b, p), side(a, b, q)
            if before * after < 0:
                t = before / (before - after)
                one, two = sorted((source[edge], source[foreign]))
                x, y = (p[k] + t * (q[k] - p[k]) for k in (0, 1))
                found.add((one, two, round(x, 1), round(y, 1)))
        active.append(piece)
    return len(found)


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than a rounding error."""
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.2 and min(a[3], b[3]) - max(a[1], b[1]) > 0.2


def ranks(drawn: Layout, flow: int = 0) -> dict[int, int]:
    """The layer of every box: a layer's boxes have one centre line."""
    centre = {k: round(box[flow] + box[flow + 2] / 2) for k, box in drawn.nodes.items()}
    lines = sorted(set(centre.values()))
    return {k: lines.index(at) for k, at in centre.items()}
