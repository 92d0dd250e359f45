"""What the engine refuses: each error names what is wrong, and has a code."""

import numpy as np
import pytest

from app.engine import EngineError, Misfit, NotFloating, Tensor
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


def test_an_axis_that_is_not_there_stays_numpys_error():
    with pytest.raises(np.exceptions.AxisError):
        total(FOUR, (-2,), False)


@pytest.mark.parametrize("data", [3, True, np.array([1, 2]), np.array([True, False])])
def test_whole_numbers_have_no_gradient(data):
    with pytest.raises(NotFloating, match="only floating-point numbers have gradients, not") as one:
        Tensor(data, tracked=True)
    assert one.value.code == "integer_gradient"
    assert not (Tensor(data) * Tensor(2.0)).tracked
