"""One program under the fuzzer's eye: what it may not do, whoever wrote it."""

import time
from json import loads
from types import SimpleNamespace

from held import check_text, check_values

from app.language import budget, run
from app.language.budget import Limits
from app.language.errors import Refused

LIMITS = Limits(
    seconds=0.3, operations=20_000, elements=20_000, length=10_000, trace=1_000_000, nodes=100
)
SLOWEST = 4.0  # seconds of processor time: the limit, and the trace of what was
_variables = run.variables


def watch() -> None:
    """From now on runs show what they hold, and their clock is the processor's.

    By that clock a busy machine ends no program early, and the same input does the same again."""
    run.variables = checked
    budget.time = SimpleNamespace(monotonic=time.process_time)


def checked(frame: run.Frame) -> object:
    """The variables of a trace, after a look at what they hold."""
    check_values(frame.values)
    return _variables(frame)


def tried(source: str) -> tuple[str, int | None]:
    """Runs one program: how it ended, and the line of its mistake. Raises AssertionError, or any
    exception of the program's own, where it does what none may do."""
    begun = time.process_time()
    try:
        answer = run.trace({"source": source}, LIMITS)
    except Refused as refused:
        told = refused.diagnostic()
        assert told["message"] and told["span"], f"no sentence or no place: {told}"
        return f"refused: {told['code']}", None
    took = time.process_time() - begun
    assert took < SLOWEST, f"too slow: {took} s"
    check_text(answer, source)
    parts = loads(answer)
    if parts["status"] == "ok":
        return "ok", None
    assert parts["diagnostic"]["message"] and parts["diagnostic"]["span"], "no place"
    line: int = parts["diagnostic"]["span"][0]
    return parts["status"], line
