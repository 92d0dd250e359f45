"""NumPy and math as programs spell them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS, Tensor
from app.engine import primitives as p
from app.language.attributes import METHODS, PROPERTIES
from app.language.dialects.arranging import whole
from app.language.dialects.closeness import closeness
from app.language.dialects.common import (
    array,
    axes_of,
    cast,
    copied_leaf,
    dtype_of,
    dtypes,
    lengths,
    namespace,
    number_of,
    reduction,
    same_numbers,
)
from app.language.dialects.contracting import tensordot_of
from app.language.dialects.linear_algebra import einsum_of, linalg
from app.language.dialects.numpy_arrays import FUNCTIONS as ARRAYS
from app.language.dialects.numpy_arrays import METHODS as ARRAY_METHODS
from app.language.dialects.numpy_arrays import NORM
from app.language.dialects.numpy_borrowing import TRACKED, borrowing
from app.language.dialects.numpy_decompositions import LINALG, SPREAD
from app.language.dialects.numpy_floats import FLOATS
from app.language.dialects.numpy_forms import FORMS
from app.language.dialects.numpy_functions import ELEMENTWISE
from app.language.dialects.numpy_random import RANDOM
from app.language.dialects.numpy_whole import INDEXED, WHOLE
from app.language.errors import ProgramError, type_error, value_error
from app.language.items import inside, store_item
from app.language.machine import Machine
from app.language.misfits import Call, reshape_misfit
from app.language.values import NUMPY, TORCH, Array, Dtype, Value
from app.language.views import ArrayView, copied


def _array(m: Machine, value: Value, dtype: Value = None) -> Array:
    found = array(m, value, NUMPY, dtype_of(dtype))
    if isinstance(value, Array):
        found = copied_leaf(m, found, NUMPY)
    found.boxed = True
    return found


def _as_array(m: Machine, value: Value, dtype: Value = None) -> Array:
    """The same array, or one that shows the numbers of a tensor; a copy in another type."""
    found = array(m, value, NUMPY, dtype_of(dtype))
    if isinstance(value, Array) and value.kind == TORCH and found is value:
        return shared(m, found)
    if found.kind != NUMPY or found.is_scalar:
        found = copied_leaf(m, found, NUMPY)
    found.boxed = True
    return found


def shared(m: Machine, x: Array) -> Array:
    """A tensor of PyTorch for NumPy: one memory, of which backward sees no change."""
    if x.tensor.tracked:
        raise ProgramError("type", framework=f"RuntimeError: {TRACKED}", detail=TRACKED)
    view = ArrayView(m, same_numbers(m, x, NUMPY).tensor, NUMPY, x, cut="detach")
    view.uncounted = view.boxed = True
    return view


def _full(value: float) -> Callable[..., Array]:
    def make(m: Machine, shape: Value, dtype: Value = None) -> Array:
        size = lengths(m, shape)
        return m.leaf(np.full(size, value, dtype_of(dtype, np.dtype(np.float64))), NUMPY)

    return make


def _filled(m: Machine, shape: Value, fill_value: Value, dtype: Value = None) -> Array:
    value = array(m, fill_value, NUMPY).tensor.data
    return m.leaf(np.full(lengths(m, shape), value, dtype_of(dtype, value.dtype)), NUMPY)


def _like(value: float) -> Callable[..., Array]:
    return lambda m, x, dtype=None: _filled_like(m, x, value, dtype)


def _filled_like(m: Machine, x: Value, fill_value: Value, dtype: Value = None) -> Array:
    data = array(m, x, NUMPY).tensor.data
    value = array(m, fill_value, NUMPY).tensor.data
    m.budget.array(data.shape)
    return m.leaf(np.full(data.shape, value, dtype_of(dtype, data.dtype)), NUMPY)


def _arange(m: Machine, *bounds: Value, dtype: Value = None) -> Array:
    numbers = [number_of(bound) for bound in bounds]
    start, stop, step = (0, numbers[0], 1) if len(numbers) == 1 else (*numbers, 1)[:3]
    if step == 0:
        raise value_error("the step of arange is 0")
    m.budget.array((max(0, math.ceil((stop - start) / step)),))
    return m.leaf(np.arange(start, stop, step, dtype=dtype_of(dtype)), NUMPY)


def _linspace(
    m: Machine,
    start: Value,
    stop: Value,
    num: Value = 50,
    endpoint: Value = True,
    retstep: Value = False,
    dtype: Value = None,
) -> Value:
    (count,) = lengths(m, num)
    ends = (number_of(start), number_of(stop))
    data, step = np.linspace(*ends, count, bool(endpoint), retstep=True, dtype=dtype_of(dtype))
    made = m.leaf(data, NUMPY)
    return (made, m.leaf(np.float64(step), NUMPY)) if retstep else made


def matmul(m: Machine, a: Value, b: Value, name: Value = None) -> Array:
    """a @ b, where a number only scales (np.dot)."""
    a, b = (array(m, x, NUMPY) for x in (a, b))
    if not a.tensor.ndim or not b.tensor.ndim:
        return m.binary(OPS["multiply"], a, b)
    return m.apply(p.linear.matmul, a, b)


def _dot(m: Machine, a: Value, b: Value) -> Array:
    left, right = (array(m, x, NUMPY) for x in (a, b))
    if not left.tensor.ndim or not right.tensor.ndim:
        return m.binary(OPS["multiply"], left, right)
    return m.apply(Call("dot", p.linear.matmul), left, right)


def transposed(m: Machine, x: Value, axes: Value = None) -> Array:
    """x with its axes in another order: None for reversed, numbers, or one list of them."""
    if isinstance(axes, tuple) and len(axes) == 1 and isinstance(axes[0], list | tuple | None):
        axes = axes[0]
    order = None if axes is None else axes_of(axes)

    def transpose(t: Any) -> Any:
        if order is not None and sorted(a % t.ndim for a in order) != list(range(t.ndim)):
            raise ValueError("axes don't match array")
        return p.shaping.transpose(t, order)

    return m.apply(transpose, array(m, x, NUMPY))


def _where(m: Machine, condition: Value, x: Value = None, y: Value = None) -> Value:
    if x is None and y is None:
        return WHOLE["nonzero"](m, condition)  # the places where it holds
    return m.apply(p.selection.where, array(m, condition, NUMPY), *_pair(m, x, y))


def _pair(m: Machine, x: Value, y: Value) -> tuple[Value, Value]:
    return tuple(
        value if isinstance(value, Array | int | float) else array(m, value, NUMPY)
        for value in (x, y)
    )  # type: ignore[return-value]


def _clip(
    m: Machine, x: Value, a_min: Value = None, a_max: Value = None, out: Value = None
) -> Array:
    found = m.apply(p.bounds.clip, array(m, x, NUMPY), a_min, a_max)
    if out is None:
        return found
    if not isinstance(out, Array):
        raise type_error("return arrays must be of ArrayType")
    return inside(m, out, found, True)


NP = namespace(
    "numpy",
    borrowing(
        {
            "pi": math.pi,
            "e": math.e,
            "inf": math.inf,
            "nan": math.nan,
            "newaxis": None,
            "random": namespace("numpy.random", RANDOM),
            **dtypes("numpy"),
            "array": _array,
            "asarray": _as_array,
            "zeros": _full(0.0),
            "ones": _full(1.0),
            "empty": _full(0.0),
            "full": _filled,
            "zeros_like": _like(0.0),
            "ones_like": _like(1.0),
            "empty_like": _like(0.0),
            "full_like": _filled_like,
            **closeness(NUMPY, "array_equal"),
            "arange": _arange,
            "linspace": _linspace,
            "einsum": einsum_of(NUMPY),
            "linalg": namespace(
                "numpy.linalg",
                borrowing(
                    LINALG
                    | {"norm": NORM}
                    | {k: v for k, v in linalg(NUMPY).items() if k != "logdet"}
                ),
            ),
            "dot": _dot,
            "tensordot": tensordot_of(NUMPY),
            "matmul": matmul,
            "where": _where,
            "clip": _clip,
            "transpose": transposed,
            "ndarray": _array,
            "reshape": lambda m, x, shape: _reshape(m, array(m, x, NUMPY), shape),
            "ravel": lambda m, a: _ravel(m, a),
            **ELEMENTWISE,
            **ARRAYS,
            **WHOLE,
            **SPREAD,
            **INDEXED,
            **FORMS,
            **FLOATS,
            "__version__": np.__version__,
            **{
                name: reduction(OPS[name], NUMPY, "axis", "keepdims")
                for name in ("sum", "mean", "max", "min")
            },
        }
    ),
)


# -- methods of arrays; other frameworks take the general ones from here


def _reshape(m: Machine, x: Array, *shape: Value) -> Array:
    wanted = shape[0] if len(shape) == 1 else shape
    lengths = whole(wanted)
    numbers = (lengths,) if isinstance(lengths, int) else lengths
    if numbers is None or not all(isinstance(length, int) for length in numbers):
        raise type_error("a shape consists of whole numbers")

    def reshape(t: Tensor) -> Tensor:
        try:
            return p.shaping.reshape(t, numbers)
        except ValueError as problem:
            raise reshape_misfit(x.kind, t.size, numbers, problem) from None

    return m.apply(reshape, x)


def item(m: Machine, x: Array, *index: Value) -> Value:
    """The one number of an array as a plain number."""
    if x.tensor.size != 1:
        if x.kind == TORCH:
            words = f"a Tensor with {x.tensor.size} elements cannot be converted to Scalar"
            raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
        raise value_error("can only convert an array of size 1 to a Python scalar")
    if m.formula:
        return x
    number = x.tensor.data.item()
    if isinstance(number, float):
        m.recorder.alias(number, x.tensor)
    return number


def to_list(m: Machine, x: Array) -> Value:
    m.budget.container(x.tensor.size)
    found = x.tensor.data.tolist()
    if isinstance(found, float):
        m.recorder.alias(found, x.tensor)
    elif x.tensor.dtype.kind == "f":
        m.recorder.listed(found, x.tensor)
    return found


def _flattened(m: Machine, x: Array) -> Array:
    """All entries in a row, which lie in a row."""
    if x.tensor.data.flags.c_contiguous or x.tensor.dtype == bool:
        return _reshape(m, x, -1)
    return m.apply(lambda t: p.shaping.reshape(p.arithmetic.add(t, 0), -1), x)


def _ravel(m: Machine, x: Value) -> Array:
    """Likewise, and a view where they do so already."""
    return _flattened(m, array(m, x, NUMPY))


def _fill(m: Machine, x: Array, value: Value) -> None:
    store_item(m, x, ..., value)


METHODS[NUMPY] = {
    "item": item,
    "tolist": to_list,
    "reshape": _reshape,
    "dot": _dot,
    "copy": lambda m, x: copied_leaf(m, x, NUMPY),
    "astype": lambda m, x, dtype: cast(m, x, dtype_of(dtype)),
    "flatten": copied(_flattened),
    "fill": _fill,
    "ravel": _ravel,
    "transpose": lambda m, x, *axes: transposed(m, x, axes or None),
    **ARRAY_METHODS,
    "clip": _clip,
    "round": ELEMENTWISE["round"],
    **{
        name: reduction(OPS[name], NUMPY, "axis", "keepdims")
        for name in ("sum", "mean", "max", "min")
    },
}
PROPERTIES[NUMPY] = {
    "shape": lambda m, x: tuple(x.tensor.shape),
    "ndim": lambda m, x: x.tensor.ndim,
    "size": lambda m, x: x.tensor.size,
    "T": lambda m, x: m.apply(p.shaping.transpose, x),
    "dtype": lambda m, x: Dtype(str(x.tensor.dtype), f"dtype('{x.tensor.dtype}')"),
}
