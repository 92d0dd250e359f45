"""/code and /counts, with real workers."""

import pytest
from fastapi.testclient import TestClient

from app.web import share

S1 = {"source": "(x*w + b - y)**2 + x", "inputs": {"x": 2, "w": 3, "b": 1, "y": 4}}


@pytest.mark.parametrize("language", ["python", "numpy", "torch", "tensorflow"])
def test_code_in_every_language_by_body_and_by_link(real: TestClient, language: str):
    asked = {**S1, "language": language}
    answer = real.post("/api/v1/code", json=asked)
    assert answer.status_code == 200
    found = answer.json()
    assert found["text"] == "".join(line["text"] + "\n" for line in found["lines"])
    assert {"forward"} <= {line["kind"] for line in found["lines"]}
    assert found["language"] == language
    if language != "python":
        assert found["values"]["g_w"] == 12.0
    linked = real.get("/api/v1/code", params={"q": share.encode(asked)})
    assert linked.json() == found
    again = {"If-None-Match": linked.headers["etag"]}
    assert (
        real.get("/api/v1/code", params={"q": share.encode(asked)}, headers=again).status_code
        == 304
    )


def test_helpers_are_found_behind_the_closed_door_of_a_worker(real: TestClient):
    source = "tf.nn.softmax(x)[0]"
    asked = {"source": source, "inputs": {"x": [1, 2, 3]}, "language": "numpy"}
    assert "def softmax(x):" in real.post("/api/v1/code", json=asked).json()["text"]


def test_counts_by_body_and_by_link(real: TestClient):
    found = real.post("/api/v1/counts", json={**S1, "name": "x"}).json()
    assert (found["paths"], found["complete"], found["adjoint"]) == (2, True, 19.0)
    linked = real.get("/api/v1/counts", params={"q": share.encode({**S1, "name": "x"})})
    assert linked.json() == found


REFUSED = [
    ("code", {"language": "python", "graph": 5}, "no_graph", "has no graph 5", "그래프 5번이"),
    ("code", {"language": "python", "tick": 99}, "no_tick", "no tick 99: the program has", "틱 99"),
    ("code", {"language": "cobol"}, "invalid", None, None),
    ("counts", {"graph": 5}, "no_graph", "has no graph 5", "그래프 5번이"),
    ("counts", {"tick": 99}, "no_tick", "no tick 99: the program has", "틱 99"),
    ("counts", {"node": 99}, "no_node", "has no node 99", "노드 99번이"),
    ("counts", {"name": "z"}, "no_named_node", "no node called z", "이름이 z인"),
    ("counts", {"name": "x", "node": 0}, "node_and_name", "a node, 0, and a name, x,", "x"),
]


@pytest.mark.parametrize(("route", "asked", "code", "english", "korean"), REFUSED)
def test_what_is_not_there_is_refused_in_a_sentence(
    real: TestClient, route, asked, code, english, korean
):
    for lang, words in (("en", english), ("ko", korean)):
        answer = real.post(f"/api/v1/{route}", json={**S1, **asked, "lang": lang})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, code)
        if words:
            assert words in problem["diagnostic"]["message"]
            assert problem["diagnostic"]["hint"]
            assert problem["diagnostic"]["message"] in problem["detail"]


def test_no_path_is_counted_where_no_gradient_went(real: TestClient):
    source = (
        "x = torch.tensor(3.0, requires_grad=True)\nk = torch.tensor(2.0)\n(x * k).backward()\n"
    )
    answer = real.post("/api/v1/counts", json={"source": source, "name": "k"})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_paths")
    assert "No gradient has reached k" in answer.json()["diagnostic"]["message"]


def test_a_program_without_operations_is_told_why_its_code_is_empty(real: TestClient):
    for source, notes in (("3", 1), ("missing", 0)):
        found = real.post("/api/v1/code", json={"source": source, "language": "python"}).json()
        assert found["text"] == "" and len(found["notes"]) == notes
        assert (found["status"] == "ok") is bool(notes)
    (note,) = real.post("/api/v1/code", json={"source": "3", "language": "python"}).json()["notes"]
    assert note["en"].startswith("Nothing is to be written down: the program computes with no ")
    assert note["ko"].startswith("옮겨 쓸 것이 없습니다.")


def test_a_function_of_a_number_alone_is_written_of_a_tensor(real: TestClient):
    asked = {"source": "x = 0.5\ny = math.sin(x)", "language": "torch"}
    found = real.post("/api/v1/code", json=asked).json()
    assert "y = torch.sin(torch.tensor(x, dtype=torch.float64))" in found["text"]


def test_the_listing_has_no_blank_lines_on_end(real: TestClient):
    found = real.post("/api/v1/code", json={**S1, "language": "python"}).json()
    assert found["text"].startswith("import numpy as np\n\ndef derivative(x, w, b, y):\n")


def test_a_fault_marks_what_is_wrong(real: TestClient):
    source = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\n"
    found = real.post("/api/v1/trace", json={"source": source, "fault": "overwrite"}).json()
    assert found["fault"]["wrong"] > 0
    assert found["passes"][0]["wrong"]["gradient"]
