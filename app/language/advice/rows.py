"""What happened and what to change, told from the words of Python or of a framework.

A row holds for an error in whose words, at whose place and in whose program its patterns are
found; what they name fills its sentences. The first row that holds is told.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

LONG = 300  # characters of a line or a place: longer ones are not searched
WHOLE = 20_000  # of the program
WORDS = 1_000  # of an error: in what follows there are but a program's own texts
MOST = 20  # names at the place that are looked for in the program


class Row(NamedTuple):
    """words, written, program: patterns for the error's words, for what stands at its place, and
    for the whole program, in which {name} is what an earlier pattern has named; None always holds.
    happened, change: sentences; without `happened` that of the error's code stands."""

    words: str
    written: str | None
    program: str | None
    happened: str | None
    change: str


@dataclass(frozen=True)
class Seen:
    """What is known of an error's place. marks: facts that a row's words may ask for, such as
    [none w integer]: a gradient call gave None for w."""

    written: str
    lines: Sequence[str] = ()
    marks: list[str] = field(default_factory=list)

    @property
    def program(self) -> str:
        return "\n".join(line for line in self.lines if len(line) <= LONG)[:WHOLE]


NOTHING = Seen("")


def advice(
    rows: Sequence[Row], words: str, seen: Seen
) -> tuple[str | None, str, dict[str, str]] | None:
    """The sentences of the first row that holds, and what fills them."""
    told, program = "\n".join([words[:WORDS], *seen.marks]), seen.program
    for row in rows:
        for values in _found(row, told, seen.written[:LONG], program):
            return row.happened, row.change, values
    return None


def _found(row: Row, words: str, written: str, program: str) -> Iterator[dict[str, str]]:
    """What the patterns of a row name, in every way in which they hold; few ways are tried."""
    tried = []
    for first in islice(re.finditer(row.words, words), MOST):
        named = _named(first)
        places = re.finditer(row.written, written) if row.written else [None]
        for second in islice(places, MOST):
            values = named | (_named(second) if second else {})
            if values in tried:
                continue
            tried.append(values)
            if row.program is None:
                yield values
                continue
            pattern = row.program
            for name, value in values.items():
                pattern = pattern.replace(f"{{{name}}}", re.escape(value))
            if third := re.search(pattern, program, re.MULTILINE):
                yield values | _named(third)


def _named(match: re.Match[str]) -> dict[str, str]:
    """The groups that took part; size_n and size_t are other places of size."""
    return {name.split("_")[0]: text for name, text in match.groupdict().items() if text}
