"""A pool of pre-started workers, a bounded queue before it, and a kill behind it."""

import asyncio
import logging
import signal
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.work.errors import Fault, Gone, Overloaded, Stopped, WorkError
from app.work.process import COMMAND, Listener, Worker
from app.work.walls import patience

LOG = logging.getLogger("gradtape.work")


@dataclass(eq=False)
class Ticket:
    """A job on its way: what to run, how long, who listens, and where the answer goes."""

    job: bytes
    seconds: float
    listener: Listener
    answer: asyncio.Future[bytes]
    tries: int = field(default=0)

    def fail(self, error: WorkError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Pool:
    """Worker processes that are always ready.

    Each slot keeps one worker alive: it replaces a worker that was killed, met a limit, failed,
    or has done its share of jobs. A job whose worker was killed from outside is tried once more.
    """

    def __init__(
        self,
        size: int = 2,
        *,
        command: Sequence[str] = COMMAND,
        waiting: int = 64,
        jobs_each: int = 200,
        grace: float = 2.0,
    ) -> None:
        self.size = size
        self.command = command
        self.waiting = waiting
        self.jobs_each = jobs_each
        self.grace = grace
        self.replaced = 0
        self._queue: deque[Ticket] = deque()
        self._arrived = asyncio.Event()
        self._slots: list[asyncio.Task[None]] = []
        self._workers: set[Worker] = set()

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers that are ready or busy."""
        return [worker.process.pid for worker in self._workers]

    async def start(self) -> None:
        """Starts every slot; workers become ready in the background."""
        self._slots = [asyncio.create_task(self._keep()) for _ in range(self.size)]

    async def stop(self) -> None:
        """Ends every worker and every job."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        for ticket in self._queue:
            ticket.fail(Overloaded("the server stops"))

    async def run(
        self,
        job: str,
        request: dict[str, Any],
        limits: dict[str, Any],
        listener: Listener = lambda told: None,
    ) -> bytes:
        """The answer to one job. A cancelled call kills the worker that runs it."""
        if len(self._queue) >= self.waiting:
            raise Overloaded("too many jobs wait already")
        ticket = Ticket(
            orjson.dumps({"job": job, "request": request, "limits": limits}),
            patience(float(limits["seconds"])),
            listener,
            asyncio.get_running_loop().create_future(),
        )
        self._queue.append(ticket)
        self._arrived.set()
        try:
            return await ticket.answer
        finally:
            ticket.answer.cancel()
            if ticket in self._queue:
                self._queue.remove(ticket)

    async def _keep(self) -> None:
        """One slot: a worker, and after it the next one, for as long as the pool lives."""
        carried: Ticket | None = None
        failures = 0
        try:
            while True:
                try:
                    worker = await Worker.start(self.command)
                except Gone:
                    failures += 1
                    LOG.error("a worker did not start (attempt %d)", failures)
                    self._turn_away(carried)
                    carried = None
                    await asyncio.sleep(min(0.2 * 2**failures, 10))
                    continue
                failures = 0
                self._workers.add(worker)
                try:
                    carried = await self._employ(worker, carried)
                finally:
                    self._workers.discard(worker)
                    await worker.end()
                    self.replaced += 1
        finally:
            if carried is not None:
                carried.fail(Overloaded("the server stops"))

    def _turn_away(self, carried: Ticket | None) -> None:
        """No worker starts: nobody shall wait for one."""
        error = Overloaded("no worker could be started")
        if carried is not None:
            carried.fail(error)
        if not self._workers:
            for ticket in self._queue:
                ticket.fail(error)

    async def _employ(self, worker: Worker, carried: Ticket | None) -> Ticket | None:
        """Gives jobs to one worker until it must be replaced; the ticket to try again, if any."""
        for _ in range(self.jobs_each):
            ticket = carried or await self._next(worker)
            carried = None
            if ticket is None:
                return None
            if ticket.answer.done():
                continue
            try:
                await self._do(worker, ticket)
            except Gone:
                if await self._outlived(worker, ticket):
                    return ticket
                return None
            except Replace:
                return None
            except Exception as error:  # whatever it is, the slot lives on with a new worker
                LOG.error("a job failed in the pool", exc_info=error)
                ticket.fail(Fault("a job failed in the pool"))
                return None
        return None

    async def _next(self, worker: Worker) -> Ticket | None:
        """The next job, or None when the worker ends while it waits."""
        ending = asyncio.create_task(worker.wait())
        try:
            while not (self._queue or ending.done()):
                self._arrived.clear()
                arriving = asyncio.create_task(self._arrived.wait())
                try:
                    await asyncio.wait({arriving, ending}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    arriving.cancel()
            return None if ending.done() else self._queue.popleft()
        finally:
            ending.cancel()

    async def _do(self, worker: Worker, ticket: Ticket) -> None:
        """Runs one job to its end. Raises Gone, or Replace when the worker is unfit after it."""
        doing = asyncio.create_task(worker.do(ticket.job, ticket.listener))
        try:
            await asyncio.wait(
                {doing, ticket.answer},
                timeout=ticket.seconds + self.grace,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if ticket.answer.done():
                raise Replace
            if not doing.done():
                ticket.fail(Stopped("time"))
                raise Replace
        except asyncio.CancelledError:
            ticket.fail(Overloaded("the server stops"))
            raise
        finally:
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
        self._hand_over(doing, ticket)

    def _hand_over(self, doing: asyncio.Task[bytes], ticket: Ticket) -> None:
        error = doing.exception()
        if error is None:
            if not ticket.answer.done():  # its client may have left just now
                ticket.answer.set_result(doing.result())
        elif isinstance(error, WorkError) and not isinstance(error, Gone):
            ticket.fail(error)
            if isinstance(error, Fault | Stopped):
                raise Replace
        else:
            raise error

    async def _outlived(self, worker: Worker, ticket: Ticket) -> bool:
        """Whether a job whose worker has ended deserves another one."""
        code = await worker.wait()
        if code == -getattr(signal, "SIGXCPU", 0) and code != 0:
            ticket.fail(Stopped("time"))
            return False
        ticket.tries += 1
        LOG.warning("a worker ended with code %s in the middle of a job", code)
        if ticket.tries > 1:
            ticket.fail(Fault("two workers ended in the middle of the same job"))
        return ticket.tries <= 1


class Replace(Exception):
    """The worker has to be replaced; its job is settled."""
