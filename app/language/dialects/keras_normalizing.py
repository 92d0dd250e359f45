"""tf.keras.layers that norm, drop, look up and join: BatchNormalization, Dropout, Embedding …"""

from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.dialects import drawing
from app.language.dialects.arranging import arranging, whole
from app.language.dialects.common import array
from app.language.dialects.keras_modules import LAYER, TF, begun_variable, start
from app.language.dialects.placing import placing
from app.language.dialects.tensorflow_losses import FUNCTIONS, dropout, moments
from app.language.dialects.tensorflow_stream import stream
from app.language.errors import unsupported, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.paths import named
from app.language.values import Array, Class, Generator, Instance, Value

PLACED, ARRANGED = placing(TF), arranging(TF)


def variable(m: Machine, layer: Instance, name: str, how: Value, shape: Any) -> Array:
    made = begun_variable(m, f"{layer.values['name']}/{name}", how, shape)
    layer.values[name] = made
    named(m, layer, name, made.tensor)
    return made


def scaled(m: Machine, layer: Instance, shape: Any) -> None:
    """gamma and beta, where they are wanted."""
    v = layer.values
    if v["scale"]:
        variable(m, layer, "gamma", v.pop("gamma_begins"), shape)
    if v["center"]:
        variable(m, layer, "beta", v.pop("beta_begins"), shape)


# -- batch normalisation


def _batch(
    m: Machine,
    layer: Instance,
    axis: Value = -1,
    momentum: Value = 0.99,
    epsilon: Value = 0.001,
    center: Value = True,
    scale: Value = True,
    beta_initializer: Value = "zeros",
    gamma_initializer: Value = "ones",
    moving_mean_initializer: Value = "zeros",
    moving_variance_initializer: Value = "ones",
    **settings: Value,
) -> None:
    start(m, layer, **settings)
    layer.values |= {
        "axis": whole(axis),
        "momentum": momentum,
        "epsilon": epsilon,
        "center": bool(center),
        "scale": bool(scale),
        "gamma_begins": gamma_initializer,
        "beta_begins": beta_initializer,
        "moving_begin": (moving_mean_initializer, moving_variance_initializer),
        "built": False,
    }


def _batch_build(m: Machine, layer: Instance, shape: Value) -> None:
    v = layer.values
    length = (tuple(shape)[v["axis"]],)
    scaled(m, layer, length)
    for name, how in zip(("moving_mean", "moving_variance"), v.pop("moving_begin"), strict=True):
        made = variable(m, layer, name, how, length)
        made.trainable = made.tensor.tracked = False
    v["built"] = True


def _batch_call(m: Machine, layer: Instance, x: Array) -> Value:
    """In training by the batch's own mean and variance, which the moving ones follow."""
    v, n = layer.values, x.tensor.ndim
    at = v["axis"] % n
    axes = tuple(i for i in range(n) if i != at)
    moved = [v["moving_mean"], v["moving_variance"]]
    mean, variance = moved
    if m.training and v.get("trainable") is not False:
        mean, variance = moments(m, x, axes)
        for held, seen in zip(moved, (mean, variance), strict=True):
            kept = held.tensor.data * np.float32(v["momentum"])
            replace(m, held, kept + seen.tensor.data * np.float32(1 - v["momentum"]))
    if at != n - 1:
        shape = tuple(-1 if i == at else 1 for i in range(n))
        mean, variance = (shaped(m, one, shape) for one in (mean, variance))
        beta, gamma = (shaped(m, v.get(name), shape) for name in ("beta", "gamma"))
    else:
        beta, gamma = v.get("beta"), v.get("gamma")
    return FUNCTIONS["batch_normalization"](m, x, mean, variance, beta, gamma, v["epsilon"])


def shaped(m: Machine, x: Value, shape: tuple[int, ...]) -> Value:
    return None if x is None else m.apply(lambda t: p.shaping.reshape(t, shape), x)


# -- layer normalisation


def layer_start(
    m: Machine,
    layer: Instance,
    axis: Value = -1,
    epsilon: Value = 0.001,
    center: Value = True,
    scale: Value = True,
    beta_initializer: Value = "zeros",
    gamma_initializer: Value = "ones",
    **settings: Value,
) -> None:
    """What the layers that norm each example for itself begin with."""
    start(m, layer, **settings)
    found = whole(axis)
    layer.values |= {
        "axis": (found,) if isinstance(found, int) else found,
        "epsilon": epsilon,
        "center": bool(center),
        "scale": bool(scale),
        "gamma_begins": gamma_initializer,
        "beta_begins": beta_initializer,
        "built": False,
    }


def _layer_build(m: Machine, layer: Instance, shape: Value) -> None:
    lengths = tuple(shape)
    v = layer.values
    v["axes"] = tuple(sorted(at % len(lengths) for at in v["axis"]))
    scaled(m, layer, tuple(lengths[at] for at in v["axes"]))
    v["built"] = True


def _layer_call(m: Machine, layer: Instance, x: Array) -> Value:
    v, n = layer.values, x.tensor.ndim
    mean, variance = moments(m, x, v["axes"], keepdims=True)
    shape = tuple(x.tensor.shape[i] if i in v["axes"] else 1 for i in range(n))
    beta, gamma = (
        v.get(name) if v["axes"] == (n - 1,) else shaped(m, v.get(name), shape)
        for name in ("beta", "gamma")
    )
    return FUNCTIONS["batch_normalization"](m, x, mean, variance, beta, gamma, v["epsilon"])


# -- dropout, places, arrays joined


def _dropout(m: Machine, layer: Instance, rate: Value, seed: Value = None, **more: Value) -> None:
    if not isinstance(rate, int | float) or not 0 <= rate <= 1:
        words = "Invalid value received for argument `rate`. Expected a float value between 0 and 1"
        raise value_error(f"{words}. Received: rate={rate}")
    start(m, layer, **more)
    layer.values["rate"] = rate
    if seed is not None:
        stream(m, seed)  # tells of it
        random = np.random.default_rng(abs(drawing.whole(seed)))
        layer.values["seed_generator"] = Generator(random)


def _dropout_call(m: Machine, layer: Instance, x: Value) -> Value:
    rate, own = layer.values["rate"], layer.values.get("seed_generator")
    if not m.training or not rate:
        return x
    kept = m.random
    if isinstance(own, Generator):
        m.random = own.random
    try:
        return dropout(m, x, rate)
    finally:
        m.random = kept


def _embedding(
    m: Machine,
    layer: Instance,
    input_dim: Value,
    output_dim: Value,
    embeddings_initializer: Value = "random_uniform",
    input_length: Value = None,
    mask_zero: Value = False,
    **settings: Value,
) -> None:
    if mask_zero:
        raise unsupported(
            N_("Embedding with mask_zero; give the mask to the next layer: lstm(x, mask=ids != 0)")
        )
    if input_length is not None:
        raise unsupported(N_("Embedding with input_length, which no Keras needs; leave it out"))
    start(m, layer, **settings)
    layer.values |= {"input_dim": input_dim, "output_dim": output_dim}
    shape = (whole(input_dim), whole(output_dim))
    variable(m, layer, "embeddings", embeddings_initializer, shape)
    layer.values["built"] = True


def _embedding_call(m: Machine, layer: Instance, x: Array) -> Value:
    places = x
    if x.tensor.dtype.kind == "f":
        places = m.leaf(x.tensor.data.astype(np.int32), TF)
    return PLACED["take"](m, layer.values["embeddings"], places, 0)


def _embedding_shape(m: Machine, layer: Instance, shape: Value) -> tuple[Value, ...]:
    return (*tuple(shape), layer.values["output_dim"])


def several(m: Machine, x: Value) -> list[Array]:
    if not isinstance(x, list | tuple) or len(x) < 2:
        raise value_error("A merge layer should be called on a list of at least 2 inputs.")
    return [array(m, one, TF) for one in x]


def _concatenate(m: Machine, layer: Instance, axis: Value = -1, **settings: Value) -> None:
    start(m, layer, **settings)
    layer.values["axis"] = whole(axis)


def _concatenate_call(m: Machine, layer: Instance, x: Value) -> Value:
    return ARRANGED["concatenate"](m, several(m, x), layer.values["axis"])


def _concatenate_shape(m: Machine, layer: Instance, shape: Value) -> tuple[Value, ...]:
    found = list(shape[0])
    at = layer.values["axis"]
    found[at] = sum(one[at] for one in shape)
    return tuple(found)


def merging(kind: str, op: str) -> Class:
    """Add, Subtract, Multiply: the inputs, one after the other."""

    def forward(m: Machine, layer: Instance, x: Value) -> Value:
        total, *rest = several(m, x)
        for one in rest:
            total = m.binary(OPS[op], total, one)
        return total

    methods = {"call": forward, "compute_output_shape": lambda m, layer, shape: shape[0]}
    return Class(kind, base=LAYER, methods=methods)


NORMALIZING: dict[str, Class] = {
    "BatchNormalization": Class(
        "BatchNormalization",
        base=LAYER,
        methods={"__init__": _batch, "build": _batch_build, "call": _batch_call},
    ),
    "LayerNormalization": Class(
        "LayerNormalization",
        base=LAYER,
        methods={"__init__": layer_start, "build": _layer_build, "call": _layer_call},
    ),
    "Dropout": Class("Dropout", base=LAYER, methods={"__init__": _dropout, "call": _dropout_call}),
    "Embedding": Class(
        "Embedding",
        base=LAYER,
        methods={
            "__init__": _embedding,
            "call": _embedding_call,
            "compute_output_shape": _embedding_shape,
        },
    ),
    "Concatenate": Class(
        "Concatenate",
        base=LAYER,
        methods={
            "__init__": _concatenate,
            "call": _concatenate_call,
            "compute_output_shape": _concatenate_shape,
        },
    ),
    "Add": merging("Add", "add"),
    "Subtract": merging("Subtract", "subtract"),
    "Multiply": merging("Multiply", "multiply"),
}
