"""Paths and their products, and what three ways of differentiating cost."""

import json

import numpy as np
import pytest

from app.language.budget import Limits
from app.language.derivations import counts
from app.story.counts import marked

DIAMONDS = "x = torch.tensor(1.0, requires_grad=True)\ny = x\n{}y.backward()\n"


def counted(source, **request):
    return json.loads(counts({"source": source, **request}, Limits()))


def test_a_node_that_is_read_twice_has_two_paths():
    found = counted("(x*w + b - y)**2 + x*3", inputs={"x": 2, "w": 3, "b": 1, "y": 4}, name="x")
    assert (found["paths"], found["complete"]) == (2, True)
    assert sorted(path["part"] for path in found["listed"]) == [3.0, 18.0]
    assert found["sum"] == found["adjoint"] == 21.0
    for path in found["listed"]:
        assert np.prod(path["slopes"]) == path["part"]
        assert len(path["nodes"]) == len(path["edges"]) + 1
        assert path["nodes"][0] == found["node"]


def test_astronomically_many_paths_are_counted_and_some_are_listed():
    found = counted(DIAMONDS.format("y = y + y\n" * 64), name="x")
    assert found["paths"] == str(2**64)
    assert (len(found["listed"]), found["complete"]) == (64, False)
    assert found["sum"] == 64.0
    assert found["adjoint"] == pytest.approx(2.0**64)
    costs = found["multiplications"]
    assert costs["enumeration"] == str(64 * 2**64)
    assert costs["reverse"] == 128


def test_reverse_mode_pays_once_for_all_inputs_forward_mode_once_for_each():
    source = "x = torch.ones(4, 3)\nw = torch.ones(3, 2, requires_grad=True)\n"
    source += "b = torch.ones(2, requires_grad=True)\nloss = (x @ w + b).sum()\nloss.backward()\n"
    found = counted(source, name="w")["multiplications"]
    reverse = 8 + 8 + 8 + 24  # sum, the two edges of +, the product's 4 × 2 sums of 3 terms
    assert found["reverse"] == reverse
    assert [one["sweeps"] for one in found["forward"]] == [6, 2]
    assert [one["multiplications"] for one in found["forward"]] == [6 * (8 + 8 + 24), 2 * (8 + 8)]
    assert found["forward_all"] == 6 * 40 + 2 * 16


@pytest.mark.parametrize("seed", ["s0_fit", "s1_chain", "s4_nested", "s4_persistent", "s4_watch"])
def test_the_paths_of_the_seeds_add_up_to_the_adjoint(seed):
    with open(f"tests/language/seeds/{seed}.py.txt", encoding="utf-8") as file:
        found = counted(file.read())
    assert found["complete"]
    assert np.allclose(found["sum"], found["adjoint"], rtol=1e-6)


HOOKED = """w = torch.tensor(2.0, requires_grad=True)
h = w * 3
{hook}
loss = h * h + w
loss.backward()
"""
OWN = """@tf.custom_gradient
def f(x):
    def grad(g):
        return {part}
    return x * x, grad
w = tf.Variable(2.0)
with tf.GradientTape() as tape:
    h = f(w)
    loss = h * h * h + h
d = tape.gradient(loss, w)
"""
EXACT = {
    HOOKED.format(hook="h.register_hook(lambda g: g * 10)"): False,
    HOOKED.format(hook="w.register_hook(lambda g: g.clamp(0, 1))"): False,
    HOOKED.format(hook="h.register_hook(print)"): True,
    OWN.format(part="g * 2.0 * x"): True,
    OWN.format(part="-(g + g) * tf.exp(x) / 3.0"): True,
    OWN.format(part="tf.clip_by_value(g, -1.0, 1.0)"): False,
    OWN.format(part="g + 1.0"): False,
    OWN.format(part="g * g"): False,
    OWN.format(part="x"): False,
    OWN.format(part="g if g > 0.0 else -g"): False,
}


@pytest.mark.parametrize("source", list(EXACT))
def test_paths_that_need_not_add_up_to_the_gradient_say_so(source):
    found = counted(source, name="w")
    assert found["complete"]
    assert (found["inexact"] is None) is EXACT[source]
    if EXACT[source]:
        assert found["sum"] == pytest.approx(found["adjoint"])
    elif "-g" not in source:
        assert found["sum"] != pytest.approx(found["adjoint"])


def test_without_a_gradient_there_is_nothing_to_count():
    assert counted("x = np.array(2.0)\ny = x * x\n")["node"] is None


def test_the_slope_of_an_edge_is_found_once_for_all_paths(monkeypatch):
    found = []
    monkeypatch.setattr("app.story.counts.slope", lambda edge: found.append(edge))
    counted(DIAMONDS.format("y = y + y\n" * 8), name="x")
    assert len(found) == len(set(found)) > 8


def test_a_path_that_the_right_run_does_not_list_is_marked():
    path = {"nodes": [0, 1], "edges": [0], "slopes": [2.0], "part": 2.0}
    answer = {"listed": [path, path], "sum": 4.0, "adjoint": 4.0}
    right = {"listed": [path], "sum": 2.0, "adjoint": 2.0}
    listed = marked(answer, right, lost=False, judged=True)["listed"]
    assert [one["wrong"]["part"] for one in listed] == [False, True]
