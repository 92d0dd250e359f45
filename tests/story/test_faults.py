"""What-if: the engine with a beginner's fault in it, and every number that it spoils."""

import json

import numpy as np
import pytest

from app.language.budget import Limits
from app.language.run import trace
from app.story.faults import outcomes

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


ACCUMULATE = """\
w = torch.tensor(2.0, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.5)
for epoch in range(2):
    opt.zero_grad()
    for x in (1.0, 3.0):
        loss = (w * x - 1.0) ** 2
        loss.backward()
    opt.step()
"""
TAPE = """\
x = tf.Variable(3.0)
with tf.GradientTape(persistent=True) as t:
    y = x * x
    z = y * y + x
print(t.gradient(z, x).numpy(), t.gradient(y, x).numpy())
"""
SHARED = """\
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(5.0, requires_grad=True)
h = a * b
loss = h * 3.0 + h * h + b
loss.backward()
"""
TWICE = """\
x = torch.tensor(1.0, requires_grad=True)
y = x + x
y.backward()
z = x * 4.0
z.backward()
"""
POWERS = """\
w = torch.tensor([1.0, 2.0], requires_grad=True)
for i in range(2):
    s = w
    for k in range(2):
        s = s * w
    s.sum().backward()
    with torch.no_grad():
        w -= 0.125 * w.grad
    w.grad = None
"""
TAPES = """\
w = tf.Variable(1.5); b = tf.Variable(0.5)
for i in range(2):
    with tf.GradientTape() as t:
        p = w * 2.0 + b
        loss = tf.square(p - 1.0) + w * w
    gw, gb = t.gradient(loss, [w, b])
    w.assign_sub(0.125 * gw); b.assign_sub(0.125 * gb)
"""
KINDS = ("forward", "edge", "partial", "seed", "gradient", "held", "grad", "after", "state")


def numbers(answer):
    """Every number of a trace by its pass, kind and key, and whether it is marked wrong."""
    for run in answer["passes"]:
        for kind in KINDS:
            for key, column in run.get(kind, {}).items():
                marks = run.get("wrong", {}).get(kind, {}).get(key, [False] * run["count"])
                for p, x in enumerate(column):
                    if x is not None:
                        yield (run["first"] + p, kind, key), x, marks[p]


PROGRAMS = {
    "fan": FAN,
    "loop": LOOP,
    "accumulate": ACCUMULATE,
    "tape": TAPE,
    "shared": SHARED,
    "twice": TWICE,
    "powers": POWERS,
    "tapes": TAPES,
}


@pytest.mark.parametrize("fault", ["overwrite", "keep"])
@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_exactly_the_numbers_that_differ_are_marked(source, fault):
    wrong = traced(source, fault=fault)
    right = {at: x for at, x, _ in numbers(traced(source))}
    counted = 0
    for at, x, marked in numbers(wrong):
        differs = at not in right or x != right[at]
        assert marked == differs, at
        counted += differs
    assert wrong["fault"]["wrong"] == counted


# by hand; those of PyTorch and TensorFlow without the fault are in comments
BY_HAND = {
    ("accumulate", "overwrite"): [
        (1, "grad", "w", 30.0),  # 32
        (1, "after", "w", -13.0),  # -14
        (2, "forward", "w", -13.0),
        (2, "gradient", "w", -28.0),  # -30
        (2, "grad", "w", -28.0),
        (3, "forward", "w", -13.0),
        (3, "gradient", "w", -240.0),  # -258
        (3, "held", "w", -28.0),
        (3, "grad", "w", -240.0),  # -288
        (3, "after", "w", 107.0),  # 130
    ],
    ("accumulate", "keep"): [
        (2, "held", "w", 32.0),  # nothing is held
        (2, "grad", "w", 2.0),  # -30
        (3, "held", "w", 2.0),
        (3, "grad", "w", -256.0),  # -288
        (3, "after", "w", 114.0),  # 130
    ],
    ("tape", "overwrite"): [
        (0, "gradient", "x", 27.0),  # 109 = 18 * 6 + 1
        (0, "gradient", "x@1", 3.0),  # 6
        (0, "gradient", "y", 9.0),  # 18
    ],
    ("tape", "keep"): [],
    ("shared", "overwrite"): [
        (0, "gradient", "h", 3.0),  # 23
        (0, "gradient", "a", 15.0),  # 115
        (0, "grad", "a", 15.0),
        (0, "gradient", "b", 6.0),  # 47
        (0, "grad", "b", 6.0),
    ],
    ("twice", "overwrite"): [
        (0, "gradient", "x", 1.0),  # 2
        (0, "grad", "x", 1.0),
        (1, "held", "x", 1.0),
        (1, "grad", "x", 4.0),  # 6
    ],
    ("twice", "keep"): [],
    ("powers", "overwrite"): [
        (0, "gradient", "w", [1.0, 4.0]),  # 3, 12
        (0, "grad", "w", [1.0, 4.0]),
        (0, "after", "w", [0.875, 1.5]),  # 0.625, 0.5
        (1, "forward", "w", [0.875, 1.5]),
        (1, "gradient", "w", [0.765625, 2.25]),
        (1, "grad", "w", [0.765625, 2.25]),
        (1, "after", "w", [0.7792969, 1.21875]),
    ],
    ("powers", "keep"): [
        (1, "held", "w", [3.0, 12.0]),
        (1, "grad", "w", [4.171875, 12.75]),  # 1.171875, 0.75
        (1, "after", "w", [0.103515625, -1.09375]),
    ],
    ("tapes", "overwrite"): [
        (0, "gradient", "w", 10.0),  # 13 = 10 + 2 * 1.5: the addition's second edge comes last
        (0, "after", "w", 0.25),
    ],
    ("tapes", "keep"): [],
}


@pytest.mark.parametrize(("program", "fault"), BY_HAND)
def test_wrong_numbers_by_hand(program, fault):
    answer = traced(PROGRAMS[program], fault=fault)
    names = {str(node["id"]): node["name"] for node in answer["graphs"][0]["nodes"]}
    wanted = {(number, kind, name): x for number, kind, name, x in BY_HAND[program, fault]}
    asked = {(kind, name.partition("@")[0]) for _, kind, name in wanted}
    found = {}
    for (number, kind, key), x, marked in numbers(answer):
        node, at, call = key.partition("@")
        if marked and (not wanted or (kind, names.get(node)) in asked) and kind != "edge":
            found[number, kind, f"{names[node]}{at}{call}"] = x
    if program == "tapes":  # the second pass is wrong as a whole
        found = {place: x for place, x in found.items() if place[0] == 0}
    assert found == wanted


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


PRINTS = """\
x = torch.tensor(3.0, requires_grad=True)
y = x * x + x
print("y", y.item())
y.backward()
print("slope", x.grad.item())
y
x.grad
kept = x.grad.item()
"""


def test_what_is_printed_echoed_and_left_is_marked_too():
    fault = traced(PRINTS, fault="overwrite")["fault"]
    assert (fault["lines"], fault["echo"]) == ([1], [1])
    assert fault["variables"] == ["x.grad", "kept"]
    nothing = traced(PRINTS, fault="keep")["fault"]
    assert (nothing["lines"], nothing["echo"], nothing["variables"]) == ([], [], [])


def test_where_the_right_run_met_a_limit_the_rest_is_not_judged():
    found = {"stdout": "a\nb\nc\n", "echo": [], "variables": {"x": {"value": 1}}}
    right = {"stdout": "a\nB\n", "echo": [], "variables": {}}
    assert outcomes(found, right, whole=False) == {"lines": [1], "echo": [], "variables": []}
    assert outcomes(found, right, whole=True) == {"lines": [1, 2], "echo": [], "variables": ["x"]}


def test_a_name_may_be_left_with_another_kind_of_value():
    """As after an assertion that only the fault fails; and nan is no other nan."""
    rows, one = [[np.float32(1.0)] * 2] * 2, np.float32(2.0)
    found = {
        "stdout": "",
        "echo": [],
        "variables": {"x": {"value": rows}, "n": {"value": [np.nan]}},
    }
    right = found | {"variables": {"x": {"value": one}, "n": {"value": [float("nan")]}}}
    assert outcomes(found, right, whole=True)["variables"] == ["x"]
