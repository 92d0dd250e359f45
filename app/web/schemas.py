"""What may be asked of the API: strict models, unknown fields refused, finite numbers only."""

import math
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.web.most import Most

MAX_DEPTH = 6
MAX_SEED = 2**53 - 1


def _name(text: str) -> str:
    """The name as Python's parser normalises it."""
    name = unicodedata.normalize("NFKC", text)
    if not name.isidentifier() or name.startswith("_"):
        raise PydanticCustomError("name", "not the name of a variable")
    return name


def _array(value: Any) -> Any:
    """A float, or nested lists of them of equal lengths."""
    try:
        return _shaped(value, MAX_DEPTH)[0]
    except (TypeError, ValueError, OverflowError):
        raise PydanticCustomError("array", "not a number or a rectangular array") from None


def _shaped(value: Any, depth: int) -> tuple[Any, tuple[int, ...]]:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, int | float):
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
        return number, ()
    if not isinstance(value, list) or not value or not depth:
        raise TypeError
    items = [_shaped(item, depth - 1) for item in value]
    shape = items[0][1]
    if any(other != shape for _, other in items):
        raise ValueError
    return [item for item, _ in items], (len(items), *shape)


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_name)]
Array = Annotated[
    Any,
    AfterValidator(_array),
    WithJsonSchema(
        {
            "description": "A finite number, or lists of them of equal lengths, at most 6 deep.",
            "anyOf": [{"type": "number"}, {"type": "array", "minItems": 1, "items": {}}],
        }
    ),
]
Source = Annotated[
    str,
    Most("source"),
    Field(description="A program in the safe subset of Python, or one expression."),
]


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


Inputs = Annotated[
    dict[Name, Array],
    Field(max_length=1000, description="Values of the program's free names, as float64."),
]
Lang = Annotated[
    Literal["en", "ko"],
    Field(
        description="The language of diagnostics; where none is named, the one that"
        " `Accept-Language` asks for, else English.",
        json_schema_extra=_without_default,
    ),
]
Index = Annotated[int, Field(ge=0, le=MAX_SEED)]


class Asked(BaseModel):
    """A request: nothing is converted, nothing unknown is let through."""

    model_config = ConfigDict(strict=True, extra="forbid")

    source: Source
    inputs: Inputs | None = None
    lang: Lang = "en"

    def canonical(self) -> dict[str, Any]:
        """The request as it is hashed and computed: parsed, without what was left out or empty."""
        parts = self.model_dump(exclude_none=True)
        return {name: part for name, part in parts.items() if name == "source" or part != {}}


class Element(BaseModel):
    """One element of one tensor at one tick."""

    model_config = ConfigDict(strict=True, extra="forbid")

    node: Index
    index: Annotated[list[Index], Field(max_length=MAX_DEPTH)]
    tick: Index


def _range(ticks: list[int]) -> list[int]:
    if ticks[1] < ticks[0]:
        raise PydanticCustomError("range", "the second number is less than the first")
    return ticks


Ticks = Annotated[
    list[Index],
    Field(min_length=2, max_length=2, description="From the first tick to the last, both told."),
    AfterValidator(_range),
]


Fault = Annotated[
    Literal["overwrite", "keep"] | None,
    Field(
        description="Run with this fault: gradients that arrive replace instead of adding up, or"
        " zeroing does nothing. Every number that differs from the run without it is marked.",
    ),
]


class TraceRequest(Asked):
    """A program to be traced."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": "(x*w + b - y)**2", "inputs": {"x": 2, "w": 3, "b": 1, "y": 4}},
                {
                    "source": "w = tf.Variable(3.0)\nwith tf.GradientTape() as tape:\n"
                    "    loss = tf.square(w - 1.0)\nprint(tape.gradient(loss, w))",
                    "lang": "ko",
                },
            ]
        }
    )

    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = Field(
        default=None, description="The seed of the program's random numbers."
    )
    expand: Ticks | None = Field(default=None, description="Tell these ticks in full, as `steps`.")
    arrays: Literal["b64"] | None = Field(
        default=None, description="Arrays in columns as base64 (`{dtype, shape, bdata}`)."
    )
    fault: Fault = None
    element: Element | None = Field(
        default=None, description="Follow one element of one tensor at one tick."
    )


class GradientsRequest(Asked):
    """A program or an expression whose gradients are asked for, without the trace."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "(x*w + b - y)**2",
                    "inputs": {"x": 2, "w": 3, "b": 1, "y": 4},
                    "wrt": ["w", "b"],
                    "hessian": True,
                }
            ]
        }
    )

    target: Name | None = Field(default=None, description="What is differentiated.")
    wrt: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="By which names; all trainable ones when left out."
    )
    hessian: bool = Field(
        default=False,
        description="Whether second derivatives are wanted, of the expression or of the program's"
        " last gradient call: those by up to 100 numbers, shaped as the one variable, then as the"
        " other.",
    )


class FieldError(BaseModel):
    """One field of a request that is not as it should be."""

    pointer: str = Field(description="JSON Pointer to the field.", examples=["/inputs/x"])
    code: str
    detail: str


class Diagnostic(BaseModel):
    """What went wrong in a program, where, and what to do about it."""

    code: str
    message: str
    hint: str | None = None
    span: list[int] | None = Field(
        default=None, description="[line, column, end line, end column], from 1, in code points."
    )
    framework_error: str | None = Field(
        default=None, description="What TensorFlow, PyTorch or Python would have raised."
    )


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457)."""

    type: str = Field(examples=["/problems/invalid"])
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    more_errors: int | None = None
    diagnostic: Diagnostic | None = None
