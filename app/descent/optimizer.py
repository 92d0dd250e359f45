"""An optimizer: a chain of links, each a pure pair of functions.

A link turns one vector into another: the gradient goes in at the first, the move comes out of the
last, and every vector in between can be shown. State is a value that is handed in and out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = np.ndarray[Any, np.dtype[np.float64]]  # (runs, parameters)
Options = Mapping[str, Any]  # numbers, or columns (runs, 1) with one number for each run
State = dict[str, Vector]


@dataclass(frozen=True)
class Step:
    """What a link sees beside the vector: where we are, and the number of this step, from 1."""

    position: Vector
    number: int


@dataclass(frozen=True)
class Link:
    """One transformation: init gives its state, update its vector and its next state."""

    name: str
    init: Callable[[Vector], State]
    update: Callable[[Vector, State, Step, Options], tuple[Vector, State]]


@dataclass(frozen=True)
class Option:
    """A setting of an optimizer: its default and the range that makes sense."""

    default: Any
    low: float = 0.0
    high: float = 1.0

    def check(self, name: str, value: Any) -> None:
        """Raises ValueError for a value of another form or out of range."""
        numbers = value if isinstance(value, list | tuple) else [value]
        defaults = self.default if isinstance(self.default, tuple) else [self.default]
        if len(numbers) != len(defaults):
            raise ValueError(f"{name} takes {len(defaults)} numbers")
        for number, default in zip(numbers, defaults, strict=True):
            if isinstance(default, bool) != isinstance(number, bool):
                raise ValueError(f"{name} is {type(default).__name__}")
            if not isinstance(number, int | float) or not np.isfinite(number):
                raise ValueError(f"{name} is a finite number")
            if not self.low <= number <= self.high:
                raise ValueError(f"{name} lies between {self.low:g} and {self.high:g}")


@dataclass(frozen=True)
class Optimizer:
    """A named chain of links with PyTorch's options and defaults."""

    name: str
    options: Mapping[str, Option]
    chain: Callable[[Options], tuple[Link, ...]]
    formula: str
    source: str

    def filled(self, given: Options) -> dict[str, Any]:
        """All options, the given ones over the defaults. Raises ValueError for a wrong one."""
        for name, value in given.items():
            self._check(name, value)
        return {name: given.get(name, option.default) for name, option in self.options.items()}

    def _check(self, name: str, value: Any) -> None:
        if name not in self.options:
            known = ", ".join(self.options)
            raise ValueError(f"{self.name} has no option {name}; it has {known}")
        self.options[name].check(name, value)


class Running:
    """Some runs of one optimizer on their way: all rows step together."""

    def __init__(self, optimizer: Optimizer, options: list[dict[str, Any]], position: Vector):
        flags = options[0]
        self.links = optimizer.chain(flags)
        self.options = {name: _column([one[name] for one in options]) for name in flags}
        self.states = [link.init(position) for link in self.links]
        self.number = 0

    def move(self, gradient: Vector, position: Vector) -> Vector:
        """What is added to the position."""
        self.number += 1
        step, vector = Step(position, self.number), gradient
        for i, link in enumerate(self.links):
            vector, self.states[i] = link.update(vector, self.states[i], step, self.options)
        return vector

    def state(self) -> dict[str, Vector]:
        """The memories of all links by their usual names."""
        return {name: value for state in self.states for name, value in state.items()}


def _column(values: list[Any]) -> Any:
    """One option of all runs: flags as they are, numbers as a column, pairs as pairs of columns."""
    if isinstance(values[0], bool):
        return values[0]
    if isinstance(values[0], list | tuple):
        return tuple(_column(list(parts)) for parts in zip(*values, strict=True))
    return np.array(values, dtype=np.float64)[:, None]


def rate(options: Options, step: int) -> float:
    """The learning rate of the step that leads on from row `step`."""
    return float(options["lr"] / (1 + step * options.get("lr_decay", 0.0)))


def together(optimizer: Optimizer, options: Options) -> tuple[Any, ...]:
    """What must be equal for runs to step as one array: the links, and what is true or false."""
    flags = [value for value in options.values() if isinstance(value, bool)]
    return (optimizer.name, *(link.name for link in optimizer.chain(options)), *flags)
