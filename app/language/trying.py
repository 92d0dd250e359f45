"""try, except, else, finally and raise, with Python's semantics for the errors of a program.

A limit that is reached goes through them all: no block of the program runs after it.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.language.classes import make
from app.language.error_values import (
    again,
    can_be_caught,
    catches,
    caught,
    is_class_of_errors,
    raised,
)
from app.language.errors import ProgramError, Refused, Span, type_error
from app.language.expressions import Run, expression
from app.language.imports import missing_module
from app.language.machine import Machine
from app.language.scope import Context, Frame, bind, place_of
from app.language.statements import COMPILE, Do, Signal, block, sequence, statement
from app.language.values import Error, Value

Outcome = tuple[Signal, ProgramError | None]
Handler = tuple[Run | None, str | None, Callable[[Frame], Frame], Do, Span]
SHOWN = 200  # characters of an error's words in the note that it was caught
SAFE = {"KeyboardInterrupt", "ImportError", "ModuleNotFoundError", "StopIteration"}
IMPORTS = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")


def _attempt(m: Machine, f: Frame, do: Do) -> Outcome:
    """Carries out a block: its signal, or the error that stopped it."""
    depth, scopes = m.budget.depth, len(m.scopes)
    try:
        return do(m, f), None
    except ProgramError as problem:
        if not can_be_caught(problem):
            raise
        found = problem
    m.budget.depth = depth
    del m.scopes[scopes:]
    m.recorder.risked()
    caught(m, found)
    return None, found


def _try(node: ast.Try, context: Context) -> Do:
    body = _body(node, context)
    risky = any(one.type is None or not _names(one.type) <= SAFE for one in node.handlers)
    orelse, final = block(node.orelse, context), block(node.finalbody, context)
    handlers: list[Handler] = [
        (
            expression(one.type, context) if one.type else None,
            one.name,
            place_of(one.name or "", context),
            block(one.body, context),
            context.span(one.type or one),
        )
        for one in node.handlers
    ]

    def run(m: Machine, f: Frame) -> Signal:
        signal, problem = _attempt(m, f, body)
        if problem is not None:
            signal, problem = _handle(m, f, problem, handlers)
        else:
            if risky:
                m.recorder.risked()
            if signal is None:
                signal, problem = _attempt(m, f, orelse)
        if problem is None:
            last = final(m, f)
            return signal if last is None else last
        with _handling(m, problem.error):
            last = final(m, f)
        if last is None:
            raise again(problem)
        return last  # return, break or continue in finally: the error is gone

    return run


def _handle(m: Machine, f: Frame, problem: ProgramError, handlers: list[Handler]) -> Outcome:
    """What becomes of an error: that of the first except block that catches it."""
    error: Error = problem.error
    for kinds, name, place, do, span in handlers:
        if kinds is not None:
            m.span = span
            fits: list[bool] = []
            _, other = _attempt(m, f, _asking(kinds, error, fits))
            if other is not None:
                return None, other
            if not fits[0]:
                continue
        _tell(m, problem, span)
        if name is not None:
            bind(m, place(f), name, error)
        with _handling(m, error):
            outcome = _attempt(m, f, do)
        if name is not None:
            place(f).values.pop(name, None)
        return outcome
    return None, problem


def _asking(kinds: Run, error: Error, fits: list[bool]) -> Do:
    """Whether an except line catches the error."""
    return lambda m, f: fits.append(catches(m, kinds(m, f), error))


@contextmanager
def _handling(m: Machine, error: Error) -> Iterator[None]:
    """A block that deals with an error: raise alone raises it again."""
    m.handled.append(error)
    try:
        yield
    finally:
        m.handled.pop()


def _tell(m: Machine, problem: ProgramError, span: Span) -> None:
    """Notes once for each except line what it caught first: no error goes unseen."""
    words = problem.framework or ""
    words = words if len(words) <= SHOWN else words[:SHOWN] + "…"
    if tuple(span) not in m.catching:
        m.catching.add(tuple(span))
        m.notes.setdefault(("caught", words), problem.span)


def _body(node: ast.Try, context: Context) -> Do:
    """The block that is tried. Where an except block waits for it, a module that is not here is an
    error as any other, and not a reason to refuse the program."""
    waits = any(one.type is None or _names(one.type) & set(IMPORTS) for one in node.handlers)
    done = [
        _import(one, context)
        if waits and isinstance(one, ast.Import | ast.ImportFrom)
        else statement(one, context)
        for one in node.body
    ]
    return sequence(done, node.body, context)


def _import(node: ast.Import | ast.ImportFrom, context: Context) -> Do:
    try:
        return statement(node, context)
    except Refused as problem:
        if problem.code != "import":
            raise
        words = missing_module(node)

    def run(m: Machine, f: Frame) -> Signal:
        raise ProgramError("raised", framework=words, detail=words)

    return run


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _raise(node: ast.Raise, context: Context) -> Do:
    value = expression(node.exc, context) if node.exc else None
    cause = expression(node.cause, context) if node.cause else None
    span = context.span(node)

    def run(m: Machine, f: Frame) -> Signal:
        if value is None:
            if not m.handled:
                words = "RuntimeError: No active exception to reraise"
                raise ProgramError("raised", framework=words, detail=words)
            raise raised(m, m.handled[-1])
        error = _made(m, value(m, f))
        if cause is not None:
            why = _made(m, cause(m, f))
            if why is not None and not isinstance(why, Error):
                raise type_error("exception causes must derive from BaseException")
        m.at(span)
        raise raised(m, error)

    return run


def _made(m: Machine, value: Value) -> Value:
    """raise ValueError: a class stands for what it makes."""
    return make(m, value) if is_class_of_errors(value) else value


COMPILE |= {ast.Try: _try, ast.Raise: _raise}
