"""What the engine records now: one context variable, so that threads and runs stay apart."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from enum import IntEnum


class Recording(IntEnum):
    """How much history new results keep."""

    NOTHING = 0  # under no_grad
    TRACKED = 1  # results of tracked inputs (PyTorch's rule, the default)
    EVERYTHING = 2  # every result, while a tape is open: the tape decides what it watches


recording: ContextVar[Recording] = ContextVar("recording", default=Recording.TRACKED)


@contextmanager
def record(mode: Recording) -> Iterator[None]:
    """A block in which `mode` holds."""
    token = recording.set(mode)
    try:
        yield
    finally:
        recording.reset(token)


def no_grad() -> AbstractContextManager[None]:
    """A block whose results have no history."""
    return record(Recording.NOTHING)


def enable_grad() -> AbstractContextManager[None]:
    """A block inside `no_grad` whose results have history again."""
    return record(Recording.TRACKED)
