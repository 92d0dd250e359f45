"""Arrays joined, cut, copied, turned, bordered: what all frameworks do alike, by one set of names.

A dialect takes what it has from `arranging(kind)` and says its own names of the arguments.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine import primitives as p
from app.language.dialects.common import array, cast, lengths
from app.language.dialects.tables import Table
from app.language.errors import ProgramError, type_error, value_error
from app.language.hashing import Steps
from app.language.machine import Machine
from app.language.misfits import Call
from app.language.number_types import refuse
from app.language.promotion import unequal
from app.language.values import NUMPY, TENSORFLOW, TORCH, Array, Shape, Value, type_name
from app.language.views import copied
from app.language.walks import iterate

PART = 10  # steps that one of many arrays takes to be joined


def whole(value: Value, steps: Steps | None = None) -> Any:
    """A whole number, or a tuple of them, also where a list or a tensor holds them; None stays."""
    if isinstance(value, Array) and value.tensor.dtype.kind in "iu":
        (steps or Steps()).take(value.tensor.size)
        found = value.tensor.data.tolist()
        return tuple(found) if isinstance(found, list) else found
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, Shape):
        return value.lengths
    if isinstance(value, list | tuple):
        steps = steps or Steps()
        steps.take(1 + len(value))
        return tuple(whole(one, steps) for one in value)
    raise type_error(f"a whole number is needed here, not {type_name(value)}")


def several(given: Sequence[Value]) -> Any:
    """Whole numbers that stand as arguments of their own, or as one list: x.repeat(2, 3)."""
    return whole(given[0] if len(given) == 1 else tuple(given))


def parts(m: Machine, given: Value, kind: str, kernel: str = "ConcatV2") -> list[Array]:
    """The arrays to be joined, of one number type where the framework brings them to one."""
    values = list(iterate(m, given))
    own = [one for one in values if isinstance(one, Array) and one.kind != NUMPY]
    beside = own[0].tensor.dtype if own and kind == TENSORFLOW else None
    found = [
        array(m, one, kind, beside)  # plain numbers give way
        if not isinstance(one, Array) or (beside and one.kind == NUMPY)
        else one
        for one in values
    ]
    types = {one.tensor.dtype for one in found}
    if len(types) < 2:
        return found
    if kind == TENSORFLOW:
        at = next(i for i, one in enumerate(found) if one.tensor.dtype != found[0].tensor.dtype)
        first, other = (found[i].tensor.dtype for i in (0, at))
        refuse(
            f"InvalidArgumentError: {unequal(kernel, first, other, at)} [Op:{kernel}]", first, other
        )
    floats = [one for one in types if one.kind == "f"]
    common = np.result_type(*(floats if kind == TORCH and floats else types))
    return [cast(m, one, common) if one.tensor.dtype != common else one for one in found]


def arranging(kind: str) -> Table:
    """The functions for arrays of this framework."""

    def joined(function: Any, axis: Any = None) -> Any:
        """A function of a list of arrays. axis: its default; without one it takes none."""

        def call(m: Machine, tensors: Value, axis: Value = axis, name: Value = None) -> Array:
            kernel = "Pack" if function is p.joining.join_new else "ConcatV2"
            found = parts(m, tensors, kind, kernel)
            m.budget.steps(PART * len(found))
            m.budget.array((sum(one.tensor.size for one in found),))
            if function in NO_AXIS:
                return m.apply(lambda *xs: function(xs), *found, kind=kind)
            at, known = whole(axis), "join_new" if kernel == "Pack" else "concatenate"
            call = Call(known, lambda *xs: function(xs, axis=at), at)
            return m.apply(call, *found, kind=kind)

        return call

    def cut(m: Machine, x: Array, places: Sequence[int], axis: int) -> list[Value]:
        """x cut before these places."""
        stops = [*places, x.tensor.shape[axis]]
        rest = (slice(None),) * (x.tensor.ndim - 1 - axis % x.tensor.ndim)
        m.budget.container(len(stops))
        return [
            m.apply(lambda t, key=(..., slice(a, b), *rest): p.indexing.getitem(t, key), x)
            for a, b in zip([0, *places], stops, strict=True)
        ]

    def array_split(
        m: Machine, x: Value, indices_or_sections: Value, axis: Value = 0
    ) -> list[Value]:
        x, at, count = array(m, x, kind), whole(axis), whole(indices_or_sections)
        n = length(x, at)
        if not isinstance(count, int):
            return cut(m, x, count, at)
        if count < 1:
            raise value_error("number sections must be larger than 0.")
        m.budget.container(count)
        each, longer = divmod(n, count)
        return cut(m, x, [each * i + min(i, longer) for i in range(1, count)], at)

    def split(m: Machine, x: Value, indices_or_sections: Value, axis: Value = 0) -> list[Value]:
        x, at, count = array(m, x, kind), whole(axis), whole(indices_or_sections)
        if isinstance(count, int) and (count < 1 or length(x, at) % count):
            raise value_error("array split does not result in an equal division")
        return array_split(m, x, count, at)

    def pieces(m: Machine, x: Value, split_size: Value, axis: Value = 0) -> tuple[Value, ...]:
        """Pieces of a length, the last one shorter, or of the lengths that are listed."""
        x, at, size = array(m, x, kind), whole(axis), whole(split_size)
        n = length(x, at)
        if isinstance(size, int):
            if size < 1:
                raise value_error(f"split expects a positive split_size, but got {size}")
            m.budget.container(n // size + 1)
            return tuple(cut(m, x, range(size, n, size), at))
        if sum(size) != n:
            words = "split_with_sizes expects split_sizes to sum exactly to "
            words += f"{n} (input tensor's size at dimension {at}), "
            words += f"but got split_sizes={list(size)}"
            raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=f"{n}, {size}")
        ends = np.cumsum(size)[:-1].tolist()
        return tuple(cut(m, x, ends, at))

    def chunk(m: Machine, x: Value, chunks: Value, axis: Value = 0) -> tuple[Value, ...]:
        x, count = array(m, x, kind), whole(chunks)
        if count < 1:
            words = f"chunk expects `chunks` to be greater than 0, got: {count}"
            raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
        return pieces(m, x, max(1, math.ceil(length(x, whole(axis)) / count)), axis)

    def unstack(m: Machine, x: Value, axis: Value = 0) -> tuple[Value, ...]:
        x, at = array(m, x, kind), whole(axis)
        n = length(x, at)
        m.budget.container(n)
        rest = (slice(None),) * (x.tensor.ndim - 1 - at % x.tensor.ndim)
        return tuple(
            m.apply(lambda t, key=(..., i, *rest): p.indexing.getitem(t, key), x) for i in range(n)
        )

    def tile(m: Machine, x: Value, *reps: Value, name: Value = None) -> Array:
        x, counts = array(m, x, kind), several(reps)
        counts = (counts,) if isinstance(counts, int) else counts
        lengths(m, *(x.tensor.size, *counts))
        return m.apply(lambda t: p.joining.tile(t, counts), x)

    def repeat(m: Machine, x: Value, repeats: Value, axis: Value = None) -> Array:
        x, times, at = array(m, x, kind), whole(repeats), whole(axis)
        each = times if isinstance(times, int) else max((0, *times))
        if np.min(times, initial=0) < 0:
            raise value_error("repeats may not contain negative values.")
        lengths(m, x.tensor.size, each)
        return m.apply(lambda t: p.joining.repeat(t, times, at), x)

    def moved(function: Any) -> Any:
        """A function of one array and of whole numbers: which axes, how far."""

        def call(m: Machine, x: Value, *given: Value, name: Value = None, **named: Value) -> Array:
            numbers = [whole(one) for one in given]
            settings = {key: whole(value) for key, value in named.items()}
            x = array(m, x, kind)
            call = Call(
                function.__name__,
                lambda t: function(t, *numbers, **settings),
                *numbers,
                *settings.values(),
            )
            found = m.apply(call, x)
            found.boxed = bool(x.boxed or x.tensor.ndim)
            return found

        return call

    def broadcast_to(m: Machine, x: Value, shape: Value, name: Value = None) -> Array:
        wanted = lengths(m, shape)
        call = Call("broadcast_to", lambda t: p.shaping.broadcast_to(t, wanted), wanted)
        return m.apply(call, array(m, x, kind))

    def expand(m: Machine, x: Value, *shape: Value) -> Array:
        wanted, x = several(shape), array(m, x, kind)
        wanted = (wanted,) if isinstance(wanted, int) else wanted
        mine = (1,) * (len(wanted) - x.tensor.ndim) + tuple(x.tensor.shape)
        full = [a if b == -1 else b for a, b in zip(mine, wanted, strict=True)]
        return broadcast_to(m, x, tuple(full))

    def triangle(name: str) -> Any:
        def call(m: Machine, x: Value, k: Value = 0) -> Array:
            x = array(m, x, kind)
            if x.tensor.ndim < 2:
                raise value_error(f"{name}: input tensor must have at least 2 dimensions")
            return m.apply(lambda t: getattr(p.diagonals, name)(t, whole(k)), x)

        return call

    def diag(m: Machine, x: Value, k: Value = 0) -> Array:
        x, offset = array(m, x, kind), whole(k)
        if x.tensor.ndim == 1:
            lengths(m, *(x.tensor.size + abs(offset),) * 2)
        return m.apply(Call("diag", lambda t: p.diagonals.diag(t, offset)), x)

    def diag_embed(m: Machine, x: Value, k: Value = 0, name: Value = None) -> Array:
        x, offset = array(m, x, kind), whole(k)
        if not x.tensor.ndim:
            raise value_error("a diagonal needs at least one axis")
        lengths(m, x.tensor.size + abs(offset), x.tensor.shape[-1] + abs(offset))
        return m.apply(lambda t: p.diagonals.diagonal_matrix(t, offset), x)

    def outer(m: Machine, x: Value, y: Value) -> Array:
        return m.apply(p.linear.outer, array(m, x, kind), array(m, y, kind), kind=kind)

    return {
        "concatenate": joined(p.joining.join, 0),
        "stack": joined(p.joining.join_new, 0),
        **{name: joined(getattr(p.joining, name)) for name in ("vstack", "hstack", "column_stack")},
        "array_split": array_split,
        "split": split,
        "pieces": pieces,
        "chunk": chunk,
        "unstack": unstack,
        "tile": copied(tile),
        "repeat": copied(repeat),
        "flip": moved(p.turning.flip),
        "roll": moved(p.turning.roll),
        "squeeze": moved(p.shaping.squeeze),
        "expand_dims": moved(p.shaping.expand_dims),
        "moveaxis": moved(p.shaping.moveaxis),
        "swapaxes": moved(p.shaping.swapaxes),
        "diagonal": moved(p.diagonals.diagonal),
        "trace": moved(p.diagonals.trace),
        "broadcast_to": broadcast_to,
        "expand": expand,
        "triu": triangle("triu"),
        "tril": triangle("tril"),
        "diag": diag,
        "diag_embed": diag_embed,
        "outer": outer,
    }


NO_AXIS = (p.joining.vstack, p.joining.hstack, p.joining.column_stack)


def length(x: Array, axis: int) -> int:
    """The length of an axis. Raises AxisError as the operations do."""
    (at,) = p.reductions.negative_axes(x.tensor.ndim, axis)
    return int(x.tensor.shape[at])
