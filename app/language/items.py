"""Entries of lists, dictionaries and arrays, read and changed; arrays that change in place."""

from typing import Any

import numpy as np

from app.engine.primitives.selection import getitem
from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.operators import hashable
from app.language.text import repr_of
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    VARIABLE,
    Array,
    Shape,
    Skipped,
    Value,
    type_name,
)

MISSING: Any = object()


def item(m: Machine, value: Value, key: Value) -> Value:
    """value[key]"""
    if isinstance(value, Array):
        at = array_key(key)
        return m.apply(lambda x: getitem(x, at), value)
    if isinstance(value, Skipped):
        return value
    if isinstance(value, dict):
        found = value.get(hashable(key), MISSING)
        if found is MISSING:
            raise ProgramError("key", framework=f"KeyError: {key!r}", detail=repr_of(key))
        return found
    if isinstance(value, Shape):
        value = value.lengths
    if isinstance(value, list | tuple | str | range):
        if isinstance(key, slice):
            return value[key]
        if isinstance(key, Array):
            key = int(key.tensor.data) if key.tensor.size == 1 else key
        if not isinstance(key, int):
            words = f"{type_name(value)} indices must be integers or slices, not {type_name(key)}"
            raise type_error(words)
        try:
            return value[key]
        except IndexError:
            words = f"IndexError: {type_name(value)} index out of range"
            raise ProgramError("index", framework=words, detail=str(key)) from None
    raise type_error(f"'{type_name(value)}' object is not subscriptable")


def array_key(key: Value) -> Any:
    """An index of an array: whole numbers, slices, None, ..., or an array of them."""
    if isinstance(key, tuple):
        return tuple(array_key(one) for one in key)
    if isinstance(key, Array) and key.tensor.dtype.kind in "iub":
        return key.tensor.data
    if isinstance(key, list) and all(isinstance(one, int) for one in key):
        return np.array(key)
    if key is None or key is Ellipsis or isinstance(key, int | slice):
        return key
    raise type_error(f"an array cannot be indexed by {type_name(key)}")


def store_item(m: Machine, owner: Value, key: Value, value: Value) -> None:
    """owner[key] = value"""
    if isinstance(owner, dict):
        m.budget.container(len(owner) + 1)
        owner[hashable(key)] = value
    elif isinstance(owner, list):
        _store_in_list(owner, key, value)
    elif isinstance(owner, Array):
        _store_in_array(m, owner, key, value)
    else:
        raise type_error(f"'{type_name(owner)}' object does not support item assignment")


def _store_in_list(owner: list[Value], key: Value, value: Value) -> None:
    if not isinstance(key, int):
        raise type_error(f"list indices must be integers, not {type_name(key)}")
    try:
        owner[key] = value
    except IndexError as problem:
        raise ProgramError("index", framework=f"IndexError: {problem}", detail=str(key)) from None


def _store_in_array(m: Machine, owner: Array, key: Value, value: Value) -> None:
    """A copy with the entries changed takes the array's place; values seen before stay."""
    if owner.kind in (TENSORFLOW, VARIABLE):
        raise type_error(f"'{type_name(owner)}' object does not support item assignment")
    forbid_in_place(m, owner)
    before = owner.tensor.data
    m.budget.array(before.shape)
    changed = np.array(before)
    new = value.tensor.data if isinstance(value, Array) else value
    if isinstance(new, list | tuple):
        new = m.numbers(new)
    try:
        changed[array_key(key)] = new
    except (IndexError, ValueError, TypeError) as problem:
        raise ProgramError(
            "index", framework=f"IndexError: {problem}", detail=str(problem)
        ) from None
    replace(m, owner, changed)


def in_place(m: Machine, old: Array, new: Array) -> bool:
    """Whether `old += …` changed old itself; if so it now holds the new value."""
    if old.kind not in (NUMPY, TORCH):
        if old.kind == VARIABLE:
            words = "'ResourceVariable' is rebound to a tensor by an augmented assignment"
            m.note("rebound", words)
        return False
    if old.kind == NUMPY:
        return False  # rebinding shows the same numbers, and keeps the link to what made them
    if old.tensor.op is not None or (new.tensor.tracked and not old.tensor.tracked):
        return False  # part of the graph: the result takes its place
    forbid_in_place(m, old)
    replace(m, old, new.tensor.data)
    return True


def forbid_in_place(m: Machine, array: Array) -> None:
    """A leaf that wants a gradient may be changed only where nothing is tracked."""
    tensor = array.tensor
    if array.kind == TORCH and tensor.tracked and tensor.op is None and m.grad_enabled:
        words = "a leaf Variable that requires grad is being used in an in-place operation."
        raise ProgramError("in_place", framework=f"RuntimeError: {words}")


def replace(m: Machine, array: Array, data: Value) -> None:
    """The array holds other numbers from now on."""
    tensor = array.tensor
    before = tensor.data
    if np.shape(data) != before.shape:
        raise ProgramError(
            "shape",
            framework=f"ValueError: shapes {np.shape(data)} and {before.shape} are incompatible",
            detail=f"{np.shape(data)}, {before.shape}",
        )
    fresh = np.asarray(data).astype(before.dtype)
    tensor.data = fresh[()] if fresh.ndim == 0 else fresh
    if tensor.tracked or array.kind == VARIABLE:
        m.recorder.update(tensor, before, tensor.data)
    if array.shares is not None:
        replace(m, array.shares, data)
