"""Derivatives of functions, against finite differences, mathematics and one another."""

import numpy as np
import pytest

from app.engine import Tensor, grad, hessian, hvp, jacobian, jvp, value_and_grad
from app.engine.check import differences


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def waves(x):
    return np.sum(np.sin(x) * np.exp(x * 0.5)) + np.tanh(x[0] * x[1])


def spread(x):
    return np.exp(x) * x[0] - x[1] / 3


POINTS = [np.array([-1.2, 1.0]), np.array([0.3, -0.7]), np.array([1.0, 1.0])]


@pytest.mark.parametrize("f", [rosenbrock, waves])
@pytest.mark.parametrize("x", POINTS, ids=str)
def test_grad(f, x):
    found = grad(f, x)
    np.testing.assert_allclose(found, differences(lambda at: f(at), x), rtol=1e-6, atol=1e-6)
    value, again = value_and_grad(f, x)
    assert value == f(x)
    np.testing.assert_array_equal(found, again)


def test_grad_of_several_arguments():
    a, b = grad(lambda a, b: a * b + a, 2.0, 5.0)
    assert (a, b) == (6.0, 2.0)
    assert grad(lambda a, b: a * 2, 2.0, 5.0) == (2.0, 0.0)


@pytest.mark.parametrize("x", POINTS, ids=str)
def test_hessian_of_rosenbrock(x):
    a, b = x
    wanted = [[2 - 400 * (b - 3 * a * a), -400 * a], [-400 * a, 200]]
    np.testing.assert_allclose(hessian(rosenbrock, x), wanted, rtol=1e-12)


@pytest.mark.parametrize("f", [rosenbrock, waves])
@pytest.mark.parametrize("x", POINTS, ids=str)
def test_hessian_is_symmetric_and_the_slope_of_the_gradient(f, x):
    found = hessian(f, x)
    np.testing.assert_allclose(found, found.T, rtol=1e-12, atol=1e-12)
    for row in range(2):
        slope = differences(lambda at, row=row: grad(f, at)[row], x)
        np.testing.assert_allclose(found[row], slope, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("x", POINTS, ids=str)
def test_jacobian_jvp_and_hvp_agree(x):
    v = np.array([0.6, -1.3])
    rows = jacobian(spread, x)
    for row in range(2):
        slope = differences(lambda at, row=row: spread(at)[row], x)
        np.testing.assert_allclose(rows[row], slope, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(jvp(spread, x, v), rows @ v, rtol=1e-13)
    np.testing.assert_allclose(hvp(waves, x, v), hessian(waves, x) @ v, rtol=1e-12, atol=1e-12)


def test_shapes():
    x = np.arange(6.0).reshape(2, 3)
    assert jacobian(lambda x: np.sum(x, axis=0), x).shape == (3, 2, 3)
    assert hessian(lambda x: np.sum(x * x), x).shape == (2, 3, 2, 3)
    assert hessian(lambda x: np.sum(x), x).shape == (2, 3, 2, 3)
    assert not np.any(hessian(lambda x: np.sum(x), x))


def test_of_a_number():
    assert hessian(lambda x: x**3, 2.0) == 12.0
    assert jacobian(lambda x: x**3, 2.0) == 12.0
    assert hvp(lambda x: x**3, 2.0, 0.5) == 6.0
    assert jvp(lambda x: x**3, 2.0, 0.5) == 6.0
    assert jvp(lambda x: Tensor(5.0), 2.0, 0.5) == 0.0


def test_create_graph():
    x = Tensor(2.0, tracked=True)
    slope = grad(lambda x: x**4, x, create_graph=True)
    assert isinstance(slope, Tensor) and slope.data == 32.0
    assert grad(lambda x: x**2, x) == 4.0


def coupled(a, b):
    products = np.outer(np.reshape(a, (-1,)), np.reshape(b, (-1,)))
    return np.sum(np.sin(products)) + np.sum(a**3) * np.sum(np.exp(b * 0.3))


@pytest.mark.parametrize(
    "shapes", [((), (4,)), ((1,), (3, 2)), ((2, 3), (3, 2)), ((2, 1), (1, 3)), ((2, 1, 2), ())]
)
def test_blocks_of_a_hessian_of_arrays(shapes):
    at = [np.linspace(-1, 1.5, int(np.prod(shape))).reshape(shape)[()] for shape in shapes]
    blocks = hessian(coupled, *at)
    for i, j in np.ndindex(2, 2):
        assert blocks[i][j].shape == shapes[i] + shapes[j]
        for mode in ("forward", "reverse"):
            again = jacobian(lambda *x, i=i: grad(coupled, *x, wrt=i), *at, wrt=j, mode=mode)
            np.testing.assert_allclose(again, blocks[i][j], rtol=1e-12, atol=1e-12)
        for place in np.ndindex(shapes[i]):

            def slope(moved, i=i, j=j, place=place):
                x = [moved if k == j else one for k, one in enumerate(at)]
                return np.asarray(grad(coupled, *x, wrt=i))[place]

            np.testing.assert_allclose(
                np.asarray(blocks[i][j])[place], differences(slope, at[j]), rtol=1e-5, atol=1e-6
            )
