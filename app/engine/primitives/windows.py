"""Windows that slide over the last axes, and the way back: overlapping windows added up.

A window has n axes; so have stride, padding and dilation. A result's axes are those of the
windows' entries in front of those of their places: (…, *kernel, *places).
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

Shape = tuple[int, ...]


def places(
    lengths: Sequence[int], kernel: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> Shape:
    """How many windows fit along each axis. Raises ValueError where none does."""
    found = tuple(
        (length + 2 * p - d * (k - 1) - 1) // s + 1
        for length, k, s, p, d in zip(lengths, kernel, stride, padding, dilation, strict=True)
    )
    if min(found, default=1) < 1 or min(kernel, default=1) < 1:
        raise ValueError(
            f"a window of {kernel} does not fit into {tuple(lengths)} with padding {padding}"
        )
    return found


def padded(x: Any, padding: Shape, value: float = 0) -> Any:
    """x with borders of `value` around its last axes."""
    if not any(padding):
        return x
    n = len(padding)
    widths = ((0, 0),) * (x.ndim - n) + tuple((p, p) for p in padding)
    return np.pad(x, widths, constant_values=value)


def windows(
    x: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape, *, value: float = 0
) -> Any:
    """A view of x, padded with `value`: (…, *kernel, *places)."""
    n = len(kernel)
    counts = places(x.shape[-n:], kernel, stride, padding, dilation)
    x = padded(x, padding, value)
    steps = x.strides[-n:]
    inside = tuple(step * d for step, d in zip(steps, dilation, strict=True))
    along = tuple(step * s for step, s in zip(steps, stride, strict=True))
    return as_strided(
        x,
        (*x.shape[:-n], *kernel, *counts),
        (*x.strides[:-n], *inside, *along),
        writeable=False,
    )


def added_up(parts: Any, lengths: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    """Windows (…, *kernel, *places) added up where they overlap: (…, *lengths).

    One addition per entry of the kernel, each of all places at once.
    """
    n = len(stride)
    kernel, counts = parts.shape[-2 * n : -n], parts.shape[-n:]
    ahead = parts.shape[: -2 * n]
    whole: Any = np.zeros(
        (*ahead, *(length + 2 * p for length, p in zip(lengths, padding, strict=True))),
        parts.dtype,
    )
    for at in product(*map(range, kernel)):
        key = tuple(
            slice(k * d, k * d + s * (count - 1) + 1, s)
            for k, d, s, count in zip(at, dilation, stride, counts, strict=True)
        )
        whole[(..., *key)] += parts[(..., *at, *(slice(None),) * n)]
    inside = tuple(slice(p, p + length) for p, length in zip(padding, lengths, strict=True))
    return whole[(..., *inside)]


def lengths_of(name: str, value: int | Sequence[int], n: int) -> Shape:
    """A length per axis: one number stands for all.

    Raises ValueError for another count of them, or where one is too small.
    """
    found = (int(value),) * n if isinstance(value, int | np.integer) else tuple(map(int, value))
    if len(found) == 1:
        found *= n
    if len(found) != n:
        raise ValueError(f"{name} needs one number or {n} of them, got {value}")
    least = 0 if name.endswith("padding") else 1
    if min(found) < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return found
