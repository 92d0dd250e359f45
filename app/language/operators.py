"""Python's operators on the values of a program."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from app.engine import OPS
from app.engine.primitives.linear import matmul
from app.language.errors import LimitReached, ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.text import percent
from app.language.values import TORCH, Array, Device, Dtype, Shape, Skipped, Value, type_name

BINARY: dict[type[ast.operator], tuple[str, str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", "add", operator.add),
    ast.Sub: ("-", "subtract", operator.sub),
    ast.Mult: ("*", "multiply", operator.mul),
    ast.Div: ("/", "divide", operator.truediv),
    ast.FloorDiv: ("//", "floor_divide", operator.floordiv),
    ast.Mod: ("%", "remainder", operator.mod),
    ast.Pow: ("**", "power", operator.pow),
    ast.MatMult: ("@", "matmul", operator.matmul),
}
COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("equal", operator.eq),
    ast.NotEq: ("not_equal", operator.ne),
    ast.Lt: ("less", operator.lt),
    ast.LtE: ("less_equal", operator.le),
    ast.Gt: ("greater", operator.gt),
    ast.GtE: ("greater_equal", operator.ge),
}
NESTED = 50_000  # entries of nested values that one comparison looks at
SIGNS = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}


def binary(
    m: Machine,
    kind: type[ast.operator],
    left: Value,
    right: Value,
    names: tuple[str | None, str | None] = (None, None),
) -> Value:
    """left (operator) right. names: what the program calls plain numbers (None for literals)."""
    sign, name, python = BINARY[kind]
    if sign == "%" and isinstance(left, str):
        return percent(left, right)
    if isinstance(left, Array) or isinstance(right, Array):
        m.names = {
            id(x): text for x, text in zip((left, right), names, strict=True) if text is not None
        }
        return _arrays(m, name, left, right)
    if isinstance(left, Skipped) or isinstance(right, Skipped):
        return left if isinstance(left, Skipped) else right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return numbers(m, name, python, (left, right), names)
    return _sequences(m, sign, left, right)


def _arrays(m: Machine, name: str, left: Value, right: Value) -> Value:
    if name == "matmul":
        if not (isinstance(left, Array) and isinstance(right, Array)):
            raise type_error(f"@ needs two arrays, not {type_name(left)} and {type_name(right)}")
        return m.apply(matmul, left, right)
    if name == "floor_divide":
        return m.binary(OPS["floor_divide"], left, right)
    return m.binary(OPS[name], left, right)


def numbers(
    m: Machine,
    name: str,
    python: Callable[..., Any],
    operands: tuple[Any, ...],
    names: tuple[str | None, ...],
) -> Value:
    """Arithmetic on plain numbers; what makes a float is a node of the graph."""
    _check_growth(m, name, operands)
    try:
        result = python(*operands)
    except ZeroDivisionError as problem:
        raise ProgramError("zero_division", framework=f"ZeroDivisionError: {problem}") from None
    except (OverflowError, ValueError) as problem:
        raise value_error(str(problem)) from None
    if isinstance(result, complex):
        raise value_error("a negative number to a fractional power is a complex number")
    if isinstance(result, float) and name in OPS:
        m.recorder.number(OPS[name], zip(operands, names, strict=True), result)
    return result


def _check_growth(m: Machine, name: str, operands: tuple[Any, ...]) -> None:
    """How many bits a whole number would get, before it gets them."""
    if len(operands) != 2 or not all(isinstance(x, int) for x in operands):
        return
    left, right = operands
    if name == "power" and right > 1:
        m.budget.integer(max(1, left.bit_length()) * right if abs(left) > 1 else 1)
    elif name == "multiply":
        m.budget.integer(left.bit_length() + right.bit_length())
    else:
        m.budget.integer(max(left.bit_length(), right.bit_length()))


def _sequences(m: Machine, sign: str, left: Value, right: Value) -> Value:
    if sign == "+" and type(left) is type(right) and isinstance(left, str | list | tuple):
        m.budget.container(len(left) + len(right))
        return left + right
    if sign == "*":
        if isinstance(left, int):
            left, right = right, left
        if isinstance(left, str | list | tuple) and isinstance(right, int):
            m.budget.container(len(left) * max(right, 0))
            return left * right
    if sign == "+" and isinstance(left, str | list | tuple):
        kind = type_name(left)
        words = f'can only concatenate {kind} (not "{type_name(right)}") to {kind}'
        raise type_error(words)
    words = f"unsupported operand type(s) for {sign}: "
    raise type_error(f"{words}'{type_name(left)}' and '{type_name(right)}'")


def compare(m: Machine, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
    """left (comparison) right."""
    if kind in (ast.Is, ast.IsNot):
        same = left is right or (
            isinstance(left, bool | int | str | None)
            and type(left) is type(right)
            and left == right
        )
        return same is (kind is ast.Is)
    if kind in (ast.In, ast.NotIn):
        return _contains(right, left) is (kind is ast.In)
    name, python = COMPARE[kind]
    if isinstance(left, Array) or isinstance(right, Array):
        if left is None or right is None:
            return name == "not_equal"
        return m.binary(OPS[name], left, right)
    plain = bool | int | float
    if name in ("equal", "not_equal"):
        same = same_value(left, right) is (name == "equal")
        if isinstance(left, float) or isinstance(right, float):
            m.recorder.compared(OPS[name], (left, right), same)
        return same
    if (isinstance(left, plain) and isinstance(right, plain)) or (
        isinstance(left, str) and isinstance(right, str)
    ):
        found = python(left, right)
        if isinstance(left, float) or isinstance(right, float):
            m.recorder.compared(OPS[name], (left, right), found)
        return found
    names = f"'{type_name(left)}' and '{type_name(right)}'"
    raise type_error(f"'{SIGNS[name]}' not supported between instances of {names}")


class Steps:
    """How much of nested values may still be looked at: shared parts count each time."""

    def __init__(self) -> None:
        self.left = NESTED

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise LimitReached("length", limit=NESTED)


def same_value(left: Value, right: Value, steps: Steps | None = None) -> bool:
    """left == right, on plain values."""
    steps = steps or Steps()
    steps.take()
    if isinstance(left, Shape):
        left = left.lengths
    if isinstance(right, Shape):
        right = right.lengths
    if isinstance(left, list | tuple) and type(left) is type(right):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(x is y or same_value(x, y, steps) for x, y in pairs)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            left[k] is right[k] or same_value(left[k], right[k], steps) for k in left
        )
    if isinstance(left, Dtype) and isinstance(right, Dtype):
        torch = ["torch." in dtype.text for dtype in (left, right)]
        return left.name == right.name and torch[0] == torch[1]
    simple = bool | int | float | str | None | range | Dtype | Device
    if isinstance(left, simple) and isinstance(right, simple):
        return bool(left == right)
    return left is right


def _contains(box: Value, value: Value) -> bool:
    if isinstance(box, str) and isinstance(value, str):
        return value in box
    if isinstance(box, dict):
        return hashable(value) in box
    if isinstance(box, list | tuple):
        return any(same_value(value, one) for one in box)
    if isinstance(box, range) and isinstance(value, int):
        return value in box
    raise type_error(f"argument of type '{type_name(box)}' is not iterable")


def hashable(value: Value, steps: Steps | None = None) -> Value:
    """A value that can be the key of a dictionary."""
    if isinstance(value, bool | int | float | str | None | Dtype):
        return value
    if isinstance(value, tuple):
        steps = steps or Steps()
        steps.take()
        return tuple(hashable(one, steps) for one in value)
    raise type_error(f"unhashable type: '{type_name(value)}'")


def unary(m: Machine, kind: type[ast.unaryop], value: Value, name: str | None) -> Value:
    """-value, +value, not value, ~value"""
    if kind is ast.Not:
        return not truth(m, value)
    if isinstance(value, Array):
        if kind is ast.USub:
            return m.apply(OPS["negative"], value)
        if kind is ast.UAdd:
            return value
        if value.tensor.dtype == bool:
            return m.binary(OPS["equal"], value, 0)
    if isinstance(value, int) and kind is ast.Invert:
        return ~value
    if isinstance(value, int | float) and kind is not ast.Invert:
        if kind is ast.USub:
            return numbers(m, "negative", operator.neg, (value,), (name,))
        return +value
    sign = {ast.USub: "-", ast.UAdd: "+"}.get(kind, "~")
    raise type_error(f"bad operand type for unary {sign}: '{type_name(value)}'")


def truth(m: Machine, value: Value) -> bool:
    """bool(value)"""
    if isinstance(value, Array):
        tensor = value.tensor
        if tensor.size != 1:
            words = "The truth value of an array with more than one element is ambiguous."
            if value.kind == TORCH:
                words = "Boolean value of Tensor with more than one value is ambiguous"
                raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
            raise value_error(f"{words} Use a.any() or a.all()")
        return m.decided(tensor)
    if isinstance(value, bool | int | float | str | list | tuple | dict | range | None):
        return bool(value)
    return True
