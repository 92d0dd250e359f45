"""Where names live: which are local to a function, and the frames that hold their values."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.language import left_out
from app.language.builtins import BUILTINS
from app.language.elsewhere import ALIASES, IMPORT, IMPORTED, MODULES, NAMED
from app.language.errors import ProgramError, Span, close_names
from app.language.grammar import Places
from app.language.machine import Machine
from app.language.paths import reached
from app.language.values import Array, Instance, Namespace, Value

UNSET: Any = object()


class Frame:
    """The names of one running function, comprehension or class body (or of the program), and the
    frame around it.

    body: that of a class, which the functions defined in it do not see."""

    __slots__ = ("body", "outer", "values")

    def __init__(self, outer: "Frame | None" = None, body: bool = False):
        self.values: dict[str, Value] = {}
        self.outer, self.body = outer, body

    @property
    def top(self) -> "Frame":
        frame = self
        while frame.outer is not None:
            frame = frame.outer
        return frame

    def seen(self) -> "Frame":
        """The frame whose names a function that is made here sees."""
        return self.outer if self.body and self.outer is not None else self

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
    """What the compiler knows of the place it is at; one for each frame that will run."""

    places: Places
    local: set[str] | None = None  # names assigned in this function; None at the top
    shared: set[str] = field(default_factory=set)  # declared global
    free: set[str] = field(default_factory=set)  # declared nonlocal
    outer: "Context | None" = None
    comprehension: bool = False
    of_class: bool = False  # the body of a class
    first: str | None = None  # the first parameter of a method
    path: str = ""  # what stands before the names of the functions that are defined here

    def span(self, node: ast.AST) -> Span:
        return self.places.span(node)

    def qualified(self, name: str) -> str:
        """A function's or class's name as Python's errors tell it: Net.forward."""
        where = self
        while where.comprehension and where.outer is not None:
            where = where.outer
        return f"{where.path}{name}"


@dataclass
class Names:
    """The names that a function's statements bind, and those it declares to live elsewhere."""

    bound: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)


def assigned_names(body: list[ast.stmt]) -> Names:
    names = Names()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            names.bound.add(node.id)
        elif isinstance(node, ast.Global):
            names.shared |= set(node.names)
        elif isinstance(node, ast.Nonlocal):
            names.free |= set(node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.bound.add(node.name)
            continue  # its body is its own
        elif isinstance(node, ast.Lambda):
            continue
        elif isinstance(node, ast.comprehension):
            waiting += [node.iter, *node.ifs]  # its target is its own
            continue
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.bound.add(node.rest)
        elif isinstance(node, ast.alias):
            names.bound.add((node.asname or node.name).split(".")[0])
        waiting += ast.iter_child_nodes(node)
    names.bound -= names.shared | names.free
    return names


def place_of(name: str, context: Context, through: bool = False) -> Callable[[Frame], Frame]:
    """Finds the frame in which an assignment here puts this name.

    through: a walrus, whose name lives outside of the comprehension it stands in."""
    hops, where = 0, context
    while through and where.comprehension and where.outer is not None:
        hops, where = hops + 1, where.outer
    if name in where.shared:
        return lambda f: f.top
    if name in where.free:
        while where.outer is not None:
            hops, where = hops + 1, where.outer
            if name in (where.local or ()) and name not in where.free and not where.comprehension:
                break
    if hops == 0:
        return lambda f: f

    def climb(f: Frame) -> Frame:
        for _ in range(hops):
            f = f.outer or f
        return f

    return climb


def unknown_name(name: str, frame: Frame, local: bool) -> ProgramError:
    """NameError or UnboundLocalError, with what may have been meant, or what to write instead."""
    if not local and left_out.instead_of(name) is not None:
        return ProgramError("construct", what=name)
    words = f"NameError: name '{name}' is not defined"
    if local:
        words = f"UnboundLocalError: cannot access local variable '{name}'"
        words += " where it is not associated with a value"
        if frame.get(name) is not UNSET:
            return ProgramError("local_name", framework=words, name=name)
    if (line := IMPORTED.get(name)) is not None:
        return ProgramError("name", framework=words, advice=IMPORT, name=name, line=line)
    if (instead := MODULES.get(ALIASES.get(name, name))) is not None:
        return ProgramError("name", framework=words, advice=instead, name=name)
    close = [NAMED[name]] if name in NAMED else _on_self(name, frame) or _in_modules(name, frame)
    close = close or close_names(name, frame.known() - {name})
    return ProgramError("name", framework=words, name=name, close=close)


def _on_self(name: str, frame: Frame) -> list[str]:
    """The name as an attribute of the object whose method runs."""
    own = frame.get("self")
    known = isinstance(own, Instance) and (name in own.values or name in own.of.members)
    return [f"self.{name}"] if known else []


def _in_modules(name: str, frame: Frame) -> list[str]:
    """The name as it is spelled with the modules that the program can reach: np.sin."""
    found: dict[int, str] = {}
    where: Frame | None = frame
    while where is not None:
        for module, value in where.values.items():
            if isinstance(value, Namespace) and name in value.members:
                found.setdefault(id(value), f"{module}.{name}")
        where = where.outer
    return list(found.values())


def bind(m: Machine, f: Frame, name: str, value: Value, parameter: bool = False) -> None:
    """name = value, told to the recorder.

    A parameter names no results; a name of the frame in which the outermost loop turns lives on."""
    f.values[name] = value
    if isinstance(value, Array):
        m.recorder.bind(name, value.tensor, not parameter, f is m.turning)
    elif type(value) is float:
        m.recorder.bind(name, value, not parameter, f is m.turning)
    elif isinstance(value, Instance) and not parameter:
        reached(m, f, name, value)
