"""tf.keras.optimizers: descent's optimizers by Keras's rules."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.descent import KERAS, KERAS_FURTHER
from app.language.builtins import call, iterate
from app.language.dialects.common import by_name
from app.language.dialects.keras_clipping import CLIPS, clipped, clips_of
from app.language.dialects.stepping import Memory, options_of
from app.language.errors import (
    ProgramError,
    close_names,
    type_error,
    unexpected_keyword,
    value_error,
)
from app.language.items import replace
from app.language.machine import Machine
from app.language.options import is_option
from app.language.text import repr_of
from app.language.values import TENSORFLOW, VARIABLE, Array, Record, Value, type_name

RULES = KERAS | KERAS_FURTHER


def _maker(kind: str) -> Callable[..., Record]:
    rule = RULES[kind]
    order = list(rule.options)

    def make(m: Machine, *given: Value, **named: Value) -> Record:
        settings = by_name(f"{kind}.__init__", order, given, named)
        settings.pop("name", None)
        kept = {name: settings.get(name) for name in CLIPS}
        clips = clips_of(settings)
        if "lr" in settings:  # until Keras 2
            settings["learning_rate"] = settings.pop("lr")
        rate = settings.pop("learning_rate", rule.options["learning_rate"].default)
        if wrong := {key: one for key, one in settings.items() if key not in rule.options}:
            first = next(iter(wrong))
            if is_option(f"keras.{kind}", first):
                raise unexpected_keyword(f"{kind}.__init__", first, (), framework="keras")
            words = f"Argument(s) not recognized: {repr_of(wrong)}"
            close = close_names(first, rule.options)
            raise ProgramError("value", framework=f"ValueError: {words}", detail=words, close=close)
        options = options_of(rule, settings, kind)
        memories: dict[int, Memory] = {}
        methods: dict[str, Callable[..., Value]] = {
            "apply_gradients": lambda m, optimizer, grads_and_vars: _apply(
                m, optimizer, grads_and_vars, options, memories, clips
            ),
            "apply": lambda m, optimizer, grads, trainable_variables: _apply(
                m, optimizer, _paired(m, grads, trainable_variables), options, memories, clips
            ),
        }
        count = m.leaf(np.array(0, np.int64), VARIABLE)
        count.trainable = False
        made = Record(kind, {"iterations": count, **kept}, None, methods, keep=_keep)
        _keep(m, made, "learning_rate", rate)
        return made

    return make


def _paired(m: Machine, grads: Value, variables: Value) -> list[Value]:
    """Each gradient with its variable."""
    first, second = list(iterate(m, grads)), list(iterate(m, variables))
    if len(first) != len(second):
        words = "The number of gradients and the number of variables differ: "
        raise value_error(f"{words}{len(first)} and {len(second)}")
    return [list(pair) for pair in zip(first, second, strict=True)]


def _keep(m: Machine, optimizer: Record, name: str, value: Value) -> None:
    """optimizer.learning_rate = value"""
    if name not in ("learning_rate", "lr"):
        raise type_error(f"'{optimizer.kind}' object: only learning_rate can be set here")
    rate = value
    if isinstance(value, int | float):
        rate = m.leaf(np.float32(value), VARIABLE)
        rate.trainable = False
    elif not isinstance(value, Array) and not (isinstance(value, Record) and value.call):
        raise value_error(
            f"Argument `learning_rate` should be float, or an instance of LearningRateSchedule, "
            f"or a callable. Received instead: learning_rate={type_name(value)}"
        )
    optimizer.members["learning_rate"] = optimizer.members["lr"] = rate


def _apply(
    m: Machine,
    optimizer: Record,
    grads_and_vars: Value,
    options: dict[str, Any],
    memories: dict[int, Memory],
    clips: dict[str, float],
) -> Array:
    """Every variable whose gradient is not None moves."""
    pairs = [tuple(iterate(m, pair)) for pair in iterate(m, grads_and_vars)]
    if not any(len(pair) == 2 and pair[0] is not None for pair in pairs):
        raise value_error("No gradients provided for any variable.")
    if any(len(pair) != 2 for pair in pairs):
        raise value_error("apply_gradients takes pairs of a gradient and a variable")
    gradients = clipped(m, [pair[0] for pair in pairs], clips)
    pairs = [(one, pair[1]) for one, pair in zip(gradients, pairs, strict=True)]
    rate = optimizer.members["learning_rate"]
    if isinstance(rate, Record):
        rate = call(m, rate, int(optimizer.members["iterations"].tensor.data))
    for gradient, x in pairs:
        if gradient is None:
            continue
        if not isinstance(x, Array) or x.kind != VARIABLE or not isinstance(gradient, Array):
            raise type_error(f"an optimizer moves variables, not {type_name(x)}")
        m.budget.step()
        dtype = x.tensor.dtype.type
        number = rate.tensor.data if isinstance(rate, Array) else np.float32(rate)
        exact = {**options, "learning_rate": dtype(number)}
        rule = RULES[optimizer.kind]
        memory = memories.setdefault(id(x), Memory(rule, exact, x, fused=False))
        told = {**options, "learning_rate": float(str(number))}
        where = id(memories)
        by = memory.told(TENSORFLOW, optimizer.kind, gradient.tensor.data, told, of=where)
        replace(m, x, memory.after(m, x, gradient.tensor.data, exact), by=by)
    count: Array = optimizer.members["iterations"]
    count.tensor.data = count.tensor.data + np.int64(1)
    return count


OPTIMIZERS: dict[str, Callable[..., Record]] = {kind: _maker(kind) for kind in RULES}
