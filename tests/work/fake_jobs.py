"""A worker with jobs that misbehave on purpose, each by its name."""

import os
import socket
import subprocess
import sys
import time
from typing import Any

from app.work.errors import Declined
from app.work.worker import Job, main
from app.work.worker import Reporter as Progress

Request = dict[str, Any]
RUNS: list[str] = []


def echo(request: Request, limits: Request, progress: Progress) -> bytes:
    return b'{"status":"ok","pid":%d,"given":"%s"}' % (os.getpid(), request["source"].encode())


def steps(request: Request, limits: Request, progress: Progress) -> bytes:
    for k in range(12):
        progress(k, 10 * k)
        time.sleep(0.06)
    return b'{"status":"ok","ticks":120}'


def flood(request: Request, limits: Request, progress: Progress) -> bytes:
    for k in range(200_000):
        progress(k, k)
    return b"{}"


def forever(request: Request, limits: Request, progress: Progress) -> bytes:
    progress(1, 1)
    while True:
        pass


def sleeps(request: Request, limits: Request, progress: Progress) -> bytes:
    progress(1, 1)
    time.sleep(1.0)
    return b'{"status":"ok","pid":%d}' % os.getpid()


def numbered(request: Request, limits: Request, progress: Progress) -> bytes:
    """Tells which run of this process it is."""
    RUNS.append(request["source"])
    time.sleep(0.3)
    return b'{"status":"ok","run":%d}' % len(RUNS)


def refuses(request: Request, limits: Request, progress: Progress) -> bytes:
    span = [1, 1, 1, 3]
    raise Declined("name", {"code": "name", "message": "No.", "hint": None, "span": span})


def fails(request: Request, limits: Request, progress: Progress) -> bytes:
    raise ZeroDivisionError("secret of the house")


def hoards(request: Request, limits: Request, progress: Progress) -> bytes:
    return b"%d" % len(bytearray(8 * 1024**3))


def descends(request: Request, limits: Request, progress: Progress) -> bytes:
    return descends(request, limits, progress)


def dies(request: Request, limits: Request, progress: Progress) -> bytes:
    os._exit(3)


def shouts(request: Request, limits: Request, progress: Progress) -> bytes:
    os.write(SINK, b"\xff" * 64)
    return b"{}"


def cut(request: Request, limits: Request, progress: Progress) -> bytes:
    return b'{"status":"limit","diagnostic":{"code":"time","message":""},"pid":%d}' % os.getpid()


def opens(request: Request, limits: Request, progress: Progress) -> bytes:
    return open("/etc/hostname", "rb").read()


def writes(request: Request, limits: Request, progress: Progress) -> bytes:
    return b"%d" % os.open("/tmp/gradtape-was-here", os.O_CREAT | os.O_WRONLY)


def connects(request: Request, limits: Request, progress: Progress) -> bytes:
    return str(socket.socket()).encode()


def spawns(request: Request, limits: Request, progress: Progress) -> bytes:
    return subprocess.run(["true"]).stdout


def forks(request: Request, limits: Request, progress: Progress) -> bytes:
    return b"%d" % os.fork()


def imports(request: Request, limits: Request, progress: Progress) -> bytes:
    import sqlite3

    return sqlite3.sqlite_version.encode()


def frees(request: Request, limits: Request, progress: Progress) -> bytes:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))
    return b"{}"


def tells(request: Request, limits: Request, progress: Progress) -> bytes:
    names = ",".join(sorted(os.environ))
    return b'{"cwd":"%s","environment":"%s"}' % (os.getcwd().encode(), names.encode())


JOBS: dict[str, Job] = {
    job.__name__: job
    for job in (
        echo, steps, flood, forever, sleeps, numbered, refuses, fails, hoards, descends, dies,
        shouts, cut, opens, writes, connects, spawns, forks, imports, frees, tells,
    )
}  # fmt: skip


def trace(request: Request, limits: Request, progress: Progress) -> bytes:
    """The web's job: does what the program's first word names."""
    return JOBS[request["source"].split()[0]](request, limits, progress)


SINK = 0

if __name__ == "__main__":
    import resource  # noqa: F401

    SINK = os.dup(1)
    main({**JOBS, "trace": trace, "gradients": trace}, [("echo", {"source": ""}, {"seconds": 1})])
    sys.exit(1)
