"""Python's own functools: functions made of functions."""

from typing import Any

from app.engine import N_
from app.language.builtins import call
from app.language.dialects.common import namespace
from app.language.errors import type_error, unsupported
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.values import Builtin, Function, Namespace, Value
from app.language.walks import iterate

END: Any = object()


def _partial(m: Machine, func: Value, /, *first: Value, **fixed: Value) -> Builtin:
    def run(m: Machine, /, *given: Value, **named: Value) -> Value:
        return call(m, func, *first, *given, **{**fixed, **named})

    return Builtin("functools.partial", run)


def _reduce(m: Machine, function: Value, iterable: Value, initial: Value = END, /) -> Value:
    values = iterate(m, iterable)
    total = next(values, END) if initial is END else initial
    if total is END:
        raise type_error("reduce() of empty iterable with no initial value")
    for x in values:
        total = call(m, function, total, x)
    return total


def _cached(function: Value, most: int | None) -> Builtin:
    """The function, which runs once for equal arguments; most: results that are kept."""
    kept: dict[Any, Value] = {}

    def run(m: Machine, /, *given: Value, **named: Value) -> Value:
        key = hashable(m, (given, tuple(named.items())))
        if key in kept:
            kept[key] = kept.pop(key)  # the last that was asked for
            return kept[key]
        found = call(m, function, *given, **named)
        kept[key] = found
        m.budget.container(len(kept))
        if most is not None and len(kept) > most:
            del kept[next(iter(kept))]
        return found

    return Builtin("function", run)


def _lru_cache(m: Machine, maxsize: Value = 128, typed: Value = False) -> Value:
    if typed:
        raise unsupported(N_("lru_cache(typed=True) (leave typed out)"))
    if isinstance(maxsize, Function | Builtin):  # @lru_cache without brackets
        return _cached(maxsize, 128)
    if maxsize is not None and not isinstance(maxsize, int):
        raise type_error("Expected first argument to be an integer, a callable, or None")
    return Builtin("lru_cache", lambda m, function: _cached(function, maxsize))


def _wraps(m: Machine, wrapped: Value, **which: Value) -> Builtin:
    """A function takes the name of the one that it wraps."""
    if which:
        raise unsupported(N_("functools.wraps with {name} (leave it out)"), name=next(iter(which)))

    def named(m: Machine, function: Value) -> Value:
        if not isinstance(function, Function) or not isinstance(wrapped, Function):
            return function
        return Function(wrapped.name, function.run, function.keywords)

    return Builtin("wraps", named)


FUNCTOOLS: Namespace = namespace(
    "functools",
    {
        "partial": _partial,
        "reduce": _reduce,
        "lru_cache": _lru_cache,
        "cache": lambda m, function: _cached(function, None),
        "wraps": _wraps,
    },
)
