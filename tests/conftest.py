"""What every room's tests share: a real server, and a way to run asynchronous code."""

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import pytest
from hypothesis import settings

T = TypeVar("T")

# as in a worker: two threads of BLAS on a busy machine wait for each other without end
os.environ["OPENBLAS_NUM_THREADS"] = "1"

settings.register_profile("calm", deadline=None)  # a busy machine is no failure
settings.load_profile("calm")


def pytest_collection_finish() -> None:
    """A test's time is its own: what pytest keeps of all tests is not gone through in it."""
    gc.collect()
    gc.freeze()


@contextmanager
def _started(*options: str) -> Iterator[str]:
    command = [sys.executable, "-m", "app", "serve", "--port", "0", *options]
    environment = {key: value for key, value in os.environ.items() if key != "PORT"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        try:
            yield next(word for word in first.split() if word.startswith("http://")).rstrip("/")
        finally:
            process.terminate()
            process.wait(15)


@pytest.fixture(scope="session")
def start() -> Callable[..., AbstractContextManager[str]]:
    """Starts a server as a user does, with options, on a free port; gives its address."""
    return _started


@pytest.fixture(scope="session")
def server(start: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of a server without options."""
    with start() as address:
        yield address


@pytest.fixture(scope="session")
def run() -> Iterator[Callable[[Coroutine[Any, Any, T]], T]]:
    """Runs a coroutine to its end in a thread of its own: Playwright's loop holds the main one."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda coroutine: thread.submit(asyncio.run, coroutine).result(120)
