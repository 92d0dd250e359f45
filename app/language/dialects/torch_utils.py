"""torch.nn.utils: gradients clipped by norm or value, parameters as one vector."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import Tensor
from app.engine import primitives as p
from app.language.dialects.arranging import arranging
from app.language.dialects.common import array, number_of
from app.language.errors import ProgramError, type_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value, type_name
from app.language.views import GradientArray
from app.language.walks import iterate


def _with_gradients(m: Machine, parameters: Value) -> list[tuple[Array, Tensor]]:
    """The parameters that have a gradient, with it."""
    given = [parameters] if isinstance(parameters, Array) else list(iterate(m, parameters))
    for x in given:
        if not isinstance(x, Array) or x.kind != TORCH:
            raise type_error(f"parameters are Tensors, not {type_name(x)}")
    return [(x, x.tensor.grad) for x in given if x.tensor.grad is not None]


def _norm_of(data: Any, order: float) -> Any:
    flat = np.abs(np.ravel(data))
    if order == float("inf"):
        return np.max(flat, initial=0)
    if order == 2:
        return np.sqrt(np.sum(flat * flat))
    return np.sum(flat**order) ** (1 / order)


def _clip_grad_norm(
    m: Machine,
    parameters: Value,
    max_norm: Value,
    norm_type: Value = 2.0,
    error_if_nonfinite: Value = False,
    foreach: Value = None,
) -> Array:
    """Every .grad by one factor, so that their common norm is max_norm at most; the old norm."""
    found, order = _with_gradients(m, parameters), float(number_of(norm_type))
    if not found:
        return m.leaf(np.float32(0), TORCH)
    m.budget.step()
    norms = np.array([_norm_of(held.data, order) for _, held in found], np.float32)
    total = found[0][1].dtype.type(_norm_of(norms, order))
    if error_if_nonfinite and not np.isfinite(total):
        words = f"The total norm of order {order} for gradients from `parameters` is non-finite, "
        words += "so it cannot be clipped."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    share = min(np.float32(1), np.float32(number_of(max_norm)) / (total + np.float32(1e-6)))
    for x, held in found:
        _put(m, x, held, held.data * held.dtype.type(share))
    return m.leaf(total, TORCH)


def _put(m: Machine, x: Array, held: Tensor, data: Any) -> None:
    """x.grad holds other numbers."""
    m.recorder.gradient_of(held, x.tensor)
    replace(m, GradientArray(x.tensor, held), data)


def _clip_grad_value(
    m: Machine, parameters: Value, clip_value: Value, foreach: Value = None
) -> None:
    """Every entry of every .grad between -clip_value and clip_value."""
    bound = float(number_of(clip_value))
    for x, held in _with_gradients(m, parameters):
        _put(m, x, held, np.clip(held.data, -bound, bound))


def _to_vector(m: Machine, parameters: Value) -> Array:
    flat = [
        m.apply(lambda t: p.shaping.reshape(t, (-1,)), array(m, x, TORCH))
        for x in iterate(m, parameters)
    ]
    return arranging(TORCH)["concatenate"](m, flat)  # type: ignore[no-any-return]


def _from_vector(m: Machine, vec: Value, parameters: Value) -> None:
    data, at = array(m, vec, TORCH).tensor.data, 0
    for x in iterate(m, parameters):
        part = data[at : at + x.tensor.size]
        replace(m, x, np.reshape(part, x.tensor.shape), counted=False)
        at += x.tensor.size


UTILS: dict[str, Callable[..., Any]] = {
    "clip_grad_norm_": _clip_grad_norm,
    "clip_grad_value_": _clip_grad_value,
    "parameters_to_vector": _to_vector,
    "vector_to_parameters": _from_vector,
}
