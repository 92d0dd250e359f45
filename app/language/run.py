"""Runs a program: from its text to the trace, whatever happens on the way."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.engine import GraphFreed, Recording, Tensor, ones_like, record, with_fault
from app.engine import gradients as backward
from app.language import (  # noqa: F401  (what registers nodes, functions and methods)
    container_methods,
    definitions,
    reflection,
    text_methods,
    trying,
)
from app.language.budget import Budget, Limits
from app.language.dialects import KNOWN
from app.language.errors import Diagnosed, LimitReached, Refused
from app.language.expressions import expression
from app.language.grammar import parse
from app.language.machine import Births, Machine
from app.language.notes import notes
from app.language.scope import Context, Frame, bind
from app.language.statements import program
from app.language.values import NUMPY, TORCH, Array, Skipped, Value
from app.language.variables import Room, described, variables
from app.story.courses import Found
from app.story.faults import Marks, outcomes
from app.story.numbers import dumps, plain
from app.story.states import absences
from app.story.steps import Window
from app.story.telling import Telling
from app.story.trace import Trace

RESERVE = 64 * 1024 * 1024
"""Bytes kept aside (mapped, never touched) to end the trace with when a program meets the limit."""
Progress = Callable[[int, int], None]


@dataclass
class Run:
    """A program that has run: what it left, and how it ended."""

    trace: Trace
    machine: Machine
    frame: Frame
    value: Value
    problem: Diagnosed | None
    skipped: list[tuple[int, str]]


def trace(
    request: Mapping[str, Any], limits: Limits, progress: Progress = lambda passes, ticks: None
) -> bytes:
    """The JSON of the trace of `request` (see README.md). Raises Refused."""
    lang = request.get("lang") or "en"
    expand, element = request.get("expand"), request.get("element")
    bounds = (expand[0], expand[1]) if expand is not None else None
    looks = expand is not None or element is not None
    right = execute(without_fault(request), halved(limits)) if request.get("fault") else None
    run = execute(request, limits, progress, (lambda: Window(bounds, element)) if looks else None)
    problem = run.problem
    status = "ok" if problem is None else "limit" if isinstance(problem, LimitReached) else "error"
    answer = {
        "status": status,
        "diagnostic": problem.diagnostic(lang) if problem else None,
        "stdout": "".join(run.machine.printed),
        **run.trace.as_json(request.get("arrays") == "b64"),
        "notes": notes(run),
        "variables": variables(run.frame),
    }
    if right is not None:
        marks = Marks(request["fault"], run.trace, right.trace, right.problem is None)
        other = {
            "stdout": "".join(right.machine.printed),
            "echo": right.trace.tale.echo,
            "variables": variables(right.frame),
        }
        answer["fault"] = marks.as_json() | outcomes(answer, other, right.problem is None)
        for passes, wrong in zip(answer["passes"], marks.runs, strict=True):
            passes["wrong"] = wrong
    if run.trace.tale.window is not None:
        if expand is not None:
            answer["steps"] = run.trace.tale.window.steps
        if element is not None:
            answer["element"] = run.trace.tale.window.found
    return dumps(answer)


def without_fault(request: Mapping[str, Any]) -> dict[str, Any]:
    """The same request for the run as it should be."""
    return {name: part for name, part in request.items() if name != "fault"}


def halved(limits: Limits) -> Limits:
    """Half of the time, so that a run with a fault and one without it both end before the clock."""
    return replace(limits, seconds=limits.seconds / 2)


def execute(
    request: Mapping[str, Any],
    limits: Limits,
    progress: Progress = lambda passes, ticks: None,
    window: Callable[[], Window] | None = None,
    watch: Callable[[Telling], None] = lambda told: None,
    budget: Budget | None = None,
    births: Births | None = None,
    drawn: bool = True,
    bounded: bool = False,
) -> Run:
    """Parses and runs a program; errors at run time are part of the result.

    watch: given every pass that is told; budget: what is left, where several runs share it; births:
    of the program's leaves, where some shall have other numbers; drawn: whether graphs are, and so
    whether a pass may have no more nodes than can be drawn; bounded: whether it may not either
    way. `watch` may raise Found, which ends the run."""
    tree, places, skipped = parse(request["source"], limits.source)
    budget = budget or Budget(limits)
    full = budget.full if drawn or bounded else lambda what: None
    drawable = limits.nodes, limits.edges, full
    story = Trace(budget.written, progress, window, *drawable, watch, drawn)
    machine = Machine(budget, story.recorder, request.get("seed") or 0)
    machine.births = births
    frame = Frame()
    frame.values |= {**KNOWN, "plt": Skipped("plt"), "__name__": "__main__"}
    context = Context(places)
    inputs = request.get("inputs") or {}
    for name in inputs:
        if not name.isidentifier() or name.startswith("_"):
            raise Refused("inputs", name=name)
    alone = _lone_expression(tree) if inputs else None
    machine.formula = alone is not None
    body = program([] if alone is not None else tree.body, context)
    value_of = expression(alone, context) if alone is not None else None
    run = Run(story, machine, frame, None, None, skipped)
    reserve = [np.empty(RESERVE, np.uint8)]
    fault = with_fault(request.get("fault"))
    heard = np.errstate(all="log", under="ignore", call=machine.heard)
    with record(Recording.EVERYTHING), fault, heard:
        try:
            _bind_inputs(machine, frame, inputs, tracked=alone is not None)
            if value_of is not None and alone is not None:
                run.value = _differentiate(machine, frame, value_of, context.span(alone))
            else:
                body(machine, frame)
        except Found:
            return run
        except Diagnosed as problem:
            problem.span = problem.span or machine.span
            run.problem = problem
        except RecursionError:
            run.problem = LimitReached("recursion", machine.span, limit=limits.depth)
        except MemoryError:
            reserve.clear()
            run.problem = LimitReached("memory", machine.span)
        machine.ended = True
        try:
            with _forgiving(run), suppress(Found):
                story.recorder.end()
        except MemoryError:  # while the last pass was drawn: those before it are told
            reserve.clear()
            run.problem = run.problem or LimitReached("memory", machine.span)
    if run.problem is not None and run.problem.span is not None:
        marks = _marks(run, run.problem, places.lines)
        run.problem.seen = places.seen(run.problem.span, marks)
    return run


def _marks(run: Run, problem: Diagnosed, lines: Sequence[str]) -> Iterator[str]:
    """Facts of the run that tell one cause of an error's words from another."""
    words, last = problem.framework or "", run.trace.tale.last
    if "'NoneType'" in words and problem.span is not None:
        for (code, _), span in run.machine.notes.items():
            if span is not None and span[0] == problem.span[0]:
                yield f"[{code}]"
        for name, cause in absences(last) if last is not None else []:
            begun = any(line.strip().startswith(f"{name} = tf.Variable(") for line in lines)
            cause = "rebound" if cause == "not_watched" and begun else cause
            yield f"[none {name} {cause}]"
    if problem.code == "backward_twice":
        for name, value in run.frame.values.items():
            if isinstance(value, Array) and value.tensor.tracked and value.tensor.op is not None:
                yield f"[result {name}]"


@contextmanager
def _forgiving(run: Run) -> Iterator[None]:
    """The last pass may go over the limits; the first problem is the one that is told."""
    try:
        yield
    except LimitReached as problem:
        run.problem = run.problem or problem


def _lone_expression(tree: ast.Module) -> ast.expr | None:
    """The expression, where the whole program is one."""
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return tree.body[0].value
    return None


def _bind_inputs(m: Machine, frame: Frame, inputs: Mapping[str, Any], tracked: bool) -> None:
    """Gives the program its inputs: float64 variables of an expression, else NumPy values."""
    for name, given in inputs.items():
        data = m.numbers(given, np.float64)
        leaf = Array(Tensor(data, tracked=tracked), TORCH if tracked else NUMPY)
        m.recorder.born(leaf.tensor)
        bind(m, frame, name, leaf if tracked or leaf.tensor.ndim else float(data))


def _differentiate(m: Machine, frame: Frame, run: Any, span: Any) -> Value:
    """The value of a bare expression, and its gradient for every input."""
    value = run(m, frame)
    if isinstance(value, Array) and value.tensor.tracked:
        m.at(span)
        target = value.tensor
        sources = [x.tensor for x in frame.values.values() if isinstance(x, Array)]
        pairs = [(target, ones_like(target.data))]
        call = m.recorder.call("gradient", pairs, sources)
        found = backward(pairs, listener=m.recorder.listener(call))
        for source in sources:
            source.grad = Tensor(found[source]) if source in found else None
    return value


def gradients(request: Mapping[str, Any], limits: Limits) -> bytes:
    """Value and gradients only: the short road. Raises Refused."""
    return dumps(short(request, limits))


def short(
    request: Mapping[str, Any],
    limits: Limits,
    watch: Callable[[Telling], None] = lambda told: None,
    budget: Budget | None = None,
) -> dict[str, Any]:
    """The answer of the short road, without second derivatives.

    watch: given every pass that is told; budget: what is left."""
    lang = request.get("lang") or "en"
    run = execute(request, limits, watch=watch, budget=budget, drawn=False)
    if run.problem is not None:
        status = "limit" if isinstance(run.problem, LimitReached) else "error"
        return {"status": status, "diagnostic": run.problem.diagnostic(lang)}
    answer: dict[str, Any] = {"status": "ok", "diagnostic": None}
    names = {x.tensor: name for name, x in run.frame.values.items() if isinstance(x, Array)}
    target = request.get("target")
    if target is not None:
        run.value = run.frame.values.get(target)
        if not isinstance(run.value, Array):
            raise Refused("no_tensor", name=target)
    if run.value is None:
        answer |= _last_call(run, names)
    else:
        if not isinstance(run.value, Array):
            answer["value"], answer["gradients"] = described(run.value, Room())["value"], {}
            return answer
        with record(Recording.EVERYTHING), np.errstate(all="ignore"):
            try:
                found = backward([(run.value.tensor, None)]) if run.value.tensor.tracked else {}
            except GraphFreed:
                raise Refused("target_freed", name=target) from None
        answer["value"] = plain(run.value.tensor.data)
        answer["gradients"] = {
            name: plain(found[tensor]) if tensor in found else None
            for tensor, name in names.items()
            if tensor.op is None and tensor.tracked
        }
    wanted = request.get("wrt")
    if wanted is not None:
        for name in wanted:
            if name not in answer["gradients"]:
                raise Refused("no_gradient", name=name)
        answer["gradients"] = {name: answer["gradients"][name] for name in wanted}
    return answer


def _last_call(run: Run, names: Mapping[Tensor, str]) -> dict[str, Any]:
    """Target and gradients of the program's own last gradient call."""
    call = run.trace.last_call
    if call is None:
        return {"value": None, "gradients": {}}
    return {
        "value": plain(call.targets[0][0].data) if call.targets else None,  # none: of an integer
        "gradients": {
            source.name or f"v{i}": plain(np.asarray(call.gradient(source))[()])
            if source in call.arrived
            else None
            for i, source in enumerate(call.sources)
        },
    }


def function_of(
    source: str,
    names: Sequence[str],
    inputs: Mapping[str, Any],
    budget: Budget,
    seed: int = 0,
) -> Callable[..., Tensor] | None:
    """A bare expression as a function of the named numbers, one Tensor each; None for a program.

    inputs: the values of all other names. The function raises ProgramError and LimitReached.
    """
    tree, places, _ = parse(source, budget.limits.source)
    alone = _lone_expression(tree)
    if alone is None:
        return None
    run = expression(alone, Context(places))

    def f(*numbers: Tensor) -> Tensor:
        m = Machine(budget.again(), Trace().recorder, seed, formula=True)
        frame = Frame()
        frame.values |= KNOWN
        _bind_inputs(m, frame, inputs, tracked=True)
        for name, number in zip(names, numbers, strict=True):
            frame.values[name] = Array(number, TORCH)
        try:
            result = run(m, frame)
        except Diagnosed as problem:
            problem.span = problem.span or m.span
            raise
        if not isinstance(result, Array) or result.tensor.size != 1:
            raise Refused("not_number", places.span(alone))
        return result.tensor

    return f
