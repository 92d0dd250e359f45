"""Which pass of a run is written as code or counted, and what is said of the others."""

import json

import numpy as np
import pytest

from app.language.budget import Limits
from app.language.derivations import code, counts
from app.language.errors import Refused
from app.language.run import execute, trace
from app.story.courses import Passes

TORCH = """\
w = torch.tensor([1.0, 2.0], requires_grad=True)
optimizer = torch.optim.{optimizer}
for epoch in range(4):
    {before}
    loss = ((w - 3.0) ** 2).sum()
    loss.backward()
    optimizer.step()
"""
ZEROES = TORCH.format(optimizer="SGD([w], lr=0.1)", before="optimizer.zero_grad()")
FORGETS = TORCH.format(optimizer="SGD([w], lr=0.1)", before="pass")
MOMENTUM = ZEROES.replace("lr=0.1", "lr=0.1, momentum=0.9")
ADAM = ZEROES.replace("SGD", "Adam")
BY_HAND = """\
rows = 2 * np.ones((3, 2)) - 1
w = 2 * np.array([[0.1], [0.2]]) - 1
for step in range(30):
    out = rows @ w
    error = out - 1.0
    if step % 10 == 0:
        print(np.mean(np.abs(error)))
    w -= 0.1 * (rows.T @ error)
"""
SEARCHING = """\
w = torch.tensor([1.0, -2.0], requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=0.5, max_iter=4)
def closure():
    optimizer.zero_grad()
    loss = ((w - 3.0) ** 4).sum()
    loss.backward()
    return loss
for i in range(2):
    optimizer.step(closure)
"""
LEFT_OUT = (
    "The updates are left out: they are not of the form x − rate × gradient, nor steps of an "
    "optimizer along these gradients alone."
)


def script(source, language="torch", **request):
    answer = json.loads(code({"source": source, "language": language, **request}, Limits()))
    assert answer["status"] == "ok"
    return answer


def said(answer):
    return [note["en"] for note in answer["notes"]]


def ticks(source):
    """The first tick of each pass."""
    answer = json.loads(trace({"source": source}, Limits()))
    return [
        run["first_tick"] + k * len(answer["graphs"][run["graph"]]["ticks"])
        for run in answer["passes"]
        for k in range(run["count"])
    ]


def test_a_first_pass_without_gradients_to_discard_is_part_of_the_loop():
    answer = script(ZEROES)
    assert "for step in range(4):" in answer["text"]
    assert said(answer) == []
    assert np.allclose(answer["values"]["w"], [2.1808, 2.5904])  # 3 - 2 * 0.8**4, 3 - 0.8**4


@pytest.mark.parametrize("source", [MOMENTUM, ADAM])
def test_an_optimizer_with_a_memory_makes_the_loop_too(source):
    answer = script(source)
    assert said(answer) == []
    assert "for step in range(4):" in answer["text"]


CLIPPED = ADAM.replace(
    "    optimizer.step()", "    torch.nn.utils.clip_grad_norm_([w], 0.5)\n    optimizer.step()"
)


@pytest.mark.parametrize("source", [CLIPPED, SEARCHING])
def test_steps_along_other_gradients_than_those_of_the_script_are_left_out(source):
    first, *_, last = said(script(source))
    assert first.startswith("This is pass 1 of ") and last == LEFT_OUT


REPLACED = [  # numbers that backward reads, and a second gradient finds others than the first
    """\
w = torch.tensor(2.0, requires_grad=True)
y = w * w
w.data -= 1.0
y.backward()
""",
    """\
w = torch.tensor([[1.0, 2.0]], requires_grad=True)
x = torch.ones(1, 2, requires_grad=True)
y = (x @ w.t()).sum()
w.data *= 3
y.backward()
""",
    """\
x = tf.Variable(2.0)
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        y = x * x * x
    x.assign(5.0)
    g = t1.gradient(y, x)
print(t2.gradient(g, x))
""",
]


@pytest.mark.parametrize("language", ["torch", "tensorflow", "numpy", "python"])
@pytest.mark.parametrize("source", REPLACED)
def test_numbers_that_were_replaced_before_their_gradient_are_no_script(source, language):
    with pytest.raises(Refused) as told:
        code({"source": source, "language": language}, Limits())
    assert told.value.code == "moved_before"


@pytest.mark.parametrize("source", [ZEROES, MOMENTUM, FORGETS])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_the_pass_of_a_tick_begins_with_its_own_numbers(source, nth):
    answer = script(source, tick=ticks(source)[nth])
    told = []
    execute({"source": source}, Limits(), watch=told.append)
    (w,) = [item for item in told[nth].items if item.name == "w"]
    assert f"w = torch.tensor({[float(str(x)) for x in w.data]}" in answer["text"]
    assert said(answer)[0] == f"This is pass {nth + 1} of 4 of this form."
    assert "range" not in answer["text"]
    assert answer["values"]["loss"] == told[nth].calls[0].targets[0][0].data


@pytest.mark.parametrize("language", ["numpy", "torch", "tensorflow"])
def test_the_lines_of_a_loop_have_the_ticks_of_the_graph_that_is_asked_for(language):
    answer = json.loads(trace({"source": ZEROES}, Limits()))
    for number, graph in enumerate(answer["graphs"]):
        found = script(ZEROES, language, graph=number)
        assert found["graph"] == number
        lines = [line for line in found["lines"] if line["kind"] == "forward"]
        assert [graph["ticks"][line["tick"]][0] for line in lines] == ["forward"] * 3


@pytest.mark.parametrize("language", ["numpy", "torch", "tensorflow"])
def test_gradients_that_are_never_set_to_zero_are_added_up_by_the_script(language):
    answer = script(FORGETS, language)
    adds = {"torch": "w -= 0.1 * w.grad", "numpy": "w = w - 0.1 * total_w"}
    assert adds.get(language, "w.assign_sub(0.1 * total_w)") in answer["text"]
    assert "w.grad = None" not in answer["text"]
    assert said(answer) == []


def test_what_most_passes_do_is_written_and_the_others_are_counted():
    answer = script(BY_HAND, "numpy")
    assert "np.mean" not in answer["text"] and "# update" in answer["text"]
    assert said(answer) == [
        "This is pass 1 of 27 of this form.",
        "Passes of another form that this program also makes: 4. They are left out here.",
    ]
    first = script(BY_HAND, "numpy", graph=0)
    assert "w = v" in first["text"]
    assert said(first) == [
        "Passes of another form that this program also makes: 30. They are left out here."
    ]


def test_counting_ends_with_the_pass_that_is_asked_about():
    for tick, passes in ((None, 1), (ticks(ZEROES)[2], 3)):
        watched = Passes(tick, only=True)
        execute({"source": ZEROES}, Limits(), watch=watched.watch, drawn=False)
        assert len(watched.graphs) == passes
        answer = json.loads(counts({"source": ZEROES, "tick": tick}, Limits()))
        whole = json.loads(counts({"source": ZEROES, "graph": min(passes - 1, 1)}, Limits()))
        assert answer["graph"] == whole["graph"]
    assert np.allclose(answer["adjoint"], [-4 * 0.64, -2 * 0.64])


@pytest.mark.parametrize(
    "lines",
    [
        "z = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=k, logits=w)",
        "z = tf.one_hot(k, 2) * w",
        "z = tf.keras.losses.sparse_categorical_crossentropy(k, w)",
    ],
)
def test_pytorch_gets_its_classes_as_long_numbers(lines):
    source = f"w = tf.Variable([[0.25, 0.75]])\nk = tf.constant([1])\n{lines}\n"
    assert "k.long()" in script(source)["text"]
    own = "z = torch.nn.functional.cross_entropy(torch.tensor([[0.25, 0.75]]), torch.tensor([1]))\n"
    assert ".long()" not in script(own)["text"]


def test_rows_that_tensorflow_gathers_come_back_as_a_whole_tensor():
    source = "w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)\n"
    text = script(f"{source}(w[[1, 0, 1]] ** 2).sum().backward()\n", "tensorflow")["text"]
    assert "g_w = tf.convert_to_tensor(g_w)" in text
    assert "convert" not in script(f"{source}(w[1] ** 2).sum().backward()\n", "tensorflow")["text"]
