"""The containers of Python's own collections, as a program holds them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Value = Any


class OrderedDict(dict[Any, Value]):
    """A collections.OrderedDict."""


class DefaultDict(dict[Any, Value]):
    """A collections.defaultdict: what it lacks is made as it is read.

    make: how, None where it is not; factory: the value of the program that does."""

    def __init__(
        self, entries: Mapping[Any, Value], make: Callable[[], Value] | None, factory: Value
    ):
        super().__init__(entries)
        self.make, self.factory = make, factory


class Counter(dict[Any, Value]):
    """A collections.Counter."""


class Deque(list[Value]):
    """A collections.deque. most: its maxlen; changes: how often it was changed."""

    def __init__(self, entries: Iterable[Value] = (), most: int | None = None):
        super().__init__(entries)
        self.most, self.changes = most, 0
