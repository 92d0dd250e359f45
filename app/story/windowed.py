"""Convolutions and pooling written for the frameworks, and the ways back through them.

TensorFlow has its channels last, no border but zeros, and either strides or a dilation: images are
turned, framed and thinned around its functions. The way back through an operation is written as
the pull-back of the operation itself: both frameworks differentiate that again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.engine.literal import literal

Spelling = Callable[[Sequence[str], Sequence[Any]], str | None]
Shape = tuple[int, ...]
FORMATS = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


def pulled(language: str, text: str, at: str, upstream: str, name: str = "_u") -> str:
    """The gradient of an expression of `name`, at a place, given that of its result."""
    if language == "torch":
        return f"torch.func.vjp(lambda {name}: {text}, {at})[1]({upstream})[0]"
    return f"pull_back(lambda {name}: {text}, {at}, {upstream})"


def zeros(language: str, shape: Sequence[int], like: str) -> str:
    written = literal(tuple(shape))
    if language == "torch":
        return f"{like}.new_zeros({written})"
    return f"tf.zeros({written}, {like}.dtype)"


def shape_of(x: Any) -> Shape:
    return tuple(np.shape(getattr(x, "data", x)))


# -- TensorFlow's functions, with PyTorch's arguments


def _last(x: str, n: int) -> str:
    """Images with their channels last."""
    return f"tf.transpose({x}, {literal((0, *range(2, n + 2), 1))})"


def _first(x: str, n: int) -> str:
    return f"tf.transpose({x}, {literal((0, n + 1, *range(1, n + 1)))})"


def _framed(x: str, padding: Shape, value: str = "") -> str:
    if not any(padding):
        return x
    widths = ((0, 0), *((p, p) for p in padding), (0, 0))
    return f"tf.pad({x}, {literal(widths)}{value})"


def _stepped(call: Callable[[Shape], str], stride: Shape, dilation: Shape) -> str:
    """TensorFlow takes a dilation only with steps of 1: the rest is left out afterwards."""
    if max(stride) == 1 or max(dilation) == 1:
        return call(stride)
    thinned = ", ".join(f"::{s}" for s in stride)
    return f"{call((1,) * len(stride))}[:, {thinned}]"


def _convolved(x: str, w: str, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> str:
    n = len(stride)
    kernel = f"tf.transpose({w}, {literal((*range(2, n + 2), 1, 0))})"
    image = _framed(_last(x, n), padding)

    def call(steps: Shape) -> str:
        dilated = f", dilations={dilation}" if max(dilation) > 1 else ""
        # without its data_format TensorFlow cannot differentiate this twice
        more = f"strides={steps}, padding='VALID'{dilated}, data_format='{FORMATS[n]}'"
        if groups == 1:
            return f"tf.nn.convolution({image}, {kernel}, {more})"
        parts = f"zip(tf.split({image}, {groups}, -1), tf.split({kernel}, {groups}, -1))"
        return f"tf.concat([tf.nn.convolution(_x, _w, {more}) for _x, _w in {parts}], -1)"

    return _first(_stepped(call, stride, dilation), n)


def _pooled(x: str, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape, way: str) -> str:
    n = len(kernel)
    border = ", constant_values=float('-inf')" if way == "MAX" else ""
    image = _framed(_last(x, n), padding, border)

    def call(steps: Shape) -> str:
        dilated = f", dilations={dilation}" if max(dilation) > 1 else ""
        return f"tf.nn.pool({image}, {kernel}, '{way}', strides={steps}, padding='VALID'{dilated})"

    return _first(_stepped(call, stride, dilation), n)


def _mean(x: str, kernel: Shape, stride: Shape, padding: Shape, border: bool) -> str:
    plain = (1,) * len(kernel)
    text = _pooled(x, kernel, stride, padding, plain, "AVG")
    if border or not any(padding):
        return text
    return f"{text} / {_pooled(f'tf.ones_like({x})', kernel, stride, padding, plain, 'AVG')}"


# -- the operations


def _fits(x: Any, n: int) -> bool:
    """Whether an array is a batch of images with channels: what the frameworks' functions take."""
    return len(shape_of(x)) == n + 2


def _pools(language: str, x: Any, n: int) -> bool:
    """Whether there is pooling of such images: TensorFlow's over 3 axes knows no float64."""
    double = n == 3 and language == "tensorflow" and x.data.dtype == np.float64
    return _fits(x, n) and not double


def _conv(language: str, n: int) -> dict[str, Spelling]:
    def plain(x: str, w: str, s: Shape, p: Shape, d: Shape, groups: int) -> str:
        if language == "tensorflow":
            return _convolved(x, w, s, p, d, groups)
        return f"torch.nn.functional.conv{n}d({x}, {w}, None, {s}, {p}, {d}, {groups})"

    def forward(texts: Sequence[str], inputs: Sequence[Any]) -> str | None:
        if not _fits(inputs[0], n):
            return None
        return plain(texts[0], texts[1], *inputs[2:])

    def transposed(texts: Sequence[str], inputs: Sequence[Any]) -> str | None:
        y, w, s, p, extra, groups, d = inputs
        if not _fits(y, n):
            return None
        kernel, counts = shape_of(w)[-n:], shape_of(y)[-n:]
        lengths = [
            (counts[i] - 1) * s[i] - 2 * p[i] + d[i] * (kernel[i] - 1) + 1 + extra[i]
            for i in range(n)
        ]
        image = (shape_of(y)[0], shape_of(w)[1] * groups, *lengths)
        text = plain("_u", texts[1], s, p, d, groups)
        return pulled(language, text, zeros(language, image, texts[0]), texts[0])

    def kernels(texts: Sequence[str], inputs: Sequence[Any]) -> str | None:
        x, _, shape, s, p, d, groups = inputs
        if not _fits(x, n):
            return None
        text = plain(texts[0], "_u", s, p, d, groups)
        return pulled(language, text, zeros(language, shape, texts[0]), texts[1])

    if language == "torch":
        return {}
    return {f"conv{n}d": forward, f"conv_transpose{n}d": transposed, f"conv{n}d_kernel": kernels}


def _pool(language: str, n: int) -> dict[str, Spelling]:
    def largest(x: str, kernel: Shape, s: Shape, p: Shape, d: Shape) -> str:
        if language == "tensorflow":
            return _pooled(x, kernel, s, p, d, "MAX")
        return f"torch.nn.functional.max_pool{n}d({x}, {kernel}, {s}, {p}, {d})"

    def mean(x: str, kernel: Shape, s: Shape, p: Shape, border: bool) -> str:
        if language == "tensorflow":
            return _mean(x, kernel, s, p, border)
        return (
            f"torch.nn.functional.avg_pool{n}d({x}, {kernel}, {s}, {p}, count_include_pad={border})"
        )

    def largest_back(texts: Sequence[str], inputs: Sequence[Any]) -> str | None:
        if not _pools(language, inputs[1], n):
            return None
        return pulled(language, largest("_u", *inputs[2:]), texts[1], texts[0])

    def largest_read(texts: Sequence[str], inputs: Sequence[Any]) -> str | None:
        """The way back of the way back, which is linear in what it sends."""
        if not _pools(language, inputs[1], n):
            return None
        back = pulled(language, largest("_v", *inputs[2:]), texts[1], "_u", "_v")
        module = "torch" if language == "torch" else "tf"
        start = f"{module}.zeros_like({largest(texts[1], *inputs[2:])})"
        return pulled(language, back, start, texts[0])

    def mean_back(texts: Sequence[str], inputs: Sequence[Any]) -> str | None:
        y, lengths, *geometry = inputs
        if not _pools(language, y, n):
            return None
        start = zeros(language, (*shape_of(y)[:2], *lengths), texts[0])
        return pulled(language, mean("_u", *geometry), start, texts[0])

    def forward(write: Callable[..., str]) -> Spelling:
        return lambda texts, inputs: (
            write(texts[0], *inputs[1:]) if _pools(language, inputs[0], n) else None
        )

    back: dict[str, Spelling] = {
        f"max_pool{n}d_back": largest_back,
        f"max_pool{n}d_read": largest_read,
        f"avg_pool{n}d_back": mean_back,
    }
    if language == "torch":
        return back
    return {f"max_pool{n}d": forward(largest), f"avg_pool{n}d": forward(mean), **back}


def _windows(language: str) -> dict[str, Spelling]:
    return {
        name: write
        for n in (1, 2, 3)
        for name, write in (_conv(language, n) | _pool(language, n)).items()
    }


TORCH_WINDOWS, TENSORFLOW_WINDOWS = _windows("torch"), _windows("tensorflow")
