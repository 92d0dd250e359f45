"""What the dialects share: arguments as arrays, functions of one array, shapes, number types."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import OPS, Op, Tensor
from app.engine import primitives as p
from app.language.errors import ProgramError, type_error, unexpected_keyword, value_error
from app.language.machine import Machine
from app.language.misfits import Call, misfit
from app.language.number_types import float_type, takes
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    Array,
    Builtin,
    Dtype,
    Namespace,
    Shape,
    Value,
    type_name,
)

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
SQUARED = {NUMPY: ("square",), TORCH: ("square",)}  # of truth values they make whole numbers
NAMED = 64  # axes in one list: no array of NumPy's has more
WHOLE = ("sum", "mean", "prod", "max", "min")  # of whole numbers TensorFlow makes such as they are
TYPES = ("float32", "float64", "float16", "int32", "int64", "int8", "uint8", "bool")


def namespace(name: str, members: Mapping[str, Any]) -> Namespace:
    """A module of a framework; its functions get their full names."""
    return Namespace(
        name,
        {
            key: Builtin(f"{name}.{key}", value) if callable(value) else value
            for key, value in members.items()
        },
    )


def dtypes(prefix: str) -> dict[str, Dtype]:
    """The number types as this framework writes them."""
    form = {"tf": "tf.{}", "numpy": "<class 'numpy.{}'>"}.get(prefix, "torch.{}")
    return {name: Dtype(name, form.format(name)) for name in TYPES}


def dtype_of(value: Value, default: Any = None) -> Any:
    """A NumPy dtype from a dtype, a Python type, or a text."""
    if value is None:
        return default
    if isinstance(value, Dtype):
        return np.dtype(value.name)
    if isinstance(value, Builtin) and value.name in ("float", "int", "bool"):
        return np.dtype({"float": "float64", "int": "int64", "bool": "bool"}[value.name])
    if isinstance(value, str) and value in TYPES:
        return np.dtype(value)
    raise type_error(f"{type_name(value)} is not a number type")


def array(m: Machine, value: Value, kind: str, dtype: Any = None) -> Array:
    """Any number, list or array as an array of this framework; the same one where it is already,
    and a copy as a tensor where TensorFlow is given an array of NumPy."""
    if isinstance(value, Array):
        found: Array = value
        if kind == TENSORFLOW and value.kind == NUMPY and not m.formula:
            m.budget.array(value.tensor.shape)
            found = copied_leaf(m, value, TENSORFLOW)
        if dtype is not None and found.tensor.dtype != dtype:
            return cast(m, found, dtype)
        return found
    if isinstance(value, range):
        m.budget.container(len(value))
        value = list(value)
    elif isinstance(value, Shape):
        value = value.lengths
    if isinstance(value, bool | int | float | list | tuple):
        data = m.numbers(value, dtype)
        if dtype is None:
            data = data.astype(default_type(data, kind, value))
        return m.leaf(data, kind)
    raise type_error(f"{type_name(value)} is not an array or number")


def default_type(data: Any, kind: str, value: Value = None) -> Any:
    """The number type a framework gives to plain numbers."""
    has_array = isinstance(value, list | tuple) and any(isinstance(x, Array) for x in value)
    if kind == "numpy" or has_array or data.dtype == bool:
        return data.dtype
    if data.dtype.kind == "f":
        return FLOAT32
    return np.dtype(np.int32) if kind == "tensorflow" else data.dtype


def cast(m: Machine, value: Array, dtype: Any) -> Array:
    """value in another number type; whole numbers pass no gradient."""
    op = p.selection.cast if dtype.kind == "f" else p.selection.cast_to_integer
    if value.tensor.dtype.kind != "f" and dtype.kind == "f":
        op = p.selection.cast_to_integer  # from whole numbers nothing flows back either
    return m.apply(lambda x: op(x, dtype), value)


def unary(op: Op, kind: str) -> Callable[..., Array]:
    """A function of one array."""

    def call(m: Machine, x: Value, name: Value = None) -> Array:
        found = array(m, x, kind)
        takes(op.name, kind, found, smooth=True)
        return m.apply(op, floating(m, found, kind))

    return call


def floating(m: Machine, x: Array, kind: str) -> Array:
    """Whole numbers become floats where a function needs it."""
    if x.tensor.dtype.kind in "iub":
        takes("", kind, x, smooth=True)
        return cast(m, x, float_type(x.tensor.dtype) if kind == "numpy" else FLOAT32)
    return x


def exact(op: Op, kind: str) -> Callable[..., Array]:
    """A function of one array that keeps whole numbers whole."""

    def call(m: Machine, x: Value, name: Value = None) -> Array:
        found = array(m, x, kind)
        takes(op.name, kind, found)
        if found.tensor.dtype == bool and op.name in SQUARED.get(kind, ()):
            found = cast(m, found, np.dtype(np.int8 if kind == NUMPY else np.int64))
        if found.tensor.dtype == bool and (kind, op.name) == (TORCH, "sign_or_zero"):
            return found
        return m.apply(op, found)

    return call


def two(op: Op, kind: str) -> Callable[..., Array]:
    """A function of two arrays."""

    def call(m: Machine, x: Value, y: Value, name: Value = None) -> Array:
        if not isinstance(x, Array) and not isinstance(y, Array):
            x = array(m, x, kind)
        if kind == TENSORFLOW and {v.kind for v in (x, y) if isinstance(v, Array)} == {NUMPY}:
            x, y = (array(m, v, kind) if isinstance(v, Array) else v for v in (x, y))
        if (kind, op.name) == (NUMPY, "power") and isinstance(x, Array) and isinstance(y, int):
            x = cast(m, x, np.dtype(np.int64)) if x.tensor.dtype == bool else x
        return m.binary(op, x, y)

    return call


def reduction(op: Op, kind: str, axis: str, keep: str) -> Callable[..., Array]:
    """A reduction with the framework's own names for axes."""

    def call(m: Machine, x: Value, *where: Value, **named: Value) -> Array:
        axes = where[0] if where else named.pop(axis, named.pop("axis", None))
        keepdims = named.pop(keep, named.pop("keepdims", False))
        if len(where) > 1:
            if kind == "numpy" or len(where) > 2:
                raise type_error(f"{op.name}() takes the axis only by position")
            keepdims = where[1]
        dtype = named.pop("dtype", None)
        named.pop("name", None)
        if named:
            known = (axis, keep, "dtype")
            raise unexpected_keyword(op.name, next(iter(named)), known, framework=kind)
        found = array(m, x, kind, dtype_of(dtype))
        takes(op.name, kind, found)
        stays = kind == "tensorflow" and found.tensor.dtype.kind in "iu" and op.name in WHOLE
        kept = found.tensor.dtype if stays else None
        if op.name == "logsumexp" and kind == TENSORFLOW and found.tensor.dtype.kind in "iu":
            takes("rint", kind, found)  # whose kernels take the same types
        if op.name == "logsumexp" and found.tensor.dtype.kind in "iub":
            found = floating(m, found, kind)
        if op.name == "mean" and found.tensor.dtype.kind in "iub":
            found = cast(m, found, FLOAT64)
        wanted = axes_of(axes)
        if kind == "torch" and p.reductions.of_number(found.tensor, wanted):
            wanted = None
        call = Call(op.name, lambda t: p.reductions.reduce(op, t, wanted, bool(keepdims)))
        result = m.apply(call, found)
        return cast(m, result, kept) if kept and result.tensor.dtype != kept else result

    return call


def axes_of(axes: Value) -> Any:
    if axes is None or isinstance(axes, int):
        return axes
    if isinstance(axes, list | tuple) and len(axes) > NAMED:
        raise value_error("duplicate value in 'axis'")  # one of so many is; it takes long to say
    if isinstance(axes, list | tuple) and all(isinstance(axis, int) for axis in axes):
        return tuple(axes)
    raise type_error(f"an axis is a whole number or several, not {type_name(axes)}")


def lengths(m: Machine, *shape: Value) -> tuple[int, ...]:
    """A shape given as numbers, or as one list; charged before anything is made."""
    if len(shape) == 1 and isinstance(shape[0], list | tuple | Shape):
        shape = tuple(shape[0].lengths if isinstance(shape[0], Shape) else shape[0])
    if len(shape) == 1 and isinstance(shape[0], Array) and shape[0].tensor.ndim == 1:
        shape = tuple(shape[0].tensor.data.tolist())  # tf.shape(x)
    found = []
    for length in shape:
        if (
            isinstance(length, Array)
            and length.tensor.dtype.kind in "iu"
            and length.tensor.size == 1
        ):
            length = int(length.tensor.data)
        if not isinstance(length, int) or isinstance(length, bool):
            raise type_error(f"a shape consists of whole numbers, not {type_name(length)}")
        if length < 0:
            words = f"negative dimensions are not allowed: {length}"
            raise ProgramError("value", framework=f"ValueError: {words}", detail=words)
        found.append(length)
    m.budget.array(tuple(found))
    return tuple(found)


def detached(m: Machine, x: Array, kind: str) -> Array:
    """The same value without its history."""
    result = m.apply(OPS["detach"], x, kind=kind)
    result.tensor.tracked = False
    return result


def same_numbers(m: Machine, x: Array, kind: str) -> Array:
    """The numbers for another framework: the link is shown, the history is not kept."""
    result = Array(Tensor(x.tensor.data), kind)
    m.recorder.alias(result.tensor, x.tensor)
    return result


def cloned(m: Machine, x: Array) -> Array:
    """A copy with its history: x - 0, which keeps -0.0, and of truth values x or False."""
    if x.tensor.dtype == bool:
        return m.apply(OPS["logical_or"], x, False)
    return m.apply(p.arithmetic.subtract, x, 0)


def copied_leaf(m: Machine, x: Array, kind: str) -> Array:
    """A copy of an array as a leaf, which holds the same numbers."""
    made = m.leaf(np.array(x.tensor.data, order="C"), kind)
    if made.tensor.dtype == x.tensor.dtype:
        m.recorder.alias(made.tensor, x.tensor)
    made.boxed = x.boxed
    return made


def along_last(op: Op, kind: str) -> Callable[..., Array]:
    """softmax and its kin: they act on the last axis, another one is brought there and back."""

    def call(
        m: Machine,
        x: Value,
        dim: Value = None,
        axis: Value = None,
        dtype: Value = None,
        name: Value = None,
    ) -> Array:
        given = array(m, x, kind, dtype_of(dtype))
        takes(op.name, kind, given)
        found = floating(m, given, kind)
        where = axis if axis is not None else -1 if dim is None else dim
        n = found.tensor.ndim
        if not isinstance(where, int):
            raise type_error(f"{op.name}() of {n} axes has no axis {type_name(where)}")
        if not n:
            raise type_error(f"{op.name}() of no axes has no axis {where}")
        if not -n <= where < n:
            gone = np.exceptions.AxisError(where, n)
            raise misfit(op.name, kind, [tuple(found.tensor.shape)], gone)

        def act(t: Any) -> Any:
            if where in (-1, t.ndim - 1):
                return op(t)
            return p.shaping.swapaxes(op(p.shaping.swapaxes(t, where, -1)), where, -1)

        return m.apply(act, found, kind=kind)

    return call


def number_of(value: Value) -> Any:
    """A number, or the one number of an array."""
    if isinstance(value, Array) and value.tensor.size == 1:
        return value.tensor.data.item()
    if isinstance(value, int | float):
        return value
    raise type_error(f"{type_name(value)} is not a number")


def by_name(
    function: str, order: Iterable[str], given: Sequence[Value], named: Mapping[str, Value]
) -> dict[str, Value]:
    """What was given by position and by keyword, all by their names. order: the names, as they
    stand. Raises Python's TypeError for too many, and for one that is given twice."""
    names = list(order)
    if len(given) > len(names):
        words = f"{function}() takes {len(names)} positional argument{'s' * (len(names) != 1)}"
        raise type_error(f"{words} but {len(given)} were given")
    first = dict(zip(names, given, strict=False))
    for name in first:
        if name in named:
            raise type_error(f"{function}() got multiple values for argument '{name}'")
    return first | dict(named)
