"""Walls: what the operating system and the interpreter forbid a worker process.

They stand behind the language, which reaches no host object in the first place. Each wall holds on
its own: limits of the process, and an audit hook that refuses every event it does not know.
"""

import os
import sys
import time
from math import ceil

try:
    import resource
except ImportError:  # Windows has no such limits; the wall-clock kill holds there too
    resource = None  # type: ignore[assignment]

MEMORY = 1024**3
"""Bytes that a worker may map beyond what it holds once everything is imported."""

HARMLESS = frozenset(
    {
        # What computing itself raises: generated programs are compiled and run, frames are read.
        "compile",
        "exec",
        "builtins.id",
        "object.__getattr__",
        "sys._getframe",
        "time.sleep",
        # What the interpreter raises about itself.
        "sys.unraisablehook",
        "sys.excepthook",
    }
)


STACK = 96 * 1024**2
"""Bytes for Python's calls of C: 40,000 frames took at most 10 MiB of it in Python 3.11, which lets
calls of C go as deep as its own. Linux keeps 128 MiB below a stack free for it to grow."""

DEEPEST = 40_000 if sys.platform == "linux" and resource is not None else 4_000
"""How deep Python's own calls may go at most: elsewhere a stack is as large as it was made."""


def deepen() -> None:
    """Lets the stack of this thread grow as large as the deepest calls need."""
    if sys.platform == "linux" and resource is not None:
        soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
        most = STACK if hard == resource.RLIM_INFINITY else min(STACK, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_STACK, (most, hard))


class Door:
    """The audit hook: open while a worker imports, closed for ever once it serves."""

    def __init__(self) -> None:
        self.busy = False

    def close(self) -> None:
        """From now on only harmless events pass. It cannot be undone."""
        sys.addaudithook(self._watch)

    def _watch(self, event: str, args: tuple[object, ...]) -> None:
        if event in HARMLESS or (event == "resource.setrlimit" and not self.busy):
            return
        if event == "import":
            raise ImportError(f"a worker imports nothing more: {args[0]!r}")
        raise PermissionError(f"a worker does not do this: {event}")


def limit_process(memory: int = MEMORY) -> None:
    """No more memory than this, no new file, no written file, no core dump, no new process."""
    if resource is None:
        return
    _lower(resource.RLIMIT_AS, mapped() + memory)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NPROC, 0)
    _lower(resource.RLIMIT_NOFILE, 0)


def patience(seconds: float) -> float:
    """How long a job may take whose program may run so many seconds.

    A quarter more: the last pass is drawn and the answer written after the program was stopped."""
    return 1.25 * seconds


def limit_processor_time(seconds: float) -> None:
    """The next job may use so many seconds of processor time; then the system ends the process."""
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = ceil(time.process_time() + seconds) + 1
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _lower(what: int, limit: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(what, (limit, limit))


def mapped() -> int:
    """Bytes of address space in use; half a GiB where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 512 * 1024**2
