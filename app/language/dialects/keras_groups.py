"""tf.keras.layers that norm groups of channels, or by the root of the mean of squares."""

from app.engine import N_
from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.keras_modules import LAYER, start
from app.language.dialects.keras_normalizing import layer_start, scaled, shaped, variable
from app.language.dialects.tensorflow_losses import FUNCTIONS, moments
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Class, Instance, Value


def _group(
    m: Machine,
    layer: Instance,
    groups: Value = 32,
    axis: Value = -1,
    epsilon: Value = 0.001,
    center: Value = True,
    scale: Value = True,
    **settings: Value,
) -> None:
    layer_start(m, layer, axis, epsilon, center, scale, **settings)
    layer.values |= {"groups": whole(groups), "axis": whole(axis)}


def _group_build(m: Machine, layer: Instance, shape: Value) -> None:
    v = layer.values
    channels = tuple(shape)[v["axis"]]
    v["groups"] = channels if v["groups"] == -1 else v["groups"]
    told = f"Number of groups ({v['groups']})"
    if channels < v["groups"]:
        raise value_error(f"{told} cannot be more than the number of channels ({channels}).")
    if channels % v["groups"]:
        raise value_error(f"{told} must be a multiple of the number of channels ({channels}).")
    scaled(m, layer, (channels,))
    v["built"] = True


def _group_call(m: Machine, layer: Instance, x: Array) -> Value:
    """Each group of channels of each example is brought to mean 0 and variance 1."""
    v, lengths = layer.values, tuple(x.tensor.shape)
    at = v["axis"] % len(lengths)
    parts = (v["groups"], lengths[at] // v["groups"])
    apart = (*lengths[:at], *parts, *lengths[at + 1 :])
    rows = m.apply(lambda t: p.shaping.reshape(t, apart), x)
    axes = tuple(i for i in range(1, len(apart)) if i != at)
    mean, variance = moments(m, rows, axes, keepdims=True)
    each = tuple(n if at <= i <= at + 1 else 1 for i, n in enumerate(apart))
    beta, gamma = (shaped(m, v.get(name), each) for name in ("beta", "gamma"))
    normed = FUNCTIONS["batch_normalization"](m, rows, mean, variance, beta, gamma, v["epsilon"])
    return m.apply(lambda t: p.shaping.reshape(t, lengths), normed)


def _rms(
    m: Machine, layer: Instance, axis: Value = -1, epsilon: Value = 1e-6, **settings: Value
) -> None:
    start(m, layer, **settings)
    layer.values |= {"axis": whole(axis), "epsilon": epsilon, "built": False}


def _rms_build(m: Machine, layer: Instance, shape: Value) -> None:
    lengths, axis = tuple(shape), layer.values["axis"]
    if axis not in (-1, len(lengths) - 1):
        raise unsupported(N_("RMSNormalization along another axis than the last"))
    variable(m, layer, "scale", "ones", (lengths[-1],))
    layer.values["built"] = True


def _rms_call(m: Machine, layer: Instance, x: Array) -> Value:
    v = layer.values
    return m.apply(lambda t, w: p.layers.rms_norm(t, 1, w, v["epsilon"]), x, v["scale"])


GROUPS: dict[str, Class] = {
    "GroupNormalization": Class(
        "GroupNormalization",
        base=LAYER,
        methods={"__init__": _group, "build": _group_build, "call": _group_call},
    ),
    "RMSNormalization": Class(
        "RMSNormalization",
        base=LAYER,
        methods={"__init__": _rms, "build": _rms_build, "call": _rms_call},
    ),
}
