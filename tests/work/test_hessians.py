"""Second derivatives of whole programs, against closed forms and difference quotients."""

import json
import signal
import time

import numpy as np
import pytest

from app.engine.modes import Recording, recording
from app.language.budget import Limits
from app.language.errors import Refused
from app.work.hessians import gradients_and_hessian

LIMITS = Limits()


def ask(source, limits=LIMITS, **request):
    asked = {"source": source, "hessian": True, **request}
    return json.loads(gradients_and_hessian(asked, limits))


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


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("x**3 - 2*x", {"x": 1.7}),
        ("x*y + x/y", {"x": 1.5, "y": -0.5}),
        ("tf.sin(x) * tf.exp(y)", {"x": 0.3, "y": -1.2}),
        ("torch.tanh(x*w).pow(2)", {"x": 0.7, "w": -1.1}),
        ("np.log(x) * np.sqrt(x) + abs(y)", {"x": 2.0, "y": -3.0}),
        ("1 / (1 + np.exp(-x))", {"x": 0.4}),
    ],
)
def test_gradients_and_hessian_against_differences(source, inputs):
    answer = ask(source, inputs=inputs)

    def at(name: str, step: float) -> dict:
        return ask(source, inputs=inputs | {name: inputs[name] + step})

    for name, slope in answer["gradients"].items():
        ends = [at(name, step) for step in (1e-5, -1e-5)]
        assert (ends[0]["value"] - ends[1]["value"]) / 2e-5 == pytest.approx(slope, rel=1e-6)
        for other, bend in answer["hessian"][name].items():
            found = (ends[0]["gradients"][other] - ends[1]["gradients"][other]) / 2e-5
            assert found == pytest.approx(bend, rel=1e-5, abs=1e-6)


def test_a_hessian_of_arrays_has_the_shape_of_both():
    source, inputs = "((A @ x)**2).sum() * b", {"A": [[1.0, 2.0]], "x": [0.5, -1.0], "b": 3.0}
    found = ask(source, inputs=inputs)
    h = found["hessian"]
    shapes = {"A": (1, 2), "x": (2,), "b": ()}
    for one, other in [(one, other) for one in shapes for other in shapes]:
        assert np.shape(h[one][other]) == shapes[one] + shapes[other]
    np.testing.assert_allclose(h["x"]["x"], 6 * np.outer([1, 2], [1, 2]))
    np.testing.assert_allclose(h["x"]["b"], np.array(found["gradients"]["x"]) / 3)
    np.testing.assert_allclose(np.array(h["A"]["x"]).reshape(2, 2), np.array(h["x"]["A"])[:, 0].T)
    assert list(ask(source, inputs=inputs, wrt=["x"])["hessian"]) == ["x"]
    with pytest.raises(Refused, match="hessian"):
        ask("(x * x).sum()", inputs={"x": [1.0] * 101})


LONG = """\
w = torch.full((100,), 0.5, requires_grad=True)
x = w
for i in range({turns}): x = torch.sin(x) * w
x.sum().backward()
"""


@pytest.mark.parametrize(
    ("source", "limits", "code"),
    [  # the time is far more than the program needs, and far less than its Hessian
        (LONG.format(turns=900), Limits(operations=50_000), "operations"),
        (
            "X = torch.ones(900, 900)\n"
            + LONG.format(turns=30).replace("w\n", "w + 0 * (X @ X @ X).sum()\n", 1),
            LIMITS,
            "arithmetic",
        ),
        (
            LONG.format(turns=100).replace("(x)", "(x.repeat(100)).view(100, 100).mean(0)"),
            Limits(seconds=0.5),
            "time",
        ),
    ],
)
def test_what_takes_too_long_ends_in_a_sentence_and_keeps_the_gradients(source, limits, code):
    begun = time.process_time()
    answer = ask(source, limits)
    assert (answer["status"], answer["diagnostic"]["code"]) == ("limit", code)
    assert answer["diagnostic"]["message"] and answer["hessian"] is None
    assert len(answer["gradients"]["w"]) == 100
    assert time.process_time() - begun < limits.seconds + 1
    assert (
        signal.getsignal(signal.SIGALRM) is signal.SIG_DFL and recording.get() is Recording.TRACKED
    )


def test_numbers_of_several_types_have_second_derivatives():
    source = (
        "a = torch.tensor(2.0, requires_grad=True)\n"
        "b = torch.tensor([1.0, 3.0], dtype=torch.float64, requires_grad=True)\n"
        "(a * a * b).sum().backward()\n"
    )
    h = ask(source)["hessian"]
    assert h == {"a": {"a": 8.0, "b": [4.0, 4.0]}, "b": {"a": [4.0, 4.0], "b": [[0.0, 0.0]] * 2}}


def test_a_hundred_variables_take_one_run_through_the_graph():
    inputs = {f"w{i}": 0.5 for i in range(100)}
    source = "+".join(f"torch.sin(w{i} * w{i + 1})" for i in range(99))
    h = ask(source, Limits(seconds=5.0), inputs=inputs)["hessian"]
    assert h["w3"]["w4"] == pytest.approx(np.cos(0.25) - 0.25 * np.sin(0.25))
    assert h["w3"]["w5"] == 0.0
