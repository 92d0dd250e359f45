"""What NumPy's functions make of tensors of other frameworks: they take the numbers alone."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from app.language.dialects.common import same_numbers
from app.language.errors import ProgramError
from app.language.machine import Machine
from app.language.values import NUMPY, TENSORFLOW, TORCH, VARIABLE, Array, Value

Call = Callable[..., Value]
KEPT = ("shape", "ndim", "size", "squeeze")  # these read no numbers
TRACKED = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."


def borrowing(functions: Mapping[str, Any]) -> dict[str, Any]:
    """These members of NumPy, as they take tensors of PyTorch and TensorFlow."""
    return {
        name: _borrowing(value) if callable(value) and name not in KEPT else value
        for name, value in functions.items()
    }


def _borrowing(function: Call) -> Call:
    @wraps(function)
    def call(m: Machine, *given: Value, **named: Value) -> Value:
        for x in (*given, *named.values()):
            if isinstance(x, list | tuple):
                _refuse_tracked(m, x)
            if isinstance(x, Array) and x.kind != NUMPY:
                given = tuple(_numbers(m, x) for x in given)
                named = {name: _numbers(m, x) for name, x in named.items()}
                break
        return function(m, *given, **named)

    return call


def _numbers(m: Machine, x: Value) -> Value:
    """A tensor of TensorFlow as an array, which no tape follows. Raises PyTorch's error where the
    tensor requires a gradient; one that does not stays what it is."""
    if not isinstance(x, Array) or m.formula:
        return x
    if x.kind == TORCH and x.tensor.tracked:
        raise _tracked()
    if x.kind not in (TENSORFLOW, VARIABLE):
        return x
    if m.tapes:
        m.note("numpy_on_tape")
    return same_numbers(m, x, NUMPY)


def _refuse_tracked(m: Machine, x: Value) -> None:
    """Raises PyTorch's error for a tensor in a list, at any depth, that requires a gradient."""
    waiting: list[Any] = [x]
    seen = {id(x)}
    while waiting and not m.formula:
        row = waiting.pop()
        m.budget.work(len(row))
        for one in row:
            if isinstance(one, Array):
                if one.kind == TORCH and one.tensor.tracked:
                    raise _tracked()
            elif isinstance(one, list | tuple) and id(one) not in seen:
                seen.add(id(one))
                waiting.append(one)


def _tracked() -> ProgramError:
    return ProgramError("type", framework=f"RuntimeError: {TRACKED}", detail=TRACKED)
