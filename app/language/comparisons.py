"""What a program asks of two values or of one: ==, <, in, is, and whether it is true."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from app.engine import OPS
from app.language.classes import ABSENT, NOT_IMPLEMENTED, special
from app.language.collected import Counter, Deque
from app.language.errors import ProgramError, type_error, value_error
from app.language.hashing import Steps, hashable
from app.language.machine import Machine
from app.language.values import (
    TORCH,
    Array,
    Builtin,
    Device,
    Dtype,
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
SIGNS = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}


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
        found = _by_methods(m, name, left, right)
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
        return same_value(m, left, right) is (name == "equal")
    if (isinstance(left, plain) and isinstance(right, plain)) or (
        isinstance(left, str) and isinstance(right, str)
    ):
        found = python(left, right)
        if isinstance(left, float) or isinstance(right, float):
            m.recorder.compared(OPS[name], (left, right), found)
        return found
    if isinstance(left, Set) and isinstance(right, Set):
        m.budget.long(len(left.entries))
        return python(left.entries.keys(), right.entries.keys())
    if isinstance(left, Counter) and isinstance(right, Counter):
        if name in ("greater", "greater_equal"):
            left, right = right, left
        return _within(m, left, right) and (
            name.endswith("equal") or not same_value(m, left, right)
        )
    rows = any(isinstance(left, kind) and isinstance(right, kind) for kind in (list, tuple))
    if rows and isinstance(left, Deque) is isinstance(right, Deque):
        for x, y in zip(left, right, strict=False):
            m.budget.step()
            if not equals(m, x, y):
                return compare(m, kind, x, y)
        return python(len(left), len(right))
    if isinstance(left, Skipped) or isinstance(right, Skipped):  # how long it took, and the like
        return False
    names = f"'{type_name(left)}' and '{type_name(right)}'"
    raise type_error(f"'{SIGNS[name]}' not supported between instances of {names}")


def _within(m: Machine, left: Counter, right: Counter) -> bool:
    """Whether nothing is counted more often on the left; what was not counted was so 0 times."""
    for key in dict.fromkeys([*left, *right]):
        m.budget.step()
        if not truth(m, compare(m, ast.LtE, left.get(key, 0), right.get(key, 0))):
            return False
    return True


def _by_methods(m: Machine, name: str, left: Value, right: Value) -> Value:
    """By the __lt__ of one side's class or the __gt__ of the other's: a derived class is first."""
    mine, theirs = COMPARISONS[name]
    tries = [(left, mine, right), (right, theirs, left)]
    if isinstance(left, Instance) and isinstance(right, Instance) and left.of is not right.of:
        tries = tries[::-1] if left.of in right.of.line() else tries
    for one, method, other in tries:
        found = special(m, one, method, other)
        if found is not ABSENT and found is not NOT_IMPLEMENTED:
            return found
    return ABSENT


def same_value(m: Machine, left: Value, right: Value, steps: Steps | None = None) -> bool:
    """left == right, on values whose class has no say in it; what they hold may have one."""
    steps = steps or Steps()
    steps.take()
    if isinstance(left, Shape):
        left = left.lengths
    if isinstance(right, Shape):
        right = right.lengths
    if isinstance(left, Counter) and isinstance(right, Counter):
        m.budget.clock()  # what was not counted was counted 0 times
        keys = dict.fromkeys([*left, *right])
        return all(equals(m, left.get(key, 0), right.get(key, 0), steps) for key in keys)
    rows = isinstance(left, tuple) and isinstance(right, tuple)
    if rows or (isinstance(left, list) and type(left) is type(right)):
        m.budget.clock()  # entries that are one object are no step
        both = zip(left, right, strict=False)
        return len(left) == len(right) and all(equals(m, x, y, steps) for x, y in both)
    if isinstance(left, str) and isinstance(right, str):
        m.budget.long(min(len(left), len(right)))  # they may be alike up to the end
        return left == right
    if isinstance(left, Set) and isinstance(right, Set):
        m.budget.long(len(left.entries))
        return left.entries.keys() == right.entries.keys()
    if isinstance(left, View) and isinstance(right, View) and left.of == right.of == "keys":
        m.budget.long(len(left.table))
        return left.table.keys() == right.table.keys()
    if isinstance(left, Builtin) and isinstance(right, Builtin):
        return left.name == right.name
    if isinstance(left, dict) and isinstance(right, dict):
        m.budget.clock()
        pairs = [(one, right.get(key, ABSENT)) for key, one in left.items()]
        return left.keys() == right.keys() and all(
            equals(m, one, other, steps)
            for one, other in pairs  # an own __eq__ may change both
        )
    if isinstance(left, Dtype) and isinstance(right, Dtype):
        torch = ["torch." in dtype.text for dtype in (left, right)]
        return left.name == right.name and torch[0] == torch[1]
    simple = bool | int | float | str | None | range | slice | Dtype | Device
    if isinstance(left, simple) and isinstance(right, simple):
        found = bool(left == right)
        if type(left) is float or type(right) is float:
            m.recorder.compared(OPS["equal"], (left, right), found)
        return found
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
        return not isinstance(value, Set) and hashable(m, m.leaves(value)) in box.entries
    if isinstance(box, View) and box.of != "keys":
        box = box.entries()
    elif isinstance(box, View):
        box = box.table
    if isinstance(box, Instance):
        found = special(m, box, "__contains__", value)
        if found is not ABSENT:
            return truth(m, found)
    if isinstance(box, Walk | Instance):
        return any(equals(m, value, one) for one in iterate(m, box))
    if isinstance(box, Shape):
        box = box.lengths
    if isinstance(box, dict):
        return hashable(m, m.leaves(value)) in box
    if isinstance(box, list | tuple):
        m.budget.long(len(box))
        return any(equals(m, value, one) for one in box)
    if isinstance(box, range) and isinstance(value, int):
        return value in box
    raise type_error(f"argument of type '{type_name(box)}' is not iterable")


def equals(m: Machine, left: Value, right: Value, steps: Steps | None = None) -> bool:
    """Whether a container takes two values for one: they are one object, or left == right."""
    if left is right:
        return True
    if isinstance(left, Array | Instance) or isinstance(right, Array | Instance):
        m.budget.step()
        return truth(m, compare(m, ast.Eq, left, right))
    return same_value(m, left, right, steps)


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
        if type(value) is float:
            m.recorder.compared(OPS["not_equal"], (value, 0.0), bool(value))
        return bool(value)
    if isinstance(value, Set | View):
        return bool(value.entries if isinstance(value, Set) else value.table)
    if isinstance(value, Instance):
        found = special(m, value, "__bool__")
        if found is not ABSENT:
            if not isinstance(found, bool):
                raise type_error(f"__bool__ should return bool, returned {type_name(found)}")
            return found
        found = special(m, value, "__len__")
        return found is ABSENT or as_length(found) > 0
    return True


def as_length(found: Value) -> int:
    """What a __len__ gave, as a length."""
    if not isinstance(found, int):
        raise type_error(f"'{type_name(found)}' object cannot be interpreted as an integer")
    if found < 0:
        raise value_error("__len__() should return >= 0")
    return int(found)
