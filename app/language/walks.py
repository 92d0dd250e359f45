"""Walking through values: what a loop, an unpacking or a comprehension is given, one by one.

Generator expressions, zip, map, filter, enumerate, reversed and iter are lazy, as in Python: each
value is made, and charged, when it is asked for, and comes only once.
"""

from collections.abc import Callable, Iterator
from typing import Any

from app.engine.primitives.indexing import getitem
from app.language import classes
from app.language.collected import Deque
from app.language.errors import (
    LimitReached,
    ProgramError,
    exhausted,
    given_back,
    type_error,
    value_error,
)
from app.language.guarded import guarding
from app.language.machine import Machine
from app.language.text import text_of
from app.language.values import (
    NUMPY,
    TORCH,
    Array,
    Instance,
    Set,
    Shape,
    Skipped,
    Value,
    View,
    Walk,
    type_name,
)
from app.language.views import ArrayView

END: Any = object()
DEEPEST = 50  # walks that draw from walks


def iterate(m: Machine, value: Value) -> Iterator[Value]:
    """The entries of anything that can be walked through, each charged."""
    for entry in _entries(m, value):
        m.budget.step()
        yield entry


def can_be_walked(m: Machine, value: Value) -> bool:
    """Whether a loop over it begins."""
    if isinstance(value, Array):
        return bool(value.tensor.ndim)
    if isinstance(value, Instance):
        line = value.of.line()
        found = [classes.find(m, line, name, value) for name in ("__iter__", "__getitem__")]
        return any(one is not classes.ABSENT for one in found)
    plain = isinstance(value, str | list | tuple | dict | range)
    return plain or isinstance(value, Set | View | Walk | Shape | Skipped)


def _entries(m: Machine, value: Value) -> Iterator[Value]:
    if isinstance(value, Deque):
        yield from _unchanged(value)
    elif isinstance(value, range | str | list):
        yield from value
    elif isinstance(value, tuple | dict):
        yield from list(value)
    elif isinstance(value, Walk):
        while (entry := advance(value)) is not END:
            yield entry
    elif isinstance(value, Set):
        yield from value.ordered()
    elif isinstance(value, View):
        yield from value.entries()
    elif isinstance(value, Shape):
        yield from value.lengths
    elif isinstance(value, Instance):
        yield from _of_instance(m, value)
    elif isinstance(value, Array) and value.tensor.ndim:
        for i in range(value.tensor.shape[0]):
            yield _unbound(row(m, value, i), i)
    elif isinstance(value, Array):
        words = {TORCH: "iteration over a 0-d tensor", NUMPY: "iteration over a 0-d array"}
        raise type_error(words.get(value.kind, "Cannot iterate over a scalar tensor."))
    elif not isinstance(value, Skipped):
        raise type_error(f"'{type_name(value)}' object is not iterable")


def _unchanged(row: Deque) -> Iterator[Value]:
    """The entries of a row that may not be changed meanwhile."""
    before = row.changes
    for entry in row:
        yield entry
        if row.changes != before:
            words = "RuntimeError: deque mutated during iteration"
            raise ProgramError("raised", framework=words, detail=words)


def _of_instance(m: Machine, value: Instance) -> Iterator[Value]:
    """By __iter__, or by __getitem__ up to its IndexError, or to __len__ as datasets have it."""
    found = classes.special(m, value, "__iter__")
    if found is not classes.ABSENT:
        yield from _of_iterator(m, found)
        return
    if classes.find(m, value.of.line(), "__getitem__", value) is classes.ABSENT:
        raise type_error(f"'{type_name(value)}' object is not iterable")
    length = classes.special(m, value, "__len__")
    i = 0
    while not isinstance(length, int) or i < length:
        m.budget.step()
        try:
            entry = classes.special(m, value, "__getitem__", i)
        except ProgramError as problem:
            if problem.code != "index":
                raise
            return
        yield entry
        i += 1


def _of_iterator(m: Machine, found: Value) -> Iterator[Value]:
    """The values of what an __iter__ gave."""
    if isinstance(found, Instance) and _goes_on(m, found):
        while (entry := advance_instance(m, found)) is not END:
            yield entry
    elif isinstance(found, Walk):
        yield from _entries(m, found)
    else:
        raise type_error(f"iter() returned non-iterator of type '{type_name(found)}'")


def _goes_on(m: Machine, value: Instance) -> bool:
    return classes.find(m, value.of.line(), "__next__", value) is not classes.ABSENT


def advance_instance(m: Machine, value: Instance) -> Value:
    """What its __next__ gives, or END where that raises StopIteration."""
    try:
        found = classes.special(m, value, "__next__")
    except ProgramError as problem:
        if problem.code != "exhausted":
            raise
        return END
    if found is classes.ABSENT:
        raise type_error(f"'{type_name(value)}' object is not an iterator")
    return found


def _unbound(entry: Array, i: int) -> Array:
    """A row as PyTorch's loops see it: one of several views that are made at once."""
    if isinstance(entry, ArrayView) and entry.kind == TORCH:
        entry.several = ("Unbind", i)
    return entry


def row(m: Machine, value: Array, key: Any) -> Array:
    """value[key]"""
    return m.apply(lambda x: getitem(x, key), value)


def advance(walk: Walk) -> Value:
    """Its next value, or END."""
    if walk.running:
        raise value_error("generator already executing")
    walk.running = True
    try:
        with guarding("next", walk):
            return next(walk.values, END)
    finally:
        walk.running = False


def walk(kind: str, values: Iterator[Value], *sources: Value) -> Walk:
    """A lazy walk through `values`, which draws from the sources."""
    depth = 1 + max((one.depth for one in sources if isinstance(one, Walk)), default=0)
    if depth > DEEPEST:
        raise LimitReached("recursion", limit=DEEPEST)
    return Walk(kind, values, depth)


# -- the built-in functions that make walks. Their sources are looked at when they are called.


def started(m: Machine, value: Value) -> Iterator[Value]:
    """iterate(), with the error of a value that cannot be walked through at once."""
    if not can_be_walked(m, value):
        next(_entries(m, value), None)
    return iterate(m, value)


def zip_(m: Machine, *columns: Value, strict: Value = False) -> Walk:
    walks = [started(m, column) for column in columns]

    def rows() -> Iterator[Value]:
        try:
            yield from zip(*walks, strict=bool(strict))
        except ValueError as problem:
            raise value_error(str(problem)) from None

    return walk("zip", rows(), *columns)


def enumerate_(m: Machine, iterable: Value, start: Value = 0) -> Walk:
    if not isinstance(start, int):
        raise type_error(f"'{type_name(start)}' object cannot be interpreted as an integer")
    return walk("enumerate", enumerate(started(m, iterable), start), iterable)


def map_(call: Callable[..., Value]) -> Callable[..., Walk]:
    def make(m: Machine, function: Value, *columns: Value) -> Walk:
        if not columns:
            raise type_error("map() must have at least two arguments.")
        rows = zip(*[started(m, column) for column in columns], strict=False)
        return walk("map", (call(m, function, *row) for row in rows), *columns)

    return make


def filter_(
    call: Callable[..., Value], truth: Callable[[Machine, Value], bool]
) -> Callable[..., Walk]:
    def make(m: Machine, function: Value, values: Value) -> Walk:
        def kept(value: Value) -> bool:
            return truth(m, value if function is None else call(m, function, value))

        return walk("filter", (x for x in started(m, values) if kept(x)), values)

    return make


def reversed_(m: Machine, values: Value) -> Value:
    own = classes.special(m, values, "__reversed__")
    if own is not classes.ABSENT:
        return own
    if not isinstance(values, str | list | tuple | range | dict | View | Array):
        raise type_error(f"'{type_name(values)}' object is not reversible")
    found = list(iterate(m, values))
    kind = "list_reverseiterator" if isinstance(values, list) else "reversed"
    return walk(kind, iter(found[::-1]))


def iter_(call: Callable[..., Value], equals: Callable[..., bool]) -> Callable[..., Value]:
    def until(m: Machine, function: Value, last: Value) -> Iterator[Value]:
        while not equals(m, value := call(m, function), last):
            yield value

    def make(m: Machine, values: Value, *last: Value) -> Value:
        if len(last) > 1:
            raise type_error(f"iter expected at most 2 arguments, got {1 + len(last)}")
        return walk("callable_iterator", until(m, values, *last)) if last else _iter(m, values)

    return make


def _iter(m: Machine, values: Value) -> Value:
    if isinstance(values, Walk):
        return values
    found = classes.special(m, values, "__iter__")
    if found is not classes.ABSENT:
        if not isinstance(found, Walk) and not (isinstance(found, Instance) and _goes_on(m, found)):
            raise type_error(f"iter() returned non-iterator of type '{type_name(found)}'")
        return found
    return walk(f"{type_name(values)}_iterator", started(m, values), values)


def next_(m: Machine, values: Value, *default: Value) -> Value:
    if not isinstance(values, Walk | Instance):
        raise type_error(f"'{type_name(values)}' object is not an iterator")
    m.budget.step()
    back = values.back if isinstance(values, Walk) else []
    before = len(back)
    found = advance(values) if isinstance(values, Walk) else advance_instance(m, values)
    if found is not END:
        return found
    if default:
        return default[0]
    if len(back) > before:  # told once: who asks again hears only that it has ended
        raise given_back(back[0], text_of(back[0]))
    raise exhausted()
