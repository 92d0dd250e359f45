"""What is asked and told about a run as code, and as paths."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.web.schemas import Asked, Diagnostic, Fault, Index, Name
from app.web.trace_schema import Both, Exact, Value

Graph = Annotated[
    int | None,
    Field(
        ge=0,
        le=10_000,
        description="Which graph; without graph and tick, as code what most passes do, as counts"
        " the first that is differentiated.",
    ),
]
Tick = Annotated[Index | None, Field(description="The pass that this tick is in.")]
Whole = Annotated[
    int | str, Field(description="A whole number; as text where a double could not hold it.")
]
CHAIN = (
    "x = tf.constant(2.0); w = tf.Variable(3.0)\nwith tf.GradientTape() as tape:\n"
    "    loss = tf.square(x * w - 1.0) + w\nprint(tape.gradient(loss, w))"
)


class CodeRequest(Asked):
    """A program whose derivative is wanted as code."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"source": CHAIN, "language": "python"}]}
    )

    language: Literal["python", "numpy", "torch", "tensorflow"] = Field(
        description="`python`: forward and backward as a function, each line with its tick;"
        " else a whole script for that framework."
    )
    whole: bool = Field(
        default=False,
        description="A script with all numbers of its arrays, up to 100,000 of each, instead of"
        " random ones where there are more than 200.",
    )
    seed: Index | None = Field(default=None, description="The seed of random numbers.")
    graph: Graph = None
    tick: Tick = None
    fault: Fault = None


class CountsRequest(Asked):
    """A program, and the node whose paths to the target are counted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source": CHAIN, "name": "w"}]})

    node: Index | None = Field(default=None, description="The node, by its number in the graph.")
    name: Name | None = Field(
        default=None, description="The node, by its name; the first source when both are left out."
    )
    seed: Index | None = Field(default=None, description="The seed of random numbers.")
    graph: Graph = None
    tick: Tick = None
    fault: Fault = None


class CodeLine(Exact):
    """One line of code, and what it stands for."""

    text: str
    kind: Literal["forward", "seed", "backward", "update"] | None
    tick: int | None = Field(description="The tick of its pass, counted from the pass's first.")
    node: int | None = Field(description="The node that it writes to.")
    edge: int | None = Field(description="The edge that a gradient goes back through.")
    wrong: bool = Field(description="Whether a fault that was asked for shows in this line.")


class Code(Exact):
    """A pass as code."""

    status: Literal["ok", "error", "limit"]
    diagnostic: Diagnostic | None
    language: Literal["python", "numpy", "torch", "tensorflow"]
    graph: int | None
    text: str
    lines: list[CodeLine]
    notes: list[Both]
    values: dict[str, Value] | None = Field(
        description="What the script prints, by the engine; null where it draws its inputs."
    )
    wrong: list[str] | None = Field(
        default=None, description="With a fault: the names of the wrong values."
    )


class WrongPath(Exact):
    """Which numbers of a path a fault has spoilt."""

    part: bool
    slopes: list[bool]


class WrongTotals(Exact):
    """Which totals a fault has spoilt."""

    sum: bool
    adjoint: bool


class Path(Exact):
    """One way from the node to a target, and the gradient that it alone would give."""

    nodes: list[int]
    edges: list[int]
    slopes: list[Value] = Field(description="The local slopes of its edges; null between arrays.")
    part: Value
    wrong: WrongPath | None = Field(default=None, description="With a fault: what is wrong of it.")


class ForwardCost(Exact):
    """Forward mode for one input: a sweep for each of its numbers."""

    node: int
    sweeps: int
    multiplications: Whole


class Multiplications(Exact):
    """What three ways of differentiating cost, one multiplication per entry and edge."""

    enumeration: Whole = Field(description="Every path of this node for itself.")
    enumeration_all: Whole = Field(description="Every path of every source.")
    forward: list[ForwardCost]
    forward_all: Whole
    reverse: Whole = Field(description="Reverse mode, for all sources at once.")


class Counts(Exact):
    """The paths of a node. All but the first four are left out where no node is asked about."""

    status: Literal["ok", "error", "limit"]
    diagnostic: Diagnostic | None
    graph: int | None
    node: int | None
    call: int | None = None
    paths: Whole | None = None
    listed: list[Path] | None = Field(default=None, description="At most 64 of them.")
    complete: bool | None = Field(default=None, description="Whether all paths are listed.")
    inexact: Both | None = Field(
        default=None, description="Why the products of the paths need not add up to the gradient."
    )
    sum: Value = Field(default=None, description="What the listed parts add up to.")
    adjoint: Value = Field(default=None, description="The gradient by reverse mode.")
    multiplications: Multiplications | None = None
    wrong: WrongTotals | None = Field(default=None, description="With a fault: which are wrong.")
    lost: bool | None = Field(
        default=None, description="With a fault: whether the gradient lacks some of the paths."
    )
