"""Faults that beginners build into automatic differentiation, to be switched on and looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

FAULTS = (
    "overwrite",  # a gradient that arrives replaces what had come, instead of being added to it
    "keep",  # what sets gradients to zero (or drops them) does nothing
)

fault: ContextVar[str | None] = ContextVar("fault", default=None)


@contextmanager
def with_fault(name: str | None) -> Iterator[None]:
    """A block in which one of FAULTS is made, or none."""
    token = fault.set(name)
    try:
        yield
    finally:
        fault.reset(token)
