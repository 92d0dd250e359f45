"""PyTorch's convolutions, pooling, normalisations and embeddings, as functions and as layers."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import FLOAT32, array, cast, dtype_of
from app.language.dialects.placing import placing, torch_pad
from app.language.dialects.tables import Table, called
from app.language.dialects.torch_modules import begin, layer, parameter
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import TORCH, Array, Class, Instance, Value

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
        raise unsupported("padding='same' with a kernel of even length")
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


def _size(kernel_size: Value, n: int) -> tuple[int, ...]:
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
            raise unsupported("pooling with ceil_mode")
        settings = (whole(stride), whole(padding), whole(dilation))
        return m.apply(p.layers.max_pool, array(m, x, TORCH), _size(kernel_size, n), *settings)

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
            raise unsupported("pooling with ceil_mode")
        settings = (whole(stride), whole(padding), bool(count_include_pad))
        return m.apply(p.layers.avg_pool, array(m, x, TORCH), _size(kernel_size, n), *settings)

    return pool


def _adaptive(function: Call, n: int) -> Call:
    return lambda m, x, output_size: m.apply(function, array(m, x, TORCH), whole(output_size), n)


def _layer_norm(
    m: Machine,
    x: Value,
    normalized_shape: Value,
    weight: Value = None,
    bias: Value = None,
    eps: Value = 1e-5,
) -> Array:
    wanted, found = whole(normalized_shape), array(m, x, TORCH)
    wanted = (wanted,) if isinstance(wanted, int) else wanted
    if tuple(found.tensor.shape[found.tensor.ndim - len(wanted) :]) != wanted:
        words = f"Given normalized_shape={list(wanted)}, expected input with shape [*, "
        words += f"{', '.join(map(str, wanted))}], but got input of "
        words += f"size{list(found.tensor.shape)}"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=str(wanted))
    scale, shift = _optional(m, weight), _optional(m, bias)
    return m.apply(
        lambda t, w, b: p.layers.layer_norm(t, len(wanted), w, b, eps), found, scale, shift
    )


def _batch_norm(
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
    highest = int(np.max(found.tensor.data, initial=-1))
    if count >= 0 and highest >= count:
        words = "Class values must be smaller than num_classes."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    depth = highest + 1 if count < 0 else count
    made = PLACED["one_hot"](m, found, depth)
    return cast(m, made, np.dtype(np.int64))


def _embedding(m: Machine, x: Value, weight: Value) -> Value:
    return PLACED["look_up"](m, weight, x)


FUNCTIONS: Table = called(
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
        "layer_norm": _layer_norm,
        "batch_norm": _batch_norm,
        "embedding": _embedding,
        "one_hot": _one_hot,
        "pad": torch_pad,
        "cosine_similarity": _cosine,
    },
    input="x",
    tensor="x",
)


# -- layers


def _drawn(m: Machine, shape: tuple[int, ...], bound: float, dtype: Value) -> Array:
    m.budget.array(shape)
    data = m.random.uniform(-bound, bound, shape).astype(dtype_of(dtype, FLOAT32))
    return parameter(m, m.leaf(data, TORCH))


def _conv_layer(n: int) -> Class:
    def start(
        m: Machine,
        one: Instance,
        in_channels: Value,
        out_channels: Value,
        kernel_size: Value,
        stride: Value = 1,
        padding: Value = 0,
        dilation: Value = 1,
        groups: Value = 1,
        bias: Value = True,
        dtype: Value = None,
    ) -> None:
        if not (isinstance(in_channels, int) and isinstance(out_channels, int)):
            raise type_error(f"Conv{n}d() takes whole numbers of channels")
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise value_error("in_channels and out_channels must be divisible by groups")
        size = _size(kernel_size, n)
        shape = (out_channels, in_channels // groups, *size)
        bound = 1 / math.sqrt(max(1, math.prod(shape[1:])))
        words = isinstance(padding, str)
        begin(
            m,
            one,
            in_channels=in_channels,
            out_channels=out_channels,
            kernel_size=size,
            stride=p.windows.lengths_of("stride", whole(stride), n),
            padding=padding if words else p.windows.lengths_of("padding", whole(padding), n),
            dilation=p.windows.lengths_of("dilation", whole(dilation), n),
            groups=groups,
            weight=_drawn(m, shape, bound, dtype),
            bias=_drawn(m, (out_channels,), bound, dtype) if bias else None,
        )

    def forward(m: Machine, one: Instance, input: Value) -> Value:
        names = ("weight", "bias", "stride", "padding", "dilation", "groups")
        return FUNCTIONS[f"conv{n}d"](m, input, *(one.values[name] for name in names))

    def shown(one: Instance) -> str:
        v = one.values
        text = f"{v['in_channels']}, {v['out_channels']}, kernel_size={v['kernel_size']}"
        text += f", stride={v['stride']}"
        usual = {"padding": (0,) * n, "dilation": (1,) * n, "groups": 1}
        for name, value in usual.items():
            text += f", {name}={v[name]!r}" if v[name] != value else ""
        return text + ("" if v["bias"] is not None else ", bias=False")

    return layer(f"Conv{n}d", start, forward, shown)


def _pool_layer(kind: str, n: int) -> Class:
    function = FUNCTIONS[f"{kind.lower()}_pool{n}d"]

    def start(
        m: Machine, one: Instance, kernel_size: Value, stride: Value = None, padding: Value = 0
    ) -> None:
        steps = kernel_size if stride is None else stride
        begin(m, one, kernel_size=kernel_size, stride=steps, padding=padding)

    def forward(m: Machine, one: Instance, input: Value) -> Value:
        return function(m, input, *(one.values[x] for x in ("kernel_size", "stride", "padding")))

    def shown(one: Instance) -> str:
        names = ["kernel_size", "stride", "padding"]
        values = {name: one.values[name] for name in names}
        if kind == "Avg" and n == 1:
            values = {
                name: value if isinstance(value, tuple) else (value,)
                for name, value in values.items()
            }
        text = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{text}, dilation=1, ceil_mode=False" if kind == "Max" else text

    return layer(f"{kind}Pool{n}d", start, forward, shown)


def _norm_layer(n: int) -> Class:
    def start(
        m: Machine,
        one: Instance,
        num_features: Value,
        eps: Value = 1e-5,
        momentum: Value = 0.1,
        affine: Value = True,
    ) -> None:
        m.budget.array((num_features,))
        ones = np.ones(num_features, FLOAT32)
        begin(
            m,
            one,
            num_features=num_features,
            eps=eps,
            momentum=momentum,
            affine=affine,
            weight=parameter(m, m.leaf(ones, TORCH)) if affine else None,
            bias=parameter(m, m.leaf(ones * 0, TORCH)) if affine else None,
            running_mean=m.leaf(ones * 0, TORCH),
            running_var=m.leaf(ones.copy(), TORCH),
        )

    def forward(m: Machine, one: Instance, input: Value) -> Value:
        names = ("running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")
        return _batch_norm(m, input, *(one.values[name] for name in names))

    def shown(one: Instance) -> str:
        names, affine = ("eps", "momentum", "affine"), one.values["affine"]
        text = ", ".join(f"{name}={one.values[name]}" for name in names)
        return f"{one.values['num_features']}, {text}, bias={affine}, track_running_stats=True"

    return layer(f"BatchNorm{n}d", start, forward, shown)


def _layer_norm_start(
    m: Machine,
    one: Instance,
    normalized_shape: Value,
    eps: Value = 1e-5,
    elementwise_affine: Value = True,
    bias: Value = True,
) -> None:
    wanted = whole(normalized_shape)
    shape = (wanted,) if isinstance(wanted, int) else wanted
    m.budget.array(shape)
    ones = np.ones(shape, FLOAT32)
    begin(
        m,
        one,
        normalized_shape=shape,
        eps=eps,
        elementwise_affine=elementwise_affine,
        weight=parameter(m, m.leaf(ones, TORCH)) if elementwise_affine else None,
        bias=parameter(m, m.leaf(ones * 0, TORCH)) if elementwise_affine and bias else None,
    )


def _layer_norm_forward(m: Machine, one: Instance, input: Value) -> Value:
    names = ("normalized_shape", "weight", "bias", "eps")
    return _layer_norm(m, input, *(one.values[name] for name in names))


def _embedding_start(
    m: Machine, one: Instance, num_embeddings: Value, embedding_dim: Value
) -> None:
    m.budget.array((num_embeddings, embedding_dim))
    data = m.random.standard_normal((num_embeddings, embedding_dim)).astype(FLOAT32)
    weight = parameter(m, m.leaf(data, TORCH))
    begin(m, one, num_embeddings=num_embeddings, embedding_dim=embedding_dim, weight=weight)


LAYERS: dict[str, Class] = {
    **{f"Conv{n}d": _conv_layer(n) for n in (1, 2, 3)},
    **{f"{kind}Pool{n}d": _pool_layer(kind, n) for kind in ("Max", "Avg") for n in (1, 2)},
    **{f"BatchNorm{n}d": _norm_layer(n) for n in (1, 2)},
    "LayerNorm": layer(
        "LayerNorm",
        _layer_norm_start,
        _layer_norm_forward,
        lambda one: (
            f"{one.values['normalized_shape']}, eps={one.values['eps']}, "
            f"elementwise_affine={one.values['elementwise_affine']}, "
            f"bias={one.values['bias'] is not None}"
        ),
    ),
    "Embedding": layer(
        "Embedding",
        _embedding_start,
        lambda m, one, input: _embedding(m, input, one.values["weight"]),
        lambda one: f"{one.values['num_embeddings']}, {one.values['embedding_dim']}",
    ),
}
