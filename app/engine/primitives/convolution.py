"""Convolutions over 1, 2 or 3 axes: images (…, N, C, *lengths), kernels (…, O, C / groups, *size).

Images and kernels, kernels and results, results and images: convolution, its transpose and the
sum over places are the three ways to leave one of three arrays out, so each is the others' slope.
Leading axes are a batch. The layout is PyTorch's; like every deep-learning library this slides the
kernel without mirroring it (mathematics calls that cross-correlation).
"""

import math
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.windows import Shape, added_up, places, windows
from app.engine.work import Work

LENGTHS = (1, 2, 3)  # axes that a kernel may have


def _columns(x: Any, kernel: Shape, groups: int, *geometry: Any) -> Any:
    """What each place sees, one column per place: (…, N, groups, C / groups · kernel, places)."""
    n = len(kernel)
    seen = windows(x, kernel, *geometry)
    ahead, (channels, *rest) = seen.shape[: -2 * n - 1], seen.shape[-2 * n - 1 :]
    rows = channels // groups * math.prod(kernel)
    return seen.reshape(*ahead, groups, rows, math.prod(rest[n:]))


def _grouped(w: Any, n: int, groups: int) -> Any:
    """Kernels as one matrix per group: (…, 1, groups, O / groups, C / groups · kernel)."""
    ahead, out = w.shape[: -n - 2], w.shape[-n - 2]
    return w.reshape(*ahead, 1, groups, out // groups, math.prod(w.shape[-n - 1 :]))


def _by_group(g: Any, n: int, groups: int) -> Any:
    """Results as one matrix per group: (…, N, groups, O / groups, places)."""
    ahead, out = g.shape[: -n - 1], g.shape[-n - 1]
    return g.reshape(*ahead, groups, out // groups, math.prod(g.shape[-n:]))


def _convolve(x: Any, w: Any, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    n = len(stride)
    kernel, geometry = w.shape[-n:], (stride, padding, dilation)
    _check(x, w, n, groups)
    counts = places(x.shape[-n:], kernel, *geometry)
    found = _grouped(w, n, groups) @ _columns(x, kernel, groups, *geometry)
    return found.reshape(*found.shape[:-3], w.shape[-n - 2], *counts)


def _spread_out(
    g: Any,
    w: Any,
    stride: Shape,
    padding: Shape,
    extra: Shape,
    groups: int,
    dilation: Shape,
) -> Any:
    n = len(stride)
    kernel, counts = w.shape[-n:], g.shape[-n:]
    if g.shape[-n - 1] != w.shape[-n - 2]:
        raise ValueError(f"images of {g.shape[-n - 1]} channels, kernels of {w.shape[-n - 2]}")
    parts = np.swapaxes(_grouped(w, n, groups), -1, -2) @ _by_group(g, n, groups)
    channels = w.shape[-n - 1] * groups
    parts = parts.reshape(*parts.shape[:-3], channels, *kernel, *counts)
    sizes = _spread(counts, kernel, stride, padding, extra, dilation)
    return added_up(parts, sizes, stride, padding, dilation)


def _spread(
    counts: Shape, kernel: Shape, stride: Shape, padding: Shape, extra: Shape, dilation: Shape
) -> Shape:
    """The lengths that a transposed convolution makes."""
    return tuple(
        (count - 1) * s - 2 * p + d * (k - 1) + 1 + more
        for count, s, p, d, k, more in zip(
            counts, stride, padding, dilation, kernel, extra, strict=True
        )
    )


def _over_places(
    x: Any, g: Any, shape: Shape, stride: Shape, padding: Shape, dilation: Shape, groups: int
) -> Any:
    n = len(stride)
    columns = _columns(x, shape[-n:], groups, stride, padding, dilation)
    found = np.sum(_by_group(g, n, groups) @ np.swapaxes(columns, -1, -2), axis=-4)
    return found.reshape(*found.shape[:-3], *shape)


def _check(x: Any, w: Any, n: int, groups: int) -> None:
    channels, out, taken = x.shape[-n - 1], w.shape[-n - 2], w.shape[-n - 1]
    if channels != taken * groups:
        raise ValueError(f"images of {channels} channels, kernels of {taken} in {groups} groups")
    if out % groups:
        raise ValueError(f"{out} kernels cannot be shared among {groups} groups")


def _rest(x: Any, g: Any, w: Any, stride: Shape, padding: Shape, dilation: Shape) -> Shape:
    """What a transposed convolution must add at the end to get back to the lengths of x."""
    n = len(stride)
    return tuple(
        length - ((count - 1) * s - 2 * p + d * (k - 1) + 1)
        for length, count, k, s, p, d in zip(
            x.shape[-n:], g.shape[-n:], w.shape[-n:], stride, padding, dilation, strict=True
        )
    )


def _family(n: int) -> tuple[Op, Op, Op]:
    """Convolution over n axes, its transpose, and the gradient of its kernels."""

    def to_image(g: Any, x: Any, w: Any, s: Shape, p: Shape, d: Shape, groups: int) -> Any:
        return apply(transposed, g, w, s, p, _rest(x, g, w, s, p, d), groups, d)

    def to_kernel(g: Any, x: Any, w: Any, s: Shape, p: Shape, d: Shape, groups: int) -> Any:
        return apply(kernels, x, g, tuple(w.shape[-n - 2 :]), s, p, d, groups)

    def work(x: Any, w: Any, s: Shape, p: Shape, d: Shape, groups: int) -> Work:
        return _work(x.shape, w.shape, places(x.shape[-n:], w.shape[-n:], s, p, d), p, groups)

    def work_back(y: Any, w: Any, s: Shape, p: Shape, extra: Shape, groups: int, d: Shape) -> Work:
        lengths = _spread(y.shape[-n:], w.shape[-n:], s, p, extra, d)
        image = (*y.shape[: -n - 1], w.shape[-n - 1] * groups, *lengths)
        return _work(image, w.shape, y.shape[-n:], p, groups)

    def work_over(x: Any, y: Any, shape: Shape, s: Shape, p: Shape, d: Shape, groups: int) -> Work:
        return _work(x.shape, shape, places(x.shape[-n:], shape[-n:], s, p, d), p, groups)

    plain: Op = Op(
        f"conv{n}d",
        _convolve,
        lambda g, z, x, w, *geometry: to_image(g, x, w, *geometry),
        lambda g, z, x, w, *geometry: to_kernel(g, x, w, *geometry),
        latex=r"{0} \ast {1}",
        level=2,
        sign="∗",
        elementwise=False,
        torch=f"torch.nn.functional.conv{n}d({{0}}, {{1}}, None, {{2}}, {{3}}, {{4}}, {{5}})",
        work=work,
        why=N_(
            "Each place sends its gradient back to the window it saw, weighted by the kernel; "
            "the kernel collects each window weighted by its place's gradient."
        ),
    )
    transposed: Op = Op(
        f"conv_transpose{n}d",
        _spread_out,
        lambda g, z, y, w, s, p, extra, groups, d: apply(plain, g, w, s, p, d, groups),
        lambda g, z, y, w, s, p, extra, groups, d: to_kernel(y, g, w, s, p, d, groups),
        latex=r"{0} \ast^T {1}",
        level=2,
        sign="∗ᵀ",
        elementwise=False,
        torch=(
            f"torch.nn.functional.conv_transpose{n}d"
            "({0}, {1}, None, {2}, {3}, {4}, {5}, {6})"
        ),
        work=work_back,
        why=N_("A transposed convolution spreads each entry out; its gradient is a convolution."),
    )
    kernels: Op = Op(
        f"conv{n}d_kernel",
        _over_places,
        lambda g, z, x, y, shape, *geometry: to_image(y, x, g, *geometry),
        lambda g, z, x, y, shape, *geometry: apply(plain, x, g, *geometry),
        latex=r"{0} \star {1}",
        level=2,
        sign="⋆",
        elementwise=False,
        torch=f"torch.nn.grad.conv{n}d_weight({{0}}, {{2}}, {{1}}, {{3}}, {{4}}, {{5}}, {{6}})",
        work=work_over,
        why=N_("Windows weighted by their places' gradients and summed: linear in both."),
    )

    return plain, transposed, kernels


def _work(image: Shape, kernel: Shape, counts: Shape, padding: Shape, groups: int) -> Work:
    """Every kernel at every place; the columns that places see, or the image with its border."""
    n = len(counts)
    examples, channels, size = math.prod(image[: -n - 1]), image[-n - 1], math.prod(kernel[-n:])
    seen = examples * channels * size * math.prod(counts)
    whole = math.prod(length + 2 * p for length, p in zip(image[-n:], padding, strict=True))
    made = examples * kernel[-n - 2] * math.prod(counts)
    products = made * channels // groups * size
    return Work(products, max(seen, made, examples * channels * whole, math.prod(kernel)))


FAMILIES = {n: _family(n) for n in LENGTHS}
