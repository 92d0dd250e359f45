"""Python's own collections.deque: a row that grows and shrinks at both ends."""

from app.language import container_methods  # noqa: F401  (METHODS[list])
from app.language.attributes import METHODS, PROPERTIES
from app.language.collected import Deque
from app.language.comparisons import equals
from app.language.errors import ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import Value, type_name
from app.language.walks import iterate


def made(m: Machine, iterable: Value = (), maxlen: Value = None) -> Deque:
    """deque(iterable, maxlen)"""
    if maxlen is not None and not isinstance(maxlen, int):
        raise type_error("an integer is required")
    if maxlen is not None and maxlen < 0:
        raise value_error("maxlen must be non-negative")
    found = Deque((), None if maxlen is None else int(maxlen))
    _extend(m, found, iterable)
    found.changes = 0
    return found


def _append(m: Machine, row: Deque, value: Value) -> None:
    m.budget.container(len(row) + 1)
    row.append(value)
    row.changes += 1
    if row.most is not None and len(row) > row.most:
        del row[0]


def _append_left(m: Machine, row: Deque, value: Value) -> None:
    m.budget.container(len(row) + 1)
    row.insert(0, value)
    row.changes += 1
    if row.most is not None and len(row) > row.most:
        del row[-1]


def _extend(m: Machine, row: Deque, iterable: Value) -> None:
    for value in list(iterable) if iterable is row else iterate(m, iterable):
        _append(m, row, value)


def _extend_left(m: Machine, row: Deque, iterable: Value) -> None:
    for value in list(iterable) if iterable is row else iterate(m, iterable):
        _append_left(m, row, value)


def _pop(m: Machine, row: Deque, at: int = -1) -> Value:
    m.budget.long(len(row))
    if not row:
        words = "IndexError: pop from an empty deque"
        raise ProgramError("index", framework=words, detail="pop()")
    row.changes += 1
    return row.pop(at)


def _rotate(m: Machine, row: Deque, n: Value = 1) -> None:
    if not isinstance(n, int):
        raise type_error(f"'{type_name(n)}' object cannot be interpreted as an integer")
    m.budget.container(len(row))
    if row:
        at = -int(n) % len(row)
        row[:] = [*row[at:], *row[:at]]
        row.changes += 1


def _insert(m: Machine, row: Deque, index: Value, value: Value) -> None:
    if row.most is not None and len(row) >= row.most:
        raise ProgramError("index", framework="IndexError: deque already at its maximum size",
                           detail=str(row.most))  # fmt: skip
    METHODS[list]["insert"](m, row, index, value)
    row.changes += 1


def _remove(m: Machine, row: Deque, value: Value) -> None:
    for i, one in enumerate(row):
        if equals(m, one, value):
            del row[i]
            row.changes += 1
            return
    raise value_error(f"{repr_of(value)} is not in deque")


def _clear(m: Machine, row: Deque) -> None:
    row.clear()
    row.changes += 1


def _reverse(m: Machine, row: Deque) -> None:
    m.budget.long(len(row))
    row.reverse()


METHODS[Deque] = {
    "append": _append,
    "appendleft": _append_left,
    "extend": _extend,
    "extendleft": _extend_left,
    "pop": lambda m, row: _pop(m, row),
    "popleft": lambda m, row: _pop(m, row, 0),
    "rotate": _rotate,
    "insert": _insert,
    "remove": _remove,
    "index": METHODS[list]["index"],
    "count": METHODS[list]["count"],
    "clear": _clear,
    "reverse": _reverse,
    "copy": lambda m, row: Deque(row, row.most),
}
PROPERTIES[Deque] = {"maxlen": lambda m, row: row.most}
