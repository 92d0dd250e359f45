"""tensordot as the frameworks call it: a product summed over some axes of both operands."""

from collections.abc import Callable
from typing import Any

from app.engine.primitives.einsum import tensordot
from app.engine.primitives.linear import matmul
from app.language.dialects.arranging import whole
from app.language.dialects.common import array
from app.language.errors import ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.promotion import factors
from app.language.values import NUMPY, TENSORFLOW, TORCH, Array, Value

Pairs = tuple[tuple[int, ...], tuple[int, ...]]


def tensordot_of(kind: str) -> Callable[..., Array]:
    """tensordot of this framework."""
    if kind == TORCH:
        return lambda m, a, b, dims=2: _product(m, kind, a, b, _by_torch(m, a, b, dims))
    if kind == TENSORFLOW:
        return lambda m, a, b, axes, name=None: _product(m, kind, a, b, axes)
    return lambda m, a, b, axes=2: _product(m, kind, a, b, axes)


def _product(m: Machine, kind: str, a: Value, b: Value, axes: Value) -> Array:
    left, right = array(m, a, kind), array(m, b, kind)
    pairs = _pairs(kind, left, right, whole(axes))
    factors(left, right, kind)
    a_shape, b_shape = left.tensor.shape, right.tensor.shape
    if [a_shape[i] for i in pairs[0]] != [b_shape[i] for i in pairs[1]]:
        raise _unequal(kind, left, right, pairs)
    if pairs == ((len(a_shape) - 1,), (0,)) and max(len(a_shape), len(b_shape)) < 3:
        return m.apply(matmul, left, right, kind=kind)
    return m.apply(tensordot, left, right, pairs, kind=kind)


def _pairs(kind: str, left: Array, right: Array, axes: Any) -> Pairs:
    """The axes of each that are summed over. Raises the framework's errors."""
    n, k = left.tensor.ndim, right.tensor.ndim
    if isinstance(axes, int):
        if not 0 <= axes <= min(n, k):
            raise _too_many(kind, left if axes > n else right, axes)
        return tuple(range(n - axes, n)), tuple(range(axes))
    if not isinstance(axes, tuple) or len(axes) != 2:
        raise type_error("axes are a whole number, or two lists of them")
    listed = [one if isinstance(one, tuple) else (one,) for one in axes]
    if len(listed[0]) != len(listed[1]):
        words = {
            NUMPY: "ValueError: shape-mismatch for sum",
            TORCH: "RuntimeError: both dimension lists should have same length",
            TENSORFLOW: "ValueError: Different number of contraction axes `a` and `b`, "
            f"{len(listed[0])} != {len(listed[1])}.",
        }[kind]
        raise ProgramError("shape", framework=words, detail=f"{listed[0]}, {listed[1]}")
    return _inside(kind, n, listed[0]), _inside(kind, k, listed[1])


def _inside(kind: str, n: int, axes: tuple[Any, ...]) -> tuple[int, ...]:
    for axis in axes:
        if not isinstance(axis, int) or not -n <= axis < n:
            words = "IndexError: Dimension out of range (expected to be in range of "
            words += f"[{-n}, {n - 1}], but got {axis})"
            words = words if kind == TORCH else "IndexError: tuple index out of range"
            raise ProgramError("index", framework=words, detail=str(axis))
    return tuple(axis % n for axis in axes)


def _too_many(kind: str, x: Array, axes: int) -> ProgramError:
    words = "IndexError: tuple index out of range"
    if kind == TORCH:
        most = "< ndim_a or ndim_b" if axes > 0 else ">= 0"
        words = f"RuntimeError: tensordot expects dims {most}, but got dims={axes}"
    elif kind == TENSORFLOW:
        if axes < 0:
            return value_error("`axes` must be at least 0.")
        words = "ValueError: `axes` must not be larger than the number of dimensions of tensor "
        words += f"{x.tensor.data}.  Received {axes}, vs tensor dimensions {x.tensor.ndim}."
    return ProgramError("shape", framework=words, detail=str(tuple(x.tensor.shape)))


def _unequal(kind: str, left: Array, right: Array, pairs: Pairs) -> ProgramError:
    """Axes of other lengths are to be summed over."""
    a, b = tuple(left.tensor.shape), tuple(right.tensor.shape)
    words = "ValueError: shape-mismatch for sum"
    if kind == TORCH:
        i, j = next(x for x in zip(*pairs, strict=True) if a[x[0]] != b[x[1]])
        words = "RuntimeError: contracted dimensions need to match, but first has size "
        words += f"{a[i]} in dim {i} and second has size {b[j]} in dim {j}"
    elif kind == TENSORFLOW:
        size = [1, 1, 1, 1]
        for i, length in enumerate(a):
            size[i in pairs[0]] *= length
        for j, length in enumerate(b):
            size[2 + (j not in pairs[1])] *= length
        words = f"InvalidArgumentError: Matrix size-incompatible: In[0]: [{size[0]},{size[1]}], "
        words += f"In[1]: [{size[2]},{size[3]}] [Op:MatMul]"
    return ProgramError("shape", framework=words, detail=f"{a}, {b}")


def _by_torch(m: Machine, a: Value, b: Value, dims: Value) -> Any:
    """PyTorch's dims: a number, or two lists."""
    found = whole(dims)
    if isinstance(found, tuple) and any(isinstance(one, int) for one in found):
        words = "tensordot(): argument 'dims_self' (position 3) must be tuple of ints, not int"
        raise type_error(words)
    return found
