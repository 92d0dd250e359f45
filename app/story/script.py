"""What a script is, and which of the passes of a run it writes down."""

from dataclasses import dataclass, field
from typing import Any

from app.story.code import Line
from app.story.updates import Course


@dataclass
class Script:
    """Lines of code, what the reader should know, and the numbers that running it must give.

    wrong: the names of those numbers that a fault has spoilt."""

    lines: list[Line]
    notes: list[dict[str, str]] = field(default_factory=list)
    values: dict[str, Any] | None = None
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Among:
    """Where a pass stands in its run: which of how many of its form, and how many of other forms
    there are."""

    number: int
    count: int
    others: int


@dataclass(frozen=True)
class Faulty:
    """A fault that a script makes: its kind, the course of the run with it and without it."""

    kind: str
    course: Course
    right: Course
