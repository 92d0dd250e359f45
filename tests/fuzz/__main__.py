"""A coverage-guided fuzzer over the language: `make fuzz`, SECONDS=1200 unless told.

An eighth of the inputs are raw bytes as program text, the others are choices of the grammar. Where
a statement of those fails it is taken out and the rest is tried, so that one mistake hides nothing
behind it. A finding is any exception but Refused, a refusal without a place, a run that takes
longer than its limit allows, a value of the host that a name leads to, or a text that shows one.
The first program of each kind of finding is written to crash-*.py, and the search goes on; one
that holds it up for half a minute ends it (timeout-*). What was run is told now and then.
"""

import sys
import time
import traceback
from collections import Counter
from json import loads
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

with atheris.instrument_imports(include=["app.language", "app.story"]):
    from app.language import run
    from app.language.budget import Limits
    from app.language.errors import Refused

from grammar import program  # noqa: E402
from held import check_text, check_values  # noqa: E402

LIMITS = Limits(
    seconds=0.3, operations=20_000, elements=20_000, length=10_000, trace=1_000_000, nodes=100
)
SLOWEST = 4.0  # seconds of processor time: the limit, and the trace of what was
ROUNDS = 6
counts: Counter[str] = Counter()
findings: set[str] = set()
variables = run.variables


def checked(frame: run.Frame) -> object:
    """The variables of a trace, after a look at what they hold."""
    check_values(frame.values)
    return variables(frame)


def tried(source: str) -> int | None:
    """Runs one program; the line of its mistake. Raises where it does what none may do."""
    begun = time.process_time()
    try:
        answer = run.trace({"source": source}, LIMITS)
    except Refused as refused:
        told = refused.diagnostic()
        assert told["message"] and told["span"], f"no sentence or no place: {told}"
        counts[f"refused: {told['code']}"] += 1
        return None
    took = time.process_time() - begun
    assert took < SLOWEST, f"too slow: {took} s"
    check_text(answer, source)
    parts = loads(answer)
    counts[parts["status"]] += 1
    if parts["status"] == "ok":
        return None
    assert parts["diagnostic"]["message"] and parts["diagnostic"]["span"], "no place"
    line: int = parts["diagnostic"]["span"][0]
    return line


def noted(source: str) -> int | None:
    """The same, with what it does wrong written down."""
    counts["programs"] += 1
    try:
        return tried(source)
    except Exception as wrong:
        *_, (frame, line) = traceback.walk_tb(wrong.__traceback__)
        place = f"{Path(frame.f_code.co_filename).stem}-{line}"
        words = str(wrong)[:40] if isinstance(wrong, AssertionError) else ""
        name = "".join(c if c.isalnum() else "-" for c in f"{type(wrong).__name__} {place} {words}")
        if name not in findings:
            findings.add(name)
            told = "".join(f"# {one}\n" for one in traceback.format_exc().splitlines())
            Path(f"crash-{name}.py").write_text(f"{source}\n{told}", errors="backslashreplace")
            print(f"FOUND {name}: {wrong!r:.200}", flush=True)
        return None


def attempt(data: bytes) -> None:
    """One input: a text as it is, or a program whose failing lines are taken out one by one."""
    counts["inputs"] += 1
    if counts["inputs"] % 1_000 == 0:
        print(f"SO FAR {dict(counts)}, {len(findings)} findings", flush=True)
    if data[:1] and data[0] % 8 == 0:
        noted(data[1:].decode(errors="surrogateescape" if data[0] & 8 else "replace"))
        return
    lines = program(data[1:]).split("\n")
    for _ in range(ROUNDS):
        wrong = noted("\n".join(lines))
        if wrong is None or lines[wrong - 1].endswith(":") or lines[wrong - 1].lstrip() == "pass":
            return
        old = lines[wrong - 1]
        lines[wrong - 1] = old[: len(old) - len(old.lstrip())] + "pass"


def main() -> None:
    run.variables = checked
    atheris.Setup([*sys.argv, "-timeout=30"], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
