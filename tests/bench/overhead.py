"""What a program costs more here than elsewhere: per statement, per operation, to the first tick.

`python tests/bench/overhead.py`, and a part of `make bench`; no bounds. A statement is timed in a
loop of a program, less the empty loop, in processor time, as the median of some rounds; CPython
runs the same text. Operations have NumPy and, where PEERS has it, PyTorch beside them. The first
tick is what POST /api/v1/trace streams first of S0, the linear fit: the median of twenty.
"""

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from walls import S0, posted, server  # noqa: E402

from app.language import run  # noqa: E402
from app.language.budget import Limits  # noqa: E402

ROUNDS, TURNS, TICKS = 5, 20_000, 20
LIMITS = Limits(operations=10**9, seconds=60.0)
PEERS = os.environ.get("PEERS", sys.executable)
STATEMENTS = {
    "x = i + 1": "",
    "if i % 3 == 0: x = i": "",
    "x = f(i)": "def f(n): return n",
    "xs.append(i)": "xs = []",
    "x = xs[i % 3]": "xs = [1, 2, 3]",
    "x = 2.0 * y + i": "y = 0.5",
}
OPERATIONS = {
    f"b = {module}.tanh(a)  # {size:,} numbers": f"import {module}\na = {module}.ones({size})"
    for module in ("numpy", "torch")
    for size in (10, 10_000)
}
# one program, run by whoever runs it: seconds of a turn of the loop
LOOP = """
import time
def once(body, turns):
    code = compile(f"{setup}\\nfor i in range({turns}):\\n    {body}", "program", "exec")
    begun = time.process_time()
    exec(code, {})
    return time.process_time() - begun
def turn():
    return (once(body, turns) - once("pass", turns)) / turns
print(*[turn() for _ in range(rounds)])
"""


def ours(setup: str, body: str, turns: int) -> float:
    """Seconds that one more statement takes here."""

    def once(body: str) -> float:
        program = {"source": f"{setup}\nfor i in range({turns}):\n    {body}\n"}
        begun = time.process_time()
        ended = run.execute(program, LIMITS)
        took = time.process_time() - begun
        assert ended.problem is None, ended.problem
        return took

    return statistics.median((once(body) - once("pass")) / turns for _ in range(ROUNDS))


def theirs(setup: str, body: str, turns: int) -> float | None:
    """The same under CPython, in a process of its own; None where the module is not installed."""
    names = f"setup, body, turns, rounds = {setup!r}, {body!r}, {turns}, {ROUNDS}\n"
    interpreter = PEERS if "torch" in setup else sys.executable
    ended = subprocess.run(
        [interpreter, "-c", names + LOOP],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    if "No module named" in ended.stderr:
        return None
    ended.check_returncode()
    return statistics.median(map(float, ended.stdout.split()))


def costs() -> None:
    """Prints a row for each statement and operation."""
    print(f"\n{'statement':40} {'here':>9} {'there':>9} {'ratio':>7}")
    for body, setup in (STATEMENTS | OPERATIONS).items():
        turns = TURNS if body in STATEMENTS else TURNS // 10
        mine, other = ours(setup, body, turns), theirs(setup, body, turns)
        told = f"{mine * 1e6:6.2f} µs"
        if other is None:
            print(f"{body:40} {told} not installed")
        else:
            print(f"{body:40} {told} {other * 1e6:6.2f} µs {mine / other:7.1f}")


def ticks(address: str) -> tuple[list[float], list[float]]:
    """Seconds to the first tick of S0 and to its whole trace, each program asked for anew."""
    first, whole = [], []
    source = next(S0).read_text()
    for i in range(-2, TICKS):
        request = posted(address, f"{source}\n# {i}", "text/event-stream")
        begun = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as response:
            for line in response:
                if line.startswith(b"event: progress") and len(first) == len(whole):
                    first.append(time.perf_counter() - begun)
                if line.startswith(b"event: result"):
                    break
            response.read()
        whole.append(time.perf_counter() - begun)
        assert len(first) == len(whole), "no progress was told"
        if i < 0:  # the workers' first programs
            first.clear()
            whole.clear()
    return first, whole


def main() -> None:
    costs()
    with server() as address:
        first, whole = ticks(address)
    for name, found in (("first tick", first), ("whole trace", whole)):
        print(f"S0, {name}: median {statistics.median(found) * 1000:.0f} ms of {TICKS}")


if __name__ == "__main__":
    main()
