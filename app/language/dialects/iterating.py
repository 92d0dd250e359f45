"""Python's own itertools: lazy walks, each of whose values is charged when it is asked for."""

import ast
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from app.language.attributes import OF_CLASSES
from app.language.builtins import call
from app.language.comparisons import equals, truth
from app.language.conversions import whole
from app.language.dialects.common import namespace
from app.language.errors import type_error, value_error
from app.language.machine import Machine
from app.language.operators import binary
from app.language.values import Namespace, Value, Walk, type_name
from app.language.walks import END, iterate, started, walk

Walks = Callable[..., Walk]
AT_ONCE = 50  # entries of a row that take a step to be made


def _count_of(value: Value, negative: str) -> int:
    """negative: what Python says of a number below zero."""
    found = whole(value)
    if found < 0:
        raise value_error(negative)
    return found


def _held(m: Machine, values: Value) -> list[Value]:
    """All values at once."""
    found = []
    for value in iterate(m, values):
        found.append(value)
        m.budget.container(len(found))
    return found


def _rows(m: Machine, rows: Iterator[tuple[Value, ...]]) -> Iterator[Value]:
    """Rows that are made by one call each, charged by how long they are."""
    for row in rows:
        m.budget.operations += len(row) // AT_ONCE
        yield row


def _product(m: Machine, *columns: Value, repeat: Value = 1) -> Walk:
    pools = [_held(m, column) for column in columns]
    times = _count_of(repeat, "repeat argument cannot be negative")
    m.budget.container(max(1, sum(map(len, pools)) + len(pools)) * times)
    return walk("product", _rows(m, itertools.product(*pools, repeat=times)))


def _chosen(name: str) -> Walks:
    """combinations and their kin."""
    function = getattr(itertools, name)

    def make(m: Machine, iterable: Value, r: Value = None) -> Walk:
        pool = _held(m, iterable)
        if r is None and name != "permutations":
            raise type_error(f"{name}() missing required argument 'r' (pos 2)")
        count = len(pool) if r is None else _count_of(r, "r must be non-negative")
        m.budget.container(count)
        return walk(name, _rows(m, function(pool, count)))

    return make


def _chain(m: Machine, *columns: Value) -> Walk:
    return walk("chain", (x for one in columns for x in iterate(m, one)), *columns)


def _chain_of(m: Machine, iterable: Value) -> Walk:
    return walk("chain", (x for one in iterate(m, iterable) for x in iterate(m, one)), iterable)


def _count(m: Machine, start: Value = 0, step: Value = 1) -> Walk:
    at = start

    def values() -> Iterator[Value]:
        nonlocal at
        while True:
            now, at = at, binary(m, ast.Add, at, step)
            yield now

    made = walk("count", values())
    one = isinstance(step, int) and step == 1
    made.shown = lambda: (at,) if one else (at, step)
    return made


def _cycle(m: Machine, iterable: Value) -> Walk:
    def values() -> Iterator[Value]:
        kept = []
        for x in iterate(m, iterable):
            kept.append(x)
            m.budget.container(len(kept))
            yield x
        while kept:
            yield from kept

    return walk("cycle", values(), iterable)


def _repeat(m: Machine, object: Value, times: Value = None) -> Walk:
    if times is None:
        made = walk("repeat", itertools.repeat(object))
        made.shown = lambda: (object,)
        return made
    left = itertools.repeat(object, max(0, whole(times)))
    made = walk("repeat", left)
    made.shown = lambda: (object, left.__length_hint__())
    return made


def _islice(m: Machine, iterable: Value, *bounds: Value) -> Walk:
    if not 1 <= len(bounds) <= 3:
        raise type_error(f"islice expected 2 to 4 arguments, got {1 + len(bounds)}")
    for bound in bounds:
        if bound is not None and (not isinstance(bound, int) or bound < 0):
            what = "Stop argument" if len(bounds) == 1 else "Indices"
            raise value_error(
                f"{what} for islice() must be None or an integer: 0 <= x <= sys.maxsize."
            )
    if len(bounds) == 3 and bounds[2] == 0:
        raise value_error("Step for islice() must be a positive integer or None.")
    return walk("islice", itertools.islice(started(m, iterable), *bounds), iterable)


def _accumulate(m: Machine, iterable: Value, func: Value = None, *, initial: Value = None) -> Walk:
    def values() -> Iterator[Value]:
        total, begun = initial, initial is not None
        if begun:
            yield total
        for x in iterate(m, iterable):
            if not begun:
                total, begun = x, True
            elif func is None:
                total = binary(m, ast.Add, total, x)
            else:
                total = call(m, func, total, x)
            yield total

    return walk("accumulate", values(), iterable)


def _longest(m: Machine, *columns: Value, fillvalue: Value = None) -> Walk:
    walks = [started(m, column) for column in columns]
    return walk("zip_longest", itertools.zip_longest(*walks, fillvalue=fillvalue), *columns)


def _pairwise(m: Machine, iterable: Value) -> Walk:
    return walk("pairwise", itertools.pairwise(started(m, iterable)), iterable)


def _starmap(m: Machine, function: Value, iterable: Value) -> Walk:
    rows = (call(m, function, *iterate(m, row)) for row in iterate(m, iterable))
    return walk("starmap", rows, iterable)


def _groupby(m: Machine, iterable: Value, key: Value = None) -> Walk:
    """Neighbours of one key; a group ends where the next one is asked for."""
    source, kept = started(m, iterable), [END, END]  # the next value and its key

    def step() -> None:
        kept[0] = value = next(source, END)
        kept[1] = value if value is END or key is None else call(m, key, value)

    def group(mark: Value, now: list[bool]) -> Iterator[Value]:
        while now[0] and kept[0] is not END and equals(m, kept[1], mark):
            value = kept[0]
            step()
            yield value

    def groups() -> Iterator[Value]:
        step()
        while kept[0] is not END:
            mark, now = kept[1], [True]
            yield mark, walk("_grouper", group(mark, now), iterable)
            while kept[0] is not END and equals(m, kept[1], mark):
                m.budget.step()
                step()
            now[0] = False

    return walk("groupby", groups(), iterable)


def _compress(m: Machine, data: Value, selectors: Value) -> Walk:
    pairs = zip(started(m, data), started(m, selectors), strict=False)
    return walk("compress", (x for x, chosen in pairs if truth(m, chosen)), data, selectors)


def _filter_false(m: Machine, function: Value, iterable: Value) -> Walk:
    def kept(x: Value) -> bool:
        return not truth(m, x if function is None else call(m, function, x))

    return walk("filterfalse", (x for x in started(m, iterable) if kept(x)), iterable)


def _tee(m: Machine, iterable: Value, n: Value = 2) -> tuple[Walk, ...]:
    if not isinstance(n, int):
        raise type_error(f"'{type_name(n)}' object cannot be interpreted as an integer")
    if n < 0:
        raise value_error("n must be >= 0")
    m.budget.container(n)
    source, seen = started(m, iterable), list[Value]()

    def values() -> Iterator[Value]:
        at = 0
        while at < len(seen) or (value := next(source, END)) is not END:
            if at == len(seen):
                seen.append(value)
                m.budget.container(len(seen))
            at += 1
            yield seen[at - 1]

    return tuple(walk("_tee", values(), iterable) for _ in range(n))


def _while(name: str) -> Walks:
    """takewhile and dropwhile."""
    function: Any = getattr(itertools, name)

    def make(m: Machine, predicate: Value, iterable: Value) -> Walk:
        kept = function(lambda x: truth(m, call(m, predicate, x)), started(m, iterable))
        return walk(name, kept, iterable)

    return make


ITERTOOLS: Namespace = namespace(
    "itertools",
    {
        "product": _product,
        **{
            name: _chosen(name)
            for name in ("combinations", "permutations", "combinations_with_replacement")
        },
        "count": _count,
        "cycle": _cycle,
        "repeat": _repeat,
        "islice": _islice,
        "accumulate": _accumulate,
        "zip_longest": _longest,
        "pairwise": _pairwise,
        "starmap": _starmap,
        "takewhile": _while("takewhile"),
        "dropwhile": _while("dropwhile"),
        "groupby": _groupby,
        "compress": _compress,
        "filterfalse": _filter_false,
        "tee": _tee,
        "chain": _chain,
    },
)
OF_CLASSES["itertools.chain", "from_iterable"] = _chain_of
