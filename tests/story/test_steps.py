"""Single ticks looked at closely, and single entries of large arrays."""

import json
from xml.etree import ElementTree

import pytest

from app.language.budget import Limits
from app.language.run import trace
from app.story.steps import short

S1 = """x = tf.constant(2.0); w = tf.Variable(3.0); b = tf.Variable(1.0); y_true = tf.constant(4.0)
with tf.GradientTape() as tape:
    x1 = x * w
    x2 = x1 + b
    loss_val = tf.abs(y_true - x2)
grad_w, grad_b = tape.gradient(loss_val, [w, b])
w.assign_sub(0.1 * grad_w)
"""
KEYS = {
    "tick", "phase", "node", "edge", "span", "words", "formula", "substituted", "upstream",
    "local", "product", "before", "after", "state",
}  # fmt: skip
LARGE = """
w = tf.Variable(tf.reshape(tf.range(2000.0), (40, 50)))
with tf.GradientTape() as tape:
    y = tf.reduce_sum(w * w)
g = tape.gradient(y, w)
"""


def traced(source: str, **request):
    return json.loads(trace({"source": source, **request}, Limits()))


@pytest.fixture(scope="module")
def steps():
    answer = traced(S1, expand=[0, 10_000])
    assert len(answer["steps"]) == answer["ticks"]
    return answer["steps"]


def of(steps, phase):
    return [step for step in steps if step["phase"] == phase]


def test_every_step_has_every_key(steps):
    assert all(set(step) == KEYS for step in steps)
    assert [step["tick"] for step in steps] == list(range(len(steps)))


def test_forward(steps):
    multiply = of(steps, "forward")[0]
    assert multiply["after"] == 6.0
    assert multiply["words"]["en"] == "x1 = x × w = 2 × 3, which is 6."
    assert multiply["formula"]["latex"] == r"\mathrm{x1}" or "x" in multiply["formula"]["latex"]
    assert multiply["substituted"]["latex"] == r"2 \, 3"
    assert multiply["span"] == [3, 10, 3, 15]


def test_the_last_forward_step_is_the_loss(steps):
    (loss,) = of(steps, "loss")
    assert loss["after"] == 3.0


def test_seed(steps):
    seed = of(steps, "backward")[0]
    assert (seed["after"], seed["state"], seed["edge"]) == (1.0, "value", None)


def test_backward(steps):
    arrived = [
        (step["upstream"], step["local"], step["product"], step["after"], step["state"])
        for step in of(steps, "backward")[1:]
    ]
    assert arrived == [
        (1.0, -1.0, -1.0, -1.0, "value"),  # |y_true - x2|
        (-1.0, -1.0, 1.0, 1.0, "value"),  # y_true - x2
        (1.0, 1.0, 1.0, 1.0, "value"),  # x1 + b, to x1
        (1.0, 1.0, 1.0, 1.0, "value"),  # to b
        (1.0, 2.0, 2.0, 2.0, "value"),  # x * w
    ]
    last = of(steps, "backward")[-1]
    assert last["before"] is None
    assert last["words"]["en"].startswith("Back from x1 to w: upstream 1 becomes 2.")
    assert last["substituted"]["latex"] == "2"  # a factor of 1 is left out


def test_update(steps):
    (update,) = of(steps, "update")
    assert (update["before"], round(update["after"], 6)) == (3.0, 2.8)


def test_products_are_upstream_times_local(steps):
    for step in of(steps, "backward")[1:]:
        assert step["product"] == step["upstream"] * step["local"]


def test_formulas_are_well_formed(steps):
    for step in steps:
        for formula in (step["formula"], step["substituted"]):
            if formula:
                ElementTree.fromstring(formula["mathml"])
        if step["substituted"]:
            assert "data-ref" not in step["substituted"]["mathml"]


def test_words_have_their_numbers_in_both_languages(steps):
    for step in steps:
        if step["words"]:
            assert set(step["words"]) == {"en", "ko"}
            assert "{" not in step["words"]["en"] + step["words"]["ko"]


def test_what_is_added_to_what(told):
    source = (
        "w = tf.Variable(3.0)\nwith tf.GradientTape() as t:\n    y = w * w\ng = t.gradient(y, w)"
    )
    first, second = of(traced(source, expand=[0, 99])["steps"], "backward")[1:]
    assert (first["before"], first["after"]) == (None, 3.0)
    assert (second["before"], second["after"]) == (3.0, 6.0)
    assert "Added to 3 so far: 6." in second["words"]["en"]


@pytest.mark.parametrize(
    ("start", "end", "count"), [(0, 0, 1), (3, 5, 3), (9, 500, 4), (99, 100, 0)]
)
def test_a_window(start, end, count):
    steps = traced(S1, expand=[start, end])["steps"]
    assert len(steps) == count
    assert [step["tick"] for step in steps] == list(range(start, start + count))


def test_a_window_over_several_passes():
    source = "w = tf.Variable(1.0)\nfor i in range(4):\n    with tf.GradientTape() as t:\n"
    source += "        y = w * 2.0\n    w.assign_sub(0.5 * t.gradient(y, w))"
    answer = traced(source, expand=[0, 1000])
    size = answer["ticks"] // 4
    updates = [step for step in answer["steps"] if step["phase"] == "update"]
    assert [step["tick"] // size for step in updates] == [0, 1, 2, 3]
    assert [step["after"] for step in updates] == [0, -1, -2, -3]


def test_a_large_array_with_its_histogram_and_corner():
    answer = traced(LARGE, expand=[0, 99])
    forward = of(answer["steps"], "forward")[0]["after"]
    assert forward["shape"] == [40, 50] and sum(forward["histogram"]["counts"]) == 2000
    assert forward["corner"][0][:3] == [0, 1, 4]
    assert "histogram" not in json.dumps(answer["passes"])


@pytest.mark.parametrize(
    ("node", "index", "value", "gradient"),
    [
        (0, [1, 2], 52, 104),
        (0, [-1, -1], 1999, 3998),
        (1, [1, 2], 52 * 52, 1),
        (0, [40, 0], None, None),
        (0, [1], None, None),
        (99, [0, 0], None, None),
        (2, [], None, 1),
    ],
)
def test_an_element(node, index, value, gradient):
    asked = {"node": node, "index": index, "tick": 3}
    found = traced(LARGE, element=asked)["element"]
    assert found["gradient"] == gradient
    assert found["value"] == value or (node == 2 and found["value"] > 0)
    assert {name: found[name] for name in asked} == asked


def test_short():
    import numpy as np

    assert short(np.float32(0.1)) == "0.1"
    assert short(np.array([1.0, np.nan])) == "[1, NaN]"
    assert short(np.zeros((3, 4))) == "3 × 4 numbers"


def test_a_step_shows_what_backward_read():
    """Numbers that were put there through .data after the operation had used others."""
    source = (
        "w = torch.tensor(2.0, requires_grad=True)\nx = torch.tensor(3.0, requires_grad=True)\n"
        "y = w * x\nw.data += 5.0\ny.backward()"
    )
    answer = json.loads(trace({"source": source, "expand": [0, 9]}, Limits()))
    step = answer["steps"][-1]
    assert (step["upstream"], step["local"], step["product"]) == (1.0, 7.0, 7.0)
    assert step["substituted"]["latex"] == "7"


FORGETS = """w = torch.tensor(3.0, requires_grad=True)
for i in range(2):
    loss = (w * 2 + w - 1) ** 2
    loss.backward()
    {zeroed}
"""


@pytest.mark.parametrize(
    ("zeroed", "told"),
    [
        ("w.grad.zero_()", None),
        ("w.grad = None", None),
        (
            "pass",
            "Nothing has set w.grad to zero: 48 is added to the 48 of the pass before, "
            "which makes 96.",
        ),
    ],
)
def test_a_gradient_that_nothing_zeroed_is_named_where_it_is_added_to(zeroed, told):
    answer = traced(FORGETS.format(zeroed=zeroed), expand=[0, 1_000])
    words = [step["words"]["en"] for step in of(answer["steps"], "backward")]
    assert [text for text in words if "set w.grad to zero: " in text] == [
        text for text in [words[-1]] if told is not None
    ]
    assert told is None or words[-1].endswith(told)
    assert not any("—" in text for text in words)


def test_a_second_backward_of_one_pass_is_named_where_it_adds():
    answer = traced(
        "w = torch.tensor(3.0, requires_grad=True)\nloss = w * w\n"
        "loss.backward(retain_graph=True)\nloss.backward()",
        expand=[0, 1_000],
    )
    assert of(answer["steps"], "backward")[-1]["words"]["en"].endswith(
        "6 is added to the 6 that w.grad holds, which makes 12."
    )


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (
            "import torch\nw = torch.ones(3, 2, requires_grad=True)\n"
            "y = torch.nn.functional.embedding(torch.tensor([2, 0]), w)\ny.sum().backward()",
            "y = embedding(w, v0) = embedding([[1, 1], [1, 1], [1, 1]], [2, 0])",
        ),
        (
            "import tensorflow as tf\nw = tf.Variable(tf.ones((3, 2)))\ns = tf.constant([2, 0])\n"
            "with tf.GradientTape() as t:\n    y = tf.gather(w, s)\n"
            "    l = tf.reduce_sum(y)\ng = t.gradient(l, w)",
            "y = take(w, s) = take([[1, 1], [1, 1], [1, 1]], [2, 0])",
        ),
    ],
)
def test_a_look_up_is_told_by_what_is_looked_up_and_where(program, told):
    answer = traced(program, expand=[0, 100])
    words = [step["words"]["en"] for step in answer["steps"] if step["words"]]
    assert any(one.startswith(told) for one in words), words
