"""The programs that a visitor can open with one click."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.story.words import both, say

PROGRAMS = Path(__file__).resolve().parent / "programs"


@dataclass(frozen=True)
class Example:
    """A program to start from. Its text is the file of the same name in `programs/`."""

    id: str
    title: str
    dialect: str
    inputs: dict[str, float] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return _text(self.id)

    def card(self, lang: str) -> dict[str, Any]:
        """The example as a page shows it, in one language."""
        return self._with(say(lang, self.title))

    def entry(self) -> dict[str, Any]:
        """The example as the API lists it, in every language."""
        return self._with(both(self.title))

    def _with(self, title: object) -> dict[str, Any]:
        entry = {"id": self.id, "title": title, "source": self.source, "dialect": self.dialect}
        return entry | ({"inputs": self.inputs} if self.inputs else {})


@cache
def _text(id: str) -> str:
    return (PROGRAMS / f"{id}.py.txt").read_text(encoding="utf-8")


EXAMPLES = (
    Example("line-fit", "Fit a line with a tape", "tensorflow"),
    Example("chain", "The chain rule, edge by edge", "tensorflow"),
    Example("neuron", "One neuron learns", "tensorflow"),
    Example("autograd", "Two layers with autograd", "torch"),
    Example("module", "A PyTorch module learns XOR", "torch"),
    Example("keras", "A Keras model in a loop of its own", "tensorflow"),
    Example("by-hand", "A NumPy network by hand", "numpy"),
    Example("watch", "A tape watches a constant", "tensorflow"),
    Example("nested", "A tape on a tape: the second derivative", "tensorflow"),
    Example("persistent", "A tape read three times", "tensorflow"),
    Example("unwatched", "What a tape does not watch", "tensorflow"),
    Example(
        "expression",
        "One expression: a squared error",
        "expression",
        {"x": 2.0, "w": 3.0, "b": 1.0, "y": 4.0},
    ),
)
