"""keras.Sequential, keras.Model(inputs, outputs) and Input: models put together from layers."""

from typing import Any

from app.engine import N_
from app.engine.primitives.shaping import expand_dims, squeeze
from app.language.builtins import call
from app.language.classes import instance_attribute, run
from app.language.dialects.arranging import whole
from app.language.dialects.common import array
from app.language.dialects.keras_compiling import metrics_of
from app.language.dialects.keras_modules import (
    LAYER,
    MODEL,
    SYMBOL,
    TF,
    built,
    check_begun,
    children,
    start,
    variables,
)
from app.language.dialects.keras_training import TRAINING
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Class, Instance, Record, Value, type_name


def _sequential(m: Machine, model: Instance, layers: Value = None, name: Value = None) -> None:
    start(m, model, name)
    model.values["layers"] = []
    model.values["shape"] = None
    for one in layers or []:
        _add(m, model, one)


def _add(m: Machine, model: Instance, layer: Value) -> None:
    """A layer at the end; its variables are made if the shape of its input is known."""
    check_begun(model)
    if isinstance(layer, Record) and layer.kind == SYMBOL:
        model.values["shape"] = model.values["input_shape"] = layer.members["shape"]
        return
    if not isinstance(layer, Instance) or LAYER not in layer.of.line():
        words = "Only instances of `keras.Layer` can be added to a Sequential model. Received: "
        raise value_error(f"{words}{type_name(layer)}")
    names = [one.values.get("name") for one in model.values["layers"]]
    if layer.values.get("name") in names:
        words = "All layers added to a Sequential model should have unique names. Name "
        words += f"'{layer.values['name']}' is already the name of a layer in this model. "
        raise value_error(f"{words}Update the `name` argument to pass a unique name.")
    model.values["layers"].append(layer)
    shape = model.values["shape"]
    if shape is None and len(model.values["layers"]) == 1 and "input_shape" in layer.values:
        shape = model.values["input_shape"] = layer.values["input_shape"]
    if shape is not None:
        m.scopes.append(model.values["name"])
        known = not _untold(layer)
        shape = shape_after(m, layer, shape) if known else None
        m.scopes.pop()
        model.values["output_shape"] = shape
    model.values["shape"] = shape


def shape_after(m: Machine, layer: Instance, shape: Any) -> tuple[Any, ...]:
    """The shape of what a layer makes of inputs of this shape; it gets its variables."""
    built(m, layer, shape)
    found = run(m, instance_attribute(m, layer, "compute_output_shape"), shape)
    layer.values["output_shape"] = tuple(found)
    return tuple(found)


def _sequential_build(m: Machine, model: Instance, input_shape: Value = None) -> None:
    if model.values["shape"] is not None or input_shape is None:
        return
    shape: Any = whole(tuple(input_shape)[1:])
    shape = model.values["input_shape"] = (None, *shape)
    m.scopes.append(model.values["name"])
    for layer in model.values["layers"]:
        if _untold(layer):  # the layers behind it get their weights when they are called
            shape = None
            break
        shape = shape_after(m, layer, shape)
    m.scopes.pop()
    model.values["shape"] = model.values["output_shape"] = shape


def _untold(layer: Instance) -> bool:
    """Whether only a call tells the shape of what the layer makes."""
    return layer.of.name == "Lambda" and layer.values["shape"] is None


def _sequential_shape(m: Machine, model: Instance, input_shape: Value) -> Value:
    _sequential_build(m, model, input_shape)
    return model.values["shape"]


def _of_rank(m: Machine, x: Value, shape: Any) -> Value:
    """x with as many axes as the model's input has: a last axis of one entry may come or go."""
    if not isinstance(x, Array) or shape is None or len(shape) == x.tensor.ndim:
        return x
    if len(shape) == x.tensor.ndim + 1 and shape[-1] == 1:
        return m.apply(lambda t: expand_dims(t, -1), x)
    if len(shape) == x.tensor.ndim - 1 and x.tensor.shape[-1] == 1:
        return m.apply(lambda t: squeeze(t, -1), x)
    return x  # the first layer says what does not fit


def _in_turn(m: Machine, model: Instance, x: Value) -> Value:
    x = _of_rank(m, x, model.values.get("input_shape"))
    for layer in model.values["layers"]:
        x = call(m, layer, x)
    return x


def input_of(
    m: Machine,
    shape: Value = None,
    batch_size: Value = None,
    dtype: Value = None,
    name: Value = None,
) -> Record:
    """Input: what stands for the examples that a model will be given."""
    if not isinstance(shape, list | tuple):
        raise value_error(f"Argument `shape` is a tuple, such as (3,). Received: {shape}")
    lengths = tuple(None if one is None else whole(one) for one in shape)
    layer = Instance(INPUT_LAYER)
    start(m, layer, name)
    layer.values["output_shape"] = shape = (batch_size, *lengths)
    return Record(SYMBOL, {"shape": shape, "dtype": dtype, "name": name, "source": layer})


# -- Model(inputs, outputs)


def _model(
    m: Machine,
    model: Instance,
    inputs: Value = None,
    outputs: Value = None,
    name: Value = None,
    **settings: Value,
) -> None:
    """A model from Inputs to what layers made of them; of a program's own class, nothing yet."""
    if inputs is None and outputs is None:
        start(m, model, name, **settings)
        return
    if name is None:
        count = m.layers["functional"] = m.layers.get("functional", -1) + 1
        name = f"functional_{count}" if count else "functional"
    start(m, model, name)
    model.values["inputs"], model.values["outputs"] = inputs, outputs
    found: list[Instance] = []
    waiting = list(_listed(outputs))
    while waiting:
        m.budget.step()
        one = waiting.pop()
        if not _is_symbol(one):
            raise value_error(f"outputs are what layers made of an Input, not {type_name(one)}")
        one = one.members.get("whole", one)
        if "layer" in one.members:
            if one.members["layer"] not in found:
                found.append(one.members["layer"])
            for value in (*one.members["named"].values(), *one.members["given"]):
                waiting += [x for x in _listed(value) if _is_symbol(x)]
    sources = [one.members["source"] for one in _listed(inputs) if _is_input(one)]
    model.values["layers"] = sources + found[::-1]


def _is_symbol(value: Value) -> bool:
    return isinstance(value, Record) and value.kind == SYMBOL


def _is_input(value: Value) -> bool:
    return isinstance(value, Record) and "source" in value.members


def _listed(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _through(m: Machine, model: Instance, x: Value) -> Value:
    """The model's outputs for these inputs, every layer once."""
    if "outputs" not in model.values:
        words = "Model is missing the `call()` method: write one, or Model(inputs, outputs)."
        raise value_error(f"{model.of.name}: {words}")
    inputs = _listed(model.values["inputs"])
    given = _listed(x) if len(inputs) > 1 else [x]
    if len(given) != len(inputs):
        raise value_error(f"the model takes {len(inputs)} inputs, got {len(given)}")
    made = {
        id(one): _of_rank(m, array(m, value, TF), one.members["shape"])
        for one, value in zip(inputs, given, strict=True)
    }

    def value_of(one: Record) -> Value:
        m.budget.step()
        if id(one) not in made:
            if "whole" in one.members:
                return value_of(one.members["whole"])[one.members["part"]]
            if "layer" not in one.members:
                raise value_error("an output depends on an Input that is not among the inputs")
            given = [known(each) for each in one.members["given"]]
            named = {key: known(each) for key, each in one.members["named"].items()}
            made[id(one)] = call(m, one.members["layer"], *given, **named)
        return made[id(one)]

    def known(value: Value) -> Value:
        """An argument of a layer: a list of what layers made has one level."""
        if isinstance(value, list | tuple):
            return [value_of(x) if _is_symbol(x) else x for x in value]
        return value_of(value) if _is_symbol(value) else value

    outputs = model.values["outputs"]
    if isinstance(outputs, list | tuple):
        return [value_of(one) for one in outputs]
    return value_of(outputs)


def _model_shape(m: Machine, model: Instance, input_shape: Value) -> Value:
    outputs = model.values.get("outputs")
    if not isinstance(outputs, Record):
        raise value_error("the shape of this model's output is not known")
    return outputs.members["shape"]


def _summary(
    m: Machine,
    model: Instance,
    line_length: Value = None,
    positions: Value = None,
    print_fn: Value = None,
    expand_nested: Value = False,
    show_trainable: Value = False,
    layer_range: Value = None,
) -> None:
    """What model.summary() tells, in columns of text: layers, shapes, numbers of parameters."""
    check_begun(model, "_trainable")
    if print_fn is not None or expand_nested or show_trainable or layer_range is not None:
        raise unsupported(N_("summary() with more than widths; write summary()"))
    rows = [("Layer (type)", "Output Shape", "Param #")]
    for layer in model.values.get("layers", children(m, model)):
        shape = layer.values.get("output_shape")
        count = sum(x.tensor.size for x in variables(m, layer))
        name = f"{layer.values.get('name')} ({layer.of.name})"
        rows.append((name, "?" if shape is None else str(tuple(shape)), f"{count:,}"))
    total = sum(x.tensor.size for x in variables(m, model))
    moved = sum(x.tensor.size for x in variables(m, model, trainable=True))
    wide = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = [f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c:>{wide[2]}}".rstrip() for a, b, c in rows]
    lines.insert(1, "-" * (sum(wide) + 4))
    lines += [f"Total params: {total:,}", f"Trainable params: {moved:,}"]
    lines.append(f"Non-trainable params: {total - moved:,}")
    head = f'Model: "{model.values["name"]}"'
    m.write("\n".join([head, *lines]) + "\n")


MODEL.methods |= {
    "summary": _summary,
    "__init__": _model,
    "call": _through,
    "compute_output_shape": _model_shape,
}
MODEL.methods |= TRAINING
MODEL.properties |= {
    "metrics": metrics_of,
    "metrics_names": lambda m, model: [one.values["name"] for one in metrics_of(m, model)],
}
INPUT_LAYER = Class("InputLayer", base=LAYER)
SEQUENTIAL = Class(
    "Sequential",
    base=MODEL,
    methods={
        "__init__": _sequential,
        "add": _add,
        "build": _sequential_build,
        "call": _in_turn,
        "compute_output_shape": _sequential_shape,
    },
)
