"""PyTorch's products of vectors and matrices, with its words where factors do not fit."""

from app.engine import primitives as p
from app.language.dialects.common import array
from app.language.errors import ProgramError
from app.language.machine import Machine
from app.language.promotion import factors
from app.language.values import TORCH, Array, Value


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
