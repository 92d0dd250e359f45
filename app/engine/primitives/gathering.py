"""Entries picked by arrays of places, and the way back: what arrives at one place adds up.

Places are operands (arrays or Tensors of whole numbers), so a replay looks again where they are.
`take` reads slices at places along one axis, `take_along` single entries at places of x's rank.
"""

import math
from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.apply import apply
from app.engine.primitives.reductions import negative_axes
from app.engine.primitives.shaping import reshape
from app.engine.tensor import NUMPY, Tensor

Shape = tuple[int, ...]


def add_up(values: Any, places: Any, size: int) -> Any:
    """Values summed at their places in rows of `size`; both are (rows, any), exact in float64."""
    rows = len(values)
    if rows > 1:
        places = places + np.arange(rows)[:, None] * size
    sums = np.bincount(places.ravel(), values.ravel(), rows * size)
    return sums.astype(values.dtype, copy=False).reshape(rows, size)


def lead(x: Any, rank: int) -> Shape:
    """The batch axes in front of the `rank` axes that were there when this was recorded."""
    return tuple(x.shape[: x.ndim - rank])


def _within(places: Any, length: int) -> Any:
    """Places counted from the start. Raises IndexError for one that is not there."""
    if np.any(places < -length) or np.any(places >= length):
        raise IndexError(f"indices must lie within {length} entries, got {places}")
    return np.where(places < 0, places + length, places)


def _take(x: Any, index: Any, axis: int, shape: Shape, rank: int) -> Any:
    ahead = lead(index, rank)
    if not ahead:
        return np.take(x, index, axis=axis)
    n, own = len(ahead), index.shape[len(ahead) :]
    before = len(shape) + axis  # axes of x ahead of the one that is looked along
    moved = np.moveaxis(np.broadcast_to(x, ahead + shape), axis, n)
    places = index.reshape(*ahead, -1, *(1,) * (len(shape) - 1))
    found = np.take_along_axis(moved, places, n).reshape(*ahead, *own, *moved.shape[n + 1 :])
    front = tuple(range(n + rank, n + rank + before))
    return np.moveaxis(found, front, tuple(range(n, n + before)))


def _copied(x: Any, shape: Shape) -> Any:
    """x broadcast where it has to be: what broadcast_to returns makes bincount ten times slower."""
    return x if x.shape == shape else np.broadcast_to(x, shape)


def _put_index(g: Any, index: Any, axis: int, shape: Shape, rank: int) -> Any:
    own = len(shape) - 1 + rank
    ahead = lead(g, own) or lead(index, rank)
    g = _copied(g, ahead + tuple(g.shape[g.ndim - own :]))
    n, before = len(ahead), len(shape) + axis
    moved = np.moveaxis(g, tuple(range(n + before, n + before + rank)), tuple(range(n, n + rank)))
    rest = moved.shape[n + rank :]
    width = math.prod(rest)
    places = _within(index, shape[axis]).reshape(*lead(index, rank), -1, 1) * width
    places = _copied(places + np.arange(width), (*ahead, places.shape[-2], width))
    rows = math.prod(ahead)
    sums = add_up(moved.reshape(rows, -1), places.reshape(rows, -1), shape[axis] * width)
    return np.moveaxis(sums.reshape(*ahead, shape[axis], *rest), n, axis)


def _lookup(name: str, why: str, **spelled: Any) -> Op:
    return Op(
        name,
        _take,
        lambda g, z, x, index, axis, shape, rank: apply(put_index, g, index, axis, shape, rank),
        latex=r"{0!}_{1*}",
        text=f"{name}({{0}}, {{1}})",
        level=5,
        elementwise=False,
        saves=False,
        code="np.take({0}, {1}, axis={2})",
        why=why,
        **spelled,
    )


take = _lookup(
    "take",
    N_("The chosen entries receive the gradient, all others zero; chosen twice, they add up."),
    torch="torch.index_select({0}, {2}, {1})",
    tensorflow="tf.gather({0}, {1}, axis={2})",
)
embedding = _lookup(
    "embedding",
    N_("Each row looked up receives its gradient; a row looked up several times adds them up."),
    torch="torch.nn.functional.embedding({1}, {0})",
    tensorflow="tf.nn.embedding_lookup({0}, {1})",
)


def _putting(name: str, forward: Any, rule: Rule) -> Op:
    return Op(
        name,
        forward,
        rule,
        latex=r"\operatorname{put}_{1*}\left({0*}\right)",
        level=5,
        sign="put",
        elementwise=False,
        saves=False,
        why=N_("The gradient is read back from where the entries were put."),
    )


put_index: Op = _putting(
    "put_index",
    _put_index,
    lambda g, z, x, index, axis, shape, rank: apply(take, g, index, axis, shape, rank),
)


def _aligned(x: Any, y: Any) -> tuple[Any, Any]:
    """Both of the same rank: batch axes of length 1 in front of the one without."""
    rank = max(x.ndim, y.ndim)
    return x.reshape((1,) * (rank - x.ndim) + x.shape), y.reshape((1,) * (rank - y.ndim) + y.shape)


def _take_along(x: Any, index: Any, axis: int, shape: Shape) -> Any:
    return np.take_along_axis(*_aligned(x, index), axis)


def _put_along(g: Any, index: Any, axis: int, shape: Shape) -> Any:
    n = shape[axis]
    index = _within(index, n)
    if index.ndim != g.ndim:
        g, index = np.broadcast_arrays(*_aligned(g, index))
    moved, places = np.moveaxis(g, axis, -1), np.moveaxis(index, axis, -1)
    ahead, width = moved.shape[:-1], moved.shape[-1]
    rows = math.prod(ahead)
    sums = add_up(moved.reshape(rows, width), places.reshape(rows, width), n)
    return np.moveaxis(sums.reshape(*ahead, n), -1, axis)


take_along: Op = Op(
    "take_along",
    _take_along,
    lambda g, z, x, index, axis, shape: apply(put_along, g, index, axis, shape),
    latex=r"{0!}_{1*}",
    level=5,
    elementwise=False,
    saves=False,
    code="np.take_along_axis({0}, {1}, {2})",
    torch="torch.gather({0}, {2}, {1})",
    tensorflow="tf.gather({0}, {1}, axis={2}, batch_dims={2})",
    why=N_("The chosen entries receive the gradient, all others zero; chosen twice, they add up."),
)
put_along: Op = _putting(
    "put_along",
    _put_along,
    lambda g, z, x, index, axis, shape: apply(take_along, g, index, axis, shape),
)
one_hot = Op(
    "one_hot",
    lambda index, depth, dtype: (np.expand_dims(index, -1) == np.arange(depth)).astype(dtype),
    latex=r"\operatorname{onehot} {0!}",
    sign="1-hot",
    elementwise=False,
    code="np.eye({1})[{0}]",
    torch="torch.nn.functional.one_hot({0}, {1})",
    tensorflow="tf.one_hot({0}, {1})",
    why=N_("Whole numbers have no slope: no gradient passes."),
)


def whole(index: Any, name: str) -> Any:
    """An index as an operand. Raises IndexError where it is not of whole numbers."""
    index = index if isinstance(index, Tensor) else np.asarray(index)[()]
    if index.dtype.kind not in "iu":
        raise IndexError(f"{name}: indices must be whole numbers, got {index.dtype}")
    return index


def take_axis(x: Any, index: Any, axis: int | None = None, op: Op = take) -> Tensor:
    """x's slices at places along an axis (index_select), or its entries in a row at places."""
    if axis is None:
        x, axis = reshape(x, (x.size,)), -1
    places = whole(index, op.name)
    _within(places.data if isinstance(places, Tensor) else places, x.shape[axis])
    return op(x, places, negative_axes(x.ndim, axis)[0], tuple(x.shape), places.ndim)


def look_up(weights: Any, index: Any) -> Tensor:
    """Rows of a matrix of weights: an embedding."""
    if weights.ndim != 2:
        raise ValueError(f"embedding needs a matrix of weights, got shape {weights.shape}")
    return take_axis(weights, index, 0, embedding)


def take_along_axis(x: Any, index: Any, axis: int | None = -1) -> Tensor:
    """Single entries at places of the same rank, NumPy's way: lengths of 1 are stretched."""
    if axis is None:
        x, axis = reshape(x, (x.size,)), -1
    index = whole(index, "take_along_axis")
    if index.ndim != x.ndim:
        raise ValueError(f"take_along_axis: shapes {x.shape} and {index.shape} differ in rank")
    (along,) = negative_axes(x.ndim, axis)
    mine, other = list(x.shape), list(index.shape)
    mine[along] = other[along] = 1
    common = list(np.broadcast_shapes(mine, other))
    return take_along(
        _stretched(x, common, along),
        _stretched(index, common, along),
        along,
        _shape_of(x, common, along),
    )


def _shape_of(x: Any, common: list[int], along: int) -> Shape:
    shape = [*common]
    shape[along] = x.shape[along]
    return tuple(shape)


def _stretched(x: Any, common: list[int], along: int) -> Any:
    shape = _shape_of(x, common, along)
    return x if tuple(x.shape) == shape else np.broadcast_to(x, shape)


def hot(index: Any, depth: int, dtype: str = "float32") -> Tensor:
    """Rows that are 1 at their place and 0 elsewhere; all 0 where the place is outside."""
    return one_hot(whole(index, "one_hot"), depth, dtype)


NUMPY[np.take] = take_axis  # type: ignore[assignment]
NUMPY[np.take_along_axis] = take_along_axis  # type: ignore[assignment]
