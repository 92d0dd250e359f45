"""tf.Module, tf.keras.layers and tf.keras.Sequential: objects that hold variables.

Layer is the class that models of a program derive from; a layer's variables are made when the
length of its input is known.
"""

from collections.abc import Callable, Iterator
from typing import Any

from app.engine import OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.classes import ABSENT, find, instance_attribute, run
from app.language.dialects.common import FLOAT32, along_last, array, lengths
from app.language.dialects.keras_initializers import begun
from app.language.dialects.tensorflow_functions import ACTIVATIONS
from app.language.errors import ProgramError, unexpected_keyword, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.paths import named
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    VARIABLE,
    Array,
    Builtin,
    Class,
    Function,
    Instance,
    Record,
    Value,
    type_name,
)

TF = TENSORFLOW
Call = Callable[..., Any]
SOFTMAX = {name: along_last(OPS[name], TF) for name in ("softmax", "log_softmax")}
BY_NAME: dict[str, Call] = {**ACTIVATIONS, **SOFTMAX}


def activation_of(value: Value) -> Value:
    """An activation by its name, or as it was given; None is none."""
    if value is None or value == "linear":
        return None
    if isinstance(value, str):
        if value not in BY_NAME:
            raise value_error(f"Could not interpret activation function identifier: {value}")
        return Builtin(value, BY_NAME[value])
    if isinstance(value, Builtin | Function | Instance):
        return value
    raise value_error(f"Could not interpret activation function identifier: {type_name(value)}")


def _begun(m: Machine, name: str, how: Value, shape: tuple[int, ...]) -> Array:
    """A variable, by its initializer."""
    made = m.leaf(begun(m, how, shape), VARIABLE, tracked=True)
    made.tensor.origin = (name, m.span)
    made.name = name.rpartition("/")[2]
    return made


# -- what every layer can do


def _held(m: Machine, owner: Instance) -> Iterator[Value]:
    """What the attributes hold, within lists and dictionaries too; tf.Module goes by the alphabet,
    Keras by the order in which they were given."""
    alphabet = MODULE in owner.of.line()
    names = sorted(owner.values) if alphabet else list(owner.values)
    waiting = [owner.values[name] for name in reversed(names)]
    seen: set[int] = set()
    while waiting:
        m.budget.step()
        value = waiting.pop()
        if isinstance(value, list | tuple | dict):
            if id(value) not in seen:
                seen.add(id(value))
                waiting += reversed(value.values() if isinstance(value, dict) else value)
        else:
            yield value


def _children(m: Machine, owner: Instance) -> list[Instance]:
    return [one for one in _held(m, owner) if isinstance(one, Instance)]


def variables(m: Machine, owner: Instance) -> Iterator[Array]:
    """Every variable once: the layer's own first, then those of the layers it holds."""
    waiting, seen = [owner], set()
    while waiting:
        m.budget.step()
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for value in _held(m, one):
            if isinstance(value, Array) and value.kind == VARIABLE and id(value) not in seen:
                seen.add(id(value))
                yield value
        waiting += reversed(_children(m, one))


def _trainable(m: Machine, owner: Instance) -> list[Value]:
    return [x for x in variables(m, owner) if x.trainable]


def _get_weights(m: Machine, owner: Instance) -> list[Value]:
    return [m.leaf(x.tensor.data, NUMPY) for x in variables(m, owner)]


def _set_weights(m: Machine, owner: Instance, weights: Value) -> None:
    found = list(variables(m, owner))
    if not isinstance(weights, list | tuple) or len(weights) != len(found):
        raise value_error(f"set_weights() needs {len(found)} arrays")
    for x, data in zip(found, weights, strict=True):
        replace(m, x, array(m, data, TF).tensor.data)


def _start(m: Machine, owner: Instance, name: Value = None, **settings: Value) -> None:
    kind = owner.of.name
    owner.values["name"] = name or "".join(
        f"_{c.lower()}" if c.isupper() and i and kind[i - 1].islower() else c.lower()
        for i, c in enumerate(kind)
    )


def _add_weight(
    m: Machine,
    owner: Instance,
    shape: Value = (),
    initializer: Value = "glorot_uniform",
    dtype: Value = None,
    trainable: Value = True,
    name: Value = None,
    **settings: Value,
) -> Array:
    """A variable of a layer of the program."""
    title = name if isinstance(name, str) else "variable"
    layer = owner.values.get("name", owner.of.name.lower())
    made = _begun(m, f"{layer}/{title}", initializer, lengths(m, shape))
    if name is None:
        made.tensor.origin = None  # the attribute that it becomes is its name
    made.trainable = made.tensor.tracked = bool(trainable)
    return made


def _built(m: Machine, layer: Instance, shape: tuple[int, ...]) -> None:
    """Makes the variables of a layer, by its own build if the program wrote one."""
    if layer.values.get("built"):
        return
    build = find(m, layer.of.line(), "build", layer)
    if build is not ABSENT:
        run(m, build, shape)
    layer.values["built"] = True


def _call(m: Machine, owner: Instance, *given: Value, **named: Value) -> Value:
    """layer(x) makes the variables where they are not made yet, then is layer.call(x)."""
    if given and isinstance(given[0], Array | list | tuple | int | float):
        x = array(m, given[0], TF)
        if x.tensor.dtype.kind != "f" or x.kind == NUMPY:
            x = m.leaf(x.tensor.data.astype(FLOAT32), TF)
        given = (x, *given[1:])
        _built(m, owner, tuple(x.tensor.shape))
    act = instance_attribute(m, owner, "call")
    for name in ("training", "mask"):  # told to the layers that ask for it
        if name in named and not (isinstance(act, Function) and act.takes(name)):
            del named[name]
    return run(m, act, *given, **named)


METHODS: dict[str, Call] = {
    "__init__": _start,
    "__call__": _call,
    "add_weight": _add_weight,
    "build": lambda m, owner, input_shape=None: None,
    "get_weights": _get_weights,
    "set_weights": _set_weights,
}
PROPERTIES: dict[str, Call] = {
    "trainable_variables": _trainable,
    "trainable_weights": _trainable,
    "variables": lambda m, owner: list(variables(m, owner)),
    "weights": lambda m, owner: list(variables(m, owner)),
    "layers": _children,
}
LAYER = Class("Layer", methods=METHODS, properties=PROPERTIES)
MODEL = Class("Model", base=LAYER)
MODULE = Class(  # tf.Module
    "Module", methods={"__init__": _start}, properties=PROPERTIES
)


# -- layers


def _dense(
    m: Machine,
    layer: Instance,
    units: Value,
    activation: Value = None,
    use_bias: Value = True,
    kernel_initializer: Value = "glorot_uniform",
    bias_initializer: Value = "zeros",
    input_shape: Value = None,
    input_dim: Value = None,
    name: Value = None,
    **settings: Value,
) -> None:
    if not isinstance(units, int) or units < 1:
        words = "Received an invalid value for `units`, expected a positive integer. "
        raise value_error(f"{words}Received: units={units}")
    _start(m, layer, name)
    begins = (kernel_initializer, bias_initializer)
    layer.values |= {"units": units, "use_bias": bool(use_bias), "begins": begins, "built": False}
    layer.values["activation"] = activation_of(activation)
    shape = (input_dim,) if input_dim is not None else input_shape
    if shape is not None:
        _dense_build(m, layer, tuple(shape))


def _dense_build(m: Machine, layer: Instance, shape: Value) -> None:
    inputs = tuple(shape)[-1]
    units, name = layer.values["units"], layer.values["name"]
    kernel, bias = layer.values.pop("begins")
    layer.values["kernel"] = made = _begun(m, f"{name}/kernel", kernel, (inputs, units))
    named(m, layer, "kernel", made.tensor)
    if layer.values["use_bias"]:
        layer.values["bias"] = made = _begun(m, f"{name}/bias", bias, (units,))
        named(m, layer, "bias", made.tensor)
    layer.values["built"] = True


def _dense_call(m: Machine, layer: Instance, x: Array) -> Value:
    kernel = layer.values["kernel"]
    inputs, wanted = x.tensor.shape[-1] if x.tensor.ndim else 0, kernel.tensor.shape[0]
    if x.tensor.ndim < 2 or inputs != wanted:
        words = "Exception encountered when calling Dense.call()."
        detail = f"input of shape {tuple(x.tensor.shape)}, kernel of shape {kernel.tensor.shape}"
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=detail)
    found: Value = m.apply(p.linear.matmul, x, kernel, kind=TF)
    if layer.values["use_bias"]:
        found = m.binary(OPS["add"], found, layer.values["bias"])
    activation = layer.values["activation"]
    return found if activation is None else call(m, activation, found)


def _activation(m: Machine, layer: Instance, activation: Value, name: Value = None) -> None:
    _start(m, layer, name)
    layer.values["activation"] = activation_of(activation)


def _activation_call(m: Machine, layer: Instance, x: Value) -> Value:
    activation = layer.values["activation"]
    return x if activation is None else call(m, activation, x)


def _flatten(m: Machine, layer: Instance, x: Value) -> Array:
    x = array(m, x, TF)
    shape = (x.tensor.shape[0], -1) if x.tensor.ndim > 1 else (-1, 1)
    return m.apply(lambda t: p.shaping.reshape(t, shape), x)


def _fixed(kind: str, function: Call, **defaults: Value) -> Class:
    """A function as a layer, with its settings."""

    def start(m: Machine, layer: Instance, *given: Value, **named: Value) -> None:
        _start(m, layer, named.pop("name", None))
        settings = defaults | dict(zip(defaults, given, strict=False)) | named
        wrong = next((name for name in settings if name not in defaults), None)
        if wrong is not None:
            raise unexpected_keyword(f"{kind}.__init__", wrong, defaults)
        layer.values["settings"] = settings

    def apply(m: Machine, layer: Instance, x: Value, training: Value = None) -> Value:
        return function(m, x, **layer.values["settings"])

    return Class(kind, base=LAYER, methods={"__init__": start, "call": apply})


def _sequential(m: Machine, model: Instance, layers: Value = None, name: Value = None) -> None:
    _start(m, model, name)
    model.values["layers"] = []
    model.values["length"] = None
    for one in layers or []:
        _add(m, model, one)


def _add(m: Machine, model: Instance, layer: Value) -> None:
    """A layer at the end; its variables are made if the length of its input is known."""
    if isinstance(layer, Record) and layer.kind == "KerasTensor":
        shape = layer.members["shape"]
        model.values["length"] = shape[0] if len(shape) == 1 else None
        return
    if not isinstance(layer, Instance) or LAYER not in layer.of.line():
        words = "Only instances of `keras.Layer` can be added to a Sequential model. Received: "
        raise value_error(f"{words}{type_name(layer)}")
    names = [one.values.get("name") for one in model.values["layers"]]
    if layer.values.get("name") in names:
        layer.values["name"] = f"{layer.values['name']}_{len(names)}"
    model.values["layers"].append(layer)
    length = model.values["length"]
    if "units" in layer.values:
        if length is not None and not layer.values["built"]:
            _dense_build(m, layer, (length,))
        model.values["length"] = layer.values["units"] if layer.values["built"] else None
    elif "settings" not in layer.values and "activation" not in layer.values:
        model.values["length"] = None


def _in_turn(m: Machine, model: Instance, x: Value, training: Value = None) -> Value:
    for layer in model.values["layers"]:
        x = call(m, layer, x)
    return x


def _input(m: Machine, shape: Value = None, **settings: Value) -> Record:
    lengths = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    return Record("KerasTensor", {"shape": lengths})


LAYERS: dict[str, Class] = {
    "Layer": LAYER,
    "Dense": Class(
        "Dense",
        base=LAYER,
        methods={"__init__": _dense, "build": _dense_build, "call": _dense_call},
    ),
    "Activation": Class(
        "Activation", base=LAYER, methods={"__init__": _activation, "call": _activation_call}
    ),
    "Flatten": Class("Flatten", base=LAYER, methods={"call": _flatten}),
    "ReLU": _fixed("ReLU", ACTIVATIONS["relu"]),
    "LeakyReLU": _fixed("LeakyReLU", ACTIVATIONS["leaky_relu"], negative_slope=0.3),
    "ELU": _fixed("ELU", ACTIVATIONS["elu"], alpha=1.0),
    "Softmax": _fixed("Softmax", SOFTMAX["softmax"], axis=-1),
}
SEQUENTIAL = Class(
    "Sequential",
    base=MODEL,
    methods={"__init__": _sequential, "add": _add, "call": _in_turn},
)
INPUT = _input
