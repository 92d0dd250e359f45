"""A coverage-guided fuzzer over the language: `make fuzz`, SECONDS=1200 unless told.

Half of the inputs are raw bytes as program text, half are choices of the grammar. A finding is any
exception but Refused, a run that takes longer than its limit allows, or a value of the host among
the variables. libFuzzer ends at the first and writes the input beside it (crash-*).
"""

import json
import sys
import time
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from grammar import program  # noqa: E402

with atheris.instrument_imports(include=["app.language", "app.story"]):
    from app.language import run
    from app.language.budget import Limits
    from app.language.errors import Refused

LIMITS = Limits(
    seconds=0.3, operations=20_000, elements=20_000, length=10_000, trace=1_000_000, nodes=100
)
KINDS = {"tensor", "bool", "number", "string", "none", "list", "dict", "set", "function", "object"}
SLOWEST = 5.0  # seconds of processor time: the limit, and the trace of what was


def source_of(data: bytes) -> str:
    """The program that these bytes stand for."""
    if data[:1] and data[0] & 1:
        return data[1:].decode(errors="surrogatepass" if data[0] & 2 else "replace")
    return program(data[1:])


def attempt(data: bytes) -> None:
    """One program, run; raises where it does what none may do."""
    try:
        source = source_of(data)
    except UnicodeDecodeError:
        return
    begun = time.process_time()
    try:
        answer = json.loads(run.trace({"source": source}, LIMITS))
    except Refused as refused:
        assert refused.diagnostic()["message"]
        return
    assert time.process_time() - begun < SLOWEST, "too slow"
    assert answer["status"] in ("ok", "limit", "error")
    if answer["status"] != "ok":
        assert answer["diagnostic"]["span"] is not None, "no place"
    for value in answer["variables"].values():
        assert value["kind"] in KINDS, value["kind"]


if __name__ == "__main__":
    atheris.Setup(sys.argv, attempt)
    atheris.Fuzz()
