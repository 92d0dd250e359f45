"""Finite differences and relative errors themselves."""

import numpy as np
import pytest

from app.engine import OPS, NotScalar, Program, Tensor
from app.engine.check import ENTRIES, STEPS, check, differences, relative_error
from app.engine.primitives.extrema import amax
from app.engine.primitives.reductions import reduce


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


def row(one, dtype, kind, h):
    return next(r for r in one.rows if (r.dtype, r.kind, r.h) == (dtype, kind, h))


def test_the_error_curve_of_exp_is_a_v():
    (one,) = check(np.exp, 1.0).checked
    assert len(one.rows) == 4 * len(STEPS)
    assert row(one, "float64", "one-sided", 1e-2).error == pytest.approx(5e-3, rel=0.05)  # h / 2
    assert row(one, "float64", "centred", 1e-2).error == pytest.approx(1.7e-5, rel=0.05)  # h² / 6
    assert 1e-6 <= one.best.h <= 1e-4 and one.best.kind == "centred" and one.best.error < 1e-9
    assert row(one, "float64", "centred", 1e-15).error > 1e-3
    single = [r for r in one.rows if r.dtype == "float32"]
    assert 1e-6 < min(r.error for r in single) < 1e-3  # float32 has 7 digits, half are lost
    assert row(one, "float32", "centred", 1e-10).numeric == 0.0  # 1 + 1e-10 is 1 there
    assert all(r.numeric == np.float32(r.numeric) for r in single)


def test_a_wrong_rule_is_found():
    wrong = OPS["multiply"]

    def f(x):
        return wrong(x, x.data)  # its slope is x, that of the numbers 2 x

    (one,) = check(f, 3.0).checked
    assert one.best.error == pytest.approx(0.5, rel=1e-6) and one.best.numeric == pytest.approx(6)


KINKS = {
    "absolute": np.abs,
    "relu": lambda x: OPS["relu"](x),
    "maximum": lambda x: np.maximum(x, -x * 0.5),
    "clip": lambda x: np.clip(x, 0.0, 1.0),
    "floor": lambda x: OPS["floor_flat"](x) * x,
    "where": lambda x: np.where(x > 0, x, 3 * x),
    "greater": lambda x: (x > 0) * x,
    "max": lambda x: reduce(amax, x * np.array([1.0, -2.0])),
    "branch": lambda x: x * x if x > 0 else -x,
}


@pytest.mark.parametrize("name", KINKS)
def test_kinks_between_the_two_points_are_named(name):
    x = 0.005  # the kink, at 0, is crossed by steps of 1e-1 and 1e-2, not by smaller ones
    (one,) = check(KINKS[name], x).checked
    for r in one.rows:
        met = [kink.removesuffix("_flat") for kink in r.kinks]
        if r.kind == "centred" and r.h >= 1e-2:
            assert name in met
        elif r.h < 1e-3 or (r.kind == "one-sided" and name != "clip"):
            assert not met
    assert not one.best.kinks and one.best.error < 1e-7


def test_smooth_operations_have_no_kinks():
    (one,) = check(lambda x: np.tanh(x) * np.exp(x) / (1 + x * x), 0.0).checked
    assert not any(r.kinks for r in one.rows)


def loss(w, b):
    return np.sum(np.tanh(w @ np.ones(3) + b) ** 2)


def test_of_many_entries_some_are_checked_the_same_ones_each_time():
    w, b = np.linspace(-1, 1, 30).reshape(10, 3), np.linspace(0, 1, 10)
    first, again = check(loss, w, b), check(loss, w, b)
    assert first == again
    assert first.total == 40 and len(first.checked) == ENTRIES
    assert {one.argument for one in first.checked} == {0, 1}
    assert all(one.best.error < 1e-7 for one in first.checked)
    assert first.direction.argument is None and first.direction.best.error < 1e-7
    only = check(loss, w, b, wrt=[1], entries=100)
    assert only.total == len(only.checked) == 10
    assert {one.argument for one in only.checked} == {1}


def test_a_recorded_program():
    w, x = Tensor(np.array([0.5, -1.0]), tracked=True), Tensor(2.0, tracked=True)
    program = Program([w, x], [np.sum(np.maximum(w * x, 0 * w)) * np.exp(x)])
    report = check(program)
    assert report.total == 3
    assert all(one.best.error < 1e-7 for one in report.checked)
    moved = check(program, np.array([0.05, -1.0]), 2.0)
    assert row(moved.checked[0], "float64", "centred", 0.1).kinks == ("maximum",)


def test_more_than_one_number_is_refused():
    with pytest.raises(NotScalar):
        check(lambda x: x * 2, np.ones(2))
