"""What a program may use. Every charge is made before the work is done."""

import math
import time
from dataclasses import dataclass

from app.language.errors import LimitReached

MOST_AXES = 8
EMPTY = 100  # numbers that a row without entries counts for
LONG = 1_000  # entries: a call that walks through more takes longer than a look at the clock


@dataclass(frozen=True)
class Limits:
    """The limits of one run; `/api/v1/meta` publishes them."""

    source: int = 65_536  # characters of program text
    operations: int = 1_000_000  # statements and expressions evaluated
    elements: int = 1_000_000  # numbers in one array
    arithmetic: int = 20_000_000_000  # multiplications and additions on arrays, in total
    bits: int = 4_096  # of a whole number
    length: int = 100_000  # of a text, list or dictionary
    output: int = 65_536  # printed characters
    depth: int = 100  # of calls
    nodes: int = 600  # in the graph of one pass
    edges: int = 1_500  # in it
    trace: int = 16_000_000  # characters of the trace
    seconds: float = 20.0  # wall clock


class Budget:
    """What is left of the limits."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.operations = self.arithmetic = self.trace = self.depth = self.output = 0
        self.deadline = time.monotonic() + limits.seconds

    def again(self) -> "Budget":
        """The same limits for another run of the same work, up to the same moment."""
        fresh = Budget(self.limits)
        fresh.deadline = self.deadline
        return fresh

    def halve(self) -> None:
        """Keeps half of the time that is left for another run of the same work."""
        self.deadline -= max(0.0, self.deadline - time.monotonic()) / 2

    def step(self) -> None:
        """One statement or expression; the clock is looked at now and then."""
        self.operations += 1
        if self.operations > self.limits.operations:
            raise LimitReached("operations", limit=self.limits.operations)
        if not self.operations & 255:
            self.clock()

    def clock(self) -> None:
        if time.monotonic() > self.deadline:
            raise LimitReached("time", limit=self.limits.seconds)

    def array(self, shape: tuple[int, ...]) -> None:
        """An array of this shape is about to be made. One without entries is written row by row."""
        size = math.prod(shape) or EMPTY * math.prod(max(1, length) for length in shape)
        if size > self.limits.elements or len(shape) > MOST_AXES:
            raise LimitReached("elements", limit=self.limits.elements, size=size)
        self.work(size)

    def work(self, count: int) -> None:
        """So many multiplications and additions are about to be done."""
        self.arithmetic += count
        if self.arithmetic > self.limits.arithmetic:
            raise LimitReached("arithmetic", limit=self.limits.arithmetic)
        self.long(count)

    def long(self, count: int) -> None:
        """One call walks through so many entries or characters: not without a look at the clock."""
        if count > LONG:
            self.clock()

    def integer(self, bits: int) -> None:
        if bits > self.limits.bits:
            raise LimitReached("bits", limit=self.limits.bits)

    def container(self, length: int) -> None:
        if length > self.limits.length:
            raise LimitReached("length", limit=self.limits.length)
        self.long(length)

    def printed(self, length: int) -> None:
        self.output += length
        if self.output > self.limits.output:
            raise LimitReached("output", limit=self.limits.output)

    def full(self, what: str) -> None:
        """A pass has as many nodes or edges as can be drawn, and wants another."""
        raise LimitReached(what, limit=getattr(self.limits, what))

    def written(self, characters: int) -> None:
        """The trace grows."""
        self.trace += characters
        if self.trace > self.limits.trace:
            raise LimitReached("trace", limit=self.limits.trace)
