"""A Program replays a recorded graph: the same numbers, in batches too."""

import tracemalloc

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
from app.engine.tensor import frozen

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
    "softmax": (lambda x: primitives.softmax.softmax(x), [(4,)]),
    "shapes": (lambda x: np.reshape(np.transpose(x), (3, 2))[0], [(2, 3)]),
    "sigmoid": (lambda x: primitives.activations.sigmoid(x) * 2, [(3,)]),
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


def decided(function, *at: float) -> Program:
    """A program recorded at some numbers, with the branches taken there."""
    taken: list[tuple[Tensor, bool]] = []
    token = decisions.set(taken)
    try:
        leaves = [Tensor(x, tracked=True) for x in at]
        return Program(leaves, [function(*leaves)], taken)
    finally:
        decisions.reset(token)


def on_a_result(x: Tensor) -> Tensor:
    y = x * 2
    return y * y if y > 1 else y + 5


def on_the_input(x: Tensor) -> Tensor:
    return x * 3 if x else x + 1


def twice(x: Tensor) -> Tensor:
    while x > 2:
        x = x / 2
    return x


@pytest.mark.parametrize(
    ("function", "at", "same", "other"),
    [
        (on_a_result, 3.0, 4.0, 0.1),
        (on_a_result, 0.1, 0.2, 3.0),
        (on_the_input, 3.0, 4.0, 0.0),
        (on_the_input, 0.0, 0.0, 2.0),
        (twice, 7.0, 6.0, 3.0),
        (twice, 7.0, 5.0, 17.0),
    ],
)
def test_another_branch_diverges(function, at, same, other):
    program = decided(function, at)
    same, other = np.float64(same), np.float64(other)
    assert program(same) == (function(Tensor(same)).data,)
    assert program.batch(np.array([same, at]))[0].tolist() == [
        function(Tensor(x)).data for x in (same, at)
    ]
    with pytest.raises(Diverged):
        program(other)
    with pytest.raises(Diverged):  # one point is enough
        program.batch(np.array([same, other, same]))


KEYS = {
    "a mask": (lambda x, m: np.sum(x[:, m]), [True, False, True], [False, True, False]),
    "places": (lambda x, m: np.sum(x[m, 0:1, m]), [0, 1], [1, 1]),
    "a number": (lambda x, m: x[0, 0, 0] * float(m), 2.0, 3.0),
}


@pytest.mark.parametrize("key", list(KEYS))
def test_numbers_that_left_the_graph_diverge_where_they_would_be_others(key):
    f, here, there = KEYS[key]
    x = Tensor(np.arange(18.0).reshape(2, 3, 3), tracked=True)
    given, log = Tensor(here), []
    token = decisions.set(log)
    with record(Recording.EVERYTHING):
        result = f(x, given)
    decisions.reset(token)
    program = Program([x, given], [result], log)
    assert program(x.data, given.data)[0] == result.data
    with pytest.raises(Diverged):
        program(x.data, np.asarray(there))


@pytest.mark.parametrize("key", ["a mask", "places"])
def test_an_input_that_was_a_key_is_refused_without_its_decisions(key):
    f, here, _ = KEYS[key]
    x, given = Tensor(np.arange(18.0).reshape(2, 3, 3), tracked=True), Tensor(here)
    with record(Recording.EVERYTHING):
        result = f(x, given)
    with pytest.raises(ValueError, match="input 1 is a key"):
        Program([x, given], [result])
    assert Program([x], [result])(x.data)[0] == result.data


def test_a_key_is_forgotten_with_what_it_chose():
    before = len(frozen)
    with record(Recording.EVERYTHING):
        kept = Tensor([1.0, 2.0])[Tensor([True, False])]
    assert len(frozen) == before + 1
    del kept
    assert len(frozen) == before


def test_a_branch_on_constants_alone_never_diverges():
    program = decided(lambda x: x * 2 if Tensor(1.0) > 0 else x, 3.0)
    assert "Diverged" not in program.source and program(np.float64(-1.0)) == (-2.0,)


def test_names_are_reused_and_the_source_is_readable():
    x = Tensor(1.0, tracked=True)
    y = x
    for _ in range(50):
        y = y * 2 + 1
    program = Program([x], [y])
    lines = program.source.splitlines()
    assert lines[0] == "def program(x0):"
    assert lines[1] == "    t0 = x0 * 2"
    assert lines[2] == "    t0 = t0 + 1"
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


def test_what_no_input_reaches_is_computed_once():
    x, c = Tensor(2.0, tracked=True), Tensor(3.0, tracked=True)
    y = x * np.exp(c * c)
    assert Program([x], [y]).source.splitlines()[1:] == [
        f"    t0 = x0 * {float(np.exp(9.0))}",
        "    return (t0,)",
    ]


def test_the_same_operation_on_the_same_operands_is_one_line():
    x = Tensor(2.0, tracked=True)
    y = np.sin(x) * np.sin(x) + np.sin(x)
    assert Program([x], [y]).source.splitlines()[1:-1] == [
        "    t0 = np.sin(x0)",
        "    t1 = t0 * t0",
        "    t1 = t1 + t0",
    ]


def test_zeros_of_two_signs_are_two_operands():
    x = Tensor(2.0, tracked=True)
    program = Program([x], [x * 0.0, x * -0.0])
    assert [np.signbit(one) for one in program(np.float64(1.0))] == [False, True]


def test_names_are_the_programs_own_where_it_has_any():
    w, x = Tensor(2.0, tracked=True), Tensor(np.ones(3))
    w.origin, x.origin = ("w", (1, 1, 1, 2)), "x"
    prediction = w * x
    prediction.origin = ("prediction", None)
    error = prediction - 1.0
    error.origin = ("w", None)  # a name that is taken
    square = error * error
    square.origin = ("lambda", None)
    total = np.sum(square)
    total.origin = ("sum", None)  # a name that means something
    program = Program([w, x], [total])
    assert (
        program.source
        == """def program(w, x):
    prediction = w * x
    t0 = prediction - 1.0
    del prediction
    t0 = t0 * t0
    t0 = np.add.reduce(t0, axis=-1)
    return (t0,)
"""
    )
    assert program(np.float64(2.0), np.array([1.0, 2.0, 3.0])) == (35.0,)


def test_each_line_knows_its_node():
    x = Tensor(2.0, tracked=True)
    y = np.sin(x)
    z = y * y
    program = Program([x], [z])
    lines = program.source.splitlines()
    assert {lines[number - 1]: node for number, node in program.nodes.items()} == {
        "    t0 = np.sin(x0)": y,
        "    t0 = t0 * t0": z,
    }


def test_negative_numbers_keep_their_brackets():
    x = Tensor(2.0, tracked=True)
    program = Program([x], [x**-2, (-2) ** x, x - -3])
    assert program(np.float64(2.0)) == (0.25, 4.0, 5.0)


def test_batches_broadcast_their_leading_axes():
    x, y, c = Tensor(1.0, tracked=True), Tensor(1.0, tracked=True), Tensor(np.arange(3.0))
    program = Program([x, y], [np.sum(x * y + c), y * 1.0, Tensor(5.0)])
    rows, columns = np.arange(4.0)[:, None], np.arange(5.0)
    found, same, constant = program.batch(rows, columns)
    assert found.shape == same.shape == constant.shape == (4, 5)
    for i, j in np.ndindex(4, 5):
        assert found[i, j] == 3 * i * j + 3 and same[i, j] == j and constant[i, j] == 5


def test_large_batches_are_worked_through_in_pieces(monkeypatch):
    name, points = "network", 50
    _, leaves, program = recorded(name)
    batch = [RANDOM.normal(size=(points, *leaf.shape)) for leaf in leaves]
    whole = program.batch(*batch)
    _, piece = program.batched((True,) * len(leaves))
    assert piece > points
    for size in (1, 1 << 10, 1 << 12):  # bytes
        monkeypatch.setattr("app.engine.program.CACHE", size)
        smaller = Program(program.inputs, program.outputs)
        assert smaller.batched((True,) * len(leaves))[1] < points
        for one, other in zip(smaller.batch(*batch), whole, strict=True):
            np.testing.assert_array_equal(one, other)


def test_memory_is_used_again_after_the_last_reader():
    n, steps = 100_000, 40
    x = Tensor(np.ones(n), tracked=True)
    y = x
    for k in range(steps):
        y = np.sin(y) * (k + 2)
    program = Program([x], [y])
    data = np.ones(n)
    tracemalloc.start()
    try:
        program(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * data.nbytes


def test_a_program_of_100_000_lines():
    x = Tensor(1.0, tracked=True)
    y = x
    for _ in range(50_000):
        y = y * 1.0001
        y = y + 0.5
    program = Program([x], [y])
    assert len(program.nodes) == 100_000
    assert program(np.float64(1.0)) == (y.data,)
