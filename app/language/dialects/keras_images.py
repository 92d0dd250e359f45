"""tf.keras.layers for images: convolution, pooling, padding. Images are (N, *lengths, channels)."""

from typing import Any

from app.engine import OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.dialects.arranging import whole
from app.language.dialects.common import array
from app.language.dialects.keras_modules import (
    LAYER,
    TF,
    Call,
    activation_of,
    begun_variable,
    start,
)
from app.language.dialects.tensorflow_images import FUNCTIONS, lengths_of
from app.language.errors import ProgramError, unsupported, value_error
from app.language.machine import Machine
from app.language.paths import named
from app.language.values import Array, Class, Instance, Value

Lengths = tuple[Any, ...]


def _places(lengths: Lengths, size: Lengths, stride: Lengths, how: str) -> Lengths:
    """How many windows fit; None stays unknown."""
    return tuple(
        None if n is None else -(-n // s) if how == "same" else (n - k) // s + 1
        for n, k, s in zip(lengths, size, stride, strict=True)
    )


def _way(padding: Value) -> str:
    how = padding.lower() if isinstance(padding, str) else padding
    if how not in ("valid", "same"):
        raise value_error(f"padding is 'valid' or 'same' here, not {padding!r}")
    return str(how)


def _conv(n: int) -> Class:
    kind = f"Conv{n}D"

    def begin(
        m: Machine,
        layer: Instance,
        filters: Value,
        kernel_size: Value,
        strides: Value = 1,
        padding: Value = "valid",
        data_format: Value = None,
        dilation_rate: Value = 1,
        groups: Value = 1,
        activation: Value = None,
        use_bias: Value = True,
        kernel_initializer: Value = "glorot_uniform",
        bias_initializer: Value = "zeros",
        **settings: Value,
    ) -> None:
        if not isinstance(filters, int) or filters < 1:
            words = "Invalid value for argument `filters`. Expected a strictly positive value."
            raise value_error(f"{words} Received filters={filters}.")
        if data_format not in (None, "channels_last"):
            raise unsupported(f"data_format={data_format!r}")
        start(m, layer, **settings)
        layer.values |= {
            "filters": filters,
            "kernel_size": lengths_of("kernel_size", kernel_size, n),
            "strides": lengths_of("strides", strides, n),
            "padding": _way(padding),
            "dilation_rate": lengths_of("dilation_rate", dilation_rate, n),
            "groups": groups,
            "use_bias": bool(use_bias),
            "begins": (kernel_initializer, bias_initializer),
            "activation": activation_of(activation),
            "built": False,
        }

    def build(m: Machine, layer: Instance, shape: Value) -> None:
        v = layer.values
        channels = tuple(shape)[-1]
        if channels % v["groups"]:
            words = "The number of input channels must be evenly divisible by the number of groups."
            raise value_error(f"{words} Received groups={v['groups']}, channels={channels}")
        size = (*v["kernel_size"], channels // v["groups"], v["filters"])
        kernel, bias = v.pop("begins")
        v["kernel"] = made = begun_variable(m, f"{v['name']}/kernel", kernel, size)
        named(m, layer, "kernel", made.tensor)
        if v["use_bias"]:
            v["bias"] = made = begun_variable(m, f"{v['name']}/bias", bias, (v["filters"],))
            named(m, layer, "bias", made.tensor)
        v["built"] = True

    def forward(m: Machine, layer: Instance, x: Array) -> Value:
        v, kernel = layer.values, layer.values["kernel"]
        taken = kernel.tensor.shape[-2] * v["groups"]
        if x.tensor.ndim != n + 2 or x.tensor.shape[-1] != taken:
            words = f'Input 0 of layer "{v["name"]}" is incompatible with the layer: expected '
            words += f"axis -1 of input shape to have value {taken}, but received input with shape "
            words += f"{tuple(x.tensor.shape)}"
            raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
        act = FUNCTIONS[f"conv{n}d"]
        found = act(m, x, kernel, v["strides"], v["padding"], None, v["dilation_rate"])
        if v["use_bias"]:
            found = m.binary(OPS["add"], found, v["bias"])
        return found if v["activation"] is None else call(m, v["activation"], found)

    def after(m: Machine, layer: Instance, shape: Value) -> Lengths:
        v = layer.values
        spread = tuple(
            d * (k - 1) + 1 for k, d in zip(v["kernel_size"], v["dilation_rate"], strict=True)
        )
        places = _places(tuple(shape)[1:-1], spread, v["strides"], v["padding"])
        return (shape[0], *places, v["filters"])

    methods: dict[str, Call] = {
        "__init__": begin,
        "build": build,
        "call": forward,
        "compute_output_shape": after,
    }
    return Class(kind, base=LAYER, methods=methods)


def _pool(kind: str, n: int) -> Class:
    function = FUNCTIONS[f"{'max' if kind == 'Max' else 'avg'}_pool{n}d"]

    def begin(
        m: Machine,
        layer: Instance,
        pool_size: Value = 2,
        strides: Value = None,
        padding: Value = "valid",
        **settings: Value,
    ) -> None:
        start(m, layer, **settings)
        size = lengths_of("pool_size", pool_size, n)
        steps = size if strides is None else lengths_of("strides", strides, n)
        layer.values |= {"pool_size": size, "strides": steps, "padding": _way(padding)}

    def forward(m: Machine, layer: Instance, x: Value) -> Value:
        v = layer.values
        return function(m, x, v["pool_size"], v["strides"], v["padding"])

    def after(m: Machine, layer: Instance, shape: Value) -> Lengths:
        v = layer.values
        places = _places(tuple(shape)[1:-1], v["pool_size"], v["strides"], v["padding"])
        return (shape[0], *places, shape[-1])

    methods: dict[str, Call] = {"__init__": begin, "call": forward, "compute_output_shape": after}
    return Class(f"{kind}Pooling{n}D", base=LAYER, methods=methods)


def _global_pool(kind: str, n: int) -> Class:
    """The mean, or the largest, of every channel."""
    op = OPS["max" if kind == "Max" else "mean"]

    def begin(m: Machine, layer: Instance, keepdims: Value = False, **settings: Value) -> None:
        start(m, layer, **settings)
        layer.values["keepdims"] = bool(keepdims)

    def forward(m: Machine, layer: Instance, x: Value) -> Value:
        keep, axes = layer.values["keepdims"], tuple(range(1, n + 1))
        return m.apply(lambda t: p.reductions.reduce(op, t, axes, keep), array(m, x, TF))

    def after(m: Machine, layer: Instance, shape: Value) -> Lengths:
        between = (1,) * n if layer.values["keepdims"] else ()
        return (shape[0], *between, shape[-1])

    methods: dict[str, Call] = {"__init__": begin, "call": forward, "compute_output_shape": after}
    return Class(f"Global{kind}Pooling{n}D", base=LAYER, methods=methods)


def _zero_padding(m: Machine, layer: Instance, padding: Value = 1, **settings: Value) -> None:
    start(m, layer, **settings)
    found = whole(padding)
    pair = (found, found) if isinstance(found, int) else tuple(found)
    layer.values["padding"] = tuple((one, one) if isinstance(one, int) else one for one in pair)


def _zero_padding_call(m: Machine, layer: Instance, x: Value) -> Value:
    found = array(m, x, TF)
    pairs = [(0, 0), *layer.values["padding"], (0, 0)]
    m.budget.array(tuple(k + a + b for k, (a, b) in zip(found.tensor.shape, pairs, strict=True)))
    return m.apply(lambda t: p.padding.pad(t, pairs, "constant", 0), found)


def _zero_padding_shape(m: Machine, layer: Instance, shape: Value) -> Lengths:
    inner = zip(tuple(shape)[1:-1], layer.values["padding"], strict=True)
    return (shape[0], *(None if k is None else k + a + b for k, (a, b) in inner), shape[-1])


IMAGES: dict[str, Class] = {
    **{f"Conv{n}D": _conv(n) for n in (1, 2, 3)},
    **{f"{kind}Pooling{n}D": _pool(kind, n) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{
        f"Global{kind}Pooling{n}D": _global_pool(kind, n)
        for kind in ("Max", "Average")
        for n in (1, 2, 3)
    },
    "ZeroPadding2D": Class(
        "ZeroPadding2D",
        base=LAYER,
        methods={
            "__init__": _zero_padding,
            "call": _zero_padding_call,
            "compute_output_shape": _zero_padding_shape,
        },
    ),
}
for short, full in (("Max", "Max"), ("Avg", "Average")):
    for n in (1, 2, 3):
        IMAGES[f"{short}Pool{n}D"] = IMAGES[f"{full}Pooling{n}D"]
        IMAGES[f"Global{short}Pool{n}D"] = IMAGES[f"Global{full}Pooling{n}D"]
