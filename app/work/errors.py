"""Every way in which a job can end without its answer."""

from typing import Any


class WorkError(Exception):
    """The common parent: a job did not get its answer."""


class Declined(WorkError):
    """The program is refused before it runs; the diagnostic says why and where."""

    def __init__(self, code: str, diagnostic: dict[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.diagnostic = diagnostic


class Stopped(WorkError):
    """The job was ended from outside; `kind`: its limit, "time", "memory" or "recursion"."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Fault(WorkError):
    """Our own mistake inside a worker. Users are told that it happened, the log tells where."""


class Overloaded(WorkError):
    """Too many jobs wait already, or no worker could be started in time."""


class Gone(WorkError):
    """The worker process ended in the middle of a job."""
