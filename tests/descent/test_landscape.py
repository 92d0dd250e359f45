"""Heights, gradient fields and boxes."""

import numpy as np
import pytest

from app.descent import LANDSCAPES, Plane, box, field, heights
from app.engine.check import differences, relative_error


def plane(landscape, points=7):
    (x0, x1), (y0, y1) = landscape.box
    x, y = np.linspace(x0, x1, points), np.linspace(y0, y1, points + 1)
    return Plane(x, y, np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]), ("x", "y"))


@pytest.mark.parametrize("name", LANDSCAPES)
def test_heights_are_the_function_at_each_point(name):
    objective = LANDSCAPES[name].objective()
    seen = plane(LANDSCAPES[name])
    z = heights(objective, seen)
    assert z.shape == (8, 7)
    for row, y in enumerate(seen.y):
        for column, x in enumerate(seen.x):
            assert z[row, column] == objective.values(np.array([x, y]))


@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_field_is_the_gradient(name):
    objective = LANDSCAPES[name].objective()
    seen = plane(LANDSCAPES[name])
    across, up = field(objective, seen)
    for row in (0, 3, 7):
        for column in (0, 4):
            at = np.array([seen.x[column], seen.y[row]])
            numeric = differences(lambda p: objective.values(p), at)
            found = np.array([across[row, column], up[row, column]])
            assert relative_error(found, numeric) < 1e-6 or np.allclose(found, numeric, atol=1e-6)


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("end", ["default", "low", "high"])
def test_minima_are_flat(name, end):
    """Whatever the options are."""
    named = LANDSCAPES[name]
    options = {key: getattr(option, end) for key, option in named.options.items()}
    minima = named.minima(**options)
    if not minima:
        assert name == "saddle"
        return
    _, slopes = named.objective(**options).value_and_grad(np.array(minima))
    assert np.all(np.abs(slopes) < 1e-3)


def test_an_option_changes_the_function():
    steep = LANDSCAPES["quadratic"].objective(condition=100.0)
    assert steep.values(np.array([1.0, 1.0])) == 50.5
    with pytest.raises(ValueError, match="no option"):
        LANDSCAPES["saddle"].objective(condition=2.0)


def test_the_box_holds_the_finite_points_with_room():
    (x0, x1), (y0, y1) = box([(0.0, 0.0), (4.0, 1.0), (np.inf, 2.0)])
    assert x0 < 0 < 4 < x1
    assert y0 < 0 < 1 < y1


def test_the_box_of_an_endless_path_is_finite():
    (left, right), _ = box([(-1.7e308, 0.0), (1.7e308, 1.0)])
    assert np.isfinite(right - left)
