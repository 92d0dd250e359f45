"""tf.keras.layers without weights: mean, largest and smallest of inputs, repeats, axes, scales."""

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.dialects.arranging import arranging, whole
from app.language.dialects.common import array, number_of
from app.language.dialects.keras_modules import LAYER, TF, start
from app.language.dialects.keras_normalizing import merging, several
from app.language.errors import type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Builtin, Class, Function, Instance, Value, type_name

ARRANGED = arranging(TF)


def _average(m: Machine, layer: Instance, x: Value) -> Value:
    first, *rest = several(m, x)
    total = first
    for one in rest:
        total = m.binary(OPS["add"], total, one)
    return m.binary(OPS["divide"], total, 1 + len(rest))


def _repeat(m: Machine, layer: Instance, n: Value, **settings: Value) -> None:
    start(m, layer, **settings)
    if not isinstance(n, int):
        raise type_error(f"Expected an integer value for `n`, got {type_name(n)}.")
    layer.values["n"] = n


def _repeat_call(m: Machine, layer: Instance, x: Value) -> Array:
    found = array(m, x, TF)
    if found.tensor.ndim != 2:
        raise value_error(f"RepeatVector takes rows of numbers, not {found.tensor.ndim} axes")
    wide = m.apply(lambda t: p.shaping.expand_dims(t, 1), found)
    repeated: Array = ARRANGED["repeat"](m, wide, layer.values["n"], 1)
    return repeated


def _permute(m: Machine, layer: Instance, dims: Value, **settings: Value) -> None:
    start(m, layer, **settings)
    order = whole(dims)
    if not isinstance(order, tuple) or sorted(order) != list(range(1, len(order) + 1)):
        words = "Invalid permutation argument `dims` for Permute Layer. The set of indices in "
        words += "`dims` must be consecutive and start from 1. Received dims="
        raise value_error(f"{words}{dims}")
    layer.values["dims"] = order


def _permute_call(m: Machine, layer: Instance, x: Value) -> Array:
    order = (0, *layer.values["dims"])
    return m.apply(lambda t: p.shaping.transpose(t, order), array(m, x, TF))


def _rescale(
    m: Machine, layer: Instance, scale: Value, offset: Value = 0.0, **settings: Value
) -> None:
    start(m, layer, **settings)
    layer.values |= {"scale": number_of(scale), "offset": number_of(offset)}


def _rescale_call(m: Machine, layer: Instance, x: Value) -> Array:
    scaled = m.binary(OPS["multiply"], array(m, x, TF), layer.values["scale"])
    return m.binary(OPS["add"], scaled, layer.values["offset"])


def _lambda(
    m: Machine,
    layer: Instance,
    function: Value,
    output_shape: Value = None,
    mask: Value = None,
    arguments: Value = None,
    **settings: Value,
) -> None:
    start(m, layer, **settings)
    if not isinstance(function, Function | Builtin):
        raise type_error(f"Lambda takes a function, not {type_name(function)}")
    if mask is not None:
        raise unsupported(N_("Lambda with a mask"))
    named = dict(arguments) if isinstance(arguments, dict) else {}
    layer.values |= {"function": function, "arguments": named, "shape": output_shape}


def _lambda_call(m: Machine, layer: Instance, x: Value) -> Value:
    return call(m, layer.values["function"], x, **layer.values["arguments"])


def _lambda_shape(m: Machine, layer: Instance, shape: Value) -> Value:
    if layer.values["shape"] is None:
        raise unsupported(
            N_(
                "Lambda in a model of Inputs without output_shape; write output_shape=(3,), the "
                "shape of one example"
            )
        )
    return (shape[0], *whole(layer.values["shape"]))


MERGING: dict[str, Class] = {
    "Average": Class(
        "Average",
        base=LAYER,
        methods={"call": _average, "compute_output_shape": lambda m, layer, shape: shape[0]},
    ),
    "Maximum": merging("Maximum", "maximum"),
    "Minimum": merging("Minimum", "minimum"),
    "Identity": Class("Identity", base=LAYER, methods={"call": lambda m, layer, x: x}),
    "RepeatVector": Class(
        "RepeatVector",
        base=LAYER,
        methods={
            "__init__": _repeat,
            "call": _repeat_call,
            "compute_output_shape": lambda m, layer, shape: (shape[0], layer.values["n"], shape[1]),
        },
    ),
    "Permute": Class(
        "Permute",
        base=LAYER,
        methods={
            "__init__": _permute,
            "call": _permute_call,
            "compute_output_shape": lambda m, layer, shape: (
                shape[0],
                *(shape[i] for i in layer.values["dims"]),
            ),
        },
    ),
    "Rescaling": Class(
        "Rescaling", base=LAYER, methods={"__init__": _rescale, "call": _rescale_call}
    ),
    "Lambda": Class(
        "Lambda",
        base=LAYER,
        methods={
            "__init__": _lambda,
            "call": _lambda_call,
            "compute_output_shape": _lambda_shape,
        },
    ),
}
