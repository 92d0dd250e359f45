"""Functions with yield: a body that is carried out up to its next value, and goes on from there.

Only statements can wait: a yield is one itself, so what holds one is compiled to a generator of
Python's, and all else is carried out as anywhere. Nothing runs before a value is asked for.
"""

import ast
from collections.abc import Callable, Generator, Iterator
from typing import Any

from app.engine import N_
from app.language.attributes import METHODS, missing
from app.language.comparisons import truth
from app.language.endless import Turning
from app.language.errors import LimitReached, ProgramError, Refused, unsupported, value_error
from app.language.expressions import expression
from app.language.functions import within
from app.language.machine import Machine
from app.language.matching import chosen
from app.language.scope import Context, Frame
from app.language.statements import BREAK, CONTINUE, Signal, statement, turns_of
from app.language.values import Value, Walk
from app.language.walks import iterate, walk

Steps = Callable[[Machine, Frame], Generator[Value, None, Signal]]
LIVE = 1_000  # generators that may wait at once: each keeps its names
END: Any = object()


def has_yield(nodes: list[ast.stmt]) -> bool:
    """Whether these statements yield; a function among them yields for itself."""
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False


def flow(nodes: list[ast.stmt], context: Context) -> Steps:
    """Statements one after the other, some of which may yield."""
    steps: list[tuple[Steps | None, Any, Any]] = []
    for node in nodes:
        waits = has_yield([node])
        done = None if waits else statement(node, context)
        steps.append((_waiting(node, context) if waits else None, done, context.span(node)))

    def run(m: Machine, f: Frame) -> Generator[Value, None, Signal]:
        for waiting, done, span in steps:
            m.budget.step()
            m.span = span
            signal = done(m, f) if waiting is None else (yield from waiting(m, f))
            if signal is not None:
                return signal
        return None

    return run


def _waiting(node: ast.stmt, context: Context) -> Steps:
    """A statement that yields."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
        return _yield(node.value, context)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.YieldFrom):
        return _yield_from(node.value, context)
    if isinstance(node, ast.Match):
        return _match(node, context)
    if isinstance(node, ast.If):
        return _if(node, context)
    if isinstance(node, ast.For | ast.While):
        return _loop(node, context)
    block = "try" if isinstance(node, ast.Try) else "with"
    raise Refused("construct", context.span(node), what=f"yield in a {block} block")


def _yield(node: ast.Yield, context: Context) -> Steps:
    value = expression(node.value, context) if node.value else None

    def run(m: Machine, f: Frame) -> Generator[Value, None, Signal]:
        yield value(m, f) if value else None
        return None

    return run


def _yield_from(node: ast.YieldFrom, context: Context) -> Steps:
    """Each value of another walk; what a generator gives back at its end is not asked for."""
    values = expression(node.value, context)

    def run(m: Machine, f: Frame) -> Generator[Value, None, Signal]:
        yield from iterate(m, values(m, f))
        return None

    return run


def _match(node: ast.Match, context: Context) -> Steps:
    choose = chosen(node, context)
    blocks = [flow(one.body, context) for one in node.cases]

    def run(m: Machine, f: Frame) -> Generator[Value, None, Signal]:
        which = choose(m, f)
        return None if which is None else (yield from blocks[which](m, f))

    return run


def _if(node: ast.If, context: Context) -> Steps:
    test = expression(node.test, context)
    yes, no = flow(node.body, context), flow(node.orelse, context)

    def run(m: Machine, f: Frame) -> Generator[Value, None, Signal]:
        return (yield from (yes if truth(m, test(m, f)) else no)(m, f))

    return run


def _loop(node: ast.For | ast.While, context: Context) -> Steps:
    """A loop that waits: no pass of the trace ends with its turns, but with those of who asks."""
    turns = turns_of(node, context)
    body, after = flow(node.body, context), flow(node.orelse, context)
    span, turning = context.span(node), Turning(node)

    def run(m: Machine, f: Frame) -> Generator[Value, None, Signal]:
        turned, before = 0, turning.state(f.get)
        moves = turns(m, f)
        try:
            while next(moves, END) is not END:
                turned += 1
                m.budget.step()
                signal = yield from body(m, f)
                if signal is BREAK:
                    return None
                if signal is not None and signal is not CONTINUE:
                    return signal
                m.span = span
        except LimitReached as problem:
            turning.stopped(problem, turned, before, f.get)
            raise
        return (yield from after(m, f))

    return run


def waiting(m: Machine, f: Frame, body: Steps, name: str) -> Walk:
    """What calling such a function gives: its values, one by one."""

    back: list[Value] = []

    def values() -> Iterator[Value]:
        steps = _kept(body(m, f), back)
        while (value := within(m, lambda: _next(m, steps))) is not END:
            yield value

    if len(m.waiting) >= LIVE:
        raise LimitReached("generators", limit=LIVE)
    made = walk("generator", values(), *f.values.values())
    made.name, made.back = name, back
    m.waiting.add(made)
    return made


def _kept(steps: Generator[Value, None, Signal], back: list[Value]) -> Iterator[Value]:
    """The steps; what they give back is kept, if it is not None."""
    signal = yield from steps
    if signal is not None and signal.value is not None:
        back.append(signal.value)


def _next(m: Machine, steps: Iterator[Value]) -> Value:
    """The next value, or END; what is computed for it is not only shown, though the value be."""
    span = m.span
    try:
        if m.recorder.silent:
            with m.recorder.showing(False):
                value = next(steps, END)
        else:
            value = next(steps, END)
        if span is not None:
            m.at(span)
        return value
    except ProgramError as problem:
        if problem.code != "exhausted":
            raise
        words = "generator raised StopIteration"
        told = f"RuntimeError: {words}"
        raise ProgramError("raised", span, framework=told, detail=words) from None


# -- what a generator can be asked


def _close(m: Machine, value: Walk) -> None:
    if value.kind != "generator":
        raise missing(f"'{value.kind}' object", "close", ())
    if value.running:
        raise value_error("generator already executing")
    value.values = iter(())


def _refused(name: str) -> Callable[..., None]:
    def refuse(m: Machine, value: Walk, *given: Value) -> None:
        if value.kind != "generator":
            raise missing(f"'{value.kind}' object", name, ())
        raise unsupported(
            N_("{name}() of a generator (give the values to its function: next(g))"), name=name
        )

    return refuse


METHODS[Walk] = {"close": _close, "send": _refused("send"), "throw": _refused("throw")}
