"""Reverse mode: the one loop."""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any

import numpy as np

from app.engine.modes import Recording, record
from app.engine.tensor import Tensor, Value, plain

# node, index of the input, gradient of the node, gradient sent to the input, its sum so far
Listener = Callable[[Tensor, int, Any, Any, Any], None]


class GraphFreed(RuntimeError):
    """The operands that a rule needs were released by an earlier backward pass."""


def gradients(
    targets: Iterable[tuple[Tensor, Any]],
    follow: Callable[[Tensor, Tensor], bool] | None = None,
    create_graph: bool = False,
    listener: Listener | None = None,
) -> dict[Tensor, Any]:
    """The gradient of the targets with respect to everything they were made from.

    targets: pairs (target, seed); a seed of None is ones. follow(node, input) decides whether a
    gradient goes from a node to one of its inputs (default: to tracked ones). Gradients are
    values, or with `create_graph` Tensors that can be differentiated again.
    Source: reverse accumulation, newest result first (Linnainmaa 1970).
    """
    with record(Recording.EVERYTHING if create_graph else Recording.NOTHING):
        return _accumulate(targets, follow or _tracked, create_graph, listener)


def _tracked(node: Tensor, x: Tensor) -> bool:
    return x.tracked


def _accumulate(
    targets: Iterable[tuple[Tensor, Any]],
    follow: Callable[[Tensor, Tensor], bool],
    create_graph: bool,
    listener: Listener | None,
) -> dict[Tensor, Any]:
    arrived: dict[Tensor, Any] = {}
    waiting: list[int] = []
    at: dict[int, Tensor] = {}

    def arrive(x: Tensor, part: Any) -> Any:
        if x in arrived:
            arrived[x] = arrived[x] + part
        else:
            arrived[x] = part
            if x.op is not None:
                at[-x.tick] = x
                heappush(waiting, -x.tick)
        return arrived[x]

    for target, seed in targets:
        given = ones_like(target.data) if seed is None else seed
        if create_graph and not isinstance(given, Tensor):
            given = plain(given)
        arrive(target, given)

    while waiting:
        node = at[heappop(waiting)]
        op, g, values = node.op, arrived[node], node.values
        assert op is not None
        if values is None:
            raise GraphFreed(op.name)
        z, operands = (node, node.inputs) if create_graph else (node.data, values)
        for slot, (x, rule) in enumerate(zip(node.inputs, op.rules, strict=False)):
            if rule is None or not isinstance(x, Tensor) or not follow(node, x):
                continue
            part = rule(g, z, *operands)
            shape = values[slot].shape
            if part.shape != shape:
                part = sum_to(part, shape)
            elif not shape and type(part) is np.ndarray:
                part = part[()]  # scalars stay scalars
            total = arrive(x, part)
            if listener is not None:
                listener(node, slot, g, part, total)
    return arrived


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
    result = np.reshape(np.sum(part, axis=axes, keepdims=True), shape)
    return result if isinstance(result, Tensor) else result[()]  # scalars stay scalars
