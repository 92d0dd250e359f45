"""torch.autograd.Function: a step whose forward and backward are the program's own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine import N_, Tensor
from app.engine.backward import sum_to
from app.engine.primitives.own import Own
from app.engine.tensor import next_tick
from app.language.classes import class_attribute
from app.language.dialects.common import cast
from app.language.dialects.torch_autograd import FREED
from app.language.errors import ProgramError, type_error, unsupported
from app.language.machine import Machine
from app.language.own_gradients import asked, attached, cut
from app.language.values import TORCH, Array, Builtin, Class, Instance, Value, type_name
from app.language.versions import current


class Context(Instance):
    """What forward keeps for backward: ctx. plain: outputs without gradient; saved: what was saved,
    held: as it was at `tick`.

    needs: for each argument whether it wants a gradient. own: the step, once it is made."""

    __slots__ = ("held", "needs", "own", "plain", "saved", "tick")

    def __init__(self, of: Class, needs: tuple[bool, ...]):
        super().__init__(of)
        self.needs, self.saved, self.plain = needs, (), ()
        self.tick, self.own, self.held = next_tick(), None, []

    needs: tuple[bool, ...]
    saved: tuple[Value, ...]
    plain: tuple[Value, ...]
    held: list[Tensor]
    tick: int
    own: Own | None


def _apply(m: Machine, of: Class) -> Builtin:
    """MyFunction.apply"""

    def apply(m: Machine, /, *given: Value, **named: Value) -> Value:
        if named:
            raise unsupported(
                N_("{name}.apply with keywords (give each argument in its place)"), name=of.name
            )
        return _applied(m, of, given)

    return Builtin("apply", apply)


def _applied(m: Machine, of: Class, given: tuple[Value, ...]) -> Value:
    arrays = [x for x in given if isinstance(x, Array) and x.kind == TORCH]
    tracks = m.grad_enabled and any(x.tensor.tracked for x in arrays)
    needs = tuple(isinstance(x, Array) and x.tensor.tracked for x in given)
    ctx = Context(Class(f"{of.name}Backward", base=CONTEXT), needs)
    result = _forward(m, of, ctx, given)
    ctx.tick = next_tick()
    several = isinstance(result, tuple)
    outputs = list(result) if isinstance(result, tuple) else [result]
    smooth = [x for x in outputs if isinstance(x, Array) and x.tensor.dtype.kind == "f"]
    smooth = [x for x in smooth if not any(x is y for y in ctx.plain)]
    if tracks and smooth:
        made = _made(m, of, ctx, given, outputs, smooth)
        outputs = [made.get(id(x), x) for x in outputs]
    return tuple(outputs) if several else outputs[0]


def _forward(m: Machine, of: Class, ctx: Context, given: tuple[Value, ...]) -> Value:
    """What forward gives: it computes without history, and is drawn all the same."""
    setup = class_attribute(m, of, "setup_context")
    kept, m.grad_enabled = m.grad_enabled, False
    try:
        with cut(m):
            if setup is SETUP:
                return asked(m, class_attribute(m, of, "forward"), ctx, *given)
            result = asked(m, class_attribute(m, of, "forward"), *given)
            asked(m, setup, ctx, tuple(given), result)
            return result
    finally:
        m.grad_enabled = kept


def _made(
    m: Machine,
    of: Class,
    ctx: Context,
    given: tuple[Value, ...],
    outputs: list[Value],
    smooth: list[Array],
) -> dict[int, Array]:
    """The outputs with their step back, by the identity of what forward gave."""
    if any(x.tensor.dtype != smooth[0].tensor.dtype for x in smooth):
        raise unsupported(N_("an autograd.Function with outputs of several number types"))
    places = [i for i, x in enumerate(given) if isinstance(x, Array) and x.kind == TORCH]
    inputs = [given[i] for i in places]

    def back(upstream: list[Array]) -> list[Array | None]:
        come = iter(upstream)
        grads = [
            None
            if not isinstance(x, Array)
            else next(come)
            if any(x is y for y in smooth)
            else _zeros(m, x)
            for x in outputs
        ]
        found = asked(m, class_attribute(m, of, "backward"), ctx, *grads)
        parts = _parts(m, of, found, given)
        return [parts[i] for i in places]

    results, own = attached(m, smooth, inputs, back, TORCH, f"{of.name}Backward")
    ctx.own = own
    made: dict[int, Array] = {}
    for x, result in zip(smooth, results, strict=True):
        if type(x) is Array and not any(x is y for y in given):
            x.tensor = result.tensor  # it is one object, before and after
        else:
            made[id(x)] = result
    for i, x in enumerate(ctx.saved):
        if x is not None and not (isinstance(x, Array) and x.kind == TORCH):
            words = "save_for_backward can only save variables, but argument "
            raise type_error(f"{words}{i} is of type {type_name(x)}")
    ctx.saved = tuple(made.get(id(x), x) for x in ctx.saved)
    ctx.held = [x.tensor for x in ctx.saved if x is not None]
    return made


def _zeros(m: Machine, x: Array) -> Array:
    return m.leaf(np.zeros(x.tensor.shape, x.tensor.dtype)[()], TORCH)


def _parts(m: Machine, of: Class, found: Value, given: Sequence[Value]) -> list[Array | None]:
    """One gradient for each argument, of its shape and type. Raises PyTorch's errors."""
    name, count = f"{of.name}Backward", len(given)
    parts: list[Value] = list(found) if isinstance(found, tuple) else [found]
    while len(parts) > count and parts[-1] is None:
        parts.pop()
    if len(parts) != count:
        words = f"function {name} returned an incorrect number of gradients (expected {count}, "
        raise _wrong(f"{words}got {len(parts)})")
    return [
        _part(m, name, i, part, x) for i, (part, x) in enumerate(zip(parts, given, strict=True))
    ]


def _part(m: Machine, name: str, i: int, part: Value, x: Value) -> Array | None:
    if part is None:
        return None
    if not isinstance(part, Array) or part.kind != TORCH:
        raise _wrong(f"expected Variable or None (got {type_name(part)})")
    if not isinstance(x, Array):
        words = f"function {name} returned a gradient different than None at position {i + 1}, "
        raise _wrong(f"{words}but the corresponding forward input was not a Variable")
    shape, wanted = tuple(part.tensor.shape), tuple(x.tensor.shape)
    if not x.tensor.tracked:
        return part
    if shape != wanted:
        if len(shape) < len(wanted) or np.broadcast_shapes(shape, wanted) != shape:
            words = f"Function {name} returned an invalid gradient at index {i} - got "
            words += f"{list(shape)} but expected shape compatible with {list(wanted)}"
            raise _wrong(words)
        part = m.apply(lambda g: sum_to(g, wanted), part)
    return cast(m, part, x.tensor.dtype) if part.tensor.dtype != x.tensor.dtype else part


def _wrong(words: str) -> ProgramError:
    return ProgramError("value", framework=f"RuntimeError: {words}", detail=words)


# -- ctx


def _save(m: Machine, ctx: Context, *tensors: Value) -> None:
    ctx.saved = tensors


def _saved(m: Machine, ctx: Context) -> tuple[Value, ...]:
    if ctx.own is not None and ctx.own.freed:
        raise ProgramError("backward_twice", framework=f"RuntimeError: {FREED}")
    for x in ctx.held:
        if x.tick < ctx.tick:
            current(x, ctx.tick)
    return ctx.saved if ctx.own is not None else ()


def _plain(m: Machine, ctx: Context, *outputs: Value) -> None:
    ctx.plain = outputs


def _materialize(m: Machine, ctx: Context, value: Value) -> None:
    if not value:
        raise unsupported(
            N_(
                "ctx.set_materialize_grads(False) (a gradient that does not come is a tensor of "
                "zeros: leave the line out)"
            )
        )


def _dirty(m: Machine, ctx: Context, *tensors: Value) -> None:
    raise unsupported(N_("ctx.mark_dirty (give a new tensor: return x * 2, not x.mul_(2))"))


CONTEXT = Class(
    "FunctionCtx",
    methods={
        "save_for_backward": _save,
        "mark_non_differentiable": _plain,
        "mark_dirty": _dirty,
        "set_materialize_grads": _materialize,
    },
    properties={
        "saved_tensors": _saved,
        "needs_input_grad": lambda m, ctx: ctx.needs,
    },
)


def _missing(words: str) -> Any:
    def raises(m: Machine, *given: Value) -> Value:
        raise ProgramError("value", framework=f"NotImplementedError: {words}", detail=words)

    return raises


SETUP = Builtin("setup_context", _missing("setup_context is not implemented."))
FORWARD = "You must implement the forward function for custom autograd.Function."
BACKWARD = (
    "You must implement either the backward or vjp method for your custom autograd.Function to "
    "use it with backward mode AD."
)
FUNCTION = Class(
    "Function",
    members={
        "setup_context": SETUP,
        "forward": Builtin("forward", _missing(FORWARD)),
        "backward": Builtin("backward", _missing(BACKWARD)),
    },
    of_class={"apply": _apply},
)
