"""The limits of a run as they are published and sent to a worker."""

from dataclasses import asdict
from typing import Any

from app.language.budget import Limits
from app.work.walls import MEMORY

LOCAL = 10
"""How many times the public limits a server for its own machine gives."""
LOCAL_MEMORY = 4 * MEMORY
"""Bytes for a worker of such a server."""
FIXED = {"bits", "depth"}
"""What stays: numbers of 4,096 bits print at once, and calls go as deep as Python's own stack."""
DRAWN = {"nodes", "edges"}
"""What is twice as much: drawing takes the square of it, ten seconds where it took two."""


def default_limits(local: bool = False) -> dict[str, Any]:
    """The limits of the language as they stand; ten times as much for one's own machine."""
    limits = asdict(Limits())
    if local:
        limits |= {name: LOCAL * of for name, of in limits.items() if name not in FIXED | DRAWN}
        limits |= {name: 2 * limits[name] for name in DRAWN}
    return limits
