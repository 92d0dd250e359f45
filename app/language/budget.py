"""What a program may use. Every charge is made before the work is done."""

import math
import time
from dataclasses import dataclass
from typing import Any

from app.language.errors import LimitReached

MOST_AXES = 8
EMPTY = 100  # numbers that a row without entries counts for
LONG = 1_000  # entries: a call that walks through more takes longer than a look at the clock
PACE = 1_000_000_000  # multiplications and additions in a second, where they are slow
ALIKE = 64  # different keys of one hash: each is compared with all others, by one call of Python
KEPT = 500_000  # entries of keys that are kept to be compared with later ones


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
        self._alike: dict[int, list[Any]] = {}  # keys by hash
        self._kept = 0  # entries of these keys
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

    def steps(self, count: int) -> None:
        """What takes as long as so many of them is about to be done, in one go."""
        self.operations += count
        if self.operations > self.limits.operations:
            raise LimitReached("operations", limit=self.limits.operations)
        self.clock()

    def clock(self) -> None:
        if time.monotonic() > self.deadline:
            raise LimitReached("time", limit=self.limits.seconds)

    def array(self, shape: tuple[int, ...]) -> None:
        """An array of this shape is about to be made. One without entries is written row by row."""
        if len(shape) > MOST_AXES:
            raise LimitReached("axes", limit=MOST_AXES, count=len(shape))
        size = math.prod(shape) or EMPTY * math.prod(max(1, length) for length in shape)
        if size > self.limits.elements:
            raise LimitReached("elements", limit=self.limits.elements, size=_readable(size))
        self.work(size)

    def work(self, count: int) -> None:
        """So many multiplications and additions are about to be done, in one go.

        They are not begun where they would end long after the time is over."""
        self.arithmetic += count
        if self.arithmetic > self.limits.arithmetic:
            raise LimitReached("arithmetic", limit=self.limits.arithmetic)
        if count > LONG and time.monotonic() + max(0, count - PACE) / PACE > self.deadline:
            raise LimitReached("time", limit=self.limits.seconds)

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

    def key(self, key: Any, entries: int) -> None:
        """A key whose hash a program can choose: a great number of one hash take for ever."""
        same = self._alike.setdefault(hash(key), [])
        if key in same:
            return
        if len(same) >= ALIKE:
            raise LimitReached("alike", limit=ALIKE)
        same.append(key)
        self._kept += entries
        if self._kept > KEPT:
            self._alike, self._kept = {}, 0

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


def _readable(size: int) -> str:
    """A size, which may have thousands of digits."""
    digits = size.bit_length() * math.log10(2)
    return str(size) if digits < 16 else f"≈10^{digits:.0f}"
