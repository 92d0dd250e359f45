"""tf.GradientTape: watch, gradient, stop_recording, reset."""

from typing import Any

import numpy as np

from app.engine import GradientTape, TapeUsed, Tensor, ones_like
from app.engine.primitives.gates import once
from app.language.attributes import METHODS
from app.language.errors import ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.misfits import seed_misfit
from app.language.values import TENSORFLOW, VARIABLE, Array, Mode, Tape, Value, type_name


def tape(m: Machine, persistent: Value = False, watch_accessed_variables: Value = True) -> Tape:
    return Tape(GradientTape(bool(persistent), bool(watch_accessed_variables)))


def check_use(tape: Tape) -> None:
    """Raises where a tape that is not persistent has been asked already."""
    if tape.engine.used and not tape.engine.persistent:
        words = "A non-persistent GradientTape can only be used to compute one set of gradients"
        raise ProgramError("tape_used", framework=f"RuntimeError: {words} (or jacobians)")


def _watch(m: Machine, tape: Tape, tensor: Value) -> None:
    for x in flat(m, tensor):
        if x.tensor.dtype.kind != "f":
            m.note("integer_watch", str(x.tensor.dtype))
        tape.engine.watch(x.tensor)
        if x.kind == VARIABLE:
            tape.variables.setdefault(id(x), x)
        m.recorder.tape("watch", x.tensor)


def flat(m: Machine, value: Value) -> list[Array]:
    """The arrays in a nested structure of lists and dictionaries."""
    m.budget.step()
    if isinstance(value, Array):
        return [value]
    if isinstance(value, list | tuple | dict):
        entries = value.values() if isinstance(value, dict) else value
        return [x for entry in entries for x in flat(m, entry)]
    raise type_error(f"{type_name(value)} is not a tensor")


def like_structure(value: Value, found: Any) -> Value:
    """The results, nested as the sources were."""
    if isinstance(value, list | tuple):
        return type(value)(like_structure(entry, found) for entry in value)
    if isinstance(value, dict):
        return {key: like_structure(entry, found) for key, entry in value.items()}
    return next(found)


def gradient(
    m: Machine,
    tape: Tape,
    target: Value,
    sources: Value,
    output_gradients: Value = None,
    unconnected_gradients: Value = "none",
) -> Value:
    engine = tape.engine
    check_use(tape)
    targets, wanted = flat(m, target), flat(m, sources)
    seeds: list[Any] = [None] * len(targets)
    if output_gradients is not None:
        seeds = [x.tensor.data for x in flat(m, output_gradients)]
        if len(seeds) != len(targets):
            raise value_error("output_gradients needs one gradient for each target")
        for i, (x, seed) in enumerate(zip(targets, seeds, strict=True)):
            if seed.shape != x.tensor.shape:
                raise seed_misfit(TENSORFLOW, tuple(seed.shape), tuple(x.tensor.shape), i)
    pairs = [
        (x.tensor, ones_like(x.tensor.data) if seed is None else seed)
        for x, seed in zip(targets, seeds, strict=True)
        if x.tensor.dtype.kind == "f"
    ]
    for node in engine.saw_under(x for x, _ in pairs):
        if node.op is once and node.inputs[1].endswith("Grad"):
            words = f"LookupError: gradient registry has no entry for: {node.inputs[1]}"
            raise ProgramError("underived", framework=words, name=node.inputs[1])
    m.backward()
    leaves = [x.tensor for x in wanted]
    call = m.recorder.call("tape.gradient", pairs, leaves, asked=[x.tensor for x in targets])
    m.recorder.watching(call, engine)
    try:
        found = engine.gradient(pairs, leaves, listener=m.recorder.listener(call))
    except TapeUsed:  # the engine's own guard; said above in the framework's words
        raise ProgramError("tape_used") from None
    zeros = unconnected_gradients == "zero"
    results = [result(m, x, gradient, zeros) for x, gradient in zip(wanted, found, strict=True)]
    return like_structure(sources, iter(results))


def result(m: Machine, source: Array, gradient: Any, zeros: bool) -> Value:
    """A gradient as a tensor of the program, None, or zeros on request."""
    if gradient is None:
        if not zeros:
            return None
        gradient = np.zeros(source.tensor.shape, source.tensor.dtype)[()]
    if isinstance(gradient, Tensor):  # recorded by an outer tape
        m.tell(gradient, TENSORFLOW, True, derived=True)
        return Array(gradient, TENSORFLOW)
    return m.leaf(gradient, TENSORFLOW)


def _stop(m: Machine, tape: Tape) -> Mode:
    def enter() -> None:
        tape.engine.pause()
        m.recorder.tape("stop")

    def leave() -> None:
        tape.engine.resume()
        m.recorder.tape("resume")

    return Mode(enter, leave)


def _reset(m: Machine, tape: Tape) -> None:
    tape.engine.reset()
    tape.variables.clear()
    m.recorder.tape("reset")


METHODS[Tape] = {
    "watch": _watch,
    "watched_variables": lambda m, tape: tuple(tape.variables.values()),
    "gradient": gradient,
    "stop_recording": _stop,
    "reset": _reset,
}
