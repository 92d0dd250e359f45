"""What tests see of processes: who started them, what they have worked, and their end."""

import time
from collections.abc import Callable

import psutil


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Looks again and again; a machine that stands still for seconds is no failure."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [child.pid for child in psutil.Process(pid).children()]


def worked(pid: int) -> float:
    """The processor time of a process, in seconds; of one that has gone, none."""
    try:
        return psutil.Process(pid).cpu_times().user
    except psutil.NoSuchProcess:
        return 0.0


def gone(pid: int) -> bool:
    """Whether a process has ended and its parent knows."""
    return not psutil.pid_exists(pid)
