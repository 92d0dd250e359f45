"""Derivatives of order 1 to 4, forward and reverse, against torch.func and the operations' own."""

import json
from pathlib import Path

import numpy as np
import pytest
from order_cases import SCALARS, VECTORS, U, W
from table import CASES, TABLE, operands

from app.engine import (
    OPS,
    NoArgument,
    NotFloating,
    NotScalar,
    Tensor,
    Uneven,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    per_example,
    value_and_grad,
    vjp,
)
from app.engine.check import differences

STORED = json.loads((Path(__file__).parents[1] / "golden" / "orders.json").read_text())
DTYPES = {"float64": 1e-12, "float32": 2e-4}


def nested(f, order):
    """The gradient of the gradient of …; f itself at order 0."""
    return f if not order else lambda x: grad(nested(f, order - 1), x)


def third(f, x):
    return jacobian(lambda x: hessian(f, x), x)


def reverse(f, x):
    return jacobian(f, x, mode="reverse")


def forward(f, x):
    return jacobian(f, x, mode="forward")


DIRECTION = {0: U["scalar"][0], 1: U["vector"]}
# what is asked of a scalar function: stored name -> every way to get it
ASKED = {
    "value": [lambda f, x: value_and_grad(f, x)[0]],
    "grad": [grad, reverse, forward, lambda f, x: vjp(f, x, 1.0)],
    "hessian": [
        hessian,
        lambda f, x: reverse(lambda x: grad(f, x), x),
        lambda f, x: forward(lambda x: grad(f, x), x),
        lambda f, x: reverse(lambda x: forward(f, x), x),
        lambda f, x: forward(lambda x: forward(f, x), x),
    ],
    "hvp": [
        lambda f, x: hvp(f, x, DIRECTION[x.ndim]),
        lambda f, x: jvp(lambda x: grad(f, x), x, DIRECTION[x.ndim]),
        lambda f, x: grad(lambda x: jvp(f, x, DIRECTION[x.ndim]), x),
    ],
    "third": [
        third,
        lambda f, x: hessian_of_grads(f, x),
        lambda f, x: reverse(lambda x: forward(lambda x: grad(f, x), x), x),
    ],
    "fourth": [
        lambda f, x: jacobian(lambda x: third(f, x), x),
        lambda f, x: forward(lambda x: third(f, x), x),
    ],
}


def hessian_of_grads(f, x):
    return forward(lambda x: reverse(lambda x: grad(f, x), x), x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("case", SCALARS)
def test_of_a_scalar_function(case, asked, dtype):
    function, at = SCALARS[case]
    x, w, wanted = np.array(at, dtype)[()], np.array(W, dtype), STORED[dtype][case][asked]
    scale = np.max(np.abs(wanted))
    for way in ASKED[asked]:
        with np.errstate(all="ignore"):  # 0 to the power of -1, times an exponent of 0
            found = way(lambda x: function(np, x, w), x)
        assert not isinstance(found, Tensor) and found.dtype == dtype
        assert found.shape == np.shape(wanted)
        np.testing.assert_allclose(found, wanted, rtol=DTYPES[dtype], atol=DTYPES[dtype] * scale)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", VECTORS)
def test_of_a_vector_function(case, dtype):
    function, at = VECTORS[case]
    x, w, wanted = np.array(at, dtype), np.array(W, dtype), STORED[dtype][case]

    def f(x):
        return function(np, x, w)

    shape = np.shape(wanted["value"])
    seed = np.linspace(-1, 1, np.size(wanted["value"])).reshape(shape)
    ways = {
        "jacobian": [jacobian(f, x), reverse(f, x), forward(f, x)],
        "jvp": [jvp(f, x, U["vector"])],
        "vjp": [vjp(f, x, seed)],
    }
    for asked, all_found in ways.items():
        for found in all_found:
            assert found.dtype == dtype and found.shape == np.shape(wanted[asked])
            np.testing.assert_allclose(found, wanted[asked], rtol=DTYPES[dtype], atol=DTYPES[dtype])


@pytest.mark.parametrize("case", ["waves", "cubic over root", "log of sum"])
def test_gradients_of_gradients(case):
    function, at = SCALARS[case]
    names = [None, "grad", "hessian", "third", "fourth"]
    for order in range(1, 5):
        found = grad(nested(lambda x: function(np, x, None), order - 1), at)
        assert found == pytest.approx(STORED["float64"][case][names[order]], rel=1e-12)


@pytest.mark.parametrize(("name", "i"), TABLE)
def test_forward_mode_of_every_operation_is_its_rule_transposed(name, i):
    op, case = OPS[name], CASES[name][i]
    leaves, settings = operands(op, case)
    rng = np.random.default_rng(3)
    for slot, leaf in enumerate(leaves):
        if not op.passes(slot) or not leaf.tracked:
            continue

        def f(x, slot=slot, leaves=leaves, settings=settings):
            rest = [x if k == slot else other.data for k, other in enumerate(leaves)]
            return op(*rest, *settings)

        v, u = rng.normal(size=leaf.shape)[()], rng.normal(size=f(leaf).shape)[()]
        with np.errstate(divide="ignore", invalid="ignore"):  # what some conventions say at kinks
            ahead, back = np.sum(u * jvp(f, leaf.data, v)), np.sum(v * vjp(f, leaf.data, u))
            again = grad(lambda x, f=f, v=v, u=u: np.sum(jvp(f, x, v) * u), leaf.data)
            twice = jvp(lambda x, f=f, u=u: vjp(f, x, u), leaf.data, v)
        np.testing.assert_allclose(ahead, back, rtol=1e-12, atol=1e-12)
        if op.name == "norm_or_zero":  # at a zero vector, as PyTorch: nan backwards, 0 forwards
            twice = np.where(np.isnan(again), again, twice)
        np.testing.assert_allclose(again, twice, rtol=1e-10, atol=1e-10)


def test_an_argument_is_a_variable_of_its_own():
    assert grad(lambda x: grad(lambda y: x * y, x), 3.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x + y, 1.0), 3.0) == 1.0
    assert jvp(lambda x: x * jvp(lambda y: x + y, 1.0, 1.0), 3.0, 1.0) == 1.0


def f(a, b, c):
    return a * a * b + np.sum(c) * b


def test_arguments_are_chosen():
    at = (2.0, 3.0, np.array([1.0, 4.0]))
    for wrt, wanted in ((0, 12.0), (1, 9.0), ((1, 0), (9.0, 12.0))):
        assert grad(f, *at, wrt=wrt) == wanted
        assert jacobian(f, *at, wrt=wrt) == wanted
    a, b, c = grad(f, *at)
    assert (a, b) == (12.0, 9.0) and c.tolist() == [3.0, 3.0]
    assert hessian(f, *at, wrt=(0, 1)) == ((6.0, 4.0), (4.0, 0.0))
    assert hessian(f, *at)[1][2].tolist() == [1.0, 1.0]
    assert hessian(f, *at, wrt=0) == 6.0
    assert jvp(f, at, (1.0, 0.0, np.zeros(2))) == 12.0
    assert vjp(f, at, 2.0)[0] == 24.0
    assert hvp(f, at, (1.0, 0.0, np.zeros(2)))[1] == 4.0
    with pytest.raises(NoArgument, match="no argument 3") as raised:
        grad(f, *at, wrt=3)
    assert raised.value.code == "no_argument"


def bent(w, x):
    return np.sum(w * x) ** 2 if np.sum(x) > 0 else np.sum(w * x) ** 3


def sloped(w, x):
    return np.sum(grad(lambda y: np.sum(np.sin(w * y)), x) ** 2)


def numbered(w, x):
    return np.sum(w * x) * float(x[1]) if float(x[0]) > 0 else np.sum(w)


def masked(w, x):
    return np.sum((w * x)[x > 0] ** 2)


@pytest.mark.parametrize(
    "loss", [lambda w, x: np.tanh(np.sum(w * x)) ** 2, bent, sloped, numbered, masked]
)
@pytest.mark.parametrize("count", [0, 1, 7])
def test_gradients_for_each_example_are_those_of_a_loop(loss, count):
    w, data = np.array([0.5, -1.0, 2.0]), np.random.default_rng(0).normal(size=(count, 3))
    found = per_example(loss, w, data, over=[1], wrt=0)
    assert found.shape == (count, 3)
    for row, x in zip(found, data, strict=True):
        np.testing.assert_allclose(row, grad(loss, w, x, wrt=0), rtol=1e-13)
    if count:
        slope = grad(lambda w: np.sum(per_example(loss, w, data, over=[1], wrt=0) ** 2), w)
        check = differences(lambda w: np.sum(per_example(loss, w, data, over=[1], wrt=0) ** 2), w)
        np.testing.assert_allclose(slope, check, rtol=1e-5)


@pytest.mark.parametrize("over", [[], [0, 1]])
def test_examples_that_do_not_fit(over):
    with pytest.raises(Uneven, match="same length"):
        per_example(bent, np.zeros((2, 3)), np.zeros((4, 3)), over=over)


def test_an_example_whose_own_numbers_f_reads_outside_the_graph_has_its_own_gradient():
    data = np.array([1.0, 2.0, 5.0])
    found = per_example(lambda w, x: w * float(np.exp(x.data)) * x, 3.0, data, over=[1], wrt=0)
    np.testing.assert_allclose(found, np.exp(data) * data)


@pytest.mark.parametrize("derivative", [grad, hessian, lambda f, x: hvp(f, x, x)])
def test_one_number_is_asked_for(derivative):
    with pytest.raises(NotScalar, match=r"shape \(2,\)") as raised:
        derivative(lambda x: x * 2, np.ones(2))
    assert raised.value.code == "not_scalar"


@pytest.mark.parametrize("derivative", [grad, hessian, jacobian])
def test_whole_numbers_have_none(derivative):
    with pytest.raises(NotFloating):
        derivative(lambda x: x * x, 2)


def test_data_dependent_functions_take_the_branch_of_their_point():
    def f(x):
        return np.sum(x**3) if x[0] > 0 else np.sum(x * x)

    assert np.array_equal(hessian(f, np.array([1.0, 2.0])), np.diag([6.0, 12.0]))
    assert np.array_equal(hessian(f, np.array([-1.0, 2.0])), np.diag([2.0, 2.0]))


def test_nothing_leaks():
    with no_grad():
        assert grad(lambda x: x * x, 3.0) == 6.0
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: 1 // 0, 3.0)
    assert not isinstance(grad(lambda x: x * x, 3.0), Tensor)


def test_a_polynomial_has_all_its_derivatives_at_zero():
    x = Tensor(0.0, tracked=True)
    y = sum(c * x**k for k, c in enumerate([1.0, 2.0, 3.0, 4.0]))
    for wanted in (2, 6, 24):
        y = gradients([(y, None)], create_graph=True)[x]
        assert y.data == wanted


def test_an_angle_whose_squares_are_too_small_turns_by_nothing():
    y, x = (Tensor(np.float32(one), tracked=True) for one in (1e-30, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = gradients([(np.arctan2(y, x), None)])
    assert (found[y], found[x]) == (0, 0)
