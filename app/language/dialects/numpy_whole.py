"""NumPy's functions that are one step here: counts, quantiles, fits, places.

Their results have no history, as nothing of NumPy has; append, diff and np.c_ are made of the
operations of the engine.
"""

import math
import warnings
from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.dialects.arranging import arranging, whole
from app.language.dialects.common import array, dtype_of
from app.language.dialects.tables import Table
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.values import NUMPY, Array, Record, Shape, Value, Walk

ARRANGED = arranging(NUMPY)


# Options that write into what they are given, and what they are where nothing is written.
IN_PLACE = {"out": None, "copy": True, "overwrite_input": False}


def _made(m: Machine, data: Any) -> Value:
    """A result as NumPy gives it: a number of its own type, an array, several of them."""
    if isinstance(data, tuple | list):
        return tuple(_made(m, one) for one in data)
    return m.leaf(data, NUMPY)


def one_step(
    function: Callable[..., Any],
    arrays: int = 1,
    room: Callable[..., int] | None = None,
    work: Callable[..., int] | None = None,
) -> Callable[..., Value]:
    """A function whose first arguments are arrays and whose others are plain.

    room: how many numbers it makes or goes through, of all arguments, where these may be more than
    the arrays have; work: how many multiplications it takes, where these are more than that. Both
    are charged before.
    """

    def call(m: Machine, *given: Value, **named: Value) -> Value:
        for name, option in named.items():
            if name in IN_PLACE and option is not IN_PLACE[name]:
                raise unsupported(
                    N_("{name} as an option of NumPy (a result is an array of its own here)"),
                    name=name,
                )
        found = [array(m, x, NUMPY) for x in given[:arrays]]
        more = [_plain(m, x) for x in given[arrays:]]
        rest = {name: _plain(m, x) for name, x in named.items()}
        data = [*(x.tensor.data for x in found), *more]
        size = sum(np.size(x) for x in data[:arrays])
        try:
            data, rest = _bound(function, data, rest)
            count = max(size, int(room(*data, **rest))) if room else size
            m.budget.array((count,))
            m.budget.work(max(count, int(work(*data, **rest))) if work else count)
            with warnings.catch_warnings(action="ignore"):  # of means of nothing: nan says it
                return _made(m, function(*data, **rest))
        except np.linalg.LinAlgError as problem:
            words = f"LinAlgError: {problem}"
            raise ProgramError("value", framework=words, detail=str(problem)) from None
        except TypeError as problem:
            raise type_error(str(problem)) from None
        except (ValueError, IndexError) as problem:
            raise value_error(str(problem)) from None

    return call


def _bound(
    function: Callable[..., Any], given: list[Any], named: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments by their places, as far as they have one. Raises NumPy's TypeError where they
    do not find their parameters."""
    try:
        found = signature(function).bind(*given, **named)
    except TypeError:
        return function(*given, **named)  # type: ignore[no-any-return]  # it says so itself
    return list(found.args), dict(found.kwargs)


def pairs(a: Any, b: Any, *more: Any, **rest: Any) -> int:
    """Every entry of one with every entry of the other."""
    return int(np.size(a) * np.size(b))


def _row_pairs(a: Any, b: Any, *more: Any) -> int:
    """Every row of one with every row of the other."""
    return pairs(a, b) // (math.prod(np.shape(a)[-1:] + np.shape(b)[-1:]) or 1)


def _met(*shapes: tuple[int, ...]) -> int:
    """Entries of what arrays of these shapes broadcast to; 0 where NumPy will say why not."""
    try:
        return int(math.prod(np.broadcast_shapes(*shapes)))
    except ValueError:
        return 0


def _crossed(
    a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None
) -> int:
    ends = (axisa, axisb) if axis is None else (axis, axis)
    rows = [np.moveaxis(x, at, -1).shape[:-1] for x, at in zip((a, b), ends, strict=True)]
    return 3 * _met(*rows)


def _between(a: Any, q: Any, axis: Any = None, *more: Any, **rest: Any) -> int:
    """A number for each quantile and each row along the axes."""
    axes = range(np.ndim(a)) if axis is None else np.atleast_1d(axis)
    return int(np.size(q) * np.size(a) // max(1, math.prod(np.shape(a)[i] for i in axes)))


def _under(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> int:
    """What heights and steps broadcast to; places in one row are those along the axis."""
    return _met(np.shape(y), np.shape(dx) if x is None else np.shape(x) if np.ndim(x) > 1 else ())


def _inserted(arr: Any, obj: Any, values: Any, axis: Any = None) -> int:
    """As many layers as there are places, or as there are values for the one place."""
    if axis is None:
        return int(np.size(arr) + max(np.size(obj), np.size(values)))
    layers = len(values) if np.ndim(values) >= np.ndim(arr) else 1
    layers = np.size(obj) if np.ndim(obj) else layers
    return int(np.size(arr) + layers * np.size(arr) // max(1, np.shape(arr)[axis]))


def _bins(a: Any, bins: Any = 10, *more: Any, **rest: Any) -> int:
    if isinstance(bins, str) and bins in ("fd", "auto"):  # of which there may be any number
        raise unsupported(N_("np.histogram with bins='fd' or 'auto' (give their number)"))
    number = np.ndim(bins) == 0 and not isinstance(bins, str)
    return int(np.size(a) + (int(bins) if number else np.size(bins)))


def _counts(a: Any, weights: Any = None, minlength: Any = 0) -> int:
    return max(int(np.max(a, initial=0)) + 1, int(minlength))


def _powers(x: Any, y: Any, deg: Any, *more: Any, **rest: Any) -> int:
    return int(np.size(x) * (int(deg) + 1) ** 2)


def _plain(m: Machine, value: Value) -> Any:
    if isinstance(value, Array):
        return value.tensor.data
    if isinstance(value, list | tuple) and value and not isinstance(value[0], str):
        return m.numbers(value)
    if value is None or isinstance(value, bool | int | float | str | list | tuple):
        return value
    raise type_error("an argument here is a number, a text or an array")


# -- made of operations


def _append(m: Machine, arr: Value, values: Value, axis: Value = None) -> Value:
    found, more = array(m, arr, NUMPY), array(m, values, NUMPY)
    if axis is None:
        found, more = (m.apply(lambda t: p.shaping.reshape(t, (t.size,)), x) for x in (found, more))
        axis = 0
    return ARRANGED["concatenate"](m, [found, more], axis)


def _diff(m: Machine, a: Value, n: Value = 1, axis: Value = -1) -> Array:
    """Each entry less the one before it, n times."""
    found, at = array(m, a, NUMPY), whole(axis)
    if not found.tensor.ndim:
        raise value_error("diff requires input that is at least one dimensional")
    rest = (slice(None),) * (found.tensor.ndim - 1 - at % found.tensor.ndim)
    for _ in range(whole(n)):
        later, earlier = (
            m.apply(lambda t, cut=cut: p.indexing.getitem(t, (..., cut, *rest)), found)
            for cut in (slice(1, None), slice(None, -1))
        )
        found = m.binary(OPS["subtract"], later, earlier)
    return found


def _divmod(m: Machine, x1: Value, x2: Value) -> tuple[Value, ...]:
    left = x1 if isinstance(x1, Array) else array(m, x1, NUMPY)
    return tuple(m.binary(OPS[op], left, x2) for op in ("floor_divide", "remainder"))


def _columns(m: Machine, record: Record, key: Value) -> Value:
    """np.c_[a, b]: vectors as columns."""
    keys = key if isinstance(key, tuple) else (key,)
    if any(isinstance(one, slice | str) for one in keys):
        raise unsupported(N_("np.c_ with a slice"))
    parts = [array(m, one, NUMPY) for one in keys]
    columns = [
        x if x.tensor.ndim > 1 else m.apply(lambda t: p.shaping.reshape(t, (t.size, 1)), x)
        for x in parts
    ]
    return ARRANGED["concatenate"](m, columns, -1)


def _rows(m: Machine, record: Record, key: Value) -> Value:
    """np.r_[a, b, 3]: one after the other; a slice is a range, 1:5 or 0:1:11j."""
    parts = []
    for one in key if isinstance(key, tuple) else (key,):
        if isinstance(one, slice):
            ends = [0 if one.start is None else one.start, one.stop, one.step or 1]
            if not all(isinstance(end, int | float) for end in ends):
                raise unsupported(N_("np.r_ with such a slice"))
            m.budget.array((max(0, int((ends[1] - ends[0]) / ends[2]) + 1),))
            parts.append(m.leaf(np.arange(*ends), NUMPY))
            continue
        if isinstance(one, str):
            raise unsupported(N_("np.r_ with a text"))
        found = array(m, one, NUMPY)
        flat = found.tensor.ndim > 0
        parts.append(found if flat else m.apply(lambda t: p.shaping.reshape(t, (1,)), found))
    return ARRANGED["concatenate"](m, parts, 0)


def _meshgrid(m: Machine, *axes: Value, indexing: Value = "xy", sparse: Value = False) -> Value:
    found = [array(m, x, NUMPY).tensor.data for x in axes]
    m.budget.array(tuple(np.size(one) for one in found))
    return _made(m, tuple(np.meshgrid(*found, indexing=indexing, sparse=bool(sparse))))


def _nonzero(m: Machine, a: Value) -> Value:
    found = array(m, a, NUMPY).tensor.data
    m.budget.array((np.size(found), max(1, np.ndim(found))))
    return _made(m, np.nonzero(np.atleast_1d(found)))


def _logspace(
    m: Machine, start: Value, stop: Value, num: Value = 50, endpoint: Value = True, base: Value = 10
) -> Value:
    count = whole(num)
    ends = [x.tensor.data if isinstance(x, Array) else m.numbers(x) for x in (start, stop, base)]
    m.budget.array((max(1, count) * max(1, _met(*(np.shape(x) for x in ends))),))
    first, last, of = ends
    return _made(m, np.logspace(first, last, count, bool(endpoint), of))


def _geomspace(m: Machine, start: Value, stop: Value, num: Value = 50) -> Value:
    count = whole(num)
    first, last = (array(m, x, NUMPY).tensor.data for x in (start, stop))
    m.budget.array((max(1, count) * max(1, _met(np.shape(first), np.shape(last))),))
    return _made(m, np.geomspace(first, last, count))


def _printing(m: Machine, **options: Value) -> None:
    m.note("print_options", "np.set_printoptions")


def _vectorize(m: Machine, *given: Value, **named: Value) -> Value:
    raise unsupported(N_("np.vectorize (write np.array([f(v) for v in x]))"))


def _shape(m: Machine, a: Value) -> tuple[int, ...]:
    if isinstance(a, Shape):
        return (len(a.lengths),)
    return tuple(array(m, a, NUMPY).tensor.shape)


def _ndindex(m: Machine, *shape: Value) -> Walk:
    """The places of an array of this shape, one by one."""
    lengths = whole(shape[0] if len(shape) == 1 else shape)
    lengths = (lengths,) if isinstance(lengths, int) else lengths
    m.budget.array(tuple(max(0, length) for length in lengths))
    return Walk("ndindex", iter(np.ndindex(*lengths)))


def _nditer(m: Machine, op: Value, flags: Value = (), op_flags: Value = ()) -> Record:
    """Walks over the places of an array: it.multi_index until it.finished."""
    if list(flags) != ["multi_index"]:
        raise unsupported(N_("np.nditer (write for i in np.ndindex(x.shape), and x[i])"))
    places = np.ndindex(*array(m, op, NUMPY).tensor.shape)
    walk = Record("nditer", {}, methods={"iternext": lambda m, it: _next_place(it, places)})
    _next_place(walk, places)
    return walk


def _next_place(walk: Record, places: Any) -> bool:
    """Puts the walk at its next place. Whether there is one."""
    at = next(places, None)
    walk.members["finished"] = at is None
    if at is not None:
        walk.members["multi_index"] = at
    return at is not None


def _finfo(m: Machine, dtype: Value) -> Record:
    kind = dtype_of(dtype)
    if kind.kind != "f":
        raise value_error(f"data type {str(kind)!r} not inexact")
    known = np.finfo(kind)
    names = ("eps", "max", "min", "tiny")
    values = {name: m.leaf(getattr(known, name), NUMPY) for name in names}
    return Record("finfo", {**values, "bits": known.bits})


WHOLE: Table = {
    "append": _append,
    "diff": _diff,
    "divmod": _divmod,
    "meshgrid": _meshgrid,
    "nonzero": _nonzero,
    "argwhere": one_step(np.argwhere),
    "flatnonzero": one_step(np.flatnonzero),
    "bincount": one_step(np.bincount, room=_counts),
    "histogram": one_step(np.histogram, room=_bins),
    "unique": one_step(np.unique),
    "searchsorted": one_step(np.searchsorted, 2),
    "interp": one_step(np.interp, 3),
    "polyfit": one_step(np.polyfit, 2, _powers),
    "polyval": one_step(np.polyval, 2, work=pairs),
    "gradient": one_step(np.gradient),
    "convolve": one_step(np.convolve, 2, work=pairs),
    "correlate": one_step(np.correlate, 2, work=pairs),
    "percentile": one_step(np.percentile, 2, _between, pairs),
    "quantile": one_step(np.quantile, 2, _between, pairs),
    "average": one_step(np.average),
    "ptp": one_step(np.ptp),
    **{
        f"nan{name}": one_step(getattr(np, f"nan{name}"))
        for name in ("mean", "sum", "max", "min", "std")
    },
    "trapezoid": one_step(np.trapezoid, 1, _under),
    "rot90": one_step(np.rot90),
    "geomspace": _geomspace,
    "digitize": one_step(np.digitize, 2),
    **{name: one_step(getattr(np, name), 2) for name in ("isin", "union1d")},
    **{name: one_step(getattr(np, name), 2) for name in ("intersect1d", "setdiff1d")},
    "logspace": _logspace,
    "delete": one_step(np.delete),
    "insert": one_step(np.insert, 1, _inserted),
    "inner": one_step(np.inner, 2, _row_pairs, pairs),
    "vdot": one_step(np.vdot, 2),
    "cross": one_step(np.cross, 2, _crossed),
    "kron": one_step(np.kron, 2, pairs),
    "nan_to_num": one_step(np.nan_to_num),
    "shape": _shape,
    "ndim": lambda m, a: len(_shape(m, a)),
    "size": lambda m, a: array(m, a, NUMPY).tensor.size,
    "finfo": _finfo,
    "ndindex": _ndindex,
    "nditer": _nditer,
    "set_printoptions": _printing,
    "vectorize": _vectorize,
}
INDEXED: dict[str, Record] = {
    "c_": Record("CClass", {}, None, {"__getitem__": _columns}),
    "r_": Record("RClass", {}, None, {"__getitem__": _rows}),
}
