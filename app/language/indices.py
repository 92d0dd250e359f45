"""What may stand between the brackets behind an array or a list: x[key]."""

import math
from types import NoneType
from typing import Any

import numpy as np

from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import NUMPY, TORCH, Array, Value, type_name

_NUMPY = (
    "IndexError: only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer "
    "or boolean arrays are valid indices"
)
_TORCH = (
    "IndexError: only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables "
    "are valid indices (got {})"
)
_TENSORFLOW = (
    "TypeError: Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
    "tf.int32/tf.int64 tensors are valid indices, got {}"
)
_SEVERAL = (list, tuple, slice, Array, NoneType)  # what makes PyTorch read a list as a tuple
_MOST_AS_TUPLE = 32


def array_key(m: Machine, key: Value, kind: str) -> Any:
    """An index of an array: whole numbers, slices, None, ..., or arrays of whole numbers."""
    if kind == TORCH and isinstance(key, list) and len(key) < _MOST_AS_TUPLE:
        several = any(one is Ellipsis or isinstance(one, _SEVERAL) for one in key)
        key = tuple(key) if several else key
    if isinstance(key, tuple):
        m.budget.container(len(key))
        return tuple(_one(m, entry, kind) for entry in key)
    return _one(m, key, kind)


def _one(m: Machine, key: Value, kind: str) -> Any:
    """The index of one axis, or of as many as a mask has."""
    if key is None or key is Ellipsis or isinstance(key, int | slice):
        return key
    if isinstance(key, Array) and key.tensor.dtype.kind in "iub":
        return m.leaves(key).tensor.data
    if isinstance(key, list | tuple | range) and kind in (NUMPY, TORCH):
        m.budget.container(len(key))
        found = m.numbers(m.leaves(list(key)))
        if not found.size:
            return found.astype(int)
        if found.dtype.kind in "iub":
            return found
    got = type_name(key) if kind == TORCH else repr_of(key)
    words = {NUMPY: _NUMPY, TORCH: _TORCH}.get(kind, _TENSORFLOW).format(got)
    raise ProgramError("index_type", framework=words, detail=got)


def chosen(shape: tuple[int, ...], key: Any) -> int:
    """How many entries x[key] has, where arrays among the indices meet each other; 0 where they
    do not fit, which the operation itself says better."""
    keys = list(key) if isinstance(key, tuple) else [key]
    arrays = [one for one in keys if isinstance(one, np.ndarray | np.generic)]
    if not arrays:
        return 0
    taken = sum(_axes(one) for one in keys)
    at = next((i for i, one in enumerate(keys) if one is Ellipsis), len(keys))
    keys[at : at + 1] = [slice(None)] * (len(shape) - taken)
    size, left = 1, list(shape)
    for one in keys:
        if isinstance(one, slice) and left:
            size *= len(range(*one.indices(left[0])))
        del left[: _axes(one)]
    try:
        met = np.broadcast_shapes(*(_places(one) for one in arrays))
    except ValueError:
        return 0
    return size * math.prod(met)


def _axes(key: Any) -> int:
    """How many axes an index is of."""
    if key is None or key is Ellipsis:
        return 0
    mask = isinstance(key, np.ndarray | np.generic) and key.dtype == bool
    return int(np.ndim(key)) if mask else 1


def _places(key: Any) -> tuple[int, ...]:
    """The shape of the places that an index says; a mask says one for each of its trues."""
    return (int(np.count_nonzero(key)),) if key.dtype == bool else tuple(np.shape(key))


def list_index(key: Array) -> int:
    """A tensor that is an index of a list."""
    x = key.tensor
    if x.data.dtype.kind in "iu" and x.size == 1 and (x.ndim == 0 or key.kind == TORCH):
        return int(x.data.reshape(()))
    words = {
        NUMPY: "only integer scalar arrays can be converted to a scalar index",
        TORCH: "only integer tensors of a single element can be converted to an index",
    }
    raise type_error(words.get(key.kind, words[NUMPY]))
