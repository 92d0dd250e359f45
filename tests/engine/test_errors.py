"""What the engine refuses: each error names what is wrong, and has a code."""

import numpy as np
import pytest

from app.engine import (
    EngineError,
    Misfit,
    NotFloating,
    Program,
    Tensor,
    gradients,
    hvp,
    jvp,
    vjp,
)  # fmt: skip
from app.engine.primitives import criteria, layers
from app.engine.primitives.reductions import total

TWO_BY_THREE, FOUR = Tensor(np.ones((2, 3)), tracked=True), Tensor(np.ones(4), tracked=True)


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("add", lambda: TWO_BY_THREE + FOUR),
        ("multiply", lambda: np.multiply(TWO_BY_THREE, FOUR)),
        ("power", lambda: TWO_BY_THREE**FOUR),
        ("greater", lambda: TWO_BY_THREE > FOUR),
        ("where", lambda: np.where(TWO_BY_THREE > 0, TWO_BY_THREE, FOUR)),
    ],
)
def test_a_misfit_names_the_operation_and_every_shape(name, work):
    with pytest.raises(Misfit) as caught:
        work()
    error = caught.value
    assert error.code == "shape" and error.op == name
    assert error.shapes[-2:] == ((2, 3), (4,))
    assert name in str(error) and "(2, 3) and (4,)" in str(error)
    assert isinstance(error, EngineError) and error.__cause__ is error.problem


A, B = np.ones((2, 3)), np.ones(4)


def doubled(x):
    return x * 2


def squares(x):
    return np.sum(x * x)


def program() -> Program:
    """A mean of three numbers: its 1/3 is a constant, so that of four would be computed wrong."""
    x = Tensor(np.ones(3), tracked=True)
    return Program([x], [np.mean(x), x * np.ones(3)])


@pytest.mark.parametrize(
    ("name", "given", "wanted", "work"),
    [
        ("vjp", (4,), (2, 3), lambda: vjp(doubled, A, B)),
        ("vjp", (1, 3), (2, 3), lambda: vjp(doubled, A, np.ones((1, 3)))),
        ("vjp", (3,), (2, 3), lambda: vjp(doubled, A, Tensor(np.ones(3)))),
        ("vjp", (1,), (), lambda: vjp(squares, A, np.ones(1))),
        ("jvp", (4,), (2, 3), lambda: jvp(doubled, A, B)),
        ("jvp", (3,), (2, 3), lambda: jvp(doubled, A, np.ones(3))),
        ("jvp", (2, 3), (4,), lambda: jvp(lambda a, b: a[0, 0] * b, (A, B), (A, A))),
        ("hvp", (4,), (2, 3), lambda: hvp(squares, A, B)),
        ("hvp", (3,), (2, 3), lambda: hvp(squares, A, Tensor(np.ones(3)))),
        ("gradients", (4,), (2, 3), lambda: gradients([(TWO_BY_THREE * 2, B)])),
        ("gradients", (), (2, 3), lambda: gradients([(TWO_BY_THREE * 2, 1.0)])),
        ("gradients", (3,), (2, 3), lambda: gradients([(TWO_BY_THREE, Tensor(B[:3]))])),
        ("concatenate", (2, 3), (4,), lambda: np.concatenate([TWO_BY_THREE, FOUR])),
        ("concatenate", (2, 3), (3, 2), lambda: np.concatenate([TWO_BY_THREE, A.T], axis=-1)),
        ("stack", (2, 3), (4,), lambda: np.stack([TWO_BY_THREE, FOUR])),
        ("reshape", (2, 3), (4,), lambda: np.reshape(TWO_BY_THREE, (4,))),
        ("reshape", (2, 3), (-1, 4), lambda: np.reshape(TWO_BY_THREE, (-1, 4))),
        ("broadcast_to", (2, 3), (4,), lambda: np.broadcast_to(TWO_BY_THREE, (4,))),
        ("broadcast_to", (2, 3), (3,), lambda: np.broadcast_to(TWO_BY_THREE, (3,))),
        ("matmul", (2, 3), (4,), lambda: TWO_BY_THREE @ FOUR),
        ("convolve", (2, 3), (4,), lambda: layers.convolve(TWO_BY_THREE, FOUR)),
        ("nll", (2, 3), (4,), lambda: criteria.likelihood(TWO_BY_THREE, np.zeros(4, int))),
        ("cross_entropy", (2, 3), (4,), lambda: criteria.classify(TWO_BY_THREE, FOUR)),
        ("program", (4,), (3,), lambda: program()(B)),
        ("program", (), (3,), lambda: program()(1.0)),
        ("program", (1,), (3,), lambda: program()(np.ones(1))),
        ("program", (5, 3), (3,), lambda: program()(np.ones((5, 3)))),
        ("program", (5, 4), (3,), lambda: program().batch(np.ones((5, 4)))),
        ("program", (), (3,), lambda: program().batch(1.0)),
        ("program", (5, 1), (3,), lambda: program().batch(np.ones((5, 1)))),
    ],
)
def test_what_does_not_fit_names_who_was_asked_and_both_shapes(name, given, wanted, work):
    with pytest.raises(Misfit) as caught:
        work()
    error = caught.value
    assert (error.op, error.shapes) == (name, (given, wanted))
    assert f"{name} of shapes {given} and {wanted}: " in str(error)


def test_one_number_is_a_vector_of_equal_numbers():
    np.testing.assert_array_equal(vjp(doubled, A, 1.5), np.full((2, 3), 3.0))
    np.testing.assert_array_equal(jvp(doubled, A, Tensor(1.5)), np.full((2, 3), 3.0))
    np.testing.assert_array_equal(hvp(squares, A, 1.5), np.full((2, 3), 3.0))


@pytest.mark.parametrize("work", [
    lambda: jvp(doubled, A, (A, A)), lambda: hvp(squares, A, ()), lambda: program()(B[:3], 1.0),
    lambda: program().batch(),
])  # fmt: skip
def test_another_number_of_vectors_or_inputs_is_refused(work):
    with pytest.raises(TypeError, match=r"not [02]"):
        work()


def test_an_axis_that_is_not_there_stays_numpys_error():
    with pytest.raises(np.exceptions.AxisError):
        total(FOUR, (-2,), False)


@pytest.mark.parametrize("data", [3, True, np.array([1, 2]), np.array([True, False])])
def test_whole_numbers_have_no_gradient(data):
    with pytest.raises(NotFloating, match="only floating-point numbers have gradients, not") as one:
        Tensor(data, tracked=True)
    assert one.value.code == "integer_gradient"
    assert not (Tensor(data) * Tensor(2.0)).tracked
