"""Keras's SimpleRNNCell, LSTMCell and GRUCell: one step of a state, with the weights it needs."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.language.builtins import call
from app.language.classes import instance_attribute
from app.language.dialects.arranging import arranging, whole
from app.language.dialects.common import FLOAT32, lengths
from app.language.dialects.keras_initializers import begun, given
from app.language.dialects.keras_modules import LAYER, TF, activation_of, start
from app.language.dialects.keras_normalizing import variable
from app.language.dialects.recurrent_steps import Act, add, affine, entry, lstm, times
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Class, Instance, Value, type_name

GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
SPLIT = arranging(TF)["split"]
States = list[Array]


def _begin(
    m: Machine,
    cell: Instance,
    units: Value,
    activation: Value = "tanh",
    use_bias: Value = True,
    kernel_initializer: Value = "glorot_uniform",
    recurrent_initializer: Value = "orthogonal",
    bias_initializer: Value = "zeros",
    dropout: Value = 0.0,
    recurrent_dropout: Value = 0.0,
    seed: Value = None,
    **settings: Value,
) -> None:
    kind = cell.of.name
    if not isinstance(units, int) or isinstance(units, bool) or units < 1:
        words = "Received an invalid value for argument `units`, expected a positive integer, got "
        told = units if isinstance(units, int | float) else type_name(units)
        raise value_error(f"{words}{told}.")
    if dropout or recurrent_dropout or seed is not None:
        raise unsupported(
            N_("{kind} with dropout, recurrent_dropout or seed; put layers.Dropout(0.5) before it"),
            kind=kind.removesuffix("Cell"),
        )
    start(m, cell, **settings)
    begins = (kernel_initializer, recurrent_initializer, bias_initializer)
    cell.values |= {"units": units, "use_bias": bool(use_bias), "begins": begins, "built": False}
    cell.values["activation"] = activation_of(activation)
    cell.values["state_size"] = cell.values["output_size"] = units


def _begin_lstm(
    m: Machine,
    cell: Instance,
    units: Value,
    activation: Value = "tanh",
    recurrent_activation: Value = "sigmoid",
    use_bias: Value = True,
    kernel_initializer: Value = "glorot_uniform",
    recurrent_initializer: Value = "orthogonal",
    bias_initializer: Value = "zeros",
    unit_forget_bias: Value = True,
    **settings: Value,
) -> None:
    begins = (kernel_initializer, recurrent_initializer, bias_initializer)
    _begin(m, cell, units, activation, use_bias, *begins, **settings)
    cell.values["recurrent_activation"] = activation_of(recurrent_activation)
    cell.values["unit_forget_bias"] = bool(unit_forget_bias)
    cell.values["state_size"] = [units, units]


def _begin_gru(
    m: Machine,
    cell: Instance,
    units: Value,
    activation: Value = "tanh",
    recurrent_activation: Value = "sigmoid",
    use_bias: Value = True,
    kernel_initializer: Value = "glorot_uniform",
    recurrent_initializer: Value = "orthogonal",
    bias_initializer: Value = "zeros",
    reset_after: Value = True,
    **settings: Value,
) -> None:
    begins = (kernel_initializer, recurrent_initializer, bias_initializer)
    _begin(m, cell, units, activation, use_bias, *begins, **settings)
    cell.values["recurrent_activation"] = activation_of(recurrent_activation)
    cell.values["reset_after"] = bool(reset_after)


def _build(m: Machine, cell: Instance, shape: Value) -> None:
    v = cell.values
    units, (kernel, recurrent, bias) = v["units"], v.pop("begins")
    wide = GATES[cell.of.name.removesuffix("Cell")] * units
    variable(m, cell, "kernel", kernel, (tuple(shape)[-1], wide))
    variable(m, cell, "recurrent_kernel", recurrent, (units, wide))
    v["bias"] = None
    if v["use_bias"]:
        length = (2, wide) if v.get("reset_after") else (wide,)
        if v.get("unit_forget_bias"):
            first, last = (begun(m, bias, (n * units,)) for n in (1, 2))
            bias = given(np.concatenate([first, np.ones(units, FLOAT32), last]))
        variable(m, cell, "bias", bias, length)
    v["built"] = True


# -- one step


def _acts(m: Machine, cell: Instance) -> list[Act]:
    """The activation of the state, and that of the gates."""
    found = [cell.values.get(name) for name in ("activation", "recurrent_activation")]
    return [(lambda x: x) if one is None else partial(call, m, one) for one in found]


def _state(cell: Instance, states: Value) -> States:
    """What a step is given of the one before."""
    found = list(states) if isinstance(states, list | tuple) else [states]
    wanted = 2 if cell.of.name == "LSTMCell" else 1
    if len(found) != wanted or not all(isinstance(one, Array) for one in found):
        raise value_error(f"{cell.of.name}: states are {wanted} tensors, got {type_name(states)}")
    return found


def _simple(m: Machine, cell: Instance, sequence: Array, states: Value) -> Value:
    v, (before,) = cell.values, _state(cell, states)
    from_x = affine(m, sequence, v["kernel"], v["bias"])
    act, _ = _acts(m, cell)
    made = act(add(m, from_x, affine(m, before, v["recurrent_kernel"])))
    return made, [made] if isinstance(states, list | tuple) else made


def _lstm(m: Machine, cell: Instance, inputs: Array, states: Value) -> Value:
    v, (before, memory) = cell.values, _state(cell, states)
    total = add(m, affine(m, inputs, v["kernel"]), affine(m, before, v["recurrent_kernel"]))
    total = total if v["bias"] is None else add(m, total, v["bias"])
    act, gate = _acts(m, cell)
    found = lstm(m, SPLIT(m, total, 4, -1), memory, gate, act)
    return found[0], found


def _gru(m: Machine, cell: Instance, inputs: Array, states: Value) -> Value:
    v, (before,) = cell.values, _state(cell, states)
    act, gate = _acts(m, cell)
    units, bias, weight = v["units"], v["bias"], v["recurrent_kernel"]
    after = v["reset_after"]
    first = entry(m, bias, 0) if after and bias is not None else bias
    mine = SPLIT(m, affine(m, inputs, v["kernel"], first), 3, -1)
    if after:
        second = None if bias is None else entry(m, bias, 1)
        its = SPLIT(m, affine(m, before, weight, second), 3, -1)
    else:
        gates = entry(m, weight, (slice(None), slice(0, 2 * units)))
        its = SPLIT(m, affine(m, before, gates), 2, -1)
    update, reset = (gate(add(m, mine[i], its[i])) for i in (0, 1))
    if after:
        seen = times(m, reset, its[2])
    else:
        last = entry(m, weight, (slice(None), slice(2 * units, None)))
        seen = affine(m, times(m, reset, before), last)
    new = act(add(m, mine[2], seen))
    rest = m.binary(OPS["subtract"], 1, update)
    made = add(m, times(m, update, before), times(m, rest, new))
    return made, [made] if isinstance(states, list | tuple) else made


def sizes(m: Machine, cell: Instance) -> list[int]:
    """How many numbers each state of a cell has."""
    found = whole(instance_attribute(m, cell, "state_size"))
    return [found] if isinstance(found, int) else list(found)


def nothing_before(m: Machine, cell: Instance, batch_size: Value = None) -> States:
    """The states before the first step: zeros."""
    made = []
    for size in sizes(m, cell):
        shape = lengths(m, batch_size, size)
        made.append(m.leaf(np.zeros(shape, FLOAT32), TF))
    return made


def _cell(kind: str, begin: Callable[..., None], step: Callable[..., Any]) -> Class:
    methods: dict[str, Callable[..., Any]] = {
        "__init__": begin,
        "build": _build,
        "call": step,
        "get_initial_state": nothing_before,
    }
    return Class(kind, base=LAYER, methods=methods)


CELLS: dict[str, Class] = {
    "SimpleRNNCell": _cell("SimpleRNNCell", _begin, _simple),
    "LSTMCell": _cell("LSTMCell", _begin_lstm, _lstm),
    "GRUCell": _cell("GRUCell", _begin_gru, _gru),
}
