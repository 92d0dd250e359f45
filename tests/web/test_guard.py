"""What every response carries, who may ask, and HEAD."""

import asyncio
import http.client
import inspect
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from app.web import incoming
from app.web.guard import Guard
from app.web.settings import Settings

PATHS = ["/", "/docs", "/healthz", "/api/v1/meta", "/nowhere", "/static/x/nowhere.js"]


@pytest.mark.parametrize("path", PATHS)
def test_security_headers_are_everywhere(client: TestClient, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/api/v1/meta", "/api/v1/openapi.json"])
def test_head_is_get_without_a_body(client: TestClient, path):
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_hosts_of_this_machine_are_known(client: TestClient, host):
    assert client.get("/healthz", headers={"Host": host}).json()["status"] == "ok"


def test_anyone_may_read_the_api_but_nobody_with_credentials(client: TestClient):
    for origin in ("null", "https://course.example"):
        answer = client.get("/api/v1/meta", headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
        refusal = client.post("/api/v1/trace", headers={"Origin": origin})
        assert refusal.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/").headers


def test_preflight(client: TestClient):
    asked = {
        "Origin": "https://course.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    answer = client.options("/api/v1/trace", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-private-network" not in answer.headers
    assert client.options("/", headers=asked).status_code == 405


def test_settings_come_from_the_environment():
    found = Settings.from_environment({"GRADTAPE_HOSTS": "A.example, b", "GRADTAPE_WORKERS": "3"})
    assert found.hosts == ("a.example", "b")
    assert found.workers == 3
    for bad in ("0", "-1", "two", "1.5"):
        with pytest.raises(ValueError, match="GRADTAPE_WORKERS"):
            Settings.from_environment({"GRADTAPE_WORKERS": bad})


def test_the_readme_lists_every_variable():
    source = Path(inspect.getfile(Settings)).read_text(encoding="utf-8")
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    variables = set(re.findall(r"GRADTAPE_[A-Z_]+\b(?=:)", source))
    assert len(variables) == 6
    assert variables == set(re.findall(r"\| `(GRADTAPE_[A-Z_]+)`", readme))


async def read_body(scope, receive, send):
    request = Request(scope, receive)
    await PlainTextResponse(await request.body())(scope, receive, send)


async def ask(app, receive, send, **settings):
    guard = Guard(app, hosts={"x"}, max_body=10, receive_seconds=0.05, send_seconds=0.05)
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"x")]}
    await guard({**scope, "query_string": b"", **settings}, receive, send)


def test_a_body_that_does_not_come_is_not_waited_for(run):
    async def body():
        sent = []

        async def receive():
            await asyncio.sleep(60)

        async def send(message):
            sent.append(message)

        await ask(read_body, receive, send)
        assert sent[0]["status"] == 408
        assert b'"slow"' in sent[1]["body"]

    run(body())


def test_a_body_without_a_length_is_counted(run):
    async def body():
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"1234", "more_body": True}

        async def send(message):
            sent.append(message)

        await ask(read_body, receive, send)
        assert sent[0]["status"] == 413

    run(body())


def test_a_reader_who_accepts_nothing_is_left(run):
    async def body():
        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            await asyncio.sleep(60)

        async with asyncio.timeout(30):
            await ask(read_body, receive, send)

    run(body())


def test_websockets_are_closed(run):
    async def body():
        sent = []

        async def send(message):
            sent.append(message["type"])

        await Guard(read_body, hosts=(), max_body=1)({"type": "websocket"}, None, send)
        assert sent == ["websocket.close"]

    run(body())


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_far_too_long_is_answered_though_it_is_still_sent(served, chunked):
    address, _ = served
    body = b"x" * (10 * 1024 * 1024)
    parts = iter([body[i : i + 65_536] for i in range(0, len(body), 65_536)])
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    # the server closes as soon as it has answered, as for urllib: what is unread then is reset
    headers = {"Content-Type": "application/json", "Connection": "close"}
    given = parts if chunked else body
    connection.request("POST", "/api/v1/trace", given, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert b'"too_large"' in answer.read()
    connection.close()


def test_draining_ends_by_itself(run, monkeypatch):
    monkeypatch.setattr(incoming, "DRAINED_BYTES", 40)
    asked = 0

    async def body():
        sent = []

        async def receive():
            nonlocal asked
            asked += 1
            return {"type": "http.request", "body": b"1234", "more_body": True}

        async def send(message):
            sent.append(message)

        headers = [(b"host", b"x"), (b"transfer-encoding", b"chunked")]
        await ask(read_body, receive, send, headers=headers)
        assert sent[0]["status"] == 413

    run(body())
    assert asked == 3 + 10
