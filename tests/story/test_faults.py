"""What-if: the engine with a beginner's fault in it, and every number that it spoils."""

import json

import numpy as np
import pytest

from app.language.budget import Limits
from app.language.run import trace

FAN = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x + x\ny.backward()\n"
LOOP = """\
w = torch.tensor(3.0, requires_grad=True)
for i in range(3):
    loss = (w * 2 - 1) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
"""


def traced(source, **request):
    answer = json.loads(trace({"source": source, **request}, Limits()))
    assert answer["status"] == "ok", answer["diagnostic"]
    return answer


def columns(answer):
    return {
        (kind, key): column
        for kind in ("forward", "edge", "partial", "gradient", "held", "grad", "after", "state")
        for key, column in answer["passes"][0].get(kind, {}).items()
    }


def test_overwriting_keeps_only_what_came_last():
    wrong = traced(FAN, fault="overwrite")
    right = traced(FAN)
    assert right["variables"]["x"]["grad"] == 7.0
    assert wrong["variables"]["x"]["grad"] == 3.0
    graph = wrong["graphs"][0]
    kind, edge = graph["ticks"][wrong["fault"]["tick"]]
    assert kind == "backward"
    assert graph["nodes"][graph["edges"][edge]["from"]]["name"] == "x"
    assert "replaces" in wrong["fault"]["words"]["en"]


@pytest.mark.parametrize("zeroing", ["w.grad.zero_()", "w.grad = None"])
def test_without_zeroing_is_the_program_that_forgot_it(zeroing):
    source = LOOP.replace("w.grad.zero_()", zeroing)
    kept = traced(source, fault="keep")
    forgot = traced(LOOP.replace("    w.grad.zero_()\n", ""))
    assert kept["variables"]["w"]["value"] == forgot["variables"]["w"]["value"]
    tick = kept["fault"]["tick"]
    graph = kept["graphs"][0]
    assert tick < len(graph["ticks"])  # in the first pass: the zeroing that was not done
    kind, index = graph["ticks"][tick]
    assert (kind, graph["events"][index]["event"]) == ("event", "kept")


@pytest.mark.parametrize("fault", ["overwrite", "keep"])
@pytest.mark.parametrize("source", [FAN, LOOP])
def test_exactly_the_numbers_that_differ_are_marked(source, fault):
    wrong, right = traced(source, fault=fault), traced(source)
    marks, expected = wrong["passes"][0]["wrong"], columns(right)
    counted = 0
    for (kind, key), column in columns(wrong).items():
        for p, found in enumerate(column):
            other = expected.get((kind, key))
            differs = found is not None and (other is None or not np.array_equal(found, other[p]))
            assert marks.get(kind, {}).get(key, [False] * len(column))[p] == differs, (kind, key)
            counted += differs
    assert wrong["fault"]["wrong"] == counted


def test_a_fault_that_changes_nothing_says_so():
    for fault in ("overwrite", "keep"):
        answer = traced(
            "x = tf.Variable(2.0)\nwith tf.GradientTape() as t:\n    y = x * 3.0\n"
            "g = t.gradient(y, x)\n",
            fault=fault,
        )
        assert answer["fault"]["tick"] is None
        assert answer["fault"]["wrong"] == 0
        assert "changes nothing" in answer["fault"]["words"]["en"]


def test_a_gradient_that_is_kept_and_never_added_to_spoils_nothing():
    answer = traced(FAN + "x.grad.zero_()\n", fault="keep")
    assert (answer["fault"]["tick"], answer["fault"]["wrong"]) == (None, 0)


def test_the_fault_ends_with_the_run():
    traced(FAN, fault="overwrite")
    assert traced(FAN)["variables"]["x"]["grad"] == 7.0
