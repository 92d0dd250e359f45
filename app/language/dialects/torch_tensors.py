"""How PyTorch makes tensors: from numbers, filled, random, on a device."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from app.language.dialects.common import FLOAT32, array, dtype_of, lengths, number_of
from app.language.errors import ProgramError, type_error, unexpected_keyword, value_error
from app.language.machine import Machine
from app.language.values import NUMPY, TORCH, Array, Device, Dtype, Value, type_name
from app.language.views import ArrayView


def _leaf(m: Machine, data: Any, dtype: Value, requires_grad: Value, kind: Any = FLOAT32) -> Array:
    wanted = dtype_of(dtype, kind)
    made = m.leaf(np.asarray(data).astype(wanted), TORCH)
    if requires_grad and wanted.kind != "f":
        words = "Only Tensors of floating point and complex dtype can require gradients"
        raise ProgramError("integer_gradient", framework=f"RuntimeError: {words}")
    if requires_grad:
        _require(made, True)
    return made


def _require(x: Array, value: bool) -> None:
    if value and x.tensor.dtype.kind != "f":
        words = "only Tensors of floating point and complex dtype can require gradients"
        raise ProgramError("integer_gradient", framework=f"RuntimeError: {words}")
    x.tensor.tracked = value


def _tensor(
    m: Machine,
    data: Value,
    dtype: Value = None,
    device: Value = None,
    requires_grad: Value = False,
) -> Array:
    wanted = dtype_of(dtype)
    exact = wanted is not None and wanted.kind == "f" and not isinstance(data, Array)
    found = array(m, data, TORCH, wanted if exact else None)  # not by way of the default type
    if m.formula and isinstance(data, Array):
        return found  # a copy would no longer depend on the formula's names
    numbers = found.tensor.data
    made = _leaf(m, numbers, dtype, requires_grad, numbers.dtype)
    if isinstance(data, Array) and made.tensor.dtype == numbers.dtype and not requires_grad:
        m.recorder.alias(made.tensor, data.tensor)
    return made


def _as_tensor(m: Machine, data: Value, dtype: Value = None, device: Value = None) -> Array:
    """The same tensor, or one that shares an ndarray's numbers; a copy where the type changes."""
    wanted = dtype_of(dtype)
    if not isinstance(data, Array) or m.formula:
        return _tensor(m, data, dtype)
    if data.kind == TORCH:
        return array(m, data, TORCH, wanted)
    if data.kind != NUMPY or wanted not in (None, data.tensor.dtype) or not data.tensor.ndim:
        return _tensor(m, data, dtype)
    return _from_numpy(m, data)


def _from_numpy(m: Machine, data: Value) -> Array:
    """A tensor that shares the numbers of an ndarray."""
    if not isinstance(data, Array) or data.kind != NUMPY:
        raise type_error(f"expected np.ndarray (got {type_name(data)})")
    if m.formula:
        return data
    made = m.leaf(data.tensor.data, TORCH)
    if made.tensor.data.dtype != data.tensor.dtype or not data.tensor.ndim:
        return made
    m.recorder.alias(made.tensor, data.tensor)
    return ArrayView(m, made.tensor, TORCH, data)


def _filled(make: Callable[[Machine, tuple[int, ...]], Any]) -> Callable[..., Array]:
    def call(
        m: Machine,
        *shape: Value,
        size: Value = None,
        dtype: Value = None,
        device: Value = None,
        requires_grad: Value = False,
    ) -> Array:
        wanted = lengths(m, *(shape if size is None else (size,)))
        return _leaf(m, make(m, wanted), dtype, requires_grad)

    return call


def _full(m: Machine, size: Value, fill_value: Value, **named: Value) -> Array:
    number = number_of(fill_value)
    return _filled(lambda m, shape: np.full(shape, number))(m, size, **named)


def _like(value: float) -> Callable[..., Array]:
    def make(m: Machine, x: Array, requires_grad: Value = False, device: Value = None) -> Array:
        like = x.tensor
        return _leaf(m, np.full(like.shape, value), None, requires_grad, like.dtype)

    return make


def _drawn_like(draw: Callable[[Machine, Any, Any], Any]) -> Callable[..., Array]:
    """rand_like and its kin: random numbers of the shape and type of another tensor."""

    def make(m: Machine, x: Array, requires_grad: Value = False, dtype: Value = None) -> Array:
        m.budget.array(x.tensor.shape)
        kind = dtype_of(dtype, x.tensor.dtype)
        return _leaf(m, draw(m, x.tensor.data, kind), dtype, requires_grad, kind)

    return make


def _typed(dtype: Dtype) -> Callable[..., Array]:
    """torch.FloatTensor and its kin: a tensor of this type from numbers."""
    return lambda m, data: _tensor(m, data, dtype)


def _between(function: Callable[..., Array]) -> Callable[..., Array]:
    def call(m: Machine, *bounds: Value, dtype: Value = None, **named: Value) -> Array:
        requires_grad = named.pop("requires_grad", False)
        if "steps" in named:
            bounds = (*bounds, named["steps"])
        data = function(m, *bounds).tensor.data
        kind = FLOAT32 if data.dtype.kind == "f" else data.dtype
        return _leaf(m, data, dtype, requires_grad, kind)

    return call


def _device(m: Machine, name: Value = "cpu", index: Value = None) -> Device:
    if isinstance(name, Device):
        return name
    if not isinstance(name, str) or name.split(":")[0] not in ("cpu", "cuda", "mps"):
        raise value_error(f"expected a device such as 'cpu', got {type_name(name)}")
    if name.split(":")[0] != "cpu":
        m.note("device", name)
    return Device()


def type_wanted(
    m: Machine, wanted: Sequence[Value], named: Mapping[str, Value]
) -> np.dtype[Any] | None:
    """The number type that x.to(…) asks for; its devices are this machine's processor."""
    known = ("device", "dtype", "non_blocking", "copy")
    for name in named:
        if name not in known:
            raise unexpected_keyword("to", name, known, framework=TORCH)
    found = None
    for one in (*wanted, *named.values()):
        if isinstance(one, Dtype):
            found = dtype_of(one)
        elif isinstance(one, Array):
            found = one.tensor.dtype
        elif isinstance(one, str | Device):
            _device(m, one)
        elif not isinstance(one, bool | None):
            raise type_error(f"to() received an invalid argument: {type_name(one)}")
    return found
