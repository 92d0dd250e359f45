"""Tensors: values that stay as they were, scalars that stay scalars, NumPy's own functions."""

import numpy as np
import pytest

from app.engine import NotFloating, Tensor, decisions, gradients
from app.engine.check import differences


def test_a_scalar_is_a_numpy_scalar():
    assert type(Tensor(2.0).data) is np.float64
    assert type(Tensor(np.float32(2)).data) is np.float32
    assert type(Tensor(np.array(2.0)).data) is np.float64
    assert type((Tensor(2.0, tracked=True) * 3).data) is np.float64


def test_float32_and_a_plain_number_stay_float32():
    x = Tensor(2.0, tracked=True, dtype=np.float32)
    for y in (x * 3, 3 * x, x + 0.1, x**2, 2**x, 1 / x, -x, abs(x), x - 1, x % 2):
        assert y.dtype == np.float32


def test_data_is_a_copy_that_nobody_writes_into():
    given = np.array([1.0, 2.0])
    x = Tensor(given)
    given[0] = 9.0
    assert x.data[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        x.data[0] = 5.0


def test_shape_ndim_size_dtype():
    x = Tensor(np.zeros((2, 3), np.float32))
    assert (x.shape, x.ndim, x.size, x.dtype) == ((2, 3), 2, 6, np.dtype(np.float32))


def test_ticks_rise():
    x = Tensor(1.0, tracked=True)
    y = x * 2
    z = y + 1
    assert x.tick < y.tick < z.tick


@pytest.mark.parametrize(
    "function",
    [
        np.sin, np.exp, np.tanh, np.square, np.abs, np.negative, np.sum, np.mean,
        lambda x: np.add(x, 1.0), lambda x: np.multiply(np.ones((2, 3)), x),
        lambda x: np.reshape(x, (3, 2)), lambda x: np.transpose(x), lambda x: np.clip(x, 0, 1),
        lambda x: np.matmul(x, np.ones((3, 1))), lambda x: np.swapaxes(x, 0, 1),
        lambda x: np.sum(x, axis=0), lambda x: np.mean(x, axis=(0, 1), keepdims=True),
        lambda x: np.broadcast_to(x, (4, 2, 3)), lambda x: np.where(x > 0, x, 0.0),
        lambda x: np.maximum(x, 0.0), lambda x: x[0, 1:], lambda x: x[..., None, 1],
        lambda x: np.ones((2, 2)) @ x, lambda x: x @ np.ones(3), lambda x: 1 - x,
    ],
)  # fmt: skip
def test_numpys_functions_work_on_tensors(function):
    data = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
    result = function(Tensor(data, tracked=True))
    assert isinstance(result, Tensor) and result.tracked
    np.testing.assert_allclose(result.data, function(data), rtol=1e-15)


TWO = [
    np.arctan2, np.hypot, np.logaddexp, np.logaddexp2, np.float_power, np.fmod, np.remainder,
    np.heaviside, np.fmax, np.fmin, np.floor_divide,
]  # fmt: skip


@pytest.mark.parametrize("function", TWO)
def test_numpys_functions_of_two_numbers_take_tensors_on_either_side(function):
    a, b = np.array([0.7, 1.9]), np.array([1.3, 0.4])
    for x, y in ((Tensor(a, tracked=True), b), (a, Tensor(b, tracked=True))):
        result = function(x, y)
        np.testing.assert_allclose(result.data, function(a, b), rtol=1e-15)
        leaf, other = (x, 0) if isinstance(x, Tensor) else (y, 1)
        found = gradients([(result, None)]) if result.tracked else {}

        def along(moved, other=other):
            return np.sum(function(moved, b) if other == 0 else function(a, moved))

        slope = differences(along, leaf.data)
        np.testing.assert_allclose(found.get(leaf, 0), slope, rtol=1e-6, atol=1e-9)


def test_numpys_angles_and_logic_take_tensors():
    x, truth = Tensor(np.array([30.0, 60.0]), tracked=True), Tensor(np.array([True, False]))
    np.testing.assert_allclose(np.radians(np.degrees(x)).data, x.data, rtol=1e-15)
    np.testing.assert_array_equal(gradients([(np.deg2rad(x), None)])[x], [np.pi / 180] * 2)
    assert np.bitwise_xor(truth, np.array([True, True])).data.tolist() == [False, True]
    assert np.invert(truth).data.tolist() == [False, True]


def test_the_gradient_of_a_product_of_nothing_is_empty():
    x = Tensor(np.zeros((2, 0)), tracked=True)
    result = np.prod(x, axis=1)
    assert result.data.tolist() == [1, 1]
    assert gradients([(result, None)])[x].shape == (2, 0)


def test_complex_leaves_are_refused_with_the_reason():
    with pytest.raises(NotFloating, match="complex128: rules of complex numbers need conjugates"):
        Tensor(np.array([1j]), tracked=True)
    assert Tensor(np.array([1j])).dtype == complex


def test_every_operator_of_python_works_from_both_sides():
    x = Tensor([5.0, -7.0], tracked=True)
    for found, wanted in [
        (x // 2, [2, -4]), (9 // x, [1, -2]), (divmod(x, 2)[1], [1, 1]), (divmod(9, x)[0], [1, -2]),
        (+x, [5, -7]), (9 % x, [4, -5]), (2 - x, [-3, 9]), (np.clip(x, None, 1), [1, -7]),
        (np.fix(x / 2), [2, -3]), (np.round(x / 4, 1), [1.2, -1.8]), (np.divmod(x, 2)[0], [2, -4]),
    ]:  # fmt: skip
        assert isinstance(found, Tensor)
        np.testing.assert_allclose(found.data, wanted)


def test_signs_of_logic_combine_truths_only():
    x = Tensor([5.0, -7.0])
    np.testing.assert_array_equal(((x > 0) & (x < 6)).data, [True, False])
    np.testing.assert_array_equal((~(x > 0) | (x > 4)).data, [True, True])
    np.testing.assert_array_equal((True ^ (x > 0)).data, [False, True])
    with pytest.raises(TypeError, match="truth values"):
        x & x


def test_numpys_other_functions_are_refused():
    with pytest.raises(TypeError):
        np.linalg.eigvals(Tensor(np.eye(2)))
    with pytest.raises(TypeError):
        np.add.reduce(Tensor([1.0, 2.0]))


def test_equality_is_elementwise_and_hash_is_identity():
    x, y = Tensor(1.0), Tensor(1.0)
    assert isinstance(x == y, Tensor) and bool(x == y)
    assert len({x, y}) == 2


def test_a_test_of_truth_is_a_decision():
    token = decisions.set([])
    try:
        x = Tensor(2.0)
        assert (x > 1) and not (x < 1)
        log = decisions.get()
        assert log is not None and [taken for _, taken in log] == [True, False]
    finally:
        decisions.reset(token)


def test_repr_says_how_it_was_made():
    x = Tensor(2.0, tracked=True)
    assert repr(x) == "Tensor(np.float64(2.0), tracked)"
    assert "made by multiply" in repr(x * 2)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Tensor(np.ones((2, 3))) @ Tensor(np.ones((2, 3))),
        lambda: Tensor(2.0) @ Tensor(3.0),
        lambda: np.reshape(Tensor(np.ones(6)), (4, 2)),
        lambda: np.reshape(Tensor(np.ones(6)), (-1, 4)),
        lambda: np.sum(Tensor(np.ones(6)), axis=1),
        lambda: np.broadcast_to(Tensor(np.ones(3)), (2,)),
        lambda: Tensor(np.ones(3)) + Tensor(np.ones(4)),
        lambda: Tensor(np.ones(3))[5],
    ],
)
def test_what_does_not_fit_raises(wrong):
    with pytest.raises((ValueError, IndexError)):
        wrong()
