"""What a graph keeps: numbers that nobody changes behind it, and nothing once it is dropped."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from app.engine import (
    GradientTape,
    Program,
    Tensor,
    fault,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    per_example,
    value_and_grad,
    vjp,
    with_fault,
)
from app.engine.forward import pushed

NUMBERS, PLACES, TRUTHS = np.array([2.0, 3.0, 5.0]), np.array([0, 2, 2]), np.array([True, False, 1])

# How an array that is no Tensor comes into a graph: the array, and what is made of it and of x.
OPERANDS: dict[str, tuple[np.ndarray, Callable[[Any, Any], Any]]] = {
    "right of a sign": (NUMBERS, lambda x, c: x * c),
    "left of a sign": (NUMBERS, lambda x, c: c / x),
    "a view": (NUMBERS, lambda x, c: x * c[::-1]),
    "a view that cannot be written": (NUMBERS, lambda x, c: x * np.broadcast_to(c, (2, 3))),
    "in a NumPy function": (NUMBERS, lambda x, c: np.multiply(c, x)),
    "of three operands": (NUMBERS, lambda x, c: np.where(TRUTHS.astype(bool), x * c, c)),
    "a condition": (TRUTHS.astype(bool), lambda x, c: np.where(c, x * x, x)),
    "joined": (NUMBERS, lambda x, c: np.stack([x, c]) * np.stack([c, x])),
    "a matrix": (np.outer(NUMBERS, NUMBERS), lambda x, c: c @ x),
    "places": (PLACES, lambda x, c: x[c] * x),
    "places in an index": (PLACES, lambda x, c: np.stack([x, x])[..., c] * x),
    "a mask": (TRUTHS.astype(bool), lambda x, c: x[c] ** 2),
    "a wrapped Tensor": (NUMBERS, lambda x, c: x * Tensor(c)),
}


@pytest.mark.parametrize("name", OPERANDS)
def test_an_operand_that_is_changed_later_changes_nothing(name):
    array, f = OPERANDS[name]
    x, mine = Tensor(np.array([1.0, 4.0, 9.0]), tracked=True), array.copy()
    y = f(x, mine)
    program = Program([x], [y])
    mine[...] = ~mine if mine.dtype == bool else 1
    wanted = f(x, array)
    for graph in (False, True):
        found = gradients([(y, None)], create_graph=graph)[x]
        found = found.data if graph else found
        np.testing.assert_array_equal(found, gradients([(wanted, None)])[x])
    np.testing.assert_array_equal(program(x.data)[0], wanted.data)
    assert mine.flags.writeable  # it is still the caller's


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x * 2, lambda x: -x, lambda x: np.exp(x), lambda x: x[1:], lambda x: x > 2,
        lambda x: np.stack([x, x]), lambda x: np.reshape(x, (3, 1)), lambda x: np.sum(x, axis=0),
        lambda x: np.argmax(x, axis=-1), lambda x: Tensor(x), lambda x: np.transpose(x),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tracked", [True, False])
def test_no_result_can_be_written_into(make, tracked):
    result = make(Tensor(NUMBERS, tracked))
    if result.ndim:
        with pytest.raises(ValueError, match="read-only"):
            result.data[0] = 7
    else:
        assert isinstance(result.data, np.generic)


def test_a_seed_is_copied():
    x, seed = Tensor(NUMBERS, tracked=True), np.ones(3)
    found = gradients([(x, seed)])[x]
    first = gradients([(x * x, seed)], create_graph=True)[x]
    seed[...] = 0
    assert found.tolist() == [1, 1, 1]
    assert gradients([(first, None)])[x].tolist() == [2, 2, 2]


ANSWERS = {
    "grad": lambda: grad(lambda a, b: np.sum(a + b), NUMBERS, NUMBERS),
    "value_and_grad": lambda: value_and_grad(lambda a, b: np.sum(a + b), NUMBERS, NUMBERS)[1],
    "vjp": lambda: vjp(lambda a, b: a + b, (NUMBERS, NUMBERS), np.ones(3)),
    "jvp": lambda: (jvp(lambda a: a, NUMBERS, NUMBERS), NUMBERS),
    "hvp": lambda: hvp(lambda a, b: np.sum(a * b), (NUMBERS, NUMBERS), (NUMBERS, NUMBERS)),
    "jacobian": lambda: jacobian(lambda a, b: a + b, NUMBERS, NUMBERS),
    "hessian": lambda: hessian(lambda a, b: np.sum(a) * np.sum(b), NUMBERS, NUMBERS)[0],
    "per_example": lambda: per_example(lambda a, b: np.sum(a + b), *[np.ones((2, 3))] * 2,
                                       over=[0, 1]),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_belong_to_who_asked(name):
    one, other = ANSWERS[name]()
    before, numbers = other.copy(), NUMBERS.copy()
    one += 1  # may be written into, and shares nothing with another answer or argument
    np.testing.assert_array_equal(other, before)
    np.testing.assert_array_equal(NUMBERS, numbers)


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def replayed() -> Any:
    x = Tensor(1.0, tracked=True)
    program = Program([x], [x * x, gradients([(np.sin(x) * x, None)], create_graph=True)[x]])
    program(np.float64(2.0))
    program.batch(np.ones(3))
    return program


def taped() -> Any:
    x = Tensor(1.0, tracked=True)
    with GradientTape(persistent=True) as tape:
        y = x * x
    tape.gradient([(y, None)], [x])
    return tape


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("make", [replayed, taped])
def test_programs_and_tapes_are_freed_when_they_are_dropped(make):
    one = make()
    ghosts = [weakref.ref(one)]
    if isinstance(one, Program):
        ghosts += [weakref.ref(x) for x in (*one.inputs, *one.outputs)]
    del one
    assert [ghost() for ghost in ghosts] == [None] * len(ghosts)


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize(
    "ask",
    [
        grad, hessian, jacobian, lambda f, x: vjp(f, x, 1.0), lambda f, x: jvp(f, x, x),
        lambda f, x: hvp(f, x, x), lambda f, x: per_example(f, x, over=[0]),
        lambda f, x: grad(lambda x: np.sum(grad(f, x)), x),
    ],
)  # fmt: skip
def test_what_a_derivative_recorded_is_freed_when_it_is_known(ask):
    ghosts = []

    def f(x):
        y = np.sum(np.sin(x) * x)
        ghosts.append(weakref.ref(y))
        return y

    ask(f, NUMBERS)
    assert ghosts and not any(ghost() for ghost in ghosts)


def test_a_fault_and_a_derivative_stay_in_their_thread():
    inside, done = threading.Event(), threading.Event()
    x = Tensor(3.0, tracked=True)

    def f(y):
        inside.set()
        assert done.wait(60)
        return y * y

    def other() -> None:
        with with_fault("overwrite"):
            grad(f, 2.0)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(60)
    try:
        assert fault.get() is None and gradients([(x * x, None)])[x] == 6.0
        assert not isinstance(grad(lambda y: y * y, 3.0), Tensor)  # not nested in the other one
    finally:
        done.set()
        thread.join()


def test_a_sum_of_gradients_is_a_new_array():
    x = Tensor(NUMBERS, tracked=True)
    y = x + x  # both parts are the gradient of y itself
    found = gradients([(y, None)])
    assert found[x].tolist() == [2, 2, 2] and found[y].tolist() == [1, 1, 1]


def moved(x: Tensor, create_graph: bool) -> Any:
    """The gradient of x³ for x = 2, asked for when x holds 5 already."""
    y = x * x * x
    x.data = np.float64(5)
    return gradients([(y, None)], create_graph=create_graph)[x]


def test_a_variable_that_has_moved_on_leaves_the_gradient_of_what_it_was():
    assert moved(Tensor(2.0, tracked=True), False) == 12
    assert moved(Tensor(2.0, tracked=True), True).data == 12


def test_its_second_derivative_is_of_what_it_was():
    x = Tensor(2.0, tracked=True)
    assert gradients([(moved(x, True), None)])[x] == 12


def test_forward_mode_reads_what_the_variable_was():
    x, seen = Tensor(2.0, tracked=True), Tensor(1.0)
    y = x * x * x
    x.data = np.float64(5)
    assert pushed(y, {x: np.float64(1)}, False) == 12
    slope = pushed(y, {x: seen}, True)
    assert slope.data == 12
    assert pushed(slope, {x: np.float64(1)}, False) == 12


def test_one_operand_of_two_may_have_moved():
    x, c = Tensor(np.array([2.0, 3.0]), tracked=True), Tensor(np.array([7.0, 11.0]))
    y = x * c + np.concatenate([x, c])[:2] * c
    c.data = np.zeros(2)
    assert gradients([(y, None)], create_graph=True)[x].data.tolist() == [14, 22]


def test_a_program_reads_a_constant_as_it_was_recorded():
    x, c = Tensor(2.0, tracked=True), Tensor(3.0)
    y = x * c
    c.data = np.float64(7)
    assert Program([x], [y])(np.float64(2)) == (6,)


def test_what_was_read_before_and_after_a_move_is_two_numbers():
    x, c = Tensor(2.0, tracked=True), Tensor(3.0)
    y = x * c
    c.data = np.float64(7)
    y = y + x * c
    assert Program([x], [y])(np.float64(2)) == (20,)
