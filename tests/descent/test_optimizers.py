"""Every optimizer on every landscape against PyTorch, and their options."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.descent import LANDSCAPES, OPTIMIZERS, Descent
from app.descent import Path as Trajectory

STORED = json.loads((Path(__file__).parent.parent / "golden/descents_torch.json").read_text())
RUNS = STORED["runs"]


def descended(run, nudge=0.0, steps=200):
    objective = LANDSCAPES[run["function"]].objective()
    start = objective.start * (1 + nudge)
    optimizer = OPTIMIZERS[run["optimizer"]]
    path = Trajectory(optimizer.name, optimizer.filled(run["options"]), "", start)
    for _ in Descent(objective, [path], steps).batches():
        pass
    return path


def every_20th(path):
    return np.array([path.position[i] for i in path.step if i % STORED["every"] == 0])


def apart(ours, theirs):
    """The largest relative difference over the stored steps."""
    n = min(len(ours), len(theirs))
    return float(np.max(np.abs(ours[:n] - theirs[:n]) / np.maximum(np.abs(theirs[:n]), 1e-3)))


@pytest.mark.parametrize(
    "run", RUNS, ids=lambda run: f"{run['optimizer']}-{run['function']}-{len(run['options'])}"
)
def test_the_path_is_pytorchs(run):
    path = descended(run)
    ours, theirs = every_20th(path), np.array(run["position"])
    assert len(ours) == len(theirs) or path.status in ("converged", "stalled")
    # some paths enlarge one rounding error a million times: those need that much room
    room = 1e-9 + 30 * apart(every_20th(descended(run, nudge=4e-16)), ours)
    assert apart(ours, theirs) < min(room, 1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_defaults_are_pytorchs(name):
    ours = OPTIMIZERS[name].filled({})
    for option, value in STORED["defaults"][name].items():
        if option in ours:
            assert list(np.ravel(ours[option])) == list(np.ravel(value)), option


def test_every_optimizer_and_landscape_is_in_the_table():
    assert {run["optimizer"] for run in RUNS} == set(OPTIMIZERS)
    assert {run["function"] for run in RUNS} == set(LANDSCAPES)


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
