"""x += y where x itself changes: lists, dictionaries and sets keep being the same object."""

import ast

from app.language.collected import Counter, Deque
from app.language.machine import Machine
from app.language.operators import binary
from app.language.values import Set, Value
from app.language.walks import iterate

COUNTS = (ast.Add, ast.Sub, ast.BitOr, ast.BitAnd)
CHANGES = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)


def _shortened(row: Deque) -> None:
    """A changed row keeps no more than it may hold."""
    row.changes += 1
    del row[: 0 if row.most is None else max(0, len(row) - row.most)]


def changed(m: Machine, kind: type[ast.operator], old: Value, more: Value) -> bool:
    """Whether `old += more` changes a list, dictionary, set or object itself; if so it has."""
    if isinstance(old, list) and kind is ast.Add:
        found = list(iterate(m, more))
        m.budget.container(len(old) + len(found))
        old.extend(found)
        if isinstance(old, Deque):
            _shortened(old)
        return True
    if isinstance(old, Counter) and isinstance(more, Counter) and kind in COUNTS:
        counted = binary(m, kind, old, more)
        old.clear()
        old.update(counted)
        return True
    if isinstance(old, list) and kind is ast.Mult and isinstance(more, int):
        m.budget.container(len(old) * max(more, 0))
        old *= max(more, 0)
        if isinstance(old, Deque):
            _shortened(old)
        return True
    if isinstance(old, dict) and isinstance(more, dict) and kind is ast.BitOr:
        m.budget.container(len(old) + len(more))
        old.update(more)
        return True
    if isinstance(old, Set) and isinstance(more, Set) and kind in CHANGES:
        old.entries = binary(m, kind, old, more).entries
        return True
    return False
