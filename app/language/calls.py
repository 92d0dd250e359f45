"""Calls: f(a, *b, c=d, **e), and super() in a method."""

import ast

from app.language.builtins import call
from app.language.errors import ProgramError, Span, type_error
from app.language.expressions import COMPILE, Run, elements, expression, text_name
from app.language.guarded import guarded
from app.language.machine import Machine
from app.language.scope import Context, Frame
from app.language.values import (
    Builtin,
    Class,
    Dtype,
    Function,
    Instance,
    Record,
    Skipped,
    Super,
    Value,
    type_name,
)


def _call(node: ast.Call, context: Context) -> Run:
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return _super(context, context.span(node))
    function = expression(node.func, context)
    arguments = elements(node.args, context)
    keywords = [(keyword.arg, expression(keyword.value, context)) for keyword in node.keywords]
    span = context.span(node)
    texts = [text_name(part) for part in node.args]
    starred = any(isinstance(part, ast.Starred) for part in node.args)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        called = function(m, f)
        if shown(called):  # what is only shown comes not back
            with m.recorder.showing():
                return evaluated(m, f, called)
        return evaluated(m, f, called)

    def evaluated(m: Machine, f: Frame, called: Value) -> Value:
        given = arguments(m, f)
        named: dict[str, Value] = {}
        for name, value in keywords:
            if name is not None:
                named[name] = value(m, f)
            else:
                more = value(m, f)
                if not isinstance(more, dict):
                    raise type_error("argument after ** must be a mapping")
                if not all(isinstance(name, str) for name in more):
                    raise type_error("keywords must be strings")
                named.update(more)
        m.at(span)
        m.names = {}
        if not starred:
            m.names = {
                id(value): text
                for value, text in zip(given, texts, strict=True)
                if text is not None and isinstance(value, int | float)
            }
        return invoke(m, called, given, named)

    return run


def shown(called: Value) -> bool:
    """Whether what this is given is only shown to the reader."""
    return isinstance(called, Skipped) or (
        isinstance(called, Builtin) and called.name in ("print", "tf.print")
    )


def _super(context: Context, span: Span) -> Run:
    """super() in a method: its object, seen from the base of the method's class."""
    where: Context | None = context
    while where is not None and where.first is None:
        where = where.outer
    first = where.first if where is not None else None

    def run(m: Machine, f: Frame) -> Value:
        m.at(span)
        of, instance = f.get("__class__"), f.get(first) if first is not None else None
        if not isinstance(of, Class) or not isinstance(instance, Instance):
            words = "RuntimeError: super(): no arguments"
            raise ProgramError("super", framework=words)
        return Super(of.base, instance)

    return run


def invoke(m: Machine, called: Value, given: list[Value], named: dict[str, Value]) -> Value:
    """Calls a value; wrong arguments are the caller's error, in Python's words."""
    if isinstance(called, Function):
        return called.run(m, *given, **named)
    if isinstance(called, Skipped):
        m.note("skipped", called.name)
        return called
    if isinstance(called, Record) and called.call is not None:
        return guarded(m, called.kind, called.call, given, named)
    if isinstance(called, Dtype | Class | Instance):
        return call(m, called, *given, **named)
    if not isinstance(called, Builtin):
        raise type_error(f"'{type_name(called)}' object is not callable")
    return guarded(m, called.name, called.call, given, named)


COMPILE[ast.Call] = _call
