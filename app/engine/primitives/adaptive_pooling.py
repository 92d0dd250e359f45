"""Pooling to a number of windows that is asked for, over the last 1, 2 or 3 axes."""

from typing import Any

import numpy as np

from app.engine.primitives.layers import Lengths
from app.engine.primitives.linear import matmul
from app.engine.primitives.pooling import MAX, MEAN
from app.engine.primitives.shaping import swapaxes
from app.engine.primitives.windows import lengths_of
from app.engine.tensor import Tensor
from app.engine.work import WORK, Work


def adaptive_avg_pool(x: Any, size: Lengths, n: int) -> Tensor:
    """As many windows as asked over each of the last n axes, each the mean of its share.

    Window i of m over a length goes from floor(i length / m) to ceil((i + 1) length / m), as in
    PyTorch; where those are equal it is `avg_pool`, otherwise a product with a constant matrix.
    """
    wanted = lengths_of("output_size", size, n)
    lengths = tuple(x.shape[-n:])
    if all(length % m == 0 for length, m in zip(lengths, wanted, strict=True)):
        kernel = tuple(length // m for length, m in zip(lengths, wanted, strict=True))
        return MEAN[n](x, kernel, kernel, (0,) * n, True)
    for axis, (length, m) in enumerate(zip(lengths, wanted, strict=True), start=x.ndim - n):
        at = np.arange(length)
        first, last = (
            np.arange(m)[:, None] * length // m,
            -(-np.arange(1, m + 1)[:, None] * length // m),
        )
        share = ((at >= first) & (at < last)) / (last - first)
        moved = swapaxes(x, axis, -1)
        x = swapaxes(matmul(moved, share.T.astype(x.dtype)), axis, -1)
    return x  # type: ignore[no-any-return]


def adaptive_max_pool(x: Any, size: Lengths, n: int) -> Tensor:
    """As many equal windows as asked. Raises ValueError where a length does not divide evenly."""
    wanted = lengths_of("output_size", size, n)
    lengths = tuple(x.shape[-n:])
    if any(length % m for length, m in zip(lengths, wanted, strict=True)):
        raise ValueError(f"adaptive max pooling of {lengths} to {wanted}: windows would overlap")
    kernel = tuple(length // m for length, m in zip(lengths, wanted, strict=True))
    return MAX[n](x, kernel, kernel, (0,) * n, (1,) * n)


def _work(x: Any, size: Lengths, n: int) -> Work:
    """A product per axis; what is asked for may be larger than x."""
    products, entries, rows = 0, x.size, x.size
    for length, m in zip(x.shape[-n:], lengths_of("output_size", size, n), strict=True):
        products, rows = products + rows * m, rows // max(length, 1) * m
        entries = max(entries, rows, length * m)
    return Work(products, entries)


WORK[adaptive_avg_pool] = WORK[adaptive_max_pool] = _work
