"""Entries of lists, dictionaries and arrays, read and changed; arrays that change in place."""

from typing import Any

import numpy as np

from app.engine.primitives.indexing import full_key, getitem, set_entries, take
from app.engine.primitives.selection import cast
from app.language.classes import ABSENT, special
from app.language.collected import Counter, DefaultDict, Deque
from app.language.errors import ProgramError, key_error, type_error, value_error
from app.language.hashing import hashable
from app.language.indices import array_key, chosen, list_index
from app.language.machine import Machine
from app.language.misfit_words import tupled
from app.language.number_types import torch_type
from app.language.permissions import forbid_in_place
from app.language.text import repr_of
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    VARIABLE,
    Array,
    Instance,
    Record,
    Set,
    Shape,
    Skipped,
    Value,
    type_name,
)
from app.language.versions import count_change, overlook_change
from app.language.views import ArrayView, GradientArray, VariableSlice, is_leaf, root
from app.language.walks import can_be_walked, iterate
from app.story.optimizers import Stepped

MISSING: Any = object()


def item(m: Machine, value: Value, key: Value) -> Value:
    """value[key]"""
    if isinstance(value, Array):
        at = array_key(m, key, value.kind)
        found = entries(m, value, at)
        m.read_at(found.tensor, key)
        if value.kind == VARIABLE:
            return VariableSlice(found, value, at)
        if value.kind == NUMPY and not found.tensor.ndim and _has_ellipsis(at):
            shape = tuple(value.tensor.shape)
            step = (take, (full_key(at, shape), shape))
            found = ArrayView(m, found.tensor, NUMPY, value, step)
            found.boxed = True
        return found
    if isinstance(value, Skipped):
        return value
    if isinstance(value, dict):
        found = value.get(hashable(m, m.leaves(key)), MISSING)
        if found is MISSING and isinstance(value, DefaultDict) and value.make is not None:
            found = value.make()
            store_item(m, value, key, found)
        if found is MISSING and isinstance(value, Counter):
            return 0
        if found is MISSING:
            raise key_error(repr_of(key))
        return found
    if isinstance(value, Instance):
        found = special(m, value, "__getitem__", key)
        if found is not ABSENT:
            return found
    if isinstance(value, Record) and "__getitem__" in value.methods:
        return value.methods["__getitem__"](m, value, key)  # np.c_
    if isinstance(value, Shape):
        value = value.lengths
    if isinstance(value, list | tuple | str | range):
        if isinstance(key, slice) and isinstance(value, Deque):
            raise type_error("sequence index must be integer, not 'slice'")
        if isinstance(key, slice):
            if key.step == 0:
                raise value_error("slice step cannot be zero")
            return value[key]
        if isinstance(key, Array):
            key = list_index(m.leaves(key))
        if not isinstance(key, int):
            words = f"sequence index must be integer, not '{type_name(key)}'"
            if not isinstance(value, Deque):
                words = f"{type_name(value)} indices must be integers or slices, "
                words += f"not {type_name(key)}"
            if isinstance(value, str):
                words = f"string indices must be integers, not '{type_name(key)}'"
            raise type_error(words)
        try:
            return value[key]
        except IndexError:
            kind = {str: "string", range: "range object", Deque: "deque"}.get(type(value))
            kind = kind or type_name(value)
            raise _outside(kind, key) from None
    raise type_error(f"'{type_name(value)}' object is not subscriptable")


def _outside(of: str, key: int) -> ProgramError:
    """Python's IndexError."""
    words = f"{of} index out of range"
    if abs(key) >= 2**63 and of != "range object":
        words = "cannot fit 'int' into an index-sized integer"
    return ProgramError("index", framework=f"IndexError: {words}", detail=str(key))


def _has_ellipsis(at: Any) -> bool:
    return at is Ellipsis or (isinstance(at, tuple) and any(one is Ellipsis for one in at))


def entries(m: Machine, value: Array, at: Any) -> Array:
    """value[at], its size charged before it is made."""
    m.budget.array((chosen(tuple(value.tensor.shape), at),))

    def index(x: Any) -> Any:
        return getitem(x, at)

    return m.apply(index, value)


def store_item(m: Machine, owner: Value, key: Value, value: Value) -> None:
    """owner[key] = value"""
    if isinstance(owner, dict):
        m.budget.container(len(owner) + 1)
        owner[hashable(m, m.leaves(key))] = value
    elif isinstance(owner, list):
        _store_in_list(m, owner, key, value)
    elif isinstance(owner, Array):
        _store_in_array(m, owner, key, value)
    elif isinstance(owner, Skipped):
        return
    elif special(m, owner, "__setitem__", key, value) is ABSENT:
        raise type_error(f"'{type_name(owner)}' object does not support item assignment")


def _store_in_list(m: Machine, owner: list[Value], key: Value, value: Value) -> None:
    if isinstance(key, slice) and isinstance(owner, Deque):
        raise type_error("sequence index must be integer, not 'slice'")
    if isinstance(key, slice):
        if not can_be_walked(m, value):
            only = key.step is None or key.step == 1
            words = (
                "can only assign an iterable" if only else "must assign iterable to extended slice"
            )
            raise type_error(words)
        value = list(iterate(m, value))
        m.budget.container(len(owner) + len(value))
        try:
            owner[key] = value
        except ValueError as problem:
            raise value_error(str(problem)) from None
        return
    if not isinstance(key, int):
        raise type_error(f"list indices must be integers or slices, not {type_name(key)}")
    try:
        owner[key] = value
    except IndexError as problem:
        raise ProgramError("index", framework=f"IndexError: {problem}", detail=str(key)) from None


def _store_in_array(m: Machine, owner: Array, key: Value, value: Value) -> None:
    """A copy with the entries changed takes the array's place; values seen before stay."""
    if owner.kind in (TENSORFLOW, VARIABLE):
        raise type_error(f"'{type_name(owner)}' object does not support item assignment")
    at = array_key(m, key, owner.kind)
    plain = not any(isinstance(one, np.ndarray) for one in (at if isinstance(at, tuple) else (at,)))
    if plain and isinstance(owner, ArrayView) and owner.stretched:
        owner, at = entries(m, owner, at), ...  # may be a part where no number is shown twice
    if isinstance(value, list | tuple):
        value = m.leaf(m.numbers(value), owner.kind)
    if not isinstance(value, Array | int | float):
        raise type_error(f"an array cannot hold {type_name(value)}")
    forbid_in_place(m, owner, value, part=plain)
    m.budget.array(owner.tensor.shape)
    m.budget.array((chosen(tuple(owner.tensor.shape), at),))
    if owner.tensor.tracked and (owner.tensor.op is None or not m.grad_enabled):
        new = value.tensor.data if isinstance(value, Array) else value  # only its numbers change
        replace(m, owner, _checked(lambda: set_entries(owner.tensor.data, new, at).data))
        return

    def setitem(x: Any, new: Any) -> Any:
        return set_entries(x, new, at)

    changed = _checked(lambda: m.apply(setitem, owner, value, kind=owner.kind))
    m.read_at(changed.tensor, key)
    become(m, owner, changed)


def delete_item(m: Machine, owner: Value, key: Value) -> None:
    """del owner[key]"""
    if isinstance(owner, Counter):
        owner.pop(hashable(m, key), None)
    elif isinstance(owner, dict):
        item(m, owner, key)  # raises where there is no such key
        del owner[hashable(m, key)]
    elif isinstance(owner, list):
        if isinstance(key, int) and not -len(owner) <= key < len(owner):
            raise _outside("list assignment", key)
        if not isinstance(key, slice):
            item(m, owner, key)
        elif key.step == 0:
            raise value_error("slice step cannot be zero")
        del owner[key]
    elif special(m, owner, "__delitem__", key) is ABSENT:
        row = isinstance(key, int) and isinstance(owner, str | tuple | range | Set | Shape)
        words = "doesn't" if row else "does not"
        raise type_error(f"'{type_name(owner)}' object {words} support item deletion")


def _checked(work: Any) -> Any:
    try:
        return work()
    except (IndexError, ValueError, TypeError) as problem:
        words = f"IndexError: {problem}"
        raise ProgramError("index", framework=words, detail=str(problem)) from None


def become(m: Machine, owner: Array, new: Array, written: Array | None = None) -> None:
    """The same array of the program, changed in place: its aliases see it, its past stays.

    written: what was written through a view of it, by which it became `new`."""
    if isinstance(owner, ArrayView) and not _base_becomes(m, owner, new):
        return
    old = owner.tensor
    name = old.origin[0] if old.origin else None
    new.tensor.data = _laid_out_as(old.data, new.tensor.data)
    owner.tensor = new.tensor
    if owner.kind == TORCH and not isinstance(owner, ArrayView):
        count_change(m, old, new.tensor, written.tensor if written else None)
    if name is not None:
        m.recorder.bind(name, new.tensor, carried=False)


def _laid_out_as(before: Any, data: Any) -> Any:
    """The numbers in the memory of what they replace: its strides tell what is a view of it."""
    if not isinstance(data, np.ndarray) or before.strides == data.strides:
        return data
    result = np.empty_like(before, data.dtype)
    result[...] = data
    return result


def _base_becomes(m: Machine, view: ArrayView, new: Array) -> bool:
    """Puts what a view becomes into its base. Whether it has a history of its own then; else it
    takes from there what it shows, with the strides that it has there."""
    base = view.base
    if view.cut and base.tensor.tracked:
        if new.tensor.tracked and not view.detached:
            raise ProgramError("in_place_detached")
        replace(m, base, view.numbers_with(new.tensor.data), counted=not view.uncounted)
        return new.tensor.tracked
    become(m, base, m.apply(view.put_back, base, new, kind=base.kind), new)
    return base.kind != TORCH and new.tensor.tracked


def in_place(m: Machine, old: Array, new: Array, ufunc: str = "") -> bool:
    """Whether `old += …` changed old itself; if so it now holds the new value. ufunc: NumPy's name
    for what is done."""
    if old.kind not in (NUMPY, TORCH):
        if old.kind == VARIABLE:
            words = "'ResourceVariable' is rebound to a tensor by an augmented assignment"
            m.note("rebound", words)
        return False
    if old.kind == NUMPY:
        return _numpy_in_place(m, old, new, ufunc)
    forbid_in_place(m, old, new)
    new = _fitting(m, old, new)
    if m.grad_enabled or not old.tensor.tracked:
        become(m, old, new)
    else:
        replace(m, old, new.tensor.data)
    return True


def inside(m: Machine, x: Array, found: Array, wanted: Value) -> Array:
    """The result of a function of x; with inplace=True x itself, which now holds it."""
    if not wanted:
        return found
    in_place(m, x, found)
    return x


def _fitting(m: Machine, old: Array, new: Array) -> Array:
    """What a PyTorch tensor becomes in place: it keeps its shape and its type."""
    mine, other = old.tensor.dtype, new.tensor.dtype
    if old.tensor.shape != new.tensor.shape:
        shapes = [list(x.tensor.shape) for x in (old, new)]
        words = f"output with shape {shapes[0]} doesn't match the broadcast shape {shapes[1]}"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    if not np.can_cast(other, mine, "same_kind"):
        names = [torch_type(dtype) for dtype in (other, mine)]
        words = "result type {} can't be cast to the desired output type {}".format(*names)
        raise ProgramError("dtype", framework=f"RuntimeError: {words}", detail=f"{mine}, {other}")
    return new if mine == other else m.apply(lambda t: cast(t, mine), new)


def _numpy_in_place(m: Machine, old: Array, new: Array, ufunc: str) -> bool:
    """An ndarray changes in place, for all its names; a NumPy scalar is a new one."""
    if not (old.tensor.ndim or old.boxed or isinstance(old, ArrayView)):
        return False
    mine, other = old.tensor.dtype, new.tensor.dtype
    if not np.can_cast(other, mine, "same_kind"):
        words = f"Cannot cast ufunc '{ufunc}' output from {other!r} to {mine!r} with casting rule "
        words += "'same_kind'"
        raise ProgramError("dtype", framework=f"UFuncTypeError: {words}", detail=f"{mine}, {other}")
    if old.tensor.shape != new.tensor.shape:
        words = f"non-broadcastable output operand with shape {tupled(old.tensor.shape)} doesn't "
        words += f"match the broadcast shape {tupled(new.tensor.shape)}"
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
    forbid_in_place(m, old)
    become(m, old, new if mine == other else m.apply(lambda t: cast(t, mine), new))
    return True


def _unlike(array: Array, shape: tuple[int, ...]) -> str:
    mine = array.tensor.shape
    if array.kind == VARIABLE:
        words = "Cannot assign value to variable ' Variable:0': Shape mismatch.The variable shape "
        return f"ValueError: {words}{mine}, and the assigned value shape {shape} are incompatible."
    return f"ValueError: shapes {shape} and {mine} are incompatible"


def same_shape(array: Array, shape: tuple[int, ...]) -> None:
    """What an array is given must have its shape."""
    mine = array.tensor.shape
    if tuple(shape) != tuple(mine):
        raise ProgramError("shape", framework=_unlike(array, shape), detail=f"{shape}, {mine}")


def overwrite(m: Machine, array: Array, data: Value) -> None:
    """All numbers of a PyTorch tensor are replaced in place: a step of the graph it is part of.

    What wants a gradient and is not followed now, and a .grad, only hold other numbers."""
    tensor = array.tensor
    if isinstance(root(array), GradientArray) or (tensor.tracked and not m.grad_enabled):
        replace(m, array, np.broadcast_to(data, tensor.shape))
        return
    new: Value = data
    if np.ndim(data):
        new = m.leaf(np.asarray(data).astype(tensor.dtype), TORCH)
    become(m, array, m.apply(lambda x, new: set_entries(x, new, ...), array, new))


def replace(
    m: Machine, array: Array, data: Value, counted: bool = True, by: Stepped | None = None
) -> None:
    """The array holds other numbers from now on. counted: whether as a change in place; by: the
    step of an optimizer that gave them."""
    tensor = array.tensor
    same_shape(array, np.shape(data))
    fresh = np.asarray(data).astype(tensor.data.dtype)
    if isinstance(array, ArrayView) and not is_leaf(tensor):
        base = array.base
        if base.kind == TORCH and base.tensor.tracked:
            replace(m, base, array.numbers_with(fresh), counted and not array.uncounted)
        else:
            become(m, array, m.leaf(fresh, array.kind))
        return
    before, tensor.data = tensor.data, _laid_out_as(tensor.data, fresh[()])
    if tensor.tracked or array.kind == VARIABLE:
        m.recorder.update(tensor, before, tensor.data, by)
    if array.kind == TORCH:
        count_change(m, tensor) if counted else overlook_change(m)
    if isinstance(array, ArrayView):
        base = array.base
        whole = array.numbers_with(fresh)
        if base.kind == TORCH:
            replace(m, base, whole, counted and not array.uncounted)
        else:
            become(m, base, m.leaf(whole, base.kind))
