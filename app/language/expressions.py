"""Expressions: each node of the tree becomes one small function of (machine, frame)."""

import ast
from collections.abc import Callable
from typing import Any

from app.language.attributes import attribute
from app.language.builtins import iterate
from app.language.comparisons import compare, truth
from app.language.errors import Refused, type_error
from app.language.formatting import converted, formatted
from app.language.hashing import hashable
from app.language.items import item
from app.language.machine import Machine
from app.language.operators import binary, unary
from app.language.scope import UNSET, Context, Frame, bind, place_of, unknown_name
from app.language.slices import slice_of
from app.language.text import text_of
from app.language.values import (
    Array,
    Set,
    Value,
    type_name,
)
from app.language.walks import can_be_walked

Run = Callable[[Machine, Frame], Value]
LONG = 1_024  # bits of a literal that are not written by the way
NAMED = ast.Name | ast.Attribute | ast.Subscript


def expression(node: ast.expr, context: Context) -> Run:
    """The function that evaluates this node."""
    compiler = COMPILE.get(type(node))
    if compiler is None:  # a node that stands where the table of nodes does not expect it
        raise Refused("construct", context.span(node), what=type(node).__name__)
    return compiler(node, context)


def _constant(node: ast.Constant, context: Context) -> Run:
    value = node.value
    if isinstance(value, int) and (bits := value.bit_length()) > LONG:
        span = context.span(node)

        def run(m: Machine, f: Frame) -> Value:
            m.at(span)
            m.budget.integer(bits)
            return value

        return run
    return lambda m, f: value


def _name(node: ast.Name, context: Context) -> Run:
    name, span = node.id, context.span(node)
    local = context.local is not None and name in context.local

    def run(m: Machine, f: Frame) -> Value:
        value = f.values.get(name, UNSET) if local else f.get(name)
        if value is UNSET:
            m.at(span)
            raise unknown_name(name, f, local)
        return value

    return run


def text_name(node: ast.expr) -> str | None:
    """What the program calls the number at this place; None for a literal or a computed one."""
    return ast.unparse(node) if isinstance(node, NAMED) else None


def _binary(node: ast.BinOp, context: Context) -> Run:
    left, right = expression(node.left, context), expression(node.right, context)
    kind, span = type(node.op), context.span(node)
    names = (text_name(node.left), text_name(node.right))

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        x, y = left(m, f), right(m, f)
        m.at(span)
        return binary(m, kind, x, y, names)

    return run


def _unary(node: ast.UnaryOp, context: Context) -> Run:
    operand, kind, span = expression(node.operand, context), type(node.op), context.span(node)
    name = text_name(node.operand)
    if isinstance(node.operand, ast.Constant) and kind is ast.USub:
        value = node.operand.value
        if isinstance(value, int | float):
            negative = -value
            return lambda m, f: negative

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        value = operand(m, f)
        m.at(span)
        return unary(m, kind, value, name)

    return run


def _bool(node: ast.BoolOp, context: Context) -> Run:
    parts = [expression(value, context) for value in node.values]
    stops = isinstance(node.op, ast.Or)

    def run(m: Machine, f: Frame) -> Value:
        value: Value = None
        for part in parts:
            m.budget.step()
            value = part(m, f)
            if truth(m, value) is stops:
                break
        return value

    return run


def _compare(node: ast.Compare, context: Context) -> Run:
    first = expression(node.left, context)
    rest = [
        (type(op), expression(value, context))
        for op, value in zip(node.ops, node.comparators, strict=True)
    ]
    span = context.span(node)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        left, result = first(m, f), True
        for i, (kind, value) in enumerate(rest):
            right = value(m, f)
            m.at(span)
            result = compare(m, kind, left, right)
            if i + 1 < len(rest) and not truth(m, result):
                break
            left = right
        return result

    return run


def _conditional(node: ast.IfExp, context: Context) -> Run:
    test, yes, no = (expression(part, context) for part in (node.test, node.body, node.orelse))
    return lambda m, f: yes(m, f) if truth(m, test(m, f)) else no(m, f)


def _walrus(node: ast.NamedExpr, context: Context) -> Run:
    value, name = expression(node.value, context), node.target.id
    place = place_of(name, context, through=True)

    def run(m: Machine, f: Frame) -> Value:
        bind(m, place(f), name, found := value(m, f))
        return found

    return run


# -- containers


def elements(nodes: list[ast.expr], context: Context) -> Callable[[Machine, Frame], list[Value]]:
    """What evaluates each, [a, *b], into one list."""
    parts = [
        (True, expression(node.value, context))
        if isinstance(node, ast.Starred)
        else (False, expression(node, context))
        for node in nodes
    ]

    def run(m: Machine, f: Frame) -> list[Value]:
        found: list[Value] = []
        for starred, part in parts:
            m.budget.step()
            value = part(m, f)
            if starred and not can_be_walked(m, value) and not isinstance(value, Array):
                raise type_error(f"Value after * must be an iterable, not {type_name(value)}")
            if starred:
                found.extend(iterate(m, value))
            else:
                found.append(value)
        m.budget.container(len(found))
        return found

    return run


def _list(node: ast.List, context: Context) -> Run:
    return elements(node.elts, context)


def _tuple(node: ast.Tuple, context: Context) -> Run:
    entries = elements(node.elts, context)
    return lambda m, f: tuple(entries(m, f))


def _set(node: ast.Set, context: Context) -> Run:
    entries = elements(node.elts, context)
    return lambda m, f: Set(hashable(m, one) for one in entries(m, f))


def _dict(node: ast.Dict, context: Context) -> Run:
    keys = [expression(key, context) if key is not None else None for key in node.keys]
    values = [expression(value, context) for value in node.values]

    def run(m: Machine, f: Frame) -> Value:
        table: dict[Any, Value] = {}
        for key, value in zip(keys, values, strict=True):
            m.budget.step()
            if key is None:
                more = value(m, f)
                if not isinstance(more, dict):
                    raise type_error(f"'{type_name(more)}' object is not a mapping")
                table.update(more)
            else:
                table[hashable(m, key(m, f))] = value(m, f)
        return table

    return run


# -- attributes and subscripts


def _attribute(node: ast.Attribute, context: Context) -> Run:
    owner, name, span = expression(node.value, context), node.attr, context.span(node)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        value = owner(m, f)
        m.at(span)
        return attribute(m, value, name)

    return run


def _slice(node: ast.Slice, context: Context) -> Run:
    parts = [
        expression(part, context) if part is not None else None
        for part in (node.lower, node.upper, node.step)
    ]

    def run(m: Machine, f: Frame) -> Value:
        return slice_of(m, [part(m, f) if part is not None else None for part in parts])

    return run


def _subscript(node: ast.Subscript, context: Context) -> Run:
    owner, key = expression(node.value, context), expression(node.slice, context)
    span = context.span(node)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        value, index = owner(m, f), key(m, f)
        m.at(span)
        return item(m, value, index)

    return run


# -- f-strings


def _joined(node: ast.JoinedStr, context: Context) -> Run:
    parts = [expression(value, context) for value in node.values]

    def run(m: Machine, f: Frame) -> str:
        texts = [text_of(part(m, f)) for part in parts]
        m.budget.container(sum(map(len, texts)))
        return "".join(texts)

    return run


def _formatted(node: ast.FormattedValue, context: Context) -> Run:
    value = expression(node.value, context)
    spec = expression(node.format_spec, context) if node.format_spec else None
    conversion = chr(node.conversion) if node.conversion > 0 else ""
    span = context.span(node)

    def run(m: Machine, f: Frame) -> str:
        found = value(m, f)
        if conversion:
            found = converted(m, found, conversion)
        given = spec(m, f) if spec else ""
        m.at(span)
        return formatted(m, found, given)

    return run


COMPILE: dict[type[ast.expr], Callable[[Any, Context], Run]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.NamedExpr: _walrus,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Dict: _dict,
    ast.Set: _set,
    ast.Attribute: _attribute,
    ast.Slice: _slice,
    ast.Subscript: _subscript,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
}
