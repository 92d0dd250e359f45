"""Landscapes by name: functions of x and y that every text on optimizers draws."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.descent.objective import Recorded
from app.descent.optimizer import Option
from app.engine import Tensor

Point = tuple[float, float]


@dataclass(frozen=True)
class Landscape:
    """A function of x and y: where to start, what to show, where its minima are."""

    name: str
    f: Callable[..., Tensor]
    latex: str
    start: Point
    box: tuple[Point, Point]  # x from, to; y from, to
    minima: Callable[..., tuple[Point, ...]]  # for its options
    source: str
    options: dict[str, Option] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, float]:
        return {name: option.default for name, option in self.options.items()}

    def objective(self, **options: float) -> Recorded:
        """The function with its options filled in. Raises ValueError for an unknown one."""
        for name in options:
            if name not in self.options:
                raise ValueError(f"{self.name} has no option {name}")
        filled = {**self.defaults, **options}
        return Recorded(lambda x, y: self.f(x, y, **filled), ("x", "y"), np.array(self.start))


def _rosenbrock(x: Any, y: Any, a: float, b: float) -> Any:
    return (a - x) ** 2 + b * (y - x**2) ** 2


def _beale(x: Any, y: Any) -> Any:
    first, second = (1.5 - x + x * y) ** 2, (2.25 - x + x * y**2) ** 2
    return first + second + (2.625 - x + x * y**3) ** 2


def _himmelblau(x: Any, y: Any) -> Any:
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _quadratic(x: Any, y: Any, condition: float) -> Any:
    return (x**2 + condition * y**2) / 2


def _saddle(x: Any, y: Any) -> Any:
    return x**2 - y**2


def _rastrigin(x: Any, y: Any) -> Any:
    waves = np.cos(2 * math.pi * x) + np.cos(2 * math.pi * y)
    return 20 + x**2 + y**2 - 10 * waves


LANDSCAPES: dict[str, Landscape] = {
    landscape.name: landscape
    for landscape in (
        Landscape(
            "rosenbrock",
            _rosenbrock,
            r"(a - x)^2 + b\,(y - x^2)^2",
            (-1.5, 2.0),
            ((-2.0, 2.0), (-1.0, 3.0)),
            lambda a, b: ((a, a * a),),
            "Rosenbrock 1960",
            {"a": Option(1.0, -100.0, 100.0), "b": Option(100.0, 1e-6, 1e6)},
        ),
        Landscape(
            "beale",
            _beale,
            r"\sum_{i=1}^{3} (c_i - x + x\,y^i)^2, \quad c = (1.5,\ 2.25,\ 2.625)",
            (1.0, 1.5),
            ((-1.0, 4.0), (-1.5, 2.0)),
            lambda: ((3.0, 0.5),),
            "Beale 1958",
        ),
        Landscape(
            "himmelblau",
            _himmelblau,
            r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
            (0.0, -4.0),
            ((-5.0, 5.0), (-5.0, 5.0)),
            lambda: (
                (3.0, 2.0),
                (-2.805118, 3.131312),
                (-3.77931, -3.283186),
                (3.584428, -1.848126),
            ),
            "Himmelblau 1972",
        ),
        Landscape(
            "quadratic",
            _quadratic,
            r"\tfrac{1}{2}\,(x^2 + \kappa y^2)",
            (-4.0, 1.5),
            ((-5.0, 5.0), (-2.5, 2.5)),
            lambda condition: ((0.0, 0.0),),
            "an ellipse whose axes differ by the root of the condition number",
            {"condition": Option(20.0, 1e-6, 1e6)},
        ),
        Landscape(
            "saddle",
            _saddle,
            r"x^2 - y^2",
            (-1.5, 0.001),
            ((-2.0, 2.0), (-2.0, 2.0)),
            lambda: (),
            "falls for ever along y",
        ),
        Landscape(
            "rastrigin",
            _rastrigin,
            r"20 + x^2 + y^2 - 10\,(\cos 2\pi x + \cos 2\pi y)",
            (2.2, -1.7),
            ((-4.0, 4.0), (-4.0, 4.0)),
            lambda: ((0.0, 0.0),),
            "Rastrigin 1974",
        ),
    )
}
