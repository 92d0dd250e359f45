"""Settings of a server, each of which an environment variable may change."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.work.process import COMMAND

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")


@dataclass(frozen=True)
class Settings:
    """How a server is set up; the defaults are for one person on localhost."""

    hosts: tuple[str, ...] = ()
    """GRADTAPE_HOSTS: host names to answer to besides those of localhost, with commas between."""
    workers: int = 2
    """GRADTAPE_WORKERS: processes that run programs."""
    waiting: int = 64
    """GRADTAPE_WAITING: programs that may wait for a process."""
    seconds: int = 0
    """GRADTAPE_SECONDS: how long one program may run; 0 leaves it to the language."""
    cache: int = 64 * 1024 * 1024
    """GRADTAPE_CACHE: bytes of finished answers kept in memory."""
    max_body: int = 256 * 1024
    """GRADTAPE_MAX_BODY: bytes of a request's body."""
    local: bool = False
    """`gradtape serve --local`: ten times the limits, for the person at this machine."""
    command: tuple[str, ...] = field(default=COMMAND)
    """What starts a worker process (tests put other workers here)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads every variable named above. Raises ValueError for a number that is none."""

        def number(name: str, default: int) -> int:
            text = environment.get(f"GRADTAPE_{name}", "")
            if not text:
                return default
            if not text.isascii() or not text.isdigit() or int(text) < 1:
                raise ValueError(f"GRADTAPE_{name} must be a whole number from 1, not {text!r}")
            return int(text)

        hosts = environment.get("GRADTAPE_HOSTS", "").split(",")
        return cls(
            hosts=tuple(host.strip().lower() for host in hosts if host.strip()),
            workers=number("WORKERS", cls.workers),
            waiting=number("WAITING", cls.waiting),
            seconds=number("SECONDS", cls.seconds),
            cache=number("CACHE", cls.cache),
            max_body=number("MAX_BODY", cls.max_body),
        )
