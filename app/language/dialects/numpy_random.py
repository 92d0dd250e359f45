"""np.random: the older stream of np.random.seed and RandomState, and default_rng."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.attributes import METHODS
from app.language.dialects.common import dtype_of, lengths, number_of
from app.language.dialects.drawing import choice, permutation, shuffle
from app.language.errors import type_error, value_error
from app.language.machine import Machine
from app.language.values import NUMPY, Array, Generator, RandomState, Value


def _sampler(draw: Callable[..., Any], counted: bool = False) -> Callable[..., Array]:
    """A random function of (machine, …): NumPy's arguments, then `size` (or shape as numbers)."""

    def sample(m: Machine, *given: Value, size: Value = None, **named: Value) -> Value:
        values = {key: number_of(value) for key, value in named.items()}
        if counted:
            shape = lengths(m, *given)
            given = ()
        else:
            if len(given) > 3:
                raise type_error(f"it takes at most 3 positional arguments ({len(given)} given)")
            if len(given) > 2:
                size, given = given[2], given[:2]
            shape = () if size is None else lengths(m, size)
        data = draw(m.numpy_random, *map(number_of, given), size=shape or None, **values)
        return m.leaf(data, NUMPY) if shape else float(data)

    return sample


def _legacy(m: Machine, seed: Value) -> Any:
    """The stream of np.random.seed: MT19937, as it was before NumPy 1.17."""
    number = m.seed & 0xFFFFFFFF if seed is None else int(number_of(seed))
    if not 0 <= number < 1 << 32:
        raise value_error("Seed must be between 0 and 2**32 - 1")
    return np.random.RandomState(number)


def _seed(m: Machine, seed: Value = None) -> None:
    m.numpy_random = _legacy(m, seed)


def _reseeded(m: Machine, state: RandomState, seed: Value = None) -> None:
    state.random = _legacy(m, seed)


def _generator(m: Machine, seed: Value = None) -> Generator:
    """np.random.default_rng(seed): PCG64."""
    number = m.seed if seed is None else int(number_of(seed))
    if number < 0:
        raise value_error("expected non-negative integer")
    return Generator(np.random.default_rng(number))


def _integers(name: str) -> Callable[..., Value]:
    def draw(
        m: Machine, low: Value, high: Value = None, size: Value = None, dtype: Value = None
    ) -> Value:
        shape = () if size is None else lengths(m, size)
        bounds = (0, number_of(low)) if high is None else (number_of(low), number_of(high))
        if bounds[0] >= bounds[1]:
            raise value_error("low >= high")
        kind = dtype_of(dtype, np.dtype(np.int64))
        try:
            data = getattr(m.numpy_random, name)(*map(int, bounds), shape or None, kind)
        except (ValueError, TypeError) as problem:
            raise value_error(str(problem)) from None
        return m.leaf(data, NUMPY) if shape else int(data)

    return draw


SAMPLERS: dict[str, Any] = {
    "normal": _sampler(lambda r, loc=0.0, scale=1.0, size=None: r.normal(loc, scale, size)),
    "uniform": _sampler(lambda r, low=0.0, high=1.0, size=None: r.uniform(low, high, size)),
    "standard_normal": _sampler(lambda r, size=None: r.standard_normal(size), counted=True),
    "random": _sampler(lambda r, size=None: r.random(size), counted=True),
    "random_sample": _sampler(lambda r, size=None: r.random(size), counted=True),
}
ORDERS = {"permutation": permutation, "shuffle": shuffle, "choice": choice}
LEGACY = {
    **SAMPLERS,
    **ORDERS,
    "randn": SAMPLERS["standard_normal"],
    "rand": SAMPLERS["random"],
    "randint": _integers("randint"),
}
RANDOM = {
    **LEGACY,
    "seed": _seed,
    "default_rng": _generator,
    "RandomState": lambda m, seed=None: RandomState(_legacy(m, seed)),
}


def _owned(function: Callable[..., Value]) -> Callable[..., Value]:
    """The same function, drawing from a generator of the program."""

    def draw(m: Machine, generator: Generator, *given: Value, **named: Value) -> Value:
        m.numpy_random, kept = generator.random, m.numpy_random
        try:
            return function(m, *given, **named)
        finally:
            m.numpy_random = kept

    return draw


def _all_owned(functions: dict[str, Any]) -> dict[str, Any]:
    return {name: _owned(function) for name, function in functions.items()}


NEWER = {name: call for name, call in SAMPLERS.items() if name != "random_sample"}
METHODS[Generator] = _all_owned({**NEWER, **ORDERS, "integers": _integers("integers")})
METHODS[RandomState] = {**_all_owned(LEGACY), "seed": _reseeded}
