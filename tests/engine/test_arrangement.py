"""NumPy's functions that arrange, join, pick, scan and reduce, called on Tensors as on arrays.

Each is compared with NumPy itself, and its gradient with differences; the Ops below them are in
the table of tests/golden/operations/.
"""

import numpy as np
import pytest
from cases import numbers

from app.engine import OPS, Diverged, Program, Recording, Tensor, decisions, gradients, record
from app.engine import primitives as p
from app.engine.check import differences

ALL = slice(None)


def grid(*shape: int, shift: float = 0.4) -> np.ndarray:
    return np.array(numbers(shape, shift)).reshape(shape)


X, V, CUBE = grid(3, 4), grid(5), grid(2, 3, 4)
PLACES = np.array([[1, 0, 3, 1], [2, 2, 0, 0], [0, 1, 1, 3]])

CALLS = {
    "sum": (lambda x: np.sum(x, axis=(0, 2)), CUBE),
    "prod": (lambda x: np.prod(x, axis=0, keepdims=True), X),
    "max": (lambda x: np.max(x, axis=1), X),
    "amin": (lambda x: np.amin(x), X),
    "var": (lambda x: np.var(x, axis=1, ddof=1), X),
    "std": (lambda x: np.std(x, axis=(0, -1), keepdims=True), CUBE),
    "median of odd": (lambda x: np.median(x, axis=0), X),
    "median of even": (lambda x: np.median(x), X),
    "norm": (lambda x: np.linalg.norm(x), X),
    "norm 3": (lambda x: np.linalg.norm(x, 3, axis=1), X),
    "norm inf": (lambda x: np.linalg.norm(x, np.inf, axis=0, keepdims=True), X),
    "matrix norm 1": (lambda x: np.linalg.norm(x, 1), X),
    "matrix norm inf": (lambda x: np.linalg.norm(x, np.inf), X),
    "cumsum": (lambda x: np.cumsum(x), X),
    "cumprod": (lambda x: np.cumprod(x, axis=0), X),
    "sort": (lambda x: np.sort(x, axis=0), X),
    "sort flat": (lambda x: np.sort(x, axis=None), X),
    "ravel": (lambda x: np.ravel(x), CUBE),
    "moveaxis": (lambda x: np.moveaxis(x, 0, -1), CUBE),
    "moveaxis two": (lambda x: np.moveaxis(x, (0, 1), (2, 0)), CUBE),
    "expand_dims": (lambda x: np.expand_dims(x, (0, 2)), X),
    "squeeze": (lambda x: np.squeeze(x[None, :, None]), X),
    "concatenate": (lambda x: np.concatenate([x, X, 2 * x], axis=1), X),
    "concatenate flat": (lambda x: np.concatenate([x, V], axis=None), X),
    "concatenate nested": (lambda x: np.concatenate([x, [x[0], 1.0]]), V),
    "stack": (lambda x: np.stack([x, x * x], axis=-1), X),
    "vstack": (lambda x: np.vstack([x, V]), V),
    "hstack": (lambda x: np.hstack([x, V]), V),
    "column_stack": (lambda x: np.column_stack([x, V]), V),
    "split": (lambda x: np.split(x, 2, axis=1)[1], X),
    "array_split": (lambda x: np.array_split(x, 3)[0], V),
    "tile": (lambda x: np.tile(x, (2, 1, 2)), X),
    "repeat": (lambda x: np.repeat(x, 2), X),
    "repeat each": (lambda x: np.repeat(x, [2, 0, 1], axis=0), X),
    "flip": (lambda x: np.flip(x, (0, 1)), X),
    "fliplr": (lambda x: np.fliplr(x), X),
    "roll": (lambda x: np.roll(x, 2), X),
    "roll axes": (lambda x: np.roll(x, (1, -1), axis=(0, 1)), X),
    "pad": (lambda x: np.pad(x, 1), X),
    "pad pairs": (lambda x: np.pad(x, ((1, 0), (2, 1)), constant_values=2.0), X),
    "pad reflect": (lambda x: np.pad(x, (2, 2), mode="reflect"), X),
    "pad edge": (lambda x: np.pad(x, ((1, 2), (0, 1)), mode="edge"), X),
    "triu": (lambda x: np.triu(x, 1), X),
    "tril": (lambda x: np.tril(x), CUBE),
    "diag of a vector": (lambda x: np.diag(x, -1), V),
    "diag of a matrix": (lambda x: np.diag(x, 1), X),
    "diagonal": (lambda x: np.diagonal(x, 0, 0, 2), CUBE),
    "trace": (lambda x: np.trace(x, 1, 1, 2), CUBE),
    "take": (lambda x: np.take(x, [[0, 2], [2, -1]], axis=1), X),
    "take flat": (lambda x: np.take(x, [5, 5]), X),
    "take_along_axis": (lambda x: np.take_along_axis(x, PLACES, 1), X),
    "take_along_axis stretched": (lambda x: np.take_along_axis(x, PLACES[1:2], 0), X),
    "select": (lambda x: np.select([x > 1, x > 0], [x * x, 3 * x], 0.0), X),
    **{
        f"key {i}": (lambda x, key=key: x[key], x)
        for i, (key, x) in enumerate([
            (2, V), (-1, X), ((ALL, 1), X), ((..., None, 1), CUBE), (slice(None, None, -2), V),
            ((slice(2, 0, -1), slice(1, None)), X), (np.array([0, 0, 3]), V), ([2, 0, 2], X),
            ((np.array([0, 2, 2]), np.array([1, 1, 1])), X), (X > 0, X), ((ALL, V[:4] > 0), X),
            ((0, ALL, np.array([1, 1])), CUBE), ((np.array([1, 0]), ALL, np.array([3, 3])), CUBE),
            ((ALL, np.array([[0, 1], [1, 1]]), slice(0, 2)), CUBE), ((1, [0, 0], 2), CUBE),
        ])
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_numpy_function_on_a_tensor_is_numpys(name):
    f, x = CALLS[name]
    leaf = Tensor(x, tracked=True)
    result = f(leaf)
    assert isinstance(result, Tensor) and result.tracked
    if "nested" not in name:
        np.testing.assert_allclose(result.data, f(x), rtol=1e-13)
    upstream = grid(*result.shape, shift=2.9)[()]
    found = gradients([(result, upstream)])[leaf]
    slope = differences(lambda moved: np.sum(f(Tensor(moved)).data * upstream), x)
    np.testing.assert_allclose(found, slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", CALLS)
def test_a_numpy_function_replayed_on_a_batch_is_a_loop(name):
    f, x = CALLS[name]
    if name in ("select",) or np.asarray(f(x) if "nested" not in name else x).size == 0:
        return
    leaf = Tensor(x, tracked=True)
    result = f(leaf)
    slope = gradients([(result, None)], create_graph=True)[leaf]
    program = Program([leaf], [result, slope])
    batch = np.stack([x, np.flip(x), x * 1.5])
    for whole, *parts in zip(program.batch(batch), *(program(one) for one in batch), strict=True):
        np.testing.assert_allclose(whole, parts, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: np.concatenate([x, np.ones((2, 2))]), "(3, 4) and (2, 2)"),
        (lambda x: np.stack([x, np.ones((2, 2))]), "(3, 4) and (2, 2)"),
        (lambda x: np.split(x, 3, axis=1), "(3, 4)"),
        (lambda x: np.squeeze(x, axis=0), "(3, 4)"),
        (lambda x: np.take(x, [4], axis=1), "within 4"),
        (lambda x: np.take(x, [1.5]), "whole numbers"),
        (lambda x: np.pad(x, -1), "negative"),
        (lambda x: np.diag(x[None]), "(1, 3, 4)"),
        (lambda x: x[3], "out of bounds"),
        (lambda x: x[0, 0, 0], "too many indices"),
        (lambda x: p.scattering.gather(x, np.zeros((4, 4), int), 1), "(4, 4) does not fit (3, 4)"),
        (lambda x: p.ordering.topk(x, 5), "(3, 4)"),
        (lambda x: p.scattering.gather_nd(x, [[0, -1]]), "within shape (3, 4)"),
        (lambda x: p.scattering.scatter_nd([[3, 0]], x[0, :1], (3, 4)), "within shape (3, 4)"),
    ],
)
def test_what_does_not_fit_says_so(call, words):
    with pytest.raises((ValueError, IndexError)) as found:
        call(Tensor(X, tracked=True))
    assert words in str(found.value)


def test_entries_are_replaced_at_every_kind_of_key():
    for key, value in [
        (1, V[:4]), ((ALL, 2), V[:3]), (X > 0, 0.5), ((np.array([2, 0]), ALL), V[:4]),
        (slice(None, None, -2), grid(2, 4)), ((0, np.array([1, 3])), V[:2]),
    ]:  # fmt: skip
        x, v = Tensor(X, tracked=True), Tensor(value, tracked=True)
        result = p.indexing.set_entries(x, v, key)
        wanted = X.copy()
        wanted[key] = value
        np.testing.assert_array_equal(result.data, wanted)
        found = gradients([(result, X)])
        kept = X.copy()
        kept[key] = 0
        np.testing.assert_array_equal(found[x], kept)
        np.testing.assert_allclose(np.sum(found[v]), np.sum(X[key]))
    apart = (np.array([0, 1]), ALL, np.array([1, 3]))
    result = p.indexing.set_entries(Tensor(CUBE, tracked=True), Tensor(grid(2, 3)), apart)
    wanted = CUBE.copy()
    wanted[apart] = grid(2, 3)
    np.testing.assert_array_equal(result.data, wanted)


def test_a_replay_looks_up_the_new_places():
    x = Tensor(V, tracked=True)
    with record(Recording.EVERYTHING):
        largest, places = p.ordering.topk(x, 2)
        picked = x[np.argmax(x)]
    program = Program([x], [largest, picked])
    np.testing.assert_array_equal(program(np.flip(V))[0], largest.data)
    moved = np.array([0.0, 9.0, 1.0, 2.0, 8.0])
    found = program(moved)
    np.testing.assert_array_equal(found[0], [9.0, 8.0])
    assert found[1] == 9.0 and places.shape == (2,)


def test_a_replay_whose_mask_chooses_otherwise_diverges():
    taken: list = []
    token = decisions.set(taken)
    x = Tensor(V, tracked=True)
    result = np.sum(x[x > 0])
    decisions.reset(token)
    program = Program([x], [result], taken)
    assert program(V * 2) == (np.sum(V[V > 0] * 2),)
    with pytest.raises(Diverged):
        program(-V)


def test_gradients_of_a_place_named_twice_add_up():
    rows = Tensor(grid(4, 2), tracked=True)
    found = gradients([(p.gathering.look_up(rows, [1, 1, 3]), None)])[rows]
    np.testing.assert_array_equal(found, [[0, 0], [2, 2], [0, 0], [1, 1]])
    single = Tensor(np.float32([1, 2, 3]), tracked=True)
    found = gradients([(single[np.array([2, 2, 0])], None)])[single]
    np.testing.assert_array_equal(found, np.float32([1, 0, 2]))
    assert found.dtype == np.float32


def test_scatters_are_what_the_words_say():
    x, source = Tensor(np.zeros((2, 3)), tracked=True), Tensor(grid(2, 3), tracked=True)
    index = np.array([[0, 0, 2], [1, 2, 1]])
    added = p.scattering.scatter_add(x, index, source, 1)
    wanted = np.zeros((2, 3))
    np.add.at(wanted, (np.array([[0], [1]]), index), grid(2, 3))
    np.testing.assert_allclose(added.data, wanted)
    found = gradients([(added, grid(2, 3, shift=1.0))])
    np.testing.assert_array_equal(
        found[source], np.take_along_axis(grid(2, 3, shift=1.0), index, 1)
    )
    with pytest.raises(ValueError, match="twice"):
        p.scattering.scatter(x, index, source, 1)
    placed = p.scattering.scatter(x, np.array([[2], [0]]), source, 1)
    np.testing.assert_array_equal(placed.data[[0, 1], [2, 0]], source.data[:, 0])
    pairs = np.array([[0, 1], [1, 2], [0, 1]])
    np.testing.assert_array_equal(
        p.scattering.gather_nd(source, pairs).data, source.data[[0, 1, 0], [1, 2, 1]]
    )
    scattered = p.scattering.scatter_nd(pairs, Tensor([1.0, 2.0, 4.0]), (2, 3))
    np.testing.assert_array_equal(scattered.data, [[0, 5, 0], [0, 0, 2]])


def test_a_product_and_its_slopes_beside_zeros():
    x = Tensor([2.0, 0.0, 3.0], tracked=True)
    np.testing.assert_array_equal(gradients([(np.prod(x), None)])[x], [0, 6, 0])
    found = gradients([(np.cumprod(x), None)], create_graph=True)[x]
    np.testing.assert_array_equal(found.data, [1, 8, 0])
    again = gradients([(found, np.array([1.0, 0.0, 0.0]))])[x]
    np.testing.assert_array_equal(again, [0, 4, 0])  # 1 + b + b c: by b 1 + c, by c b


def test_a_formula_of_many_operands_names_no_axis():
    from app.story.formula import standing

    inputs = [Tensor([1.0]), Tensor([2.0]), -1]
    assert standing(OPS["concatenate"], inputs, Tensor) == list(inputs[:2])
    assert standing(OPS["power"], inputs[1:], Tensor) == list(inputs[1:])
