"""A run seen as code, and as paths: the answers of /code and /counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any

import numpy as np

from app.engine import N_
from app.engine.primitives.own import own_gradient
from app.language.budget import Limits
from app.language.errors import LimitReached, Refused
from app.language.run import Run, execute, halved, without_fault
from app.story.code import Line, listing
from app.story.counts import Counts, call_of, marked
from app.story.courses import Passes, form_of
from app.story.export import WIDTH, export
from app.story.faulty_code import follows, note
from app.story.hooks import unwritten
from app.story.numbers import dumps, shown
from app.story.script import Among, Faulty, Script
from app.story.severed import moved_before
from app.story.telling import Telling
from app.story.updates import Course
from app.story.words import both
from app.story.written import TITLES, Unspoken

NOTHING = N_("Nothing is to be written down: the program computes with no array and no variable.")


def _run(
    request: Mapping[str, Any], limits: Limits, only: bool = False
) -> tuple[Run, Passes, tuple[int, Telling] | None]:
    """The run, its passes, and the one that is asked about: of a tick, or the first of a graph, or
    the one to choose where neither is named. only: nothing but that pass is wanted, and it is the
    first that differentiates where none is named. Raises Refused."""
    tick, graph = request.get("tick"), request.get("graph")
    passes = Passes(tick, only=only and graph is None)
    run = _watched(request, limits, passes)
    if tick is not None and tick >= passes.ticks and run.problem is None:
        raise Refused("no_tick", number=tick, count=passes.ticks)
    if not passes.courses:
        return run, passes, None
    if graph is not None:
        found = passes.first(graph)
        if found is None:
            raise Refused("no_graph", number=graph)
        return run, passes, found
    return run, passes, passes.at or (passes.differentiated if only else passes.main)


def _watched(request: Mapping[str, Any], limits: Limits, passes: Passes) -> Run:
    return execute(request, limits, watch=passes.watch, drawn=False, bounded=True)


@dataclass(frozen=True)
class Right:
    """The run without the fault, beside a pass of the run with it.

    told: its pass of the same number, if it has the same form; judged: whether it came so far."""

    told: Telling | None
    course: Course | None
    judged: bool


def _right(
    request: Mapping[str, Any], limits: Limits, number: int, told: Telling, only: bool = False
) -> Right | None:
    """The counterpart of a pass in the run without the fault; None without a fault."""
    if not request.get("fault"):
        return None
    passes = Passes(number=number, only=only)
    run = _watched(without_fault(request), halved(limits), passes)
    if passes.at is None:
        return Right(None, None, judged=run.problem is None)
    number, other = passes.at
    alike = form_of(other) == form_of(told)
    return Right(other if alike else None, passes.course(number) if alike else None, judged=True)


def _status(run: Run, lang: str) -> dict[str, Any]:
    problem = run.problem
    status = "ok" if problem is None else "limit" if isinstance(problem, LimitReached) else "error"
    return {"status": status, "diagnostic": problem.diagnostic(lang) if problem else None}


def code(request: Mapping[str, Any], limits: Limits) -> bytes:
    """A pass as code: the derivative line by line, or a script for a framework. Raises Refused."""
    fault = request.get("fault")
    run, passes, chosen = _run(request, halved(limits) if fault else limits)
    answer = {**_status(run, request.get("lang") or "en"), "language": request["language"]}
    script, graph = Script([], [both(NOTHING)] if run.problem is None else []), None
    if chosen is not None:
        number, told = chosen
        graph = passes.graphs[number]
        right = _right(request, limits, number, told)
        course, among = _part(passes, number, told, request)
        if right is None:
            script = _written(course, told, request, among)
        else:
            script = _faulty(course, told, request, right, among)
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


def _part(
    passes: Passes, number: int, told: Telling, request: Mapping[str, Any]
) -> tuple[Course, Among]:
    """What is written of the course of a pass: all of it, where it is a loop and not only a later
    pass of it is asked for; and where that stands in the run."""
    course = passes.course(number)
    among = Among(passes.place(number), course.count, len(passes.graphs) - course.count)
    named = request.get("tick") is not None and request.get("graph") is None
    whole = told is course.first or (course.loops and not named)
    return course if whole else course.of(told), among


def _faulty(
    course: Course, told: Telling, request: Mapping[str, Any], right: Right, among: Among
) -> Script:
    """The code of a run with a fault: with the fault in it where the language can make it, else
    that of the run without the fault; which of the two is said first."""
    fault, language = request["fault"], request["language"]
    without = right.course
    if without is not None and follows(fault, language, without):
        base = course if fault == "overwrite" else without
        script = _written(base, told, request, among, Faulty(fault, course, without))
        made = True
    else:
        script = _written(without or course, right.told or told, request, among)
        made = False
    marked = any(line.wrong for line in script.lines)
    said = note(fault, language, made, marked)
    comments = [Line(f"# {row}") for row in wrap(said[request.get("lang") or "en"], WIDTH)]
    if language == "python":
        comments = []
    return replace(script, notes=[said, *script.notes], lines=[*comments, *script.lines])


def _written(
    course: Course,
    told: Telling,
    request: Mapping[str, Any],
    among: Among,
    faulty: Faulty | None = None,
) -> Script:
    language, lang = request["language"], request.get("lang") or "en"
    if unwritten(course.first, language):
        events = [*told.events, *course.first.events]
        places = [span for event, _, span in events if event == "hook_changes"]
        library = TITLES.get(language, "NumPy")
        raise Refused("hooked_gradient", places[0] if places else None, library=library)
    if (moved := moved_before(course.first)) is not None:
        raise Refused("moved_before", moved.span, name=moved.name or "x")
    try:
        if language == "python":
            return Script(listing(told, faulty is not None, lang))
        script = export(course, language, lang, bool(request.get("whole")), faulty, among)
    except Unspoken as problem:
        if problem.op == own_gradient.sign:
            raise Refused("unwritten_gradient", problem.span, library=problem.library) from None
        raise Refused(
            "unspoken", problem.span, operation=problem.op, library=problem.library
        ) from None
    return replace(script, lines=list(_ticked(script.lines, course.first, told)))


def _ticked(lines: Iterable[Line], written: Telling, asked: Telling) -> Iterator[Line]:
    """The lines of a pass with the ticks of another of its form, which may have other events."""
    if written.ticks == asked.ticks:
        yield from lines
        return
    steps = [[i for i, tick in enumerate(x.ticks) if tick[0] != "event"] for x in (written, asked)]
    at = dict(zip(*steps, strict=True))
    yield from (replace(x, tick=None if x.tick is None else at[x.tick]) for x in lines)


def counts(request: Mapping[str, Any], limits: Limits) -> bytes:
    """The paths of a node and what differentiating costs. Raises Refused."""
    now = halved(limits) if request.get("fault") else limits
    run, passes, chosen = _run(request, now, only=True)
    answer: dict[str, Any] = _status(run, request.get("lang") or "en")
    if chosen is None:
        return dumps({**answer, "graph": None, "node": None})
    number, told = chosen
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
    right = _right(request, limits, number, told, only=True)
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
