"""The runner: what the web asks for an answer. It remembers, shares, and else computes."""

from typing import Any

from app.work.cache import Answers, key_of
from app.work.flight import Flights
from app.work.pool import Pool
from app.work.process import Listener, Told
from app.work.version import engine_version

CUT = b'{"status":"limit","diagnostic":{"code":"time",'


def repeatable(answer: bytes) -> bool:
    """Whether the same request gives the same answer again: not so when the clock cut it.

    Every job's answer begins with its `status` and its diagnostic's `code`.
    """
    return not answer.startswith(CUT)


def _ignore(told: Told) -> None:
    """Listens to nothing."""


class Runner:
    """Jobs by name, under fixed limits, each computed once for equal requests."""

    def __init__(self, pool: Pool, answers: Answers, limits: dict[str, Any]) -> None:
        self.pool = pool
        self.answers = answers
        self.limits = limits
        self.version = engine_version()
        self._flights = Flights()

    def key(self, job: str, request: dict[str, Any]) -> str:
        """The name of the answer to this request; equal for equal requests."""
        return key_of(job, request, self.version)

    async def answer(
        self, job: str, request: dict[str, Any], listener: Listener = _ignore
    ) -> bytes:
        """The answer as JSON. Raises what the pool raises; cancelling it stops the work."""
        key = self.key(job, request)
        known = self.answers.get(key)
        if known is not None:
            return known

        async def compute(tell: Listener) -> bytes:
            result = await self.pool.run(job, request, self.limits, tell)
            if repeatable(result):
                self.answers.put(key, result)
            return result

        return await self._flights.join(key, compute, listener)

    async def stream(self, job: str, request: dict[str, Any], listener: Listener) -> bytes:
        """The same for an answer told in parts: every listener needs them all, from the first."""
        return await self.pool.run(job, request, self.limits, listener)
