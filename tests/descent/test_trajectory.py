"""Runs that step together, and how they end."""

import numpy as np
import pytest

from app.descent import LANDSCAPES, OPTIMIZERS, Descent, Path


def paths(*specs, start=(-1.5, 2.0)):
    return [
        Path(name, OPTIMIZERS[name].filled(options), name, np.array(start))
        for name, options in specs
    ]


def descend(found, steps=200, name="rosenbrock"):
    return list(Descent(LANDSCAPES[name].objective(), found, steps).batches())


SPECS = [
    ("sgd", {"lr": 1e-3}),
    ("sgd", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}),
    ("sgd", {"lr": 2e-3, "momentum": 0.5}),
    ("adam", {"lr": 0.05}),
    ("adam", {"lr": 0.01, "amsgrad": True}),
    ("rmsprop", {}),
]


def test_together_is_alone():
    together = paths(*SPECS)
    descend(together)
    for spec, path in zip(SPECS, together, strict=True):
        (alone,) = paths(spec)
        descend([alone])
        assert np.array_equal(path.position, alone.position)
        assert path.value == alone.value


def test_the_first_batch_is_the_start_and_batches_cover_every_row_once():
    found = paths(*SPECS[:2])
    batches = descend(found, 130)
    assert [(b.run, b.start, b.end) for b in batches[:2]] == [(0, 0, 1), (1, 0, 1)]
    for run, path in enumerate(found):
        rows = [i for b in batches if b.run == run for i in range(b.start, b.end)]
        assert rows == list(range(131)) == path.step


def test_rosenbrock_with_a_large_rate_diverges_and_says_where():
    (path,) = paths(("sgd", {"lr": 0.01}))
    descend([path])
    assert path.status == "diverged"
    assert path.diverged_at == path.step[-1] == 7
    assert path.overflow == "power"
    assert all(np.isfinite(path.value[:-1]))
    assert not np.isfinite(path.value[-1])


@pytest.mark.parametrize(
    ("spec", "name", "start", "status"),
    [
        (("sgd", {"lr": 0.05}), "quadratic", (0.0, 0.0), "converged"),
        (("sgd", {"lr": 0.0}), "quadratic", (1.0, 1.0), "stalled"),
        (("sgd", {"lr": 1e-7}), "rastrigin", (2.2, -1.7), "max_steps"),
        (("sgd", {"lr": 1.0}), "saddle", (0.0, 1.0), "diverged"),
    ],
)
def test_how_a_run_ends(spec, name, start, status):
    (path,) = paths(spec, start=start)
    descend([path], 3000, name)
    assert path.status == status


def test_a_diverged_run_leaves_the_others_alone():
    found = paths(("sgd", {"lr": 0.01}), ("sgd", {"lr": 1e-3}))
    descend(found)
    assert [path.status for path in found] == ["diverged", "max_steps"]
    assert len(found[1].step) == 201
