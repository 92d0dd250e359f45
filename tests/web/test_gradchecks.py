"""/gradchecks, with real workers."""

import pytest
from fastapi.testclient import TestClient

from app.web import share
from app.web.gradchecks_schema import Gradchecks

S1 = {"source": "(x*w + b - y)**2", "inputs": {"x": 2, "w": 3, "b": 1, "y": 4}}
TAPE = """\
x = tf.constant([1.0, 2.0]); w = tf.Variable([[0.5, -1.0], [0.25, 2.0]]); b = tf.Variable(0.1)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.tanh(tf.reduce_sum(w * x, axis=1) + b) ** 2)
g = tape.gradient(loss, [w, b])
"""
TORCH = """\
w = torch.tensor([0.5, -2.0], requires_grad=True)
for i in range(3):
    loss = torch.relu(w * 2.0).sum() + (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
"""


def post(client: TestClient, **asked):
    answer = client.post("/api/v1/gradchecks", json=asked)
    assert answer.status_code == 200, answer.text
    Gradchecks.model_validate(answer.json())
    return answer.json()


def test_an_expression_by_body_and_by_link(real: TestClient):
    found = post(real, **S1, wrt=["w", "b"])
    assert (found["verdict"], found["total"], found["value"]) == ("fine", 2, 9.0)
    w, b = found["entries"]
    assert (w["name"], w["analytic"], b["analytic"]) == ("w", 12.0, 6.0)
    assert len(found["h"]) == 15
    for dtype in ("float64", "float32"):
        for kind in ("one_sided", "centred"):
            assert len(w["curves"][dtype][kind]) == 15
    assert "right" in found["words"]["en"] and "기울기" in found["words"]["ko"]
    link = {"q": share.encode({**S1, "wrt": ["w", "b"]})}
    linked = real.get("/api/v1/gradchecks", params=link)
    assert linked.json() == found
    again = {"If-None-Match": linked.headers["etag"]}
    assert real.get("/api/v1/gradchecks", params=link, headers=again).status_code == 304


@pytest.mark.parametrize(("source", "total"), [(TAPE, 5), (TORCH, 2)])
def test_a_program(real: TestClient, source: str, total: int):
    found = post(real, source=source)
    assert found["total"] == len(found["entries"]) == total
    assert {entry["verdict"] for entry in found["entries"]} == {"fine"}
    assert found["direction"]["verdict"] == "fine"
    single = found["entries"][0]["curves"]["float32"]["centred"]
    assert 1e-9 < min(row["error"] for row in single) < 1e-2


def test_what_comes_of_numbers_alone_stays(real: TestClient):
    source = "x = torch.tensor(2.0, requires_grad=True)\ny = x * x * (1 / 3) * 6**0.5\ny.backward()"
    (entry,) = real.post("/api/v1/gradchecks", json={"source": source}).json()["entries"]
    assert entry["verdict"] == "fine"


def test_a_comparison_of_masks_stays(real: TestClient):
    source = (
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"
        "(x * ((x > 1.5) == torch.tensor([True, False]))).sum().backward()\n"
    )
    assert {entry["verdict"] for entry in post(real, source=source)["entries"]} == {"fine"}


def test_kinks_are_named(real: TestClient):
    found = post(real, source="abs(x) * x + abs(x)", inputs={"x": 0.0005}, h=[1e-1, 1e-6])
    (entry,) = found["entries"]
    far, near = entry["curves"]["float64"]["centred"]
    assert far["kinks"] == ["absolute_or_zero"] and near["kinks"] == []
    assert entry["best"]["h"] == 1e-6 and found["verdict"] == "fine"
    program = "w = torch.tensor(0.03, requires_grad=True)\ntorch.{}(w).backward()\n"
    for name in ("relu", "nn.functional.relu6", "nn.functional.leaky_relu", "abs"):
        found = post(real, source=program.format(name))
        curve = found["entries"][0]["curves"]["float64"]["centred"]
        assert [bool(one["kinks"]) for one in curve[:2]] == [True, False], name
    on = post(real, source="abs(x)", inputs={"x": 0.0})
    assert on["verdict"] == "kink"


def test_a_slope_of_zero_is_not_called_wrong_for_rounding(real: TestClient):
    found = post(real, source="(x - 1)**2 + 3 + 0 * y", inputs={"x": 1.0, "y": 0.3})
    assert found["verdict"] == "fine"


def test_of_many_numbers_some_are_checked_and_it_says_so(real: TestClient):
    found = post(real, source="(x * x).sum()", inputs={"x": [0.1 * i for i in range(1, 51)]})
    assert (found["total"], len(found["entries"])) == (50, 20)
    assert found["coverage"]["en"].startswith("20 of 50 numbers")
    found = post(real, source="x * x", inputs={"x": 0.5})
    assert found["coverage"] == {
        "en": "Its only number was checked.",
        "ko": "하나뿐인 수를 검사했습니다.",
    }


def test_failures_are_told(real: TestClient):
    found = post(real, source="w = torch.tensor(1.0)\n1 / 0\n")
    assert (found["status"], found["diagnostic"]["code"]) == ("error", "zero_division")


def test_a_limit_is_an_answer_and_a_seed_is_taken(real: TestClient):
    found = post(real, source="x = torch.zeros(100000, 100000)\n")
    assert found["status"] == "limit" and "entries" not in found
    assert found["diagnostic"]["hint"]
    source = "w = torch.randn(3, requires_grad=True)\n(w * w).sum().backward()\n"
    one, two, again = (post(real, source=source, seed=seed) for seed in (1, 2, 1))
    assert one == again and one["value"] != two["value"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"source": "x = 1.0"}, "no_call"),
        ({**S1, "wrt": ["q"]}, "no_gradient"),
        ({"source": "x = ("}, "syntax"),
        ({**S1, "call": 1}, "no_such_call"),
        ({**S1, "call": -2}, "invalid"),
        ({**S1, "h": [0.0]}, "invalid"),
        ({**S1, "h": []}, "invalid"),
        ({**S1, "more": 1}, "invalid"),
    ],
)
def test_refusals_are_problem_documents(real: TestClient, asked: dict, code: str):
    answer = real.post("/api/v1/gradchecks", json=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert code in (found["code"], (found.get("diagnostic") or {}).get("code"))


@pytest.mark.parametrize("source", ["x.detach()*x", "x**2 + x.detach()"])
def test_what_is_detached_is_held(real, source):
    assert post(real, source=source, inputs={"x": 0.5})["verdict"] == "fine"


BRANCHES = {
    "max of equals": "x = torch.tensor(1.0, requires_grad=True)\nmax(x, 0 * x + 1).backward()\n",
    "if": (
        "x = torch.tensor(0.0, requires_grad=True)\ny = 2 * x if x > 0 else 3 * x\ny.backward()\n"
    ),
    "if of a number": (
        "x = tf.Variable(0.0)\nwith tf.GradientTape() as tape:\n"
        "    y = 2 * x if float(x * 1.0) > 0 else 3 * x\ntape.gradient(y, x)\n"
    ),
}


def test_at_a_kink_the_step_is_one_that_rounding_leaves_alone(real: TestClient):
    """Beside max of equals every centred quotient but those of the smallest steps is 0.5."""
    source = "x = torch.tensor([3.0, 3.0], requires_grad=True)\nx.max().backward()\n"
    for entry in post(real, source=source)["entries"]:
        best = entry["best"]
        assert entry["verdict"] == "kink" and best["h"] > 1e-6
        assert best["numeric"] == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_at_its_boundary_is_a_kink(real: TestClient, name: str):
    found = post(real, source=BRANCHES[name])
    assert (found["verdict"], found["entries"][0]["reason"]) == ("kink", "branch")
    assert "branch" in found["words"]["en"]


def test_one_gradient_call_is_checked_and_it_says_which(real: TestClient):
    first, last, second = (post(real, source=TORCH, call=call) for call in (None, -1, 1))
    told = [found["call"] for found in (first, second, last)]
    assert [call["number"] for call in told] == [0, 1, 2]
    assert {(call["count"], call["line"], call["method"]) for call in told} == {(3, 4, "backward")}
    assert told[1]["words"]["en"] == "Gradient call 2 of 3 is checked."
    assert first["value"] > second["value"] > last["value"]
    assert post(real, **S1)["call"]["words"]["en"] == "The program has one gradient call."


def test_what_cannot_be_decided_is_neither_fine_nor_wrong(real: TestClient):
    for source, x, h in (
        ("x**2", 1e-300, None),
        ("x**2", 0.5, [1e-15]),
        ("sin(x*1e16)", 0.5, None),
    ):
        found = post(real, source=source.replace("sin", "np.sin"), inputs={"x": x}, h=h)
        assert found["verdict"] == "undecided", found["words"]
        assert found["words"]["ko"] != found["words"]["en"]


CHAIN = """\
x = torch.tensor(0.3, requires_grad=True)
y = torch.tensor(0.2, requires_grad=True)
z = x
for i in range(2500):
    z = torch.sin(z) + y
z.backward()
with torch.no_grad():
    x -= 0.1 * x.grad
    y -= 0.1 * y.grad
"""
UNDRAWN = {
    "gradients": {"source": CHAIN},
    "gradchecks": {"source": CHAIN, "h": [1e-5]},
    "descents": {"objective": {"source": CHAIN}},
    "landscapes": {"objective": {"source": CHAIN}, "x": {"points": 5}, "y": {"points": 5}},
}


@pytest.mark.parametrize("route", UNDRAWN)
def test_what_draws_nothing_takes_a_chain_of_5000_operations(real: TestClient, route: str):
    found = real.post(f"/api/v1/{route}", json=UNDRAWN[route]).json()
    assert found["status"] == "ok", found
    assert real.post("/api/v1/trace", json={"source": CHAIN}).json()["status"] == "limit"


def test_the_short_road_tells_that_an_integer_has_no_gradient(real: TestClient):
    source = "x = tf.Variable(3)\nwith tf.GradientTape() as t: y = x * x\nt.gradient(y, x)"
    found = real.post("/api/v1/gradients", json={"source": source}).json()
    assert (found["status"], found["value"], found["gradients"]) == ("ok", None, {"x": None})
