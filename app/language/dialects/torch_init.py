"""torch.nn.init: how the numbers of a parameter begin. Sources: Glorot 2010, He 2015."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.errors import type_error, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value, type_name

GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "sigmoid": 1.0, "linear": 1.0}


def _fill(draw: Callable[..., Any]) -> Callable[..., Array]:
    """draw(machine, tensor, …): the numbers that the tensor begins with."""

    def fill(m: Machine, tensor: Value, *given: Value, **named: Value) -> Array:
        if not isinstance(tensor, Array) or tensor.kind != TORCH:
            raise type_error(f"{type_name(tensor)} is not a Tensor")
        m.budget.array(tensor.tensor.shape)
        replace(m, tensor, draw(m, tensor, *given, **named))
        return tensor

    return fill


def _fans(x: Array) -> tuple[int, int]:
    shape = x.tensor.shape
    if len(shape) < 2:
        words = "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"
        raise value_error(words)
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _constant(m: Machine, x: Array, val: Value) -> Any:
    return np.full(x.tensor.shape, val)


def _uniform(m: Machine, x: Array, a: Value = 0.0, b: Value = 1.0) -> Any:
    return m.torch_random.uniform(a, b, x.tensor.shape, x.tensor.dtype)


def _normal(m: Machine, x: Array, mean: Value = 0.0, std: Value = 1.0) -> Any:
    return m.torch_random.normal(mean, std, x.tensor.shape, x.tensor.dtype)


def _glorot(x: Array, gain: float) -> float:
    return gain * math.sqrt(2 / sum(_fans(x)))


def _xavier_uniform(m: Machine, x: Array, gain: Value = 1.0) -> Any:
    bound = math.sqrt(3) * _glorot(x, gain)
    return _uniform(m, x, -bound, bound)


def _xavier_normal(m: Machine, x: Array, gain: Value = 1.0) -> Any:
    return _normal(m, x, 0.0, _glorot(x, gain))


def _he(x: Array, a: float, mode: str, nonlinearity: str) -> float:
    fan = _fans(x)[0 if mode == "fan_in" else 1]
    leaky = math.sqrt(2 / (1 + a * a))
    return (leaky if nonlinearity == "leaky_relu" else GAINS[nonlinearity]) / math.sqrt(fan)


def _kaiming_uniform(
    m: Machine,
    x: Array,
    a: Value = 0,
    mode: Value = "fan_in",
    nonlinearity: Value = "leaky_relu",
) -> Any:
    bound = math.sqrt(3) * _he(x, a, mode, nonlinearity)
    return _uniform(m, x, -bound, bound)


def _kaiming_normal(
    m: Machine,
    x: Array,
    a: Value = 0,
    mode: Value = "fan_in",
    nonlinearity: Value = "leaky_relu",
) -> Any:
    return _normal(m, x, 0.0, _he(x, a, mode, nonlinearity))


def _eye(m: Machine, x: Array) -> Any:
    if x.tensor.ndim != 2:
        raise value_error("Only tensors with 2 dimensions are supported")
    rows, columns = x.tensor.shape
    return np.eye(rows, columns)


def _orthogonal(m: Machine, x: Array, gain: Value = 1) -> Any:
    """Rows or columns of length gain that stand at right angles. Source: Saxe 2013."""
    if x.tensor.ndim < 2:
        raise value_error("Only tensors with 2 or more dimensions are supported")
    rows = x.tensor.shape[0]
    flat = m.torch_random.normal(0.0, 1.0, (rows, x.tensor.size // max(1, rows)), x.tensor.dtype)
    wide = flat.shape[0] < flat.shape[1]
    q, r = np.linalg.qr(flat.T if wide else flat)
    q = q * np.sign(np.diag(r))
    return gain * (q.T if wide else q).reshape(x.tensor.shape)


def _trunc_normal(
    m: Machine, x: Array, mean: Value = 0.0, std: Value = 1.0, a: Value = -2.0, b: Value = 2.0
) -> Any:
    """Normal numbers; those outside of a and b are drawn again."""
    if not a < b or not (mean - 12 * std < b and mean + 12 * std > a):
        raise value_error("trunc_normal_ needs a < b, not far from the mean")
    drawn = _normal(m, x, mean, std)
    for _ in range(1000):
        outside = (drawn < a) | (drawn > b)
        if not np.any(outside):
            break
        drawn = np.where(outside, _normal(m, x, mean, std), drawn)
    return np.clip(drawn, a, b)


def _gain(m: Machine, nonlinearity: Value, param: Value = None) -> float:
    """What an activation shrinks its numbers by, made up for."""
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        return math.sqrt(2 / (1 + slope**2))
    known = {**GAINS, "selu": 0.75, **{f"conv{n}d": 1.0 for n in (1, 2, 3)}}
    if nonlinearity not in known:
        raise value_error(f"Unsupported nonlinearity {nonlinearity}")
    return known[nonlinearity]


INIT: dict[str, Callable[..., Any]] = {
    "zeros_": _fill(lambda m, x: np.zeros(x.tensor.shape)),
    "ones_": _fill(lambda m, x: np.ones(x.tensor.shape)),
    "constant_": _fill(_constant),
    "uniform_": _fill(_uniform),
    "normal_": _fill(_normal),
    "xavier_uniform_": _fill(_xavier_uniform),
    "xavier_normal_": _fill(_xavier_normal),
    "kaiming_uniform_": _fill(_kaiming_uniform),
    "kaiming_normal_": _fill(_kaiming_normal),
    "eye_": _fill(_eye),
    "orthogonal_": _fill(_orthogonal),
    "trunc_normal_": _fill(_trunc_normal),
    "calculate_gain": _gain,
}
