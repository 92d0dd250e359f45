"""What TensorFlow tells of tensors, sums of several, running sums, clipping by norm, tf.print."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import array, axes_of, cast, dtype_of
from app.language.dialects.tensorflow_gradients import custom_gradient
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.number_types import takes
from app.language.text import text_of
from app.language.values import NUMPY, TENSORFLOW, Array, Shape, Value
from app.language.walks import iterate

TF = TENSORFLOW
INT32 = np.dtype(np.int32)


def tight(x: Array) -> str:
    """A shape as TensorFlow's kernels write it: [2,3]."""
    return f"[{','.join(map(str, x.tensor.shape))}]"


def _shape(m: Machine, input: Value, out_type: Value = None, name: Value = None) -> Array:
    """The lengths of a tensor, as a tensor."""
    lengths = array(m, input, TF).tensor.shape
    return m.leaf(np.array(lengths, dtype_of(out_type, INT32)), TF)


def _size(m: Machine, input: Value, out_type: Value = None, name: Value = None) -> Array:
    return m.leaf(dtype_of(out_type, INT32).type(array(m, input, TF).tensor.size), TF)


def _rank(m: Machine, input: Value, name: Value = None) -> Array:
    return m.leaf(np.int32(array(m, input, TF).tensor.ndim), TF)


def _is_tensor(m: Machine, x: Value) -> bool:
    return isinstance(x, Array) and x.kind != NUMPY


def _add_n(m: Machine, inputs: Value, name: Value = None) -> Array:
    found = [array(m, x, TF) for x in iterate(m, inputs)]
    if not found:
        raise value_error(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype "
            "and shape."
        )
    total = found[0]
    for at, one in enumerate(found[1:], start=1):
        if one.tensor.shape != total.tensor.shape:
            words = "Inputs to operation AddN of type AddN must have the same size and shape.  "
            words += f"Input 0: {tight(total)} != input {at}: {tight(one)} [Op:AddN]"
            raise ProgramError("shape", framework=f"InvalidArgumentError: {words}", detail=words)
        total = m.binary(OPS["add"], total, one)
    return total


def _scan(op: str) -> Callable[..., Array]:
    """A running sum or product; exclusive: of what stands before; reverse: from the end."""

    def call(
        m: Machine,
        x: Value,
        axis: Value = 0,
        exclusive: Value = False,
        reverse: Value = False,
        name: Value = None,
    ) -> Array:
        found, at = array(m, x, TF), whole(axis)
        takes(op, TF, found)
        n, kept = found.tensor.ndim, found.tensor.dtype
        if not -n <= at < n:
            words = f"InvalidArgumentError: ScanOp: Expected scan axis in the range [{-n}, {n}), "
            words += f"but got {at} [Op:{'Cumsum' if op == 'cumsum' else 'Cumprod'}]"
            raise ProgramError("index", framework=words, detail=str(at))
        if kept.kind == "b":
            raise type_error(f"tf.{op} of truth values")
        length = found.tensor.shape[at]
        if reverse:
            found = m.apply(lambda t: p.turning.flip(t, at), found)
        if exclusive and length:
            pairs = [(0, 0)] * n
            pairs[at] = (1, 0)
            first = (slice(None),) * (at % n)
            key = (*first, slice(0, length - 1))
            found = m.apply(lambda t: p.indexing.getitem(t, key), found)
            start = 0 if op == "cumsum" else 1
            found = m.apply(lambda t: p.padding.pad(t, pairs, "constant", start), found)
        found = m.apply(lambda t: p.scans.scan(OPS[op], t, at), found)
        if reverse:
            found = m.apply(lambda t: p.turning.flip(t, at), found)
        return cast(m, found, kept) if found.tensor.dtype != kept else found

    return call


# -- clipping by norm


def _clip_by_norm(
    m: Machine, t: Value, clip_norm: Value, axes: Value = None, name: Value = None
) -> Array:
    """t, shortened to a norm of clip_norm where it is longer."""
    found, over = array(m, t, TF), axes_of(axes)
    squares = m.binary(OPS["multiply"], found, found)
    total = m.apply(lambda x: p.reductions.reduce(OPS["sum"], x, over, True), squares)
    norm = m.apply(OPS["sqrt_or_zero"], total)
    longest = m.binary(OPS["maximum_first"], norm, clip_norm)
    return m.binary(OPS["divide"], m.binary(OPS["multiply"], found, clip_norm), longest)


def _global_norm(m: Machine, t_list: Value, name: Value = None) -> Array:
    """The norm of all tensors together."""
    found = [array(m, x, TF) for x in iterate(m, t_list) if x is not None]
    if not found:
        raise value_error("t_list should not be empty here")
    halves = [_half_square(m, x) for x in found]
    total = _add_n(m, halves)
    return m.apply(OPS["sqrt_or_zero"], m.binary(OPS["multiply"], total, 2.0))


def _half_square(m: Machine, x: Array) -> Array:
    squares = m.apply(OPS["square"], x)
    total = m.apply(lambda t: p.reductions.reduce(OPS["sum"], t), squares)
    return m.binary(OPS["divide"], total, 2.0)


def _clip_by_global_norm(
    m: Machine, t_list: Value, clip_norm: Value, use_norm: Value = None, name: Value = None
) -> tuple[list[Value], Value]:
    """All tensors by one factor, so that their common norm is clip_norm at most."""
    given = list(iterate(m, t_list))
    norm = _global_norm(m, given) if use_norm is None else array(m, use_norm, TF)
    dtype = norm.tensor.dtype
    inverse = m.binary(OPS["divide"], m.leaf(dtype.type(1), TF), norm)
    limit = m.leaf(dtype.type(1) / _number(clip_norm), TF)
    factor = m.binary(OPS["multiply"], m.binary(OPS["minimum_first"], inverse, limit), clip_norm)
    clipped: list[Value] = [
        None if x is None else m.binary(OPS["multiply"], array(m, x, TF), factor) for x in given
    ]
    return clipped, norm


def _number(value: Value) -> Any:
    if isinstance(value, Array) and value.tensor.size == 1:
        return value.tensor.data.item()
    if isinstance(value, int | float):
        return value
    raise type_error("a norm to clip by is one number")


# -- tf.print


def _print(
    m: Machine,
    *values: Value,
    sep: Value = " ",
    end: Value = "\n",
    summarize: Value = 3,
    name: Value = None,
    output_stream: Value = None,
) -> None:
    """As TensorFlow prints: tensors bare, the first and last three of each axis."""
    if output_stream is not None:
        raise unsupported("output_stream")
    count = 3 if summarize is None else int(_number(summarize))
    texts = [_nested(m, x, count) for x in values]
    m.write(text_of(sep).join(texts) + text_of(end))


def _nested(m: Machine, value: Value, count: int) -> str:
    m.budget.step()  # a part that lists share is written each time
    if isinstance(value, Array):
        shown = [n if count < 0 else min(n, 2 * count) for n in value.tensor.shape]
        m.budget.container(math.prod(shown))
        return _bare(value.tensor.data, count)
    if isinstance(value, list | tuple):
        inner = [_nested(m, x, count) for x in value]
        return f"[{', '.join(inner)}]" if isinstance(value, list) else f"({', '.join(inner)})"
    if isinstance(value, Shape):
        return text_of(value)
    if isinstance(value, float):
        return _digits(np.float32(value))
    return str(int(value)) if isinstance(value, bool) else text_of(value)


def _bare(data: Any, count: int) -> str:
    if not np.ndim(data):
        return _digits(data)
    shown = data if count < 0 or len(data) <= 2 * count else None
    if shown is not None:
        parts = [_bare(x, count) for x in shown]
    else:
        parts = [_bare(x, count) for x in data[:count]] + ["..."]
        parts += [_bare(x, count) for x in data[len(data) - count :]]
    between = "\n" * (data.ndim - 1) + " " if data.ndim > 1 else " "
    return f"[{between.join(part.replace(chr(10), chr(10) + ' ') for part in parts)}]"


def _digits(number: Any) -> str:
    """The shortest of 6 or 9 digits that gives a float32 back (15 or 17 of a float64)."""
    kind = np.asarray(number).dtype
    if kind.kind == "b":
        return str(int(number))
    if kind.kind != "f":
        return str(int(number))
    few, many = (15, 17) if kind == np.float64 else (6, 9)
    text = f"{float(number):.{few}g}"
    return text if kind.type(text) == number else f"{float(number):.{many}g}"


BASICS: dict[str, Callable[..., Any]] = {
    "shape": _shape,
    "size": _size,
    "rank": _rank,
    "is_tensor": _is_tensor,
    "executing_eagerly": lambda m: True,
    "add_n": _add_n,
    "cumsum": _scan("cumsum"),
    "clip_by_norm": _clip_by_norm,
    "clip_by_global_norm": _clip_by_global_norm,
    "print": _print,
    "custom_gradient": custom_gradient,
}
MATH: dict[str, Callable[..., Any]] = {
    "add_n": _add_n,
    "cumsum": BASICS["cumsum"],
    "cumprod": _scan("cumprod_divided"),
}
LINALG: dict[str, Callable[..., Any]] = {"global_norm": _global_norm}
