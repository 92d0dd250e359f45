"""What can be the key of a dictionary or an entry of a set, and how much of it is looked at."""

from app.language.errors import LimitReached, type_error
from app.language.values import Class, Dtype, Function, Instance, Value, type_name

NESTED = 50_000  # entries of nested values that one comparison looks at


class Steps:
    """How much of nested values may still be looked at: shared parts count each time."""

    def __init__(self) -> None:
        self.left = NESTED

    def take(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise LimitReached("length", limit=NESTED)


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
        steps.take(1 + len(value))
        return tuple(hashable(one, steps) for one in value)
    raise type_error(f"unhashable type: '{type_name(value)}'")
