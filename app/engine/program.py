"""A Program: a recorded graph as straight-line Python."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine.tensor import Tensor, Value


class Diverged(RuntimeError):
    """A data-dependent branch went another way than when the graph was recorded."""


class Program:
    """Replays a recorded graph on new inputs: value, gradient or Hessian alike.

    inputs: the Tensors that will be given anew; outputs: the Tensors to compute. A gradient is
    replayed by recording it (`create_graph`) and listing it among the outputs. decisions: pairs
    (Tensor, truth) that were tested while recording; `Diverged` when one comes out differently.
    `source` is the generated function, readable; `batch` is the same for inputs that all carry the
    same leading axes (or none): every primitive acts on the last axes, so only values of lower
    rank have to be lifted, which is known beforehand.
    """

    def __init__(
        self,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        decisions: Sequence[tuple[Tensor, bool]] = (),
    ):
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.decisions = list(decisions)
        self._order = self._ancestors()
        self._constants: dict[str, Any] = {"Diverged": Diverged, "lift": _lift}
        self.source = self._generate(batched=False)
        self._run = self._compile(self.source)
        self._batch: Any = None

    def __call__(self, *values: Value) -> tuple[Value, ...]:
        return self._run(*values)  # type: ignore[no-any-return]

    def batch(self, *values: Value) -> tuple[Value, ...]:
        """The outputs for inputs with leading batch axes."""
        if self._batch is None:
            self._batch = self._compile(self._generate(batched=True))
        return self._batch(*values)  # type: ignore[no-any-return]

    def _ancestors(self) -> list[Tensor]:
        """The results to compute, oldest first."""
        given, seen = set(self.inputs), set(self.inputs)
        waiting = [x for x in (*self.outputs, *(x for x, _ in self.decisions)) if x not in given]
        order = []
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            order.append(node)
            waiting += [x for x in node.inputs if isinstance(x, Tensor) and x not in seen]
        return sorted((node for node in order if node.op), key=lambda node: node.tick)

    def _generate(self, batched: bool) -> str:
        names = {x: f"x{i}" for i, x in enumerate(self.inputs)}
        last = self._last_readers()
        free: list[str] = []
        count = 0
        lines = [f"def program({', '.join(names.values())}):"]
        tests: dict[Tensor, list[bool]] = {}
        for x, taken in self.decisions:
            tests.setdefault(x, []).append(taken)
        for node in self._order:
            assert node.op is not None
            arguments = [self._argument(names, x, node, batched) for x in node.inputs]
            freed = {
                x
                for x in node.inputs
                if isinstance(x, Tensor) and x in names and last.get(x) is node
            }
            free += sorted(names[x] for x in freed if names[x].startswith("t"))
            if free:  # a result takes the name of one that is no longer read: memory is reused
                name = free.pop()
            else:
                name, count = f"t{count}", count + 1
            names[node] = name
            self._constants[node.op.name] = node.op.forward
            lines.append(f"    {name} = {node.op.name}({', '.join(arguments)})")
            for taken in tests.get(node, ()):
                lines.append(f"    if bool({name}) is not {taken}: raise Diverged")
        results = ", ".join(self._argument(names, x, x, batched) for x in self.outputs)
        return "\n".join([*lines, f"    return ({results},)\n"])

    def _last_readers(self) -> dict[Tensor, Tensor | None]:
        last: dict[Tensor, Tensor | None] = {}
        for node in self._order:
            last[node] = node
            for x in node.inputs:
                if isinstance(x, Tensor):
                    last[x] = node
        return {**last, **dict.fromkeys(self.outputs)}  # outputs are read at the end

    def _argument(self, names: dict[Tensor, str], x: Any, node: Tensor, batched: bool) -> str:
        if isinstance(x, Tensor) and x in names:
            rank = node.ndim - x.ndim
            needs = batched and node.op is not None and node.op.elementwise and rank > 0
            return f"lift({names[x]}, {rank})" if needs else names[x]
        value = x.data if isinstance(x, Tensor) else x
        if isinstance(value, int | float | str) and not isinstance(value, np.generic):
            return repr(value)
        name = f"c{id(x)}"
        known = [key for key, kept in self._constants.items() if kept is value]
        if not known:
            name = f"c{sum(key.startswith('c') and key[1:].isdigit() for key in self._constants)}"
            self._constants[name] = value
        return known[0] if known else name

    def _compile(self, source: str) -> Any:
        scope = dict(self._constants)
        exec(compile(source, "<program>", "exec"), scope)  # our own text, of our own names
        return scope["program"]


def _lift(x: Any, rank: int) -> Any:
    """x with axes of length 1 after its batch axes, to meet operands of a higher rank."""
    return np.reshape(x, x.shape + (1,) * rank)
