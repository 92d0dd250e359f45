"""Second derivatives of whole programs, against closed forms and difference quotients."""

import json

import numpy as np
import pytest

from app.language.budget import Limits
from app.language.errors import Refused
from app.work.hessians import gradients_and_hessian


def ask(source, **request):
    asked = {"source": source, "hessian": True, **request}
    return json.loads(gradients_and_hessian(asked, Limits()))


LINE = """\
x = torch.tensor([1.0, 2.0, 4.0]); y = torch.tensor([1.0, 3.0, 2.0])
w = torch.tensor(0.5, requires_grad=True); b = torch.tensor(0.25, requires_grad=True)
for i in range(3):
    loss = ((w * x + b - y) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        b -= 0.01 * b.grad
    w.grad.zero_(); b.grad.zero_()
"""
CUBE = """\
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(x ** 3) + x[0] * x[1]
g = tape.gradient(loss, x)
"""
HELD = """\
w = torch.tensor(3.0, requires_grad=True)
with torch.no_grad():
    k = w * w
(k * w * w + w.detach() * w).backward()
"""


def test_a_training_programs_last_call():
    answer = ask(LINE)
    h = answer["hessian"]
    expected = {"w": {"w": 42.0, "b": 14.0}, "b": {"w": 14.0, "b": 6.0}}
    assert h == {row: pytest.approx(expected[row], rel=1e-6) for row in expected}
    assert set(answer["gradients"]) == {"w", "b"}
    assert ask(LINE, wrt=["b"])["hessian"] == {"b": {"b": pytest.approx(6.0)}}


def test_arrays_and_tapes():
    assert np.allclose(ask(CUBE)["hessian"]["x"]["x"], [[6.0, 1.0], [1.0, 12.0]])


def test_what_keeps_no_history_is_held():
    assert ask(HELD)["hessian"] == {"w": {"w": 18.0}}  # 2 k, with k = 9


def test_a_network_against_differences():
    def program(v):
        return (
            f"X = torch.tensor([[0.5, -1.0], [1.5, 0.25]])\n"
            f"v = torch.tensor({v.tolist()}, dtype=torch.float64, requires_grad=True)\n"
            f"h = torch.tanh(X.double() @ v.reshape(2, 2))\nloss = torch.sigmoid(h.sum())\n"
            f"loss.backward()\n"
        )

    at = np.array([0.3, -0.2, 0.7, 0.1])
    found = np.array(ask(program(at))["hessian"]["v"]["v"])
    for i, step in enumerate(1e-5 * np.eye(4)):
        ends = [np.array(ask(program(at + s))["gradients"]["v"]) for s in (step, -step)]
        assert np.allclose(found[i], (ends[0] - ends[1]) / 2e-5, atol=1e-8)


@pytest.mark.parametrize(
    ("source", "request_", "code", "words"),
    [
        ("w = torch.tensor(1.0)\n", {}, "hessian_of_nothing", "no gradient"),
        (CUBE, {"target": "loss"}, "hessian_target", "last gradient call"),
        (LINE, {"target": "loss"}, "target_freed", "backward has released"),
        (
            "w = torch.ones(101, requires_grad=True)\n(w * w).sum().backward()\n",
            {},
            "hessian",
            "101 numbers",
        ),
    ],
)
def test_where_there_are_none_a_sentence_says_why(source, request_, code, words):
    with pytest.raises(Refused) as refused:
        ask(source, **request_)
    assert refused.value.code == code
    assert words in refused.value.diagnostic("en")["message"]
    assert refused.value.diagnostic("ko")["message"] != refused.value.diagnostic("en")["message"]


def test_a_program_that_fails_has_none():
    answer = ask("w = torch.tensor(1.0, requires_grad=True)\n1 / 0\n")
    assert answer["status"] == "error" and "hessian" not in answer
