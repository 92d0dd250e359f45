"""One process of the bench: asked for a piece of work, it answers with the median time.

Requests, one per line: `work variant seconds`. Answers, one JSON object per line.
"""

import gc
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import expressions  # noqa: E402
import optimizers  # noqa: E402
import surfaces  # noqa: E402
import training  # noqa: E402

WORK = expressions.WORK | training.WORK | surfaces.WORK | optimizers.WORK


def one_thread() -> None:
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def timed(work, seconds: float) -> float:
    """The median CPU time of the work, repeated for so many seconds: others use the machine too."""
    gc.collect()
    times: list[float] = []
    while sum(times) < seconds:
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return sorted(times)[len(times) // 2]


def main() -> None:
    ready: dict[tuple[str, str], object] = {}
    for request in sys.stdin:
        name, variant, seconds = request.split()
        try:
            if (name, variant) not in ready:
                work = WORK[name][variant]()
                one_thread()
                answer = work()  # also compiles, where a peer does
                ready[name, variant] = work
            else:
                work, answer = ready[name, variant], None
            told = {"time": timed(work, float(seconds))}
            if answer is not None:
                told["answer"] = np.ravel(answer).tolist()
            elif (name, variant) in ready:
                told["answer"] = []
        except ImportError as problem:
            told = {"missing": str(problem)}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
