"""What a family's table of cases is made of, and how its settings are kept as JSON."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Shape = tuple[int, ...]
UNARY: list[list[Shape]] = [[()], [(3,)], [(2, 3)]]
PAIRS: list[list[Shape]] = [
    [(), ()], [(3,), (3,)], [(2, 3), (3,)], [(2, 1), (1, 3)], [(), (2, 3)], [(2, 3), (2, 3)],
]  # fmt: skip


@dataclass
class Case:
    """How one Op is tried: on inputs of these shapes, irregular numbers between low and high.

    shapes: per trial the shapes of the inputs, or a pair (shapes, settings). torch, tensorflow: a
    function of the inputs and settings where that framework has no spelling of its own (default:
    the Op's spelling is run); a text says why the framework is not asked. smooth: whether third
    derivatives can be told by differences; flat: differences say nothing, or something else by
    intent. domain: makes inputs fit (a symmetric matrix, places) before anyone sees them. An Op
    that is tried in several ways (at ties, say) has a list of Cases; `smooth` is the first one's.
    """

    shapes: list[Any]
    low: float = -2.0
    high: float = 2.0
    torch: Callable[..., Any] | str | None = None
    tensorflow: Callable[..., Any] | str | None = None
    smooth: bool = True
    flat: bool = False
    domain: Callable[[list[Any]], list[Any]] | None = None

    def trials(self) -> list[tuple[list[Shape], list[Any]]]:
        return [one if isinstance(one, tuple) else (one, []) for one in self.shapes]


def numbers(shape: Shape, shift: float, low: float = -2.0, high: float = 2.0) -> list[float]:
    """Irregular numbers between low and high, none of them special; in one row."""
    return [
        low + (high - low) * (0.5 + 0.49 * math.sin(2.3 * k + shift))
        for k in range(math.prod(shape))
    ]


def kept(setting: Any) -> Any:
    """A setting as JSON."""
    if isinstance(setting, tuple | list):
        return [kept(one) for one in setting]
    if isinstance(setting, slice):
        return {"slice": [setting.start, setting.stop, setting.step]}
    if setting is Ellipsis:
        return "..."
    return {"array": setting.tolist()} if hasattr(setting, "tolist") else setting


def read(setting: Any) -> Any:
    """A setting as an Op takes it."""
    if setting == "...":
        return Ellipsis
    if isinstance(setting, dict):
        return slice(*setting["slice"]) if "slice" in setting else np.array(setting["array"])
    return tuple(map(read, setting)) if isinstance(setting, list) else setting


@dataclass
class Kink:
    """Points where conventions differ: kinks, ties, bounds, zeros, nan; and who stands for whom.

    inputs: per input its numbers, one per point where the Op is elementwise. torch, tensorflow: the
    name of the Op that stands for that framework there, alone or with a function of inputs and
    settings to run instead of the Op's own spelling; None where the framework has no such thing.
    upstream: the gradients of the result that are tried, each in every entry. truth: the second
    derivatives (of each gradient's sum by each input) where a framework loses those of a smooth
    function to 0 times infinity.
    """

    point: str
    inputs: list[Any]
    torch: str | tuple[str, Callable[..., Any]] | None
    tensorflow: str | tuple[str, Callable[..., Any]] | None
    settings: tuple[Any, ...] = ()
    upstream: tuple[float, ...] = (1.0, 0.0)
    truth: list[Any] | None = None
