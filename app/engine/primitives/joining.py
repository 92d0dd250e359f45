"""Many arrays made one, one made many, and copies side by side."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.op import N_, Each, Op
from app.engine.primitives.gathering import lead, take_axis
from app.engine.primitives.indexing import ALL, getitem
from app.engine.primitives.reductions import negative_axes
from app.engine.primitives.shaping import reshape
from app.engine.tensor import NUMPY, Tensor

Shape = tuple[int, ...]


def _levelled(arrays: Sequence[Any]) -> Sequence[Any]:
    """All of one rank: those without the batch axes are copied along them."""
    rank = max(x.ndim for x in arrays)
    if all(x.ndim == rank for x in arrays):
        return arrays
    own = min(x.ndim for x in arrays)
    ahead = next(lead(x, own) for x in arrays if x.ndim == rank)
    return [x if x.ndim == rank else np.broadcast_to(x, ahead + tuple(x.shape)) for x in arrays]


def _concatenate(*inputs: Any) -> Any:
    *arrays, axis = inputs
    return np.concatenate(_levelled(arrays), axis=axis)


def _stack(*inputs: Any) -> Any:
    *arrays, axis = inputs
    return np.stack(_levelled(arrays), axis=axis)


def _cut_out(slot: int, g: Any, z: Any, *inputs: Any) -> Any:
    *arrays, axis = inputs
    start = sum(x.shape[axis] for x in arrays[:slot])
    part = slice(start, start + arrays[slot].shape[axis])
    return g[(..., part, *[ALL] * (-axis - 1))]


concatenate = Op(
    "concatenate",
    _concatenate,
    Each(_cut_out),
    latex=r"\operatorname{concat}\left({...}\right)",
    level=5,
    sign="concat",
    elementwise=False,
    saves=False,
    code="np.concatenate([{...}], axis={-1})",
    torch="torch.cat([{...}], dim={-1})",
    tensorflow="tf.concat([{...}], axis={-1})",
    why=N_("Each part receives the piece of the gradient that stands where it stands."),
    example=((1.0, 2.0), (3.0,), -1),
)
stack = Op(
    "stack",
    _stack,
    Each(lambda slot, g, z, *inputs: g[(..., slot, *[ALL] * (-inputs[-1] - 1))]),
    latex=r"\operatorname{stack}\left({...}\right)",
    level=5,
    elementwise=False,
    saves=False,
    code="np.stack([{...}], axis={-1})",
    torch="torch.stack([{...}], dim={-1})",
    tensorflow="tf.stack([{...}], axis={-1})",
    why=N_("Each part receives the piece of the gradient that stands where it stands."),
)


def _tile(x: Any, counts: Shape, rank: int) -> Any:
    ahead = lead(x, rank)
    lifted = np.reshape(x, ahead + (1,) * (len(counts) - rank) + tuple(x.shape[len(ahead) :]))
    return np.tile(lifted, (1,) * len(ahead) + counts)


def _sum_of_tiles(g: Any, z: Any, x: Any, counts: Shape, rank: int) -> Any:
    lengths = (1,) * (len(counts) - rank) + tuple(x.shape)
    pairs = [number for pair in zip(counts, lengths, strict=True) for number in pair]
    copies = tuple(range(-len(pairs), 0, 2))
    return np.reshape(np.sum(np.reshape(g, tuple(pairs)), axis=copies), x.shape)


tile_by = Op(
    "tile",
    _tile,
    _sum_of_tiles,
    latex=r"\operatorname{tile} {0!}",
    elementwise=False,
    saves=False,
    code="np.tile({0}, {1})",
    torch="torch.tile({0}, {1})",
    tensorflow="tf.tile({0}, {1})",
    why=N_("A value copied many times collects the gradients of all its copies."),
)


def _sum_of_repeats(g: Any, z: Any, x: Any, times: int, axis: int) -> Any:
    cut = x.ndim + axis + 1
    apart = np.reshape(g, (*x.shape[:cut], times, *x.shape[cut:]))
    return np.sum(apart, axis=axis)  # the copies stand where the axis counted from the last points


repeat_each = Op(
    "repeat",
    lambda x, times, axis: np.repeat(x, times, axis=axis),
    _sum_of_repeats,
    latex=r"\operatorname{repeat} {0!}",
    elementwise=False,
    saves=False,
    code="np.repeat({0}, {1}, axis={2})",
    torch="torch.repeat_interleave({0}, {1}, dim={2})",
    tensorflow="tf.repeat({0}, {1}, axis={2})",
    why=N_("A value copied many times collects the gradients of all its copies."),
    example=((1.0, 2.0), 2, -1),
)


def operand(x: Any) -> Any:
    """x as an operand: a Tensor, an array; a list that holds Tensors is stacked."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, list | tuple) and _holds_tensors(x):
        return join_new([operand(one) for one in x])
    return np.asarray(x)[()]


def _holds_tensors(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(_holds_tensors(one) for one in x)
    return isinstance(x, Tensor)


def join(parts: Sequence[Any], axis: int | None = 0) -> Tensor:
    """Arrays one after the other along an axis that is there; None: all entries in a row."""
    arrays = [operand(one) for one in parts]
    if not arrays:
        raise ValueError("concatenate needs at least one array")
    if axis is None:
        arrays, axis = [reshape(x, (x.size,)) for x in arrays], 0
    shapes = [tuple(x.shape) for x in arrays]
    if not shapes[0]:
        raise ValueError("concatenate needs at least one axis each, got a number; stack joins them")
    (along,) = negative_axes(len(shapes[0]), axis)
    if len({_without(shape, along) for shape in shapes}) > 1:
        raise Misfit("concatenate", tuple(shapes), f"all axes but {axis} must agree")
    return concatenate(*arrays, along)


def _without(shape: Shape, along: int) -> tuple[int, Shape]:
    at = len(shape) + along
    return len(shape), shape[:at] + shape[at + 1 :]


def join_new(parts: Sequence[Any], axis: int = 0) -> Tensor:
    """Arrays of one shape side by side along a new axis."""
    arrays = [operand(one) for one in parts]
    if not arrays:
        raise ValueError("stack needs at least one array")
    shapes = [tuple(x.shape) for x in arrays]
    if len(set(shapes)) > 1:
        raise Misfit("stack", tuple(shapes), "they must be the same")
    (along,) = negative_axes(arrays[0].ndim + 1, axis)
    return stack(*arrays, along)


def split(x: Any, parts: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """x cut along an axis into equal parts, or before the places given, as np.split does."""
    (along,) = negative_axes(x.ndim, axis)
    n = x.shape[along]
    if isinstance(parts, int | np.integer):
        if parts < 1 or n % parts:
            raise ValueError(
                f"cannot split axis {axis} of shape {x.shape} into {parts} equal parts"
            )
        places = [n // parts * i for i in range(1, parts)]
    else:
        places = list(parts)
    rest = [ALL] * (-along - 1)
    return [
        getitem(x, (..., slice(start, stop), *rest))
        for start, stop in zip([0, *places], [*places, n], strict=True)
    ]


def array_split(x: Any, parts: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """x cut along an axis into parts as equal as can be, the longer ones first."""
    if isinstance(parts, int | np.integer):
        (along,) = negative_axes(x.ndim, axis)
        each, longer = divmod(x.shape[along], parts)
        parts = [each * i + min(i, longer) for i in range(1, parts)]
    return split(x, parts, axis)


def unstack(x: Any, axis: int = 0) -> list[Tensor]:
    """x's slices along an axis, without that axis."""
    (along,) = negative_axes(x.ndim, axis)
    rest = [ALL] * (-along - 1)
    return [getitem(x, (..., i, *rest)) for i in range(x.shape[along])]


def tile(x: Any, counts: int | Sequence[int]) -> Tensor:
    """x copied whole, side by side, along each axis; new axes in front where more are counted."""
    times = (counts,) if isinstance(counts, int | np.integer) else tuple(counts)
    times = (1,) * (x.ndim - len(times)) + tuple(int(one) for one in times)
    return tile_by(x, times, x.ndim)


def repeat(x: Any, times: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Each entry (or slice) along an axis copied in its place, so many times or its own many."""
    if axis is None:
        x, axis = reshape(x, (x.size,)), -1
    (along,) = negative_axes(x.ndim, axis)
    counts = np.atleast_1d(np.asarray(times))
    if counts.size == 1:
        return repeat_each(x, int(counts[0]), along)
    if counts.shape != (x.shape[along],):
        raise ValueError(f"repeat: {counts.size} counts for axis {axis} of shape {x.shape}")
    return take_axis(x, np.repeat(np.arange(counts.size), counts), along)


def _at_least(rank: int, x: Any) -> Any:
    x = operand(x)
    return x if x.ndim >= rank else reshape(x, (1,) * (rank - x.ndim) + tuple(x.shape))


def vstack(parts: Sequence[Any]) -> Tensor:
    """Rows (or blocks of rows) under each other."""
    return join([_at_least(2, one) for one in parts], 0)


def hstack(parts: Sequence[Any]) -> Tensor:
    """Vectors end to end, or matrices side by side."""
    arrays = [_at_least(1, one) for one in parts]
    return join(arrays, 0 if arrays and arrays[0].ndim == 1 else 1)


def column_stack(parts: Sequence[Any]) -> Tensor:
    """Vectors as columns of a matrix."""
    arrays = [operand(one) for one in parts]
    return join([reshape(x, (math.prod(x.shape), 1)) if x.ndim < 2 else x for x in arrays], 1)


FUNCTIONS: Any = {
    np.concatenate: join,
    np.stack: join_new,
    np.split: split,
    np.array_split: array_split,
    np.unstack: lambda x, axis=0: tuple(unstack(x, axis)),
    np.tile: tile,
    np.repeat: repeat,
    np.vstack: vstack,
    np.hstack: hstack,
    np.column_stack: column_stack,
}
NUMPY.update(FUNCTIONS)
