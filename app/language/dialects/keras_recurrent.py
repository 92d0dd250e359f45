"""tf.keras.layers that go through steps: RNN, SimpleRNN, LSTM, GRU, and what is put around them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.classes import instance_attribute, make, run
from app.language.dialects.arranging import arranging
from app.language.dialects.common import array
from app.language.dialects.keras_cells import CELLS, GATES, nothing_before, sizes
from app.language.dialects.keras_modules import GENERAL, LAYER, TF, built, start, within
from app.language.dialects.recurrent_steps import add, entry, times
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Class, Instance, Value, type_name

ARRANGED = arranging(TF)
OWN = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "use_cudnn")
Methods = dict[str, Callable[..., Value]]
MERGES = ("sum", "mul", "ave", "concat", None)


def _rnn(
    m: Machine,
    layer: Instance,
    cell: Value,
    return_sequences: Value = False,
    return_state: Value = False,
    go_backwards: Value = False,
    stateful: Value = False,
    unroll: Value = False,
    **settings: Value,
) -> None:
    start(m, layer, **settings)
    if isinstance(cell, list | tuple):
        raise unsupported(N_("RNN of several cells; put RNN layers after one another"))
    if not isinstance(cell, Instance):
        words = "Argument `cell` should have a `call` method. Received: cell="
        raise value_error(f"{words}{type_name(cell)}")
    if stateful:
        raise unsupported(
            N_("{kind} with stateful=True; give the state: layer(x, initial_state=state)"),
            kind=layer.of.name,
        )
    layer.values |= {"cell": cell, "return_sequences": bool(return_sequences), "built": False}
    layer.values |= {"return_state": bool(return_state), "go_backwards": bool(go_backwards)}


def _own(kind: str) -> Callable[..., None]:
    """The __init__ of a layer that makes its cell itself."""

    def begin(m: Machine, layer: Instance, units: Value, *given: Value, **named: Value) -> None:
        if len(given) > 1:
            words = f"takes 2 positional arguments besides itself, {1 + len(given)} were given"
            raise type_error(f"{kind}.__init__() {words}")
        mine = {key: named[key] for key in named if key in OWN}
        general = {key: named[key] for key in GENERAL if key in named}
        rest = {key: one for key, one in named.items() if key not in mine and key not in general}
        mine.pop("use_cudnn", None)
        name = "".join(f"_{c}" if c == "R" and kind == "SimpleRNN" else c for c in kind).lower()
        cell = make(m, CELLS[f"{kind}Cell"], units, *given, name=f"{name}_cell", **rest)
        _rnn(m, layer, cell, **mine, **general)
        layer.values["units"] = units
        layer.values["_given"] = (units, given, named)  # for one that goes the other way

    return begin


def _build(m: Machine, layer: Instance, shape: Value) -> None:
    lengths = tuple(shape)
    if len(lengths) != 3:
        words = f"Input 0 with name 'None' of layer '{layer.values['name']}' is incompatible with "
        words += f"the layer: expected ndim=3, found ndim={len(lengths)}. Full shape received: "
        raise ProgramError(
            "shape", framework=f"ValueError: {words}{lengths}", detail=f"{words}{lengths}"
        )
    with within(m, layer):
        built(m, layer.values["cell"], (lengths[0], lengths[2]))
    layer.values["built"] = True


def _begun(m: Machine, layer: Instance, given: Value, count: int) -> list[Value]:
    """The states before the first step."""
    cell = layer.values["cell"]
    if given is None:
        return list(nothing_before(m, cell, count))
    found = list(given) if isinstance(given, list | tuple) else [given]
    wanted = len(sizes(m, cell))
    if len(found) != wanted:
        words = f"{layer.of.name}: initial_state is {wanted} tensors, as a list; got {len(found)}"
        raise value_error(words)
    return found


def _steps_seen(m: Machine, layer: Instance, sequences: Array, mask: Value) -> Any:
    """Which steps of each example a mask shows."""
    seen = np.asarray(array(m, mask, TF).tensor.data) != 0
    wanted = tuple(sequences.tensor.shape[:2])
    if seen.shape != wanted:
        words = f"{layer.of.name}: a mask has the shape (batch, step), {wanted}, not {seen.shape}"
        raise value_error(words)
    return seen


def _call(
    m: Machine, layer: Instance, sequences: Array, initial_state: Value = None, mask: Value = None
) -> Value:
    v = layer.values
    seen = None if mask is None else _steps_seen(m, layer, sequences, mask)
    _build(m, layer, sequences.tensor.shape)
    if not sequences.tensor.shape[1]:
        words = "slice index 0 of dimension 1 out of bounds."
        raise ProgramError("index", framework=f"InvalidArgumentError: {words}", detail=words)
    states = _begun(m, layer, initial_state, sequences.tensor.shape[0])
    rows = ARRANGED["unstack"](m, sequences, 1)
    order = range(len(rows))[::-1] if v["go_backwards"] else range(len(rows))
    out: list[Value] = []
    for i in order:
        row = rows[i]
        m.budget.step()
        before = states
        result = call(m, v["cell"], row, states)
        if not isinstance(result, list | tuple) or len(result) != 2:
            raise value_error(f"{v['cell'].of.name}.call() gives (output, states)")
        made, states = result
        states = list(states) if isinstance(states, list | tuple) else [states]
        if seen is not None:  # where a step is not seen, all stays as it was
            shown = m.leaf(seen[:, i : i + 1], TF)
            zeros = not out or v.get("zero_output_for_mask")  # as in a layer that goes both ways
            last = m.leaf(np.zeros(made.tensor.shape, np.float32), TF) if zeros else out[-1]
            made = m.apply(OPS["where"], shown, made, last, kind=TF)
            pairs = zip(states, before, strict=True)
            states = [m.apply(OPS["where"], shown, new, old, kind=TF) for new, old in pairs]
        out.append(made)
    found = ARRANGED["stack"](m, out, 1) if v["return_sequences"] else out[-1]
    return (found, *states) if v["return_state"] else found


def _shape(m: Machine, layer: Instance, shape: Value) -> Value:
    lengths, cell = tuple(shape), layer.values["cell"]
    states = sizes(m, cell)
    size = cell.values.get("output_size", states[0])
    out = (*lengths[:2], size) if layer.values["return_sequences"] else (lengths[0], size)
    if not layer.values["return_state"]:
        return out
    return (out, *((lengths[0], one) for one in states))


# -- both ways


def _turned(m: Machine, layer: Instance, way: str, backwards: bool) -> Instance:
    """A layer like this one, with weights of its own."""
    units, given, named = layer.values["_given"]
    name = f"{way}_{layer.values['name']}"
    changed = {**named, "go_backwards": backwards, "name": name}
    made: Instance = make(m, layer.of, units, *given, **changed)
    return made


def _both(
    m: Machine,
    both: Instance,
    layer: Value,
    merge_mode: Value = "concat",
    weights: Value = None,
    backward_layer: Value = None,
    **settings: Value,
) -> None:
    start(m, both, **settings)
    if merge_mode not in MERGES:
        words = f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of "
        raise value_error(f'{words}{{"sum", "mul", "ave", "concat", None}}')
    if weights is not None or backward_layer is not None:
        raise unsupported(
            N_("Bidirectional with weights or backward_layer; call two layers by hand")
        )
    if not isinstance(layer, Instance) or "_given" not in layer.values:
        raise unsupported(
            N_("Bidirectional of another layer than SimpleRNN, LSTM or GRU; call two by hand")
        )
    ways = layer.values["go_backwards"]
    both.values["forward_layer"] = _turned(m, layer, "forward", ways)
    both.values["backward_layer"] = _turned(m, layer, "backward", not ways)
    for one in _ways(both):
        one.values["zero_output_for_mask"] = one.values["return_sequences"]
    both.values |= {"merge_mode": merge_mode, "built": False}


def _ways(layer: Instance) -> list[Instance]:
    return [layer.values[name] for name in ("forward_layer", "backward_layer")]


def _both_build(m: Machine, layer: Instance, shape: Value) -> None:
    with within(m, layer):
        for one in _ways(layer):
            built(m, one, shape)
    layer.values["built"] = True


def _both_call(
    m: Machine, layer: Instance, inputs: Array, initial_state: Value = None, mask: Value = None
) -> Value:
    begins: list[Value] = [None, None]
    if initial_state is not None:
        found = list(initial_state) if isinstance(initial_state, list | tuple) else []
        half = len(found) // 2
        if not half or len(found) % 2:
            raise value_error("Bidirectional: initial_state is a list, half of it for each way")
        begins = [found[:half], found[half:]]
    made = [
        call(m, one, inputs, initial_state=begin, mask=mask)
        for one, begin in zip(_ways(layer), begins, strict=True)
    ]
    states: list[Value] = []
    if layer.values["forward_layer"].values["return_state"]:
        states = [one for way in made for one in way[1:]]
        made = [way[0] for way in made]
    if layer.values["forward_layer"].values["return_sequences"]:
        made[1] = entry(m, made[1], BACK)
    mode = layer.values["merge_mode"]
    if mode is None:
        return (*made, *states)
    if mode == "concat":
        merged = ARRANGED["concatenate"](m, made, -1)
    elif mode == "mul":
        merged = times(m, *made)
    else:
        merged = add(m, *made)
        merged = m.binary(OPS["divide"], merged, 2) if mode == "ave" else merged
    return (merged, *states) if states else merged


BACK = (slice(None), slice(None, None, -1))


def _both_shape(m: Machine, layer: Instance, shape: Value) -> Value:
    found = _shape(m, layer.values["forward_layer"], shape)
    several = isinstance(found[0], tuple)
    out, states = (found[0], found[1:]) if several else (found, ())
    if layer.values["merge_mode"] is None:
        return (out, out, *states, *states)
    if layer.values["merge_mode"] == "concat":
        out = (*out[:-1], 2 * out[-1])
    return (out, *states, *states) if several else out


# -- a layer at each step


def _each(m: Machine, each: Instance, layer: Value, **settings: Value) -> None:
    start(m, each, **settings)
    if not isinstance(layer, Instance) or LAYER not in layer.of.line():
        words = "Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. "
        raise value_error(f"{words}Received: {type_name(layer)}")
    each.values |= {"layer": layer, "built": False}


def _each_build(m: Machine, layer: Instance, shape: Value) -> None:
    lengths = tuple(shape)
    if len(lengths) < 3:
        words = "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 "
        raise value_error(f"{words}dimensions, received: {lengths}")
    with within(m, layer):
        built(m, layer.values["layer"], (lengths[0], *lengths[2:]))
    layer.values["built"] = True


def _each_call(m: Machine, layer: Instance, inputs: Array) -> Value:
    """The steps of all examples go through the layer as so many examples."""
    first, steps, *rest = inputs.tensor.shape
    rows = m.apply(lambda t: p.shaping.reshape(t, (first * steps, *rest)), inputs)
    made = call(m, layer.values["layer"], rows)
    shape = (first, steps, *made.tensor.shape[1:])
    return m.apply(lambda t: p.shaping.reshape(t, shape), made)


def _each_shape(m: Machine, layer: Instance, shape: Value) -> Value:
    lengths = tuple(shape)
    inner = instance_attribute(m, layer.values["layer"], "compute_output_shape")
    found = run(m, inner, (lengths[0], *lengths[2:]))
    return (lengths[0], lengths[1], *tuple(found)[1:])


STEPPED: Methods = {"build": _build, "call": _call, "compute_output_shape": _shape}
RNN = Class("RNN", base=LAYER, methods={"__init__": _rnn, **STEPPED})
BOTH: Methods = {"build": _both_build, "call": _both_call, "compute_output_shape": _both_shape}
EACH: Methods = {"build": _each_build, "call": _each_call, "compute_output_shape": _each_shape}
RECURRENT: dict[str, Class] = {
    **CELLS,
    "RNN": RNN,
    **{kind: Class(kind, base=RNN, methods={"__init__": _own(kind)}) for kind in GATES},
    "Bidirectional": Class("Bidirectional", base=LAYER, methods={"__init__": _both, **BOTH}),
    "TimeDistributed": Class("TimeDistributed", base=LAYER, methods={"__init__": _each, **EACH}),
}
