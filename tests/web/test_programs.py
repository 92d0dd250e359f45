"""The API on real programs, in real workers: the course's programs through the whole house."""

import re

import pytest
from fastapi.testclient import TestClient

from app.web import share
from app.web.examples import EXAMPLES
from app.web.trace_schema import Gradients, Trace

TRACE = "/api/v1/trace"
GRADIENTS = "/api/v1/gradients"
SOURCES = {example.id: example for example in EXAMPLES}
FIT = "y ≈ 1.9329867362976074x + -0.7990004420280457\n"


def ask(client: TestClient, source: str, **more: object):
    return client.post(TRACE, json={"source": source, **more})


@pytest.mark.parametrize("name", SOURCES)
def test_every_example_runs_as_it_stands(real: TestClient, name):
    example = SOURCES[name]
    answer = ask(real, example.source, inputs=example.inputs)
    assert answer.status_code == 200
    trace = Trace.model_validate_json(answer.content)
    assert trace.status == "ok", trace.diagnostic
    assert trace.ticks > 0


def test_the_line_fit(real: TestClient):
    answer = ask(real, SOURCES["line-fit"].source)
    trace = answer.json()
    assert trace["stdout"] == FIT
    assert len(trace["graphs"]) == 1
    assert sum(run["count"] for run in trace["passes"]) == 500
    assert all(len(run["calls"]) == 2 for run in trace["passes"])
    assert len(answer.content) < 400_000


def test_the_line_fit_with_progress(real: TestClient):
    headers = {"Accept": "text/event-stream", "Content-Type": "text/x-python"}
    source = SOURCES["line-fit"].source.replace("500", "501").encode()
    answer = real.post(TRACE, content=source, headers=headers)
    assert "event: progress\n" in answer.text
    assert answer.text.rstrip().split("\n\n")[-1].startswith("event: result\n")


def test_an_expression_and_its_gradients(real: TestClient):
    example = SOURCES["expression"]
    body = {"source": example.source, "inputs": example.inputs}
    found = Gradients.model_validate_json(real.post(GRADIENTS, json=body).content)
    assert found.value == 9.0
    assert found.gradients == {"x": 18.0, "w": 12.0, "b": 6.0, "y": -6.0}
    one = real.post(GRADIENTS, json={**body, "wrt": ["w", "b"], "hessian": True}).json()
    assert one["gradients"] == {"w": 12.0, "b": 6.0}
    assert one["hessian"] == {"w": {"w": 8.0, "b": 4.0}, "b": {"w": 4.0, "b": 2.0}}
    failing = real.post(GRADIENTS, json={"source": "x / 0", "inputs": {"x": [[1]]}, "wrt": ["y"]})
    assert failing.status_code in {200, 422}
    broken = real.post(GRADIENTS, json={"source": "1 / 0"})
    assert Gradients.model_validate_json(broken.content).status == "error"


@pytest.mark.parametrize(
    ("source", "status"),
    [("().__class__", 422), ("import json", 422), ("x = (", 422), ("", 422), ("x = '\x00'", 422)],
)
def test_refused_programs(real: TestClient, source, status):
    answer = ask(real, source, lang="ko")
    assert answer.status_code == status
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"]
    assert problem["diagnostic"]["message"] == problem["detail"]


ROUTES = ("trace", "gradients", "gradchecks", "code", "counts", "descents", "landscapes")
FAILING = "w = torch.tensor(1.0, requires_grad=True)\nw.nothing()\n"


@pytest.mark.parametrize("way", ["post", "link"])
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("source", ["import json", FAILING], ids=["refused", "failing"])
def test_the_language_is_the_one_named_else_the_visitors(real: TestClient, source, route, way):
    lab = route in ("descents", "landscapes")
    asked = {"objective": {"source": source}} if lab else {"source": source}
    asked |= {"language": "numpy"} if route == "code" else {}

    def told(lang: str | None, header: str):
        body = asked | ({"lang": lang} if lang else {})
        headers = {"Accept-Language": header}
        if way == "post":
            return real.post(f"/api/v1/{route}", json=body, headers=headers)
        return real.get(f"/api/v1/{route}?q={share.encode(body)}", headers=headers)

    for lang, header, korean in [(None, "ko-KR,en;q=0.5", 1), ("en", "ko", 0), ("ko", "en", 1)]:
        answer = told(lang, header)
        message = answer.json()["diagnostic"]["message"]
        assert bool(re.search("[가-힣]", message)) == korean, (lang, header, message)
        assert answer.status_code == 422 or "Accept-Language" in answer.headers["vary"]


def test_an_expression_without_a_language_is_kept_for_each(real: TestClient):
    link = f"/api/v1/gradients?q={share.encode({'source': '1 / 0'})}"
    tags = {
        real.get(link, headers={"Accept-Language": one}).headers["etag"] for one in ("ko", "en")
    }
    assert len(tags) == 2


def test_a_failing_program_is_an_answer(real: TestClient):
    trace = Trace.model_validate_json(ask(real, "x = 1\ny = x / 0").content)
    assert trace.status == "error"
    assert trace.diagnostic.span[0] == 2


def test_a_runaway_meets_a_limit_and_the_next_is_served(real: TestClient):
    ask(real, "x = 1.0")
    trace = Trace.model_validate_json(ask(real, "while True: pass").content)
    assert trace.status == "limit"
    assert ask(real, "x = 2.0").status_code == 200


def test_a_link_gives_the_same_bytes(real: TestClient):
    request = {"source": "w = tf.Variable(3.0)  # 가중치\nprint(w * 2.0)"}
    by_link = real.get(f"{TRACE}?q={share.encode(request)}")
    assert by_link.content == real.post(TRACE, json=request).content
    assert by_link.headers["etag"]


def test_diverging_numbers_are_strings(real: TestClient):
    source = "x = tf.Variable(1e38)\nwith tf.GradientTape() as t:\n    y = x * x * x - x * x * x\n"
    answer = ask(real, source + "g = t.gradient(y, x)")
    trace = Trace.model_validate_json(answer.content)
    assert trace.status == "ok"
    assert b'"Infinity"' in answer.content
    assert b'"NaN"' in answer.content


def test_every_worker_keeps_serving_with_its_door_closed(real: TestClient):
    """Nothing is imported or opened late: the same worker runs all programs, errors included."""
    pool = real.app.state.runner.pool
    before = set(pool.pids)
    for seed in range(2):
        for example in EXAMPLES[:1] + EXAMPLES[4:]:
            ask(real, example.source, inputs=example.inputs, seed=seed, lang="ko")
        for source in ("1 / 0", "tf.nothing", "x = [1][3]", "print(f'{1.5:>8.2f}')", "{}['a']"):
            assert ask(real, source, seed=seed).status_code in {200, 422}
    assert set(pool.pids) == before
