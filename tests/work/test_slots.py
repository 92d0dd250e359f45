"""A slot of the pool lives on, at whatever turn of the loop a client leaves or a worker ends."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.work.errors import Fault
from app.work.pool import Pool

LIMITS = {"seconds": 5}
TURNS = range(8)


class Scripted:
    """A worker without a process: what it does, and when it ends, is the test's to say."""

    made: list["Scripted"]
    doing: Any

    def __init__(self) -> None:
        self.process = SimpleNamespace(pid=len(self.made))
        self.ended = asyncio.Event()

    @classmethod
    async def start(cls, command: object) -> "Scripted":
        cls.made.append(cls())
        return cls.made[-1]

    async def do(self, job: bytes, listener: object) -> bytes:
        return await type(self).doing()

    async def wait(self) -> int:
        await self.ended.wait()
        return -15

    async def end(self) -> None:
        self.ended.set()


async def answered() -> bytes:
    return b"{}"


@pytest.fixture
def scripted(monkeypatch):
    monkeypatch.setattr("app.work.pool.Worker", Scripted)
    monkeypatch.setattr(Scripted, "made", [], raising=False)
    monkeypatch.setattr(Scripted, "doing", staticmethod(answered), raising=False)
    return Scripted


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("count", TURNS)
def test_a_client_that_leaves_around_its_answer_takes_no_slot_along(
    run, scripted, monkeypatch, count
):
    async def body():
        pool = Pool(1)
        await pool.start()
        await pool.run("warm", {}, LIMITS)

        async def answers_and_is_left() -> bytes:
            asyncio.get_running_loop().call_soon(leave, count)
            return b"{}"

        def leave(more: int) -> None:
            if more:
                asyncio.get_running_loop().call_soon(leave, more - 1)
            else:
                client.cancel()

        monkeypatch.setattr(scripted, "doing", staticmethod(answers_and_is_left))
        client = asyncio.create_task(pool.run("left", {}, LIMITS))
        await asyncio.gather(client, return_exceptions=True)
        monkeypatch.setattr(scripted, "doing", staticmethod(answered))
        assert await asyncio.wait_for(pool.run("next", {}, LIMITS), 5) == b"{}"
        await pool.stop()

    run(body())


@pytest.mark.parametrize("count", TURNS)
def test_a_pool_stops_while_its_worker_ends(run, scripted, count):
    async def body():
        pool = Pool(1)
        await pool.start()
        await pool.run("warm", {}, LIMITS)
        scripted.made[-1].ended.set()
        await turns(count)
        await asyncio.wait_for(pool.stop(), 5)

    run(body())


def test_an_error_that_nobody_foresaw_is_told_and_the_slot_lives_on(run, scripted, monkeypatch):
    async def body():
        pool = Pool(1)
        await pool.start()

        async def surprises() -> bytes:
            raise LookupError("unforeseen")

        monkeypatch.setattr(scripted, "doing", staticmethod(surprises))
        with pytest.raises(Fault):
            await pool.run("first", {}, LIMITS)
        monkeypatch.setattr(scripted, "doing", staticmethod(answered))
        assert await asyncio.wait_for(pool.run("next", {}, LIMITS), 5) == b"{}"
        assert len(scripted.made) == 2
        await pool.stop()

    run(body())


def test_who_leaves_while_waiting_leaves_the_queue(run, scripted, monkeypatch):
    async def body():
        pool = Pool(1, waiting=2)
        await pool.start()
        hold = asyncio.Event()

        async def held() -> bytes:
            await hold.wait()
            return b"{}"

        monkeypatch.setattr(scripted, "doing", staticmethod(held))
        first = asyncio.create_task(pool.run("first", {}, LIMITS))
        await turns(8)
        for _ in range(20):  # each would be one too many if those before it were still there
            client = asyncio.create_task(pool.run("left", {}, LIMITS))
            await turns(1)
            client.cancel()
            await asyncio.gather(client, return_exceptions=True)
        hold.set()
        assert await first == b"{}"
        await pool.stop()

    run(body())
