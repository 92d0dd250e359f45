"""What the losses' table cannot say: tiny errors, misfits, and kinks that a check must see."""

import numpy as np
import pytest

from app.engine import OPS, Tensor
from app.engine.kinks import crossed, path_of


@pytest.mark.parametrize("error", [1e-3, 1e-6, 1e-9, -1e-9])
def test_log_cosh_of_a_small_error_loses_no_digit(error):
    found = OPS["log_cosh"](np.float64(error), np.float64(0)).data
    np.testing.assert_allclose(found, error**2 / 2 - error**4 / 12 + error**6 / 45, rtol=1e-14)


@pytest.mark.parametrize("error", [1e4, -1e4])
def test_log_cosh_of_a_large_error_does_not_overflow(error):
    found = OPS["log_cosh"](np.float64(error), np.float64(0)).data
    assert found == abs(error) - np.log(2)


@pytest.mark.parametrize(
    "name",
    ["squared_error", "absolute_error", "bce_with_logits", "hinge", "kl_div", "cross_entropy"],
)
def test_a_misfit_names_the_loss_and_both_shapes(name):
    target = np.zeros(4, np.int64 if name == "cross_entropy" else np.float64)
    with pytest.raises(ValueError, match=rf"{name} of shapes \(2, 3\) and \(4,\)"):
        OPS[name](Tensor(np.ones((2, 3))), target)


@pytest.mark.parametrize(
    ("name", "settings", "a", "b"),
    [
        ("absolute_error", (0.0,), -1.0, 1.0),
        ("hinge", (1.0,), 0.9, 1.1),
        ("max_pool1d", ((2,), (2,), (0,), (1,)), [[1.0, 2.0]], [[3.0, 2.0]]),
    ],
)
def test_a_kink_between_two_points_is_named(name, settings, a, b):
    def sides(x):
        return path_of(lambda x: np.sum(OPS[name](x, *settings)), [np.array(x)[()]])

    assert crossed(sides(a), sides(b)) == (name,)
    assert crossed(sides(a), sides(a)) == ()
