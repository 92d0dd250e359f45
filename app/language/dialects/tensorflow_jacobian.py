"""tape.jacobian and tape.batch_jacobian: one backward pass for each entry of the target."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from app.engine import TapeUsed, Tensor
from app.engine import primitives as p
from app.language.dialects.common import array
from app.language.dialects.tensorflow_tape import check_use, flat, like_structure, result
from app.language.errors import ProgramError, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Tape, Value

TF = TENSORFLOW
SHOWN = 32  # passes of one call that the trace shows; the numbers of more are computed all the same


def _passes(
    m: Machine, tape: Tape, target: Array, sources: list[Array], seeds: Iterator[Any], method: str
) -> Iterator[list[Any]]:
    """The gradients of the sources for each seed."""
    engine, leaves = tape.engine, [x.tensor for x in sources]
    check_use(tape)
    kept, engine.persistent = engine.persistent, True
    try:
        for count, seed in enumerate(seeds):
            m.backward()
            pairs = [(target.tensor, seed)] if target.tensor.dtype.kind == "f" else []
            listener = None
            if count < SHOWN:
                call = m.recorder.call(method, pairs, leaves, asked=[target.tensor])
                m.recorder.watching(call, engine)
                listener = m.recorder.listener(call)
            try:
                yield engine.gradient(pairs, leaves, listener=listener)
            except TapeUsed:
                raise ProgramError("tape_used") from None
    finally:
        engine.persistent = kept
        if not kept:
            engine.pause()


def _units(x: Tensor) -> Iterator[Any]:
    """Every unit vector of x's shape."""
    for place in range(x.size):
        unit = np.zeros(x.size, x.dtype)
        unit[place] = 1
        yield unit.reshape(x.shape)[()]


def _piled(
    m: Machine, rows: list[Any], source: Array, shape: tuple[int, ...], axis: int, zeros: bool
) -> Value:
    """One gradient per entry of the target as one array; None where nothing links them."""
    found = [result(m, source, row, zeros) for row in rows]
    parts = [x for x in found if isinstance(x, Array)]
    if len(parts) < len(found):
        return None
    if not parts:
        return m.leaf(np.zeros(shape, source.tensor.dtype), TF)
    stacked = m.apply(lambda *each: p.joining.join_new(list(each), axis), *parts, kind=TF)
    return m.apply(lambda t: p.shaping.reshape(t, shape), stacked)


def _jacobian(
    m: Machine,
    tape: Tape,
    target: Value,
    sources: Value,
    unconnected_gradients: Value = "none",
    parallel_iterations: Value = None,
    experimental_use_pfor: Value = True,
) -> Value:
    """The derivative of every entry of target: its shape, then the source's."""
    whole, wanted = array(m, target, TF), flat(m, sources)
    shape = tuple(whole.tensor.shape)
    for x in wanted:
        m.budget.array((*shape, *x.tensor.shape))
    rows = list(_passes(m, tape, whole, wanted, _units(whole.tensor), "tape.jacobian"))
    zeros = unconnected_gradients == "zero"
    found = [
        _piled(m, [row[i] for row in rows], x, (*shape, *x.tensor.shape), 0, zeros)
        for i, x in enumerate(wanted)
    ]
    return like_structure(sources, iter(found))


def _batch_jacobian(
    m: Machine,
    tape: Tape,
    target: Value,
    source: Value,
    unconnected_gradients: Value = "none",
    parallel_iterations: Value = None,
    experimental_use_pfor: Value = True,
) -> Value:
    """The Jacobian of each example: the first axis, the target's others, the source's others."""
    whole, x = array(m, target, TF), array(m, source, TF)
    shape, other = tuple(whole.tensor.shape), tuple(x.tensor.shape)
    for lengths in (shape, other):
        if len(lengths) < 2:
            words = f"Shape {lengths} must have rank at least 2"
            raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
    if shape[0] != other[0]:
        words = "Need first dimension of target shape and source shape to match."
        words += f" Received {shape} and {other}"
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
    if not shape[0]:
        raise value_error("batch_jacobian of no examples")
    m.budget.array((*shape, *other[1:]))

    def seeds() -> Iterator[Any]:
        one = Tensor(np.zeros(shape[1:], whole.tensor.dtype))
        for unit in _units(one):
            yield np.broadcast_to(unit, shape).copy()

    rows = list(_passes(m, tape, whole, [x], seeds(), "tape.batch_jacobian"))
    zeros = unconnected_gradients == "zero"
    return _piled(m, [row[0] for row in rows], x, (*shape, *other[1:]), 1, zeros)


JACOBIANS = {"jacobian": _jacobian, "batch_jacobian": _batch_jacobian}
