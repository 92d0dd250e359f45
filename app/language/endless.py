"""The loop that a program was in when its budget was used up, and what is said of it."""

import ast
from collections.abc import Callable

from app.engine import N_
from app.language.errors import LimitReached
from app.language.text import text_of
from app.language.values import Array, Value

FOREVER = N_(
    "The loop on line {line} has turned {turns} times: while True ends only where break is reached."
)
STILL = N_(
    "The loop on line {line} has turned {turns} times: its condition never becomes false, as "
    "nothing in it changes {names}."
)
TRUE = N_(
    "The loop on line {line} has turned {turns} times and its condition is still true, with "
    "{values}."
)
TURNING = N_("The loop on line {line} has turned {turns} times: fewer passes show the same.")
LONG = {"operations", "time", "trace", "output", "length", "arithmetic"}
"""The limits that a loop can meet by its many turns."""
SHORTER = {"operations", "time"}
"""Those of which fewer turns are the cure."""
Names = Callable[[str], Value]


class Turning:
    """A loop as it is written: its line, and the names that its condition asks for."""

    def __init__(self, node: ast.For | ast.While):
        self.line, self.tests = node.lineno, isinstance(node, ast.While)
        parts = list(ast.walk(node.test)) if isinstance(node, ast.While) else []
        self.forever = len(parts) == 1 and isinstance(parts[0], ast.Constant)
        heads = {id(one.func) for one in parts if isinstance(one, ast.Call)}
        self.calls = bool(heads)  # what is called may have changed by itself
        self.names = [one.id for one in parts if isinstance(one, ast.Name) and id(one) not in heads]

    def state(self, get: Names) -> list[float | None]:
        """What the names hold: plain numbers, or None for what is not one of them."""
        return [_plain(get(name)) for name in self.names]

    def stopped(
        self, problem: LimitReached, turns: int, before: list[float | None], get: Names
    ) -> None:
        """Adds to the error what is to be said of this loop, if none in it turned more often."""
        if problem.code not in LONG or turns <= max(1, problem.turns):
            return
        now = self.state(get)
        known = self.forever or (self.tests and None not in now)
        if not known and problem.code not in SHORTER:
            return
        problem.turns, problem.advice = turns, TURNING
        problem.values |= {"line": self.line, "turns": turns}
        if known:
            shown = [f"{name} = {text_of(one)}" for name, one in zip(self.names, now, strict=True)]
            problem.values |= {"names": ", ".join(dict.fromkeys(self.names))}
            problem.values |= {"values": ", ".join(dict.fromkeys(shown))}
            still = now == before and not self.calls
            problem.advice = FOREVER if self.forever else STILL if still else TRUE


def _plain(value: Value) -> float | None:
    if isinstance(value, Array):
        return float(value.tensor.data.reshape(-1)[0]) if value.tensor.size == 1 else None
    return value if isinstance(value, int | float) else None
