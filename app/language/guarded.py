"""Calls of what the tables hold: wrong arguments are the caller's error, in words of their own.

What Python said of a table's inside is no matter of the program's and is never shown.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from app.language.errors import lacking_words, type_error, unexpected_keyword
from app.language.exits import called
from app.language.machine import Machine
from app.language.misfits import unfit
from app.language.values import Value

FRAMEWORKS = ("numpy", "torch", "tensorflow", "keras")
WRONG = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


class Given:
    """A method of a table that is given its object."""

    __slots__ = ("instance", "method")

    def __init__(self, method: Callable[..., Value], instance: Value):
        self.method, self.instance = method, instance

    def __call__(self, m: Machine, /, *given: Value, **named: Value) -> Value:
        return self.method(m, self.instance, *given, **named)

    @property
    def __signature__(self) -> inspect.Signature:
        signature = inspect.signature(self.method)
        machine, *rest = signature.parameters.values()
        own = rest and rest[0].kind is not inspect.Parameter.VAR_POSITIONAL
        return signature.replace(parameters=[machine, *rest[1 if own else 0 :]])


def guarded(
    m: Machine,
    name: str,
    act: Callable[..., Value],
    given: Sequence[Value],
    named: Mapping[str, Value],
) -> Value:
    """act(m, *given, **named), after a look at the clock: it may take long by itself."""
    m.budget.clock()
    if m.deriving:
        m.fixed(*given, *named.values())
    try:
        result = act(m, *given, **named)
        if not m.formula:
            called(m.recorder, name, (*given, *named.values()), result)
        return result
    except TypeError:
        _bound(m, name, act, given, named)
        raise unfit(name, given, named) from None
    except WRONG:
        raise unfit(name, given, named) from None


@contextmanager
def guarding(name: str, *given: Value) -> Iterator[None]:
    """What a table does later than it is called: the steps of a walk, an attribute."""
    try:
        yield
    except WRONG:
        raise unfit(name, given, {}) from None


def _bound(
    m: Machine,
    name: str,
    act: Callable[..., Value],
    given: Sequence[Value],
    named: Mapping[str, Value],
) -> None:
    """Raises Python's TypeError where the arguments do not find their parameters."""
    signature = inspect.signature(act)
    try:
        signature.bind(m, *given, **named)
    except TypeError as wrong:
        _, *known = signature.parameters
        for keyword in named:
            if keyword not in known and f"keyword argument '{keyword}'" in str(wrong):
                whose = _framework(name, act)
                raise unexpected_keyword(name, keyword, known, framework=whose) from None
        raise type_error(f"{name}() {_misbound(signature, given, named) or wrong}") from None


def _framework(name: str, act: Callable[..., Value]) -> str:
    """Whose a function is: its name says it, or the file of its table does."""
    method = getattr(act, "method", act)
    file = getattr(method, "__module__", "").rpartition(".")[2]
    found = file.partition("_")[0]
    return found if found in FRAMEWORKS and not name.startswith(FRAMEWORKS) else ""


def _misbound(
    signature: inspect.Signature, given: Sequence[Value], named: Mapping[str, Value]
) -> str | None:
    """What is missing or too much, as Python says it of a function of its own."""
    _, *found = signature.parameters.values()
    placed = [one for one in found if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    starred = any(one.kind is one.VAR_POSITIONAL for one in found)
    if len(given) > len(placed) and not starred:
        least = sum(one.default is one.empty for one in placed)
        takes = f"{len(placed)}" if least == len(placed) else f"from {least} to {len(placed)}"
        words = f"takes {takes} positional argument{'' if takes == '1' else 's'} but {len(given)} "
        return words + ("was given" if len(given) == 1 else "were given")
    lacking = [one.name for one in placed[len(given) :] if one.default is one.empty]
    return lacking_words([name for name in lacking if name not in named])
