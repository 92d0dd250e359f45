"""Operands that do not fit, in the words of each framework."""

import math

import numpy as np

from app.engine import Singular
from app.language.errors import ProgramError
from app.language.values import NUMPY, TENSORFLOW, TORCH

Shape = tuple[int, ...]
TF_OPS = {"add": "AddV2", "subtract": "Sub", "multiply": "Mul", "divide": "RealDiv"}
TF_OPS |= {"matmul": "MatMul", "getitem": "StridedSlice", "maximum_first": "Maximum"}
TF_OPS |= {"minimum_first": "Minimum", "power_plain": "Pow", "floor_divide": "FloorDiv"}
TF_OPS |= {"remainder": "FloorMod", "arctan2_plain": "Atan2", "not_equal": "NotEqual"}
TF_OPS |= {"less_equal": "LessEqual", "greater_equal": "GreaterEqual", "divide_no_nan": "DivNoNan"}
TF_OPS |= {"logical_and": "LogicalAnd", "logical_or": "LogicalOr", "where": "SelectV2"}


def tf_op(name: str) -> str:
    """What TensorFlow calls this operation in its errors."""
    return TF_OPS.get(name, name.capitalize())


def singular(kind: str, problem: Singular) -> ProgramError:
    """A matrix that the operation cannot use, whatever its shape."""
    words = {
        NUMPY: f"LinAlgError: {problem.problem}",
        TENSORFLOW: "InvalidArgumentError: Input is not invertible.",
    }
    inverted = problem.op in ("inverse", "solve")
    framework = words.get(kind) if inverted or kind == NUMPY else None
    return ProgramError("singular", framework=framework, op=problem.op)


def misfit(name: str, kind: str, shapes: list[Shape], problem: Exception) -> ProgramError:
    """The error of an operation whose operands have these shapes. problem: NumPy's own."""
    words = None
    if kind == TORCH:
        words = _torch(name, shapes, problem)
    elif kind == TENSORFLOW:
        words = _tensorflow(name, shapes, problem)
    if isinstance(problem, IndexError) and not isinstance(problem, np.exceptions.AxisError):
        words = words or f"IndexError: {problem}"
        return ProgramError("index", framework=words, detail=str(problem))
    told = f"{name} of shapes {' and '.join(map(str, shapes))}"
    return ProgramError("shape", framework=words or f"ValueError: {problem}", detail=told)


def _torch(name: str, shapes: list[Shape], problem: Exception) -> str | None:
    if isinstance(problem, np.exceptions.AxisError):
        n = max(len(shapes[0]), 1)
        words = f"Dimension out of range (expected to be in range of [{-n}, {n - 1}]"
        return f"IndexError: {words}, but got {problem.axis})"
    if isinstance(problem, IndexError):
        if "too many" in str(problem):
            return f"IndexError: too many indices for tensor of dimension {len(shapes[0])}"
        return "IndexError: " + str(problem).replace("for axis", "for dimension")
    if name == "matmul" and len(shapes) == 2:
        if all(len(shape) == 2 for shape in shapes):
            left, right = ("x".join(map(str, shape)) for shape in shapes)
            return f"RuntimeError: mat1 and mat2 shapes cannot be multiplied ({left} and {right})"
        if not all(shapes):
            ranks = " and ".join(f"{len(shape)}D" for shape in shapes)
            words = "both arguments to matmul need to be at least 1D, but they are"
            return f"RuntimeError: {words} {ranks}"
    at = _clash(shapes)
    if at is None:
        return None
    axis, mine, other = at
    words = f"The size of tensor a ({mine}) must match the size of tensor b ({other})"
    return f"RuntimeError: {words} at non-singleton dimension {axis}"


def _tensorflow(name: str, shapes: list[Shape], problem: Exception) -> str | None:
    op = f"[Op:{tf_op(name)}]"
    if name == "matmul" and len(shapes) == 2:
        left, right = map(_listed, shapes)
        words = f"Matrix size-incompatible: In[0]: {left}, In[1]: {right}"
        return f"InvalidArgumentError: {words} {op}"
    if isinstance(problem, IndexError | np.exceptions.AxisError) or _clash(shapes) is None:
        return None
    return f"InvalidArgumentError: Incompatible shapes: {' vs. '.join(map(_listed, shapes))} {op}"


def _listed(shape: Shape) -> str:
    return "[" + ",".join(map(str, shape)) + "]"


def _clash(shapes: list[Shape]) -> tuple[int, int, int] | None:
    """The last axis on which two shapes cannot be broadcast, and both lengths."""
    if len(shapes) != 2:
        return None
    n = max(map(len, shapes))
    left, right = ((1,) * (n - len(shape)) + tuple(shape) for shape in shapes)
    for axis in reversed(range(n)):
        if left[axis] != right[axis] and 1 not in (left[axis], right[axis]):
            return axis, left[axis], right[axis]
    return None


def reshape_misfit(kind: str, size: int, shape: Shape, problem: Exception) -> ProgramError:
    """A reshape to another number of entries."""
    words = f"ValueError: {problem}"
    if kind == TORCH:
        words = f"RuntimeError: shape '{list(shape)}' is invalid for input of size {size}"
    elif kind == TENSORFLOW and -1 not in shape:
        words = f"InvalidArgumentError: Input to reshape is a tensor with {size} values, "
        words += f"but the requested shape has {math.prod(shape)} [Op:Reshape]"
    return ProgramError("shape", framework=words, detail=f"{size} numbers, {shape}")


def seed_misfit(kind: str, given: Shape, wanted: Shape, index: int) -> ProgramError:
    """A gradient to start from that has not the shape of its target."""
    words = f"ValueError: shapes {given} and {wanted} are incompatible"
    if kind == TORCH:
        words = f"RuntimeError: Mismatch in shape: grad_output[{index}] has a shape of "
        words += f"torch.Size({list(given)}) and output[{index}] has a shape of "
        words += f"torch.Size({list(wanted)})."
    return ProgramError("shape", framework=words, detail=f"{given}, {wanted}")
