"""PyTorch's and TensorFlow's gathers and scatters, made of the operations that pick and put."""

import math
from typing import Any

import numpy as np

from app.engine.primitives.gathering import put_along, put_index, take, take_along, whole
from app.engine.primitives.indexing import getitem, put
from app.engine.primitives.reductions import negative_axes
from app.engine.primitives.selection import where
from app.engine.primitives.shaping import reshape
from app.engine.tensor import Tensor

Shape = tuple[int, ...]


def _front(name: str, x: Any, index: Any, along: int) -> tuple[tuple[Any, ...], Shape]:
    """The key of x's first entries that an index reaches, and their shape."""
    if index.ndim != x.ndim:
        raise ValueError(f"{name}: shapes {x.shape} and {index.shape} differ in rank")
    shape = list(index.shape)
    shape[along] = x.shape[along]
    if any(n > length for n, length in zip(shape, x.shape, strict=True)):
        raise ValueError(f"{name}: an index of shape {index.shape} does not fit {x.shape}")
    return (..., *(slice(0, n) for n in shape)), tuple(shape)


def gather(x: Any, index: Any, axis: int) -> Tensor:
    """torch.gather: single entries at places; a shorter index reads the first entries."""
    index = whole(index, "gather")
    (along,) = negative_axes(x.ndim, axis)
    key, shape = _front("gather", x, index, along)
    part = x if shape == tuple(x.shape) else getitem(x, key)
    return take_along(part, index, along, shape)


def _spread_out(name: str, x: Any, index: Any, source: Any, along: int) -> Any:
    """An array of x's shape with the source's entries added up at their places."""
    key, shape = _front(name, x, index, along)
    if any(n > length for n, length in zip(index.shape, source.shape, strict=True)):
        raise ValueError(f"{name}: an index of shape {index.shape} does not fit {source.shape}")
    if tuple(source.shape) != tuple(index.shape):
        source = getitem(source, tuple(slice(0, n) for n in index.shape))
    sums = put_along(source, index, along, shape)
    return sums if shape == tuple(x.shape) else put(sums, key, tuple(x.shape))


def scatter_add(x: Any, index: Any, source: Any, axis: int) -> Any:
    """torch.scatter_add: x with the source's entries added at their places."""
    index = whole(index, "scatter_add")
    (along,) = negative_axes(x.ndim, axis)
    return x + _spread_out("scatter_add", x, index, source, along)


def scatter(x: Any, index: Any, source: Any, axis: int) -> Tensor:
    """torch.scatter: x with entries replaced at places.

    Raises ValueError where one place is named twice: PyTorch then takes either.
    """
    index = whole(index, "scatter")
    (along,) = negative_axes(x.ndim, axis)
    ones = np.ones(index.shape, x.dtype)
    hits = _spread_out("scatter", x, index, ones, along)
    if np.any((hits.data if isinstance(hits, Tensor) else hits) > 1):
        raise ValueError("scatter: one place is named twice, so its new entry is undefined")
    return where(hits, _spread_out("scatter", x, index, source, along), x)


def index_add(x: Any, axis: int, index: Any, source: Any) -> Any:
    """torch.index_add: x with the source's slices added at places along an axis."""
    index = whole(index, "index_add")
    (along,) = negative_axes(x.ndim, axis)
    wanted = list(x.shape)
    wanted[along] = index.size
    if tuple(source.shape) != tuple(wanted) or index.ndim != 1:
        raise ValueError(f"index_add: {index.shape} and {source.shape} do not fit {x.shape}")
    return x + put_index(source, index, along, tuple(x.shape), 1)


def _flat(index: Any, shape: Shape) -> Any:
    """Places of entries in a row from rows of coordinates. IndexError for one that is outside."""
    found = index.data if isinstance(index, Tensor) else index
    if np.any(found < 0) or np.any(found >= np.array(shape)):
        raise IndexError(f"coordinates must lie within shape {shape}, got {found.tolist()}")
    places = 0
    for i, length in enumerate(shape):
        places = places * length + index[..., i]
    return places


def gather_nd(x: Any, index: Any) -> Tensor:
    """tf.gather_nd: the entries (or slices) at rows of coordinates."""
    index = whole(index, "gather_nd")
    depth = index.shape[-1]
    if depth > x.ndim:
        raise ValueError(f"gather_nd: {depth} coordinates for shape {x.shape}")
    ahead, rest = tuple(x.shape[:depth]), tuple(x.shape[depth:])
    rows = reshape(x, (math.prod(ahead), *rest))
    return take(rows, _flat(index, ahead), -1 - len(rest), tuple(rows.shape), index.ndim - 1)


def scatter_nd(index: Any, updates: Any, shape: Shape) -> Tensor:
    """tf.scatter_nd: zeros of a shape with the updates added at rows of coordinates."""
    index = whole(index, "scatter_nd")
    depth = index.shape[-1]
    ahead, rest = tuple(shape[:depth]), tuple(shape[depth:])
    if tuple(updates.shape) != (*index.shape[:-1], *rest):
        raise ValueError(f"scatter_nd: {index.shape} and {updates.shape} do not fit {shape}")
    rows = (math.prod(ahead), *rest)
    summed = put_index(updates, _flat(index, ahead), -1 - len(rest), rows, index.ndim - 1)
    return reshape(summed, tuple(shape))
