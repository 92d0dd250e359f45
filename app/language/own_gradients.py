"""Values whose gradient is a function of the program: how they are made, and how it is called."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.engine import Op, Tensor, decisions
from app.engine import primitives as p
from app.engine.primitives.own import Own, own_gradient
from app.language.builtins import call
from app.language.errors import Diagnosed
from app.language.machine import Machine
from app.language.values import Array, Value
from app.story.recorder import Recorder

CUT = "own_gradient"
Act = Callable[[list[Array]], list[Array | None]]


class Unheard(Recorder):
    """What a gradient function does: its steps are no nodes of the pass, but what an edge does.

    They are carried out again with other numbers, so what cannot be followed (a number that leaves
    the graph) is decided on: it must be what it was.
    """

    def __init__(self, heard: Recorder):
        super().__init__(lambda segment: None)
        self._heard = heard
        self._began = Tensor(0.0).tick

    def output(self, length: int) -> None:
        self._heard.output(length)

    def update(self, x: Tensor, before: Any, after: Any, by: Any = None) -> None:
        self._heard.update(x, before, after, by)

    def varies(self, number: float) -> bool:
        return self._heard.varies(number)

    def operation(self, result: Tensor, *told: Any, **more: Any) -> None:
        self._pin(*result.inputs)

    def number(self, op: Op, operands: Any, result: float) -> None:
        self._pin(*(value for value, _ in operands))

    def compared(self, op: Op, operands: Sequence[Any], taken: bool) -> None:
        self._pin(*operands)

    def alias(self, value: Any, original: Any) -> None:
        self.left(original)

    def listed(self, values: list[Any], original: Tensor) -> None:
        self.left(original)

    def follows(self, value: Any) -> bool:
        return isinstance(value, Tensor) and value.op is not None

    def risked(self) -> None:
        log = decisions.get()
        if log is not None:
            log.append((Tensor(np.True_), False))

    def left(self, value: Any) -> None:
        log = decisions.get()
        if self.silent or log is None:
            return
        if not isinstance(value, Tensor):
            self._pin(value)
        elif value.op is not None or value.tick < self._began:
            log.append((p.comparisons.not_equal(value, value.data), False))

    def _pin(self, *numbers: Any) -> None:
        """Plain numbers that vary with what a gradient is asked for: nowhere else are they so."""
        log = decisions.get()
        for x in numbers:
            if type(x) is float and log is not None and self._heard.varies(x):
                log.append((Tensor(np.True_), False))


@contextmanager
def apart(m: Machine, differentiates: bool, deriving: bool = True) -> Iterator[None]:
    """A block whose operations belong to an edge: none is drawn. deriving: all history is kept."""
    kept = m.recorder, m.deriving, m.cut, m.span, m.names, m.grad_enabled
    m.recorder, m.deriving, m.cut, m.names = Unheard(m.recorder), deriving, None, {}
    m.grad_enabled = differentiates
    try:
        yield
    finally:
        m.recorder, m.deriving, m.cut, m.span, m.names, m.grad_enabled = kept


def asked(m: Machine, function: Value, *given: Value, **named: Value) -> Value:
    """What a function of the program gives: errors in it have their place in it, those of what it
    gave where it was asked."""
    span = m.span
    try:
        return call(m, function, *given, **named)
    except Diagnosed as problem:
        problem.span = problem.span or m.span
        raise
    finally:
        if span is not None:
            m.at(span)


@contextmanager
def cut(m: Machine) -> Iterator[None]:
    """A block in which a value is computed: its steps are drawn, and pass no gradient."""
    kept, m.cut = m.cut, CUT
    try:
        yield
    finally:
        m.cut = kept


def attached(
    m: Machine, values: Sequence[Array], inputs: Sequence[Array], act: Act, kind: str, name: str
) -> tuple[list[Array], Own]:
    """The values once more, with `act` for their gradient.

    act: of the gradient of each value makes one for each input, of its shape and number type, or
    None. It is called once for all: several values are one while the gradient goes through them.
    name: what the step back is called.
    """
    shapes = [x.tensor.shape for x in values]

    def called(upstream: Tensor, differentiates: bool) -> list[Tensor | None]:
        with apart(m, differentiates):
            parts = act(list(_split(m, Array(upstream, kind), shapes)))
            return [None if x is None else x.tensor for x in parts]

    own = Own(called, [x.tensor for x in inputs], name)
    joined = values[0]
    if len(values) > 1:
        join, rank = (p.joining.concatenate, 1) if any(shapes) else (p.joining.stack, 0)
        flat = [x if x.tensor.ndim == rank else m.apply(_flat, x, kind=kind) for x in values]
        joined = m.apply(lambda *parts: join(*parts, -1), *flat, kind=kind)
    result = m.apply(own_gradient, joined, *inputs, own, kind=kind)
    made = list(_split(m, result, shapes))
    own.results = [x.tensor for x in made]
    return made, own


def _flat(x: Tensor) -> Tensor:
    return p.shaping.reshape(x, (x.size,))


def _split(m: Machine, joined: Array, shapes: Sequence[tuple[int, ...]]) -> Iterator[Array]:
    """What was joined, apart again."""
    if len(shapes) == 1:
        yield joined
        return
    start = 0
    for shape in shapes:
        end = start + int(np.prod(shape))
        key = (slice(start, end),) if shape else (start,)
        part = m.apply(lambda x, key=key: p.indexing.getitem(x, key), joined)
        yield (
            part
            if len(shape) < 2
            else m.apply(lambda x, shape=shape: p.shaping.reshape(x, shape), part)
        )
        start = end
