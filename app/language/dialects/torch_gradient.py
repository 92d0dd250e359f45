"""What a tensor of PyTorch says of its gradient: x.grad, x.grad_fn, requires_grad_, retain_grad."""

from app.engine import fault
from app.language.attributes import METHODS, PROPERTIES
from app.language.dialects.torch_tensors import _require
from app.language.errors import ProgramError, type_error
from app.language.grad_fn import next_functions, step_name
from app.language.items import overwrite
from app.language.machine import Machine
from app.language.permissions import forbid_in_place
from app.language.values import Array, BackwardStep, Value, type_name
from app.language.views import GradientArray, root


def requires_grad_(m: Machine, x: Array, requires_grad: Value = True) -> Array:
    _require(x, bool(requires_grad))
    return x


def retain_grad(m: Machine, x: Array) -> None:
    if not x.tensor.tracked:
        words = "can't retain_grad on Tensor that has requires_grad=False"
        raise ProgramError("no_grad_needed", framework=f"RuntimeError: {words}")
    x.retains = True
    m.retain(x.tensor)


def zero_grad_of(m: Machine, x: Array) -> Array:
    """zero_(): on a .grad it is the step that courses forget."""
    forbid_in_place(m, x, twice=True)
    if fault.get() == "keep" and m.recorder.kept(root(x).tensor):
        return x
    overwrite(m, x, 0)
    m.recorder.zeroed(root(x).tensor)
    return x


def grad_of(m: Machine, x: Array) -> Value:
    tensor = x.tensor
    if tensor.op is not None and not x.retains:
        m.note("grad_of_result", "")
    if tensor.grad is None:
        return None
    m.recorder.gradient_of(tensor.grad, tensor)
    return GradientArray(tensor, tensor.grad)


def set_grad(m: Machine, x: Array, value: Value) -> None:
    if value is not None and not isinstance(value, Array):
        raise type_error(f"assigned grad has type {type_name(value)}")
    if value is None and x.tensor.grad is not None:
        if fault.get() == "keep":
            m.recorder.tape("kept", x.tensor)
            return
        m.recorder.tape("discard", x.tensor)
    x.tensor.grad = None if value is None else value.tensor


METHODS[BackwardStep] = {"name": lambda m, step: step_name(step)}
PROPERTIES[BackwardStep] = {"next_functions": lambda m, step: next_functions(step)}
