"""The pool: answers, kills, replacements, the bounded queue."""

import asyncio
import os
import signal
import time
from typing import Any

import pytest
from processes import gone

from app.work.errors import Declined, Fault, Overloaded, Stopped, WorkError
from app.work.process import Told

LIMITS = {"seconds": 5}
SHORT = {"seconds": 0.2}


def ask(**extra: Any) -> dict[str, Any]:
    return {"source": "x", **extra}


def pid_of(answer: bytes) -> int:
    return int(answer.split(b'"pid":')[1].split(b",")[0].rstrip(b"}"))


def test_one_worker_answers_many_jobs(run, open_pool):
    async def body():
        async with open_pool() as pool:
            answers = [await pool.run("echo", ask(), LIMITS) for _ in range(5)]
            assert len(set(answers)) == 1
            assert [pid_of(answers[0])] == pool.pids

    run(body())


def test_progress_is_heard_at_most_twenty_times_a_second(run, open_pool):
    async def body():
        async with open_pool() as pool:
            heard: list[Told] = []
            assert await pool.run("steps", ask(), LIMITS, heard.append)
            assert heard[0] == Told("progress", "", b'{"passes":0,"ticks":0}')
            assert len(heard) >= 5
            start, heard = time.monotonic(), []
            await pool.run("flood", ask(), LIMITS, heard.append)
            assert len(heard) <= 2 + 20 * (time.monotonic() - start)

    run(body())


def test_a_refusal_keeps_the_worker(run, open_pool):
    async def body():
        async with open_pool() as pool:
            with pytest.raises(Declined) as refusal:
                await pool.run("refuses", ask(), LIMITS)
            assert refusal.value.code == "name"
            assert refusal.value.diagnostic["span"] == [1, 1, 1, 3]
            await pool.run("echo", ask(), LIMITS)
            assert pool.replaced == 0

    run(body())


@pytest.mark.parametrize(
    ("job", "limits", "error", "kind"),
    [
        ("forever", SHORT, Stopped, "time"),
        ("hoards", LIMITS, Stopped, "memory"),
        ("descends", LIMITS, Stopped, "recursion"),
        ("fails", LIMITS, Fault, None),
        ("dies", LIMITS, Fault, None),
        ("shouts", LIMITS, Fault, None),
        ("unheard of", LIMITS, Fault, None),
    ],
)
def test_a_worker_that_went_wrong_is_replaced(run, open_pool, job, limits, error, kind):
    async def body():
        async with open_pool() as pool:
            before = pid_of(await pool.run("echo", ask(), LIMITS))
            with pytest.raises(error) as caught:
                await pool.run(job, ask(), limits)
            if kind:
                assert caught.value.kind == kind
            assert pid_of(await pool.run("echo", ask(), LIMITS)) != before

    run(body())


def test_processor_time_is_a_limit_of_its_own(run, open_pool):
    """The system ends a busy worker even when the server's own clock would allow it more."""

    async def body():
        async with open_pool(grace=60) as pool:
            with pytest.raises(Stopped) as caught:
                await pool.run("forever", ask(), SHORT)
            assert caught.value.kind == "time"

    run(body())


def test_a_worker_killed_while_idle_is_replaced(run, open_pool):
    async def body():
        async with open_pool() as pool:
            before = pid_of(await pool.run("echo", ask(), LIMITS))
            os.kill(before, signal.SIGKILL)
            assert pid_of(await pool.run("echo", ask(), LIMITS)) != before

    run(body())


def test_a_job_whose_worker_is_killed_is_tried_once_more(run, open_pool):
    async def body():
        async with open_pool() as pool:
            started = asyncio.Event()
            job = asyncio.create_task(
                pool.run("sleeps", ask(), LIMITS, lambda progress: started.set())
            )
            await asyncio.wait_for(started.wait(), 60)
            (before,) = pool.pids
            os.kill(before, signal.SIGKILL)
            assert pid_of(await job) != before

    run(body())


def test_who_leaves_kills_the_work(run, open_pool):
    async def body():
        async with open_pool() as pool:
            started = asyncio.Event()
            job = asyncio.create_task(
                pool.run("forever", ask(), {"seconds": 60}, lambda progress: started.set())
            )
            await asyncio.wait_for(started.wait(), 60)
            (pid,) = pool.pids
            job.cancel()
            with pytest.raises(asyncio.CancelledError):
                await job
            async with asyncio.timeout(60):
                while not gone(pid):
                    await asyncio.sleep(0.02)
            assert pid not in pool.pids
            await pool.run("echo", ask(), LIMITS)

    run(body())


def test_the_queue_is_bounded_and_forgets_who_left(run, open_pool):
    async def body():
        async with open_pool(waiting=2) as pool:
            started = asyncio.Event()
            running = asyncio.create_task(
                pool.run("forever", ask(), {"seconds": 60}, lambda progress: started.set())
            )
            await asyncio.wait_for(started.wait(), 60)
            waiting = [asyncio.create_task(pool.run("echo", ask(), LIMITS)) for _ in range(2)]
            await asyncio.sleep(0)  # both wait
            with pytest.raises(Overloaded):
                await pool.run("echo", ask(), LIMITS)
            waiting[1].cancel()
            await asyncio.wait(waiting[1:])
            waiting[1] = asyncio.create_task(pool.run("echo", ask(), LIMITS))
            await asyncio.sleep(0)
            running.cancel()
            assert all(await asyncio.gather(*waiting))

    run(body())


def test_a_worker_retires_after_its_share(run, open_pool):
    async def body():
        async with open_pool(jobs_each=2) as pool:
            pids = [pid_of(await pool.run("echo", ask(), LIMITS)) for _ in range(6)]
            assert len(set(pids)) == 3

    run(body())


def test_workers_that_do_not_start_turn_requests_away(run, open_pool):
    async def body():
        async with open_pool(command=("false",)) as pool:
            with pytest.raises(Overloaded):
                await pool.run("echo", ask(), LIMITS)

    run(body())


def test_stopping_ends_jobs_and_processes(run, open_pool):
    async def body():
        async with open_pool(size=2) as pool:
            started = asyncio.Event()
            job = asyncio.create_task(
                pool.run("forever", ask(), LIMITS, lambda progress: started.set())
            )
            waiting = [asyncio.create_task(pool.run("sleeps", ask(), LIMITS)) for _ in range(3)]
            await asyncio.wait_for(started.wait(), 60)
            pids = pool.pids
            await pool.stop()
            for task in (job, *waiting):
                with pytest.raises(WorkError):
                    await task
            assert all(gone(pid) for pid in pids)

    run(body())


def test_two_jobs_run_at_the_same_time(run, open_pool):
    async def body():
        async with open_pool(size=2) as pool:
            await asyncio.gather(*(pool.run("echo", ask(), LIMITS) for _ in range(2)))
            pids = {
                pid_of(a)
                for a in await asyncio.gather(
                    *(pool.run("sleeps", ask(), LIMITS) for _ in range(2))
                )
            }
            assert len(pids) == 2

    run(body())
