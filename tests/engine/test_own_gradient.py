"""Gradient functions of an author: called once, differentiated, and carried out again."""

import numpy as np
import pytest

from app.engine import Program, Recording, Tensor, gradients, no_grad, record
from app.engine.primitives.own import Own, again, is_long, own_gradient


def doubled(calls, parts=lambda g, x, y: [g * 2 * x, g * y * y]):
    """x * y, whose gradient function is another one, and counts its calls."""
    x, y = Tensor([1.0, 2.0], tracked=True), Tensor([3.0, 4.0], tracked=True)

    def act(g, differentiates):
        calls.append(differentiates)
        return parts(g, x, y)

    own = Own(act, [x, y])
    return x, y, own, own_gradient(x * y, x, y, own)


def test_it_is_called_once_for_all_inputs():
    calls = []
    x, y, _, z = doubled(calls)
    found = gradients([(z, None)])
    assert calls == [False]
    np.testing.assert_array_equal(found[x], [2.0, 4.0])
    np.testing.assert_array_equal(found[y], [9.0, 16.0])
    gradients([(z, None)])
    assert len(calls) == 2


def test_none_is_no_gradient():
    x, y, _, z = doubled([], lambda g, x, y: [None, g])
    found = gradients([(z, None)])
    assert x not in found
    np.testing.assert_array_equal(found[y], [1.0, 1.0])


def test_the_steps_of_the_value_pass_nothing():
    x, y = Tensor(2.0, tracked=True), Tensor(3.0, tracked=True)
    product = x * y
    own = Own(lambda g, differentiates: [g * 10], [x])
    found = gradients([(own_gradient(product, x, own), None)])
    assert found[x] == 10.0
    assert y not in found and product not in found


def test_its_second_derivative_is_that_of_the_function():
    calls = []
    x, y, _, z = doubled(calls)
    slopes = gradients([(z, None)], create_graph=True)
    assert calls == [True]
    bends = gradients([(slopes[x], None)])
    np.testing.assert_array_equal(bends[x], [2.0, 2.0])
    assert y not in bends
    np.testing.assert_array_equal(gradients([(slopes[y], None)])[y], [6.0, 8.0])


def test_it_is_carried_out_again_without_its_author():
    calls = []
    x, y, own, z = doubled(calls)
    gradients([(z, None)])
    given = again([z, x, y, own])
    with record(Recording.EVERYTHING):
        a, b = Tensor([5.0, 6.0], tracked=True), Tensor([7.0, 8.0], tracked=True)
        once_more = own_gradient(a * b, a, b, given[-1])
        slopes = gradients([(once_more, None)], create_graph=True)
        program = Program([a, b], [once_more, slopes[a], slopes[b]])
    assert len(calls) == 1
    value, left, right = program(np.array([1.0, -1.0]), np.array([2.0, 3.0]))
    np.testing.assert_array_equal(value, [2.0, -3.0])
    np.testing.assert_array_equal(left, [2.0, -2.0])
    np.testing.assert_array_equal(right, [4.0, 9.0])
    batch = program.batch(np.ones((3, 2)), np.arange(6.0).reshape(3, 2))
    np.testing.assert_array_equal(batch[2], np.arange(6.0).reshape(3, 2) ** 2)


@pytest.mark.parametrize(("upstream", "wanted"), [(1.0, 10.0), (-1.0, -1.0)])
def test_of_several_runs_that_is_carried_out_again_which_decides_alike(upstream, wanted):
    x = Tensor(1.0, tracked=True)
    own = Own(lambda g, differentiates: [g * 10 if g > 0 else g], [x])
    z = own_gradient(x * 1, x, own)
    for seed in (1.0, -1.0, 2.0):
        gradients([(z, seed)])
    given = again([z, x, own])
    with no_grad():
        assert given[-1](0, np.float64(upstream), [x.data]) == wanted


def test_a_part_that_reads_itself_too_often_is_long():
    def act(g, differentiates):
        for _ in range(64):
            g = g + g
        return [g]

    x = Tensor(1.0, tracked=True)
    own = Own(act, [x])
    z = own_gradient(x * 1, x, own)
    assert not is_long(z.inputs, 1)
    assert gradients([(z, None)])[x] == 2.0**64
    assert is_long(z.inputs, 1)
