"""What a script begins with: its leaves, written out or, where they are large, drawn at random."""

from collections.abc import Container, Mapping
from typing import Any

import numpy as np

from app.engine.literal import literal
from app.story.code import constant, shortest
from app.story.segment import Item

USUAL = {  # types that a framework gives by itself
    "torch": ("float32", "int64", "bool"),
    "tensorflow": ("float32", "int32", "bool"),
}


class Leaves:
    """Leaves in one language. wanted: those that a gradient is asked for; most: the numbers of an
    array that are written out; drawn: whether one was drawn instead."""

    def __init__(
        self, language: str, names: Mapping[Item, str], wanted: Container[Item], most: int
    ):
        self.language, self.names, self.wanted, self.most = language, names, wanted, most
        self.drawn = False

    def text(self, item: Item) -> str:
        return f"{self.names[item]} = {self._start(item)}"

    def array(self, data: Any) -> str:
        """An array that is no leaf."""
        if self.language == "numpy":
            return constant(data)
        return self._made(data, shortest(data), wanted=False)

    def _start(self, item: Item) -> str:
        if isinstance(item.value, float | int) and not isinstance(item.value, np.generic):
            return literal(item.value)  # Python's own numbers leave types alone
        data, wanted = item.data, item in self.wanted
        if data.size > self.most:
            self.drawn = True
            return self._made(data, _random(data), wanted)
        return (
            constant(data) if self.language == "numpy" else self._made(data, shortest(data), wanted)
        )

    def _made(self, data: Any, text: str, wanted: bool) -> str:
        """A tensor of these numbers and the leaf's type."""
        dtype = data.dtype.name
        if self.language == "numpy":
            return f"{text}.astype(np.{dtype})"
        usual = dtype in USUAL[self.language] and not text.startswith("rng")
        if self.language == "torch":
            typed = "" if usual else f", dtype=torch.{dtype}"
            return f"torch.tensor({text}{typed}{', requires_grad=True' * wanted})"
        maker = "tf.Variable" if wanted else "tf.constant"
        return f"{maker}({text}{'' if usual else f', dtype=tf.{dtype}'})"


def _random(data: Any) -> str:
    """An array of this shape and kind, drawn at random."""
    shape = literal(tuple(data.shape))
    if data.dtype.kind == "b":
        return f"(rng.random({shape}) < 0.5)"
    if data.dtype.kind in "iu":
        return f"rng.integers({int(data.min())}, {int(data.max()) + 1}, {shape})"
    return f"rng.standard_normal({shape})"
