"""PyTorch's products of vectors and matrices, with its words where factors do not fit."""

import numpy as np

from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import array
from app.language.dialects.linear_algebra import linalg
from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.promotion import factors
from app.language.values import TORCH, Array, Value, type_name

INVERSE = linalg(TORCH)["inv"]


def matmul(m: Machine, a: Value, b: Value) -> Array:
    left, right = array(m, a, TORCH), array(m, b, TORCH)
    factors(left, right, TORCH)
    return m.apply(p.linear.matmul, left, right)


def dot(m: Machine, a: Value, b: Value) -> Array:
    ranks = [array(m, x, TORCH).tensor.ndim for x in (a, b)]
    if ranks != [1, 1]:
        words = f"1D tensors expected, but got {ranks[0]}D and {ranks[1]}D tensors"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    return matmul(m, a, b)


def bmm(m: Machine, a: Value, b: Value) -> Array:
    """A batch of matrices times another."""
    for name, x in (("batch1", a), ("batch2", b)):
        if array(m, x, TORCH).tensor.ndim != 3:
            words = f"RuntimeError: {name} must be a 3D tensor"
            raise ProgramError("shape", framework=words, detail=words)
    return matmul(m, a, b)


def mm(m: Machine, a: Value, b: Value) -> Array:
    shapes = [array(m, x, TORCH).tensor.shape for x in (a, b)]
    if len(shapes[0]) != 2 or len(shapes[1]) != 2:
        side = "self" if len(shapes[0]) != 2 else "mat2"
        raise ProgramError(
            "shape", framework=f"RuntimeError: {side} must be a matrix", detail=f"{shapes}"
        )
    if shapes[0][1] != shapes[1][0]:
        left, right = ("x".join(map(str, shape)) for shape in shapes)
        words = f"mat1 and mat2 shapes cannot be multiplied ({left} and {right})"
        raise ProgramError(
            "shape", framework=f"RuntimeError: {words}", detail=f"{shapes[0]}, {shapes[1]}"
        )
    return matmul(m, a, b)


def matrix_power(m: Machine, A: Value, n: Value) -> Array:
    """A square matrix times itself, n times; of its inverse where n is below 0."""
    found, power = array(m, A, TORCH), whole(n)
    if not isinstance(power, int):
        raise type_error(f"linalg.matrix_power(): argument 'n' must be int, not {type_name(n)}")
    shape = tuple(found.tensor.shape)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        words = "linalg.matrix_power: A must be batches of square matrices, but they are "
        words += f"{shape[-2] if len(shape) > 1 else 1} by {shape[-1] if shape else 1} matrices"
        if len(shape) < 2:
            words = "linalg.matrix_power: The input tensor A must have at least 2 dimensions."
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=f"{shape}")
    if power == 0:
        m.budget.array(shape)
        ones = np.broadcast_to(np.eye(shape[-1], dtype=found.tensor.dtype), shape).copy()
        return m.leaf(ones, TORCH)
    base = INVERSE(m, found) if power < 0 else found
    power, result = abs(power), None
    while True:  # by squares
        m.budget.step()
        if power & 1:
            result = base if result is None else matmul(m, result, base)
        power >>= 1
        if not power:
            return base if result is None else result
        base = matmul(m, base, base)
