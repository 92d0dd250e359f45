"""`make bench`: what Gradtape's speed is, against NumPy by hand, the peers, and the limit.

One process per peer and piece of work, one thread, the garbage collector on; in every round each
peer does the work again, and the medians of CPU time over the rounds count. Only ratios mean
anything. The peers micrograd, PyTorch and JAX are optional installs: they are asked where the
interpreter named in PEERS (default: this one) has them, and said to be missing where not.
Rows without bounds follow: what a program costs more here than elsewhere (overhead.py).
`limit` is what is left of a row when only NumPy's own kernels or calls run: nothing built on NumPy
can be faster. Ends with 1 where a bound is missed or two peers have different answers.
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROUNDS, SECONDS = 5, 0.15  # an odd number of rounds has a middle one
ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1") | {
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
}
PEERS = os.environ.get("PEERS", sys.executable)
OF_PEERS = ("micrograd", "torch", "jax")


class Row(NamedTuple):
    """A line of the table: our variant of a work, and the most it may take of each peer's time."""

    title: str
    work: str
    ours: str
    bounds: dict[str, float]


ROWS = [
    Row("1,000 operations, recorded and differentiated", "expression", "recorded",
        {"micrograd": 0.55, "torch": 0.30}),
    Row("1,000 operations, replayed", "expression", "replayed", {"hand": 1.5}),
    Row("f, f', f'' of 20 operations, recorded", "curve", "recorded", {"torch": 0.30}),
    Row("f, f', f'' of 20 operations, replayed", "curve", "replayed", {"jax": 1.0}),
    Row("64x1000-100-10, 500 iterations, replayed", "network", "replayed", {"hand": 1.10}),
    Row("64x1000-100-10, 500 iterations, recorded", "network", "recorded", {"hand": 1.30}),
    Row("2-16-16-1 tanh, 2,000 steps, replayed", "small", "replayed", {"hand": 1.15}),
    Row("w x + b on 100 points, 500 steps, replayed", "line", "replayed", {"hand": 2.0}),
    Row("its 201x201 surface", "plane", "replayed", {"hand": 1.0}),
    Row("101x101 slice of the 2-16-16-1 loss", "slice", "replayed", {"hand": 0.85}),
    Row("64x1000-100-10, 500 iterations, traced", "network", "traced", {}),
    Row("8 optimizers x 1,000 steps on Rosenbrock", "descents", "replayed", {}),
]  # fmt: skip


class Peer:
    """A process that works when it is asked to."""

    def __init__(self, interpreter: str):
        self._process = subprocess.Popen(
            [interpreter, str(Path(__file__).with_name("peer.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )

    def ask(self, work: str, variant: str) -> dict:
        self._process.stdin.write(f"{work} {variant} {SECONDS}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{variant} of {work} ended with {self._process.wait()}")
        return json.loads(answer)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def measured() -> tuple[dict, dict]:
    """Medians by (work, variant), and the answers of the first round."""
    from peer import WORK

    times: dict[tuple[str, str], float] = {}
    answers: dict[tuple[str, str], list[float]] = {}
    for work, variants in WORK.items():
        peers = {one: Peer(PEERS if one in OF_PEERS else sys.executable) for one in variants}
        told = defaultdict(list)
        for _ in range(ROUNDS):
            for variant, peer in peers.items():
                told[variant].append(peer.ask(work, variant))
        for variant, rounds in told.items():
            peers[variant].close()
            if "missing" not in rounds[0]:
                times[work, variant] = sorted(one["time"] for one in rounds)[ROUNDS // 2]
                answers[work, variant] = rounds[0]["answer"]
    return times, answers


def disagreements(answers: dict) -> list[str]:
    """Works on which two variants do not have the same answer."""
    first: dict[str, list[float]] = {}
    found = []
    for (work, variant), answer in answers.items():
        if variant in ("limit", "traced"):
            continue
        # 500 steps in float32, in each processor's order; RMSprop enlarges rounding errors
        tolerance = {"network": 5e-2, "descents": 5e-2}.get(work, 1e-6)
        if not np.allclose(first.setdefault(work, answer), answer, rtol=tolerance, atol=1e-9):
            found.append(f"{variant} of {work}")
    return found


def show(times: dict) -> bool:
    """Prints the table; whether every bound is met."""
    met = True
    for title, work, ours, bounds in ROWS:
        mine = times[work, ours]
        print(f"\n{title}: {mine * 1e3:.3f} ms")
        for variant in ("hand", *OF_PEERS, "limit"):
            ratio = mine / times[work, variant] if (work, variant) in times else None
            bound = bounds.get(variant)
            asked = f"at most {bound:.2f}" if bound is not None else ""
            if ratio is None:
                if bound is not None:
                    print(f"  {variant:10} {'not installed':>13}   {asked}")
                continue
            verdict = "" if bound is None else "met" if ratio <= bound else "NOT MET"
            met = met and verdict != "NOT MET"
            print(f"  {variant:10} {ratio:11.2f} x   {asked} {verdict}".rstrip())
    return met


def overhead() -> None:
    """The rows without bounds, from a process of their own."""
    subprocess.run([sys.executable, Path(__file__).with_name("overhead.py")], check=True)


def main() -> None:
    begun = time.perf_counter()
    medians, answers = measured()
    all_met = show(medians)
    wrong = disagreements(answers)
    print(f"\n{ROUNDS} rounds, {time.perf_counter() - begun:.0f} s.", end=" ")
    print("Every bound that could be tried is met." if all_met else "Not every bound is met.")
    if wrong:
        print(f"Different answers: {', '.join(wrong)}")
    overhead()
    sys.exit(bool(wrong) or not all_met)


if __name__ == "__main__":
    main()
