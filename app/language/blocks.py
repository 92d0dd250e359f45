"""Blocks of with: tapes, modes, and context managers of the program's own classes."""

import ast
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from app.language.classes import ABSENT, find
from app.language.classes import run as call_member
from app.language.comparisons import truth
from app.language.error_values import can_be_caught, caught
from app.language.errors import ProgramError, type_error, value_error
from app.language.expressions import expression
from app.language.machine import Machine
from app.language.scope import Context, Frame
from app.language.statements import COMPILE, Do, Signal, block
from app.language.targets import target
from app.language.values import Instance, Mode, Skipped, Tape, Value, type_name


def _with(node: ast.With, context: Context) -> Do:
    items = [
        (
            expression(item.context_expr, context),
            target(item.optional_vars, context) if item.optional_vars else None,
            context.span(item.context_expr),
        )
        for item in node.items
    ]
    body = block(node.body, context)

    def run(m: Machine, f: Frame) -> Signal:
        with ExitStack() as entered:
            for manager, store, span in items:
                value = manager(m, f)
                m.at(span)
                if isinstance(value, Instance):
                    value = _enter_instance(m, value, entered)
                else:
                    entered.callback(_enter(m, value))
                if store is not None:
                    store(m, f, value)
            return body(m, f)
        return None  # an __exit__ has taken the error away

    return run


def _enter(m: Machine, manager: Value) -> Callable[[], None]:
    """Begins a block of with; the function that ends it."""
    if isinstance(manager, Mode):
        manager.enter()
        return manager.leave
    if isinstance(manager, Tape):
        return open_tape(m, manager)
    if isinstance(manager, Skipped):
        return lambda: None
    raise _no_manager(manager)


def _no_manager(value: Value, missed: str = "") -> ProgramError:
    words = f"'{type_name(value)}' object does not support the context manager protocol"
    return type_error(words + missed)


def _enter_instance(m: Machine, manager: Instance, entered: ExitStack) -> Value:
    """What its __enter__ gives. Its __exit__ is told of an error, not of a limit."""
    enter, leave = (find(m, manager.of.line(), f"__{way}__", manager) for way in ("enter", "exit"))
    if enter is ABSENT:
        raise _no_manager(manager)
    if leave is ABSENT:
        raise _no_manager(manager, " (missed __exit__ method)")
    value = call_member(m, enter)

    def left(kind: Any, problem: BaseException | None, trace: Any) -> bool:
        if problem is None:
            call_member(m, leave, None, None, None)
            return False
        if not isinstance(problem, ProgramError) or not can_be_caught(problem):
            return False
        error = caught(m, problem)
        return truth(m, call_member(m, leave, error.of, error, None))

    entered.push(left)
    return value


def open_tape(m: Machine, tape: Tape) -> Callable[[], None]:
    """Begins the tape's recording; the function that ends it."""
    if tape.engine.is_open:
        words = "Tape is still recording, This can happen if you try to re-enter an already-active "
        raise value_error(f"{words}tape.")
    m.recorder.tape("enter")
    tape.engine.__enter__()
    m.tapes.append(tape)
    reading = m.reading(tape.variables if tape.engine.watches_variables else {})
    reading.__enter__()

    def leave() -> None:
        reading.__exit__(None, None, None)
        m.tapes.remove(tape)
        tape.engine.__exit__()
        m.recorder.tape("exit")

    return leave


COMPILE[ast.With] = _with
