"""A worker: one limited process that runs one job after another and answers in frames.

Started as `python -I -m app.work.worker [bytes of memory]` with an empty environment.
It imports and tries everything first, then closes its door, and only then says that it is ready.
"""

import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from app.work.errors import Declined
from app.work.frames import Kind, read_blocking, write_blocking
from app.work.walls import (
    DEEPEST,
    MEMORY,
    Door,
    deepen,
    limit_process,
    limit_processor_time,
    patience,
)

Job = Callable[[dict[str, Any], dict[str, Any], "Reporter"], bytes]

Trial = tuple[str, dict[str, Any], dict[str, Any]]
"""A job by name, its request and its limits."""

LEAST = 100  # calls of a program that there is always room for
FRAMES = 40
"""How many of Python's own calls one call of a program may take, however nested."""

PROGRESS_EVERY = 0.05
"""Seconds between two progress frames."""


class Reporter:
    """The progress of one job, sent at most twenty times a second."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.last = time.monotonic() - PROGRESS_EVERY

    def __call__(self, passes: int, ticks: int) -> None:
        now = time.monotonic()
        if now - self.last >= PROGRESS_EVERY:
            self.last = now
            body = orjson.dumps({"passes": passes, "ticks": ticks})
            write_blocking(self.descriptor, Kind.PROGRESS, body)

    def tell(self, name: str, body: bytes, id: str = "") -> None:
        """Sends a part of the answer at once."""
        write_blocking(self.descriptor, Kind.EVENT, f"{name}\n{id}\n".encode() + body)


class Silent(Reporter):
    """Nobody listens: while a worker warms up."""

    def __init__(self) -> None:
        super().__init__(-1)

    def __call__(self, passes: int, ticks: int) -> None:
        """Says nothing."""

    def tell(self, name: str, body: bytes, id: str = "") -> None:
        """Says nothing."""


def perform(
    jobs: Mapping[str, Job], message: Mapping[str, Any], reporter: Reporter
) -> tuple[Kind, bytes]:
    """The one frame that answers one job."""
    try:
        return Kind.RESULT, jobs[message["job"]](message["request"], message["limits"], reporter)
    except Declined as refusal:
        return Kind.DECLINED, orjson.dumps({"code": refusal.code, "diagnostic": refusal.diagnostic})
    except MemoryError:
        return Kind.STOPPED, orjson.dumps({"kind": "memory"})
    except RecursionError:
        return Kind.STOPPED, orjson.dumps({"kind": "recursion"})
    except Exception:
        return Kind.FAULT, orjson.dumps({"trace": traceback.format_exc(limit=-30)[-8000:]})


def widen(limits: Mapping[str, Any]) -> None:
    """Lets Python itself go as deep, and write and read numbers as long, as a job's limits do."""
    depth, bits = limits.get("depth", LEAST), limits.get("bits", 0)  # not every job is a program
    sys.setrecursionlimit(min(FRAMES * max(depth, LEAST), DEEPEST))
    sys.set_int_max_str_digits(max(sys.int_info.default_max_str_digits, bits // 3))


def serve(jobs: Mapping[str, Job], source: int, sink: int, door: Door) -> None:
    """Answers jobs until the server closes the pipe or an answer leaves the process unfit."""
    while True:
        try:
            _, body = read_blocking(source)
        except EOFError:
            return
        message = orjson.loads(body)
        limit_processor_time(patience(message["limits"]["seconds"]) + 2)
        widen(message["limits"])
        door.busy = True
        kind, answer = perform(jobs, message, Reporter(sink))
        door.busy = False
        write_blocking(sink, kind, answer)
        del answer, message
        gc.collect()  # what a program leaves in circles is not the next one's to pay


def main(
    jobs: Mapping[str, Job],
    warm_up: Sequence[tuple[str, dict[str, Any], dict[str, Any]]],
    memory: int = MEMORY,
) -> None:
    """Warms up with some jobs, so that nothing is imported later, raises the walls and serves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends us
    deepen()
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)  # a stray print must not look like a frame
    for job, request, limits in warm_up:
        widen(limits)
        message = {"job": job, "request": request, "limits": limits}
        kind, answer = perform(jobs, message, Silent())
        if kind is Kind.FAULT:
            raise RuntimeError(f"the warm-up failed: {orjson.loads(answer)['trace']}")
    gc.collect()
    gc.freeze()  # what has been imported stays, and is not looked through after each job
    os.dup2(null, 2)
    os.chdir("/")
    limit_process(memory)
    door = Door()
    door.close()
    write_blocking(sink, Kind.READY, b"{}")
    serve(jobs, source, sink, door)
    os._exit(0)


if __name__ == "__main__":
    from app.work.jobs import JOBS, warm_up_jobs

    main(JOBS, warm_up_jobs(), *map(int, sys.argv[1:]))
