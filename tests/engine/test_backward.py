"""The one loop of reverse mode: sharing, depth, listeners, memory."""

import contextvars
import gc
import threading
import time
import weakref

import numpy as np
import pytest

from app.engine import OPS, GraphFreed, Tensor, gradients, no_grad, ones_like, sum_to


def test_a_chain_of_100_000_operations(x):
    y = x
    for _ in range(50_000):
        y = y * 1.0001
        y = y + 0.5
    (slope,) = (found[x] for found in [gradients([(y, None)])])
    assert slope == pytest.approx(1.0001**50_000, rel=1e-9)


def test_sharing_is_not_repeated():
    x = Tensor(1.0, tracked=True)
    y = x
    before = time.process_time()
    for _ in range(64):
        y = y + y
    assert gradients([(y, None)])[x] == 2.0**64
    assert time.process_time() - before < 1


def test_newest_first_whatever_the_order_of_use(x):
    a = x * 2
    b = x * 3
    c = b * a  # the older result is the second operand
    d = a + c
    assert gradients([(d, None)])[x] == 2 + 2 * 2 * 3 * 3.0


def test_seeds_and_several_targets(x):
    y, z = x * 2, x * x
    assert gradients([(y, np.float64(10)), (z, None)])[x] == 20 + 6
    assert gradients([(y, None), (y, None)])[x] == 4


def test_a_target_that_another_target_was_made_from(x):
    y = x * 2
    z = y * 5
    found = gradients([(z, None), (y, None)])
    assert found[y] == 6 and found[x] == 12


def test_the_target_may_be_a_leaf(x):
    assert gradients([(x, None)]) == {x: 1.0}


def test_gradients_of_everything_on_the_way(x):
    y = x * 2
    z = y * y
    found = gradients([(z, None)])
    assert found == {z: 1.0, y: 12.0, x: 24.0}


@pytest.mark.parametrize(
    ("a", "b"),
    [((), (2, 3)), ((3,), (2, 3)), ((2, 1), (3,)), ((1, 1), (2, 2)), ((2, 1, 3), (4, 1))],
)
def test_broadcasting_is_summed_back(a, b):
    left, right = Tensor(np.full(a, 2.0), tracked=True), Tensor(np.full(b, 3.0), tracked=True)
    result = left * right
    found = gradients([(result, None)])
    assert found[left].shape == a and found[right].shape == b
    assert np.sum(found[left]) == pytest.approx(3.0 * result.size)
    assert np.sum(found[right]) == pytest.approx(2.0 * result.size)


def test_sum_to():
    part = np.arange(24.0).reshape(2, 3, 4)
    assert sum_to(part, (2, 3, 4)).shape == (2, 3, 4)
    np.testing.assert_array_equal(sum_to(part, (3, 1)), part.sum((0, 2)).reshape(3, 1))
    assert sum_to(part, ()) == part.sum() and isinstance(sum_to(part, ()), np.float64)


def test_ones_like():
    assert type(ones_like(np.float32(5))) is np.float32
    np.testing.assert_array_equal(ones_like(np.zeros((2, 2))), np.ones((2, 2)))


def test_the_listener_hears_every_edge(x):
    y = x * x
    z = y + x
    heard = []
    gradients([(z, None)], listener=lambda *step: heard.append(step))
    told = [(node.op.name, slot, float(part), float(total)) for node, slot, g, part, total in heard]
    assert told == [
        ("add", 0, 1, 1),
        ("add", 1, 1, 1),
        ("multiply", 0, 3, 4),
        ("multiply", 1, 3, 7),
    ]


def test_follow_decides(x):
    y = x * 2
    z = y * x
    found = gradients([(z, None)], follow=lambda node, operand: operand is x)
    assert found[x] == 6.0 and y not in found


def test_constants_get_nothing(x):
    c = Tensor(5.0)
    found = gradients([(x * c, None)])
    assert c not in found


def test_create_graph_gives_tensors_that_can_be_differentiated(x):
    y = x**3
    first = gradients([(y, None)], create_graph=True)[x]
    second = gradients([(first, None)], create_graph=True)[x]
    third = gradients([(second, None)])[x]
    assert (first.data, second.data, third) == (27.0, 18.0, 6.0)


def test_without_create_graph_nothing_is_recorded(x):
    assert not isinstance(gradients([(x * x, None)])[x], Tensor)


def test_operands_that_were_freed(x):
    y = x * x
    y.values = None
    with pytest.raises(GraphFreed):
        gradients([(y, None)])


def test_a_value_that_moves_on_does_not_spoil_the_gradient(x):
    y = x * x
    x.data = np.float64(100.0)
    assert gradients([(y, None)])[x] == 6.0


def test_memory_is_freed_by_reference_counting():
    x = Tensor(1.0, tracked=True)
    y = (x * 2 + 1) ** 2
    found = gradients([(y, None)])
    ghost = weakref.ref(x)
    gc.disable()
    try:
        del x, y, found
        assert ghost() is None  # no cycles: nothing waits for the collector
    finally:
        gc.enable()


def test_a_long_graph_is_freed_without_recursion():
    x = Tensor(1.0, tracked=True)
    y = x
    for _ in range(200_000):
        y = y + 1.0
    del y


def test_threads_do_not_share_modes(x):
    seen = []

    def other() -> None:
        seen.append((x * 2).tracked)

    with no_grad():
        assert not (x * 2).tracked
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == [True]


def test_contexts_do_not_share_modes(x):
    context = contextvars.copy_context()
    entered = no_grad()
    context.run(entered.__enter__)
    assert (x * 2).tracked
    assert not context.run(lambda: (x * 2).tracked)
    context.run(entered.__exit__, None, None, None)


def test_a_deep_graph_of_a_gradient_is_freed_without_the_collector(x):
    y = x
    for _ in range(50_000):
        y = y * 1.0001
        y = y + x * 0.5
    slope = gradients([(y, None)], create_graph=True)[x]
    assert float(slope) > 0
    ghosts = [weakref.ref(y), weakref.ref(slope)]
    gc.disable()
    try:
        del y, slope
        assert [ghost() for ghost in ghosts] == [None, None]
    finally:
        gc.enable()


@pytest.mark.parametrize("base", [2, 2.0, 0.5])
def test_a_plain_base_keeps_the_type_of_its_power(base):
    x = Tensor(np.float32(0.5), tracked=True)
    for op in (OPS["power"], OPS["power_plain"]):
        found = gradients([(op(base, x), None)])[x]
        assert found.dtype == np.float32
        assert found == pytest.approx(base**0.5 * np.log(base), rel=1e-6)
