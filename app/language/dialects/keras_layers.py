"""tf.keras.layers without images: Dense, Activation, Flatten, and functions as layers."""

import math

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.dialects.arranging import whole
from app.language.dialects.common import array, by_name
from app.language.dialects.keras_modules import (
    GENERAL,
    LAYER,
    SOFTMAX,
    TF,
    Call,
    activation_of,
    begun_variable,
    start,
)
from app.language.dialects.tensorflow_functions import ACTIVATIONS
from app.language.errors import (
    ProgramError,
    unexpected_keyword,
    unsupported,
    value_error,
)
from app.language.machine import Machine
from app.language.paths import named
from app.language.values import Array, Class, Instance, Value


def _dense(
    m: Machine,
    layer: Instance,
    units: Value,
    activation: Value = None,
    use_bias: Value = True,
    kernel_initializer: Value = "glorot_uniform",
    bias_initializer: Value = "zeros",
    **settings: Value,
) -> None:
    if not isinstance(units, int) or units < 1:
        words = "Received an invalid value for `units`, expected a positive integer. "
        raise value_error(f"{words}Received: units={units}")
    start(m, layer, **settings)
    begins = (kernel_initializer, bias_initializer)
    layer.values |= {"units": units, "use_bias": bool(use_bias), "begins": begins, "built": False}
    layer.values["activation"] = activation_of(activation)


def _dense_build(m: Machine, layer: Instance, shape: Value) -> None:
    inputs = tuple(shape)[-1]
    units, name = layer.values["units"], layer.values["name"]
    kernel, bias = layer.values.pop("begins")
    layer.values["kernel"] = made = begun_variable(m, f"{name}/kernel", kernel, (inputs, units))
    named(m, layer, "kernel", made.tensor)
    if layer.values["use_bias"]:
        layer.values["bias"] = made = begun_variable(m, f"{name}/bias", bias, (units,))
        named(m, layer, "bias", made.tensor)
    layer.values["built"] = True


def _dense_call(m: Machine, layer: Instance, x: Array) -> Value:
    kernel = layer.values["kernel"]
    inputs, wanted = x.tensor.shape[-1] if x.tensor.ndim else 0, kernel.tensor.shape[0]
    if x.tensor.ndim < 2 or inputs != wanted:
        shape = tuple(x.tensor.shape)
        words = f"expected axis -1 of input shape to have value {wanted}, but received input with "
        words += f"shape {shape}"
        if len(shape) < 2:
            words = f"expected min_ndim=2, found ndim={len(shape)}. Full shape received: {shape}"
        named = f"Input 0 with name 'None' of layer '{layer.values['name']}' is incompatible with "
        words = f"ValueError: {named}the layer: {words}"
        raise ProgramError("shape", framework=words, detail=f"{shape}, {kernel.tensor.shape}")
    found: Value = m.apply(p.linear.matmul, x, kernel, kind=TF)
    if layer.values["use_bias"]:
        found = m.binary(OPS["add"], found, layer.values["bias"])
    activation = layer.values["activation"]
    return found if activation is None else call(m, activation, found)


def _dense_shape(m: Machine, layer: Instance, shape: Value) -> tuple[Value, ...]:
    return (*tuple(shape)[:-1], layer.values["units"])


def _activation(m: Machine, layer: Instance, activation: Value, **settings: Value) -> None:
    start(m, layer, **settings)
    layer.values["activation"] = activation_of(activation)


def _activation_call(m: Machine, layer: Instance, x: Value) -> Value:
    activation = layer.values["activation"]
    return x if activation is None else call(m, activation, x)


def _flatten(m: Machine, layer: Instance, x: Value) -> Array:
    x = array(m, x, TF)
    shape = (x.tensor.shape[0], -1) if x.tensor.ndim > 1 else (-1, 1)
    return m.apply(lambda t: p.shaping.reshape(t, shape), x)


def _flatten_shape(m: Machine, layer: Instance, shape: Value) -> tuple[Value, ...]:
    return (shape[0], math.prod(shape[1:]))


def _reshape(m: Machine, layer: Instance, target_shape: Value, **settings: Value) -> None:
    start(m, layer, **settings)
    layer.values["target_shape"] = whole(target_shape)


def _reshape_call(m: Machine, layer: Instance, x: Value) -> Array:
    found = array(m, x, TF)
    shape = (found.tensor.shape[0], *layer.values["target_shape"])
    return m.apply(lambda t: p.shaping.reshape(t, shape), found)


def _reshape_shape(m: Machine, layer: Instance, shape: Value) -> tuple[Value, ...]:
    target = layer.values["target_shape"]
    rest = math.prod(shape[1:]) // max(1, -math.prod(target))
    return (shape[0], *(rest if length == -1 else length for length in target))


def _fixed(kind: str, function: Call, **defaults: Value) -> Class:
    """A function as a layer, with its settings."""

    def begin(m: Machine, layer: Instance, *given: Value, **named: Value) -> None:
        general = {key: named.pop(key) for key in GENERAL if key in named}
        start(m, layer, **general)
        settings = defaults | by_name(f"{kind}.__init__", defaults, given, named)
        wrong = next((name for name in settings if name not in defaults), None)
        if wrong is not None:
            raise unexpected_keyword(f"{kind}.__init__", wrong, defaults, framework="keras")
        layer.values["settings"] = settings

    def apply(m: Machine, layer: Instance, x: Value, training: Value = None) -> Value:
        return function(m, x, **layer.values["settings"])

    return Class(kind, base=LAYER, methods={"__init__": begin, "call": apply})


def _relu(m: Machine, x: Value, max_value: Value, negative_slope: Value, threshold: Value) -> Value:
    if threshold or (max_value is not None and negative_slope):
        raise unsupported(N_("ReLU with threshold, or with max_value and negative_slope"))
    if negative_slope:
        return ACTIVATIONS["leaky_relu"](m, x, negative_slope=negative_slope)
    if max_value == 6:
        return ACTIVATIONS["relu6"](m, x)
    found = ACTIVATIONS["relu"](m, x)
    return found if max_value is None else m.apply(OPS["minimum_first"], found, float(max_value))


LAYERS: dict[str, Class] = {
    "Layer": LAYER,
    "Dense": Class(
        "Dense",
        base=LAYER,
        methods={
            "__init__": _dense,
            "build": _dense_build,
            "call": _dense_call,
            "compute_output_shape": _dense_shape,
        },
    ),
    "Activation": Class(
        "Activation", base=LAYER, methods={"__init__": _activation, "call": _activation_call}
    ),
    "Flatten": Class(
        "Flatten", base=LAYER, methods={"call": _flatten, "compute_output_shape": _flatten_shape}
    ),
    "Reshape": Class(
        "Reshape",
        base=LAYER,
        methods={
            "__init__": _reshape,
            "call": _reshape_call,
            "compute_output_shape": _reshape_shape,
        },
    ),
    "ReLU": _fixed("ReLU", _relu, max_value=None, negative_slope=0.0, threshold=0.0),
    "LeakyReLU": _fixed("LeakyReLU", ACTIVATIONS["leaky_relu"], negative_slope=0.3),
    "ELU": _fixed("ELU", ACTIVATIONS["elu"], alpha=1.0),
    "Softmax": _fixed("Softmax", SOFTMAX["softmax"], axis=-1),
}
