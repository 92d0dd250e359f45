"""A coverage-guided fuzzer over the language: `make fuzz`, SECONDS=1200 unless told.

An eighth of the inputs are raw bytes as program text, the others are choices of the grammar. Where
a statement of those fails it is taken out and the rest is tried, so that one mistake hides nothing
behind it. A finding is any exception but Refused, a refusal without a place, a run that takes
longer than its limit allows, a value of the host that a name leads to, or a text that shows one.
The first program of each kind of finding is written to crash-*.py, and the search goes on; one
that holds it up for ten minutes ends it (timeout-*). What was run is told now and then. SECONDS
are the processor's: on a machine that has other things to do the search takes longer, and is as
thorough.
"""

import os
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

# where boxes stand in a drawing is no way out, and most of the time would be spent on watching it
with atheris.instrument_imports(
    include=["app.language", "app.story"], exclude=["app.story.layout"]
):
    import trial

from grammar import program  # noqa: E402

SECONDS = float(os.environ.get("SECONDS") or 1200)
ROUNDS = 6
EVERY = 1_000  # inputs between two tellings
counts: Counter[str] = Counter()
findings: set[str] = set()
told = (time.process_time(), time.monotonic())


def noted(source: str) -> int | None:
    """Tries a program: the line of its mistake. What it does wrong is written down."""
    counts["programs"] += 1
    try:
        ending, line = trial.tried(source)
        counts[ending] += 1
        return line
    except Exception as wrong:
        *_, (frame, line) = traceback.walk_tb(wrong.__traceback__)
        place = f"{Path(frame.f_code.co_filename).stem}-{line}"
        words = str(wrong)[:40] if isinstance(wrong, AssertionError) else ""
        name = "".join(c if c.isalnum() else "-" for c in f"{type(wrong).__name__} {place} {words}")
        if name not in findings:
            findings.add(name)
            trace = "".join(f"# {one}\n" for one in traceback.format_exc().splitlines())
            Path(f"crash-{name}.py").write_text(f"{source}\n{trace}", errors="backslashreplace")
            print(f"FOUND {name}: {wrong!r:.200}", flush=True)
        return None


def tell() -> None:
    """Prints what was run so far, and how fast the last inputs were by processor and by clock."""
    global told
    before, told = told, (time.process_time(), time.monotonic())
    busy, passed = (round(now - then, 1) for now, then in zip(told, before, strict=True))
    print(
        f"SO FAR {dict(counts)}, {len(findings)} findings, {told[0]:.0f} s of processor time; "
        f"the last ones took {busy} s of it, {passed} s by the clock",
        flush=True,
    )


def attempt(data: bytes) -> None:
    """One input: a text as it is, or a program whose failing lines are taken out one by one."""
    counts["inputs"] += 1
    if time.process_time() > SECONDS:
        tell()
        os._exit(0)  # libFuzzer ends by the clock only
    elif counts["inputs"] % EVERY == 0:
        tell()
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
    trial.watch()
    atheris.Setup([*sys.argv, "-timeout=600"], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
