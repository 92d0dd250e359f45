"""Passes of one graph, one behind the other: a column per number."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.story.numbers import FULL, base64, plain, shortest, summary

COLUMN = 10_000  # numbers that one column may hold in full; beyond it every entry is a summary


class Summaries:
    """Summaries of the arrays seen last: the same array stands in several columns."""

    def __init__(self, room: int = 64):
        self.room, self._known = room, dict[int, tuple[Any, Any]]()

    def of(self, data: Any) -> Any:
        if not isinstance(data, np.ndarray):
            return data
        known = self._known.get(id(data))
        if known is None:
            known = self._known[id(data)] = (data, summary(data))
            if len(self._known) > self.room:
                del self._known[next(iter(self._known))]
        return known[1]


class Column:
    """One number (or array) of a graph, pass by pass."""

    __slots__ = ("entries", "numbers", "short", "summaries")

    def __init__(self, summaries: Summaries) -> None:
        self.entries: list[Any] = []
        self.numbers = 0
        self.short = False
        self.summaries = summaries

    def append(self, data: Any) -> int:
        """Adds a pass's value; the estimated number of characters it takes."""
        size = getattr(data, "size", 1)
        self.numbers += size
        if not self.short and (size > FULL or self.numbers > COLUMN) and size > 1:
            self.short = True
            self.entries = [self.summaries.of(entry) for entry in self.entries]
        self.entries.append(self.summaries.of(data) if self.short else data)
        return 110 if self.short else 10 * (size or max(data.shape))  # or the rows without entries

    def as_json(self, packed: bool) -> Any:
        """The entries, ready to be dumped."""
        if packed and any(isinstance(entry, np.ndarray) for entry in self.entries):
            return [base64(x) if isinstance(x, np.ndarray) else x for x in self.entries]
        first = self.entries[0]
        if isinstance(first, np.ndarray | np.generic) and not self.short:
            try:
                stacked = np.array(self.entries)
            except ValueError:
                stacked = np.array([], dtype=object)
            kind = stacked.dtype.kind if stacked.dtype == first.dtype else "O"
            if kind in "biu" or (kind == "f" and np.isfinite(stacked).all()):
                return shortest(stacked)
        return [
            plain(entry) if isinstance(entry, np.ndarray | np.generic | float) else entry
            for entry in self.entries
        ]


class Run:
    """Consecutive passes of the same graph."""

    def __init__(self, graph: int, first: int, first_tick: int, head: dict[str, Any]):
        self.graph, self.first, self.first_tick, self.head = graph, first, first_tick, head
        self.count = 0
        self.summaries = Summaries()
        self.columns: dict[str, dict[str, Column]] = {
            kind: {} for kind in ("forward", "edge", "gradient", "state", "after")
        }

    def put(self, kind: str, key: str, data: Any) -> int:
        """Adds this pass's entry to a column; passes it missed are null."""
        column = self.columns.setdefault(kind, {}).setdefault(key, Column(self.summaries))
        while len(column.entries) < self.count:
            column.entries.append(None)
        return column.append(data)

    @contextmanager
    def one_pass(self) -> Iterator[None]:
        """A pass is told, whole or not at all: a limit, or memory, may end it."""
        try:
            yield
        except BaseException:
            self._drop_pass()
            raise
        self.end_pass()

    def _drop_pass(self) -> None:
        for columns in self.columns.values():
            for key, column in list(columns.items()):
                del column.entries[self.count :]
                if not column.entries:
                    del columns[key]

    def end_pass(self) -> None:
        """Fills what this pass left out."""
        self.count += 1
        for columns in self.columns.values():
            for column in columns.values():
                if len(column.entries) < self.count:
                    column.entries.append(None)

    def as_json(self, packed: bool) -> dict[str, Any]:
        return {
            "graph": self.graph,
            "first": self.first,
            "count": self.count,
            "first_tick": self.first_tick,
            **self.head,
            **{
                kind: {key: column.as_json(packed) for key, column in columns.items()}
                for kind, columns in self.columns.items()
            },
        }
