"""The walls of a worker process hold, each tried from inside."""

import pytest

from app.work.errors import Fault

LIMITS = {"seconds": 5}
ATTEMPTS = ["opens", "writes", "connects", "spawns", "forks", "imports", "frees"]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_worker_cannot(run, open_pool, caplog, attempt):
    async def body():
        async with open_pool() as pool:
            with pytest.raises(Fault):
                await pool.run(attempt, {"source": ""}, LIMITS)

    run(body())
    assert "a worker does not do this" in caplog.text or "imports nothing more" in caplog.text


def test_a_worker_has_no_environment_and_no_place(run, open_pool, monkeypatch):
    monkeypatch.setenv("GRADTAPE_SECRET", "x")

    async def body():
        async with open_pool() as pool:
            answer = await pool.run("tells", {"source": ""}, LIMITS)
            assert b'"cwd":"/"' in answer
            assert b"SECRET" not in answer
            assert b"HOME" not in answer
            assert b"PATH" not in answer

    run(body())
