"""Reverse mode: the chain rule as one loop.

A result was made from inputs that are older than itself. So, from the newest result to the oldest:
its gradient is complete when its turn comes, for everything that was made from it has had its own;
each rule of its Op turns that gradient into a part for one input; and the parts that come to the
same Tensor, by whatever way, are added. Each operation is visited once, however many ways lead
through it: `x = x + x`, 64 times, has 2^64 ways and 64 steps.
"""

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from typing import Any

import numpy as np

from app.engine.awaited import awaited, ready
from app.engine.errors import Misfit
from app.engine.faults import fault
from app.engine.modes import Recording, record
from app.engine.recall import Known, operands_of
from app.engine.tensor import Tensor, Value, float64, held, plain

# node, index of the input, gradient of the node, gradient sent to the input, its sum so far
Listener = Callable[[Tensor, int, Any, Any, Any], None]


Hooks = Mapping[Tensor, Callable[[Any], Any]]


class GraphFreed(RuntimeError):
    """The operands that a rule needs were released by an earlier backward pass."""


def gradients(
    targets: Iterable[tuple[Tensor, Any]],
    follow: Callable[[Tensor, Tensor], bool] | None = None,
    create_graph: bool = False,
    listener: Listener | None = None,
    hooks: Hooks | None = None,
) -> dict[Tensor, Any]:
    """The gradient of the targets with respect to everything they were made from.

    targets: pairs (target, seed of its shape); a seed of None is ones. follow(node, input) decides
    whether a gradient goes from a node to one of its inputs (default: to tracked ones). Gradients
    are values, or with `create_graph` Tensors that can be differentiated again. hooks: by Tensor,
    what it makes of its gradient before that goes on, once it is complete. Raises Misfit.
    Source: reverse accumulation, newest result first (Linnainmaa 1970).
    """
    with record(Recording.EVERYTHING if create_graph else Recording.NOTHING):
        return _accumulate(list(targets), follow, create_graph, listener, hooks)


def _accumulate(
    targets: list[tuple[Tensor, Any]],
    follow: Callable[[Tensor, Tensor], bool] | None,
    create_graph: bool,
    listener: Listener | None,
    hooks: Hooks | None,
) -> dict[Tensor, Any]:
    waited = awaited([x for x, _ in targets], hooks) if hooks else {}
    arrived: dict[Tensor, Any] = {}  # the sum of what has come to each Tensor so far
    waiting: list[int] = []  # results that wait for their turn: a heap of -tick, newest first
    at: dict[int, Tensor] = {}
    adds = fault.get() != "overwrite"  # as the chain rule wants it
    known: Known = {}
    newest: Tensor | None = None  # waits outside the heap: along a chain the heap stays empty

    for target, seed in targets:  # where the gradient is known: ∂L/∂L = 1, or the seed
        given = ones_like(target.data) if seed is None else _fitting(seed, target)
        if create_graph and not isinstance(given, Tensor):
            given = plain(given)
        if target.op is not None and target not in arrived:
            at[-target.tick] = target
            heappush(waiting, -target.tick)
        arrived[target] = arrived[target] + given if target in arrived else given
    if hooks:
        for leaf in {x for x, _ in targets if x.op is None and x in hooks and x not in waited}:
            arrived[leaf] = hooks[leaf](arrived[leaf])  # a leaf to which nothing else comes

    while newest is not None or waiting:
        if newest is None or (waiting and -waiting[0] > newest.tick):
            node = at.pop(heappop(waiting))
        else:
            node, newest = newest, None
        # complete by now: all that was made from this node is newer
        g, op, inputs, values = arrived[node], node.op, node.inputs, node.values
        assert op is not None
        if values is None:
            raise GraphFreed(op.name)
        if hooks and node in hooks:
            g = arrived[node] = hooks[node](g)
        z, operands = (node, operands_of(node, known)) if create_graph else (node.data, values)
        rules, slot, two = op.rules, -1, len(operands) == 2
        if two:
            a, b = operands  # the common case, unrolled
        for x in inputs:
            slot += 1
            if type(x) is not Tensor or not (x.tracked if follow is None else follow(node, x)):
                continue
            try:
                rule = rules[slot]
            except IndexError:  # a setting, and so is what comes after it
                break
            if rule is None:
                continue
            part = rule(g, z, a, b) if two else rule(g, z, *operands)
            number = part.data if type(part) is Tensor else part
            if type(number) is not float64:
                if part is None:  # an own gradient function has none for this input
                    continue
                part = fitted(part, values[slot].shape)
            if x in arrived:
                total = arrived[x] = arrived[x] + part if adds else part
            else:
                total = arrived[x] = part
                if x.op is None:
                    pass  # a leaf: nothing is behind it
                elif newest is None:
                    newest = x
                else:
                    older, newest = (newest, x) if x.tick > newest.tick else (x, newest)
                    at[-older.tick] = older
                    heappush(waiting, -older.tick)
            if listener is not None:
                listener(node, slot, g, part, total)
        if hooks and waited:
            for x in ready(waited, node):
                if x in arrived:
                    arrived[x] = hooks[x](arrived[x])
    return arrived


def _fitting(seed: Any, target: Tensor) -> Any:
    """The seed, a number or an array, as a gradient of the target. Raises Misfit."""
    given = held(seed if hasattr(seed, "shape") else np.asarray(seed, target.dtype)[()])
    if given.shape != target.shape:
        raise Misfit("gradients", (given.shape, target.shape), "a seed has its target's shape")
    return given


def fitted(part: Any, shape: tuple[int, ...]) -> Any:
    """`part` in the shape of the input that it goes to, a scalar for a scalar."""
    if part.shape != shape:
        return sum_to(part, shape)
    return part if shape or isinstance(part, Tensor) else part[()]


def ones_like(data: Value) -> Value:
    """A gradient of ones for a value: a scalar for a scalar."""
    return np.ones(data.shape, data.dtype)[()]


def sum_to(part: Any, shape: tuple[int, ...]) -> Any:
    """`part` summed over the axes along which NumPy had stretched something of `shape`."""
    extra = part.ndim - len(shape)
    axes = tuple(
        axis - part.ndim
        for axis, length in enumerate(part.shape)
        if axis < extra or shape[axis - extra] != length
    )
    if len(axes) == extra:  # only new axes: nothing of length 1 was stretched
        result = np.sum(part, axis=axes)
    else:
        result = np.reshape(np.sum(part, axis=axes, keepdims=True), shape)
    return result if isinstance(result, Tensor) else result[()]  # scalars stay scalars
