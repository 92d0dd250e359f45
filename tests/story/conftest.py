"""Traces for story's tests, made by running programs: the language room is their author."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.language.budget import Limits
from app.language.run import trace

Answer = dict[str, Any]


class Told:
    """A trace, with its columns by the names of the nodes."""

    def __init__(self, answer: Answer):
        self.answer = answer
        self.passes, self.graphs = answer["passes"], answer["graphs"]

    def symbols(self, run: int = 0) -> list[str]:
        return [node["symbol"] for node in self.graphs[self.passes[run]["graph"]]["nodes"]]

    def column(self, kind: str, symbol: str, call: int = 0, run: int = 0) -> Any:
        key = str(self.symbols(run).index(symbol)) + (f"@{call}" if call else "")
        return self.passes[run].get(kind, {}).get(key)

    def state(self, symbol: str, call: int = 0, run: int = 0) -> tuple[Any, Any, Any]:
        """State, cause and culprit's name of a node after the first pass of a run."""
        states = self.column("state", symbol, call, run)
        causes = self.column("cause", symbol, call, run)
        cause = causes[0] if causes else None
        culprit = self.symbols(run)[cause["node"]] if cause and "node" in cause else None
        return states and states[0], cause and cause["code"], culprit

    def ticks(self, run: int = 0) -> list[list[Any]]:
        return self.graphs[self.passes[run]["graph"]]["ticks"]


@pytest.fixture(scope="session")
def told() -> Callable[..., Told]:
    """The trace of a program; it must end well."""

    def run(source: str, **request: Any) -> Told:
        answer = json.loads(trace({"source": source, **request}, Limits()))
        assert answer["status"] == "ok", answer["diagnostic"]
        return Told(answer)

    return run
