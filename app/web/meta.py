"""What the API tells about itself: limits, dialects and operations are data."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import __version__
from app.descent import LANDSCAPES, OPTIMIZERS, Landscape, Option
from app.engine import FAULTS, OPS, numpy_name
from app.story.words import LANGUAGES, both
from app.story.written import TITLES
from app.web.examples import EXAMPLES
from app.work.runner import Runner

DIALECTS = ("tensorflow", "torch", "numpy")


class Operation(BaseModel):
    """A primitive that the engine differentiates."""

    name: str
    sign: str
    latex: str
    why: dict[str, str] = Field(description="Its derivative in one sentence, by language.")
    numpy: str | None = Field(
        description="The NumPy function that it stands for; null where NumPy has none."
    )


class OptionEntry(BaseModel):
    """A setting of an optimizer."""

    name: str
    default: bool | float | list[float]
    low: float
    high: float


class OptimizerEntry(BaseModel):
    """An optimizer with PyTorch's options and defaults."""

    name: str
    options: list[OptionEntry]
    latex: str
    source: str


class FunctionEntry(BaseModel):
    """A named landscape."""

    name: str
    latex: str
    start: list[float]
    box: list[list[float]]
    minima: list[list[float]]
    options: list[OptionEntry]
    source: str


class ExampleEntry(BaseModel):
    """A program to start from."""

    id: str
    title: dict[str, str]
    source: str
    dialect: str
    inputs: dict[str, float] | None = None


class Meta(BaseModel):
    """Versions, limits and lists."""

    version: str
    engine_version: str = Field(description="Changes whenever an answer may change.")
    languages: list[str]
    limits: dict[str, int | float] = Field(
        description="What one program may use; runs and steps of a race, points along a surface."
    )
    dialects: list[str]
    faults: list[str] = Field(description="What `/trace` can run with: mistakes of beginners.")
    exports: list[str] = Field(description="The languages of `/code`.")
    operations: list[Operation]
    optimizers: list[OptimizerEntry]
    functions: list[FunctionEntry]
    examples: list[ExampleEntry]


def respond(runner: Runner, limits: dict[str, Any]) -> Response:
    """The answer of `/api/v1/meta`. limits: of the server; its runner may have others."""
    content = {
        "version": __version__,
        "engine_version": runner.version,
        "languages": LANGUAGES,
        "limits": limits | runner.limits,
        "dialects": DIALECTS,
        "faults": FAULTS,
        "exports": ("python", *TITLES),
        "operations": _operations(),
        "optimizers": _optimizers(),
        "functions": [_function(landscape) for landscape in LANDSCAPES.values()],
        "examples": [example.entry() for example in EXAMPLES],
    }
    headers = {"Cache-Control": "public, max-age=300, must-revalidate"}
    return Response(orjson.dumps(content), headers=headers, media_type="application/json")


def _optimizers() -> list[dict[str, Any]]:
    return [
        {
            "name": optimizer.name,
            "options": options_of(optimizer.options),
            "latex": optimizer.formula,
            "source": optimizer.source,
        }
        for optimizer in OPTIMIZERS.values()
    ]


def options_of(options: Mapping[str, Option]) -> list[dict[str, Any]]:
    """The settings of an optimizer or a landscape."""
    return [
        {"name": name, "default": option.default, "low": option.low, "high": option.high}
        for name, option in options.items()
    ]


def _function(landscape: Landscape) -> dict[str, Any]:
    return {
        "name": landscape.name,
        "latex": landscape.latex,
        "start": landscape.start,
        "box": landscape.box,
        "minima": landscape.minima(**landscape.defaults),
        "options": options_of(landscape.options),
        "source": landscape.source,
    }


@cache
def _operations() -> list[dict[str, Any]]:
    return [
        {
            "name": op.name,
            "sign": op.sign,
            "latex": op.latex,
            "why": both(op.why),
            "numpy": numpy_name(op),
        }
        for op in OPS.values()
    ]
