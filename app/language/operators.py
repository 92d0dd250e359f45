"""Python's operators on the values of a program."""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from app.engine import OPS
from app.engine.primitives.linear import matmul
from app.language.classes import ABSENT, NOT_IMPLEMENTED, special
from app.language.collected import Counter, Deque
from app.language.comparisons import truth
from app.language.errors import ProgramError, overflow_error, type_error, value_error
from app.language.machine import Machine
from app.language.percent import percent
from app.language.promotion import factors, masks_product, matrices, of_one
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    Array,
    Instance,
    Set,
    Skipped,
    Value,
    type_name,
)

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
    "**": "pow", "@": "matmul", "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip


def binary(
    m: Machine,
    kind: type[ast.operator],
    left: Value,
    right: Value,
    names: tuple[str | None, str | None] = (None, None),
    asked: str = "",
) -> Value:
    """left (operator) right. names: what the program calls plain numbers (None for literals);
    asked: what its errors name in place of the sign, "+=" or "divmod()"."""
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
    return _sequences(m, sign, left, right, asked)


def _by_methods(m: Machine, sign: str, left: Value, right: Value) -> Value:
    """By the __add__ of the left side's class or the __radd__ of the right side's.

    The right side is asked first where its class is derived from the left side's, and never where
    both have one class."""
    tries = [(left, f"__{METHODS[sign]}__", right), (right, f"__r{METHODS[sign]}__", left)]
    if isinstance(left, Instance) and isinstance(right, Instance):
        if left.of is right.of:
            tries.pop()
        elif left.of in right.of.line():
            tries.reverse()
    for one, name, other in tries:
        found = special(m, one, name, other)
        if found is not ABSENT and found is not NOT_IMPLEMENTED:
            return found
    return ABSENT


def augmented(m: Machine, kind: type[ast.operator], left: Value, right: Value) -> Value:
    """What the left side's __iadd__ gives for left += right; ABSENT where it has none."""
    found = special(m, left, f"__i{METHODS[BINARY[kind][0]]}__", right)
    return ABSENT if found is NOT_IMPLEMENTED else found


def _beside(m: Machine, value: Value, other: Value) -> Value:
    """A list beside an array of NumPy or TensorFlow is one too."""
    if not isinstance(value, list | tuple) or not isinstance(other, Array) or other.kind == TORCH:
        return value
    kind = NUMPY if other.kind == NUMPY else TENSORFLOW
    dtype = None if kind == NUMPY else other.tensor.dtype
    return m.leaf(m.numbers(value, dtype), kind)


def _arrays(m: Machine, name: str, left: Value, right: Value) -> Value:
    if name == "matmul":
        left, right = _beside(m, left, right), _beside(m, right, left)
        if not (isinstance(left, Array) and isinstance(right, Array)):
            raise type_error(f"@ needs two arrays, not {type_name(left)} and {type_name(right)}")
        if (kind := m.kind([left, right])) == TENSORFLOW:
            matrices(left, right)
        factors(left, right, kind)
        return m.apply(matmul, left, right)
    if name == "floor_divide":
        return m.binary(OPS["floor_divide"], left, right)
    if name in ("logical_and", "logical_or", "logical_xor", "left_shift", "right_shift"):
        return _logic(m, name, left, right)
    product = masks_product(m, left, right) if name == "multiply" else None
    return product or m.binary(OPS[name], left, right)


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
    except OverflowError as problem:
        raise overflow_error(str(problem)) from None
    except ValueError as problem:
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
        most = min(right, 1 << 62)  # a larger exponent is no float
        m.budget.integer(int(most * math.log2(abs(left))) + 1 if abs(left) > 1 else 1)
    elif name == "left_shift":
        m.budget.integer(left.bit_length() + max(right, 0) if left else 1)
    elif name == "right_shift":
        return
    elif name == "multiply":
        m.budget.integer(left.bit_length() + right.bit_length())
    else:
        m.budget.integer(max(left.bit_length(), right.bit_length()))


def _sequences(m: Machine, sign: str, left: Value, right: Value, asked: str) -> Value:
    if isinstance(left, Counter) and isinstance(right, Counter) and sign in "+-&|":
        return COUNTED[Counter](m, sign, left, right)
    rows = isinstance(left, tuple) and isinstance(right, tuple)
    same = rows or (type(left) is type(right) and isinstance(left, str | list))
    if sign == "+" and same:
        m.budget.container(len(left) + len(right))
        joined = left + right
        return Deque(joined[_beyond(left, joined) :], left.most) if type(left) is Deque else joined
    if sign == "*":
        row, times = (left, right) if isinstance(left, str | list | tuple) else (right, left)
        if isinstance(row, str | list | tuple):
            if not isinstance(times, int):
                words = f"can't multiply sequence by non-int of type '{type_name(times)}'"
                raise type_error(words)
            times = max(times, 0)  # as Python takes it, and it may be below any index
            m.budget.container(len(row) * times)
            if not isinstance(row, Deque):
                return row * times
            found = list(row) * times
            return Deque(found[_beyond(row, found) :], row.most)
    if isinstance(left, Set) and isinstance(right, Set) and sign in SETS:
        m.budget.long(len(left.entries) + len(right.entries))
        return SETS[sign](left, right)
    if sign == "|" and isinstance(left, dict) and isinstance(right, dict):
        m.budget.container(len(left) + len(right))
        return {**left, **right}
    if sign == "+" and isinstance(left, str | list | tuple):
        kind = type_name(left)
        kind = "tuple" if isinstance(left, tuple) else kind.rpartition(".")[2]
        words = f'can only concatenate {kind} (not "{type_name(right)}") to {kind}'
        raise type_error(words)
    asked = asked or ("** or pow()" if sign == "**" else sign)
    words = f"unsupported operand type(s) for {asked}: "
    raise type_error(f"{words}'{type_name(left)}' and '{type_name(right)}'")


def _beyond(row: Deque, joined: list[Value]) -> int:
    """How many entries at the front are too many."""
    return 0 if row.most is None else max(0, len(joined) - row.most)


COUNTED: dict[type, Callable[..., Value]] = {}
"""What joins two Counters, filled by the table of collections."""


def _united(left: Set, right: Set) -> Set:
    return Set([*left.ordered(), *right.ordered()])


SETS: dict[str, Callable[[Set, Set], Set]] = {
    "|": _united,
    "&": lambda left, right: Set(x for x in left.ordered() if x in right.entries),
    "-": lambda left, right: Set(x for x in left.ordered() if x not in right.entries),
    "^": lambda left, right: _united(SETS["-"](left, right), SETS["-"](right, left)),
}


UNARY: dict[type[ast.unaryop], str] = {
    ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"
}  # fmt: skip


def unary(m: Machine, kind: type[ast.unaryop], value: Value, name: str | None) -> Value:
    """-value, +value, not value, ~value"""
    if kind is ast.Not:
        return not truth(m, value)
    if isinstance(value, Array):
        return of_one(m, UNARY.get(kind, "__invert__"), value)
    if isinstance(value, Instance) and kind in UNARY:
        found = special(m, value, UNARY[kind])
        if found is not ABSENT:
            return found
    if isinstance(value, int) and kind is ast.Invert:
        return ~value
    if isinstance(value, Counter) and kind is not ast.Invert:
        sides = (Counter(), value) if kind is ast.USub else (value, Counter())
        return COUNTED[Counter](m, "-" if kind is ast.USub else "|", *sides)
    if isinstance(value, int | float) and kind is not ast.Invert:
        if kind is ast.USub:
            return numbers(m, "negative", operator.neg, (value,), (name,))
        return +value
    sign = {ast.USub: "-", ast.UAdd: "+"}.get(kind, "~")
    raise type_error(f"bad operand type for unary {sign}: '{type_name(value)}'")
