"""Products, einsum, equations and determinants: what is more than one Op, and what is refused."""

import numpy as np
import pytest

from app.engine import Misfit, Program, Singular, Tensor, gradients
from app.engine import primitives as p
from app.engine.check import differences
from app.engine.functional import grad, hessian
from app.engine.work import work_for

A = np.array([[2.0, -1.0, 0.5], [0.3, 1.7, -0.4]])
B = np.array([[0.6, 1.1], [-0.9, 0.2], [1.3, -2.1]])
CUBE = np.sin(np.arange(12.0)).reshape(2, 3, 2)
REGULAR = np.array([[3.0, 1.0, -0.5], [0.2, 2.0, 0.7], [-1.0, 0.4, 2.5]])

CALLS = {
    "dot of vectors": (np.dot, A[0], A[1]),
    "dot of matrices": (np.dot, A, B),
    "dot of a number": (np.dot, np.float64(2.0), B),
    "dot with more axes": (np.dot, A, CUBE),
    "inner": (np.inner, A, A[::-1]),
    "inner with more axes": (np.inner, CUBE, CUBE[0]),
    "vdot": (np.vdot, A, B),
    "outer": (np.outer, A, B),
    "matmul of vectors": (np.matmul, A[0], A[1]),
    "matmul by a vector": (np.matmul, A, A[0]),
    "matmul of a batch": (np.matmul, CUBE, CUBE.swapaxes(-1, -2)),
    "tensordot": (lambda a, b: np.tensordot(a, b, 1), A, B),
    "tensordot of axes": (lambda a, b: np.tensordot(a, b, ((1, 0), (0, 1))), A, B),
    "einsum without an arrow": (lambda a, b: np.einsum("ij,jk", a, b), A, B),
    "einsum with ellipses": (lambda a, b: np.einsum("...j,jk->...k", a, b), CUBE, A[:, :2]),
    "einsum with ellipses on both": (lambda a, b: np.einsum("i...,...->i...", a, b), CUBE, B),
    "einsum that stretches": (lambda a, b: np.einsum("ij,ij->ij", a, b), A, A[:1]),
    "solve of a vector": (np.linalg.solve, REGULAR, A[0]),
    "solve of a matrix": (np.linalg.solve, REGULAR, B),
    "matrix power": (lambda a, b: np.linalg.matrix_power(a, 5) @ b, REGULAR, B),
    "negative power": (lambda a, b: np.linalg.matrix_power(a, -3) @ b, REGULAR, B),
    "slogdet": (lambda a, b: np.linalg.slogdet(a).logabsdet * b, REGULAR, B),
    "inv, det": (lambda a, b: np.linalg.inv(a) @ b * np.linalg.det(a), REGULAR, B),
}


@pytest.mark.parametrize("name", CALLS)
def test_numpys_functions_take_tensors(name):
    call, a, b = CALLS[name]
    x, y = Tensor(a, tracked=True), Tensor(b, tracked=True)
    result = call(x, y)
    np.testing.assert_allclose(result.data, call(a, b), rtol=1e-13, atol=1e-14)
    weight = np.cos(np.arange(result.size)).reshape(result.shape)
    found = gradients([(result, weight[()])])
    slopes = (
        differences(lambda moved: np.sum(call(moved, b) * weight), a),
        differences(lambda moved: np.sum(call(a, moved) * weight), b),
    )
    for leaf, slope in zip((x, y), slopes, strict=True):
        np.testing.assert_allclose(found[leaf], slope, rtol=1e-6, atol=1e-7)


SINGULAR = {
    "rank 2": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]),
    "rank 1": np.outer([1.0, 2.0, -1.0], [3.0, 1.0, 2.0]),
    "zero": np.zeros((3, 3)),
}
COFACTORS = {  # by hand
    "rank 2": [[-3.0, 6.0, -3.0], [6.0, -12.0, 6.0], [-3.0, 6.0, -3.0]],
    "rank 1": np.zeros((3, 3)),
    "zero": np.zeros((3, 3)),
}


@pytest.mark.parametrize("name", SINGULAR)
def test_determinants_of_singular_matrices_have_every_derivative(name):
    x = SINGULAR[name]
    np.testing.assert_allclose(grad(np.linalg.det, x), COFACTORS[name], atol=1e-13)
    slope = differences(lambda moved: np.sum(grad(np.linalg.det, moved) * REGULAR), x)
    curved = np.einsum("ijkl,kl->ij", hessian(np.linalg.det, x), REGULAR)
    np.testing.assert_allclose(curved, slope, rtol=1e-6, atol=1e-6)


def test_cofactors_of_many_rows_agree_with_those_by_minors(monkeypatch):
    x = np.random.default_rng(3).normal(size=(5, 5)) + 3 * np.eye(5)
    by_minors = hessian(np.linalg.det, x)
    monkeypatch.setattr(p.determinants, "MINORS", 0)
    np.testing.assert_allclose(hessian(np.linalg.det, x), by_minors, rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("name", SINGULAR)
def test_many_rows_of_a_singular_matrix_have_second_derivatives(name, monkeypatch):
    by_minors = hessian(np.linalg.det, SINGULAR[name])
    monkeypatch.setattr(p.determinants, "MINORS", 0)
    np.testing.assert_allclose(hessian(np.linalg.det, SINGULAR[name]), by_minors, atol=1e-12)


@pytest.mark.parametrize("rank", [17, 16, 15])
def test_second_derivatives_of_a_large_singular_matrix(rank):
    rng = np.random.default_rng(5)
    x, step = (
        rng.normal(size=(18, rank)) @ rng.normal(size=(rank, 18)) / 9,
        rng.normal(size=(18, 18)),
    )
    curved = grad(lambda a: np.sum(grad(np.linalg.det, a) * step), x)
    slope = differences(lambda moved: np.sum(grad(np.linalg.det, moved) * step), x)
    np.testing.assert_allclose(curved, slope, rtol=1e-6, atol=1e-6 * np.max(abs(slope)) + 1e-12)
    assert (np.max(abs(slope)) > 1e-6) == (rank > 15)  # what is left without two rows is singular


def test_third_derivatives_of_many_rows_are_those_by_minors_or_refused(monkeypatch):
    x = np.random.default_rng(3).normal(size=(4, 4)) + 3 * np.eye(4)

    def third(a):
        return grad(lambda b: np.sum(grad(lambda c: np.sum(
            grad(np.linalg.det, c) * x), b) * np.cos(x)), a)  # fmt: skip

    by_minors = third(x + np.eye(4))
    monkeypatch.setattr(p.determinants, "MINORS", 0)
    np.testing.assert_allclose(third(x + np.eye(4)), by_minors, rtol=1e-10, atol=1e-10)
    with pytest.raises(Singular, match="third derivatives of a singular matrix"):
        third(np.ones((4, 4)))


def test_cholesky_slopes_along_symmetric_steps():
    x, step = REGULAR @ REGULAR.T, REGULAR + REGULAR.T
    weight = np.tril(np.cos(np.arange(9.0)).reshape(3, 3))

    def along(t):
        return np.sum(np.linalg.cholesky(x + t * step) * weight)

    found = grad(lambda a: np.sum(np.linalg.cholesky(a) * weight), x)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_allclose(np.sum(found * step), differences(along, np.float64(0)), rtol=1e-7)


REFUSED = {
    "matmul": (lambda: Tensor(A) @ Tensor(A), ["matmul", "(2, 3) and (2, 3)"]),
    "dot": (lambda: np.dot(Tensor(A), A), ["dot", "(2, 3) and (2, 3)"]),
    "inner": (lambda: np.inner(Tensor(A), B), ["inner", "(2, 3) and (3, 2)"]),
    "vdot": (lambda: np.vdot(Tensor(A), A[0]), ["vdot", "(2, 3) and (3,)"]),
    "tensordot": (lambda: np.tensordot(Tensor(A), A, 1), ["tensordot", "(2, 3) and (2, 3)"]),
    "solve": (lambda: np.linalg.solve(Tensor(REGULAR), A), ["solve", "(3, 3) and (2, 3)"]),
    "inv": (lambda: np.linalg.inv(Tensor(A)), ["inverse", "(2, 3)", "square"]),
    "det": (lambda: np.linalg.det(Tensor(A)), ["det", "(2, 3)", "square"]),
    "letter": (lambda: np.einsum("ij,jk", Tensor(A), A), ["einsum", "(2, 3) and (2, 3)", "j is"]),
    "rank": (lambda: np.einsum("i,jk", Tensor(A), A), ["einsum", "(2, 3)", "'i' names 1 axes"]),
    "count": (lambda: np.einsum("ij", Tensor(A), A), ["einsum", "1 operands, 2 are given"]),
    "result": (lambda: np.einsum("ij->ik", Tensor(A)), ["einsum", "k, which no operand has"]),
    "twice": (lambda: np.einsum("ij->ii", Tensor(A)), ["einsum", "has i twice"]),
    "signs": (lambda: np.einsum("i+j", Tensor(A)), ["einsum", "letters"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_named_with_its_shapes(name):
    call, parts = REFUSED[name]
    with pytest.raises(ValueError) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)
    if name in ("matmul", "dot", "inner", "vdot", "tensordot", "solve", "inv", "det"):
        assert isinstance(caught.value, Misfit)


def test_an_einsum_is_replayed_on_batches_of_some_operands():
    x, y = Tensor(A, tracked=True), Tensor(B, tracked=True)
    result = np.einsum("ij,jk,kl->l", x, y, Tensor(A))
    found = gradients([(result, None)], create_graph=True)
    program = Program([x, y], [result, found[x], found[y]])
    many = np.stack([A, 2 * A, -A])
    for one, each in zip(
        program.batch(many, B), zip(*(program(a, B) for a in many), strict=True), strict=True
    ):
        np.testing.assert_allclose(np.broadcast_to(one, (3, *each[0].shape)), each, rtol=1e-13)


@pytest.mark.parametrize(
    ("function", "inputs", "products", "entries"),
    [
        (p.linear.matmul, (A, B), 12, 4),
        (p.linear.matmul, (A, A[0]), 6, 2),
        (p.linear.matmul, (A[0], B), 6, 2),
        (p.linear.matmul, (CUBE, B[:2]), 24, 12),
        (p.linear.outer, (A, B), 36, 36),
        (p.einsum.dot, (A, CUBE), 24, 8),
        (p.einsum.tensordot, (A, B, 0), 36 + 12, 36),
        (p.einsum.einsum, ("ij,jk", A, B), 12 + 12, 4),
        (p.einsum.einsum, ("...j,jk", CUBE, A[:, :2]), 24 + 16, 12),
        (p.solving.solve, (REGULAR, A[0]), 36, 9),
    ],
)  # fmt: skip
def test_the_work_is_known_before(function, inputs, products, entries):
    assert work_for(function, inputs) == (products, entries)


def test_the_work_of_what_does_not_fit_is_not_known():
    assert work_for(p.einsum.einsum, ("ij,jk", A, A)) is None
    assert work_for(p.linear.matmul, (A, np.float64(2))) is None
