"""PyTorch's convolutions, pooling, normalisations and embeddings as layers of torch.nn."""

import math
from typing import Any

import numpy as np

from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import FLOAT32, dtype_of
from app.language.dialects.torch_functional import (
    FUNCTIONS,
    embedding,
    sizes,
)
from app.language.dialects.torch_modules import begin, layer, parameter
from app.language.errors import type_error, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import TORCH, Array, Class, Instance, Value


def _drawn(m: Machine, shape: tuple[int, ...], bound: float, dtype: Value) -> Array:
    m.budget.array(shape)
    data = m.torch_random.uniform(-bound, bound, shape, dtype_of(dtype, FLOAT32))
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
        size = sizes(kernel_size, n)
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


def _affine(m: Machine, ones: Any, scaled: Value, shifted: Value) -> dict[str, Value]:
    """The weight and the bias of a normalization, as they begin; None where it has none."""
    return {
        "weight": parameter(m, m.leaf(ones, TORCH)) if scaled else None,
        "bias": parameter(m, m.leaf(ones * 0, TORCH)) if shifted else None,
    }


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
            **_affine(m, ones, affine, affine),
            running_mean=m.leaf(ones * 0, TORCH),
            running_var=m.leaf(ones.copy(), TORCH),
            num_batches_tracked=m.leaf(np.int64(0), TORCH),
        )

    def forward(m: Machine, one: Instance, input: Value) -> Value:
        names = ("running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")
        found = FUNCTIONS["batch_norm"](m, input, *(one.values[name] for name in names))
        if one.values["training"]:
            count = one.values["num_batches_tracked"]
            replace(m, count, count.tensor.data + 1, counted=False)
        return found

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
    device: Value = None,
    dtype: Value = None,
) -> None:
    wanted = whole(normalized_shape)
    shape = (wanted,) if isinstance(wanted, int) else wanted
    m.budget.array(shape)
    ones = np.ones(shape, dtype_of(dtype, FLOAT32))
    begin(
        m,
        one,
        normalized_shape=shape,
        eps=eps,
        elementwise_affine=elementwise_affine,
        **_affine(m, ones, elementwise_affine, elementwise_affine and bias),
    )


def _layer_norm_forward(m: Machine, one: Instance, input: Value) -> Value:
    names = ("normalized_shape", "weight", "bias", "eps")
    return FUNCTIONS["layer_norm"](m, input, *(one.values[name] for name in names))


def _rms_norm_start(
    m: Machine,
    one: Instance,
    normalized_shape: Value,
    eps: Value = None,
    elementwise_affine: Value = True,
) -> None:
    _layer_norm_start(m, one, normalized_shape, eps, elementwise_affine, bias=False)


def _rms_norm_forward(m: Machine, one: Instance, input: Value) -> Value:
    names = ("normalized_shape", "weight", "eps")
    return FUNCTIONS["rms_norm"](m, input, *(one.values[name] for name in names))


def _group_norm_start(
    m: Machine,
    one: Instance,
    num_groups: Value,
    num_channels: Value,
    eps: Value = 1e-5,
    affine: Value = True,
    bias: Value = True,
) -> None:
    if num_channels % num_groups:
        raise value_error(
            f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
        )
    m.budget.array((num_channels,))
    ones = np.ones(num_channels, FLOAT32)
    begin(
        m,
        one,
        num_groups=num_groups,
        num_channels=num_channels,
        eps=eps,
        affine=affine,
        **_affine(m, ones, affine, affine and bias),
    )


def _group_norm_forward(m: Machine, one: Instance, input: Value) -> Value:
    names = ("num_groups", "weight", "bias", "eps")
    return FUNCTIONS["group_norm"](m, input, *(one.values[name] for name in names))


def _embedding_start(
    m: Machine, one: Instance, num_embeddings: Value, embedding_dim: Value
) -> None:
    m.budget.array((num_embeddings, embedding_dim))
    data = m.torch_random.normal(0.0, 1.0, (num_embeddings, embedding_dim)).astype(FLOAT32)
    weight = parameter(m, m.leaf(data, TORCH))
    begin(m, one, num_embeddings=num_embeddings, embedding_dim=embedding_dim, weight=weight)


def _adaptive_layer(kind: str, n: int) -> Class:
    function = FUNCTIONS[f"adaptive_{kind.lower()}_pool{n}d"]
    return layer(
        f"Adaptive{kind}Pool{n}d",
        lambda m, one, output_size: begin(m, one, output_size=output_size),
        lambda m, one, input: function(m, input, one.values["output_size"]),
        lambda one: f"output_size={one.values['output_size']}",
    )


LAYERS: dict[str, Class] = {
    **{
        f"Adaptive{kind}Pool{n}d": _adaptive_layer(kind, n)
        for kind in ("Max", "Avg")
        for n in (1, 2)
    },
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
    "RMSNorm": layer(
        "RMSNorm",
        _rms_norm_start,
        _rms_norm_forward,
        lambda one: (
            f"{one.values['normalized_shape']}, eps={one.values['eps']}, "
            f"elementwise_affine={one.values['elementwise_affine']}"
        ),
    ),
    "GroupNorm": layer(
        "GroupNorm",
        _group_norm_start,
        _group_norm_forward,
        lambda one: (
            f"{one.values['num_groups']}, {one.values['num_channels']}, "
            f"eps={one.values['eps']}, affine={one.values['affine']}, "
            f"bias={one.values['bias'] is not None}"
        ),
    ),
    "Embedding": layer(
        "Embedding",
        _embedding_start,
        lambda m, one, input: embedding(m, input, one.values["weight"]),
        lambda one: f"{one.values['num_embeddings']}, {one.values['embedding_dim']}",
    ),
}
