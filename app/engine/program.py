"""A Program: a recorded graph as straight-line Python.

Recording costs more than the arithmetic of a small step. So a loss and its gradient are recorded
once, written out as a function with a line per operation (source.py), and that is run from then on:

    w = Tensor(3.0, tracked=True)
    with record(Recording.EVERYTHING):
        loss = (w * 2 - 1) ** 2
        slope = gradients([(loss, None)], create_graph=True)[w]
    Program([w], [loss, slope])(np.float64(5.0))  # both, at 5
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.source import Source, Writer
from app.engine.tensor import Tensor, Value, frozen, operations

CACHE = 1 << 20  # bytes of a batch that are worked on at once: a core's second-level cache


class Diverged(RuntimeError):
    """A data-dependent branch went another way than when the graph was recorded."""


class Program:
    """Replays a recorded graph on new inputs: value, gradient or Hessian alike.

    inputs: the Tensors that will be given anew; outputs: the Tensors to compute, recorded under
    `Recording.EVERYTHING`: by PyTorch's rule, what follows an operation without a gradient (a
    comparison, a rounding) has no history, and would stay what it was. A gradient is
    replayed by recording it (`create_graph`) and listing it among the outputs. decisions: pairs
    (Tensor, truth) that were tested while recording; `Diverged` when one comes out differently. An
    input that was a key (a mask, several places) has to be among them: ValueError.
    source: the generated function, readable; nodes: the Tensor that each of its lines computes, by
    line number from 1.
    """

    def __init__(
        self,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        decisions: Sequence[tuple[Tensor, bool]] = (),
    ):
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.decisions = list(decisions)
        self._refuse_keys()
        written = self._write(())
        self.source, self.nodes = written.text, written.nodes
        self._run = _compiled(written)
        self._shapes = [x.shape for x in self.inputs]
        self._batches: dict[tuple[bool, ...], tuple[Any, int]] = {}

    def _refuse_keys(self) -> None:
        """Raises ValueError for an input whose numbers are places that the graph has fixed."""
        if not frozen:
            return
        given, asked = set(self.inputs), [x for x, _ in self.decisions]
        tested = {x for node in operations(asked) for x in node.inputs if type(x) is Tensor}
        for node in operations([*self.outputs, *asked], given):
            keys = frozen[id(node)][1] if id(node) in frozen else []
            for i, x in enumerate(self.inputs):
                if any(one is x for one in keys) and x not in tested:
                    raise ValueError(
                        f"input {i} is a key, whose places stay those of the recording: record "
                        "it under `decisions` and pass these, or make it no input"
                    )

    def __call__(self, *values: Value) -> tuple[Value, ...]:
        """The outputs for inputs of exactly the recorded shapes. Raises Misfit."""
        try:
            fits = [x.shape for x in values] == self._shapes
        except AttributeError:  # a number of Python's
            fits = [np.shape(x) for x in values] == self._shapes
        if not fits:
            self._fit(values, batches=False)
        return self._run(*values)  # type: ignore[no-any-return]

    def _fit(self, values: Sequence[Value], batches: bool) -> None:
        """Raises Misfit for an input of another shape than was recorded, leading axes apart.

        Constants of the graph (a reshape's, a mean's) belong to the recorded shapes: another one
        might be computed, and wrong.
        """
        if len(values) != len(self.inputs):
            raise TypeError(f"this program has {len(self.inputs)} inputs, not {len(values)}")
        for i, (x, value) in enumerate(zip(self.inputs, values, strict=True)):
            given = np.shape(value)
            lead = given[: max(len(given) - x.ndim, 0)] if batches else ()
            if given != lead + x.shape:
                told = f"input {i} was recorded as the second"
                told += "" if batches or given[-x.ndim or None :] != x.shape else "; see batch"
                raise Misfit("program", (given, x.shape), told)

    def batch(self, *values: Value) -> tuple[Value, ...]:
        """The outputs for inputs of which some carry leading axes, the batch.

        Leading axes broadcast against one another; every output carries them all. A large batch is
        worked through in pieces of which all that is alive at once fits the cache. Raises Misfit.
        """
        self._fit(values, batches=True)
        leads = [
            np.shape(v)[: np.ndim(v) - x.ndim] for x, v in zip(self.inputs, values, strict=True)
        ]
        lead = np.broadcast_shapes(*leads)
        points, pattern = prod(lead), tuple([bool(one) for one in leads])
        if not lead:
            return self(*values)
        run, piece = self.batched(pattern)
        rows = [
            np.broadcast_to(v, (*lead, *x.shape)).reshape(points, *x.shape) if batched else v
            for x, v, batched in zip(self.inputs, values, pattern, strict=True)
        ]
        found = (
            run(*rows) if points <= piece else self._in_pieces(run, rows, pattern, points, piece)
        )
        return tuple([
            one.reshape(*lead, *x.shape)
            if np.ndim(one) > x.ndim
            else np.broadcast_to(one, (*lead, *x.shape))
            for x, one in zip(self.outputs, found, strict=True)
        ])  # fmt: skip

    def _in_pieces(
        self, run: Any, rows: list[Any], pattern: tuple[bool, ...], points: int, piece: int
    ) -> list[Any]:
        """The outputs of `points` rows, worked through `piece` at a time."""
        found: list[Any] = []
        for i in range(0, points, piece):
            part = run(*[
                row[i : i + piece] if batched else row
                for row, batched in zip(rows, pattern, strict=True)
            ])  # fmt: skip
            found = found or [
                np.empty((points, *x.shape), one.dtype) if np.ndim(one) > x.ndim else one
                for x, one in zip(self.outputs, part, strict=True)
            ]
            for x, whole, one in zip(self.outputs, found, part, strict=True):
                if np.ndim(one) > x.ndim:
                    whole[i : i + piece] = one
        return found

    def batched(self, pattern: tuple[bool, ...]) -> tuple[Any, int]:
        """The function for batches of these inputs, and how many points it takes at once."""
        if pattern not in self._batches:
            chosen = [x for x, batched in zip(self.inputs, pattern, strict=True) if batched]
            written = self._write(chosen)
            self._batches[pattern] = _compiled(written), max(1, CACHE // written.point)
        return self._batches[pattern]

    def _write(self, batched: Sequence[Tensor]) -> Source:
        return Writer(self.inputs, self.outputs, self.decisions, batched).write()


def _compiled(written: Source) -> Any:
    scope = {**written.scope, "Diverged": Diverged}
    exec(compile(written.text, "<program>", "exec"), scope)  # our own text, of our own names
    return scope["program"]
