"""Answers of the API: bytes handed on, kept by links, cut by limits."""

import re

import pytest
from fastapi.testclient import TestClient

from app.web import share
from app.web.trace_schema import Gradients, Trace

TRACE = "/api/v1/trace"


def link(source: str, **more: object) -> str:
    return f"{TRACE}?q={share.encode({'source': source, **more})}"


def test_json_and_text_and_link_ask_the_same(client: TestClient):
    json = client.post(TRACE, json={"source": "echo"})
    headers = {"Content-Type": "text/x-python; charset=utf-8"}
    text = client.post(TRACE, content=b"\xef\xbb\xbfecho", headers=headers)
    assert json.status_code == text.status_code == 200
    assert json.content == text.content == client.get(link("echo")).content
    assert json.headers["content-type"] == "application/json"


def test_spelling_does_not_matter(client: TestClient):
    body = b'{"inputs":{"y":2,"x":1.0},"source":"echo"}'
    one = client.post(TRACE, content=body, headers={"Content-Type": "application/json"})
    two = client.post(TRACE, json={"source": "echo", "inputs": {"x": 1, "y": 2.0}, "lang": "en"})
    assert one.content == two.content
    assert (
        client.get(link("echo", inputs={})).headers["etag"]
        == client.get(link("echo")).headers["etag"]
    )


def test_a_link_may_be_kept(client: TestClient):
    answer = client.get(link("echo"))
    etag = answer.headers["etag"]
    assert etag.startswith('"')
    assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
    assert "Accept" in answer.headers["vary"]
    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = client.get(link("echo"), headers={"If-None-Match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == etag
    assert client.get(link("echo"), headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get(link("echo", seed=1)).headers["etag"] != etag


def test_304_computes_nothing(client: TestClient):
    """The job would never end."""
    runner = client.app.state.runner
    key = runner.key("trace", {"source": "forever", "lang": "en"})
    answer = client.get(link("forever"), headers={"If-None-Match": f'"{key}"'})
    assert answer.status_code == 304


def test_a_runaway_is_an_answer(client: TestClient):
    answer = client.post(TRACE, json={"source": "forever", "lang": "ko"})
    assert answer.status_code == 200
    trace = Trace.model_validate_json(answer.content)
    assert trace.status == "limit"
    assert trace.diagnostic.code == "time"
    assert trace.diagnostic.hint
    assert "etag" not in client.get(link("forever")).headers
    short = client.post("/api/v1/gradients", json={"source": "forever"})
    assert Gradients.model_validate_json(short.content).status == "limit"
    for source, kind in (("hoards", "memory"), ("descends", "recursion")):
        told = client.post(TRACE, json={"source": source}).json()["diagnostic"]
        assert told["code"] == kind and told["message"].endswith("was stopped.")


def test_what_the_clock_cut_is_not_kept(client: TestClient):
    answer = client.get(link("cut"))
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/event-stream", "text/event-stream; charset=utf-8"),
        ("application/json;q=0.5, text/event-stream", "text/event-stream; charset=utf-8"),
        ("text/event-stream;q=0, */*", "application/json"),
    ],
)
def test_negotiation(client: TestClient, accept, media_type):
    answer = client.post(TRACE, json={"source": "echo"}, headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type


def test_big_answers_are_packed_and_streams_are_not(client: TestClient):
    answer = client.get("/api/v1/meta", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    headers = {"Accept-Encoding": "gzip", "Accept": "text/event-stream"}
    stream = client.post(TRACE, json={"source": "steps"}, headers=headers)
    assert "content-encoding" not in stream.headers


def test_meta(client: TestClient):
    meta = client.get("/api/v1/meta").json()
    assert meta["version"] in meta["engine_version"]
    assert meta["limits"]["seconds"] == 1
    first = meta["examples"][0]
    assert first["id"] == "line-fit"
    assert "persistent=True" in first["source"]
    for example in meta["examples"]:
        assert example["title"]["ko"] != example["title"]["en"]
    assert meta["examples"][-1]["inputs"] == {"x": 2, "w": 3, "b": 1, "y": 4}
    assert meta["faults"] == ["overwrite", "keep"]
    assert meta["exports"] == ["python", "numpy", "torch", "tensorflow"]
    operations = {one["name"]: one for one in meta["operations"]}
    assert {"name", "sign", "latex", "why", "numpy"} == set(meta["operations"][0])
    assert operations["inverse"]["numpy"] == "np.linalg.inv"
    assert operations["sigmoid"]["numpy"] is None


def test_openapi_is_whole(client: TestClient):
    document = client.get("/api/v1/openapi.json").json()
    routes = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert set(routes) == {
        "create_trace",
        "read_trace",
        "create_descents",
        "read_descents",
        "create_landscapes",
        "read_landscapes",
        "create_gradients",
        "read_gradients",
        "create_gradchecks",
        "read_gradchecks",
        "create_code",
        "read_code",
        "create_counts",
        "read_counts",
        "read_meta",
    }
    for name, operation in routes.items():
        assert operation["summary"]
        if name != "read_meta":
            refusal = operation["responses"]["422"]["content"]
            assert list(refusal) == ["application/problem+json"]
    schemas = document["components"]["schemas"]
    assert schemas["TraceRequest"]["examples"]
    for name in re.findall(r"#/[\w/$-]+", str(document)):
        assert name.removeprefix("#/components/schemas/") in schemas
    q = routes["read_trace"]["parameters"][0]
    assert client.get("/api/v1/trace", params={"q": q["example"]}).status_code in {200, 503}
    assert "Trace" in schemas


def test_the_older_document_has_older_words(client: TestClient):
    document = client.get("/api/v1/openapi-3.0.json").json()
    assert document["openapi"] == "3.0.3"

    def walk(part):
        if isinstance(part, dict):
            assert "const" not in part
            assert part.get("type") != "null"
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(document)
