"""Finite differences and relative errors themselves."""

import numpy as np
import pytest

from app.engine.check import differences, relative_error


def test_differences_of_a_number_and_of_an_array():
    assert differences(lambda x: x**2, 3.0) == pytest.approx(6.0, rel=1e-9)
    found = differences(lambda x: np.sum(x**3), np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_allclose(found, [[3, 12], [27, 48]], rtol=1e-8)


def test_a_smaller_step_is_nearer_until_rounding():
    errors = [abs(differences(np.exp, 1.0, h) - np.e) for h in (1e-2, 1e-4, 1e-12)]
    assert errors[1] < errors[0] and errors[1] < errors[2]


def test_relative_error():
    assert relative_error(1.0, 1.0) == 0
    assert relative_error(0.0, 0.0) == 0
    assert relative_error(1.0, 0.0) == 1
    assert relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.2])) == pytest.approx(0.2 / 2.2)
    assert relative_error(-1.0, 1.0) == 2
