"""Event streams on real connections: progress, one last event, work that ends with its reader."""

import asyncio
import json
import socket
import time

import httpx2 as httpx
import pytest
from processes import gone, wait_until, worked

from app.web import share
from app.web.stream import LINES, WAITING, batches
from app.work.process import Told

EVENTS = {"Accept": "text/event-stream"}
TRACE = "/api/v1/trace"


def events_of(text: str) -> list[tuple[str, dict]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_progress_then_result(served):
    address, _ = served
    answer = httpx.post(address + TRACE, json={"source": "steps"}, headers=EVENTS)
    assert answer.headers["cache-control"] == "no-store"
    events = events_of(answer.text)
    assert events[-1] == ("result", {"status": "ok", "ticks": 120})
    assert len(events) >= 4
    assert {name for name, _ in events[:-1]} == {"progress"}
    assert all(set(data) == {"passes", "ticks"} for _, data in events[:-1])


@pytest.mark.parametrize(
    ("source", "status", "code"), [("refuses", 422, "name"), ("fails", 503, "internal")]
)
def test_an_error_is_the_last_event(served, source, status, code):
    address, _ = served
    answer = httpx.post(address + TRACE, json={"source": source}, headers=EVENTS)
    ((name, problem),) = events_of(answer.text)
    assert (name, problem["status"], problem["code"]) == ("error", status, code)


def test_a_bad_request_is_no_stream(served):
    address, _ = served
    answer = httpx.post(address + TRACE, json={"sauce": 1}, headers=EVENTS)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_reconnect_after_the_end_is_told_to_stay_away(served):
    address, _ = served
    url = f"{address}{TRACE}?q={share.encode({'source': 'echo'})}"
    assert "id: end\n" in httpx.get(url, headers=EVENTS).text
    again = httpx.get(url, headers={**EVENTS, "Last-Event-ID": "end"})
    assert again.status_code == 204


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_who_leaves_ends_the_work(served, accept):
    address, app = served
    pool = app.state.runner.pool
    wait_until(lambda: len(pool.pids) == 2)
    before = set(pool.pids)
    idle = {pid: worked(pid) for pid in before}
    host, port = address.removeprefix("http://").split(":")
    body = b'{"source":"forever"}'
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Accept: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (TRACE.encode(), accept.encode(), len(body), body)
        )
        wait_until(lambda: any(worked(pid) > then + 0.02 for pid, then in idle.items()))
        assert set(pool.pids) == before
    wait_until(lambda: set(pool.pids) != before, 15)  # before its time is over
    (killed,) = before - set(pool.pids)
    wait_until(lambda: gone(killed))
    answer = httpx.post(address + TRACE, json={"source": "echo"})
    assert answer.status_code == 200


def test_what_is_not_http_gets_a_problem(served):
    address, _ = served
    host, port = address.removeprefix("http://").split(":")
    for nonsense in (b"GARBAGE\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(nonsense)
            answer = connection.recv(65536)
        assert b" 400 " in answer.split(b"\r\n")[0]
        assert b"application/problem+json" in answer


def test_slow_headers_and_bodies_are_not_waited_for(served, monkeypatch):
    address, _ = served
    monkeypatch.setattr("app.web.protocol.HEADER_SECONDS", 0.3)
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        connection.settimeout(60)
        assert connection.recv(100) == b""
    with httpx.Client(base_url=address) as client:  # a quick one keeps its connection
        for _ in range(3):
            assert client.get("/healthz").status_code == 200
            time.sleep(0.4)


def test_the_work_waits_for_a_reader_who_is_far_behind(run):
    """What waits for a slow reader is bounded, and nothing of it is lost."""
    part, parts = b'{"x":"' + b"x" * (WAITING // 10) + b'"}', 40
    told = []

    async def work(listen):
        for number in range(parts):
            told.append(number)
            room = listen(Told("batch", str(number), part))
            if room is not None:
                await room
        return b"{}"

    async def read():
        stream = batches(work, "en", LINES[0])
        lines = [await anext(stream)]
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(told) <= 12
        return lines + [line async for line in stream]

    lines = run(read())
    assert len(lines) == parts + 1 and lines[-1].startswith(b'{"type":"done"')
