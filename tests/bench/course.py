"""The network of the autograd course: traced through the language, and by hand in NumPy.

64 x 1000 -> 100 -> 10, float32, 500 passes of 101,000 parameters. Prints times and their ratio.
"""

import time
from pathlib import Path

import numpy as np

from app.language.budget import Limits
from app.language.run import trace

PROGRAM = Path(__file__).parents[2] / "app/web/programs"
REPEATS = 3


def by_hand():
    random = np.random.default_rng(0)
    x, y = (random.standard_normal((64, n)).astype(np.float32) for n in (1000, 10))
    w1 = random.standard_normal((1000, 100)).astype(np.float32)
    w2 = random.standard_normal((100, 10)).astype(np.float32)
    for _ in range(500):
        h = x @ w1
        r = np.maximum(h, 0)
        d = r @ w2 - y
        np.sum(d * d)
        g = 2 * d
        g2, gr = r.T @ g, g @ w2.T
        gr[h < 0] = 0
        w1 -= np.float32(1e-6) * (x.T @ gr)
        w2 -= np.float32(1e-6) * g2


def median(work):
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    source = next(PROGRAM.glob("*autograd*")).read_text(encoding="utf-8")
    base, ours = median(by_hand), median(lambda: trace({"source": source}, Limits()))
    print(f"64x1000-100-10, 500 passes, median of {REPEATS}")
    print(f"  NumPy by hand                    {base:6.3f} s   1.00 x")
    print(f"  traced: graph, columns, states   {ours:6.3f} s   {ours / base:.2f} x")
