"""What may be asked of the optimizer lab: objectives, runs with options, ranges."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from app.descent import LANDSCAPES, OPTIMIZERS, Option
from app.web.most import Most
from app.web.schemas import MAX_SEED, Diagnostic, Inputs, Lang, Name, Source

STRICT = ConfigDict(strict=True, extra="forbid")
Optimizers = Literal["sgd", "adagrad", "rmsprop", "adam", "adamw"]
Functions = Literal["rosenbrock", "beale", "himmelblau", "quadratic", "saddle", "rastrigin"]
Pair = Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)]
Setting = bool | FiniteFloat | Pair


class Objective(BaseModel):
    """What is minimised: a function by name, an expression in two names, or a program's loss."""

    model_config = STRICT

    function: Functions | None = None
    options: dict[Name, FiniteFloat] | None = Field(
        default=None, description="Of the function, such as its condition number."
    )
    source: Source | None = None
    parameters: Annotated[list[Name], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="Two names of the expression; left out for a program."
    )
    start: Pair | None = Field(default=None, description="Where an expression is first recorded.")
    inputs: Inputs | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Objective":
        if (self.function is None) == (self.source is None):
            raise PydanticCustomError("objective", "either a function or a source")
        if self.function is not None:
            self._named(self.function)
        else:
            self._written()
        return self

    def _named(self, function: str) -> None:
        """A function by its name needs nothing but its options."""
        for other in ("parameters", "start", "inputs", "seed"):
            if getattr(self, other) is not None:
                raise PydanticCustomError("unused", "not of a named function", {"name": other})
        for name, value in (self.options or {}).items():
            _check(LANDSCAPES[function].options, name, value)

    def _written(self) -> None:
        """An expression has two names and perhaps a start; a program has neither."""
        if self.options is not None:
            raise PydanticCustomError("unused", "not of a text", {"name": "options"})
        if self.parameters is None and self.start is not None:
            raise PydanticCustomError("unused", "not of a program", {"name": "start"})
        if self.parameters is not None and self.parameters[0] == self.parameters[1]:
            raise PydanticCustomError("twice", "the same name twice", {"name": self.parameters[0]})


class RunRequest(BaseModel):
    """One optimizer with its options; what is left out has PyTorch's default."""

    model_config = STRICT

    optimizer: Optimizers
    options: dict[Name, Setting] = Field(default_factory=dict)
    label: Annotated[str, Field(max_length=80)] | None = None

    @model_validator(mode="after")
    def _options(self) -> "RunRequest":
        optimizer = OPTIMIZERS[self.optimizer]
        for name, value in self.options.items():
            _check(optimizer.options, name, value)
        filled = optimizer.filled(self.options)
        if filled.get("nesterov") and (filled["momentum"] <= 0 or filled["dampening"]):
            raise PydanticCustomError("nesterov", "PyTorch refuses this")
        return self


def _check(options: Mapping[str, Option], name: str, value: Any) -> None:
    """Whether there is such an option, and whether it may have this value."""
    if name not in options:
        known = ", ".join(options) or "-"
        raise PydanticCustomError("no_option", "unknown option", {"name": name, "known": known})
    option = options[name]
    if isinstance(option.default, bool):
        if not isinstance(value, bool):
            raise PydanticCustomError("option_bool", "not true or false", {"name": name})
        return
    try:
        option.check(name, value)
    except ValueError:
        bounds = {"name": name, "low": f"{option.low:g}", "high": f"{option.high:g}"}
        kind = "option_pair" if isinstance(option.default, tuple) else "option"
        raise PydanticCustomError(kind, "an option out of its range", bounds) from None


class Asked(BaseModel):
    """A request to the lab."""

    model_config = STRICT

    objective: Objective
    lang: Lang = "en"

    def canonical(self) -> dict[str, Any]:
        """The request as it is hashed and computed: without what was left out."""
        return self.model_dump(exclude_none=True)


class DescentsRequest(Asked):
    """Several optimizers on one objective, or a program's own path."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "objective": {"function": "rosenbrock"},
                    "runs": [
                        {"optimizer": "sgd", "options": {"lr": 0.001}},
                        {"optimizer": "adam", "options": {"lr": 0.05}, "label": "Adam"},
                    ],
                    "start": [-1.5, 2.0],
                    "steps": 200,
                }
            ]
        }
    )

    runs: Annotated[list[RunRequest], Field(min_length=1), Most("runs")] | None = Field(
        default=None, description="Left out for a program: its own updates are the path."
    )
    start: Pair | None = Field(default=None, description="On the surface; the objective's own.")
    steps: Annotated[int, Field(ge=1), Most("steps")] | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = Field(
        default=None, description="Of the objective's program: the same as its own `seed`."
    )

    @model_validator(mode="after")
    def _one_seed(self) -> "DescentsRequest":
        if self.seed is not None and self.objective.function is not None:
            raise PydanticCustomError("unused", "not of a named function", {"name": "seed"})
        if self.seed is not None and self.objective.seed is not None:
            raise PydanticCustomError("seeds", "two seeds")
        return self

    def canonical(self) -> dict[str, Any]:
        """The request as it is hashed and computed: a seed is the objective's."""
        asked = super().canonical()
        seed = asked.pop("seed", None)
        if seed is not None:
            asked["objective"] = {**asked["objective"], "seed": seed}
        return asked


class Axis(BaseModel):
    """One axis of a surface."""

    model_config = STRICT

    range: Pair | None = None
    points: Annotated[int, Field(ge=2), Most("points")] | None = None

    @model_validator(mode="after")
    def _rising(self) -> "Axis":
        if self.range is not None and self.range[0] >= self.range[1]:
            raise PydanticCustomError("rising", "the second number is not above the first")
        if self.range is not None and not math.isfinite(self.range[1] - self.range[0]):
            raise PydanticCustomError("wide", "the range is too wide")
        return self


class LandscapesRequest(Asked):
    """Heights of an objective over a rectangle."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"objective": {"function": "beale"}, "x": {"range": [-1, 4], "points": 41}}
            ]
        }
    )

    x: Axis | None = None
    y: Axis | None = None
    gradient: bool = Field(default=False, description="Whether the gradient field is wanted.")


# -- answers

Numbers = Annotated[list[Any], Field(description="Numbers, or NaN, Infinity, -Infinity as text.")]


class RunAnswer(BaseModel):
    """One run: a column per quantity, a row per step; row 0 is the start."""

    optimizer: str
    options: dict[str, Any]
    label: str
    status: Literal["converged", "max_steps", "diverged", "stalled", "cancelled"]
    diverged_at: int | None
    overflow: dict[str, Any] | None
    steps: int
    state: dict[str, Any]
    step: list[int] = Field(default_factory=list)
    position: list[Numbers] = Field(default_factory=list)
    value: Numbers = Field(default_factory=list)
    gradient: list[Any] = Field(default_factory=list)
    rate: list[Any] = Field(default_factory=list)


class Ending(BaseModel):
    """How the work came to its end: `limit` where time ran out and `error` where the program
    failed on its way, with what is there so far."""

    status: Literal["ok", "error", "limit"]
    diagnostic: Diagnostic | None


class Descents(Ending):
    """All runs, and the objective that they descended."""

    objective: dict[str, Any]
    runs: list[RunAnswer]


class Landscape(Ending):
    """`z[iy][ix]` over x and y; NaN where the work did not come to."""

    x: list[float]
    y: list[float]
    z: list[Numbers]
    gradient: dict[str, list[Numbers]] | None
    names: list[str]
    slice: dict[str, Any]
    minimum: dict[str, Any] | None
