"""What stands left of an assignment."""

import ast
from collections.abc import Callable

from app.language.attributes import assign as assign_attribute
from app.language.builtins import iterate
from app.language.errors import ProgramError, Refused, type_error
from app.language.expressions import expression
from app.language.items import store_item
from app.language.machine import Machine
from app.language.scope import Context, Frame, bind, place_of
from app.language.values import Array, Skipped, Value, type_name
from app.language.walks import can_be_walked

Store = Callable[[Machine, Frame, Value], None]


def target(node: ast.expr, context: Context) -> Store:
    """The function that assigns to this target."""
    if isinstance(node, ast.Name):
        name, place = node.id, place_of(node.id, context)
        return lambda m, f, value: bind(m, place(f), name, value)
    if isinstance(node, ast.Tuple | ast.List):
        return _unpacking(node, context)
    if isinstance(node, ast.Subscript):
        owner, key = expression(node.value, context), expression(node.slice, context)
        return lambda m, f, value: store_item(m, owner(m, f), key(m, f), value)
    if isinstance(node, ast.Attribute):
        holder, attr = expression(node.value, context), node.attr
        return lambda m, f, value: assign_attribute(m, holder(m, f), attr, value)
    raise Refused("construct", context.span(node), what=type(node).__name__)


def _unpacking(node: ast.Tuple | ast.List, context: Context) -> Store:
    stars = [i for i, part in enumerate(node.elts) if isinstance(part, ast.Starred)]
    parts = [
        target(part.value if isinstance(part, ast.Starred) else part, context) for part in node.elts
    ]

    def run(m: Machine, f: Frame, value: Value) -> None:
        if isinstance(value, Skipped):  # fig, ax = plt.subplots()
            for assign in parts:
                assign(m, f, value)
            return
        if not can_be_walked(m, value) and not isinstance(value, Array):
            raise type_error(f"cannot unpack non-iterable {type_name(value)} object")
        values = list(iterate(m, value))
        if stars:
            at, after = stars[0], len(parts) - stars[0] - 1
            if len(values) < len(parts) - 1:
                raise _unpack_error(len(parts) - 1, len(values))
            middle = values[at : len(values) - after]
            values = [*values[:at], middle, *values[len(values) - after :]]
        if len(values) != len(parts):
            raise _unpack_error(len(parts), len(values))
        for assign, one in zip(parts, values, strict=True):
            assign(m, f, one)

    return run


def _unpack_error(wanted: int, got: int) -> ProgramError:
    words = f"not enough values to unpack (expected {wanted}, got {got})"
    if got > wanted:
        words = f"too many values to unpack (expected {wanted})"
    return ProgramError("value", framework=f"ValueError: {words}", detail=words)
