"""Pools of workers that misbehave."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.work.pool import Pool

FAKE = (sys.executable, "-I", str(Path(__file__).with_name("fake_jobs.py")))
OpenPool = Callable[..., AbstractAsyncContextManager[Pool]]


@asynccontextmanager
async def open_pool(**settings: Any) -> AsyncIterator[Pool]:
    pool = Pool(**{"size": 1, "command": FAKE, "grace": 0.3, **settings})
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


@pytest.fixture(name="open_pool")
def open_pool_fixture() -> OpenPool:
    return open_pool
