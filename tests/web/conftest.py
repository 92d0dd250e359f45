"""Applications over workers that misbehave on purpose, in process and on a real port."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import create_app
from app.web.protocol import PatientProtocol
from app.web.settings import Settings

FAKE = (sys.executable, "-I", str(Path(__file__).parent.parent / "work" / "fake_jobs.py"))


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """An application whose programs are names of fake jobs."""
    with TestClient(create_app(Settings(command=FAKE, workers=2, seconds=1))) as client:
        yield client


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of an application served by uvicorn in a thread."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=PatientProtocol, ws="none", log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, FastAPI]]:
    """The same on a real port, for what only real connections do."""
    app = create_app(Settings(command=FAKE, workers=2))
    with serving(app) as address:
        yield address, app


@pytest.fixture(scope="module")
def real() -> Iterator[TestClient]:
    """A server that runs programs in real workers."""
    with TestClient(create_app(Settings(workers=2))) as client:
        yield client


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Serves fake jobs on a real port, with settings of a test's own."""
    return lambda **settings: serving(create_app(Settings(command=FAKE, **settings)))
