"""Python's own random: numbers from the same generator as CPython's, so a seed gives the same."""

import random
from collections.abc import Callable
from typing import Any

from app.language.builtins import iterate
from app.language.dialects.common import namespace
from app.language.errors import ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.values import Namespace, Value, type_name


def _source(m: Machine) -> random.Random:
    """The program's own generator; unseeded, it begins with the seed of the run."""
    if m.chance is None:
        m.chance = random.Random(m.seed)
    return m.chance


def _seed(m: Machine, a: Value = None) -> None:
    if a is not None and not isinstance(a, int | float | str):
        words = "The only supported seed types are: None, int, float, str, bytes, and bytearray."
        raise type_error(words)
    m.chance = random.Random(m.seed if a is None else a)


def _number(value: Value) -> Any:
    if not isinstance(value, int | float):
        raise type_error(f"must be real number, not {type_name(value)}")
    return value


def _of_numbers(name: str) -> Callable[..., Value]:
    """A distribution with numbers for its parameters."""
    return lambda m, *given: getattr(_source(m), name)(*map(_number, given))


def _whole(name: str) -> Callable[..., Value]:
    def call(m: Machine, *given: Value) -> int:
        for one in given:
            if not isinstance(one, int):
                raise type_error(f"'{type_name(one)}' object cannot be interpreted as an integer")
        try:
            return int(getattr(_source(m), name)(*given))
        except ValueError as problem:
            raise value_error(str(problem)) from None

    return call


def _row(values: Value) -> Any:
    if not isinstance(values, list | tuple | str | range):
        raise type_error(f"'{type_name(values)}' object is not a sequence")
    return values


def _choice(m: Machine, seq: Value) -> Value:
    if not len(_row(seq)):
        words = "IndexError: Cannot choose from an empty sequence"
        raise ProgramError("index", framework=words, detail="choice")
    return _source(m).choice(seq)


def _choices(m: Machine, population: Value, weights: Value = None, *, k: Value = 1) -> list[Value]:
    m.budget.container(k)
    parts = None if weights is None else [_number(x) for x in iterate(m, weights)]
    return _source(m).choices(_row(population), parts, k=k)


def _shuffle(m: Machine, x: Value) -> None:
    if not isinstance(x, list):
        raise type_error(f"'{type_name(x)}' object does not support item assignment")
    m.budget.long(len(x))
    _source(m).shuffle(x)


def _sample(m: Machine, population: Value, k: Value) -> list[Value]:
    m.budget.container(k)
    try:
        return _source(m).sample(_row(population), k)
    except ValueError as problem:
        raise value_error(str(problem)) from None


RANDOM: Namespace = namespace(
    "random",
    {
        "seed": _seed,
        "random": lambda m: _source(m).random(),
        "uniform": lambda m, a, b: _source(m).uniform(_number(a), _number(b)),
        "gauss": _of_numbers("gauss"),
        "normalvariate": _of_numbers("normalvariate"),
        "expovariate": _of_numbers("expovariate"),
        "randint": _whole("randint"),
        "randrange": _whole("randrange"),
        "choice": _choice,
        "choices": _choices,
        "shuffle": _shuffle,
        "sample": _sample,
    },
)
