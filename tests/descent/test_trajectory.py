"""Runs that step together, and how they end."""

import numpy as np
import pytest

from app.descent import LANDSCAPES, OPTIMIZERS, Descent, Path, Recorded, onto


def paths(*specs, start=(-1.5, 2.0)):
    return [
        Path(name, OPTIMIZERS[name].filled(options), name, np.array(start))
        for name, options in specs
    ]


def descend(found, steps=200, name="rosenbrock"):
    rounds = Descent(LANDSCAPES[name].objective(), found, steps).rounds()
    return [batch for batches in rounds for batch in batches]


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


def test_the_start_is_told_before_the_first_step():
    """A slow objective keeps nobody waiting for row 0."""
    asked = []

    class Slow:
        names, start = ("x", "y"), np.zeros(2)

        def value_and_grad(self, at):
            asked.append(len(at))
            return np.ones(len(at)), np.ones(at.shape)

    (path,) = paths(("sgd", {}))
    rounds = Descent(Slow(), [path], 3).rounds()
    assert [(one.start, one.end) for one in next(rounds)] == [(0, 1)]
    assert asked == [1]


OVERFLOWS = [
    (lambda x, y: np.exp(x) + y, (709.0, 0.0), 10.0, "move"),  # value and slope are finite there
    (lambda x, y: np.exp(x * x) + y, (20.0, 0.0), 10.0, "multiply"),
    (lambda x, y: x * x + np.exp(-y), (1.0, -800.0), 10.0, "exp"),
    (lambda x, y: np.sqrt(x) + y, (0.0, 1.0), 0.1, "divide"),  # the slope is infinite, no value is
    (lambda x, y: x / (y - 1), (1.0, 1.0), 0.1, "divide"),
]


@pytest.mark.parametrize(("f", "start", "rate", "what"), OVERFLOWS)
def test_what_overflowed_first_is_named(f, start, rate, what):
    objective = Recorded(f, ("x", "y"), np.array(start))
    (path,) = paths(("sgd", {"lr": rate}), start=start)
    list(Descent(objective, [path], 50).rounds())
    assert (path.status, path.overflow) == ("diverged", what)


REMEMBERED = [
    ("sgd", {"lr": 1e-308, "momentum": 0.9}, "diverged"),  # the buffer adds up
    ("rmsprop", {"lr": 1e-9, "momentum": 0.9}, "max_steps"),  # x stands, y goes on
    ("adagrad", {"lr": 1e-9}, "max_steps"),
    ("adam", {"lr": 0.0}, "stalled"),
]


@pytest.mark.parametrize(("name", "options", "status"), REMEMBERED)
def test_a_memory_that_overflows_is_named(name, options, status):
    objective = Recorded(lambda x, y: 1.2e308 * x + y, ("x", "y"), np.zeros(2))
    (path,) = paths((name, options), start=(0.0, 0.0))
    list(Descent(objective, [path], 100).rounds())
    assert (path.status, path.overflow) == (status, "state")


MEMORIES = [
    ("sgd", {}, set()),
    ("sgd", {"momentum": 0.9}, {"momentum_buffer"}),
    ("adagrad", {}, {"sum"}),
    ("rmsprop", {}, {"square_avg"}),
    ("rmsprop", {"centered": True, "momentum": 0.5}, {"square_avg", "grad_avg", "momentum_buffer"}),
    ("adam", {}, {"exp_avg", "exp_avg_sq"}),
    ("adamw", {"amsgrad": True}, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}),
]


def test_the_memories_are_those_that_pytorch_keeps():
    found = paths(*((name, options) for name, options, _ in MEMORIES))
    descend(found, 3)
    assert [set(path.state) for path in found] == [names for _, _, names in MEMORIES]


def test_an_infinite_coordinate_leaves_its_neighbour_alone():
    objective = Recorded(lambda x, y: x * x + np.exp(-y), ("x", "y"), np.array([1.0, 0.0]))
    (path,) = paths(("sgd", {"lr": 10.0}), start=(1.0, -800.0))
    list(Descent(objective, [path], 5).rounds())
    assert list(path.gradient[0]) == [2.0, -np.inf]
    axes = np.eye(2)
    assert list(onto(axes, np.array([np.inf, 3.0]))) == [np.inf, 3.0]


def test_an_optimizer_whose_memory_overflowed_says_so():
    objective = Recorded(lambda x, y: 1e200 * (x + y), ("x", "y"), np.zeros(2))
    (path,) = paths(("adagrad", {"lr": 1.0}), start=(0.0, 0.0))
    list(Descent(objective, [path], 100).rounds())
    assert (path.status, path.overflow) == ("stalled", "state")
