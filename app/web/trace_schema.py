"""The trace as the API documents it: graphs, and columns of numbers per run of passes."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from app.web.schemas import Diagnostic

Number = TypeAliasType("Number", float | Literal["NaN", "Infinity", "-Infinity"])
Span = Annotated[
    list[int],
    Field(min_length=4, max_length=4, description="[line, column, end line, end column]"),
]
Both = TypeAliasType("Both", dict[Literal["en", "ko"], str])


class Exact(BaseModel):
    """A documented object: it has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Summary(Exact):
    """What is told of an array of more than a thousand numbers."""

    shape: list[int]
    dtype: str
    min: Number | None
    max: Number | None
    mean: Number | None
    std: Number | None
    zeros: int
    histogram: dict[str, Any] | None = None
    corner: Any = None


Value = TypeAliasType("Value", "Number | bool | list[Value] | Summary | None")
Columns = TypeAliasType("Columns", dict[str, list[Value]])


class Formula(Exact):
    latex: str
    mathml: str


class Node(Exact):
    """A tensor in the graph."""

    id: int
    role: Literal["variable", "constant", "op"]
    op: str | None
    label: str
    name: str | None
    symbol: str
    shape: list[int]
    dtype: str
    span: Span | None
    inputs: list[int]
    tracked: bool = Field(description="Whether it was made to be differentiated.")
    formula: Formula | None = None
    words: Both | None = None


class Edge(Exact):
    """Data flows from one node to another; a gradient may flow back."""

    id: int
    source: int = Field(alias="from")
    to: int
    tracked: bool
    rule: Formula | None
    words: Both | None


class Event(Exact):
    """Something that happened to a tape."""

    event: str
    span: Span | None
    node: int | None
    words: Both


class Update(Exact):
    """Where a variable gets its new value."""

    node: int
    nth: int
    span: Span | None


class Layout(Exact):
    """Where everything is drawn; it never moves while the trace plays."""

    width: float
    height: float
    nodes: dict[str, list[float]]
    edges: dict[str, str]
    labels: dict[str, list[float]]


class Graph(Exact):
    """What all passes of one shape share."""

    id: int
    nodes: list[Node]
    edges: list[Edge]
    events: list[Event]
    updates: list[Update]
    ticks: list[list[int | str]]
    layout: Layout
    portrait: Layout
    page: Layout | None = Field(
        default=None,
        description="In more rows, to be scrolled down, where `layout` is too large for a screen.",
    )
    frame: Layout | None = Field(
        default=None,
        description="The same, narrower, where neither is whole in a frame of about 720 pixels.",
    )


class Call(Exact):
    """One call that differentiates."""

    target: int
    targets: list[int] = Field(description="All targets; `target` is the first.")
    sources: list[int]
    method: str
    span: Span | None


class Run(Exact):
    """Consecutive passes over one graph: one column of numbers per node or edge.

    Keys are ids, `id@k` for the k-th further gradient call or update. A column that nobody needs
    is left out.
    """

    graph: int
    first: int
    count: int
    first_tick: int
    line: int | None
    calls: list[Call]
    forward: Columns
    edge: Columns
    partial: Columns | None = None
    seed: Columns | None = None
    gradient: Columns
    state: dict[str, list[Literal["untracked", "none", "zero", "value", "stale"]]]
    cause: dict[str, list[dict[str, Any] | None]] | None = None
    held: Columns | None = None
    grad: Columns | None = None
    after: Columns
    wrong: dict[str, dict[str, list[bool]]] | None = Field(
        default=None,
        description="With a fault: per kind of column and key, in which passes the number is not"
        " what it should be.",
    )


class Fault(Exact):
    """What a fault that was asked for has done."""

    kind: Literal["overwrite", "keep"]
    tick: int | None = Field(description="The first tick that went wrong, if any did.")
    node: int | None
    wrong: int = Field(description="How many numbers are wrong.")
    words: Both
    lines: list[int] = Field(description="The lines of `stdout` that are wrong, from 0.")
    echo: list[int] = Field(description="The entries of `echo` that are wrong.")
    variables: list[str] = Field(
        description="What is wrong at the end: variables, `.attributes` of objects, `.grad`."
    )


class Echo(Exact):
    """What a bare expression shows beside its line."""

    span: Span
    text: str
    tick: int


class Note(Exact):
    """A remark on the program."""

    code: str
    span: Span | None
    text: Both


class Trace(Exact):
    """A whole run of a program, tick by tick."""

    status: Literal["ok", "error", "limit"]
    diagnostic: Diagnostic | None
    stdout: str
    prints: list[list[int]]
    echo: list[Echo]
    notes: list[Note]
    ticks: int
    graphs: list[Graph]
    passes: list[Run]
    causes: dict[str, Both]
    variables: dict[str, dict[str, Any]]
    steps: list[dict[str, Any]] | None = None
    element: dict[str, Any] | None = None
    fault: Fault | None = None


class Gradients(BaseModel):
    """The value of a target and its gradients by name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "ok", "value": 9.0, "gradients": {"w": 12.0, "b": 6.0}}]
        }
    )

    status: Literal["ok", "error", "limit"] = "ok"
    diagnostic: Diagnostic | None = None
    value: Value = None
    gradients: dict[str, Value] | None = None
    hessian: dict[str, dict[str, Value]] | None = None
