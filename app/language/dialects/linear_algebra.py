"""Linear algebra as all frameworks call it: einsum, inverses, solutions, determinants."""

from collections.abc import Callable
from typing import Any

from app.engine.primitives.determinants import det, log_abs_det, logdet, sign_det
from app.engine.primitives.einsum import einsum
from app.engine.primitives.solving import cholesky, inv, solve
from app.language.dialects.common import array, floating
from app.language.errors import type_error, value_error
from app.language.machine import Machine
from app.language.number_types import refuse, takes, torch_type
from app.language.values import TENSORFLOW, TORCH, Array, Value, type_name

MOST = 64  # operands of one sum, as in NumPy: each is compared with all others


def _of(function: Callable[..., Any], kind: str, count: int) -> Callable[..., Array]:
    """A function of `count` arrays of floats."""
    called_as = getattr(function, "name", "") or getattr(function, "__name__", "")

    def call(m: Machine, *given: Value, name: Value = None) -> Array:
        if len(given) != count:
            raise type_error(f"{called_as}() takes {count} arguments, got {len(given)}")
        found = [array(m, x, kind) for x in given]
        for x in found:
            takes(called_as, kind, x)
        return m.apply(function, *(floating(m, x, kind) for x in found), kind=kind)

    return call


def linalg(kind: str) -> dict[str, Callable[..., Any]]:
    """What is in numpy.linalg, torch.linalg and tf.linalg alike."""
    return {
        "inv": _of(inv, kind, 1),
        "det": _of(det, kind, 1),
        "cholesky": _of(cholesky, kind, 1),
        "solve": _of(solve, kind, 2),
        "logdet": _of(logdet, kind, 1),
        "slogdet": lambda m, x, name=None: (
            _of(sign_det, kind, 1)(m, x),
            _of(log_abs_det, kind, 1)(m, x),
        ),
    }


def einsum_of(kind: str) -> Callable[..., Array]:
    """einsum of this framework."""

    def call(m: Machine, equation: Value, *operands: Value) -> Array:
        if not isinstance(equation, str):
            raise type_error(f"einsum() takes a formula, not {type_name(equation)}")
        if len(operands) > MOST:
            raise value_error("too many operands provided to einstein sum function")
        arrays = [array(m, x, kind) for x in operands]
        types = [x.tensor.dtype for x in arrays]
        if len(arrays) > 1 and kind == TORCH and types[0] != types[1]:
            first, second = map(torch_type, types[:2])
            refuse(f"RuntimeError: expected scalar type {first} but found {second}", *types)
        if len(arrays) > 1 and kind == TENSORFLOW and types[0].kind == "b":
            node = f'Einsum[N={len(arrays)}, T=DT_BOOL, equation="{equation}"]'
            words = f"Could not find device for node: {{{{node Einsum}}}} = {node}"
            refuse(f"NotFoundError: {words}", *types)
        if len(arrays) > 1:
            takes("einsum", kind, arrays[0])
        return m.apply(einsum, equation, *arrays, kind=kind)

    return call
