"""Python's module random, drawing from the numbers of the run."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.dialects.common import namespace
from app.language.dialects.drawing import shuffle, whole
from app.language.dialects.numpy import _number
from app.language.errors import ProgramError, value_error
from app.language.machine import Machine
from app.language.values import Value
from app.language.walks import iterate


def _seed(m: Machine, a: Value = None, version: Value = 2) -> None:
    if a is not None:
        m.random = np.random.default_rng(abs(int(_number(a))))


def _randint(m: Machine, a: Value, b: Value) -> int:
    """A whole number from a to b, b included."""
    low, high = whole(a), whole(b)
    if high < low:
        raise value_error(f"empty range in randrange({low}, {high + 1})")
    return int(m.random.integers(low, high + 1))


def _randrange(m: Machine, *bounds: Value) -> int:
    numbers = range(*map(whole, bounds))
    if not numbers:
        raise value_error(f"empty range in randrange({', '.join(map(str, bounds))})")
    return numbers[int(m.random.integers(len(numbers)))]


def _several(m: Machine, population: Value) -> list[Value]:
    found = list(iterate(m, population))
    if not found:
        words = "IndexError: Cannot choose from an empty sequence"
        raise ProgramError("index", framework=words, detail="an empty sequence")
    return found


def _choice(m: Machine, seq: Value) -> Value:
    found = _several(m, seq)
    return found[int(m.random.integers(len(found)))]


def _choices(m: Machine, population: Value, weights: Value = None, *, k: Value = 1) -> list[Value]:
    found, count = _several(m, population), whole(k)
    m.budget.container(max(0, count))
    share: Any = None
    if weights is not None:
        share = np.array([float(_number(one)) for one in iterate(m, weights)])
        if len(share) != len(found):
            raise value_error("The number of weights does not match the population")
        share = share / np.sum(share)
    return [found[i] for i in m.random.choice(len(found), max(0, count), p=share).tolist()]


def _sample(m: Machine, population: Value, k: Value) -> list[Value]:
    found, count = list(iterate(m, population)), whole(k)
    if not 0 <= count <= len(found):
        raise value_error("Sample larger than population or is negative")
    return [found[i] for i in m.random.permutation(len(found))[:count].tolist()]


def _uniform(m: Machine, a: Value, b: Value) -> float:
    low, high = float(_number(a)), float(_number(b))
    return low + (high - low) * float(m.random.random())


def _gauss(m: Machine, mu: Value = 0.0, sigma: Value = 1.0) -> float:
    return float(m.random.normal(_number(mu), _number(sigma)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "seed": _seed,
    "random": lambda m: float(m.random.random()),
    "uniform": _uniform,
    "gauss": _gauss,
    "normalvariate": _gauss,
    "randint": _randint,
    "randrange": _randrange,
    "choice": _choice,
    "choices": _choices,
    "sample": _sample,
    "shuffle": shuffle,
}
RANDOM = namespace("random", FUNCTIONS)
