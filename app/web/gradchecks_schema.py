"""What may be asked of a gradient check, and what it answers."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.web.schemas import MAX_SEED, Asked, Diagnostic, Name
from app.web.trace_schema import Both, Exact, Number

Step = Annotated[float, Field(ge=1e-15, le=1.0, allow_inf_nan=False)]
Verdict = Literal["fine", "kink", "undecided", "wrong"]


class GradchecksRequest(Asked):
    """A program or an expression of which one gradient call is checked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "(x*w + b - y)**2",
                    "inputs": {"x": 2, "w": 3, "b": 1, "y": 4},
                    "wrt": ["w", "b"],
                    "h": [1e-2, 1e-5, 1e-10],
                }
            ]
        }
    )

    wrt: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="By which names; all that a gradient reaches when left out."
    )
    h: Annotated[list[Step], Field(min_length=1, max_length=30)] | None = Field(
        default=None,
        description="Step sizes, the only ones that a verdict may rest on; 1e-1 … 1e-15 when left "
        "out, and then others too where the numbers have another scale.",
    )
    call: Annotated[int, Field(ge=-1, le=1_000_000)] | None = Field(
        default=None,
        description="Which gradient call, from 0 in the order of time; the first when left out, "
        "the last for -1.",
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = Field(
        default=None, description="The seed of the program's random numbers."
    )


class Quotient(Exact):
    """One difference quotient."""

    numeric: Number
    error: Number | None = Field(description="Relative: |a - n| / max(|a|, |n|), as in cs231n.")
    kinks: list[str] = Field(description="Operations that changed sides between the two points.")


class BestQuotient(Quotient):
    h: float


class Curves(Exact):
    """Quotients in the order of the step sizes."""

    one_sided: list[Quotient]
    centred: list[Quotient]


class Entry(Exact):
    """One number that was checked, or (name null) one direction of all of them."""

    name: str | None
    index: list[int]
    analytic: Number
    best: BestQuotient | None = Field(
        description="The quotient that the verdict rests on; null where it rests on none."
    )
    verdict: Verdict
    reason: str = Field(description="Why, as a code; `words` is the sentence.")
    words: Both
    curves: dict[Literal["float64", "float32"], Curves]


class CheckedCall(Exact):
    """The gradient call that was checked."""

    number: int
    count: int = Field(description="How many gradient calls the program makes.")
    line: int | None
    method: str
    words: Both


class Gradchecks(BaseModel):
    """Analytic gradients against difference quotients."""

    status: Literal["ok", "error", "limit"] = "ok"
    diagnostic: Diagnostic | None = None
    call: CheckedCall | None = None
    value: Number | None = None
    h: list[float] | None = None
    total: int | None = Field(default=None, description="How many numbers there are to check.")
    coverage: Both | None = None
    verdict: Verdict | None = None
    words: Both | None = None
    entries: list[Entry] = []
    direction: Entry | None = None
