"""Statements: each becomes one small function that returns a signal, or None to go on."""

import ast
from collections.abc import Callable
from typing import Any

from app.language import calls, comprehensions  # noqa: F401  (register their nodes)
from app.language.attributes import assign as assign_attribute
from app.language.attributes import attribute
from app.language.augmenting import changed
from app.language.builtins import iterate
from app.language.classes import ABSENT, delete_attribute
from app.language.comparisons import truth
from app.language.endless import Turning
from app.language.errors import LimitReached, ProgramError, Span
from app.language.expressions import Run, expression, text_name
from app.language.imports import from_, import_
from app.language.items import delete_item, in_place, item, store_item
from app.language.machine import Machine
from app.language.operators import BINARY, augmented, binary
from app.language.permissions import forbid_in_place
from app.language.scope import Context, Frame, place_of, unknown_name
from app.language.targets import target
from app.language.text import repr_of, text_of
from app.language.values import (
    NUMPY,
    Array,
    Builtin,
    Function,
    Handle,
    Instance,
    Skipped,
    TorchGenerator,
    Value,
)

SILENT = (Skipped, TorchGenerator, Handle)  # what a bare expression of it need not show
BREAK, CONTINUE = "break", "continue"
END: Any = object()
Signal = Any  # None, BREAK, CONTINUE, or a Returned
Do = Callable[[Machine, Frame], Signal]


def block(nodes: list[ast.stmt], context: Context) -> Do:
    """Statements one after the other."""
    return sequence([statement(node, context) for node in nodes], nodes, context)


def sequence(done: list[Do], nodes: list[ast.stmt], context: Context) -> Do:
    steps = [(do, context.span(node)) for do, node in zip(done, nodes, strict=True)]

    def run(m: Machine, f: Frame) -> Signal:
        for step, span in steps:
            m.budget.step()
            m.span = span
            signal = step(m, f)
            if signal is not None:
                return signal
        return None

    return run


def statement(node: ast.stmt, context: Context) -> Do:
    """The function that carries out this statement."""
    return COMPILE[type(node)](node, context)


def program(nodes: list[ast.stmt], context: Context) -> Do:
    """A whole program: as in a notebook, its bare expressions show their values."""
    shown = [
        _echo(node, context)
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
        else statement(node, context)
        for node in nodes
    ]
    return sequence(shown, nodes, context)


def _expression(node: ast.Expr, context: Context) -> Do:
    value, called = expression(node.value, context), _uncalled(node, context)

    def run(m: Machine, f: Frame) -> Signal:
        called(m, value(m, f))
        return None

    return run


def _uncalled(node: ast.Expr, context: Context) -> Callable[[Machine, Value], None]:
    """Tells of a line that only names a function, such as optimizer.step: nothing happens."""
    if not isinstance(node.value, ast.Name | ast.Attribute):
        return lambda m, found: None
    text, span = f"{ast.unparse(node)}()", context.span(node)

    def tell(m: Machine, found: Value) -> None:
        if isinstance(found, Builtin | Function):
            m.at(span)
            m.note("uncalled", text)

    return tell


def _echo(node: ast.Expr, context: Context) -> Do:
    value, span = expression(node.value, context), context.span(node)
    called = _uncalled(node, context)

    def run(m: Machine, f: Frame) -> Signal:
        found = value(m, f)
        called(m, found)
        if found is not None and not isinstance(found, SILENT):
            text = repr_of(found)
            m.at(span)
            m.budget.printed(len(text))
            m.recorder.echo(text)
        return None

    return run


def _assign(node: ast.Assign, context: Context) -> Do:
    value = expression(node.value, context)
    targets = [target(one, context) for one in node.targets]

    def run(m: Machine, f: Frame) -> Signal:
        found = value(m, f)
        for store in targets:
            store(m, f, found)
        return None

    return run


def _annotated(node: ast.AnnAssign, context: Context) -> Do:
    if node.value is None:
        return lambda m, f: None
    value, store = expression(node.value, context), target(node.target, context)
    return lambda m, f: store(m, f, value(m, f))


def _augmented(node: ast.AugAssign, context: Context) -> Do:
    """x += y: in place for what Python or the framework changes in place, else a new value."""
    where: Any = node.target
    value = expression(node.value, context)
    kind, span = type(node.op), context.span(node)
    names = (text_name(where), text_name(node.value))
    if isinstance(where, ast.Name):
        read = expression(ast.copy_location(ast.Name(where.id, ast.Load()), where), context)
        store = target(where, context)
        return _change(
            lambda m, f: None,
            lambda m, f, at: read(m, f),
            value,
            span,
            kind,
            names,
            lambda m, f, at, new, kept: store(m, f, new),
        )
    owner = expression(where.value, context)
    if isinstance(where, ast.Attribute):
        name = where.attr

        def put(m: Machine, f: Frame, at: Value, new: Value, kept: bool) -> None:
            if not (kept and isinstance(new, Array) and new.uncounted):  # x.data += ...
                assign_attribute(m, at, name, new)

        return _change(
            owner, lambda m, f, at: attribute(m, at, name), value, span, kind, names, put
        )
    key = expression(where.slice, context)
    return _change(
        lambda m, f: (owner(m, f), key(m, f)),
        lambda m, f, at: item(m, *at),
        value,
        span,
        kind,
        names,
        lambda m, f, at, new, kept: store_item(m, at[0], at[1], new),
    )


def _change(
    place: Run,
    read: Callable[[Machine, Frame, Value], Value],
    value: Run,
    span: Span,
    kind: type[ast.operator],
    names: tuple[str | None, str | None],
    put: Callable[[Machine, Frame, Value, Value, bool], None],
) -> Do:
    """Reads a place, once evaluated, changes what is there, and puts it back."""

    def run(m: Machine, f: Frame) -> Signal:
        at = place(m, f)
        m.at(span)
        old = read(m, f, at)
        more = value(m, f)
        m.at(span)
        if changed(m, kind, old, more):
            put(m, f, at, old, True)
            return None
        if isinstance(old, Instance):
            found = augmented(m, kind, old, more)
            if found is not ABSENT:
                put(m, f, at, found, False)
                return None
        new = binary(m, kind, old, more, names, asked=f"{BINARY[kind][0]}=")
        inside = isinstance(at, tuple) and isinstance(at[0], Array)
        if inside and isinstance(old, Array) and old.kind == NUMPY:
            forbid_in_place(m, old)
        kept = isinstance(old, Array) and isinstance(new, Array) and not inside
        kept = kept and in_place(m, old, new, BINARY[kind][1])
        put(m, f, at, old if kept else new, kept)
        return None

    return run


def _if(node: ast.If, context: Context) -> Do:
    test = expression(node.test, context)
    yes, no = block(node.body, context), block(node.orelse, context)
    return lambda m, f: (yes if truth(m, test(m, f)) else no)(m, f)


def turns_of(node: ast.For | ast.While, context: Context) -> Callable[[Machine, Frame], Any]:
    """What goes on once for each turn of a loop, and ends with it."""
    if isinstance(node, ast.For):
        source, store = expression(node.iter, context), target(node.target, context)
        return lambda m, f: (store(m, f, x) for x in iterate(m, source(m, f)))
    test = expression(node.test, context)

    def tested(m: Machine, f: Frame) -> Any:
        while truth(m, test(m, f)):
            yield

    return tested


def _loop(node: ast.For | ast.While, context: Context) -> Do:
    turns = turns_of(node, context)
    body, after = block(node.body, context), block(node.orelse, context)
    span, turning = context.span(node), Turning(node)

    def run(m: Machine, f: Frame) -> Signal:
        outermost, turned, before = m.loops == 0, 0, turning.state(f.get)
        m.loops += 1
        if outermost:
            m.turning = f
        moves = turns(m, f)
        try:
            while True:
                if outermost:  # before the next item or test: it belongs to the turn it begins
                    m.recorder.turn()
                if next(moves, END) is END:
                    return after(m, f)
                turned += 1
                m.budget.step()
                signal = body(m, f)
                if signal is BREAK:
                    break
                if signal is not None and signal is not CONTINUE:
                    return signal
                m.span = span
        except LimitReached as problem:
            turning.stopped(problem, turned, before, f.get)
            raise
        finally:
            m.loops -= 1
            if outermost:
                m.recorder.turn()
        return None

    return run


def _assert(node: ast.Assert, context: Context) -> Do:
    test = expression(node.test, context)
    message = expression(node.msg, context) if node.msg else None

    def run(m: Machine, f: Frame) -> Signal:
        if not truth(m, test(m, f)):
            words = f": {text_of(message(m, f))}" if message else ""
            raise ProgramError("assertion", framework=f"AssertionError{words}")
        return None

    return run


def _delete(node: ast.Delete, context: Context) -> Do:
    gone = [_deletion(one, context) for one in node.targets]

    def run(m: Machine, f: Frame) -> Signal:
        for delete in gone:
            delete(m, f)
        return None

    return run


def _deletion(node: Any, context: Context) -> Callable[[Machine, Frame], None]:
    if isinstance(node, ast.Tuple | ast.List):
        parts = [_deletion(one, context) for one in node.elts]

        def each(m: Machine, f: Frame) -> None:
            for part in parts:
                part(m, f)

        return each
    if isinstance(node, ast.Subscript):
        owner, key = expression(node.value, context), expression(node.slice, context)
        return lambda m, f: delete_item(m, owner(m, f), key(m, f))
    if isinstance(node, ast.Attribute):
        holder, attr = expression(node.value, context), node.attr
        return lambda m, f: delete_attribute(m, holder(m, f), attr)
    name, place = node.id, place_of(node.id, context)

    def run(m: Machine, f: Frame) -> None:
        where = place(f)
        if name not in where.values:
            raise unknown_name(name, f, context.local is not None and name in context.local)
        del where.values[name]

    return run


COMPILE: dict[type[ast.stmt], Callable[[Any, Context], Do]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: _loop,
    ast.While: _loop,
    ast.Import: import_,
    ast.ImportFrom: from_,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Global: lambda node, context: lambda m, f: None,
    ast.Nonlocal: lambda node, context: lambda m, f: None,
    ast.Pass: lambda node, context: lambda m, f: None,
    ast.Break: lambda node, context: lambda m, f: BREAK,
    ast.Continue: lambda node, context: lambda m, f: CONTINUE,
}
