"""The limits of a run as they are published and sent to a worker, and those of the lab."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.language.budget import Limits
from app.work.walls import MEMORY

LOCAL = 10
"""How many times the public limits a server for its own machine gives."""
LOCAL_MEMORY = 4 * MEMORY
"""Bytes for a worker of such a server."""
LAB = {"runs": 16, "steps": 10_000, "points": 201}
"""Of the optimizer lab: runs of a race, steps of each, points along an axis of a surface."""


def default_limits(local: bool = False) -> dict[str, Any]:
    """The limits of the language as they stand; ten times as much for one's own machine."""
    return _widened(asdict(Limits()), local)


def every_limit(local: bool = False) -> dict[str, Any]:
    """These and the lab's."""
    return default_limits(local) | _widened(LAB, local)


def _widened(limits: Mapping[str, Any], local: bool) -> dict[str, Any]:
    return {name: of * (LOCAL if local else 1) for name, of in limits.items()}
