"""The passes of a run by their form, as they go by; and the one that a question is about."""

from typing import Any

from app.story.telling import Telling
from app.story.updates import Course


class Found(Exception):
    """The pass that was looked for is here: nothing else of the run is wanted."""


class Passes:
    """Watches a run: the graph of each pass, and the courses of those that differ by no more than
    events, as a first pass does that has no gradients to discard.

    tick, number: of the pass that is looked for, `at`; only: whether the run may end there, which
    raises Found, and nothing but that pass is kept; where none is named it is the first that
    differentiates.
    """

    def __init__(self, tick: int | None = None, number: int | None = None, only: bool = False):
        self.tick, self.number, self.only = tick, number, only
        self._ended = False
        self._begin(recorded=False)

    def _begin(self, recorded: bool) -> None:
        self.recorded = recorded
        self.courses: list[Course] = []
        self.at: tuple[int, Telling] | None = None  # number, telling
        self.graphs: list[int] = []  # of each pass
        self.forms: list[int] = []  # of each pass: the number of its course
        self.ticks = 0
        self._numbers: dict[Any, int] = {}  # signature -> graph
        self._forms: dict[Any, int] = {}
        self._begun: list[Telling] = []  # the first pass of each graph

    def watch(self, told: Telling) -> None:
        """The next pass."""
        if self._ended:
            return
        if told.segment.recorded and not self.recorded:  # what came before is not told
            self._begin(recorded=True)
        number = self._numbers.setdefault(told.signature, len(self._numbers))
        if number == len(self._begun):
            self._begun.append(told)
        form = self._forms.setdefault(form_of(told), len(self._forms))
        if form == len(self.courses):
            self.courses.append(Course(told))
        elif not self.only:
            self.courses[form].follow(told)
        first = self.tick is not None and self.ticks <= self.tick
        if first or self.number == len(self.graphs):
            self.at = len(self.graphs), told
        self.graphs.append(number)
        self.forms.append(form)
        self.ticks += len(told.ticks)
        if self.only and self._is_it(told):
            self._ended = True
            raise Found

    def _is_it(self, told: Telling) -> bool:
        if self.tick is not None:
            return self.recorded and self.tick < self.ticks
        if self.number is not None:
            return self.recorded and self.at is not None
        return bool(told.calls)

    def first(self, graph: int) -> tuple[int, Telling] | None:
        """The first pass of a graph, by its number."""
        if graph >= len(self._begun):
            return None
        return self.graphs.index(graph), self._begun[graph]

    @property
    def differentiated(self) -> tuple[int, Telling]:
        """The first pass that differentiates, else the first."""
        found = next((i for i, one in enumerate(self.courses) if one.first.calls), 0)
        return self.forms.index(found), self.courses[found].first

    @property
    def main(self) -> tuple[int, Telling]:
        """What the program is about: the first pass of the form that most passes have, and most
        nodes; of those that differentiate, where any does."""
        found = [one for one in self.courses if one.first.calls] or self.courses
        course = max(
            found, key=lambda one: (one.count, bool(one.first.updates), len(one.first.items))
        )
        return self.forms.index(self.courses.index(course)), course.first

    def course(self, number: int) -> Course:
        """The course that a pass belongs to."""
        return self.courses[self.forms[number]]

    def place(self, number: int) -> int:
        """Which pass of its course it is, from 1."""
        return self.forms[: number + 1].count(self.forms[number])


def form_of(told: Telling) -> Any:
    """What tells a pass from one of another form: all of its graph but the events."""
    nodes, ticks, _, calls, places = told.signature
    return nodes, tuple(tick for tick in ticks if tick[0] != "event"), calls, places
