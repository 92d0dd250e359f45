"""tf.Module and keras.Layer: objects that hold variables, and what all of them can do.

Layer is the class that models of a program derive from; a layer's variables are made when the
shape of its input is known.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from app.engine import N_, OPS
from app.language.budget import MOST_AXES
from app.language.classes import ABSENT, find, instance_attribute, run
from app.language.dialects.common import FLOAT32, along_last, array, cast, dtype_of, lengths
from app.language.dialects.keras_initializers import begun
from app.language.dialects.tensorflow_functions import ACTIVATIONS
from app.language.errors import not_begun, unexpected_keyword, unsupported, value_error
from app.language.items import replace
from app.language.machine import Machine
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
SYMBOL = "KerasTensor"
GENERAL = ("name", "input_shape", "input_dim", "trainable", "dtype")  # what every layer takes
UNOBEYED = ("_regularizer", "_constraint")
WHOLE = ("Embedding", "Sequential", "Functional")  # that take whole numbers as they are
LISTED = ("Attention", "AdditiveAttention")  # whose weights go by the shapes of several inputs
# that obey a mask
MASKED = (*LISTED, "RNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional")
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


def begun_variable(m: Machine, name: str, how: Value, shape: tuple[int, ...]) -> Array:
    """A variable, by its initializer."""
    made = m.leaf(begun(m, how, shape), VARIABLE, tracked=True)
    made.tensor.origin = (name, m.span)
    made.name = "/".join([*m.scopes, name])
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


def children(m: Machine, owner: Instance) -> list[Instance]:
    return [one for one in _held(m, owner) if isinstance(one, Instance)]


def variables(m: Machine, owner: Instance, trainable: bool = False) -> Iterator[Array]:
    """Every variable once: the layer's own first, then those of the layers it holds.

    trainable: only what training moves, so nothing of a layer whose `trainable` is False."""
    waiting, seen = [owner], set()
    while waiting:
        m.budget.step()
        one = waiting.pop()
        if id(one) in seen or (trainable and one.values.get("trainable") is False):
            continue
        seen.add(id(one))
        keras = MODULE not in one.of.line()
        for value in _held(m, one):
            # Keras 3 and tf.Module each see variables and layers of their own kind alone
            if keras and isinstance(value, Array) and ":" in value.name:
                continue
            if isinstance(value, Array) and value.kind == VARIABLE and id(value) not in seen:
                seen.add(id(value))
                if value.trainable or not trainable:
                    yield value
        inside = children(m, one)
        waiting += [x for x in reversed(inside) if (MODULE not in x.of.line()) is keras]


def check_begun(owner: Instance, attribute: str | None = None) -> None:
    """Raises Keras's error where Layer.__init__ has not run. attribute: what it would have made,
    where Keras misses that first."""
    if "name" in owner.values or LAYER not in owner.of.line():
        return  # tf.Module works without
    kind = owner.of.name
    if attribute is not None:
        words = f"AttributeError: '{kind}' object has no attribute '{attribute}'"
    else:
        words = f"RuntimeError: In layer '{kind}', you forgot to call `super().__init__()` as the "
        words += "first statement in the `__init__()` method. Go add it!"
    raise not_begun(kind, words)


def _trainable(m: Machine, owner: Instance) -> list[Value]:
    check_begun(owner, "_trainable")
    return list(variables(m, owner, trainable=True))


def _others(m: Machine, owner: Instance) -> list[Value]:
    check_begun(owner, "_trainable")
    moved = {id(x) for x in variables(m, owner, trainable=True)}
    return [x for x in variables(m, owner) if id(x) not in moved]


def _get_weights(m: Machine, owner: Instance) -> list[Value]:
    return [m.leaf(x.tensor.data, NUMPY) for x in variables(m, owner)]


def _set_weights(m: Machine, owner: Instance, weights: Value) -> None:
    found = list(variables(m, owner))
    if not isinstance(weights, list | tuple) or len(weights) != len(found):
        raise value_error(f"set_weights() needs {len(found)} arrays")
    for x, data in zip(found, weights, strict=True):
        replace(m, x, array(m, data, TF).tensor.data)


def snake(kind: str) -> str:
    """A class's name as Keras begins the names of its layers: simple_rnn_cell."""
    apart = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", apart).lower()


@contextmanager
def within(m: Machine, layer: Instance) -> Iterator[None]:
    """What is made meanwhile has this layer's name before its own."""
    m.scopes.append(str(layer.values.get("name", layer.of.name.lower())))
    try:
        yield
    finally:
        m.scopes.pop()


def start(
    m: Machine,
    owner: Instance,
    name: Value = None,
    input_shape: Value = None,
    input_dim: Value = None,
    trainable: Value = True,
    dtype: Value = None,
    **settings: Value,
) -> None:
    """input_shape, input_dim: the shape of an example, where the first layer of a model says it.
    settings: what nothing here obeys, so it may be None and no more."""
    kind = owner.of.name
    if dtype is not None and dtype_of(dtype) != FLOAT32:
        raise unsupported(N_("{kind} of another dtype than float32"), kind=kind)
    for key, value in settings.items():
        if not key.endswith(UNOBEYED):
            raise unexpected_keyword(f"{kind}.__init__", key, GENERAL)
        if value is not None:
            raise unsupported(
                N_("{kind} with {key}; add its term to the loss by hand"), kind=kind, key=key
            )
    if name is None:
        name = snake(kind)
        count = m.layers[name] = m.layers.get(name, -1) + 1
        name = f"{name}_{count}" if count else name
    owner.values["name"] = name
    if input_dim is not None:
        input_shape = (input_dim,)
    if input_shape is not None:
        owner.values["input_shape"] = (None, *input_shape)
    owner.values["trainable"] = bool(trainable)


def _add_weight(
    m: Machine,
    owner: Instance,
    shape: Value = (),
    initializer: Value = "glorot_uniform",
    dtype: Value = None,
    trainable: Value = True,
    name: Value = None,
    regularizer: Value = None,
    constraint: Value = None,
) -> Array:
    """A variable of a layer of the program."""
    check_begun(owner)
    if regularizer is not None or constraint is not None:
        raise unsupported(N_("add_weight with a regularizer or a constraint"))
    if dtype is not None and dtype_of(dtype) != FLOAT32:
        raise unsupported(N_("add_weight of another dtype than float32"))
    title = name if isinstance(name, str) else "variable"
    layer = owner.values.get("name", owner.of.name.lower())
    made = begun_variable(m, f"{layer}/{title}", initializer, lengths(m, shape))
    if name is None:
        made.tensor.origin = None  # the attribute that it becomes is its name
    made.trainable = made.tensor.tracked = bool(trainable)
    return made


def built(m: Machine, layer: Instance, *shape: Any) -> None:
    """Makes the variables of a layer, by its own build if the program wrote one."""
    if layer.values.get("built"):
        return
    build = find(m, layer.of.line(), "build", layer)
    if build is not ABSENT:
        run(m, build, *shape)
    layer.values["built"] = True


def _call(m: Machine, owner: Instance, *given: Value, **named: Value) -> Value:
    """layer(x) makes the variables where they are not made yet, then is layer.call(x)."""
    check_begun(owner)
    if any(_symbolic(x) for x in (*given, *named.values())):
        return symbol(m, owner, given, named)
    beside = tuple(converted(m, owner, x) for x in given[1:])
    given = (*given[:1], *beside)
    named = {key: converted(m, owner, x, "mask" in key) for key, x in named.items()}
    if given and isinstance(given[0], list | tuple) and _several(given[0]):
        given = (converted(m, owner, given[0], owner.of.name != "AdditiveAttention"), *beside)
        if owner.of.name in LISTED:
            built(m, owner, [tuple(one.tensor.shape) for one in given[0]])
    elif given and isinstance(given[0], Array | list | tuple | int | float):
        x = array(m, given[0], TF)
        x = _taken(m, x, owner)
        given = (x, *beside)
        built(m, owner, tuple(x.tensor.shape), *_beside(owner, given, named))
    act = instance_attribute(m, owner, "call")
    training = named.pop("training", None)
    around = m.training
    m.training = around if training is None else bool(training)  # the layers within inherit it
    if m.training is not None and isinstance(act, Function) and act.takes("training"):
        named["training"] = m.training
    own = isinstance(act, Function) and act.takes("mask")
    if "mask" in named and not own and not (owner.of.name in MASKED and isinstance(act, Builtin)):
        del named["mask"]
    try:
        with within(m, owner):
            return run(m, act, *given, **named)
    finally:
        m.training = around


def _beside(owner: Instance, given: tuple[Value, ...], named: dict[str, Value]) -> list[Any]:
    """The shapes of what attention is given besides its query: the value and the key."""
    if owner.of.name != "MultiHeadAttention":
        return []
    rest = dict(zip(("value", "key"), given[1:3], strict=False)) | named
    return [_shape_of(rest[name]) for name in ("value", "key") if rest.get(name) is not None]


def converted(m: Machine, owner: Instance, value: Value, whole: bool = False, deep: int = 0) -> Any:
    """What a layer is given besides its input, every array in it as a tensor of the layer's type.
    whole: whole numbers stay so."""
    m.budget.step()
    if isinstance(value, Array):
        stays = value.tensor.dtype.kind == "b" or whole
        return _taken(m, value, owner, stays)
    if deep == MOST_AXES or type(value) not in (list, tuple, dict):
        return value
    if isinstance(value, dict):
        return {key: converted(m, owner, x, whole, deep + 1) for key, x in value.items()}
    return type(value)(converted(m, owner, x, whole, deep + 1) for x in value)


def _taken(m: Machine, x: Array, owner: Instance, whole: bool = False) -> Array:
    """Numbers as TensorFlow's float32; whole ones stay so for a model and where they are places.
    whole: everywhere."""
    dtype, own = x.tensor.dtype, whole or owner.of.own or owner.of.name in WHOLE
    wanted = dtype if dtype.kind in "iub" and own else FLOAT32
    if dtype == wanted and x.kind != NUMPY:
        return x
    if x.kind != NUMPY and dtype.kind == "f":
        return cast(m, x, FLOAT32)
    return m.leaf(x.tensor.data.astype(wanted), TF)


def _several(value: Value) -> bool:
    """Whether these are inputs of their own, and no nested list of numbers."""
    return bool(value) and all(isinstance(x, Array | Record) for x in value)


def _symbolic(value: Value) -> bool:
    """Whether this is an Input, what a layer made of one, or a list with such."""
    some = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(x, Record) and x.kind == SYMBOL for x in some)


def symbol(m: Machine, layer: Instance, given: tuple[Value, ...], named: dict[str, Value]) -> Value:
    """What a layer makes of an Input: its shape, and how it comes about. A layer that gives
    several tensors makes as many of them, each a part of the whole."""
    inputs, shape = given[0] if given else None, None
    if isinstance(inputs, list | tuple):
        shape = [_shape_of(x) for x in inputs]
        if layer.of.name in LISTED:
            built(m, layer, shape)
    else:
        shape = _shape_of(inputs)
        built(m, layer, shape, *_beside(layer, given, named))
    out = tuple(run(m, instance_attribute(m, layer, "compute_output_shape"), shape))
    made = Record(SYMBOL, {"shape": out, "layer": layer, "given": given, "named": named})
    if not any(isinstance(one, tuple) for one in out):
        return made
    return tuple(
        Record(SYMBOL, {"shape": one, "whole": made, "part": i}) for i, one in enumerate(out)
    )


def _shape_of(value: Value) -> Any:
    if isinstance(value, Record) and value.kind == SYMBOL:
        return value.members["shape"]
    if isinstance(value, Array):
        return tuple(value.tensor.shape)
    raise value_error(f"a layer of a model takes what layers made, not {type_name(value)}")


def _layers(m: Machine, owner: Instance) -> list[Instance]:
    return [one for one in children(m, owner) if LAYER in one.of.line()]


def _count_params(m: Machine, owner: Instance) -> int:
    check_begun(owner, "built")
    return sum(x.tensor.size for x in variables(m, owner))


METHODS: dict[str, Call] = {
    "__init__": start,
    "__call__": _call,
    "add_weight": _add_weight,
    "build": lambda m, owner, input_shape=None: None,
    "compute_output_shape": lambda m, owner, input_shape: input_shape,
    "count_params": _count_params,
    "get_weights": _get_weights,
    "set_weights": _set_weights,
}
PROPERTIES: dict[str, Call] = {
    "trainable": lambda m, owner: True,  # until the program says otherwise
    "trainable_variables": _trainable,
    "trainable_weights": _trainable,
    "variables": lambda m, owner: list(variables(m, owner)),
    "weights": lambda m, owner: list(variables(m, owner)),
    "non_trainable_variables": _others,
    "non_trainable_weights": _others,
    "layers": _layers,
}
LAYER: Class = Class("Layer", methods=METHODS, properties=PROPERTIES)
MODEL = Class("Model", base=LAYER)
MODULE = Class(  # tf.Module, whose lists are tuples
    "Module",
    methods={"__init__": start},
    properties={
        "trainable_variables": lambda m, owner: tuple(_trainable(m, owner)),
        "non_trainable_variables": lambda m, owner: tuple(_others(m, owner)),
        "variables": lambda m, owner: tuple(variables(m, owner)),
    },
)
