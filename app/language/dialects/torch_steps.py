"""Functions of PyTorch made of several operations: lerp, addcmul, normalize, and their kin; and
every function that a method with an underscore does in place."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS
from app.language.dialects.arranging import whole
from app.language.dialects.common import array, cast, number_of
from app.language.dialects.summing import norm
from app.language.dialects.tables import Call, Table, called
from app.language.dialects.torch_hooks import OF_TENSORS
from app.language.dialects.torch_products import matmul
from app.language.dialects.torch_tensors import _filled, _leaf
from app.language.errors import ProgramError, type_error
from app.language.items import in_place
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value

NORM = norm("norm_or_zero", TORCH)


def scaled(op: str) -> Call:
    """add or sub: the second operand alpha times."""

    def call(m: Machine, x: Value, y: Value, alpha: Value = 1) -> Array:
        if not isinstance(x, Array) and not isinstance(y, Array):
            x = array(m, x, TORCH)
        if alpha != 1:
            y = m.binary(OPS["multiply"], array(m, y, TORCH), alpha)
        return m.binary(OPS[op], x, y)

    return call


def _lerp(m: Machine, x: Value, end: Value, weight: Value) -> Array:
    """From x to end, by the share weight of the way."""
    first = array(m, x, TORCH)
    way = m.binary(OPS["subtract"], array(m, end, TORCH), first)
    return m.binary(OPS["add"], first, m.binary(OPS["multiply"], way, weight))


def _with_product(op: str) -> Call:
    """addcmul and addcdiv: x and value times a product or a quotient."""

    def call(m: Machine, x: Value, tensor1: Value, tensor2: Value, value: Value = 1) -> Array:
        more = m.binary(OPS[op], array(m, tensor1, TORCH), array(m, tensor2, TORCH))
        if value != 1:
            more = m.binary(OPS["multiply"], more, value)
        return m.binary(OPS["add"], array(m, x, TORCH), more)

    return call


def _addmm(
    m: Machine, x: Value, mat1: Value, mat2: Value, beta: Value = 1, alpha: Value = 1
) -> Array:
    """beta x + alpha (mat1 @ mat2)"""
    product, first = matmul(m, mat1, mat2), array(m, x, TORCH)
    if alpha != 1:
        product = m.binary(OPS["multiply"], product, alpha)
    if beta != 1:
        first = m.binary(OPS["multiply"], first, beta)
    return m.binary(OPS["add"], first, product)


def _copysign(m: Machine, x: Value, y: Value) -> Array:
    """The size of x with the sign of y; y gets no gradient."""
    found = array(m, x, TORCH)
    sign = m.leaves(y).tensor.data if isinstance(y, Array) else float(number_of(m.leaves(y)))
    data: Any = np.copysign(found.tensor.dtype.type(1), sign).astype(found.tensor.dtype)
    return m.binary(OPS["multiply"], m.apply(OPS["absolute_or_zero"], found), m.leaf(data, TORCH))


def _ldexp(m: Machine, x: Value, y: Value) -> Array:
    """x times 2 to the power y."""
    power = array(m, y, TORCH)
    if power.tensor.dtype.kind != "f":
        power = cast(m, power, np.dtype(np.float32))
    return m.binary(OPS["multiply"], array(m, x, TORCH), m.binary(OPS["power"], 2.0, power))


def _signbit(m: Machine, x: Value) -> Array:
    return m.leaf(np.signbit(array(m, x, TORCH).tensor.data), TORCH)


def _nextafter(m: Machine, x: Value, y: Value) -> Array:
    """The next number of this type on the way from x to y."""
    ends = [array(m, one, TORCH).tensor for one in (x, y)]
    m.budget.array(np.broadcast_shapes(*(one.shape for one in ends)))
    return m.leaf(np.nextafter(*(one.data for one in ends)), TORCH)


def _bincount(m: Machine, x: Value, weights: Value = None, minlength: Value = 0) -> Array:
    """How often each whole number stands in x."""
    found = array(m, x, TORCH).tensor.data
    if found.ndim != 1 or found.dtype.kind not in "iu" or np.min(found, initial=0) < 0:
        words = "bincount only supports 1-d non-negative integral inputs."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    m.budget.array((max(int(np.max(found, initial=0)) + 1, whole(minlength)),))
    share = None if weights is None else array(m, weights, TORCH).tensor.data
    return m.leaf(np.bincount(found, share, whole(minlength)), TORCH)


def _unique(
    m: Machine,
    x: Value,
    sorted: Value = True,
    return_inverse: Value = False,
    return_counts: Value = False,
) -> Value:
    data = array(m, x, TORCH).tensor.data
    values, inverse, counts = np.unique(data, return_inverse=True, return_counts=True)
    found = [m.leaf(values, TORCH)]
    if return_inverse:
        found.append(m.leaf(np.asarray(inverse).reshape(data.shape), TORCH))
    if return_counts:
        found.append(m.leaf(counts, TORCH))
    return found[0] if len(found) == 1 else tuple(found)


def _nonzero(m: Machine, x: Value, as_tuple: Value = False) -> Value:
    """The places of all entries that are not 0, a row for each."""
    data = np.atleast_1d(array(m, x, TORCH).tensor.data)
    m.budget.array((data.size, data.ndim))
    if as_tuple:
        return tuple(m.leaf(one, TORCH) for one in np.nonzero(data))
    return m.leaf(np.argwhere(data), TORCH)


def normalize(m: Machine, x: Value, p: Value = 2.0, dim: Value = 1, eps: Value = 1e-12) -> Array:
    """x by its norm along an axis, which counts as eps at least."""
    found = array(m, x, TORCH)
    length = NORM(m, found, p, dim, True)
    return m.binary(OPS["divide"], found, m.apply(OPS["clip"], length, float(eps), float("inf")))


STEPS: Table = called(
    {
        "add": scaled("add"),
        "sub": scaled("subtract"),
        "subtract": scaled("subtract"),
        "lerp": _lerp,
        "addcmul": _with_product("multiply"),
        "addcdiv": _with_product("divide"),
        "addmm": _addmm,
        "copysign": _copysign,
        "ldexp": _ldexp,
        "signbit": _signbit,
        "nextafter": _nextafter,
        "bincount": _bincount,
        "unique": _unique,
        "nonzero": _nonzero,
    },
    input="x",
    other="y",
)
METHODS: Table = {name: call for name, call in STEPS.items() if name != "nextafter"}
IN_PLACE = (
    *("relu", "sigmoid", "tanh", "exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt"),
    *("rsqrt", "square", "abs", "neg", "reciprocal", "sin", "cos", "tan", "floor", "ceil", "round"),
    *("trunc", "sign", "clamp", "clip", "pow", "lerp", "addcmul", "addcdiv", "masked_fill"),
    *("scatter_add", "scatter", "index_add", "triu", "tril", "erf", "asin", "acos", "atan"),
    *("fmod", "remainder", "floor_divide"),
)


def changing(functions: Table) -> Table:
    """x.relu_() and its kin: the result takes the place of x."""

    def method(function: Call) -> Call:
        def call(m: Machine, x: Array, *given: Value, **named: Value) -> Array:
            in_place(m, x, function(m, x, *given, **named))
            return x

        return call

    return {f"{name}_": method(functions[name]) for name in IN_PLACE}


# -- tensors like others


def _new(make: Callable[[tuple[int, ...]], Any]) -> Call:
    """x.new_zeros and its kin: of x's type."""

    def call(
        m: Machine,
        x: Array,
        *size: Value,
        dtype: Value = None,
        device: Value = None,
        requires_grad: Value = False,
    ) -> Array:
        filled = _filled(lambda m, shape: make(shape))
        made: Array = filled(m, *size, dtype=dtype, requires_grad=requires_grad)
        return made if dtype is not None else cast_leaf(m, made, x)

    return call


def cast_leaf(m: Machine, made: Array, like: Array) -> Array:
    """A leaf in the number type of another tensor."""
    if made.tensor.dtype == like.tensor.dtype:
        return made
    again = m.leaf(made.tensor.data.astype(like.tensor.dtype), TORCH)
    again.tensor.tracked = made.tensor.tracked
    return again


def _new_full(m: Machine, x: Array, size: Value, fill_value: Value, **named: Value) -> Array:
    number = number_of(fill_value)
    made: Array = _new(lambda shape: np.full(shape, number))(m, x, size, **named)
    return made


def _new_tensor(
    m: Machine,
    x: Array,
    data: Value,
    *,
    dtype: Value = None,
    device: Value = None,
    requires_grad: Value = False,
) -> Array:
    """new_tensor(data): like torch.tensor, in the number type of this tensor."""
    return _leaf(m, array(m, data, TORCH).tensor.data, dtype, requires_grad, x.tensor.dtype)


def _type_as(m: Machine, x: Array, other: Value) -> Array:
    if not isinstance(other, Array):
        raise type_error("type_as(): argument 'other' (position 1) must be Tensor")
    return array(m, x, TORCH, other.tensor.dtype)


LIKE: Table = {
    **OF_TENSORS,
    "new_zeros": _new(np.zeros),
    "new_ones": _new(np.ones),
    "new_empty": _new(np.zeros),
    "new_full": _new_full,
    "new_tensor": _new_tensor,
    "type_as": _type_as,
}
