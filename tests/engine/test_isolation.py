"""Recordings that go on at the same time: in threads, and in programs advanced step by step."""

import contextvars
import threading
from collections.abc import Iterator

import pytest

from app.engine import GradientTape, Recording, Tensor, no_grad, open_tapes, recording


def steps(rate: float) -> Iterator[float]:
    """A program that stops in the middle of a tape and of no_grad, as a stream does."""
    x = Tensor(3.0, tracked=True)
    while True:
        with GradientTape() as tape:
            y = x * x
            yield 0.0
            z = y * rate
        (slope,) = tape.gradient([(z, None)], [x])
        with no_grad():
            yield float(slope)
            assert not (x * 2).tracked


def quiet() -> bool:
    """Whether nothing is open here."""
    return recording.get() is Recording.TRACKED and open_tapes.get() == ()


def test_programs_in_contexts_of_their_own_take_turns():
    running = [(contextvars.copy_context(), steps(rate), rate) for rate in (1.0, 2.0, 5.0)]
    for _ in range(3):
        for wanted in (lambda rate: 0.0, lambda rate: 6 * rate):
            for context, program, rate in running:
                assert context.run(next, program) == wanted(rate)
                assert quiet()
    for context, program, _ in running:
        context.run(program.close)
        assert context.run(quiet)


def test_an_error_in_the_middle_leaves_nothing_open():
    context, program = contextvars.copy_context(), steps(1.0)
    context.run(next, program)
    with pytest.raises(ZeroDivisionError):
        context.run(program.throw, ZeroDivisionError())
    assert context.run(quiet) and quiet()


def test_tapes_close_in_the_middle_of_errors_of_theirs(x):
    with pytest.raises(ZeroDivisionError), GradientTape(), no_grad(), GradientTape():
        raise ZeroDivisionError
    assert quiet() and (x * 2).tracked


def test_threads_that_record_in_turns():
    count, rounds = 4, 25
    barrier = threading.Barrier(count, timeout=60)
    found: dict[int, list[float]] = {i: [] for i in range(count)}

    def work(i: int) -> None:
        x = Tensor(float(i + 1), tracked=True)
        for _ in range(rounds):
            with GradientTape() as tape:
                y = x * x
                barrier.wait()  # all are within their tapes
                with no_grad():
                    barrier.wait()
                    assert not (x * y).tracked
                barrier.wait()
                z = y * x
            (slope,) = tape.gradient([(z, None)], [x])
            found[i].append(float(slope))
        assert quiet()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {i: [3.0 * (i + 1) ** 2] * rounds for i in range(count)}
