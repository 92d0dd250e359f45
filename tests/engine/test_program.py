"""A Program replays a recorded graph: the same numbers, in batches too."""

import numpy as np
import pytest

from app.engine import (
    Diverged,
    Program,
    Recording,
    Tensor,
    decisions,
    gradients,
    primitives,
    record,
)  # fmt: skip

RANDOM = np.random.default_rng(0)


def square_error(w, b, x, y):
    return np.mean((w * x + b - y) ** 2)


def network(w, v, x):
    return np.sum(np.tanh(x @ w) @ v)


def mixture(a, b):
    c = np.exp(a) * b
    d = np.maximum(c, b) - np.sin(a) / 2
    return np.sum(d * d) + np.mean(a[0] * b)


FUNCTIONS = {
    "square error": (square_error, [(), (), (5,), (5,)]),
    "network": (network, [(3, 4), (4, 1), (2, 3)]),
    "mixture": (mixture, [(3,), (3,)]),
    "softmax": (lambda x: primitives.losses.softmax(x), [(4,)]),
    "shapes": (lambda x: np.reshape(np.transpose(x), (3, 2))[0], [(2, 3)]),
    "sigmoid": (lambda x: primitives.functions.sigmoid(x) * 2, [(3,)]),
}


def recorded(name: str):
    function, shapes = FUNCTIONS[name]
    leaves = [Tensor(RANDOM.normal(size=shape), tracked=True) for shape in shapes]
    with record(Recording.EVERYTHING):
        result = function(*leaves)
        found = gradients([(result, None)], create_graph=True)
    outputs = [result, *(found[leaf] for leaf in leaves if leaf in found)]
    return function, leaves, Program(leaves, outputs)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_replay_is_what_was_recorded(name):
    _, leaves, program = recorded(name)
    for found, kept in zip(program(*(leaf.data for leaf in leaves)), program.outputs, strict=True):
        np.testing.assert_array_equal(found, kept.data)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_replay_on_new_numbers_is_a_new_run(name):
    function, leaves, program = recorded(name)
    fresh = [RANDOM.normal(size=leaf.shape)[()] for leaf in leaves]
    others = [Tensor(x, tracked=True) for x in fresh]
    result = function(*others)
    found = gradients([(result, None)])
    eager = [result.data, *(found[leaf] for leaf in others if leaf in found)]
    for one, other in zip(program(*fresh), eager, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "shapes"])
def test_a_batch_is_a_loop_bit_for_bit(name):
    _, leaves, program = recorded(name)
    batch = [RANDOM.normal(size=(6, *leaf.shape)) for leaf in leaves]
    found = program.batch(*batch)
    for k in range(6):
        one = program(*(entry[k] for entry in batch))
        for whole, part in zip(found, one, strict=True):
            if name == "network":  # BLAS may order a product's sums by its shape
                np.testing.assert_allclose(whole[k], part, rtol=1e-13)
            else:
                np.testing.assert_array_equal(whole[k], part)


def test_a_batch_of_two_axes_draws_a_surface():
    leaves = [Tensor(0.5, tracked=True), Tensor(0.25, tracked=True)]
    x = Tensor(np.array([1.0, 2.0, 3.0]))
    with record(Recording.EVERYTHING):
        loss = np.mean((leaves[0] * x + leaves[1] - 1) ** 2)
    program = Program(leaves, [loss])
    w, b = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(0, 1, 3))
    (surface,) = program.batch(w, b)
    assert surface.shape == (3, 4)
    for i, j in np.ndindex(3, 4):
        assert surface[i, j] == program(w[i, j], b[i, j])[0]


def test_hessians_are_replayed_alike():
    x = Tensor(2.0, tracked=True)
    with record(Recording.EVERYTHING):
        y = x**3 + np.sin(x)
        first = gradients([(y, None)], create_graph=True)[x]
        second = gradients([(first, None)], create_graph=True)[x]
    program = Program([x], [y, first, second])
    for at in (0.5, 1.0, 3.0):
        value, slope, bend = program(np.float64(at))
        assert value == pytest.approx(at**3 + np.sin(at), rel=1e-14)
        assert slope == pytest.approx(3 * at**2 + np.cos(at), rel=1e-14)
        assert bend == pytest.approx(6 * at - np.sin(at), rel=1e-14)


def branching(x: Tensor) -> Tensor:
    y = x * 2
    return y * y if y > 1 else y + 5


def test_another_branch_diverges():
    token = decisions.set([])
    try:
        x = Tensor(3.0, tracked=True)
        result = branching(x)
        program = Program([x], [result], decisions.get() or [])
    finally:
        decisions.reset(token)
    assert program(np.float64(4.0)) == (64.0,)
    with pytest.raises(Diverged):
        program(np.float64(0.1))


def test_names_are_reused_and_the_source_is_readable():
    x = Tensor(1.0, tracked=True)
    y = x
    for _ in range(50):
        y = y * 2 + 1
    program = Program([x], [y])
    lines = program.source.splitlines()
    assert lines[0] == "def program(x0):"
    assert lines[1] == "    t0 = multiply(x0, 2)"
    assert lines[2] == "    t0 = add(t0, 1)"
    assert lines[-1] == "    return (t0,)"
    names = {line.split("=")[0].strip() for line in lines[1:-1]}
    assert names == {"t0"}
    assert program(np.float64(0.0)) == (2.0**50 - 1,)


def test_an_output_that_is_read_early_is_kept():
    x = Tensor(2.0, tracked=True)
    y = x * 3
    z = y * y
    w = z + y
    program = Program([x], [y, w, z, x])
    assert program(np.float64(1.0)) == (3.0, 12.0, 9.0, 1.0)


def test_constants_are_kept_and_inputs_may_be_results():
    x, c = Tensor(2.0, tracked=True), Tensor(np.array([1.0, 2.0]))
    y = x * c
    z = np.sum(y * c)
    assert Program([x], [z])(np.float64(3.0)) == (15.0,)
    assert Program([y], [z])(np.array([1.0, 1.0])) == (3.0,)


def test_an_output_without_history_is_itself():
    c = Tensor(4.0)
    x = Tensor(1.0, tracked=True)
    assert Program([x], [c, x])(np.float64(9.0)) == (4.0, 9.0)
