"""Errors as values of the program: their classes, and the way from one that stopped it and back.

Only what Python or a framework would raise can be caught: never a limit, nor a refusal of ours.
"""

import builtins
from typing import Any

from app.language.builtins import BUILTINS
from app.language.classes import ERROR
from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.text import repr_of, text_of
from app.language.values import Class, Error, Instance, Value

_GROUPS = ("BaseExceptionGroup", "ExceptionGroup")
_OF_BYTES = ("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError")
CLASSES: dict[str, Class] = {"BaseException": ERROR}


def _class(kind: type) -> Class:
    """Our class for one of Python's."""
    name = kind.__name__
    if name not in CLASSES:
        CLASSES[name] = Class(name, base=_class(kind.__bases__[0]))
    return CLASSES[name]


BUILTINS |= {
    name: _class(kind)
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
    if name not in (*_GROUPS, *_OF_BYTES) and not name.startswith("_")
}
_FRAMEWORKS = {  # errors of frameworks by their names, and what they are derived from
    "LinAlgError": "ValueError",
    "AxisError": "ValueError",
    "UFuncTypeError": "TypeError",
    "_LinAlgError": "RuntimeError",
    "GradcheckError": "RuntimeError",
    "FrozenInstanceError": "AttributeError",
}
CLASSES |= {name: Class(name, base=CLASSES[base]) for name, base in _FRAMEWORKS.items()}


def _begin(m: Machine, error: Instance, /, *given: Value, **named: Value) -> None:
    if named:
        raise type_error(f"{error.of.name}() takes no keyword arguments")
    error.values["args"] = given


def _written(error: Instance, short: bool) -> str:
    """str(error) where short, else repr(error)."""
    given: Any = error.values.get("args")
    given = given if isinstance(given, tuple) else (given,)
    if not short:
        return error.of.name + (f"({repr_of(given[0])})" if len(given) == 1 else repr_of(given))
    if len(given) == 1:
        of_key = CLASSES["KeyError"] in error.of.line()
        return repr_of(given[0]) if of_key else text_of(given[0])
    return repr_of(given) if given else ""


ERROR.methods["__init__"] = _begin
ERROR.written = _written
CLASSES["StopIteration"].properties["value"] = lambda m, error: (*error.values["args"], None)[0]


def can_be_caught(problem: BaseException) -> bool:
    """Whether it is an error that Python or a framework would raise."""
    return isinstance(problem, ProgramError) and problem.framework is not None


def caught(m: Machine, problem: ProgramError) -> Error:
    """The error that stopped a part of the program, as a value."""
    problem.span = problem.span or m.span
    if problem.error is None:
        name, _, text = (problem.framework or "").partition(": ")
        of = CLASSES.get(name) or Class(name, base=CLASSES["Exception"])
        given = problem.values.get("given")
        problem.error = Error(of, {"args": _arguments(name, text) if given is None else given})
    problem.error.problem = problem
    problem.__traceback__ = problem.__context__ = problem.__cause__ = None  # frames of the host
    return problem.error  # type: ignore[no-any-return]


def _arguments(name: str, text: str) -> tuple[Value, ...]:
    """What the error was made of: of a KeyError, the key itself."""
    if name == "KeyError" and text[:1] in ("'", '"') and "\\" not in text:
        return (text[1:-1],)
    if name == "KeyError":
        return (int(text) if text.lstrip("-").isdecimal() and len(text) < 20 else Key(text),)
    return (text,) if text else ()


class Key(Instance):
    """A key that was not found, of which only its text is kept."""

    def __init__(self, text: str):
        super().__init__(Class("key", written=lambda key, short: text))


def again(problem: ProgramError) -> ProgramError:
    """The same error once more, at its first place; the host keeps no frames of the time before."""
    made = ProgramError(problem.code, problem.span, problem.framework, problem.advice)
    made.values, made.error = problem.values, problem.error
    return made


def raised(m: Machine, value: Value) -> ProgramError:
    """What an error stops the program with, where it is raised."""
    if not isinstance(value, Error):
        raise type_error("exceptions must derive from BaseException")
    if value.problem is not None:
        return again(value.problem)
    span, text, name = m.span, text_of(value), value.of.name
    words = f"{name}: {text}" if text else name
    m.budget.container(len(words))
    line = [one.name for one in value.of.line() if not one.own]
    if "StopIteration" in line:
        problem = ProgramError("exhausted", span, framework=words)
    elif "IndexError" in line:
        problem = ProgramError("index", span, framework=words, detail=text or name)
    else:
        problem = ProgramError("raised", span, framework=words, detail=words.rstrip(".!?"))
    problem.error = value
    return problem


def is_class_of_errors(value: Value) -> bool:
    return isinstance(value, Class) and value.line()[-1] is ERROR


def catches(m: Machine, kinds: Value, error: Error) -> bool:
    """Whether `except kinds:` catches it."""
    line = error.of.line()
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        m.budget.step()
        if not is_class_of_errors(kind):
            words = "catching classes that do not inherit from BaseException is not allowed"
            raise type_error(words)
        if kind in line or (kind is CLASSES["IndexError"] and CLASSES["AxisError"] in line):
            return True
    return False
