"""The elementwise functions of NumPy: which operation of the engine each name stands for."""

from collections.abc import Callable
from functools import wraps

import numpy as np

from app.engine import OPS
from app.language.dialects.common import array, cast, floating
from app.language.dialects.tables import (
    Table,
    called,
    of_floats,
    of_numbers,
    of_two,
    of_two_floats,
    same,
)
from app.language.errors import ProgramError, type_error, value_error
from app.language.items import store_item
from app.language.machine import Machine
from app.language.values import NUMPY, Array, Value

CIRCULAR = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
FLOATS = {
    **same("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "sinc"),
    **same(*CIRCULAR, *(f"arc{name}" for name in CIRCULAR)),
    **{f"a{name}": f"arc{name}" for name in CIRCULAR},
}
NUMBERS = {
    **same("square", "sign", "negative", "absolute"),
    "abs": "absolute",
    "fabs": "absolute",
    **same("isnan", "isinf", "isfinite", "logical_not"),
    **same("floor", "ceil", "trunc"),
    "fix": "trunc",
    "rint": "round",
}
TWO = {
    **same("add", "subtract", "multiply", "divide", "power", "maximum", "minimum"),
    **same("fmax", "fmin", "fmod", "remainder", "floor_divide"),
    **same("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
    **same("logical_and", "logical_or", "logical_xor"),
    "true_divide": "divide",
    "pow": "power",
    "mod": "remainder",
}
TWO_FLOATS = {
    **same("hypot", "logaddexp", "arctan2", "heaviside"),
    "atan2": "arctan2",
}


def _round(m: Machine, x: Value, decimals: Value = 0) -> Array:
    found = array(m, x, NUMPY)
    if found.tensor.dtype.kind in "iu":
        return found
    if decimals == 0:
        return m.apply(OPS["round"], floating(m, found, NUMPY))
    if not isinstance(decimals, int) or abs(decimals) > 30:
        raise value_error("round() takes at most 30 decimals here")
    shifted = m.binary(OPS["multiply"], floating(m, found, NUMPY), float(10**decimals))
    return m.binary(OPS["divide"], m.apply(OPS["round"], shifted), float(10**decimals))


def _reciprocal(m: Machine, x: Value) -> Array:
    """1/x; of whole numbers it is cut off to a whole number."""
    found = array(m, x, NUMPY)
    if found.tensor.dtype.kind == "b":
        return cast(m, found, np.dtype(np.int8))  # 1/1 is 1, and 1/0 is given as 0
    result = m.apply(OPS["reciprocal"], floating(m, found, NUMPY))
    return cast(m, result, found.tensor.dtype) if found.tensor.dtype.kind in "iu" else result


def _fits(shape: tuple[int, ...], room: tuple[int, ...]) -> bool:
    """Whether a result of this shape can be written, repeated where it must be."""
    ends = zip(shape[::-1], room[::-1], strict=False)
    return len(shape) <= len(room) and all(x in (1, y) for x, y in ends)


def _into(name: str, function: Callable[..., Value]) -> Callable[..., Value]:
    """The function, which writes into an array that is given as `out`, or after its operands."""
    operands = getattr(getattr(np, name), "nin", None)  # of a universal function

    @wraps(function)
    def call(m: Machine, *given: Value, out: Value = None, **named: Value) -> Value:
        if operands is not None and len(given) > operands:
            if len(given) > operands + 1:
                words = f"from {operands} to {operands + 1} positional arguments but {len(given)}"
                raise type_error(f"{name}() takes {words} were given")
            if out is not None:
                raise type_error("cannot specify 'out' as both a positional and keyword argument")
            given, out = given[:operands], given[operands]
        if isinstance(out, tuple) and len(out) == 1:
            (out,) = out
        result = function(m, *given, **named)
        if out is None or not isinstance(result, Array):
            return result
        if not isinstance(out, Array) or out.kind != NUMPY or out.is_scalar:
            raise type_error("return arrays must be of ArrayType")
        made, wanted = result.tensor, out.tensor
        if not _fits(made.shape, wanted.shape):
            words = f"non-broadcastable output operand with shape {tuple(wanted.shape)} doesn't "
            words += f"match the broadcast shape {tuple(made.shape)}"
            raise value_error(words)
        if not np.can_cast(made.dtype, wanted.dtype, "same_kind"):
            words = f"Cannot cast ufunc '{name}' output from dtype('{made.dtype}') to "
            words += f"dtype('{wanted.dtype}') with casting rule 'same_kind'"
            framework = f"UFuncTypeError: {words}"
            raise ProgramError("type", framework=framework, detail=words)
        store_item(m, out, Ellipsis, result)
        return out

    return call


FUNCTIONS: Table = called(
    {
        **of_floats(NUMPY, FLOATS),
        **of_numbers(NUMPY, NUMBERS),
        **of_two(NUMPY, TWO),
        **of_two_floats(NUMPY, TWO_FLOATS),
        "reciprocal": _reciprocal,
        "round": _round,
        "around": _round,
        "positive": lambda m, x: x,
    },
    x1="x",
    x2="y",
    a="x",
)
ELEMENTWISE: Table = {name: _into(name, function) for name, function in FUNCTIONS.items()}
