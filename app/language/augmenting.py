"""x += y where x itself changes: lists, dictionaries and sets keep being the same object."""

import ast

from app.language.collected import Counter, Deque
from app.language.machine import Machine
from app.language.operators import binary
from app.language.values import Set, Value
from app.language.walks import iterate

COUNTS = (ast.Add, ast.Sub, ast.BitOr, ast.BitAnd)
CHANGES = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)


def changed(m: Machine, kind: type[ast.operator], old: Value, more: Value) -> bool:
    """Whether `old += more` changes a list, dictionary, set or object itself; if so it has."""
    if isinstance(old, list) and kind is ast.Add:
        found = list(iterate(m, more))
        m.budget.container(len(old) + len(found))
        old.extend(found)
        if isinstance(old, Deque):
            old.changes += 1
            del old[: 0 if old.most is None else max(0, len(old) - old.most)]
        return True
    if isinstance(old, Counter) and isinstance(more, Counter) and kind in COUNTS:
        counted = binary(m, kind, old, more)
        old.clear()
        old.update(counted)
        return True
    if type(old) is list and kind is ast.Mult and isinstance(more, int):
        m.budget.container(len(old) * max(more, 0))
        old *= max(more, 0)
        return True
    if isinstance(old, dict) and isinstance(more, dict) and kind is ast.BitOr:
        m.budget.container(len(old) + len(more))
        old.update(more)
        return True
    if isinstance(old, Set) and isinstance(more, Set) and kind in CHANGES:
        old.entries = binary(m, kind, old, more).entries
        return True
    return False
