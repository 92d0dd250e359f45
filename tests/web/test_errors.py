"""Every way to be refused: the right status, a problem document, small, and nothing echoed."""

import json
import string

import pytest
from fastapi.testclient import TestClient

from app.story.words import LANGUAGES, catalogue
from app.web import problems, share
from app.web.errors import pointer

JSON = {"Content-Type": "application/json"}
TRACE = "/api/v1/trace"


def post(content: bytes, **headers: str):
    return ("POST", TRACE, {"content": content, "headers": {**JSON, **headers}})


def get(path: str, **headers: str):
    return ("GET", path, {"headers": headers})


ERRORS = {
    "unknown page": (404, "not_found", get("/nowhere")),
    "unknown route of the API": (404, "not_found", get("/api/v1/nowhere")),
    "unknown static file": (404, "not_found", get("/static/x/nowhere.js")),
    "static file outside": (404, "not_found", get("/static/x/..%2f..%2fpyproject.toml")),
    "static without version": (404, "not_found", get("/static/nowhere.js")),
    "a slash too many": (404, "not_found", get("/deck/")),
    "unknown problem": (404, "not_found", get("/problems/nowhere")),
    "null in the path": (404, "not_found", get("/static/x/%00")),
    "wrong method": (405, "method", ("DELETE", TRACE, {})),
    "post to a page": (405, "method", ("POST", "/", {})),
    "options without preflight": (405, "method", ("OPTIONS", TRACE, {})),
    "nothing acceptable": (406, "not_acceptable", post(b'{"source":"echo"}', Accept="image/png")),
    "events from gradients": (
        406,
        "not_acceptable",
        (
            "POST",
            "/api/v1/gradients",
            {"json": {"source": "echo"}, "headers": {"Accept": "text/event-stream"}},
        ),
    ),
    "nothing acceptable in a link": (
        406,
        "not_acceptable",
        get(f"{TRACE}?q={share.encode({'source': 'echo'})}", Accept="text/html, */*;q=0"),
    ),
    "a megabyte": (413, "too_large", post(b'{"source":"' + b"x" * 2**20 + b'"}')),
    "a wrong length": (413, "too_large", post(b"{}", **{"Content-Length": "9" * 30})),
    "no type": (415, "content_type", ("POST", TRACE, {"content": b"{}"})),
    "plain text": (
        415,
        "content_type",
        ("POST", TRACE, {"content": b"{}", "headers": {"Content-Type": "text/plain"}}),
    ),
    "text for gradients": (
        415,
        "content_type",
        (
            "POST",
            "/api/v1/gradients",
            {"content": b"x", "headers": {"Content-Type": "text/x-python"}},
        ),
    ),
    "a form": (415, "content_type", ("POST", TRACE, {"data": {"source": "x"}})),
    "empty": (422, "json", post(b"")),
    "not JSON": (422, "json", post(b"{source: 1}")),
    "NaN": (422, "json", post(b'{"source":"x","inputs":{"x":NaN}}')),
    "infinity": (422, "json", post(b'{"source":"x","inputs":{"x":Infinity}}')),
    "1e400": (422, "json", post(b'{"source":"x","inputs":{"x":1e400}}')),
    "lone surrogate": (422, "json", post(b'{"source":"\\ud800"}')),
    "encoded surrogate": (422, "json", post(b'{"source":"\xed\xa0\x80"}')),
    "UTF-16": (422, "json", post('{"source":"x"}'.encode("utf-16"))),
    "byte order mark": (422, "json", post(b'\xef\xbb\xbf{"source":"x"}')),
    "too deep": (422, "json", post(b"[" * 50_000 + b"]" * 50_000)),
    "a list": (422, "invalid", post(b"[]")),
    "null": (422, "invalid", post(b"null")),
    "no source": (422, "invalid", post(b"{}")),
    "source is a number": (422, "invalid", post(b'{"source":1}')),
    "duplicate keys, the last one bad": (422, "invalid", post(b'{"source":"x","source":1}')),
    "source too long": (422, "invalid", post(b'{"source":"' + b"x" * 65_537 + b'"}')),
    "unknown key": (422, "invalid", post(b'{"source":"x","sauce":1}')),
    "12,000 unknown keys": (
        422,
        "invalid",
        post(json.dumps({f"key{k}": k for k in range(12_000)}).encode()),
    ),
    "40 kB of bad items": (
        422,
        "invalid",
        post(
            json.dumps({"source": "x", "wrt": ["é"] * 4, "inputs": {"x": ["no"] * 7000}}).encode()
        ),
    ),
    "bad items in a list": (
        422,
        "invalid",
        ("POST", "/api/v1/gradients", {"json": {"source": "x", "wrt": ["1"] * 10_000}}),
    ),
    "input is true": (422, "invalid", post(b'{"source":"x","inputs":{"x":true}}')),
    "input is text": (422, "invalid", post(b'{"source":"x","inputs":{"x":"10"}}')),
    "input spells NaN": (422, "invalid", post(b'{"source":"x","inputs":{"x":"NaN"}}')),
    "input is ragged": (422, "invalid", post(b'{"source":"x","inputs":{"x":[[1],[1,2]]}}')),
    "input is empty": (422, "invalid", post(b'{"source":"x","inputs":{"x":[]}}')),
    "input too deep": (422, "invalid", post(b'{"source":"x","inputs":{"x":[[[[[[[1]]]]]]]}}')),
    "input is huge": (
        422,
        "json",
        post(b'{"source":"x","inputs":{"x":[' + b"9" * 400 + b"]}}"),
    ),
    "input's name": (422, "invalid", post(b'{"source":"x","inputs":{"__class__":1}}')),
    "seed is negative": (422, "invalid", post(b'{"source":"x","seed":-1}')),
    "seed is a fraction": (422, "invalid", post(b'{"source":"x","seed":1.5}')),
    "seed is text": (422, "invalid", post(b'{"source":"x","seed":"1"}')),
    "seed is true": (422, "invalid", post(b'{"source":"x","seed":true}')),
    "language": (422, "invalid", post(b'{"source":"x","lang":"xx"}')),
    "expand backwards": (422, "invalid", post(b'{"source":"x","expand":[5,2]}')),
    "expand one": (422, "invalid", post(b'{"source":"x","expand":[5]}')),
    "element": (422, "invalid", post(b'{"source":"x","element":{"node":0}}')),
    "text that is none": (
        422,
        "text",
        ("POST", TRACE, {"content": b"\xff", "headers": {"Content-Type": "text/x-python"}}),
    ),
    "text with a bad seed": (
        422,
        "invalid",
        (
            "POST",
            TRACE + "?seed=no",
            {"content": b"x", "headers": {"Content-Type": "text/x-python"}},
        ),
    ),
    "no link": (422, "invalid", get(TRACE)),
    "empty link": (422, "link", get(TRACE + "?q=")),
    "other version": (422, "link_version", get(TRACE + "?q=v9.AAAA")),
    "link is not base64": (422, "link", get(TRACE + "?q=v1.!!!!")),
    "link is not deflate": (422, "link", get(TRACE + "?q=v1.AAAA")),
    "link in Korean": (422, "link", get(TRACE + "?q=v1.한글")),
    "refused program": (422, "name", post(b'{"source":"refuses"}')),
    "our mistake": (503, "internal", post(b'{"source":"fails"}')),
    "a worker that dies": (503, "internal", post(b'{"source":"dies"}')),
    "unknown host": (400, "host", get("/", Host="evil.example")),
    "rebinding": (400, "host", get("/api/v1/meta", Host="127.0.0.1.evil.example:8000")),
    "no host": (400, "host", get("/", Host="")),
    "host in Korean": (400, "host", ("GET", "/", {"headers": [(b"Host", "한글".encode())]})),
}


@pytest.mark.parametrize("name", ERRORS)
def test_every_refusal_is_a_problem(client: TestClient, name):
    status, code, (method, path, request) = ERRORS[name]
    answer = client.request(method, path, **request)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 8_000
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"].startswith("/problems/")
    assert client.get(problem["type"]).status_code == 200
    assert len(problem.get("errors", [])) <= 20
    assert answer.headers["cache-control"] == "no-store"
    assert "secret of the house" not in answer.text
    assert "xxxx" not in answer.text


def test_errors_point_at_fields(client: TestClient):
    body = {"inputs": {"x": "no"}, "sauce": 1}
    problem = client.post(TRACE, json=body).json()
    found = {error["pointer"]: error["code"] for error in problem["errors"]}
    assert found == {"/source": "missing", "/inputs/x": "array", "/sauce": "extra_forbidden"}
    many = {"source": "x", **{f"k{k}": 1 for k in range(30)}}
    assert client.post(TRACE, json=many).json()["more_errors"] == 10


def test_pointers_escape_and_stay_short():
    assert pointer(("a/b~c", 3)) == "/a~1b~0c/3"
    assert len(pointer(("x" * 1000,))) == 61


def test_a_refused_program_keeps_its_diagnostic(client: TestClient):
    problem = client.post(TRACE, json={"source": "refuses"}).json()
    assert problem["diagnostic"]["span"] == [1, 1, 1, 3]
    assert problem["detail"] == "No."


def test_problems_speak_the_visitors_language(client: TestClient):
    korean = client.get("/nowhere", headers={"Accept-Language": "ko-KR,en;q=0.5"})
    assert korean.headers["content-language"] == "ko"
    assert korean.json()["title"] == catalogue("ko")["Not found"]
    asked = client.post(TRACE, json={"lang": "ko", "sauce": 1})
    assert asked.json()["errors"][0]["detail"] in catalogue("ko").values()
    assert client.post(TRACE, json={"source": 1, "lang": []}).status_code == 422


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "ko"}


@pytest.mark.parametrize("path", ["/nowhere", "/deck/", "/<script>alert(1)</script>"])
def test_a_person_gets_a_page(client: TestClient, path: str):
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["cache-control"]) == (404, "no-store")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert (
        "<h1>찾을 수 없음</h1>" in page.text
        and 'href="/deck?example=chain&amp;lang=ko"' in page.text
    )
    assert "alert" not in page.text and "Accept" in page.headers["vary"].split(", ")


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/static/nowhere.js", "/problems/nowhere"])
def test_what_scripts_ask_for_stays_a_document(client: TestClient, path: str):
    assert client.get(path, headers=BROWSER).json()["code"] == "not_found"


def sentences():
    for kind in problems.PROBLEMS.values():
        yield from (kind.title, kind.detail)
    yield from problems.FIELDS.values()
    yield problems.ANYTHING_ELSE
    for pair in problems.STOPPED.values():
        yield from pair


@pytest.mark.parametrize("sentence", sorted(set(sentences())))
def test_every_sentence_has_every_language(sentence):
    def names(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for lang in set(LANGUAGES) - {"en"}:
        assert sentence in catalogue(lang)
        assert names(catalogue(lang)[sentence]) == names(sentence)


def test_a_failing_route_is_a_problem_too(client: TestClient, monkeypatch):
    monkeypatch.setattr("app.web.pages.EXAMPLES", None)
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.json()["code"] == "internal"
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"]
