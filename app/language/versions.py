"""Changes in place as PyTorch counts them, and what they do to the values that backward reads."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any

from app.engine import Op, Tensor
from app.engine.reads import reads
from app.engine.tensor import next_tick
from app.language.errors import ProgramError
from app.language.grad_fn import grad_fn
from app.language.machine import Machine
from app.language.number_types import torch_type
from app.language.views import shares

VIEWS = {"transpose", "reshape", "broadcast_to", "getitem", "diagonal"}
COPIED = "torch::autograd::CopySlices"
# Where PyTorch saves something else than what our rule reads (-1: the result).
SAVED = {
    "relu": {-1},
    "relu_gate": {-1},
    "det": {-1, 0},
    "cross_entropy": {1},
    "absolute_error": set[int](),
    "absolute_error_or_zero": set[int](),
    "tanhshrink": set[int](),
}
# Whose gradient PyTorch takes from the result where they work in place.
BY_RESULT = {"leaky_relu", "elu", "celu", "selu", "hardtanh", "relu6_gate"}


class Changes:
    """When one tensor of the program was changed in place, and by which step of the graph last.

    now: what holds its numbers since. copied: whether the last one came through a view."""

    __slots__ = ("copied", "now", "step", "ticks")

    def __init__(self, now: Tensor) -> None:
        self.ticks: list[int] = []
        self.step, self.now, self.copied = "", now, False


def count_change(
    m: Machine, old: Tensor, new: Tensor | None = None, written: Tensor | None = None
) -> None:
    """The tensor was changed in place: `new` took its place, or else its numbers were replaced.

    written: what was written through a view of it, by which it became `new`."""
    changes: Changes | None = getattr(old, "changes", None)
    if changes is None:
        changes = old.changes = Changes(old)
    now = changes.now = old if new is None else new
    now.changes = changes
    m.changed = next_tick() if new is None else new.tick
    changes.ticks.append(m.changed)
    changes.copied = written is not None or (new is None and changes.copied)
    changes.step = COPIED if changes.copied and now.tracked else step_of(now)
    if written is not None:
        changes.ticks[-1] = written.tick  # a step in place, which reads what was there before
        written.changes = changes


def overlook_change(m: Machine) -> None:
    """The numbers of a tensor were replaced behind backward's back."""
    m.changed = next_tick()


def step_of(tensor: Tensor) -> str:
    """The step that made a tensor, as PyTorch's errors call it."""
    if tensor.op is None or not tensor.tracked:
        return ""
    name = grad_fn(tensor)
    return COPIED if name == "CopySlices" else name.partition("Backward")[0]


def renew(m: Machine, nodes: Iterable[Tensor]) -> None:
    """Before a backward through these nodes: what it will read is what the tensors hold now.

    Raises PyTorch's error where a tensor was changed in place since; a change through `.data` is
    not counted, so that its new numbers are read.
    """
    earlier = [x for x in nodes if x.tick <= m.changed and x.op is not None and x.tracked]
    for node in sorted(earlier, key=lambda x: -x.tick):
        for index in m.read_by(node):
            current(index, node.tick)
        if node.values is not None:
            _renew(node)


def _renew(node: Tensor) -> None:
    op, inputs, values = node.op, node.inputs, node.values
    assert op is not None and values is not None
    saved = {
        k
        for slot, x in enumerate(inputs)
        if isinstance(x, Tensor) and x.tracked and op.passes(slot)
        for k in _saved(op, slot, inputs)
    }
    mine: Changes | None = getattr(node, "changes", None)
    in_place = mine is not None and node.tick in mine.ticks
    fresh = list(values)
    for k in sorted(saved):
        if k < 0:
            if mine is not None:
                _compare(node, mine, bisect_right(mine.ticks, node.tick), step_of(node))
        elif isinstance(inputs[k], Tensor) and not (in_place and k == 0):
            fresh[k] = current(inputs[k], node.tick)
        elif mine is not None and in_place and k == 0 and op.name in BY_RESULT:
            _compare(node, mine, bisect_right(mine.ticks, node.tick), step_of(node))
    if any(new is not old for new, old in zip(fresh, values, strict=True)):
        node.values = tuple(fresh)


def current(x: Tensor, tick: int) -> Any:
    """What an operand that was read at this tick holds now."""
    base = x
    while _is_view(base) and getattr(base, "changes", None) is None:
        base = base.inputs[0]
    changes: Changes | None = getattr(base, "changes", None)
    if changes is not None:
        step = changes.step if base is x else "AsStrided" if x.tracked else ""
        _compare(x, changes, bisect_left(changes.ticks, tick), step)
    return _seen(x)


def _is_view(x: Tensor) -> bool:
    """Whether it shows the numbers of its first operand, as PyTorch's views do."""
    if x.op is None or x.op.name not in VIEWS or not x.values:
        return False
    return shares(x, x.values[0], x.values[1:])


def _seen(x: Tensor) -> Any:
    """The numbers of a tensor, through its views."""
    if not _is_view(x):
        return x.data
    assert x.op is not None and x.values is not None
    under = _seen(x.inputs[0])
    return x.data if under is x.values[0] else x.op.forward(under, *x.values[1:])


def _saved(op: Op, slot: int, inputs: tuple[Any, ...]) -> Iterable[int]:
    """What PyTorch saves for the gradient of this input: operands by number, -1 for the result."""
    if not op.saves:  # but for the places that it has read
        whole = (k for k, x in enumerate(inputs) if isinstance(x, Tensor) and x.dtype.kind in "iub")
        return () if op.elementwise else tuple(whole)
    if op.name in SAVED:
        return SAVED[op.name]
    if op.name in ("power", "power_rooted", "power_multiplied"):
        return (-1, 0, 1) if isinstance(inputs[1], Tensor) else (0,)
    if op.name == "divide" and not isinstance(inputs[0], Tensor):
        return ()  # the reciprocal, which has no name, times the number
    if op.name == "divide":
        return (0, 1) if slot else (1,)
    found = reads(op, slot, len(inputs))
    if op.name in ("max", "min", "max_of_all", "min_of_all"):
        return found if len(inputs[1]) == inputs[0].ndim else ()  # along an axis: where they are
    return found if found == {-1} else found - {-1}


def _compare(x: Tensor, changes: Changes, expected: int, step: str) -> None:
    now = len(changes.ticks)
    if now == expected:
        return
    shape = ", ".join(map(str, x.shape))
    what = f"[torch.{torch_type(x.dtype)}Tensor [{shape}]]"
    what = f"[CPUBoolType [{shape}]]" if x.dtype == bool else what
    what += f", which is output 0 of {step}," if step else ""
    words = "one of the variables needed for gradient computation has been modified by an inplace "
    words += f"operation: {what} is at version {now}; expected version {expected} instead. Hint: "
    words += "enable anomaly detection to find the operation that failed to compute its gradient, "
    words += "with torch.autograd.set_detect_anomaly(True, check_nan=False)."
    name = x.origin[0] if x.origin and x.origin[0] else what
    raise ProgramError("modified", framework=f"RuntimeError: {words}", name=name)
