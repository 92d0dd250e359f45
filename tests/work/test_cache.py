"""Answers are remembered by bytes and computed once for equal requests."""

import asyncio

import orjson
import pytest

from app.work.cache import Answers, key_of
from app.work.errors import Fault
from app.work.flight import Flights
from app.work.jobs import JOBS
from app.work.limits import default_limits
from app.work.process import Told
from app.work.runner import Runner, repeatable
from app.work.worker import Silent


def test_the_key_is_of_the_parsed_request():
    one = key_of("trace", {"source": "x", "inputs": {"a": 1.0, "b": 2.0}}, "v")
    assert one == key_of("trace", {"inputs": {"b": 2.0, "a": 1.0}, "source": "x"}, "v")
    assert one != key_of("gradients", {"inputs": {"b": 2.0, "a": 1.0}, "source": "x"}, "v")
    assert one != key_of("trace", {"inputs": {"b": 2.0, "a": 1.0}, "source": "x"}, "w")


def test_the_least_recently_used_go_first():
    answers = Answers(40)
    for name in "abcd":
        answers.put(name, b"0123456789")
    assert answers.get("a")
    answers.put("e", b"0123456789")
    assert answers.get("b") is None
    assert answers.get("a")
    assert answers.size == 40
    answers.put("huge", b"0" * 11)
    assert answers.get("huge") is None
    assert len(answers) == 4


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b'{"status":"ok","diagnostic":null}', True),
        (b'{"status":"limit","diagnostic":{"code":"time","hint":null}}', False),
        (b'{"status":"limit","diagnostic":{"code":"operations","hint":null}}', True),
        (b'{"status":"error","diagnostic":{"code":"time","hint":null}}', True),
    ],
)
def test_what_the_clock_cut_is_not_repeatable(answer, kept):
    assert repeatable(answer) is kept


STARTED = """\
w = torch.tensor(1.0, requires_grad=True); b = torch.tensor(1.0, requires_grad=True)
while True:
    loss = (w - b + 3)**2
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad; b -= 0.01 * b.grad
        w.grad = None; b.grad = None
"""
ASKED = {"source": STARTED, "objective": {"source": STARTED}, "language": "python"}


@pytest.mark.parametrize(
    "job", ["trace", "gradients", "code", "descents", "descents.stream", "landscapes"]
)
def test_every_job_says_first_that_the_clock_cut_it(job):
    limits = {**default_limits(), "seconds": 0.1, "operations": 10**9}
    answer = JOBS[job](ASKED, limits, Silent())
    assert orjson.loads(answer)["status"] == "limit"
    assert not repeatable(answer)


def test_equal_requests_share_one_flight(run):
    async def body():
        flights, calls, release = Flights(), [], asyncio.Event()
        heard: list[int] = []

        async def compute(tell):
            calls.append(1)
            tell(Told("progress", "", b'{"passes":1,"ticks":1}'))
            await release.wait()
            return b"answer"

        def listen(told):
            heard.append(orjson.loads(told.body)["ticks"])

        jobs = [asyncio.create_task(flights.join("k", compute, listen)) for _ in range(3)]
        await asyncio.sleep(0.01)
        jobs[0].cancel()
        await asyncio.sleep(0.01)
        release.set()
        assert await jobs[1] == await jobs[2] == b"answer"
        assert len(calls) == 1
        assert len(heard) == 3

    run(body())


def test_a_flight_without_passengers_is_cancelled(run):
    async def body():
        flights, cancelled = Flights(), asyncio.Event()

        async def compute(tell):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.set()
                raise
            return b""

        jobs = [asyncio.create_task(flights.join("k", compute, print)) for _ in range(2)]
        await asyncio.sleep(0.01)
        for job in jobs:
            job.cancel()
        async with asyncio.timeout(60):
            await cancelled.wait()

    run(body())


def test_the_runner_computes_once_and_forgets_failures(run, open_pool):
    async def body():
        async with open_pool() as pool:
            runner = Runner(pool, Answers(), {"seconds": 5})
            first = await runner.answer("steps", {"source": "a"})
            assert await runner.answer("steps", {"source": "a"}) is first
            with pytest.raises(Fault):
                await runner.answer("fails", {"source": "a"})
            cuts = [await runner.answer("cut", {"source": "a"}) for _ in range(2)]
            assert cuts[0] is not cuts[1]
            assert len(runner.answers) == 1

    run(body())
