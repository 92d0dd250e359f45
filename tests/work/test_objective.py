"""Training programs as objectives: their loss, their parameters, their own path."""

import json
import math
import time
from pathlib import Path

import numpy as np
import orjson
import pytest

from app.descent import OPTIMIZERS, Descent, heights
from app.descent import Path as Descended
from app.engine.check import differences, relative_error
from app.language.budget import Budget, Limits
from app.language.errors import Diagnosed, LimitReached
from app.work import descents, landscapes
from app.work.objective import ProgramObjective
from app.work.question import question
from app.work.runner import repeatable
from app.work.training import Training
from app.work.worker import Silent

LINE = """\
x = tf.constant([-1., 0., 1., 2., 3., 4.]); y = tf.constant([-3., -1., 1., 3., 5., 7.])
w = tf.Variable(0.5); b = tf.Variable(0.5)
for _ in range(20):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.abs(y - (w * x + b))
    w.assign_sub(tape.gradient(loss, w) * 0.01)
    b.assign_sub(tape.gradient(loss, b) * 0.01)
"""
NET = """\
import torch
torch.manual_seed(1)
x = torch.randn(6, 3); y = torch.randn(6, 1)
w1 = torch.randn(3, 4, requires_grad=True); w2 = torch.randn(4, 1, requires_grad=True)
for step in range(12):
    loss = ((torch.tanh(x.mm(w1)).mm(w2) - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w1 -= 0.1 * w1.grad; w2 -= 0.1 * w2.grad
        w1.grad.zero_(); w2.grad.zero_()
"""

ONE = LINE.replace("    b.assign_sub", "    #").replace("b = tf.Variable(0.5)", "b = 0.5")


def asked(job, **request):
    return orjson.loads(job(request, Limits(), Silent()))


def test_the_line_fit_has_its_own_surface_and_path():
    training = Training({"source": LINE}, Budget(Limits()))
    assert training.names == ["w", "b"]
    path = training.path()
    assert len(path.position) == 21
    assert list(path.position[0]) == [0.5, 0.5]
    assert path.value[0] == 13.5
    assert list(path.gradient[0]) == [-10.0, -1.0]
    objective = ProgramObjective(training)
    numeric = differences(lambda at: objective.values(at[None])[0], np.array([0.7, 0.3]))
    _, slope = objective.value_and_grad(np.array([[0.7, 0.3]]))
    assert relative_error(slope[0], numeric) < 1e-6


def test_many_parameters_are_seen_on_the_plane_of_the_path():
    training = Training({"source": NET}, Budget(Limits()))
    assert len(training.names) == 16
    assert training.names[1] == "w1[0, 1]"
    assert np.allclose(training.axes @ training.axes.T, np.eye(2))
    objective = ProgramObjective(training)
    path = training.path()
    value, slope = objective.value_and_grad(training.start[None])
    assert value[0] == pytest.approx(path.value[0], rel=1e-5)
    assert np.allclose(slope[0] @ training.axes.T, path.gradient[0], rtol=1e-4)
    numeric = differences(lambda at: objective.values(at[None])[0], training.start)
    assert relative_error(slope[0], numeric) < 1e-5
    plane = training.plane(np.linspace(-1, 1, 3), np.linspace(-1, 1, 3))
    z = heights(objective, plane)
    assert z[1, 1] == objective.values(training.origin[None])[0]


def test_a_program_alone_tells_its_own_path():
    answer = asked(descents.descents, objective={"source": LINE})
    (run,) = answer["runs"]
    assert run["optimizer"] == "program"
    assert run["step"] == list(range(21))
    assert run["value"][-1] is None
    assert answer["objective"]["names"] == ["w", "b"]
    assert answer["objective"]["passes"] == 20


class Gone(Exception):
    """The reader has left."""


class Leaving(Silent):
    """A reader who leaves after some rows, and keeps what was told before."""

    def __init__(self, rows):
        super().__init__()
        self.rows, self.told = rows, []

    def __call__(self, passes, ticks):
        self.told.append(("progress", passes))

    def tell(self, name, body, id=""):
        self.told.append((name, orjson.loads(body)))
        if name == "batch" and self.told[-1][1]["step"][-1] >= self.rows:
            raise Gone


@pytest.mark.parametrize(
    "source", [LINE.replace("for _ in range(20)", "while True"), NET.replace("12", "10**9")]
)
def test_a_path_is_told_while_the_program_runs(source, monkeypatch):
    """These programs end at a limit only, and who leaves has rows before that."""
    monkeypatch.setattr(Training, "_ended", None)  # where the whole path is known
    reader = Leaving(100)
    with pytest.raises(Gone):
        descents.stream({"objective": {"source": source}}, Limits(operations=40_000), reader)
    parts = [told for name, told in reader.told if name != "progress"]
    assert not parts[0]["objective"]["whole"]
    assert parts[1]["step"] == [0]
    steps = [step for batch in parts[1:] for step in batch["step"]]
    assert steps == list(range(len(steps)))
    many = source.startswith("import")
    assert (reader.told[0][0] == "progress") == many
    assert all(
        name != "progress" for name, _ in reader.told[reader.told.index(("start", parts[0])) :]
    )


def test_a_surface_of_two_numbers_waits_for_no_end_of_its_program():
    """The program ends when its time is over; the surface is that of its loss all the same."""
    limits = Limits(operations=10**9, seconds=1.0)
    axes = {"x": {"range": [0, 3], "points": 4}, "y": {"range": [-2, 1], "points": 4}}
    endless = LINE.replace("for _ in range(20)", "while True")
    surfaces = [
        orjson.loads(
            landscapes.landscapes({"objective": {"source": source}, **axes}, limits, Silent())
        )
        for source in (LINE, endless)
    ]
    assert surfaces[0] == surfaces[1]
    assert surfaces[1]["status"] == "ok"


@pytest.mark.parametrize("source", [LINE, NET])
def test_a_path_told_in_parts_is_the_path_told_at_once(source):
    reader = Leaving(10**9)
    done = orjson.loads(descents.stream({"objective": {"source": source}}, Limits(), reader))
    whole = asked(descents.descents, objective={"source": source})
    (run,) = whole["runs"]
    batches = [told for name, told in reader.told if name == "batch"]
    for column in ("step", "position", "value", "gradient", "rate"):
        assert [x for batch in batches for x in batch[column]] == run[column]
    assert done["objective"] == whole["objective"]
    assert whole["objective"]["whole"] and whole["objective"]["passes"] == len(run["step"]) - 1


def test_the_surface_of_a_race_holds_the_programs_own_path():
    race = [{"optimizer": "adam", "options": {"lr": 0.1}}]
    for source in (LINE, NET):
        box = asked(descents.descents, objective={"source": source}, runs=race)["objective"]["box"]
        (own,) = asked(descents.descents, objective={"source": source})["runs"]
        for point in own["position"]:
            assert all(low < x < high for x, (low, high) in zip(point, box, strict=True))


def test_optimizers_descend_the_programs_loss():
    runs = [{"optimizer": "adam", "options": {"lr": 0.1}}]
    answer = asked(descents.descents, objective={"source": NET}, runs=runs, steps=50)
    assert answer["runs"][0]["value"][-1] < answer["runs"][0]["value"][0]
    assert answer["objective"]["slice"]["kind"] == "principal"
    assert (answer["objective"]["parameters"], answer["objective"]["coarse"]) == (16, False)


def test_a_landscape_of_an_expression():
    objective = {"source": "(1-x)**2 + 100*(y-x**2)**2", "parameters": ["x", "y"]}
    answer = asked(
        landscapes.landscapes,
        objective=objective,
        x={"range": [0, 2], "points": 5},
        y={"range": [0, 2], "points": 3},
        gradient=True,
    )
    assert answer["z"][1][2] == 0
    assert answer["gradient"]["x"][1][2] == 0
    assert answer["minimum"] == {"x": 1.0, "y": 1.0, "z": 0.0}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("w = tf.Variable(1.0)", "no_loss"),
        (
            LINE.replace("b.assign_sub", "#").replace("b = tf.Variable(0.5)", "b = 0.5"),
            "one_parameter",
        ),
        ("x = (", "syntax"),
        (
            "w = torch.zeros(0, requires_grad=True)\n(w * w).sum().backward()\n"
            "with torch.no_grad(): w -= w.grad",
            "no_loss",
        ),
        ("w = tf.Variable(1.0)\nnothing", "name"),
    ],
)
def test_what_cannot_be_drawn_is_refused(source, code):
    with pytest.raises(Diagnosed) as refusal:
        asked(descents.descents, objective={"source": source})
    assert refusal.value.code == code


STORED = json.loads((Path(__file__).parents[1] / "golden/descents_torch.json").read_text())
TEXTS = [run for run in STORED["runs"] if run["function"] in STORED["texts"]]
# these swing round smooth minima, and enlarge rounding errors with every turn
SWINGING = {"lr": 0.02, "alpha": 0.9, "momentum": 0.5}


@pytest.mark.parametrize(
    "run", TEXTS, ids=lambda run: f"{run['function']}-{run['optimizer']}-{len(run['options'])}"
)
def test_the_path_over_a_text_is_pytorchs(run):
    put = question({"objective": STORED["texts"][run["function"]]}, Budget(Limits()))
    options = OPTIMIZERS[run["optimizer"]].filled(run["options"])
    path = Descended(run["optimizer"], options, "", put.start)
    list(Descent(put.objective, [path], 200).rounds())
    steps = [min(i * STORED["every"], path.step[-1]) for i in range(len(run["position"]))]
    ours, theirs = np.array([path.position[i] for i in steps]), np.array(run["position"])
    apart = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-3)
    swings = run["options"] == SWINGING and run["function"] != "s0"
    rows = 4 if swings else len(apart)
    assert np.max(apart[:rows]) < 1e-9


FORMULAS = [
    ("x**2 if x > 0 else -3*x + y", lambda x, y: x * x if x > 0 else -3 * x + y),
    ("max(x, y) + x", lambda x, y: max(x, y) + x),
    ("x if y > 0 else -x", lambda x, y: x if y > 0 else -x),
    ("math.sin(x) * y", lambda x, y: math.sin(x) * y),
    ("math.exp(float(x)) + math.pow(y, 2)", lambda x, y: math.exp(x) + y * y),
    ("x.item() * 2 + torch.tensor(y)", lambda x, y: x * 2 + y),
    ("torch.where(x > 0, x, y) + float(x > y)", lambda x, y: (x if x > 0 else y) + (x > y)),
    ("int(x) + y", lambda x, y: int(x) + y),
]


@pytest.mark.parametrize(("source", "f"), FORMULAS)
def test_a_surface_is_the_formula_at_every_point(source, f):
    """Whichever way its branches fall there, and with Python's own functions in it."""
    answer = asked(
        landscapes.landscapes,
        objective={"source": source, "parameters": ["x", "y"], "start": [1.0, 0.5]},
        x={"range": [-1.7, 1.8], "points": 5},
        y={"range": [-1.3, 2.1], "points": 4},
        gradient=True,
    )
    h = 1e-6
    for row, y in enumerate(answer["y"]):
        for column, x in enumerate(answer["x"]):
            assert answer["z"][row][column] == pytest.approx(f(x, y), rel=1e-12)
            slope = (f(x + h, y) - f(x - h, y)) / (2 * h)
            assert answer["gradient"]["x"][row][column] == pytest.approx(slope, abs=1e-6)


BRANCHING = """\
w = torch.tensor(3.0, requires_grad=True); b = torch.tensor(1.0, requires_grad=True)
for i in range(20):
    if {condition}:
        loss = w**2 + b**2
    else:
        loss = (w - 5)**2 + b**2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad; b -= 0.1 * b.grad
        w.grad = None; b.grad = None
"""
CONDITIONS = [
    "w > 1",
    "w.item() > 1",
    "float(w) * 2 > 2",
    "not w.detach() <= 1",
    "max(w.item(), 1.0) != 1.0",
    "sorted([1.0, w.item()])[1] != 1.0",
    "1 < w and b < 100",
    "round(w.item()) > 1",
    "int(w) > 1",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_programs_surface_follows_its_branches(condition):
    answer = asked(
        landscapes.landscapes,
        objective={"source": BRANCHING.format(condition=condition)},
        x={"range": [0, 3], "points": 4},
        y={"range": [0, 1], "points": 2},
        gradient=True,
    )
    assert answer["z"] == [[25.0, 16.0, 4.0, 9.0], [26.0, 17.0, 5.0, 10.0]]
    assert answer["gradient"]["x"] == [[-10.0, -8.0, 4.0, 6.0]] * 2
    assert "run afresh" in answer["slice"]["words"]["en"]


def test_an_optimizer_goes_through_a_programs_branches():
    source = BRANCHING.format(condition="w > 1").replace("(w - 5)", "(w + 5)")
    answer = asked(
        descents.descents,
        objective={"source": source},
        runs=[{"optimizer": "sgd", "options": {"lr": 0.1}}],
        steps=100,
    )
    (run,) = answer["runs"]
    assert run["value"][-1] < 1e-9 and run["position"][-1][0] == pytest.approx(-5)


def test_where_a_program_stops_a_run_ends_and_says_so():
    source = BRANCHING.format(condition="w > 1").replace("loss = (w - 5)", "break; loss = (w - 5)")
    answer = asked(
        descents.descents,
        objective={"source": source},
        runs=[{"optimizer": "sgd", "options": {"lr": 0.1}}],
    )
    (run,) = answer["runs"]
    assert (run["status"], run["diverged_at"], run["value"][-1]) == ("stalled", None, "NaN")
    assert "stop" in run["overflow"]["words"]["en"]


def test_a_stop_that_waits_for_a_small_loss_leaves_no_hole():
    source = BRANCHING.format(condition="w == w").replace(
        "    loss.backward", "    if loss < 1: break\n    loss.backward"
    )
    answer = asked(
        landscapes.landscapes,
        objective={"source": source},
        x={"range": [0, 1], "points": 2},
        y={"range": [0, 1], "points": 2},
    )
    assert answer["z"] == [[0.0, 1.0], [1.0, 2.0]]


SAMPLES = """\
w = torch.tensor(0.0, requires_grad=True); b = torch.tensor(0.0, requires_grad=True)
for x, y in zip([1., 2.], [1., 3.]):
    loss = (w * x + b - y)**2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad; b -= 0.1 * b.grad
        w.grad = None; b.grad = None
"""


@pytest.mark.parametrize(("source", "told"), [(SAMPLES, True), (LINE, False)])
def test_a_surface_of_one_sample_says_so(source, told):
    answer = asked(landscapes.landscapes, objective={"source": source})
    assert ("other data" in answer["slice"]["words"]["en"]) is told


WILD = """\
w = torch.tensor(1.0, requires_grad=True); b = torch.tensor(1.0, requires_grad=True)
for i in range(30):
    loss = {loss}
    loss.backward()
    with torch.no_grad():
        w -= {rate} * w.grad; b -= {rate} * b.grad
        w.grad = None; b.grad = None
"""
ENDS = [
    ("torch.exp(w * b) + w**2", 5, "exp"),
    ("w**2 + b**2", 1e38, "power"),
    ("w**2 + b**2", 3e38, None),  # the update itself is not finite
]


@pytest.mark.parametrize(("loss", "rate", "op"), ENDS)
def test_a_programs_path_ends_where_it_diverges(loss, rate, op):
    answer = asked(descents.descents, objective={"source": WILD.format(loss=loss, rate=rate)})
    (run,) = answer["runs"]
    last = len(run["step"]) - 1
    assert (run["status"], run["diverged_at"], run["steps"]) == ("diverged", last, last)
    assert run["overflow"]["op"] == op and run["overflow"]["words"]["ko"]
    for row in range(last):
        assert all(isinstance(one, float) for one in [run["value"][row], *run["position"][row]])
    assert (
        all(abs(edge) < 1e6 for axis in answer["objective"]["box"] for edge in axis) or op is None
    )


def test_a_program_that_fails_on_its_way_says_so():
    source = LINE.replace(
        "    w.assign_sub", "    1 / (w - w).numpy().item() if _ == 4 else 0\n    w.assign_sub", 1
    )
    answer = asked(descents.descents, objective={"source": source})
    assert answer["status"] == "error" and answer["diagnostic"]["span"][0] == 6
    assert len(answer["runs"][0]["position"]) == 5


def test_a_program_of_nan_has_a_surface_all_the_same():
    source = LINE.replace("w = tf.Variable(0.5)", "w = tf.Variable(float('nan'))")
    answer = asked(descents.descents, objective={"source": source})
    assert answer["runs"][0]["status"] == "diverged" and answer["runs"][0]["diverged_at"] == 0


def test_time_that_runs_out_is_told_alike_everywhere(monkeypatch):
    monkeypatch.setattr(
        Budget, "clock", lambda self: (_ for _ in ()).throw(LimitReached("time", limit=0))
    )
    for job in (descents.descents, landscapes.landscapes):
        answer = asked(job, objective={"function": "beale"})
        assert (answer["status"], answer["diagnostic"]["code"]) == ("limit", "time")
        assert not repeatable(orjson.dumps(answer))


SLOW = """\
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
for i in range(100_000):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.001 * w.grad
        w.grad.zero_()
"""


def test_one_question_has_one_clock():
    """However often the program runs for it: to find the plane, to tell the path, to be drawn."""
    limits = Limits(seconds=1.0, operations=10**9)
    since = time.process_time()
    answer = orjson.loads(descents.descents({"objective": {"source": SLOW}}, limits, Silent()))
    assert time.process_time() - since < 1.9
    assert (answer["status"], answer["diagnostic"]["code"]) == ("limit", "time")
    assert len(answer["runs"][0]["position"]) > 20


WILDLY = [
    {"function": "rosenbrock"},
    {"source": "x**2 + math.exp(-y)", "parameters": ["x", "y"]},
    {"source": "torch.log(x) * y", "parameters": ["x", "y"]},
    {"source": "x / y", "parameters": ["x", "y"]},
    {"source": NET},
    {"source": WILD.format(loss="torch.exp(w * b) + w**2", rate=5)},
]
FAST = [
    ("sgd", {"lr": 10.0, "momentum": 0.9, "nesterov": True}),
    ("adagrad", {"lr": 10.0}),
    ("rmsprop", {"lr": 10.0, "centered": True, "momentum": 0.9}),
    ("adam", {"lr": 10.0, "amsgrad": True}),
]


@pytest.mark.parametrize("start", [(1e308, -1e308), (1.0, -800.0), (0.0, 0.0)])
@pytest.mark.parametrize("objective", WILDLY, ids=lambda one: next(iter(one.values()))[:12])
def test_what_diverges_says_of_what_and_warns_nobody(objective, start):
    """A warning would fail this test; only the last row of a run may hold no number."""
    runs = [{"optimizer": name, "options": options} for name, options in FAST]
    answer = asked(descents.descents, objective=objective, runs=runs, start=start, steps=100)
    for run in answer["runs"]:
        assert all(isinstance(value, float) for value in run["value"][:-1])
        assert (run["status"] == "diverged") is (run["diverged_at"] is not None)
        assert run["status"] != "diverged" or run["overflow"]["words"]["ko"]
