"""Convolution and pooling as TensorFlow calls them: images are (N, *lengths, channels).

The engine's own images have their channels first, so these are brought there and back. padding:
"VALID" is none; "SAME" gives ceil(length / stride) places, with the odd one of a border at the end.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import array
from app.language.dialects.tables import called
from app.language.errors import ProgramError, unsupported, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Value

TF = TENSORFLOW
Lengths = tuple[int, ...]


def lengths_of(name: str, value: Value, n: int) -> Lengths:
    """A length for each of n axes: from one number, from n, or from n + 2 of which the outer are
    those of the examples and the channels."""
    found = whole(value)
    found = (found,) * n if isinstance(found, int) else tuple(found or ())
    if len(found) == n + 2 and found[0] == found[-1] == 1:
        found = found[1:-1]
    if len(found) == 1:
        found *= n
    if len(found) != n or min(found) < 1:
        raise value_error(f"{name} should be of length 1, {n} or {n + 2} but was {value}")
    return found


def _borders(
    padding: Value, op: str, lengths: Lengths, kernel: Lengths, stride: Lengths, apart: Lengths
) -> tuple[Lengths, Lengths]:
    """How much is added before and after each axis. Raises where no window fits."""
    how = padding.upper() if isinstance(padding, str) else padding
    spread = [d * (k - 1) + 1 for d, k in zip(apart, kernel, strict=True)]
    if how == "VALID":
        for length, size, step in zip(lengths, spread, stride, strict=True):
            if size > length:
                words = f"Computed output size would be negative: {(length - size) // step + 1} "
                words += f"[input_size: {length}, effective_filter_size: {size}, stride: {step}]"
                words = f"InvalidArgumentError: {words} [Op:{op}]"
                raise ProgramError("shape", framework=words, detail=f"{lengths}, {kernel}")
        return (0,) * len(lengths), (0,) * len(lengths)
    if how != "SAME":
        raise value_error(f"Unrecognized padding: {padding!r}; SAME or VALID is needed here")
    totals = [
        max(0, (-(-length // step) - 1) * step + size - length)
        for length, size, step in zip(lengths, spread, stride, strict=True)
    ]
    return tuple(t // 2 for t in totals), tuple(t - t // 2 for t in totals)


def _channels_first(m: Machine, x: Array) -> Array:
    n = x.tensor.ndim
    return m.apply(lambda t: p.shaping.transpose(t, (0, n - 1, *range(1, n - 1))), x)


def _channels_last(m: Machine, x: Array) -> Array:
    n = x.tensor.ndim
    return m.apply(lambda t: p.shaping.transpose(t, (0, *range(2, n), 1)), x)


def _bordered(m: Machine, x: Array, before: Lengths, after: Lengths, value: float) -> Array:
    """x with borders around all axes but those of examples and channels."""
    if not any(before) and not any(after):
        return x
    pairs = [(0, 0), (0, 0), *zip(before, after, strict=True)]
    m.budget.array(tuple(k + a + b for k, (a, b) in zip(x.tensor.shape, pairs, strict=True)))
    return m.apply(lambda t: p.padding.pad(t, pairs, "constant", value), x)


def _images(m: Machine, x: Value, n: int, op: str) -> Array:
    found = array(m, x, TF)
    if found.tensor.ndim != n + 2:
        words = f"input must be {n + 2}-dimensional: {list(found.tensor.shape)}"
        raise ProgramError(
            "shape", framework=f"InvalidArgumentError: {words} [Op:{op}]", detail=words
        )
    return found


def _conv(n: int) -> Callable[..., Array]:
    op = "Conv3D" if n == 3 else "Conv2D"

    def conv(
        m: Machine,
        input: Value,
        filters: Value,
        strides: Value = 1,
        padding: Value = "VALID",
        data_format: Value = None,
        dilations: Value = None,
        name: Value = None,
    ) -> Array:
        if data_format not in (None, "NWC", "NHWC", "NDHWC"):
            raise unsupported(f"data_format={data_format!r}")
        x, kernel = _images(m, input, n, op), array(m, filters, TF)
        if kernel.tensor.ndim != n + 2:
            words = f"filter must be {n + 2}-dimensional: {list(kernel.tensor.shape)} [Op:{op}]"
            raise ProgramError("shape", framework=f"InvalidArgumentError: {words}", detail=words)
        *size, taken, _out = kernel.tensor.shape
        channels = x.tensor.shape[-1]
        if channels % taken:
            words = "input depth must be evenly divisible by filter depth: "
            words = f"InvalidArgumentError: {words}{channels} vs {taken} [Op:{op}]"
            detail = f"{tuple(x.tensor.shape)}, {tuple(kernel.tensor.shape)}"
            raise ProgramError("shape", framework=words, detail=detail)
        steps = lengths_of("strides", strides, n)
        apart = lengths_of("dilations", 1 if dilations is None else dilations, n)
        around = _borders(padding, op, tuple(x.tensor.shape[1:-1]), tuple(size), steps, apart)
        first = _bordered(m, _channels_first(m, x), *around, 0.0)
        order = (n + 1, n, *range(n))
        weight = m.apply(lambda t: p.shaping.transpose(t, order), kernel)
        settings = (None, steps, 0, apart, channels // taken)
        found = m.apply(p.layers.convolve, first, weight, *settings, kind=TF)
        return _channels_last(m, found)

    return conv


def _convolution(m: Machine, input: Value, *given: Value, **named: Value) -> Array:
    """tf.nn.convolution: over as many axes as the images have."""
    found = array(m, input, TF)
    n = min(max(found.tensor.ndim - 2, 1), 3)
    return _conv(n)(m, found, *given, **named)


def _pool(kind: str, n: int) -> Callable[..., Array]:
    op = {"max": "MaxPool", "avg": "AvgPool"}[kind]

    def pool(
        m: Machine,
        input: Value,
        ksize: Value,
        strides: Value,
        padding: Value,
        data_format: Value = None,
        name: Value = None,
    ) -> Array:
        if data_format not in (None, "NWC", "NHWC", "NDHWC"):
            raise unsupported(f"data_format={data_format!r}")
        x = _images(m, input, n, op)
        size, steps = lengths_of("ksize", ksize, n), lengths_of("strides", strides, n)
        lengths = tuple(x.tensor.shape[1:-1])
        before, after = _borders(padding, op, lengths, size, steps, (1,) * n)
        first = _channels_first(m, x)
        if kind == "max":
            first = _bordered(m, first, before, after, float("-inf"))
            return _channels_last(m, m.apply(p.layers.max_pool, first, size, steps, 0, 1))
        first = _bordered(m, first, before, after, 0.0)
        found = m.apply(p.layers.avg_pool, first, size, steps, 0, True)
        if any(before) or any(after):  # the border is not counted
            inside = np.pad(np.ones(lengths), list(zip(before, after, strict=True)))
            share: Any = p.pooling.MEAN[n].forward(inside, size, steps, (0,) * n, True)
            data = (1 / share).astype(x.tensor.dtype)
            found = m.binary(OPS["multiply"], found, m.leaf(data, TF))
        return _channels_last(m, found)

    return pool


def _any_pool(kind: str) -> Callable[..., Array]:
    """tf.nn.max_pool and avg_pool: over as many axes as the images have."""
    by_rank = {n: _pool(kind, n) for n in (1, 2, 3)}

    def pool(m: Machine, input: Value, *given: Value, **named: Value) -> Array:
        found = array(m, input, TF)
        n = found.tensor.ndim - 2
        if n not in by_rank:
            words = f"Input tensor must be of rank 3, 4 or 5 but was {n + 2}."
            raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
        return by_rank[n](m, found, *given, **named)

    return pool


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "conv1d": called({"conv1d": _conv(1)}, stride="strides")["conv1d"],
    **{f"conv{n}d": _conv(n) for n in (2, 3)},
    "convolution": _convolution,
    **{f"max_pool{n}d": _pool("max", n) for n in (1, 2, 3)},
    **{f"avg_pool{n}d": _pool("avg", n) for n in (1, 2, 3)},
    "max_pool": _any_pool("max"),
    "avg_pool": _any_pool("avg"),
}
