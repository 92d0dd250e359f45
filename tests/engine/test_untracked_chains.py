"""What follows an operation without a gradient still depends on the data, wherever it is replayed.

Such a chain has no history by PyTorch's rule (Recording.TRACKED, the default); whoever replays a
function at other places records everything.
"""

import numpy as np
import pytest

from app.descent import Recorded
from app.engine import Program, Recording, Tensor, grad, hessian, jacobian, per_example, record
from app.engine.check import check

CHAINS = {
    "floor": lambda x: np.floor(x) * 2,
    "comparison": lambda x: 3 * (x > 1.5) + 1,
    "detached": lambda x: np.sign(np.floor(x)) - 2 * np.floor(x) ** 2,
}


@pytest.fixture(params=CHAINS)
def f(request):
    chain = CHAINS[request.param]
    return lambda x: chain(x) * x * x + chain(x)


def value(f, x):
    return float(f(Tensor(x)).data)


AT = [0.7, 1.8, 2.9, 3.1]


def test_an_objective_on_many_points(f):
    objective = Recorded(lambda x, y: f(x) + 0 * y, ("x", "y"), np.array([0.7, 0.0]))
    points = np.array([[x, 0.0] for x in AT])
    np.testing.assert_allclose(objective.values(points), [value(f, x) for x in AT])
    values, slopes = objective.value_and_grad(points)
    np.testing.assert_allclose(values, [value(f, x) for x in AT])
    np.testing.assert_allclose(slopes[:, 0], [grad(f, x) for x in AT])


def test_a_gradient_for_each_example(f):
    found = per_example(f, np.array(AT), over=[0])
    np.testing.assert_allclose(found, [grad(f, x) for x in AT])


def test_second_derivatives_by_both_ways(f):
    def total(x):
        return np.sum(f(x))

    expected = [(grad(f, x + 1e-3) - grad(f, x - 1e-3)) / 2e-3 for x in AT]
    np.testing.assert_allclose(hessian(total, np.array(AT)), np.diag(expected), atol=1e-9)
    by_rows, by_columns = (jacobian(f, np.array(AT), mode=mode) for mode in ("reverse", "forward"))
    np.testing.assert_allclose(by_rows, np.diag([grad(f, x) for x in AT]))
    np.testing.assert_allclose(by_columns, by_rows)


def test_a_check_that_replays(f):
    for x in AT:
        leaf = Tensor(x, tracked=True)
        with record(Recording.EVERYTHING):
            program = Program([leaf], [f(leaf)])
        assert program(x + 1)[0] == value(f, x + 1)
        for report in (check(program), check(f, x), check(f, x, same=True)):
            assert report.checked[0].verdict.kind == "fine"
            far = next(r for r in report.checked[0].rows if r.h == 0.1 and r.kind == "centred")
            assert far.numeric == pytest.approx((value(f, x + 0.1) - value(f, x - 0.1)) / 0.2)
