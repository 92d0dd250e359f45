"""Lines: strokes that run along the flow or bend across it, and their SVG path data."""

import math
from collections.abc import Sequence

Point = tuple[float, float]
Stroke = tuple[Point, ...]  # one point: a line to it; three points: a cubic
BENT = 0.05  # a line that goes across by less is straight


def bend(start: Point, goal: Point) -> Stroke:
    """A stroke that leaves and arrives along the flow: a line if nothing is to be crossed."""
    if abs(start[1] - goal[1]) < BENT:
        return (goal,)
    middle = (start[0] + goal[0]) / 2
    return ((middle, start[1]), (middle, goal[1]), goal)


def joined(strokes: Sequence[Stroke]) -> list[Stroke]:
    """The strokes after a starting point; lines that go on in the same direction become one."""
    kept = [strokes[0]]
    for stroke in strokes[1:]:
        if len(stroke) == 1:
            if math.dist(stroke[0], kept[-1][-1]) < 0.05:
                continue
            if len(kept) > 1 and len(kept[-1]) == 1:
                kept.pop()
        kept.append(stroke)
    return kept


def path_data(strokes: Sequence[Sequence[Point]]) -> str:
    """A starting point and strokes as absolute M, L and C."""
    letters = ["M", *("L" if len(stroke) == 1 else "C" for stroke in strokes[1:])]
    return "".join(
        letter + " ".join(str(short(n)) for point in stroke for n in point)
        for letter, stroke in zip(letters, strokes, strict=True)
    )


def short(number: float) -> float | int:
    """The number to one decimal, an int where that is exact."""
    rounded = round(number, 1)
    return int(rounded) if rounded == int(rounded) else rounded
