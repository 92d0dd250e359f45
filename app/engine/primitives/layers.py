"""Layers of a network called as frameworks call them; images are (N, C, *lengths), as PyTorch's."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.op import Op
from app.engine.primitives.convolution import FAMILIES
from app.engine.primitives.dropout import dropout
from app.engine.primitives.linear import matmul
from app.engine.primitives.normalization import standardize
from app.engine.primitives.pooling import MAX, MEAN, window_work
from app.engine.primitives.windows import lengths_of
from app.engine.work import WORK, Work, work_of

Lengths = int | Sequence[int]


def dense(x: Any, kernel: Any, bias: Any = None) -> Any:
    """x @ kernel + bias: the kernel is (inputs, outputs), as Keras keeps it."""
    z = matmul(x, kernel)
    return z if bias is None else z + bias


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """x @ weightᵀ + bias: the weight is (outputs, inputs), as PyTorch keeps it."""
    return dense(x, np.transpose(weight), bias)


def _rank(name: str, x: Any, kernel: Any) -> int:
    """Over how many axes a kernel is moved. Raises Misfit for images that have not as many."""
    n: int = kernel.ndim - 2
    if n not in FAMILIES or x.ndim not in (n + 1, n + 2):
        raise Misfit(name, (x.shape, kernel.shape), "images and kernels differ in rank")
    return n


def _alone(function: Callable[..., Any], image: Any, *more: Any) -> Any:
    """What the function makes of one image without an axis of examples."""
    found = function(np.reshape(image, (1, *image.shape)), *more)
    return np.reshape(found, found.shape[1:])


def _shifted(z: Any, bias: Any, n: int) -> Any:
    return z if bias is None else z + np.reshape(bias, (*bias.shape, *(1,) * n))


def convolve(
    x: Any,
    kernel: Any,
    bias: Any = None,
    stride: Lengths = 1,
    padding: Lengths = 0,
    dilation: Lengths = 1,
    groups: int = 1,
) -> Any:
    """A convolution over as many axes as the kernel (O, C / groups, *size) has lengths.

    One image may come without its axis of examples. Raises ValueError, naming both shapes, where
    channels, groups or ranks do not fit.
    """
    n = _rank("convolve", x, kernel)
    if x.ndim == n + 1:
        return _alone(convolve, x, kernel, bias, stride, padding, dilation, groups)
    geometry = (
        lengths_of("stride", stride, n),
        lengths_of("padding", padding, n),
        lengths_of("dilation", dilation, n),
    )
    return _shifted(FAMILIES[n][0](x, kernel, *geometry, groups), bias, n)


def convolve_transposed(
    x: Any,
    kernel: Any,
    bias: Any = None,
    stride: Lengths = 1,
    padding: Lengths = 0,
    extra: Lengths = 0,
    groups: int = 1,
    dilation: Lengths = 1,
) -> Any:
    """Images spread out by kernels (C, O / groups, *size): what a convolution sends back.

    extra: lengths added at the end, as several lengths of images give this one (PyTorch's
    output_padding). Raises ValueError, naming both shapes, where they do not fit.
    """
    n = _rank("convolve_transposed", x, kernel)
    if x.ndim == n + 1:
        spread = (stride, padding, extra, groups, dilation)
        return _alone(convolve_transposed, x, kernel, bias, *spread)
    steps, border, more, apart = (
        lengths_of(name, value, n)
        for name, value in (
            ("stride", stride),
            ("padding", padding),
            ("output_padding", extra),
            ("dilation", dilation),
        )
    )
    return _shifted(FAMILIES[n][1](x, kernel, steps, border, more, groups, apart), bias, n)


def max_pool(
    x: Any,
    size: Sequence[int],
    stride: Lengths | None = None,
    padding: Lengths = 0,
    dilation: Lengths = 1,
) -> Any:
    """The largest of each window; windows lie side by side where no stride is given."""
    n = len(size)
    kernel, steps, border = _window(MAX, x, size, stride, padding)
    return MAX[n](x, kernel, steps, border, lengths_of("dilation", dilation, n))


def avg_pool(
    x: Any,
    size: Sequence[int],
    stride: Lengths | None = None,
    padding: Lengths = 0,
    border_counts: bool = True,
) -> Any:
    """The mean of each window; with a border that counts (PyTorch's default) as zeros."""
    return MEAN[len(size)](x, *_window(MEAN, x, size, stride, padding), border_counts)


def _window(
    family: dict[int, Op], x: Any, size: Sequence[int], stride: Lengths | None, padding: Lengths
) -> tuple[tuple[int, ...], ...]:
    n = len(size)
    if n not in family or x.ndim < n:
        raise ValueError(f"pooling of shape {x.shape} by windows of {tuple(size)}")
    border = lengths_of("padding", padding, n)
    if any(2 * p > k for p, k in zip(border, size, strict=True)):
        raise ValueError(f"pooling: padding {border} is more than half of the window {tuple(size)}")
    return tuple(size), lengths_of("stride", size if stride is None else stride, n), border


def layer_norm(
    x: Any, rank: int = 1, scale: Any = None, shift: Any = None, epsilon: float = 1e-5
) -> Any:
    """Each example brought to mean 0 and variance 1 over its last `rank` axes."""
    z = standardize(x, tuple(range(-rank, 0)), epsilon)
    return _affine(z, scale, shift, ())


def batch_norm(
    x: Any,
    scale: Any = None,
    shift: Any = None,
    statistics: tuple[Any, Any] | None = None,
    epsilon: float = 1e-5,
) -> Any:
    """Each channel (axis 1) brought to mean 0 and variance 1 over the batch and its places.

    statistics: a mean and a variance per channel, to use instead of the batch's own: inference.
    """
    ones = (1,) * (x.ndim - 2)
    if statistics is None:
        axes = tuple(axis - x.ndim for axis in range(x.ndim) if axis != 1)
        return _affine(standardize(x, axes, epsilon), scale, shift, ones)
    mean, variance = (np.reshape(one, (*one.shape, *ones)) for one in statistics)
    return _affine((x - mean) / np.sqrt(variance + epsilon), scale, shift, ones)


def group_norm(
    x: Any, groups: int, scale: Any = None, shift: Any = None, epsilon: float = 1e-5
) -> Any:
    """Each group of channels of each example standardised; a group per channel: instance norm."""
    if x.ndim < 2 or x.shape[1] % groups:
        raise ValueError(f"group_norm: shape {x.shape} has no channels for {groups} equal groups")
    rows = np.reshape(x, (x.shape[0], groups, x.size // (x.shape[0] * groups)))
    z: Any = standardize(rows, (-1,), epsilon)
    return _affine(np.reshape(z, x.shape), scale, shift, (1,) * (x.ndim - 2))


def rms_norm(x: Any, rank: int = 1, scale: Any = None, epsilon: float = 1e-5) -> Any:
    """Each example divided by the root of the mean of squares over its last `rank` axes."""
    squares = np.mean(x * x, axis=tuple(range(-rank, 0)), keepdims=True)
    return _affine(x * (squares + epsilon) ** -0.5, scale, None, ())


def moments(x: Any) -> tuple[Any, Any, int]:
    """Per channel (axis 1) the mean, the variance by the count, and that count."""
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    centred = x - np.mean(x, axis=axes, keepdims=True)
    return np.mean(x, axis=axes), np.mean(centred * centred, axis=axes), x.size // x.shape[1]


def _affine(z: Any, scale: Any, shift: Any, ones: tuple[int, ...]) -> Any:
    z = z if scale is None else z * np.reshape(scale, (*scale.shape, *ones))
    return z if shift is None else z + np.reshape(shift, (*shift.shape, *ones))


def drop(x: Any, rate: float, seed: int) -> Any:
    """x with a share `rate` of its entries dropped; the same seed drops the same entries."""
    if not 0 <= rate <= 1:
        raise ValueError(f"dropout: the rate must lie between 0 and 1, got {rate}")
    return dropout(x, np.random.default_rng(seed).random(x.shape) >= rate, rate)


def _of_convolution(
    x: Any,
    kernel: Any,
    bias: Any = None,
    stride: Lengths = 1,
    padding: Lengths = 0,
    dilation: Lengths = 1,
    groups: int = 1,
) -> Work:
    n = kernel.ndim - 2
    given = zip(("stride", "padding", "dilation"), (stride, padding, dilation), strict=True)
    return work_of(FAMILIES[n][0])(x, kernel, *(lengths_of(*one, n) for one in given), groups)


def _of_spreading(
    x: Any,
    kernel: Any,
    bias: Any = None,
    stride: Lengths = 1,
    padding: Lengths = 0,
    extra: Lengths = 0,
    groups: int = 1,
    dilation: Lengths = 1,
) -> Work:
    n = kernel.ndim - 2
    steps, apart = lengths_of("stride", stride, n), lengths_of("dilation", dilation, n)
    border, more = lengths_of("padding", padding, n), lengths_of("padding", extra, n)
    return work_of(FAMILIES[n][1])(x, kernel, steps, border, more, groups, apart)


def _of_pooling(
    x: Any,
    size: Sequence[int],
    stride: Lengths | None = None,
    padding: Lengths = 0,
    other: Any = 1,
) -> Work:
    n = len(size)
    kernel, steps, border = _window(MAX, x, size, stride, padding)
    return window_work(x, kernel, steps, border, lengths_of("dilation", other, n))


WORK[convolve], WORK[convolve_transposed] = _of_convolution, _of_spreading
WORK[max_pool] = _of_pooling
WORK[avg_pool] = lambda x, size, stride=None, padding=0, border_counts=True: _of_pooling(
    x, size, stride, padding
)
WORK[dense] = lambda x, kernel, bias=None: work_of(matmul)(x, kernel)
WORK[linear] = lambda x, weight, bias=None: work_of(matmul)(x, np.swapaxes(weight, 0, -1))
