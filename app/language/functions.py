"""Functions of the program: how they are made, and how their arguments find their names."""

import ast
from collections.abc import Callable

from app.language.errors import LimitReached, lacking_words, type_error, unexpected_keyword
from app.language.expressions import COMPILE, Run, expression
from app.language.machine import Machine
from app.language.scope import Context, Frame, bind
from app.language.values import Function, Mode, Value


def _lambda(node: ast.Lambda, context: Context) -> Run:
    names = {name.arg for name in all_arguments(node.args)}
    inside = context.qualified("<lambda>.<locals>.")
    inner = Context(context.places, names, outer=context, path=inside)
    body = expression(node.body, inner)
    return function_maker("<lambda>", node.args, lambda m, f: body(m, f), context)


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    extra = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def function_maker(name: str, arguments: ast.arguments, body: Run, context: Context) -> Run:
    """Makes the Function when its definition is reached: defaults are evaluated then."""
    told = context.qualified(name)
    first = [argument.arg for argument in arguments.posonlyargs]  # never by keyword
    names = [*first, *(argument.arg for argument in arguments.args)]
    only = [argument.arg for argument in arguments.kwonlyargs]
    defaults = [expression(value, context) for value in arguments.defaults]
    named_defaults = [
        expression(value, context) if value is not None else None for value in arguments.kw_defaults
    ]
    rest = arguments.vararg.arg if arguments.vararg else None
    others = arguments.kwarg.arg if arguments.kwarg else None
    keywords = None if others else frozenset((*names[len(first) :], *only))
    unnamed, called = frozenset(first), frozenset((*names[len(first) :], *only))
    by_name = frozenset(only)
    places = {key: i for i, key in enumerate(names)}

    def make(m: Machine, around: Frame) -> Value:
        outer = around.seen()
        values = [default(m, around) for default in defaults]
        filled = dict(zip(names[len(names) - len(values) :], values, strict=True))
        for key, default in zip(only, named_defaults, strict=True):
            if default is not None:
                filled[key] = default(m, around)

        def run(m: Machine, /, *given: Value, **named: Value) -> Value:
            frame = Frame(outer)
            bound = {**filled, **dict(zip(names, given, strict=False))}
            if len(given) > len(names):
                if rest is None:
                    least = len(names) - len(values)
                    takes = f"from {least} to {len(names)}" if values else f"{len(names)}"
                    takes += f" positional argument{'' if takes == '1' else 's'}"
                    verb = "was" if len(given) == 1 else "were"
                    raise type_error(f"{told}() takes {takes} but {len(given)} {verb} given")
                bound[rest] = given[len(names) :]
            elif rest is not None:
                bound[rest] = ()
            extra = {}
            for key, value in named.items():
                if key in unnamed and others is None:
                    words = f"{told}() got some positional-only arguments passed as keyword"
                    raise type_error(f"{words} arguments: '{key}'")
                if places.get(key, len(given)) < len(given) and key not in unnamed:
                    raise type_error(f"{told}() got multiple values for argument '{key}'")
                if key in called:
                    bound[key] = value
                elif others is None:
                    raise unexpected_keyword(told, key, called, own=True)
                else:
                    extra[key] = value
            if others is not None:
                bound[others] = extra
            lacking = [one for one in (*names, *only) if one not in bound]
            if lacking:
                raise type_error(f"{told}() {_lacking(lacking, by_name)}")
            for key, value in bound.items():
                bind(m, frame, key, value, parameter=True)
            span = m.span
            if m.recorder.silent:  # its own doings are not shown
                with m.recorder.showing(False):
                    result = within(m, lambda: body(m, frame))
            else:
                result = within(m, lambda: body(m, frame))
            if span is not None:
                m.at(span)  # what follows happens where it was called, if by a library
            return result

        return Function(name, run, keywords)

    return make


def _lacking(lacking: list[str], only: frozenset[str]) -> str | None:
    """Which arguments were not given, as Python says it."""
    kind = "keyword-only" if lacking[0] in only else "positional"
    return lacking_words([one for one in lacking if (one in only) is (lacking[0] in only)], kind)


def within(m: Machine, run: Callable[[], Value]) -> Value:
    """One call deeper."""
    m.budget.step()
    m.budget.depth += 1
    if m.budget.depth > m.budget.limits.depth:
        raise LimitReached("recursion", limit=m.budget.limits.depth)
    try:
        return run()
    finally:
        m.budget.depth -= 1


def under(mode: Mode, function: Value) -> Value:
    """The function, run within a mode."""
    mode = mode.for_function() if mode.for_function else mode

    def run(m: Machine, *given: Value, **named: Value) -> Value:
        mode.enter()
        try:
            return function.run(m, *given, **named)
        finally:
            mode.leave()

    return type(function)(function.name, run)


COMPILE[ast.Lambda] = _lambda
