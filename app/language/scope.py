"""Where names live: which are local to a function, and the frames that hold their values."""

import ast
from dataclasses import dataclass, field
from typing import Any

from app.language.builtins import BUILTINS
from app.language.errors import ProgramError, Span, close_names
from app.language.grammar import Places
from app.language.machine import Machine
from app.language.values import Array, Value

UNSET: Any = object()


class Frame:
    """The names of one running function (or of the program), and the frame around it."""

    __slots__ = ("outer", "values")

    def __init__(self, outer: "Frame | None" = None):
        self.values: dict[str, Value] = {}
        self.outer = outer

    @property
    def top(self) -> "Frame":
        frame = self
        while frame.outer is not None:
            frame = frame.outer
        return frame

    def get(self, name: str) -> Value:
        frame: Frame | None = self
        while frame is not None:
            if name in frame.values:
                return frame.values[name]
            frame = frame.outer
        return BUILTINS.get(name, UNSET)

    def known(self) -> set[str]:
        frame: Frame | None = self
        names = set(BUILTINS)
        while frame is not None:
            names |= set(frame.values)
            frame = frame.outer
        return names


@dataclass
class Context:
    """What the compiler knows of the place it is at."""

    places: Places
    local: set[str] | None = None  # names assigned in this function; None at the top
    shared: set[str] = field(default_factory=set)  # declared global
    loops: int = 0

    def span(self, node: ast.AST) -> Span:
        return self.places.span(node)


def assigned_names(body: list[ast.stmt]) -> tuple[set[str], set[str]]:
    """The names that a function's statements bind, and those it declares global."""
    bound: set[str] = set()
    shared: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            bound.add(node.id)
        elif isinstance(node, ast.Global):
            shared |= set(node.names)
        elif isinstance(node, ast.FunctionDef):
            bound.add(node.name)
            continue  # its body is its own
        elif isinstance(node, ast.Lambda):
            continue
        elif isinstance(node, ast.comprehension):
            waiting += [node.iter, *node.ifs]  # its target is its own
            continue
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        waiting += ast.iter_child_nodes(node)
    return bound - shared, shared


def unknown_name(name: str, frame: Frame, local: bool) -> ProgramError:
    """NameError or UnboundLocalError, with what may have been meant."""
    words = f"NameError: name '{name}' is not defined"
    if local:
        words = f"UnboundLocalError: cannot access local variable '{name}'"
        words += " where it is not associated with a value"
    return ProgramError(
        "name", framework=words, name=name, close=close_names(name, frame.known() - {name})
    )


def bind(m: Machine, f: Frame, name: str, value: Value, parameter: bool = False) -> None:
    """name = value, told to the recorder.

    A parameter names no results; a name of the frame in which the outermost loop turns lives on."""
    f.values[name] = value
    if isinstance(value, Array):
        m.recorder.bind(name, value.tensor, not parameter, f is m.turning)
    elif type(value) is float:
        m.recorder.bind(name, value, not parameter, f is m.turning)
