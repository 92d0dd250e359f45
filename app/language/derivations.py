"""A run seen as code, and as paths: the answers of /code and /counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any

import numpy as np

from app.language.budget import Limits
from app.language.errors import LimitReached, Refused
from app.language.run import Run, execute, halved, without_fault
from app.story.code import Line, listing
from app.story.counts import Counts, call_of, marked
from app.story.export import WIDTH, Faulty, Script, Unspoken, export
from app.story.faulty_code import follows, note
from app.story.graph import Graph
from app.story.numbers import dumps, shown
from app.story.steps import Window
from app.story.trace import Telling
from app.story.updates import Course


class Passes(Window):
    """The passes of each graph, as they go by; and one of them, at a tick or by its number."""

    def __init__(self, tick: int | None = None, number: int | None = None):
        super().__init__(None, None)
        self.tick, self.number = tick, number
        self.courses: list[Course] = []
        self.numbers: dict[int, int] = {}  # identity of a graph -> its number
        self.graphs: list[int] = []  # of each pass
        self.at: tuple[int, Telling] | None = None  # the pass that is looked for: number, telling

    def keep(self, first_tick: int, told: Telling, graph: Graph) -> None:
        number = self.numbers.setdefault(id(graph), len(self.courses))
        if number == len(self.courses):
            self.courses.append(Course(told))
        else:
            self.courses[number].follow(told)
        before = self.tick is not None and first_tick <= self.tick
        if before or self.number == len(self.graphs):
            self.at = len(self.graphs), told
        self.graphs.append(number)

    def chosen(self, graph: int | None) -> tuple[int, Telling]:
        """The pass that is asked about, by its number: that of the tick, else the first one of the
        graph, else the first that differentiates. Raises Refused."""
        if self.at is not None and graph is None:
            return self.at
        if graph is None:
            differentiating = [i for i, one in enumerate(self.courses) if one.first.calls]
            graph = differentiating[0] if differentiating else 0
        if graph >= len(self.courses):
            raise Refused("no_graph", number=graph)
        return self.graphs.index(graph), self.courses[graph].first

    def course(self, number: int) -> Course:
        """The course that a pass belongs to."""
        return self.courses[self.graphs[number]]


def _run(request: Mapping[str, Any], limits: Limits) -> tuple[Run, Passes]:
    tick = request.get("tick")
    run, window = _windowed(request, limits, tick)
    if tick is not None and tick >= run.trace.tale.ticks and run.problem is None:
        raise Refused("no_tick", number=tick, count=run.trace.tale.ticks)
    return run, window


def _windowed(
    request: Mapping[str, Any], limits: Limits, tick: int | None = None, number: int | None = None
) -> tuple[Run, Passes]:
    run = execute(request, limits, window=lambda: Passes(tick, number))
    window = run.trace.tale.window
    assert isinstance(window, Passes)
    return run, window


@dataclass(frozen=True)
class Right:
    """The run without the fault, beside a pass of the run with it.

    told: its pass of the same number, if it has the same form; judged: whether it came so far."""

    told: Telling | None
    course: Course | None
    judged: bool


def _right(request: Mapping[str, Any], limits: Limits, number: int, told: Telling) -> Right | None:
    """The counterpart of a pass in the run without the fault; None without a fault."""
    if not request.get("fault"):
        return None
    run, passes = _windowed(without_fault(request), halved(limits), number=number)
    if passes.at is None:
        return Right(None, None, judged=run.problem is None)
    number, other = passes.at
    alike = _form(other) == _form(told)
    return Right(other if alike else None, passes.course(number) if alike else None, judged=True)


def _form(told: Telling) -> Any:
    """What tells a pass from one of another form: its nodes and ticks, without the events."""
    nodes = [(item.op and item.op.name, item.data.shape, item.name) for item in told.items]
    return nodes, [tick for tick in told.ticks if tick[0] != "event"]


def _status(run: Run, lang: str) -> dict[str, Any]:
    problem = run.problem
    status = "ok" if problem is None else "limit" if isinstance(problem, LimitReached) else "error"
    return {"status": status, "diagnostic": problem.diagnostic(lang) if problem else None}


def code(request: Mapping[str, Any], limits: Limits) -> bytes:
    """A pass as code: the derivative line by line, or a script for a framework. Raises Refused."""
    fault = request.get("fault")
    run, passes = _run(request, halved(limits) if fault else limits)
    answer = {**_status(run, request.get("lang") or "en"), "language": request["language"]}
    script, graph = Script([]), None
    if passes.courses:
        number, told = passes.chosen(request.get("graph"))
        graph = passes.graphs[number]
        right = _right(request, limits, number, told)
        if right is None:
            script = _written(passes.course(number), told, request)
        else:
            script = _faulty(passes.course(number), told, request, right)
    values = script.values
    return dumps(
        {
            **answer,
            "graph": graph,
            "text": "".join(f"{line.text}\n" for line in script.lines),
            "lines": [line.as_json() for line in script.lines],
            "notes": script.notes,
            "values": values and {name: shown(np.asarray(x)[()]) for name, x in values.items()},
            **({"wrong": script.wrong} if fault else {}),
        }
    )


def _faulty(course: Course, told: Telling, request: Mapping[str, Any], right: Right) -> Script:
    """The code of a run with a fault: with the fault in it where the language can make it, else
    that of the run without the fault; which of the two is said first."""
    fault, language = request["fault"], request["language"]
    without = right.course
    if without is not None and follows(fault, language, without):
        base = course if fault == "overwrite" else without
        script = _written(base, told, request, Faulty(fault, course, without))
        made = True
    else:
        script, made = _written(without or course, right.told or told, request), False
    marked = any(line.wrong for line in script.lines)
    said = note(fault, language, made, marked)
    comments = [Line(f"# {row}") for row in wrap(said[request.get("lang") or "en"], WIDTH)]
    if language == "python":
        comments = []
    return replace(script, notes=[said, *script.notes], lines=[*comments, *script.lines])


def _written(
    course: Course, told: Telling, request: Mapping[str, Any], faulty: Faulty | None = None
) -> Script:
    language, lang = request["language"], request.get("lang") or "en"
    if language == "python":
        return Script(listing(told, faulty is not None, lang))
    try:
        return export(course, language, lang, bool(request.get("whole")), faulty)
    except Unspoken as problem:
        raise Refused(
            "unspoken", problem.span, operation=problem.op, library=problem.library
        ) from None


def counts(request: Mapping[str, Any], limits: Limits) -> bytes:
    """The paths of a node and what differentiating costs. Raises Refused."""
    run, passes = _run(request, halved(limits) if request.get("fault") else limits)
    answer: dict[str, Any] = _status(run, request.get("lang") or "en")
    if not passes.courses:
        return dumps({**answer, "graph": None, "node": None})
    number, told = passes.chosen(request.get("graph"))
    answer["graph"] = passes.graphs[number]
    node = _node(request, told)
    found = node if isinstance(node, int) else None
    if found is None:
        return dumps({**answer, "node": None})
    item = told.items[found]
    call = call_of(told, item)
    if call is None:
        raise Refused("no_paths", name=item.name or f"v{found}")
    paths = Counts(told, call)
    answer |= paths.as_json(item)
    right = _right(request, limits, number, told)
    if right is not None:
        other = None
        if right.told is not None:
            other = Counts(right.told, call).as_json(right.told.items[found])
        lost = request["fault"] == "overwrite" and paths.meet(item)
        answer = marked(answer, other, lost, right.judged)
    return dumps(answer)


def _node(request: Mapping[str, Any], told: Telling) -> int | None:
    """The node that is asked about: by number or name, else the first source of the last call."""
    if request.get("node") is not None:
        if request.get("name") is not None:
            raise Refused("node_and_name", number=request["node"], name=request["name"])
        if request["node"] >= len(told.items):
            raise Refused("no_node", number=request["node"])
        return int(request["node"])
    name = request.get("name")
    if name is not None:
        named = [i for item, i in told.node.items() if item.name == name]
        if not named:
            raise Refused("no_named_node", name=name)
        return named[-1]
    sources = [x for call in told.calls for x in call.sources if x in call.arrived]
    return told.node[sources[0]] if sources else None
