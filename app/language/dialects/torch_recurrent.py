"""nn.RNN, nn.LSTM and nn.GRU: a state that goes from step to step, each step in its operations."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects import torch_agreeing
from app.language.dialects.arranging import arranging
from app.language.dialects.common import FLOAT32, dtype_of
from app.language.dialects.recurrent_steps import add, affine, entry, lstm, times
from app.language.dialects.torch_modules import begin, layer, parameter
from app.language.errors import ProgramError, type_error, value_error
from app.language.grad_fn import called
from app.language.machine import Machine
from app.language.values import TORCH, Array, Class, Instance, Value, type_name

ARRANGED = arranging(TORCH)
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
WAYS = {False: ("",), True: ("", "_reverse")}  # how the weights of each direction are called
State = list[Array]
Step = Callable[[Machine, Instance, Array, Array, State], State]


def _start(kind: str) -> Callable[..., None]:
    def start(
        m: Machine,
        one: Instance,
        input_size: Value,
        hidden_size: Value,
        num_layers: Value = 1,
        nonlinearity: Value = "tanh",
        bias: Value = True,
        batch_first: Value = False,
        dropout: Value = 0.0,
        bidirectional: Value = False,
        dtype: Value = None,
    ) -> None:
        """Weights begin as PyTorch's do: uniform within 1 / √(length of the state)."""
        for length in (input_size, hidden_size, num_layers):
            if not isinstance(length, int):
                words = f"{kind}() takes whole numbers of features, not {type_name(length)}"
                raise type_error(words)
        if hidden_size <= 0 or num_layers <= 0:
            raise value_error(f"hidden_size and num_layers must be greater than zero in {kind}()")
        if nonlinearity not in ("tanh", "relu"):
            words = "Unknown nonlinearity '{}'. Select from 'tanh' or 'relu'."
            raise value_error(words.replace("{}", str(nonlinearity)))
        if (
            not isinstance(dropout, int | float)
            or isinstance(dropout, bool)
            or not (0 <= dropout <= 1)
        ):
            words = "dropout should be a number in range [0, 1] representing the probability of an "
            raise value_error(f"{words}element being zeroed")
        begin(
            m,
            one,
            input_size=input_size,
            hidden_size=hidden_size,
            num_layers=num_layers,
            nonlinearity=nonlinearity,
            bias=bool(bias),
            batch_first=bool(batch_first),
            dropout=float(dropout),
            bidirectional=bool(bidirectional),
        )
        bound = 1 / math.sqrt(hidden_size)
        rows = GATES[kind] * hidden_size
        ways = WAYS[bool(bidirectional)]
        for k, way in ((k, way) for k in range(num_layers) for way in ways):
            m.budget.step()
            m.budget.clock()
            width = hidden_size * len(ways) if k else input_size
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width)}
            shapes["weight_hh"] = (rows, hidden_size)
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            made = {}
            for name, shape in shapes.items():
                m.budget.array(shape)
                data = m.torch_random.uniform(-bound, bound, shape, dtype_of(dtype, FLOAT32))
                made[f"{name}_l{k}{way}"] = parameter(m, m.leaf(data, TORCH))
            begin(m, one, **made)

    if kind == "RNN":
        return start

    def without(  # nonlinearity, which only an RNN has
        m: Machine,
        one: Instance,
        input_size: Value,
        hidden_size: Value,
        num_layers: Value = 1,
        bias: Value = True,
        batch_first: Value = False,
        dropout: Value = 0.0,
        bidirectional: Value = False,
        dtype: Value = None,
    ) -> None:
        more = (bias, batch_first, dropout, bidirectional, dtype)
        start(m, one, input_size, hidden_size, num_layers, "tanh", *more)

    return without


# -- one step


def _rnn(m: Machine, one: Instance, from_x: Array, from_h: Array, state: State) -> State:
    act = OPS["tanh" if one.values["nonlinearity"] == "tanh" else "relu"]
    return [m.apply(act, add(m, from_x, from_h))]


def _lstm(m: Machine, one: Instance, from_x: Array, from_h: Array, state: State) -> State:
    parts = ARRANGED["chunk"](m, add(m, from_x, from_h), 4, -1)
    gate, act = (partial(m.apply, OPS[name]) for name in ("sigmoid", "tanh"))
    return lstm(m, parts, state[1], gate, act)


def _gru(m: Machine, one: Instance, from_x: Array, from_h: Array, state: State) -> State:
    mine, its = (ARRANGED["chunk"](m, x, 3, -1) for x in (from_x, from_h))
    reset, update = (m.apply(OPS["sigmoid"], add(m, mine[i], its[i])) for i in (0, 1))
    new = m.apply(OPS["tanh"], add(m, mine[2], times(m, reset, its[2])))
    rest = m.binary(OPS["subtract"], state[0], new)
    return [add(m, new, times(m, update, rest))]


STEPS: dict[str, Step] = {"RNN": _rnn, "LSTM": _lstm, "GRU": _gru}


# -- all steps


def _runtime(words: str) -> ProgramError:
    return ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)


def _begun(m: Machine, kind: str, one: Instance, hx: Value, x: Array, alone: bool) -> list[Array]:
    """The states before the first step, of all layers; zeros where none are given. x: (step, batch,
    feature)."""
    v = one.values
    wanted = (v["num_layers"] * len(WAYS[v["bidirectional"]]), x.tensor.shape[1], v["hidden_size"])
    if hx is None:
        zeros = np.zeros(wanted, x.tensor.dtype)
        return [m.leaf(zeros.copy(), TORCH) for _ in range(2 if kind == "LSTM" else 1)]
    given = list(hx) if kind == "LSTM" and isinstance(hx, list | tuple) else [hx]
    if len(given) != (2 if kind == "LSTM" else 1):
        raise value_error(f"{kind} takes {'(h_0, c_0)' if kind == 'LSTM' else 'h_0'}")
    found: list[Array] = []
    for state in given:
        if not isinstance(state, Array):
            raise type_error(f"{kind}: a state is a Tensor, not {type_name(state)}")
        shown = list(state.tensor.shape)
        if alone and len(shown) == 2:
            state = m.apply(lambda t: p.shaping.expand_dims(t, 1), state)
        if tuple(state.tensor.shape) != wanted:
            expected = wanted if not alone else (wanted[0], wanted[2])
            place = f"[{len(found)}]" if kind == "LSTM" else ""
            raise _runtime(f"Expected hidden{place} size {expected}, got {shown}")
        found.append(state)
    torch_agreeing.of_states(kind, found, v["weight_hh_l0"], v["bias"])
    return found


def _way(
    m: Machine, kind: str, one: Instance, name: str, row: list[Array], state: State
) -> tuple[list[Array], State]:
    """The outputs of a layer in one direction, and its last state. name: of its weights."""
    v = one.values
    in_x, in_h = (_turned(m, v[f"{part}_{name}"]) for part in ("weight_ih", "weight_hh"))
    to_x, to_h = (v.get(f"{part}_{name}") for part in ("bias_ih", "bias_hh"))
    back, out = name.endswith("_reverse"), []
    for at in reversed(row) if back else row:
        m.budget.step()
        from_x, from_h = affine(m, at, in_x, to_x), affine(m, state[0], in_h, to_h)
        state = STEPS[kind](m, one, from_x, from_h, state)
        out.append(state[0])
    return (out[::-1] if back else out), state


def _forward(kind: str, dropout: Callable[..., Array]) -> Callable[..., Value]:

    def forward(m: Machine, one: Instance, input: Value, hx: Value = None) -> Value:
        v = one.values
        if not isinstance(input, Array) or input.kind != TORCH:
            raise type_error(f"{kind}(): argument 'input' must be Tensor, not {type_name(input)}")
        x, n = input, input.tensor.ndim
        if n not in (2, 3):
            told = f"{n}D tensor" if kind == "RNN" else f"{n}D"
            raise value_error(f"{kind}: Expected input to be 2D or 3D, got {told} instead")
        torch_agreeing.of_steps(x, v["weight_ih_l0"])
        if x.tensor.shape[-1] != v["input_size"]:
            words = f"input.size(-1) must be equal to input_size. Expected {v['input_size']}, got "
            raise _runtime(f"{words}{x.tensor.shape[-1]}")
        alone = n == 2
        if alone:
            x = m.apply(lambda t: p.shaping.expand_dims(t, 1), x)
        elif v["batch_first"]:
            x = m.apply(lambda t: p.shaping.swapaxes(t, 0, 1), x)
        if not x.tensor.shape[0]:
            raise _runtime("Expected sequence length to be larger than 0 in RNN")
        begun = _begun(m, kind, one, hx, x, alone)
        row: Any = ARRANGED["unstack"](m, x, 0)
        ends: list[State] = []
        for k in range(v["num_layers"]):
            if k and v["dropout"] and v["training"]:
                kept = dropout(m, ARRANGED["stack"](m, row, 0), v["dropout"])
                row = ARRANGED["unstack"](m, kept, 0)
            found = []
            for way in WAYS[v["bidirectional"]]:
                state = [entry(m, one_state, len(ends)) for one_state in begun]
                out, state = _way(m, kind, one, f"l{k}{way}", row, state)
                found.append(out)
                ends.append(state)
            pairs = zip(*found, strict=True)
            row = (
                found[0]
                if len(found) == 1
                else [ARRANGED["concatenate"](m, list(pair), -1) for pair in pairs]
            )
        output = ARRANGED["stack"](m, row, 1 if v["batch_first"] and not alone else 0)
        last = [ARRANGED["stack"](m, list(parts), 0) for parts in zip(*ends, strict=True)]
        if alone:
            output, *last = (m.apply(lambda t: p.shaping.squeeze(t, 1), x) for x in (output, *last))
            for shown in (output, *last):
                called(shown, "SqueezeBackward1")
        elif v["batch_first"]:
            called(output, f"TransposeBackward{int(kind != 'LSTM')}")
        return output, (tuple(last) if kind == "LSTM" else last[0])

    return forward


def _turned(m: Machine, weight: Array) -> Array:
    return m.apply(p.shaping.transpose, weight)


def _shown(one: Instance) -> str:
    v = one.values
    text = f"{v['input_size']}, {v['hidden_size']}"
    text += f", num_layers={v['num_layers']}" if v["num_layers"] != 1 else ""
    text += "" if v["bias"] else ", bias=False"
    text += ", batch_first=True" if v["batch_first"] else ""
    text += f", dropout={v['dropout']}" if v["dropout"] else ""
    return text + (", bidirectional=True" if v["bidirectional"] else "")


# -- one step as a module of its own


def _cell_start(kind: str) -> Callable[..., None]:
    def start(
        m: Machine,
        one: Instance,
        input_size: Value,
        hidden_size: Value,
        bias: Value = True,
        nonlinearity: Value = "tanh",
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        for length in (input_size, hidden_size):
            if not isinstance(length, int) or length < 1:
                words = f"{kind}Cell() takes whole numbers of features, not {type_name(length)}"
                raise type_error(words)
        if nonlinearity not in ("tanh", "relu"):
            raise value_error(f"Unknown nonlinearity: {nonlinearity}")
        rows, number = GATES[kind] * hidden_size, dtype_of(dtype, FLOAT32)
        shapes = {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size)}
        names = {"input_size": input_size, "hidden_size": hidden_size, "bias": bool(bias)}
        begin(m, one, **names, nonlinearity=nonlinearity)
        bound = 1 / math.sqrt(hidden_size)
        for name, shape in (shapes | {"bias_ih": (rows,), "bias_hh": (rows,)}).items():
            if name in shapes or bias:
                m.budget.array(shape)
                drawn = m.leaf(m.torch_random.uniform(-bound, bound, shape, number), TORCH)
                begin(m, one, **{name: parameter(m, drawn)})
            else:
                begin(m, one, **{name: None})

    def without(  # nonlinearity, which only an RNNCell has
        m: Machine,
        one: Instance,
        input_size: Value,
        hidden_size: Value,
        bias: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        start(m, one, input_size, hidden_size, bias, dtype=dtype)

    return start if kind == "RNN" else without


def _cell_forward(kind: str) -> Callable[..., Value]:
    def forward(m: Machine, one: Instance, input: Value, hx: Value = None) -> Value:
        v = one.values
        if not isinstance(input, Array) or input.kind != TORCH:
            raise type_error(f"{kind}Cell(): 'input' must be Tensor, not {type_name(input)}")
        n, width = input.tensor.ndim, v["hidden_size"]
        if n not in (1, 2):
            words = f"{kind}Cell: Expected input to be 1D or 2D, got {n}D instead"
            raise value_error(words)
        if input.tensor.shape[-1] != v["input_size"]:
            words = f"input has inconsistent input_size: got {input.tensor.shape[-1]} expected "
            raise _runtime(f"{words}{v['input_size']}")
        wanted = (*input.tensor.shape[:-1], width)
        if hx is None:
            count = 2 if kind == "LSTM" else 1
            m.budget.array((count, *wanted))
            zeros = np.zeros(wanted, input.tensor.dtype)
            state = [m.leaf(zeros.copy(), TORCH) for _ in range(count)]
        else:
            state = list(hx) if kind == "LSTM" else [hx]
            for each in state:
                if not isinstance(each, Array) or tuple(each.tensor.shape) != wanted:
                    raise value_error(f"{kind}Cell: a state has the shape {wanted}")
        torch_agreeing.of_a_product(input, v["weight_ih"], v["bias"])
        torch_agreeing.of_a_product(state[0], v["weight_hh"], v["bias"])
        x_weight, h_weight = (_turned(m, v[name]) for name in ("weight_ih", "weight_hh"))
        from_x = affine(m, input, x_weight, v["bias_ih"])
        found = STEPS[kind](m, one, from_x, affine(m, state[0], h_weight, v["bias_hh"]), state)
        return tuple(found) if kind == "LSTM" else found[0]

    return forward


def _cell_shown(one: Instance) -> str:
    v = one.values
    text = f"{v['input_size']}, {v['hidden_size']}" + ("" if v["bias"] else ", bias=False")
    return text + ("" if v["nonlinearity"] == "tanh" else ", nonlinearity=relu")


def recurrent(dropout: Callable[..., Array]) -> dict[str, Class]:
    """The layers, and their cells. dropout: F.dropout."""
    found = {kind: layer(kind, _start(kind), _forward(kind, dropout), _shown) for kind in GATES}
    return found | {
        f"{kind}Cell": layer(f"{kind}Cell", _cell_start(kind), _cell_forward(kind), _cell_shown)
        for kind in GATES
    }
