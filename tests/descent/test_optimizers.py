"""Every optimizer on every landscape against PyTorch, and their options."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.descent import LANDSCAPES, OPTIMIZERS, Descent
from app.descent import Path as Trajectory

STORED = json.loads((Path(__file__).parent.parent / "golden/descents_torch.json").read_text())
RUNS = [run for run in STORED["runs"] if run["function"] in LANDSCAPES]
# these paths enlarge a rounding error of their start by many orders: they need that much room
SENSITIVE = {("rmsprop", "beale", 3): 1e-5, ("rmsprop", "rosenbrock", 2): 1e-7}


def descended(run):
    objective = LANDSCAPES[run["function"]].objective()
    optimizer = OPTIMIZERS[run["optimizer"]]
    path = Trajectory(optimizer.name, optimizer.filled(run["options"]), "", objective.start)
    for _ in Descent(objective, [path], 200).rounds():
        pass
    return path


def apart(path, stored):
    """The largest relative difference over the stored steps; a run that ended stays there."""
    steps = [min(i * STORED["every"], path.step[-1]) for i in range(len(stored))]
    ours, theirs = np.array([path.position[i] for i in steps]), np.array(stored)
    return float(np.max(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-3)))


@pytest.mark.parametrize(
    "run", RUNS, ids=lambda run: f"{run['optimizer']}-{run['function']}-{len(run['options'])}"
)
def test_the_path_is_pytorchs(run):
    key = (run["optimizer"], run["function"], len(run["options"]))
    assert apart(descended(run), run["position"]) < SENSITIVE.get(key, 1e-9)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_defaults_are_pytorchs(name):
    ours = OPTIMIZERS[name].filled({})
    for option, value in STORED["defaults"][name].items():
        if option in ours:
            assert list(np.ravel(ours[option])) == list(np.ravel(value)), option


def test_every_optimizer_and_landscape_is_in_the_table():
    every = {(run["optimizer"], run["function"]) for run in RUNS}
    assert every == {(name, function) for name in OPTIMIZERS for function in LANDSCAPES}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"rate": 1}, "no option rate"),
        ({"lr": -1}, "between"),
        ({"lr": float("nan")}, "finite"),
        ({"momentum": True}, "momentum"),
        ({"nesterov": 1}, "nesterov"),
        ({"lr": [1, 2]}, "takes 1 number"),
    ],
)
def test_wrong_options_are_told(options, word):
    with pytest.raises(ValueError, match=word):
        OPTIMIZERS["sgd"].filled(options)
