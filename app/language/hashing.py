"""What can be the key of a dictionary or an entry of a set, and how much of it is looked at."""

import sys

from app.language.errors import LimitReached, type_error
from app.language.machine import Machine
from app.language.values import Class, Dtype, Function, Instance, Value, type_name

NESTED = 50_000  # entries of nested values that one comparison looks at
OWN_HASH = sys.hash_info.modulus  # below it no two whole numbers have one hash, but -1 and -2


class Steps:
    """How much of nested values may still be looked at: shared parts count each time."""

    def __init__(self) -> None:
        self.left = NESTED

    def take(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise LimitReached("length", limit=NESTED)


def hashable(m: Machine, value: Value) -> Value:
    """A value that can be the key of a dictionary, charged where its hash can be chosen."""
    if isinstance(value, int) and abs(value) >= OWN_HASH:
        m.budget.key(value, 1)
    if not isinstance(value, tuple | Instance):
        return _key(value)
    steps = Steps()
    found = _key(value, steps)
    if isinstance(value, tuple) or value.key is not None:
        m.budget.key(found, NESTED - steps.left)
    return found


def _key(value: Value, steps: Steps | None = None) -> Value:
    if isinstance(value, bool | int | float | str | None | Dtype):
        return value
    if isinstance(value, Function | Class):
        return value
    if isinstance(value, Instance):
        return _object(value, steps or Steps())
    if isinstance(value, tuple):
        steps = steps or Steps()
        steps.take(1 + len(value))
        for one in value:
            _key(one, steps)
        return value
    raise type_error(f"unhashable type: '{type_name(value)}'")


def _object(value: Instance, steps: Steps) -> Instance:
    """By what it is compared by: identity, as in Python where a class has no equality of its own,
    or the fields of a frozen dataclass."""
    for one in value.of.line():
        if one.compared is not None:
            steps.take(1 + len(one.compared))
            entries = (_key(value.values.get(name), steps) for name in one.compared)
            value.key = (value.of, *entries)
            return value
        if "__eq__" in one.members:
            raise type_error(f"unhashable type: '{type_name(value)}'")
    return value
