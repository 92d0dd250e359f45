"""Entries by key: numbers, slices, None, ..., masks, arrays of places; read, put back, replaced.

A key of an Op starts with an Ellipsis, so leading axes are a batch.
"""

import math
from typing import Any
from weakref import ref

import numpy as np

from app.engine.modes import Recording, record
from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.comparisons import equal
from app.engine.primitives.counts import all_of
from app.engine.primitives.gathering import add_up, lead, take_axis
from app.engine.primitives.reductions import reduce
from app.engine.primitives.shaping import reshape
from app.engine.tensor import Tensor, decisions, frozen

Shape = tuple[int, ...]
ALL = slice(None)


def _arrays(key: Any) -> list[Any]:
    return [np.asarray(one) for one in key if isinstance(one, np.ndarray | list)]


def _apart(key: Any) -> bool:
    """Whether slices stand between the arrays (and numbers): NumPy then moves their axes ahead.

    Of a batch that would be ahead of the batch's axes.
    """
    if not _arrays(key):
        return False
    kinds = [isinstance(one, np.ndarray | list | int) for one in key]
    first = kinds.index(True)
    last = len(kinds) - kinds[::-1].index(True)
    return not all(kinds[first:last])


def _positions(key: Any, shape: Shape) -> Any:
    """The places of the chosen entries when all are in a row."""
    return np.arange(math.prod(shape)).reshape(shape)[key]


def chosen_shape(key: Any, shape: Shape) -> Shape:
    """The shape of what a key chooses."""
    chosen: Any = np.broadcast_to(False, shape)[key]
    return tuple(chosen.shape)


def _put(g: Any, key: Any, shape: Shape) -> Any:
    if all(one.dtype == bool for one in _arrays(key)):
        ahead = lead(g, len(chosen_shape(key, shape)))
        result = np.zeros(ahead + shape, g.dtype)  # no entry is chosen twice
        result[key] = g
        return result
    places = _positions(key, shape)
    ahead = lead(g, places.ndim)
    values, flat = g.reshape(math.prod(ahead), -1), places.reshape(1, -1)
    return add_up(values, flat, math.prod(shape)).reshape(ahead + shape)


take: Op = Op(
    "getitem",
    lambda x, key, shape: x[key],
    lambda g, z, x, key, shape: apply(put, g, key, shape),
    latex=r"{0!}[\cdot]",
    level=5,
    sign="x[i]",
    elementwise=False,
    saves=False,
    python="{0}[{1}]",
    why=N_("The chosen entries receive the gradient, all others zero; chosen twice, they add up."),
)
put: Op = Op(
    "put",
    _put,
    lambda g, z, x, key, shape: apply(take, g, key, shape),
    latex=r"\operatorname{put} {0!}",
    sign="put",
    elementwise=False,
    saves=False,
    why=N_("The gradient is read back from where the entries were put."),
)


def _stored(x: Any, value: Any, key: Any, shape: Shape, rank: int) -> Any:
    ahead = lead(x, len(shape))
    if isinstance(value, np.ndarray | np.generic):
        own = lead(value, rank)
        if own:  # the value carries the batch: axes of length 1 where it is broadcast
            width = len(chosen_shape(key, shape))
            value = value.reshape(*own, *(1,) * (width - rank), *value.shape[len(own) :])
            ahead = ahead or own
    result = np.array(np.broadcast_to(x, ahead + shape))
    result[key] = value
    return result


setitem: Op = Op(
    "setitem",
    _stored,
    lambda g, z, x, value, key, shape, rank: apply(setitem, g, 0, key, shape, 0),
    lambda g, z, x, value, key, shape, rank: apply(take, g, key, shape),
    latex=r"{0!}[\cdot] \leftarrow {1}",
    level=0,
    sign="x[i]=",
    text="{0}[…] ← {1}",
    elementwise=False,
    saves=False,
    why=N_("Replaced entries pass their gradient to what replaced them, the others keep theirs."),
)


def _fixed(one: Any) -> Any:
    """A part of a key as it stays in the graph; a replay that would choose otherwise diverges."""
    if not isinstance(one, Tensor):
        return np.asarray(one) if isinstance(one, list) else one
    return np.asarray(leave(one))


def leave(x: Tensor) -> Any:
    """The numbers of x outside the graph; a replay where they would be others diverges."""
    if decisions.get() is not None:
        with record(Recording.EVERYTHING):
            bool(reduce(all_of, equal(x, x.data)))
    return x.data


def _frozen(result: Tensor, keys: Any) -> Tensor:
    """The result at a key, of which some parts were Tensors."""
    fixed = [one for one in keys if isinstance(one, Tensor)]
    if fixed and result.op is not None:
        at, known = id(result), frozen
        known[at] = (ref(result, lambda gone: known.pop(at, None)), fixed)
    return result


def full_key(key: Any, shape: Shape) -> tuple[Any, ...]:
    """The key with its Ellipsis in front and a slice for each axis that it does not name."""
    keys = [_fixed(one) for one in (key if isinstance(key, tuple) else (key,))]
    keys = [int(one) if isinstance(one, np.integer) else one for one in keys]
    keys = [  # True adds an axis, a number among arrays is one of them: as arrays both are
        np.asarray(one) if isinstance(one, bool | np.bool_) else one for one in keys
    ]
    used = 0
    for one in keys:
        boolean = isinstance(one, np.ndarray) and one.dtype == bool
        used += one.ndim if boolean else one is not None and one is not Ellipsis
    at = next((i for i, one in enumerate(keys) if one is Ellipsis), len(keys))
    return (..., *keys[:at], *([ALL] * (len(shape) - used)), *keys[at + 1 :])


def getitem(x: Any, key: Any) -> Tensor:
    """The entries of x at a key (numbers, slices, None, arrays); IndexError where it is not."""
    keys = key if isinstance(key, tuple) else (key,)
    tensors = [i for i, one in enumerate(keys) if isinstance(one, Tensor)]
    if len(tensors) == 1 and keys[tensors[0]].dtype.kind in "iu":
        (at,) = tensors
        if all(isinstance(one, slice) and one == ALL for one in keys[:at] + keys[at + 1 :]):
            return take_axis(x, keys[at], at)  # a replay looks up the new places
    shape = tuple(x.shape)
    full = full_key(key, shape)
    if not _apart(full):
        return _frozen(take(x, full, shape), keys)
    flat = reshape(x, (x.size,))
    return _frozen(take(flat, (..., _positions(full, shape)), (x.size,)), keys)


def set_entries(x: Any, value: Any, key: Any) -> Tensor:
    """x with the entries at a key replaced by a value that broadcasts to them."""
    shape = tuple(x.shape)
    rank = value.ndim if isinstance(value, Tensor) else np.ndim(value)
    full = full_key(key, shape)
    keys = key if isinstance(key, tuple) else (key,)
    if not _apart(full):
        return _frozen(setitem(x, value, full, shape, rank), keys)
    flat = reshape(x, (x.size,))
    stored = setitem(flat, value, (..., _positions(full, shape)), (x.size,), rank)
    return reshape(_frozen(stored, keys), shape)


setattr(Tensor, "__float__", lambda x: float(leave(x)))  # noqa: B010
setattr(Tensor, "__getitem__", getitem)  # noqa: B010
