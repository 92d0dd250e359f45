"""What may stand between the brackets behind an array or a list: x[key]."""

from types import NoneType
from typing import Any

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
