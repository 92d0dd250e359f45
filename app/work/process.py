"""A worker as the server sees it: a process, its two pipes, and one job at a time."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import orjson

from app.work.errors import Declined, Fault, Gone, Stopped, WorkError
from app.work.frames import BadFrame, Kind, pack, read

LOG = logging.getLogger("gradtape.work")
COMMAND = (sys.executable, "-I", "-m", "app.work.worker")
START_SECONDS = 60.0
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows SIGTERM ends a process as well
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Told(NamedTuple):
    """What a worker says before its answer: an event by name, its id, its JSON."""

    name: str
    id: str
    body: bytes


Listener = Callable[[Told], Awaitable[None] | None]
"""Hears what is told; where it gives something to await, nothing more is read until then."""


class Worker:
    """One running worker process. It is used by one job at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.stdin = process.stdin
        self.stdout = process.stdout

    @classmethod
    async def start(cls, command: Sequence[str] = COMMAND) -> "Worker":
        """Starts a worker and waits until it is ready. Raises Gone when it does not become so."""
        environment = dict(ONE_THREAD)
        if "SYSTEMROOT" in os.environ:  # without it Windows starts no Python
            environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
        starting = asyncio.create_task(
            asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment,
                limit=1 << 20,
            )
        )
        try:
            worker = cls(await asyncio.shield(starting))
        except asyncio.CancelledError:  # asyncio would leave a half-made process behind
            await cls(await starting).end()
            raise
        except OSError as error:
            raise Gone("a worker did not start") from error
        try:
            async with asyncio.timeout(START_SECONDS):
                kind, _ = await read(worker.stdout)
        except (asyncio.IncompleteReadError, BadFrame, TimeoutError) as error:
            await worker.end()
            raise Gone("a worker did not start") from error
        except asyncio.CancelledError:
            await worker.end()
            raise
        if kind is not Kind.READY:
            await worker.end()
            raise Gone("a worker did not start")
        return worker

    async def do(self, job: bytes, listener: Listener) -> bytes:
        """Runs one job. Raises Declined, Stopped, Fault, or Gone when the process ends."""
        try:
            self.stdin.write(pack(Kind.JOB, job))
            await self.stdin.drain()
            while True:
                kind, body = await read(self.stdout)
                if kind is Kind.PROGRESS:
                    listener(Told("progress", "", orjson.dumps(_progress(body))))
                elif kind is Kind.EVENT:
                    name, id, text = body.split(b"\n", 2)
                    room = listener(Told(name.decode(), id.decode(), text))
                    if room is not None:
                        await room
                elif kind is Kind.RESULT:
                    return body
                else:
                    raise _ending(kind, body)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Gone("a worker ended in the middle of a job") from error
        except (BadFrame, ValueError, TypeError, KeyError) as error:
            raise Fault("a worker sent what it must not send") from error

    async def wait(self) -> int:
        """The process's end."""
        return await self.process.wait()

    async def end(self) -> None:
        """Kills the process, whatever it does, and frees what it held, cancelled or not."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, KILL)  # Popen.kill() would reap behind asyncio's back
        self.stdin.close()
        clearing = asyncio.create_task(self._clear())
        try:
            await asyncio.shield(clearing)
        except asyncio.CancelledError:
            await clearing
            raise

    async def _clear(self) -> None:
        while await self.stdout.read(1 << 20):
            pass  # what was on its way is dropped; the pipe closes at its end
        await self.process.wait()
        with contextlib.suppress(OSError):
            await self.stdin.wait_closed()


def _progress(body: bytes) -> dict[str, int]:
    numbers = orjson.loads(body)
    return {"passes": int(numbers["passes"]), "ticks": int(numbers["ticks"])}


def _ending(kind: Kind, body: bytes) -> WorkError:
    content: dict[str, Any] = orjson.loads(body)
    if kind is Kind.DECLINED:
        return Declined(str(content["code"]), dict(content["diagnostic"]))
    if kind is Kind.STOPPED:
        return Stopped(str(content["kind"]))
    if kind is Kind.FAULT:
        LOG.error("a job failed inside a worker:\n%s", _harmless(str(content["trace"])))
        return Fault("a job failed inside a worker")
    raise BadFrame(f"unexpected frame {kind.name}")


def _harmless(text: str) -> str:
    """The text with no control character but the line break, each line set in, for the log."""
    kept = "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
    return "\n".join(f"    {line}" for line in kept.split("\n"))
