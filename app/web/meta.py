"""What the API tells about itself: limits, dialects and operations are data."""

from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel, Field
from starlette.responses import Response

from app import __version__
from app.engine import OPS
from app.story.words import LANGUAGES, both
from app.web.examples import EXAMPLES
from app.work.runner import Runner

DIALECTS = ("tensorflow", "torch", "numpy")


class Operation(BaseModel):
    """A primitive that the engine differentiates."""

    name: str
    sign: str
    latex: str
    why: dict[str, str] = Field(description="Its derivative in one sentence, by language.")


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
    limits: dict[str, int | float] = Field(description="What one run may use.")
    dialects: list[str]
    operations: list[Operation]
    examples: list[ExampleEntry]


def respond(runner: Runner) -> Response:
    """The answer of `/api/v1/meta`."""
    content = {
        "version": __version__,
        "engine_version": runner.version,
        "languages": LANGUAGES,
        "limits": runner.limits,
        "dialects": DIALECTS,
        "operations": _operations(),
        "examples": [example.entry() for example in EXAMPLES],
    }
    headers = {"Cache-Control": "public, max-age=300, must-revalidate"}
    return Response(orjson.dumps(content), headers=headers, media_type="application/json")


@cache
def _operations() -> list[dict[str, Any]]:
    return [
        {"name": op.name, "sign": op.sign, "latex": op.latex, "why": both(op.why)}
        for op in OPS.values()
    ]
