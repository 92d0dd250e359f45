"""Descents and landscapes over real connections: parts, resume, errors, readers slow and gone."""

import json
import socket
from collections.abc import Iterator

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from processes import gone, wait_until, worked

from app.main import create_app
from app.web import share
from app.web.answers import _stopped
from app.web.descents_schema import Descents, Landscape
from app.web.settings import Settings

from .conftest import serving

EVENTS = {"Accept": "text/event-stream"}
RACE = {
    "objective": {"function": "rosenbrock"},
    "runs": [
        {"optimizer": "sgd", "options": {"lr": 0.01}},
        {"optimizer": "adam", "options": {"lr": 0.05}, "label": "Adam"},
    ],
    "start": [-1.5, 2.0],
    "steps": 300,
}
COLUMNS = ("step", "position", "value", "gradient", "rate")
LONG = {
    "objective": {
        "source": "import torch\n"
        "x = torch.randn(200, 400); y = torch.randn(200, 1)\n"
        "w = torch.randn(400, 1, requires_grad=True); b = torch.zeros(1, requires_grad=True)\n"
        "for i in range(3):\n"
        "    loss = ((x.mm(w) + b - y) ** 2).mean()\n"
        "    loss.backward()\n"
        "    with torch.no_grad():\n"
        "        w -= 0.01 * w.grad; b -= 0.01 * b.grad\n"
        "        w.grad.zero_(); b.grad.zero_()\n"
    },
    "runs": [{"optimizer": "sgd", "options": {"lr": 1e-6}}] * 16,
    "steps": 10_000,
}


@pytest.fixture(scope="module")
def lab() -> Iterator[tuple[str, FastAPI]]:
    app = create_app(Settings(workers=2))
    with serving(app) as address:
        yield address, app


def events_of(text: str) -> list[tuple[str, str, dict]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
    return found


def joined(batches: list[dict]) -> dict[int, dict[str, list]]:
    rows: dict[int, dict[str, list]] = {}
    for batch in batches:
        kept = rows.setdefault(batch["run"], {name: [] for name in COLUMNS})
        for name in COLUMNS:
            kept[name] += batch[name]
    return rows


def post(lab, body, **headers):
    address, _ = lab
    return httpx.post(f"{address}/api/v1/descents", json=body, headers=headers, timeout=60)


def lines_of(lab):
    return post(lab, RACE, Accept="application/jsonl").text.splitlines()


def test_parts_and_whole_are_the_same(lab):
    whole = post(lab, RACE).json()
    Descents.model_validate(whole)
    events = events_of(post(lab, RACE, **EVENTS).text)
    assert events[0][0] == "start"
    assert events[0][2]["objective"] == whole["objective"]
    assert [event for event, _, _ in events[1:-1]] == ["batch"] * (len(events) - 2)
    assert events[1][2]["step"] == [0]
    assert events[-1][:2] == ("done", "end")
    rows = joined([data for event, _, data in events if event == "batch"])
    for i, run in enumerate(whole["runs"]):
        assert rows[i] == {name: run[name] for name in COLUMNS}
        assert events[-1][2]["runs"][i]["status"] == run["status"]
    lines = [json.loads(line) for line in lines_of(lab)]
    assert (lines[0]["type"], lines[-1]["type"]) == ("start", "done")
    assert joined([line for line in lines if line["type"] == "batch"]) == rows


def test_a_diverging_run_says_where(lab):
    run = post(lab, RACE).json()["runs"][0]
    assert (run["status"], run["diverged_at"], run["overflow"]["op"]) == ("diverged", 7, "power")
    assert run["value"][-1] == "Infinity"
    assert "power" in run["overflow"]["words"]["ko"]


@pytest.mark.parametrize("seen", [0, 64, 150])
def test_a_stream_is_resumed_after_what_was_seen(lab, seen):
    address, _ = lab
    url = f"{address}/api/v1/descents?q={share.encode(RACE)}"
    whole = joined(
        [d for e, _, d in events_of(httpx.get(url, headers=EVENTS).text) if e == "batch"]
    )
    again = httpx.get(url, headers={**EVENTS, "Last-Event-ID": str(seen)})
    rest = joined([d for e, _, d in events_of(again.text) if e == "batch"])
    for run, columns in whole.items():
        later = [i for i, step in enumerate(columns["step"]) if step > seen]
        if later:
            assert rest[run] == {name: columns[name][later[0] :] for name in COLUMNS}
        else:
            assert run not in rest


def test_a_reconnect_after_the_end_is_told_to_stay_away(lab):
    address, _ = lab
    url = f"{address}/api/v1/descents?q={share.encode(RACE)}"
    assert httpx.get(url, headers={**EVENTS, "Last-Event-ID": "end"}).status_code == 204


def test_ids_stand_only_where_every_run_is_told(lab):
    told: dict[int, int] = {}
    for event, id, data in events_of(post(lab, RACE, **EVENTS).text):
        if event == "batch":
            told[data["run"]] = data["step"][-1]
            if id:
                alive = [step for run, step in told.items() if run == 1 or step < 7]
                assert max(alive) == int(id) == told[1]


def test_an_error_is_an_event(lab):
    body = {"objective": {"source": "w = tf.Variable(1.0)\nw.foo()"}}
    *before, (event, id, problem) = events_of(post(lab, body, **EVENTS).text)
    assert {name for name, _, _ in before} <= {"progress"}
    assert (event, id, problem["status"], problem["code"]) == ("error", "end", 422, "attribute")
    assert post(lab, body).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "pointer", "word"),
    [
        ({"objective": {}}, "/objective", "function"),
        ({"objective": {"function": "hill"}}, "/objective/function", ""),
        ({"objective": {"function": "saddle", "options": {"a": 1}}}, "/objective", "a"),
        ({"runs": [{"optimizer": "sgd", "options": {"lr": -1}}]}, "/runs/0", "lr"),
        ({"runs": [{"optimizer": "sgd", "options": {"rate": 1}}]}, "/runs/0", "rate"),
        ({"steps": 0}, "/steps", ""),
        ({"start": [1, 2, 3]}, "/start", ""),
        ({"colour": 1}, "/colour", ""),
        ({"runs": [{"optimizer": "sgd", "options": {"nesterov": 1}}]}, "/runs/0", "true or false"),
        ({"runs": [{"optimizer": "sgd", "options": {"nesterov": True}}]}, "/runs/0", "momentum"),
        ({"runs": [{"optimizer": "adam", "options": {"betas": 1}}]}, "/runs/0", "two numbers"),
        ({"objective": {"source": "x", "parameters": ["x", "x"]}}, "/objective", "x"),
        ({"objective": {"function": "saddle", "seed": 1}}, "/objective", "seed"),
        ({"objective": {"source": "w = 1", "options": {"a": 1}}}, "/objective", "options"),
        ({"seed": 1}, "", "seed"),
        ({"objective": {"source": "w = 1", "seed": 1}, "seed": 2}, "", "once"),
        (
            {"objective": {"function": "quadratic", "options": {"condition": 0}}},
            "/objective",
            "condition",
        ),
    ],
)
def test_a_wrong_request_is_pointed_at(lab, change, pointer, word):
    answer = post(lab, {**RACE, **change})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    errors = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert word in errors[pointer]


def test_a_range_too_wide_for_a_number_is_refused(lab):
    address, _ = lab
    body = {"objective": {"function": "beale"}, "x": {"range": [-1.7e308, 1.7e308]}}
    assert httpx.post(f"{address}/api/v1/landscapes", json=body).status_code == 422


def test_the_seed_of_a_request_is_the_programs(lab):
    def start(body):
        return post(lab, body).json()["objective"]["start"]

    objective = {"source": LONG["objective"]["source"]}
    first, second = ({"objective": objective, "steps": 1, "seed": seed} for seed in (1, 2))
    assert start(first) == start(first) != start(second)
    assert start(first) == start({"objective": {**objective, "seed": 1}, "steps": 1})


def request_of(body, accept="text/event-stream", route="descents"):
    data = json.dumps(body).encode()
    head = (
        f"POST /api/v1/{route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Accept: {accept}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


SLOW = {"objective": {"source": LONG["objective"]["source"].replace("range(3)", "range(100_000)")}}
LEAVINGS = [
    ("descents", LONG, "text/event-stream", b"event: batch"),
    ("descents", LONG, "application/jsonl", b'"type":"batch"'),
    ("descents", SLOW, "text/event-stream", b""),  # before the first part
    ("descents", LONG, "application/json", b""),
    ("landscapes", SLOW, "application/json", b""),
]


@pytest.mark.parametrize(("route", "body", "accept", "seen"), LEAVINGS)
def test_who_leaves_ends_the_work(lab, route, body, accept, seen):
    address, app = lab
    pool = app.state.runner.pool
    wait_until(lambda: len(pool.pids) == 2)
    before = set(pool.pids)
    idle = {pid: worked(pid) for pid in before}
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request_of(body, accept, route))
        read = b""
        while seen not in read:
            read += connection.recv(65536)
        wait_until(lambda: any(worked(pid) > then + 0.02 for pid, then in idle.items()))
    wait_until(lambda: set(pool.pids) != before, 15)  # before its time is over
    (killed,) = before - set(pool.pids)
    wait_until(lambda: gone(killed))


def test_a_slow_reader_misses_nothing(lab):
    address, _ = lab
    asked = {**RACE, "steps": 3000}
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(request_of(asked, "application/jsonl"))
        read = b""
        while b'"type":"done"' not in read:
            part = connection.recv(20_000)
            assert part
            read += part
    lines = [line for line in read.split(b"\r\n") if line.startswith(b'{"type":"batch"')]
    whole = post(lab, asked).json()["runs"]
    for run, wanted in enumerate(whole):
        told = [one for one in map(json.loads, lines) if one["run"] == run]
        for column in COLUMNS:
            assert [entry for batch in told for entry in batch[column]] == wanted[column]


def test_a_landscape(lab):
    address, _ = lab
    body = {"objective": {"function": "beale"}, "x": {"points": 5}, "gradient": True}
    answer = httpx.post(f"{address}/api/v1/landscapes", json=body)
    Landscape.model_validate(answer.json())
    assert (len(answer.json()["x"]), len(answer.json()["z"])) == (5, 61)
    link = f"{address}/api/v1/landscapes?q={share.encode(body)}"
    kept = httpx.get(link)
    assert kept.json() == answer.json()
    assert httpx.get(link, headers={"If-None-Match": kept.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(("job", "model"), [("descents", Descents), ("landscapes", Landscape)])
def test_the_answer_of_a_process_that_had_to_end_has_the_published_shape(job, model):
    answer = model.model_validate(json.loads(_stopped(job, "time", "ko")))
    assert (answer.status, answer.diagnostic.code) == ("limit", "time")
