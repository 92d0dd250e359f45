"""Composed scalar expressions have the derivatives that SymPy gives them, by every road.

The table is tests/golden/scalars.json, made by make_scalars.py.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scalar_cases import POINTS

from app.engine import OPS, Program, Tensor, grad, gradients, jacobian

STORED = json.loads((Path(__file__).parents[1] / "golden" / "scalars.json").read_text())
ORDERS = range(5)
AT = [pytest.param(text, i, id=f"{text} at {x}") for text in STORED for i, x in enumerate(POINTS)]


def read(text):
    """The text as a function of one Tensor."""
    return lambda x: eval(text, {**OPS, "pi": math.pi, "x": x})


def reverse(f):
    return lambda x: grad(f, x)


def forward(f):
    return lambda x: jacobian(f, x, mode="forward")


def upwards(f, once, point):
    """f and its derivatives at the point, one road taken again and again."""
    found = []
    for _ in ORDERS:
        found.append(float(f(Tensor(point))))
        f = once(f)
    return found


def replayed(f, point):
    """The same from a Program that was recorded at the other point."""
    x = Tensor(POINTS[1 - POINTS.index(point)], tracked=True)
    orders = [f(x)]
    for _ in ORDERS[1:]:
        orders.append(gradients([(orders[-1], None)], create_graph=True).get(x, Tensor(0.0)))
    return [float(one) for one in Program([x], orders)(np.float64(point))]


ROADS = {
    "reverse": lambda f, point: upwards(f, reverse, point),
    "forward": lambda f, point: upwards(f, forward, point),
    "forward over reverse": lambda f, point: upwards(
        f, lambda g: reverse(g) if g is f else forward(g), point
    ),
    "replayed": replayed,
}


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS)
@pytest.mark.parametrize(("text", "i"), AT)
def test_derivatives_are_sympys(text, i, road):
    found = road(read(text), POINTS[i])
    size = max(map(abs, STORED[text][i]))  # what cancels out leaves rounding of this size
    np.testing.assert_allclose(found, STORED[text][i], rtol=1e-9, atol=1e-13 * size)
