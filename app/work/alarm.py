"""The alarm: work that does not look at the clock itself ends when its time is over."""

import signal
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

from app.language.budget import Budget
from app.language.errors import LimitReached

T = TypeVar("T")


def timely(budget: Budget, work: Callable[[], T]) -> T:
    """What the work gives. Raises LimitReached in the midst of it when the budget's time is over,
    or its memory, or it goes too deep.

    Only for work whose state nobody sees after that: it has a context of its own, so that nothing
    half done is left. One call of NumPy is not broken off; where the system has no such signals
    (Windows), the wall-clock kill of the process holds alone."""
    budget.clock()
    try:
        if not hasattr(signal, "SIGALRM"):
            return copy_context().run(work)
        return _under_alarm(budget, work)
    except MemoryError:
        raise LimitReached("memory") from None
    except RecursionError:
        raise LimitReached("recursion", limit=budget.limits.depth) from None


def _under_alarm(budget: Budget, work: Callable[[], T]) -> T:
    def ring(number: int, frame: object) -> None:
        raise LimitReached("time", limit=budget.limits.seconds)

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(1e-3, budget.deadline - time.monotonic()))
        return copy_context().run(work)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
