"""Operands that do not fit, in the words of each framework."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import N_, Singular
from app.engine.work import known
from app.language.errors import Phrase, ProgramError
from app.language.misfit_arrangement import ONE_NUMPY, ONE_TF, ONE_TORCH
from app.language.misfit_words import (
    NUMPY_WORDS,
    TF_WORDS,
    TORCH_WORDS,
    Shape,
    clash,
    listed,
    sizes,
    tupled,
)
from app.language.values import NUMPY, TENSORFLOW, TORCH, Array, Value, type_name

SHOWN = 6  # arguments that a sentence names
WORDS = {
    NUMPY: NUMPY_WORDS | ONE_NUMPY,
    TORCH: TORCH_WORDS | ONE_TORCH,
    TENSORFLOW: TF_WORDS | ONE_TF,
}
TF_OPS = {
    "add": "AddV2", "subtract": "Sub", "multiply": "Mul", "divide": "RealDiv",
    "floor_divide": "FloorDiv", "remainder": "FloorMod", "divide_no_nan": "DivNoNan",
    "floor_of_ratio": "FloorDiv", "remainder_once": "FloorMod", "power": "Pow",
    "power_plain": "Pow", "squared_error": "Sub", "matmul": "MatMul", "getitem": "StridedSlice",
    "maximum_first": "Maximum", "minimum_first": "Minimum", "arctan2_plain": "Atan2",
    "not_equal": "NotEqual", "less_equal": "LessEqual", "greater_equal": "GreaterEqual",
    "logical_and": "LogicalAnd", "logical_or": "LogicalOr", "where": "SelectV2",
}  # fmt: skip


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


class Call:
    """A function of the engine by the name, and with the settings, that its errors tell.

    work: what the function takes, where that is known."""

    def __init__(self, name: str, function: Callable[..., Any], *settings: Any):
        self.name, self.settings, self._function = name, settings, function
        self.work = known(function)

    def __call__(self, *inputs: Any) -> Any:
        return self._function(*inputs)


def misfit(
    name: str, kind: str, shapes: list[Shape], problem: Exception, settings: Sequence[Any] = ()
) -> ProgramError:
    """The error of an operation whose operands have these shapes. problem: NumPy's own."""
    off = isinstance(problem, np.exceptions.AxisError)
    said = WORDS[kind].get(name)
    words = said(shapes, settings) if said and shapes and not off else None
    if words is None and kind == TORCH:
        words = _torch(shapes, problem)
    elif words is None and kind == TENSORFLOW:
        words = _tensorflow(name, shapes, problem)
    if isinstance(problem, IndexError) and not off:
        words = words or f"IndexError: {problem}"
        if name == "gather" and kind == TORCH:
            words = words.replace("IndexError", "RuntimeError", 1)
        beyond = re.match(r"indices must lie within (\d+) entries, got (-?\d+)$", str(problem))
        if beyond and kind == NUMPY and len(shapes[0]) == 1:
            words = (
                f"IndexError: index {beyond[2]} is out of bounds for axis 0 with size {beyond[1]}"
            )
        return ProgramError("index", framework=words, detail=str(problem))
    if isinstance(problem, np.exceptions.AxisError) and kind == NUMPY:
        which = f"axis{settings.index(problem.axis) + 1}: " if name == "swapaxes" else ""
        words = f"AxisError: {which}{problem}"
    told = f"{name} {', '.join(map(str, shapes))}"
    return ProgramError("shape", framework=words or f"ValueError: {problem}", detail=told)


def _torch(shapes: list[Shape], problem: Exception) -> str | None:
    if isinstance(problem, np.exceptions.AxisError):
        n = max(problem.ndim or len(shapes[0]), 1)
        words = f"Dimension out of range (expected to be in range of [{-n}, {n - 1}]"
        return f"IndexError: {words}, but got {problem.axis})"
    if isinstance(problem, IndexError):
        return _torch_index(shapes, str(problem))
    return sizes(clash(shapes))


def _torch_index(shapes: list[Shape], problem: str) -> str:
    if "too many" in problem:
        return f"IndexError: too many indices for tensor of dimension {len(shapes[0])}"
    if "invalid index to scalar" in problem:
        words = "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
        return f"IndexError: {words}`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"
    mask = re.search(r"along axis (\d+); size of axis is .* boolean axis is (\d+)", problem)
    if mask:
        words = f"The shape of the mask [{mask[2]}] at index {mask[1]} does not match the shape of "
        words += f"the indexed tensor {list(shapes[0])} at index {mask[1]}"
        return f"IndexError: {words}"
    if problem.startswith("indices must lie within"):
        return "IndexError: index out of range in self"
    return "IndexError: " + problem.replace("for axis", "for dimension")


def _tensorflow(name: str, shapes: list[Shape], problem: Exception) -> str | None:
    op, words = f"[Op:{tf_op(name)}]", str(problem)
    if isinstance(problem, np.exceptions.AxisError) and shapes:
        return _tf_axis(name, len(shapes[0]), problem.axis)
    out = re.match(r"index (-?\d+) is out of bounds for axis (\d+)", words)
    if out:
        words = f"slice index {out[1]} of dimension {out[2]} out of bounds."
        return f"InvalidArgumentError: {words} [Op:StridedSlice]"
    if "too many" in words:
        n = len(shapes[0])
        words = f"Index out of range using input dim {n}; input has only {n} dims"
        return f"InvalidArgumentError: {words} [Op:StridedSlice]"
    if isinstance(problem, IndexError) or clash(shapes) is None:
        return None
    return f"InvalidArgumentError: Incompatible shapes: {' vs. '.join(map(listed, shapes))} {op}"


TF_REDUCTIONS = {
    "sum": "Sum", "mean": "Mean", "prod": "Prod", "max": "Max", "min": "Min", "any": "Any",
    "all": "All",
}  # fmt: skip


def _tf_axis(name: str, n: int, axis: Any) -> str | None:
    """An axis that is not there."""
    if name in TF_REDUCTIONS:
        words = f"Invalid reduction dimension ({axis} for input with {n} dimension(s)"
        return f"InvalidArgumentError: {words} [Op:{TF_REDUCTIONS[name]}]"
    if name in ("argmax", "argmin"):
        words = f"Expected dimension in the range [{-n}, {n}), but got {axis}"
        return f"InvalidArgumentError: {words} [Op:{'ArgMax' if name == 'argmax' else 'ArgMin'}]"
    if name == "expand_dims":
        words = f"Tried to expand dim index {axis} for tensor with {n} dimensions."
        return f"InvalidArgumentError: {words} [Op:ExpandDims]"
    if name in ("softmax", "log_softmax"):
        words = f"`dim` must be in the range [{-n}, {n}) where {n} is the number of dimensions in "
        return f"InvalidArgumentError: {words}the input. Received: dim={axis}"
    return None


def reshape_misfit(kind: str, size: int, shape: Shape, problem: Exception) -> ProgramError:
    """A reshape to another number of entries."""
    told = tupled(shape).replace("-1", "newaxis")
    words = f"ValueError: cannot reshape array of size {size} into shape {told}"
    if kind == TORCH and shape.count(-1) > 1:
        words = "RuntimeError: only one dimension can be inferred"
    elif kind == TORCH:
        words = f"RuntimeError: shape '{list(shape)}' is invalid for input of size {size}"
    elif kind == TENSORFLOW and -1 not in shape:
        words = f"InvalidArgumentError: Input to reshape is a tensor with {size} values, "
        words += f"but the requested shape has {math.prod(shape)} [Op:Reshape]"
    elif kind == TENSORFLOW:
        words = f"InvalidArgumentError: Input to reshape is a tensor with {size} values, but the "
        words += f"requested shape requires a multiple of {-math.prod(shape)} [Op:Reshape]"
    both = Phrase(N_("{size} numbers, {shape}"), {"size": size, "shape": shape})
    return ProgramError("shape", framework=words, detail=both)


def seed_misfit(kind: str, given: Shape, wanted: Shape, index: int) -> ProgramError:
    """A gradient to start from that has not the shape of its target."""
    words = f"ValueError: shapes {given} and {wanted} are incompatible"
    if kind == TORCH:
        words = f"RuntimeError: Mismatch in shape: grad_output[{index}] has a shape of "
        words += f"torch.Size({list(given)}) and output[{index}] has a shape of "
        words += f"torch.Size({list(wanted)})."
    return ProgramError("shape", framework=words, detail=f"{given}, {wanted}")


def unfit(name: str, given: Sequence[Value], named: Mapping[str, Value]) -> ProgramError:
    """Arguments that a function cannot take, where nothing better is known to be said."""
    parts = [_described(value) for value in given]
    parts += [f"{key}={_described(value)}" for key, value in named.items()]
    if len(parts) > SHOWN:
        parts = [*parts[:SHOWN], "…"]
    return ProgramError("unfit", function=name, given=", ".join(parts))


def _described(value: Value) -> str:
    """A number as it is; of anything else its type, of an array its shape too."""
    if isinstance(value, Array):
        return f"{type_name(value)}{list(value.tensor.shape)}"
    if value is None or (isinstance(value, bool | int | float) and len(str(value)) < 20):
        return str(value)
    return type_name(value)
