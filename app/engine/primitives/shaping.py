"""Other shapes for the same numbers. They act on the last axes; leading ones are a batch."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.tensor import NUMPY, Tensor

Shape = tuple[int, ...]


def _lead(x: Any, rank: int) -> Shape:
    """The batch axes in front of the `rank` axes that were there when this was recorded."""
    return tuple(x.shape[: x.ndim - rank])


def _reshape(x: Any, shape: Shape, rank: int) -> Any:
    return x.reshape(x.shape[: x.ndim - rank] + shape)


def _broadcast(x: Any, shape: Shape, rank: int) -> Any:
    lead = _lead(x, rank)
    lifted = np.reshape(x, lead + (1,) * (len(shape) - rank) + tuple(x.shape[len(lead) :]))
    return np.broadcast_to(lifted, lead + shape)


def _sum_back(g: Any, shape: Shape) -> Any:
    extra = g.ndim - len(shape)
    axes = tuple(i - g.ndim for i in range(g.ndim) if i < extra or shape[i - extra] != g.shape[i])
    return np.reshape(np.sum(g, axis=axes, keepdims=True), shape)


def _permuted(x: Any, axes: tuple[int, ...]) -> Any:
    if axes == (-1, -2):
        return x.swapaxes(-1, -2)  # a matrix, transposed: five times as fast
    return np.transpose(x, tuple(range(x.ndim - len(axes))) + tuple(one + x.ndim for one in axes))


reshape_to = Op(
    "reshape",
    _reshape,
    lambda g, z, x, shape, rank: np.reshape(g, x.shape),
    latex=r"\operatorname{reshape} {0!}",
    elementwise=False,
    saves=False,
    torch="torch.reshape({0}, {1})",
    tensorflow="tf.reshape({0}, {1})",
    why=N_("The numbers stay, only their arrangement changes; the gradient is arranged back."),
)
broadcast_to_shape = Op(
    "broadcast_to",
    _broadcast,
    lambda g, z, x, shape, rank: _sum_back(g, tuple(x.shape)),
    latex=r"{0}",
    level=5,
    sign="copies",
    elementwise=False,
    saves=False,
    torch="torch.broadcast_to({0}, {1})",
    tensorflow="tf.broadcast_to({0}, {1})",
    why=N_("A value copied many times collects the gradients of all its copies."),
)
permute: Op = Op(
    "transpose",
    _permuted,
    lambda g, z, x, axes: apply(permute, g, _inverse(axes)),
    latex="{0!}^T",
    level=4,
    sign="xᵀ",
    elementwise=False,
    saves=False,
    torch="torch.permute({0}, {1})",
    tensorflow="tf.transpose({0}, [axis % {0}.ndim for axis in {1}])",
    why=N_("The gradient is transposed back."),
)


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    n = len(axes)
    inverse = [0] * n
    for position, axis in enumerate(axes):
        inverse[axis + n] = position - n
    return tuple(inverse)


def reshape(x: Any, shape: int | Shape) -> Tensor:
    """x in another shape; one -1 is worked out. Raises Misfit where the sizes differ."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if -1 in shape:
        rest = -math.prod(shape)
        if rest <= 0 or x.size % rest:
            raise Misfit("reshape", (tuple(x.shape), shape), _sizes(x, shape))
        shape = tuple(x.size // rest if length == -1 else length for length in shape)
    if math.prod(shape) != x.size:
        raise Misfit("reshape", (tuple(x.shape), shape), _sizes(x, shape))
    return reshape_to(x, shape, x.ndim)


def _sizes(x: Any, shape: Shape) -> str:
    return f"cannot reshape array of size {x.size} into shape {shape}"


def broadcast_to(x: Any, shape: Shape) -> Tensor:
    """x copied along new or length-1 axes. Raises Misfit where it does not fit."""
    shape = tuple(shape)
    try:
        found = np.broadcast_shapes(x.shape, shape)
    except ValueError as problem:
        raise Misfit("broadcast_to", (tuple(x.shape), shape), problem) from problem
    if found != shape:
        raise Misfit("broadcast_to", (tuple(x.shape), shape), "only axes in front are new")
    return broadcast_to_shape(x, shape, x.ndim)


def transpose(x: Any, axes: tuple[int, ...] | None = None) -> Tensor:
    """x with its axes in another order (reversed by default)."""
    n = x.ndim
    order = tuple(range(n))[::-1] if axes is None else tuple(axis % n for axis in axes)
    return permute(x, tuple(axis - n for axis in order))


def swapaxes(x: Any, first: int, second: int) -> Tensor:
    """x with two axes exchanged. Raises AxisError."""
    for axis in (first, second):
        if not -x.ndim <= axis < x.ndim:
            raise np.exceptions.AxisError(axis, x.ndim)
    order = list(range(x.ndim))
    order[first], order[second] = order[second], order[first]
    return transpose(x, tuple(order))


def moveaxis(x: Any, source: int | Shape, destination: int | Shape) -> Tensor:
    """x with some axes at other places, the rest in their order."""
    sources, places = (_axes(x.ndim, one) for one in (source, destination))
    order = [axis for axis in range(x.ndim) if axis not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return transpose(x, tuple(order))


def _axes(ndim: int, axis: int | Sequence[int]) -> list[int]:
    """Axes counted from the first, in the order given."""
    axes = [axis] if isinstance(axis, int | np.integer) else list(axis)
    for one in axes:
        if not -ndim <= one < ndim:
            raise np.exceptions.AxisError(one, ndim)
    return [int(one) % ndim for one in axes]


def expand_dims(x: Any, axis: int | Shape) -> Tensor:
    """x with new axes of length 1 at these places of the result."""
    added = 1 if isinstance(axis, int | np.integer) else len(axis)
    places = _axes(x.ndim + added, axis)
    lengths = iter(x.shape)
    shape = [1 if i in places else next(lengths) for i in range(x.ndim + added)]
    return reshape(x, tuple(shape))


def squeeze(x: Any, axis: int | Shape | None = None) -> Tensor:
    """x without axes of length 1: all of them, or these. Raises ValueError for a longer one."""
    dropped = [i for i, n in enumerate(x.shape) if n == 1] if axis is None else _axes(x.ndim, axis)
    for i in dropped:
        if x.shape[i] != 1:
            raise ValueError(f"cannot squeeze axis {i} of shape {x.shape}: its length is not 1")
    return reshape(x, tuple(n for i, n in enumerate(x.shape) if i not in dropped))


def flatten(x: Any, start: int = 0, end: int = -1) -> Tensor:
    """x with its axes from start to end joined into one; a number becomes a vector."""
    if not x.ndim:
        return reshape(x, (1,))
    first, last = _axes(x.ndim, (start, end))
    if first > last:
        raise ValueError(f"flatten: axis {start} is behind axis {end} of shape {x.shape}")
    shape = tuple(x.shape)
    return reshape(x, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


NUMPY[np.reshape] = reshape  # type: ignore[assignment]
NUMPY[np.broadcast_to] = broadcast_to  # type: ignore[assignment]
NUMPY[np.transpose] = NUMPY[np.permute_dims] = transpose  # type: ignore[assignment]
NUMPY[np.swapaxes] = swapaxes  # type: ignore[assignment]
NUMPY[np.moveaxis] = moveaxis  # type: ignore[assignment]
NUMPY[np.expand_dims] = expand_dims  # type: ignore[assignment]
NUMPY[np.squeeze] = squeeze  # type: ignore[assignment]
NUMPY[np.ravel] = lambda x: flatten(x)  # type: ignore[assignment]
