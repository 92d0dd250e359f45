"""The limits of a run as they are published and sent to a worker."""

from dataclasses import asdict
from typing import Any

from app.language.budget import Limits


def default_limits() -> dict[str, Any]:
    """The limits of the language as they stand."""
    return asdict(Limits())
