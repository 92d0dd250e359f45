"""Pooling over windows of the last 1, 2 or 3 axes: the largest entry, or the mean.

Leading axes are a batch; a border counts as minus infinity for the largest, as zeros for the mean.
"""

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.windows import Shape, added_up, places, windows
from app.engine.work import Work

LENGTHS = (1, 2, 3)  # axes that a window may have
LOWEST = float("-inf")


def _entries(seen: Any, kernel: Shape) -> Iterator[Any]:
    """The entries of all windows, one of the kernel's places after the other."""
    n = len(kernel)
    for at in product(*map(range, kernel)):
        yield seen[(..., *at, *(slice(None),) * n)]


def _largest(x: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    seen = windows(x, kernel, stride, padding, dilation, value=LOWEST)
    first, *others = _entries(seen, kernel)
    best = np.array(first)
    for entry in others:  # a running maximum: ten times as fast as one over the windows' axes
        np.maximum(best, entry, out=best)
    return best


def winners(x: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    """In each window the number of its largest entry, the first of equal ones.

    Any nan wins, the last of several: PyTorch.
    """
    seen = windows(x, kernel, stride, padding, dilation, value=LOWEST)
    first, *others = _entries(seen, kernel)
    best, at = np.array(first), np.zeros(first.shape, np.intp)
    for number, entry in enumerate(others, start=1):
        larger = (entry > best) | (entry != entry)
        at[larger] = number
        np.maximum(best, entry, out=best)
    return at


def _sent_back(g: Any, x: Any, kernel: Shape, *geometry: Any) -> Any:
    n = len(kernel)
    best = winners(x, kernel, *geometry)
    entries = np.arange(math.prod(kernel)).reshape(-1, *(1,) * n)
    parts = np.where(np.expand_dims(best, -n - 1) == entries, np.expand_dims(g, -n - 1), 0)
    parts = parts.reshape(*parts.shape[: -n - 1], *kernel, *best.shape[-n:])
    return added_up(parts, x.shape[-n:], *geometry)


def _read(y: Any, x: Any, kernel: Shape, *geometry: Any) -> Any:
    n = len(kernel)
    best = np.expand_dims(winners(x, kernel, *geometry), -n - 1)
    seen = windows(y, kernel, *geometry)
    rows = seen.reshape(*seen.shape[: -2 * n], math.prod(kernel), *seen.shape[-n:])
    return np.take_along_axis(rows, best, axis=-n - 1).squeeze(-n - 1)


def window_work(x: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Work:
    """Every entry of every window; or x with its border."""
    n = len(kernel)
    counts = places(x.shape[-n:], kernel, stride, padding, dilation)
    ahead = math.prod(x.shape[:-n])
    seen = ahead * math.prod(kernel) * math.prod(counts)
    whole = math.prod(length + 2 * p for length, p in zip(x.shape[-n:], padding, strict=True))
    return Work(seen, max(seen, ahead * whole))


def _max_family(n: int) -> Op:
    pooled = Op(
        f"max_pool{n}d",
        _largest,
        lambda g, z, x, *geometry: apply(sent, g, x, *geometry),
        latex=r"\operatorname{maxpool} {0!}",
        sign="max pool",
        elementwise=False,
        torch=f"torch.nn.functional.max_pool{n}d({{0}}, {{1}}, {{2}}, {{3}}, {{4}})",
        sides=lambda z, x, *geometry: winners(x, *geometry),
        work=window_work,
        why=N_("The largest entry of each window takes its gradient; of equal ones the first."),
    )
    sent: Op = Op(
        f"max_pool{n}d_back",
        _sent_back,
        lambda g, z, y, x, *geometry: apply(read, g, x, *geometry),
        None,
        latex=r"\operatorname{unpool}\left({0*},\ {1*}\right)",
        level=5,
        sign="unpool",
        elementwise=False,
        sides=lambda z, y, x, *geometry: winners(x, *geometry),
        why=N_("Each window's entry goes to the place of its largest; the gradient is read there."),
    )
    read: Op = Op(
        f"max_pool{n}d_read",
        _read,
        lambda g, z, y, x, *geometry: apply(sent, g, x, *geometry),
        None,
        latex=r"\operatorname{pool}\left({0*},\ {1*}\right)",
        level=5,
        sign="pool",
        elementwise=False,
        sides=lambda z, y, x, *geometry: winners(x, *geometry),
        why=N_("Each window is read at the place of its largest entry; the gradient goes there."),
    )
    return pooled


def _divisors(lengths: Shape, kernel: Shape, stride: Shape, padding: Shape, border: bool) -> Any:
    """What each window's sum is divided by: its size, or how much of it is not border."""
    if border or not any(padding):
        return math.prod(kernel)
    n = len(kernel)
    seen = windows(np.ones(lengths), kernel, stride, padding, (1,) * n)
    return np.sum(seen, axis=tuple(range(n)))


def _mean(x: Any, kernel: Shape, stride: Shape, padding: Shape, border: bool) -> Any:
    n = len(kernel)
    seen = windows(x, kernel, stride, padding, (1,) * n)
    sums = np.zeros((*seen.shape[: -2 * n], *seen.shape[-n:]), x.dtype)
    for entry in _entries(seen, kernel):
        sums += entry
    sums /= _divisors(x.shape[-n:], kernel, stride, padding, border)
    return sums


def _shared_out(
    g: Any, lengths: Shape, kernel: Shape, stride: Shape, padding: Shape, border: bool
) -> Any:
    n = len(kernel)
    shares = (g / _divisors(lengths, kernel, stride, padding, border)).astype(g.dtype)
    ahead = (*g.shape[:-n], *(1,) * n, *g.shape[-n:])
    parts = np.broadcast_to(shares.reshape(ahead), (*g.shape[:-n], *kernel, *g.shape[-n:]))
    return added_up(parts, lengths, stride, padding, (1,) * n)


def _mean_family(n: int) -> Op:
    pooled = Op(
        f"avg_pool{n}d",
        _mean,
        lambda g, z, x, *geometry: apply(shared, g, tuple(x.shape[-n:]), *geometry),
        latex=r"\operatorname{avgpool} {0!}",
        sign="avg pool",
        elementwise=False,
        saves=False,
        torch=(
            f"torch.nn.functional.avg_pool{n}d({{0}}, {{1}}, {{2}}, {{3}}, count_include_pad={{4}})"
        ),
        work=lambda x, kernel, stride, padding, border: window_work(
            x, kernel, stride, padding, (1,) * len(kernel)
        ),
        why=N_("Each window shares its gradient out equally among its entries."),
    )
    shared: Op = Op(
        f"avg_pool{n}d_back",
        _shared_out,
        lambda g, z, y, lengths, *geometry: apply(pooled, g, *geometry),
        latex=r"\operatorname{avgpool}^T {0!}",
        sign="share",
        elementwise=False,
        saves=False,
        why=N_("Equal shares to a window's entries; the gradient is the mean over the window."),
    )
    return pooled


MAX = {n: _max_family(n) for n in LENGTHS}
MEAN = {n: _mean_family(n) for n in LENGTHS}
