"""PyTorch's convolutions, pooling, normalisations and embeddings as functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import array, cast
from app.language.dialects.placing import placing, torch_pad
from app.language.dialects.tables import Table, called
from app.language.dialects.torch_agreeing import of_a_norm
from app.language.errors import ProgramError, unsupported
from app.language.grad_fn import named
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value

PLACED = placing(TORCH)
Call = Callable[..., Any]


def _optional(m: Machine, x: Value) -> Array | None:
    return None if x is None else array(m, x, TORCH)


def _border(padding: Value, kernel: tuple[int, ...], dilation: Value) -> Any:
    """A padding by its word: valid is none, same keeps the lengths."""
    if padding == "valid":
        return 0
    if padding != "same":
        return whole(padding)
    apart = p.windows.lengths_of("dilation", whole(dilation), len(kernel))
    whole_widths = [d * (k - 1) for d, k in zip(apart, kernel, strict=True)]
    if any(width % 2 for width in whole_widths):
        raise unsupported(N_("padding='same' with a kernel of even length"))
    return tuple(width // 2 for width in whole_widths)


def _conv(n: int) -> Call:
    def conv(
        m: Machine,
        x: Value,
        weight: Value,
        bias: Value = None,
        stride: Value = 1,
        padding: Value = 0,
        dilation: Value = 1,
        groups: Value = 1,
    ) -> Array:
        x, weight = array(m, x, TORCH), array(m, weight, TORCH)
        shape = tuple(weight.tensor.shape)
        if len(shape) != n + 2 or x.tensor.ndim not in (n + 1, n + 2):
            words = f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to conv{n}d, "
            words += f"but got input of size: {list(x.tensor.shape)}"
            raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=str(shape))
        border = _border(padding, shape[2:], dilation)
        settings = (whole(stride), border, whole(dilation), whole(groups))
        return m.apply(p.layers.convolve, x, weight, _optional(m, bias), *settings)

    return conv


def _conv_transposed(
    m: Machine,
    x: Value,
    weight: Value,
    bias: Value = None,
    stride: Value = 1,
    padding: Value = 0,
    output_padding: Value = 0,
    groups: Value = 1,
    dilation: Value = 1,
) -> Array:
    settings = (whole(one) for one in (stride, padding, output_padding, groups, dilation))
    x, weight = array(m, x, TORCH), array(m, weight, TORCH)
    return m.apply(p.layers.convolve_transposed, x, weight, _optional(m, bias), *settings)


def sizes(kernel_size: Value, n: int) -> tuple[int, ...]:
    return p.windows.lengths_of("kernel_size", whole(kernel_size), n)


def _max_pool(n: int) -> Call:
    def pool(
        m: Machine,
        x: Value,
        kernel_size: Value,
        stride: Value = None,
        padding: Value = 0,
        dilation: Value = 1,
        ceil_mode: Value = False,
    ) -> Array:
        if ceil_mode:
            raise unsupported(N_("pooling with ceil_mode"))
        settings = (whole(stride), whole(padding), whole(dilation))
        return m.apply(p.layers.max_pool, array(m, x, TORCH), sizes(kernel_size, n), *settings)

    return pool


def _avg_pool(n: int) -> Call:
    def pool(
        m: Machine,
        x: Value,
        kernel_size: Value,
        stride: Value = None,
        padding: Value = 0,
        ceil_mode: Value = False,
        count_include_pad: Value = True,
    ) -> Array:
        if ceil_mode:
            raise unsupported(N_("pooling with ceil_mode"))
        settings = (whole(stride), whole(padding), bool(count_include_pad))
        return m.apply(p.layers.avg_pool, array(m, x, TORCH), sizes(kernel_size, n), *settings)

    return pool


def _adaptive(function: Call, n: int) -> Call:
    return lambda m, x, output_size: m.apply(function, array(m, x, TORCH), whole(output_size), n)


def _last_lengths(x: Array, normalized_shape: Value, gap: str = ", ") -> tuple[int, ...]:
    """The lengths that are normalised together. Raises what PyTorch does for other ones."""
    wanted = whole(normalized_shape)
    wanted = (wanted,) if isinstance(wanted, int) else wanted
    if tuple(x.tensor.shape[x.tensor.ndim - len(wanted) :]) != wanted:
        words = f"Given normalized_shape={list(wanted)}, expected input with shape [*{gap}"
        words += f"{', '.join(map(str, wanted))}], but got input of "
        words += f"size{list(x.tensor.shape)}"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=str(wanted))
    return wanted


def rms_norm(
    m: Machine, x: Value, normalized_shape: Value, weight: Value = None, eps: Value = None
) -> Array:
    """eps: by default the spacing of the numbers at 1."""
    found = array(m, x, TORCH)
    rank, scale = len(_last_lengths(found, normalized_shape, "")), _optional(m, weight)
    of_a_norm("rms_norm", found, scale)
    small = float(np.finfo(found.tensor.dtype).eps) if eps is None else eps
    return m.apply(lambda t, w: p.layers.rms_norm(t, rank, w, small), found, scale)


def group_norm(
    m: Machine,
    x: Value,
    num_groups: Value,
    weight: Value = None,
    bias: Value = None,
    eps: Value = 1e-5,
) -> Array:
    found, groups = array(m, x, TORCH), whole(num_groups)
    shape = list(found.tensor.shape)
    if len(shape) < 2:
        words = f"Expected at least 2 dimensions for input tensor but received {len(shape)}"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    if groups < 1 or shape[1] % groups:
        words = "Expected number of channels in input to be divisible by num_groups, but got "
        words += f"input of shape {shape} and num_groups={groups}"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    scale, shift = _optional(m, weight), _optional(m, bias)
    for name, one in (("weight", scale), ("bias", shift)):
        if one is not None and tuple(one.tensor.shape) != (shape[1],):
            words = f"Expected {name} to be a vector of size equal to the number of channels in "
            words += f"input, but got {name} of shape {list(one.tensor.shape)} and input of shape "
            words += f"{shape}"
            raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    of_a_norm("group_norm", found, scale, shift)
    return m.apply(lambda t, w, b: p.layers.group_norm(t, groups, w, b, eps), found, scale, shift)


def layer_norm(
    m: Machine,
    x: Value,
    normalized_shape: Value,
    weight: Value = None,
    bias: Value = None,
    eps: Value = 1e-5,
) -> Array:
    found = array(m, x, TORCH)
    wanted = _last_lengths(found, normalized_shape)
    scale, shift = _optional(m, weight), _optional(m, bias)
    of_a_norm("layer_norm", found, scale, shift)
    return m.apply(
        lambda t, w, b: p.layers.layer_norm(t, len(wanted), w, b, eps), found, scale, shift
    )


def batch_norm(
    m: Machine,
    x: Value,
    running_mean: Value,
    running_var: Value,
    weight: Value = None,
    bias: Value = None,
    training: Value = False,
    momentum: Value = 0.1,
    eps: Value = 1e-5,
) -> Array:
    """In training by the batch's own mean and variance, which the running ones follow."""
    found = array(m, x, TORCH)
    scale, shift = _optional(m, weight), _optional(m, bias)
    names = ("running_mean", "running_var", "weight", "bias")
    for name, one in zip(names, (running_mean, running_var, scale, shift), strict=True):
        count = found.tensor.shape[1] if found.tensor.ndim > 1 else 0
        if isinstance(one, Array) and one.tensor.size != count:
            words = f"{name} should contain {count} elements not {one.tensor.size}"
            raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    of_a_norm("batch_norm", found, scale, shift, running_mean, running_var)
    if not training:
        return m.apply(
            lambda t, w, b, mean, var: p.layers.batch_norm(t, w, b, (mean, var), eps),
            *(found, scale, shift, running_mean, running_var),
        )
    if found.tensor.ndim < 2 or found.tensor.size <= found.tensor.shape[1]:
        words = "Expected more than 1 value per channel when training, got input size "
        words += f"torch.Size({list(found.tensor.shape)})"
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
    if isinstance(running_mean, Array):
        mean, variance, count = p.layers.moments(found.tensor.data)
        for one, seen in ((running_mean, mean), (running_var, variance * count / (count - 1))):
            old = one.tensor.data
            replace(m, one, ((1 - momentum) * old + momentum * seen).astype(old.dtype))
    return m.apply(lambda t, w, b: p.layers.batch_norm(t, w, b, None, eps), found, scale, shift)


def _cosine(m: Machine, x1: Value, x2: Value, dim: Value = 1, eps: Value = 1e-8) -> Array:
    left, right = array(m, x1, TORCH), array(m, x2, TORCH)
    m.budget.array(np.broadcast_shapes(left.tensor.shape, right.tensor.shape))
    at = whole(dim)

    def act(a: Any, b: Any) -> Any:
        a, b = (p.shaping.moveaxis(t, at, -1) if at not in (-1, t.ndim - 1) else t for t in (a, b))
        return OPS["cosine_similarity"](a, b, eps)

    return m.apply(act, left, right)


def _one_hot(m: Machine, x: Value, num_classes: Value = -1) -> Array:
    found, count = array(m, x, TORCH), whole(num_classes)
    if found.tensor.dtype != np.int64:
        words = "one_hot is only applicable to index tensor of type LongTensor."
        raise ProgramError("dtype", framework=f"RuntimeError: {words}", detail=words)
    if np.any(found.tensor.data < 0):
        words = "Class values must be non-negative."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    highest = int(np.max(found.tensor.data, initial=-1))
    if count >= 0 and highest >= count:
        words = "Class values must be smaller than num_classes."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    if count < 0:
        m.leaves(found)
    depth = highest + 1 if count < 0 else count
    made = PLACED["one_hot"](m, found, depth)
    return cast(m, made, np.dtype(np.int64))


def embedding(m: Machine, x: Value, weight: Value) -> Value:
    return PLACED["look_up"](m, weight, x)


FUNCTIONS: Table = named(
    called(
        {
            **{f"conv{n}d": _conv(n) for n in (1, 2, 3)},
            **{f"conv_transpose{n}d": _conv_transposed for n in (1, 2, 3)},
            **{f"max_pool{n}d": _max_pool(n) for n in (1, 2, 3)},
            **{f"avg_pool{n}d": _avg_pool(n) for n in (1, 2, 3)},
            **{
                f"adaptive_avg_pool{n}d": _adaptive(p.adaptive_pooling.adaptive_avg_pool, n)
                for n in (1, 2)
            },
            **{
                f"adaptive_max_pool{n}d": _adaptive(p.adaptive_pooling.adaptive_max_pool, n)
                for n in (1, 2)
            },
            "layer_norm": layer_norm,
            "rms_norm": rms_norm,
            "group_norm": group_norm,
            "batch_norm": batch_norm,
            "embedding": embedding,
            "one_hot": _one_hot,
            "pad": torch_pad,
            "cosine_similarity": _cosine,
        },
        input="x",
        tensor="x",
    )
)
