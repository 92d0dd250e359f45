"""Python's own collections.Counter: how often each of its keys was seen."""

import ast
from collections.abc import Callable, Iterator

from app.language import container_methods  # noqa: F401  (METHODS[dict])
from app.language.attributes import METHODS
from app.language.builtins import FUNCTIONS, sorted_
from app.language.collected import Counter
from app.language.comparisons import compare, truth
from app.language.errors import ProgramError, type_error
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.operators import COUNTED, binary
from app.language.values import Builtin, Value, Walk
from app.language.walks import iterate, walk


def made(m: Machine, iterable: Value = None, /, **counts: Value) -> Counter:
    """Counter(iterable)"""
    found = Counter()
    _more(m, found, iterable, **counts)
    return found


def _counted(kind: type[ast.operator]) -> Callable[..., None]:
    """update and subtract: counts are added or taken away, not replaced."""

    def call(m: Machine, table: Counter, iterable: Value = None, /, **counts: Value) -> None:
        for given in (iterable, counts):
            if given is None:
                continue
            pairs = list(given.items()) if isinstance(given, dict) else None
            keys = iterate(m, given) if pairs is None else iter(())
            for key, count in pairs if pairs is not None else ((one, 1) for one in keys):
                m.budget.step()
                key = hashable(m, key)
                new = key not in table and kind is ast.Add and pairs is not None
                table[key] = count if new else binary(m, kind, table.get(key, 0), count)
                m.budget.container(len(table))

    return call


_more = _counted(ast.Add)


def _most_common(m: Machine, table: Counter, n: Value = None) -> list[Value]:
    pairs = list(table.items())
    by_count = Builtin("itemgetter", lambda m, pair: pair[1])
    found = sorted_(m, pairs, key=by_count, reverse=True)
    if n is None:
        return found
    if not isinstance(n, int):
        raise type_error("most_common() takes a whole number")
    return found[: max(0, n)]


def _elements(m: Machine, table: Counter) -> Walk:
    def values() -> Iterator[Value]:
        for key, count in list(table.items()):
            if not isinstance(count, int):
                raise type_error("a count is a whole number here")
            for _ in range(count):
                yield key

    return walk("itertools.chain", values())


def _total(m: Machine, table: Counter) -> Value:
    return FUNCTIONS["sum"](m, list(table.values()))


def _combined(m: Machine, sign: str, left: Counter, right: Counter) -> Counter:
    """left (+ - & |) right: only counts above 0 stay."""
    found = Counter()
    for key in dict.fromkeys([*left, *right]):
        m.budget.step()
        x, y = left.get(key, 0), right.get(key, 0)
        if sign in "+-":
            count = binary(m, ast.Add if sign == "+" else ast.Sub, x, y)
        else:
            less = truth(m, compare(m, ast.Lt, x, y))
            count = x if less is (sign == "&") else y
        if truth(m, compare(m, ast.Gt, count, 0)):
            found[key] = count
    return found


def _from_keys(m: Machine, table: Counter, *given: Value) -> Value:
    words = "Counter.fromkeys() is undefined.  Use Counter(iterable) instead."
    raise ProgramError("raised", framework=f"NotImplementedError: {words}", detail=words)


COUNTED[Counter] = _combined
METHODS[Counter] = {
    **METHODS[dict],
    "update": _more,
    "subtract": _counted(ast.Sub),
    "most_common": _most_common,
    "elements": _elements,
    "total": _total,
    "copy": lambda m, table: Counter(table),
    "fromkeys": _from_keys,
}
