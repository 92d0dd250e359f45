"""Functions and classes as the program defines them, and what a function gives back."""

import ast
from typing import Any

from app.engine import N_
from app.language import blocks  # noqa: F401  (registers its nodes)
from app.language.builtins import call
from app.language.classes import OBJECT, written
from app.language.errors import LimitReached, Refused, type_error, unsupported
from app.language.expressions import expression
from app.language.functions import all_arguments, function_maker, under
from app.language.generators import flow, has_yield, waiting
from app.language.machine import Machine
from app.language.scope import Context, Frame, assigned_names
from app.language.statements import COMPILE, Do, Signal, block
from app.language.targets import target
from app.language.values import Class, Mode, Skipped, Value, type_name


class Returned:
    """The value that a function gives back."""

    __slots__ = ("value",)

    def __init__(self, value: Value):
        self.value = value


def _function(node: ast.FunctionDef, context: Context) -> Do:
    names, arguments = assigned_names(node.body), node.args
    parameters = [one.arg for one in all_arguments(arguments)]
    inner = Context(
        context.places, names.bound | set(parameters), names.shared, names.free, context
    )
    inner.path = context.qualified(f"{node.name}.<locals>.")
    if context.of_class and (arguments.posonlyargs or arguments.args):
        inner.first = parameters[0]
    waits = has_yield(node.body)
    body: Any = flow(node.body, inner) if waits else block(node.body, inner)
    for one in node.decorator_list:
        if isinstance(one, ast.Name) and one.id == "property":  # before anything runs
            raise Refused("construct", context.span(one), what="@property")
    decorators = [expression(one, context) for one in node.decorator_list]
    name = node.name

    def carry_out(m: Machine, f: Frame) -> Value:
        if waits:
            return waiting(m, f, body, name)
        signal = body(m, f)
        return signal.value if isinstance(signal, Returned) else None

    make = function_maker(name, arguments, carry_out, context)
    store = target(ast.copy_location(ast.Name(name, ast.Store()), node), context)

    def run(m: Machine, f: Frame) -> Signal:
        function = make(m, f)
        for decorator in reversed(decorators):
            found = decorator(m, f)
            if waits and isinstance(found, Mode):
                raise unsupported(
                    N_("a mode for a function that yields (write a with block in it)")
                )
            function = (
                under(found, function) if isinstance(found, Mode) else call(m, found, function)
            )
        store(m, f, function)
        return None

    return run


def _class(node: ast.ClassDef, context: Context) -> Do:
    """A class, its body run in a frame of its own; its methods see the frame around."""
    bases = node.bases
    if len(bases) > 1:
        raise Refused("construct", context.span(node), what="A class with several bases")
    base_of = expression(bases[0], context) if bases else None
    names = assigned_names(node.body)
    inner = Context(context.places, None, names.shared, names.free, context, of_class=True)
    inner.path = context.qualified(f"{node.name}.")
    body, span = block(node.body, inner), context.span(node)
    decorators = [(expression(one, context), context.span(one)) for one in node.decorator_list]
    annotated = tuple(
        one.target.id
        for one in node.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    )
    store = target(ast.copy_location(ast.Name(node.name, ast.Store()), node), context)

    def run(m: Machine, f: Frame) -> Signal:
        base = base_of(m, f) if base_of else None
        if isinstance(base, Skipped) and base.name.startswith("typing"):
            base = OBJECT  # Generic[T] and Protocol say what is not looked at
        m.at(span)
        if base_of is not None and not isinstance(base, Class):
            raise type_error(f"a class cannot be derived from '{type_name(base)}'")
        around = Frame(f.seen())
        inside = Frame(around, body=True)
        made = Class(node.name, inside.values, None if base is OBJECT else base, own=True)
        made.written = lambda instance, short: written(m, instance, short)
        around.values["__class__"] = made
        if len(made.line()) > m.budget.limits.depth:
            raise LimitReached("recursion", limit=m.budget.limits.depth)
        made.annotated = annotated
        body(m, inside)
        for one in made.line()[1:]:
            if one.derived is not None:
                one.derived(m, made)
        found: Value = made
        for decorator, place in reversed(decorators):
            change = decorator(m, f)
            m.at(place)
            found = call(m, change, found)
        store(m, f, found)
        return None

    return run


def _return(node: ast.Return, context: Context) -> Do:
    if context.local is None:
        words = "'return' outside function"
        raise Refused("syntax", context.span(node), framework=f"SyntaxError: {words}", detail=words)
    value = expression(node.value, context) if node.value else None
    return lambda m, f: Returned(value(m, f) if value else None)


COMPILE |= {
    ast.FunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
}
