"""tf.keras.optimizers.schedules: a rate for each step, in float32 as Keras works it out."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.builtins import iterate
from app.language.dialects.common import FLOAT32, number_of
from app.language.errors import value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Record, Value

Rate = Callable[[np.float32], Any]
ONE, HALF, PI = np.float32(1), np.float32(0.5), np.float32(math.pi)


def _schedule(kind: str, rate: Rate) -> Record:
    def at(m: Machine, step: Value) -> Value:
        with np.errstate(all="ignore"):
            return m.leaf(np.asarray(rate(np.float32(number_of(step))), FLOAT32)[()], TENSORFLOW)

    return Record(kind, {}, at)


def _single(*values: Value) -> list[Any]:
    return [np.float32(number_of(one)) for one in values]


def _long(steps: Value, name: str = "decay_steps") -> None:
    if number_of(steps) <= 0:
        raise value_error(f"Argument `{name}` must be > 0. Received: {name}={steps}")


def _decaying(kind: str, after: Callable[[Any, Any, Any], Any]) -> Callable[..., Record]:
    """A rate by how many decay_steps are over. after: of the first rate, decay_rate and that."""

    def make(
        m: Machine,
        initial_learning_rate: Value,
        decay_steps: Value,
        decay_rate: Value,
        staircase: Value = False,
        name: Value = None,
    ) -> Record:
        _long(decay_steps)
        start, steps, by = _single(initial_learning_rate, decay_steps, decay_rate)

        def rate(step: np.float32) -> Any:
            return after(start, by, np.floor(step / steps) if staircase else step / steps)

        return _schedule(kind, rate)

    return make


def _piecewise(m: Machine, boundaries: Value, values: Value, name: Value = None) -> Record:
    """The first value up to the first boundary, and so on."""
    ends, rates = _single(*iterate(m, boundaries)), _single(*iterate(m, values))
    if len(ends) != len(rates) - 1:
        words = "The length of boundaries should be 1 less than the length of values. Received: "
        words += f"boundaries={boundaries} of length {len(ends)}, "
        raise value_error(f"{words}and values={values} of length {len(rates)}.")
    m.budget.container(len(rates))
    return _schedule("PiecewiseConstantDecay", lambda step: rates[sum(step > end for end in ends)])


def _polynomial(
    m: Machine,
    initial_learning_rate: Value,
    decay_steps: Value,
    end_learning_rate: Value = 0.0001,
    power: Value = 1.0,
    cycle: Value = False,
    name: Value = None,
) -> Record:
    _long(decay_steps)
    start, length, end, exponent = _single(
        initial_learning_rate, decay_steps, end_learning_rate, power
    )

    def rate(step: np.float32) -> Any:
        steps = length
        if cycle:
            steps = length * (ONE if step == 0 else np.ceil(step / length))
        else:
            step = np.minimum(step, length)
        return (start - end) * (ONE - step / steps) ** exponent + end

    return _schedule("PolynomialDecay", rate)


def _cosine(
    m: Machine,
    initial_learning_rate: Value,
    decay_steps: Value,
    alpha: Value = 0.0,
    name: Value = None,
    warmup_target: Value = None,
    warmup_steps: Value = 0,
) -> Record:
    """Down half a cosine, after a straight way up where one is asked for."""
    _long(decay_steps)
    start, steps, least, warm = _single(initial_learning_rate, decay_steps, alpha, warmup_steps)
    (top,) = [start] if warmup_target is None else _single(warmup_target)

    def rate(step: np.float32) -> Any:
        if warmup_target is not None:
            step = np.minimum(step, steps + warm)
            if step < warm:
                return (top - start) * (step / warm) + start
            step = step - warm
        turned = HALF * (ONE + np.cos(PI * (np.minimum(step, steps) / steps)))
        return top * ((ONE - least) * turned + least)

    return _schedule("CosineDecay", rate)


def _restarts(
    m: Machine,
    initial_learning_rate: Value,
    first_decay_steps: Value,
    t_mul: Value = 2.0,
    m_mul: Value = 1.0,
    alpha: Value = 0.0,
    name: Value = None,
) -> Record:
    """Down half a cosine over and over, each time t_mul times as long. Source: Loshchilov, Hutter
    2017."""
    _long(first_decay_steps, "first_decay_steps")
    start, first, longer, lower, least = _single(
        initial_learning_rate, first_decay_steps, t_mul, m_mul, alpha
    )

    def rate(step: np.float32) -> Any:
        part = step / first
        if longer == 1:
            times = np.floor(part)
            part = part - times
        else:
            times = np.floor(np.log(ONE - part * (ONE - longer)) / np.log(longer))
            part = (part - (ONE - longer**times) / (ONE - longer)) / longer**times
        turned = HALF * lower**times * (ONE + np.cos(PI * part))
        return start * ((ONE - least) * turned + least)

    return _schedule("CosineDecayRestarts", rate)


SCHEDULES: dict[str, Callable[..., Record]] = {
    "ExponentialDecay": _decaying("ExponentialDecay", lambda lr, by, part: lr * by**part),
    "InverseTimeDecay": _decaying("InverseTimeDecay", lambda lr, by, part: lr / (ONE + by * part)),
    "PiecewiseConstantDecay": _piecewise,
    "PolynomialDecay": _polynomial,
    "CosineDecay": _cosine,
    "CosineDecayRestarts": _restarts,
}
