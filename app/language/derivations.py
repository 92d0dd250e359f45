"""A run seen as code, and as paths: the answers of /code and /counts."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.language.budget import Limits
from app.language.errors import LimitReached, Refused
from app.language.run import Run, execute
from app.story.code import Line, listing
from app.story.counts import Counts, call_of
from app.story.export import Unspoken, export
from app.story.graph import Graph
from app.story.numbers import dumps, shown
from app.story.steps import Window
from app.story.trace import Telling
from app.story.updates import Course


class Passes(Window):
    """The passes of each graph, as they go by; and the one at a tick."""

    def __init__(self, tick: int | None = None):
        super().__init__(None, None)
        self.tick = tick
        self.courses: list[Course] = []
        self.graphs: dict[int, int] = {}  # identity of a graph -> its number
        self.at: tuple[int, Telling] | None = None

    def keep(self, first_tick: int, told: Telling, graph: Graph) -> None:
        number = self.graphs.setdefault(id(graph), len(self.courses))
        if number == len(self.courses):
            self.courses.append(Course(told))
        else:
            self.courses[number].follow(told)
        if self.tick is not None and first_tick <= self.tick:
            self.at = number, told

    def chosen(self, graph: int | None) -> tuple[int, Telling]:
        """The pass that is asked about: by its tick or graph, else the first that differentiates.

        Raises Refused."""
        if self.at is not None and graph is None:
            return self.at
        if graph is None:
            differentiating = [i for i, one in enumerate(self.courses) if one.first.calls]
            graph = differentiating[0] if differentiating else 0
        if graph >= len(self.courses):
            raise Refused("no_graph", number=graph)
        return graph, self.courses[graph].first


def _run(request: Mapping[str, Any], limits: Limits) -> tuple[Run, Passes]:
    tick = request.get("tick")
    run = execute(request, limits, window=lambda: Passes(tick))
    window = run.trace.tale.window
    assert isinstance(window, Passes)
    if tick is not None and tick >= run.trace.tale.ticks and run.problem is None:
        raise Refused("no_tick", number=tick, count=run.trace.tale.ticks)
    return run, window


def _status(run: Run, lang: str) -> dict[str, Any]:
    problem = run.problem
    status = "ok" if problem is None else "limit" if isinstance(problem, LimitReached) else "error"
    return {"status": status, "diagnostic": problem.diagnostic(lang) if problem else None}


def code(request: Mapping[str, Any], limits: Limits) -> bytes:
    """A pass as code: the derivative line by line, or a script for a framework. Raises Refused."""
    run, passes = _run(request, limits)
    language = request["language"]
    answer = {**_status(run, request.get("lang") or "en"), "language": language}
    if not passes.courses:
        return dumps(
            {**answer, "graph": None, "text": "", "lines": [], "notes": [], "values": None}
        )
    number, told = passes.chosen(request.get("graph"))
    lines, notes, values = _written(passes.courses[number], told, request)
    return dumps(
        {
            **answer,
            "graph": number,
            "text": "".join(f"{line.text}\n" for line in lines),
            "lines": [line.as_json() for line in lines],
            "notes": notes,
            "values": values and {name: shown(np.asarray(x)[()]) for name, x in values.items()},
        }
    )


def _written(
    course: Course, told: Telling, request: Mapping[str, Any]
) -> tuple[list[Line], list[dict[str, str]], dict[str, Any] | None]:
    language = request["language"]
    if language == "python":
        return listing(told), [], None
    lang = request.get("lang") or "en"
    try:
        script = export(course, language, lang, bool(request.get("whole")))
    except Unspoken as problem:
        raise Refused(
            "unspoken", problem.span, operation=problem.op, library=problem.library
        ) from None
    return script.lines, script.notes, script.values


def counts(request: Mapping[str, Any], limits: Limits) -> bytes:
    """The paths of a node and what differentiating costs. Raises Refused."""
    run, passes = _run(request, limits)
    answer: dict[str, Any] = _status(run, request.get("lang") or "en")
    if not passes.courses:
        return dumps({**answer, "graph": None, "node": None})
    number, told = passes.chosen(request.get("graph"))
    answer["graph"] = number
    node = _node(request, told)
    found = node if isinstance(node, int) else None
    if found is None:
        return dumps({**answer, "node": None})
    item = told.items[found]
    call = call_of(told, item)
    if call is None:
        raise Refused("no_paths", name=item.name or f"v{found}")
    return dumps({**answer, **Counts(told, call).as_json(item)})


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
