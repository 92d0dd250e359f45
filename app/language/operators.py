"""Python's operators on the values of a program."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from app.engine import OPS
from app.engine.primitives.linear import matmul
from app.language.classes import ABSENT, special
from app.language.errors import LimitReached, ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.percent import percent
from app.language.values import (
    TORCH,
    Array,
    Builtin,
    Class,
    Device,
    Dtype,
    Function,
    Instance,
    Set,
    Shape,
    Skipped,
    Value,
    View,
    Walk,
    type_name,
)
from app.language.walks import iterate

BINARY: dict[type[ast.operator], tuple[str, str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", "add", operator.add),
    ast.Sub: ("-", "subtract", operator.sub),
    ast.Mult: ("*", "multiply", operator.mul),
    ast.Div: ("/", "divide", operator.truediv),
    ast.FloorDiv: ("//", "floor_divide", operator.floordiv),
    ast.Mod: ("%", "remainder", operator.mod),
    ast.Pow: ("**", "power", operator.pow),
    ast.MatMult: ("@", "matmul", operator.matmul),
    ast.BitAnd: ("&", "logical_and", operator.and_),
    ast.BitOr: ("|", "logical_or", operator.or_),
    ast.BitXor: ("^", "logical_xor", operator.xor),
    ast.LShift: ("<<", "left_shift", operator.lshift),
    ast.RShift: (">>", "right_shift", operator.rshift),
}
BITS = {"&", "|", "^", "<<", ">>"}
METHODS = {  # what a class calls its operators
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod",
    "**": "pow", "@": "matmul",
}  # fmt: skip
COMPARISONS = {  # and its comparisons: as the left side, as the right
    "equal": ("__eq__", "__eq__"), "not_equal": ("__ne__", "__ne__"),
    "less": ("__lt__", "__gt__"), "less_equal": ("__le__", "__ge__"),
    "greater": ("__gt__", "__lt__"), "greater_equal": ("__ge__", "__le__"),
}  # fmt: skip
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
    if isinstance(left, Instance) or isinstance(right, Instance):
        found = _by_methods(m, sign, left, right)
        if found is not ABSENT:
            return found
    if sign == "%" and isinstance(left, str):
        m.budget.long(len(left))
        return percent(m, left, right)
    if isinstance(left, Array) or isinstance(right, Array):
        m.names = {
            id(x): text for x, text in zip((left, right), names, strict=True) if text is not None
        }
        return _arrays(m, name, left, right)
    if isinstance(left, Skipped) or isinstance(right, Skipped):
        return left if isinstance(left, Skipped) else right
    whole = isinstance(left, int) and isinstance(right, int)
    if (whole and sign != "@") or (
        sign not in BITS | {"@"}
        and isinstance(left, int | float)
        and isinstance(right, int | float)
    ):
        return numbers(m, name, python, (left, right), names)
    return _sequences(m, sign, left, right)


def _by_methods(m: Machine, sign: str, left: Value, right: Value) -> Value:
    """By the __add__ of the left side's class or the __radd__ of the right side's."""
    name = METHODS.get(sign, "")
    found = special(m, left, f"__{name}__", right)
    return special(m, right, f"__r{name}__", left) if found is ABSENT else found


def _arrays(m: Machine, name: str, left: Value, right: Value) -> Value:
    if name == "matmul":
        if not (isinstance(left, Array) and isinstance(right, Array)):
            raise type_error(f"@ needs two arrays, not {type_name(left)} and {type_name(right)}")
        return m.apply(matmul, left, right)
    if name == "floor_divide":
        return m.binary(OPS["floor_divide"], left, right)
    if name in ("logical_and", "logical_or", "logical_xor", "left_shift", "right_shift"):
        return _logic(m, name, left, right)
    return m.binary(OPS[name], left, right)


def _logic(m: Machine, name: str, left: Value, right: Value) -> Value:
    """& | ^ of truth values; of whole numbers in arrays nothing here has bits."""
    for x in (left, right):
        if not (isinstance(x, bool) or (isinstance(x, Array) and x.tensor.dtype == bool)):
            raise ProgramError("unsupported", detail=f"{name.replace('_', ' ')} ({type_name(x)})")
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
        told = [int(x) if isinstance(x, bool) else x for x in operands]  # truth values count 0 or 1
        m.recorder.number(OPS[name], zip(told, names, strict=True), result)
    return result


def _check_growth(m: Machine, name: str, operands: tuple[Any, ...]) -> None:
    """How many bits a whole number would get, before it gets them."""
    if len(operands) != 2 or not all(isinstance(x, int) for x in operands):
        return
    left, right = operands
    if name == "power" and right > 1:
        m.budget.integer(max(1, left.bit_length()) * right if abs(left) > 1 else 1)
    elif name == "left_shift":
        m.budget.integer(left.bit_length() + max(right, 0) if left else 1)
    elif name == "right_shift":
        return
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
    if isinstance(left, Set) and isinstance(right, Set) and sign in SETS:
        return SETS[sign](left, right)
    if sign == "|" and isinstance(left, dict) and isinstance(right, dict):
        m.budget.container(len(left) + len(right))
        return {**left, **right}
    if sign == "+" and isinstance(left, str | list | tuple):
        kind = type_name(left)
        words = f'can only concatenate {kind} (not "{type_name(right)}") to {kind}'
        raise type_error(words)
    words = f"unsupported operand type(s) for {sign}: "
    raise type_error(f"{words}'{type_name(left)}' and '{type_name(right)}'")


def _united(left: Set, right: Set) -> Set:
    return Set([*left.ordered(), *right.ordered()])


SETS: dict[str, Callable[[Set, Set], Set]] = {
    "|": _united,
    "&": lambda left, right: Set(x for x in left.ordered() if x in right.entries),
    "-": lambda left, right: Set(x for x in left.ordered() if x not in right.entries),
    "^": lambda left, right: _united(SETS["-"](left, right), SETS["-"](right, left)),
}


def compare(m: Machine, kind: type[ast.cmpop], left: Value, right: Value) -> Value:
    """left (comparison) right."""
    if kind in (ast.Is, ast.IsNot):
        same = left is right or (
            isinstance(left, bool | int | str | None | Builtin)
            and type(left) is type(right)
            and left == right
        )
        return same is (kind is ast.Is)
    if kind in (ast.In, ast.NotIn):
        return contains(m, right, left) is (kind is ast.In)
    name, python = COMPARE[kind]
    if isinstance(left, Instance) or isinstance(right, Instance):
        mine, theirs = COMPARISONS[name]
        found = special(m, left, mine, right)
        found = special(m, right, theirs, left) if found is ABSENT else found
        if found is not ABSENT:
            return found
        if name == "not_equal":
            return not truth(m, compare(m, ast.Eq, left, right))
    if isinstance(left, Array) or isinstance(right, Array):
        if left is None or right is None:
            return name == "not_equal"
        return m.binary(OPS[name], left, right)
    plain = bool | int | float
    if name in ("equal", "not_equal"):
        m.budget.long(len(left) if isinstance(left, str | list | tuple | dict) else 0)
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
    if isinstance(left, Set) and isinstance(right, Set):
        return python(left.entries.keys(), right.entries.keys())
    if isinstance(left, list | tuple) and type(left) is type(right):
        for x, y in zip(left, right, strict=False):
            m.budget.step()
            if x is not y and not same_value(x, y):
                return compare(m, kind, x, y)
        return python(len(left), len(right))
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
    if isinstance(left, Set) and isinstance(right, Set):
        return left.entries.keys() == right.entries.keys()
    if isinstance(left, View) and isinstance(right, View) and left.of == right.of == "keys":
        return left.table.keys() == right.table.keys()
    if isinstance(left, Builtin) and isinstance(right, Builtin):
        return left.name == right.name
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


def contains(m: Machine, box: Value, value: Value) -> bool:
    """value in box"""
    if isinstance(box, str):
        if not isinstance(value, str):
            words = "'in <string>' requires string as left operand, not "
            raise type_error(words + type_name(value))
        m.budget.long(len(box))
        return value in box
    if isinstance(box, Set):  # a set is never in a set, and Python does not mind being asked
        return not isinstance(value, Set) and hashable(value) in box.entries
    if isinstance(box, View) and box.of != "keys":
        box = box.entries()
    elif isinstance(box, View):
        box = box.table
    if isinstance(box, Instance):
        found = special(m, box, "__contains__", value)
        if found is not ABSENT:
            return truth(m, found)
    if isinstance(box, Walk | Instance):
        return any(_equals(m, value, one) for one in iterate(m, box))
    if isinstance(box, Shape):
        box = box.lengths
    if isinstance(box, dict):
        return hashable(value) in box
    if isinstance(box, list | tuple):
        m.budget.long(len(box))
        return any(_equals(m, value, one) for one in box)
    if isinstance(box, range) and isinstance(value, int):
        return value in box
    raise type_error(f"argument of type '{type_name(box)}' is not iterable")


def _equals(m: Machine, left: Value, right: Value) -> bool:
    if left is right:
        return True
    if isinstance(left, Array | Instance) or isinstance(right, Array | Instance):
        m.budget.step()
        return truth(m, compare(m, ast.Eq, left, right))
    return same_value(left, right)


def hashable(value: Value, steps: Steps | None = None) -> Value:
    """A value that can be the key of a dictionary."""
    if isinstance(value, bool | int | float | str | None | Dtype):
        return value
    if isinstance(value, Function | Class):
        return value
    if isinstance(value, Instance) and not any("__eq__" in one.members for one in value.of.line()):
        return value  # by identity, as in Python where a class has no equality of its own
    if isinstance(value, tuple):
        steps = steps or Steps()
        steps.take()
        return tuple(hashable(one, steps) for one in value)
    raise type_error(f"unhashable type: '{type_name(value)}'")


UNARY: dict[type[ast.unaryop], str] = {ast.USub: "__neg__", ast.UAdd: "__pos__"}


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
            return m.apply(OPS["logical_not"], value)
    if isinstance(value, Instance) and kind in UNARY:
        found = special(m, value, UNARY[kind])
        if found is not ABSENT:
            return found
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
    if isinstance(value, Set | View):
        return bool(value.entries if isinstance(value, Set) else value.table)
    for name in ("__bool__", "__len__") if isinstance(value, Instance) else ():
        found = special(m, value, name)
        if found is not ABSENT:
            return bool(found) if isinstance(found, bool | int) else True
    return True
