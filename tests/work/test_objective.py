"""Training programs as objectives: their loss, their parameters, their own path."""

import numpy as np
import orjson
import pytest

from app.descent import heights
from app.engine.check import differences, relative_error
from app.language.budget import Limits
from app.language.errors import Refused
from app.work import descents, landscapes
from app.work.objective import ProgramObjective, Training
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
    training = Training({"source": LINE}, Limits())
    assert training.names == ["w", "b"]
    path = training.path()
    assert len(path["position"]) == 21
    assert list(path["position"][0]) == [0.5, 0.5]
    assert path["value"][0] == 13.5
    assert list(path["gradient"][0]) == [-10.0, -1.0]
    objective = ProgramObjective(training)
    numeric = differences(lambda at: objective.values(at[None])[0], np.array([0.7, 0.3]))
    _, slope = objective.value_and_grad(np.array([[0.7, 0.3]]))
    assert relative_error(slope[0], numeric) < 1e-6


def test_many_parameters_are_seen_on_the_plane_of_the_path():
    training = Training({"source": NET}, Limits())
    assert len(training.names) == 16
    assert training.names[1] == "w1[0, 1]"
    assert np.allclose(training.axes @ training.axes.T, np.eye(2))
    objective = ProgramObjective(training)
    path = training.path()
    value, slope = objective.value_and_grad(training.start[None])
    assert value[0] == pytest.approx(path["value"][0], rel=1e-5)
    assert np.allclose(slope[0] @ training.axes.T, path["gradient"][0], rtol=1e-4)
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


def test_optimizers_descend_the_programs_loss():
    runs = [{"optimizer": "adam", "options": {"lr": 0.1}}]
    answer = asked(descents.descents, objective={"source": NET}, runs=runs, steps=50)
    assert answer["runs"][0]["value"][-1] < answer["runs"][0]["value"][0]
    assert answer["objective"]["slice"]["kind"] == "principal"


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
    ],
)
def test_what_cannot_be_drawn_is_refused(source, code):
    with pytest.raises(Refused) as refusal:
        asked(descents.descents, objective={"source": source})
    assert refusal.value.code == code
