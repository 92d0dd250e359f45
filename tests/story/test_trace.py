"""The trace: how a run is cut into passes, what holds of every trace, and the golden ones."""

import json
from pathlib import Path

import invariants
import pytest
from sections import sections

from app.language.budget import Limits
from app.language.run import gradients, trace

TESTS = Path(__file__).parents[1]
GOLDEN = sorted((TESTS / "golden" / "traces").glob("*.json"))
SEEDS = sorted((TESTS / "language" / "seeds").glob("*.py.txt"))
CASES = TESTS / "language" / "cases"


def traced(source: str, **request):
    return json.loads(trace({"source": source, **request}, Limits()))


# -- golden traces


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path):
    kept = json.loads(path.read_text())
    found = traced(**kept["request"])
    for graph in found["graphs"]:
        for name in ("layout", "portrait", "page", "frame"):
            graph.pop(name, None)
    for name, wanted in kept["trace"].items():
        assert found[name] == wanted, f"{name}: if this is meant, run tests/golden/make_traces.py"
    assert set(found) == set(kept["trace"])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_promise_holds_of_golden_traces(path):
    kept = json.loads(path.read_text())
    invariants.check(kept["trace"], kept["request"]["source"], laid_out=False)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_every_promise_holds_of_seeds(path):
    source = path.read_text().replace("range(1, 501)", "range(1, 21)")
    invariants.check(traced(source), source)


def programs(family: str) -> dict[str, str]:
    table = sections(CASES / f"{family}.txt")
    return {head.partition(" | ")[0]: program for head, program in table}


@pytest.mark.parametrize(
    "family",
    ["tf_tape", "torch_autograd", "torch_errors", "tf_errors", "python_statements"],
)
def test_every_promise_holds_of_every_program_of_the_language_tests(family):
    for source in programs(family).values():
        invariants.check(traced(source), source)


def test_a_variable_that_changes_within_a_tape():
    source = programs("tf_tape")["assigned within the tape"]
    (run,) = traced(source)["passes"]
    assert run["forward"]["0"] == [2.0] and run["gradient"]["0"] == [4.0]  # each node its share
    assert run["forward"]["1"] == [3.0] and run["gradient"]["1"] == [6.0]
    assert json.loads(gradients({"source": source}, Limits()))["gradients"] == {"x": 10.0}


def test_a_parameter_that_changes_behind_the_graph():
    source = (
        "w = torch.tensor(2.0, requires_grad=True)\ny = 3 * w\nw.data += 1.0\n"
        "z = y + w\nz.backward()\nprint(w.grad)"
    )
    trace = traced(source)
    invariants.check(trace, source)
    assert trace["stdout"] == "tensor(4.)\n"
    assert trace["passes"][0]["gradient"]["0"] == [3.0]


# -- passes

TRAIN = """
x = torch.tensor([1.0, 2.0, 3.0]); y = 2 * x
w = torch.tensor(0.0, requires_grad=True)
for i in range(5):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
"""
NESTED = """
w = tf.Variable(0.0)
for epoch in range(2):
    for x in [1.0, 2.0, 3.0]:
        with tf.GradientTape() as tape:
            loss = (w * x - 2 * x) ** 2
        w.assign_sub(0.01 * tape.gradient(loss, w))
"""
POWER = """
x = torch.tensor(1.5, requires_grad=True)
y = x
for i in range(5):
    y = y * x
y.backward()
"""
POWER_ON_TAPE = """
x = tf.Variable(1.5)
with tf.GradientTape() as tape:
    y = x
    for i in range(5):
        y = y * x
g = tape.gradient(y, x)
"""
VALIDATED = """
x = torch.tensor([1.0, 2.0]); y = 2 * x
w = torch.tensor(0.0, requires_grad=True)
for i in range(3):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
    with torch.no_grad():
        held_out = ((w * 3.0 - 6.0) ** 2)
    print(i, held_out.item())
"""
PREPARED = """
x = np.linspace(0.0, 1.0, 5)
x = x - np.mean(x)
for i in range(3):
    x = x * 1.5
w = tf.Variable(1.0)
for i in range(4):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * tf.constant(x, dtype=tf.float32))
    w.assign_sub(0.1 * tape.gradient(loss, w))
after = w * 2
"""
BY_HAND = "w = 5.0\nfor i in range(7):\n    g = 2 * (w - 3)\n    w = w - 0.1 * g"
TWO_LOSSES = """
a = torch.tensor(1.0, requires_grad=True)
for i in range(2):
    first = a * 2
    first.backward()
    second = a * a * 3
    second.backward()
"""
BRANCH = """
w = tf.Variable(0.0)
for i in range(6):
    with tf.GradientTape() as tape:
        loss = w * 2.0 if i % 2 == 0 else w * w * 3.0
    g = tape.gradient(loss, w)
"""


@pytest.mark.parametrize(
    ("source", "runs", "graphs"),  # runs: (passes, gradient calls in each)
    [
        (TRAIN, [(5, 1)], 1),
        (NESTED, [(6, 1)], 1),
        (POWER, [(1, 1)], 1),
        (POWER_ON_TAPE, [(1, 1)], 1),
        (VALIDATED, [(3, 1)], 1),
        (PREPARED, [(4, 1)], 1),
        (BY_HAND, [(7, 0)], 1),
        (TWO_LOSSES, [(1, 1)] * 4, 2),
        (BRANCH, [(1, 1)] * 6, 2),
        ("a = np.array([1.0, 2.0])\nb = a * 2\nc = np.sum(b)", [(1, 0)], 1),
        ("x = 1\nprint(x)", [], 0),
    ],
)
def test_passes(source, runs, graphs):
    answer = traced(source)
    assert [(run["count"], len(run["calls"])) for run in answer["passes"]] == runs
    assert len(answer["graphs"]) == graphs
    invariants.check(answer, source)


def test_a_training_pass_from_its_first_tick_to_its_last(told):
    kinds = [tick[0] for tick in told(TRAIN).ticks() if tick[0] != "event"]
    assert kinds == [*["forward"] * 4, "seed", *["backward"] * 4, "update"]


def test_columns_follow_the_passes(told):
    trace = told(TRAIN)
    w, g, after = (trace.column(kind, "w") for kind in ("forward", "gradient", "after"))
    assert w[0] == 0 and w[1:] == after[:-1]
    assert abs(g[0] + 56 / 3) < 1e-5 and abs(after[0] - 0.1 * 56 / 3) < 1e-6


def test_each_print_is_after_its_tick(told):
    trace = told(VALIDATED)
    size = len(trace.ticks())
    assert [tick for tick, _ in trace.answer["prints"]] == [size - 1, 2 * size - 1, 3 * size - 1]


def test_names_of_results_and_leaves(told):
    assert told(TRAIN).symbols() == ["x", "w", "y", "v3", "v4", "v5", "loss"]
    assert told(POWER).symbols() == ["x", "y", "y′", "y′′", "y′′′", "y′′′′"]
    many = told("x = torch.ones(1, requires_grad=True)\nfor i in range(300): x = x * 2.0\nx.sum()")
    assert many.symbols()[:6] == ["x", "x′", "x′′", "x′′′", "x′′′′", "x′5"]
    assert many.symbols()[-2:] == ["x′300", "v301"]


def test_roles(told):
    nodes = told(TRAIN).graphs[0]["nodes"]
    roles = {node["symbol"]: node["role"] for node in nodes}
    assert roles["w"] == "variable" and roles["x"] == roles["y"] == "constant"
    assert roles["loss"] == "op"


def test_plain_numbers_are_nodes_too(told):
    trace = told(BY_HAND)
    assert trace.symbols()[0] == "w"
    assert [tick[0] for tick in trace.ticks()] == ["forward"] * 4 + ["update"]
    assert abs(trace.column("after", "w")[0] - 4.6) < 1e-12


def test_large_arrays_are_summaries(told):
    trace = told("w = tf.Variable(tf.zeros((40, 50)))\nwith tf.GradientTape() as t:\n"
                 "    y = tf.reduce_sum(w * 2.0)\ng = t.gradient(y, w)")  # fmt: skip
    assert trace.column("gradient", "w") == [
        {"shape": [40, 50], "dtype": "float32", "min": 2, "max": 2, "mean": 2, "std": 0, "zeros": 0}
    ]


def test_what_is_not_finite_has_a_name(told):
    trace = told("x = torch.tensor(0.0, requires_grad=True)\ny = torch.sqrt(x) * 0\ny.backward()")
    assert trace.column("gradient", "x") == ["NaN"]
    trace = told("x = torch.tensor(0.0, requires_grad=True)\ny = torch.sqrt(x)\ny.backward()")
    assert trace.column("gradient", "x") == ["Infinity"]


def test_progress_is_told(told):
    seen = []
    answer = trace({"source": TRAIN}, Limits(), lambda *so_far: seen.append(so_far))
    assert seen[-1] == (5, json.loads(answer)["ticks"]) and seen == sorted(seen)


@pytest.mark.parametrize(
    ("x", "y", "w", "unchanged"),
    [(0, 1, 0.5, True), (1, 0, 0.5, False)],
)
def test_a_variable_that_never_moves_gets_a_note(told, x, y, w, unchanged):
    source = f"x = {x}; y = {y}; w = {w}\nfor i in range(5):\n    error = y - x * w\n"
    notes = told(source + "    w = w + x * 0.1 * error").answer["notes"]
    assert [note["code"] for note in notes] == (["unchanged"] if unchanged else [])
    if unchanged:
        assert set(notes[0]["text"]) == {"en", "ko"}


def test_a_dead_relu_gets_a_note(told):
    notes = told("w = torch.tensor(-1.0, requires_grad=True)\nfor i in range(4):\n"
                 "    loss = torch.relu(w) + 1\n    loss.backward()\n    with torch.no_grad():\n"
                 "        w -= 0.1 * w.grad\n        w.grad.zero_()").answer["notes"]  # fmt: skip
    assert "its gradient was 0 each time" in notes[0]["text"]["en"]


TORCH = "X = torch.ones(3, 2)\ny = torch.ones(3)\nw = torch.ones(2, 1, requires_grad=True)\n"
TENSORFLOW = "X = tf.ones((3, 2))\ny = tf.ones(3)\nw = tf.Variable(tf.ones((2, 1)))\n"
NUMPY = "X = np.ones((3, 2))\ny = np.ones(3)\nw = np.ones((2, 1))\n"
POINTS = "x = torch.ones(3, requires_grad=True)\n"
PAIRED = {
    "torch": TORCH + "loss = ((X @ w - y) ** 2).mean()\nloss.backward()",
    "torch, the other way round": TORCH + "torch.abs(y - X @ w).sum().backward()",
    "in a loop": TORCH + "for i in range(3):\n    loss = (y - X @ w).square().mean()\n"
    "    loss.backward()\nloss = ((X @ w)[:, 0] - y).sum()",
    "tensorflow": TENSORFLOW + "with tf.GradientTape() as t:\n"
    "    loss = tf.reduce_mean(tf.square(y - X @ w))\nt.gradient(loss, w)",
    "numpy": NUMPY + "error = X @ w - y\nloss = np.sum(error * error) / 3",
    "a column of answers": "y = np.ones((3, 1))\nx = np.ones(3)\nnp.mean((2.0 * x - y) ** 2)",
}
MEANT = {
    "a line": TORCH + "((X @ w).squeeze() - y).square().mean().backward()",
    "pairs of points": POINTS + "((x[:, None] - x) ** 2).mean().backward()",
    "pairs of points by view": POINTS + "((x.view(-1, 1) - x) ** 2).sum().backward()",
    "pairs of columns": "a, b = np.ones((3, 1)), np.ones(3)\nnp.mean((a - b) ** 2)",
    "a table": TORCH + "d = (X @ w - y) ** 2\nd.mean(dim=0)",
    "one example": "w = torch.ones(2, 1, requires_grad=True)\n"
    "((torch.ones(1, 2) @ w - torch.ones(1)) ** 2).mean().backward()",
    "a rate": TORCH + "((X @ w - 0.5) ** 2).mean().backward()",
}


@pytest.mark.parametrize("name", [*PAIRED, *MEANT])
def test_a_loss_of_all_pairs_gets_a_note(told, name):
    answer = told((PAIRED | MEANT)[name]).answer
    assert answer["status"] == "ok", answer["diagnostic"]
    notes = [one for one in answer["notes"] if one["code"] == "pairs"]
    assert len(notes) == (name in PAIRED)
    for note in notes:
        assert note["span"][0] == next(
            i for i, line in enumerate((PAIRED | MEANT)[name].splitlines(), 1) if " - " in line
        )
        assert "(3, 1)" in note["text"]["en"] and "(3, 3)" in note["text"]["ko"]


@pytest.mark.parametrize("loss", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_a_target_of_another_size_gets_pytorchs_warning(told, loss):
    source = "x = torch.ones(3, 1, requires_grad=True)\n"
    call = f"torch.nn.functional.{loss}(x, torch.ones({{}})).backward()"
    assert told(source + call.format("3, 1")).answer["notes"] == []
    (note,) = told(source + call.format("3")).answer["notes"]
    assert (note["code"], note["span"][0]) == ("target_size", 2)
    words = "Using a target size (torch.Size([3])) that is different to the input size "
    assert f"{words}(torch.Size([3, 1]))" in note["text"]["en"]
    assert "torch.Size([3])" in note["text"]["ko"]
