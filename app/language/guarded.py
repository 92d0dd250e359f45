"""Calls of what the tables hold: wrong arguments are the caller's error, in Python's words."""

import inspect
from collections.abc import Callable, Mapping, Sequence

from app.language.errors import type_error, unexpected_keyword, value_error
from app.language.exits import called
from app.language.machine import Machine
from app.language.values import Value


def guarded(
    m: Machine,
    name: str,
    act: Callable[..., Value],
    given: Sequence[Value],
    named: Mapping[str, Value],
) -> Value:
    """act(m, *given, **named), after a look at the clock: it may take long by itself."""
    m.budget.clock()
    try:
        result = act(m, *given, **named)
        if not m.formula:
            called(m.recorder, name, (*given, *named.values()), result)
        return result
    except TypeError as problem:
        signature = inspect.signature(act)
        try:
            signature.bind(m, *given, **named)
        except TypeError as wrong:
            _, *known = signature.parameters
            for keyword in named:
                if keyword not in known and f"keyword argument '{keyword}'" in str(wrong):
                    raise unexpected_keyword(name, keyword, known) from None
            raise type_error(f"{name}() {wrong}") from None
        raise type_error(f"{name}() cannot take these values: {problem}") from None
    except (ValueError, ArithmeticError, LookupError, AttributeError) as problem:
        raise value_error(f"{name}() cannot take these values: {problem}") from None
