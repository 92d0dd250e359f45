"""tf.function, tf.cond, tf.while_loop and tf.map_fn: the flow of a program, said by functions."""

from typing import Any

from app.language.builtins import call
from app.language.comparisons import truth
from app.language.dialects.arranging import arranging, whole
from app.language.dialects.common import array
from app.language.dialects.tables import Table
from app.language.errors import type_error, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Builtin, Mode, Value, type_name

ARRANGED = arranging(TENSORFLOW)


def _cond(
    m: Machine, pred: Value, true_fn: Value = None, false_fn: Value = None, name: Value = None
) -> Value:
    chosen = true_fn if truth(m, pred) else false_fn
    if chosen is None:
        raise type_error("cond(): 'true_fn' and 'false_fn' arguments are required")
    return call(m, chosen)


def _while_loop(
    m: Machine,
    cond: Value,
    body: Value,
    loop_vars: Value,
    maximum_iterations: Value = None,
    name: Value = None,
) -> Value:
    """The loop's variables when the condition has become false."""
    if not isinstance(loop_vars, list | tuple) or not loop_vars:
        raise value_error("No loop variables provided")
    state: Value = type(loop_vars)(_array_or_kept(m, one) for one in loop_vars)
    turns = 0
    while truth(m, call(m, cond, *state)):
        if maximum_iterations is not None and turns >= whole(maximum_iterations):
            break
        m.budget.step()
        found = call(m, body, *state)
        state = found if isinstance(found, list | tuple) else (found,)
        if len(state) != len(loop_vars):
            words = "The two structures don't have the same number of elements."
            raise value_error(words)
        turns += 1
    return state


def _array_or_kept(m: Machine, value: Value) -> Value:
    return array(m, value, TENSORFLOW) if isinstance(value, bool | int | float) else value


def _map(m: Machine, fn: Value, elems: Value, **options: Value) -> Array:
    """fn of each entry along the first axis, stacked."""
    if unknown := sorted(set(options) - {"name"}):
        raise type_error(f"map_fn() takes no {unknown[0]} here: fn and elems only")
    x = array(m, elems, TENSORFLOW)
    if not x.tensor.ndim:
        raise value_error("elems must be a 1+ dimensional Tensor, not a scalar")
    if not len(x.tensor.data):
        raise value_error("elems has no entry to map")
    parts: Any = ARRANGED["unstack"](m, x, 0)
    made: Any = ARRANGED["stack"](m, [call(m, fn, one) for one in parts], 0)
    return made  # type: ignore[no-any-return]


def _device(m: Machine, device_name: Value) -> Mode:
    """A block on a device: always this machine's processor."""
    if not isinstance(device_name, str):
        raise value_error(f"tf.device takes a name such as '/CPU:0', not {type_name(device_name)}")
    if "CPU" not in device_name.upper():
        m.note("device", device_name)
    return Mode(lambda: None, lambda: None)


def _function(
    m: Machine,
    func: Value = None,
    input_signature: Value = None,
    autograph: Value = True,
    jit_compile: Value = None,
    reduce_retracing: Value = False,
) -> Value:
    """tf.function: the same function here, where everything runs eagerly. The settings change how
    fast TensorFlow runs it."""
    return Builtin("function", lambda m, func: func) if func is None else func


FLOW: Table = {
    "function": _function,
    "device": _device,
    "cond": _cond,
    "while_loop": _while_loop,
    "map_fn": _map,
}
