"""What PyTorch calls the step back from a result: its grad_fn."""

from typing import Any

from app.engine import OPS, Tensor
from app.engine.primitives.own import own_gradient
from app.language.values import Array
from app.language.views import ArrayView

NAMES = {
    "absolute_or_zero": "Abs", "sign_or_zero": "Sign", "negative": "Neg", "square": "Pow",
    "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "arctan2": "Atan2",
    "log1p": "Log1P", "floor_flat": "Floor", "ceil_flat": "Ceil", "round_flat": "Round",
    "trunc_flat": "Trunc", "clip": "Clamp", "matmul": "Mm", "broadcast_to": "Expand",
    "reshape": "View", "transpose": "Permute", "getitem": "Select", "cast": "ToCopy",
    "relu_gate": "Relu", "relu6_gate": "Hardtanh", "selu": "Elu", "prelu": "PreluKernel",
    "softplus_linear": "Softplus", "softsign_quotient": "Div",
    "remainder_signed": "Remainder", "tanhshrink": "Sub",
    "max_first": "Max", "min_first": "Min", "std_or_zero": "Std", "concatenate": "Cat",
    "norm_or_zero": "LinalgVectorNorm", "norm_largest": "LinalgVectorNorm", "tile": "Repeat",
    "outer": "Mul", "take": "IndexSelect", "take_along": "Gather", "embedding": "Embedding",
}  # fmt: skip
UNDERIVED = OPS["floor_divide"]
"""x // y, whose derivative PyTorch does not have: it follows it, and fails in backward."""
LATER = {"clip", "fmod", "remainder_signed"}  # whose names end in 1


def step_back(array: Array) -> str:
    """The grad_fn of an array. What a view shows of a base that was changed, and the base that was
    changed through a view, have names of their own."""
    tensor = array.tensor
    if isinstance(array, ArrayView):
        return "AsStridedBackward0" if array.renewed else grad_fn(tensor)
    changes = getattr(tensor, "changes", None)
    copied = changes is not None and changes.now is tensor and changes.copied
    return "CopySlices" if copied else grad_fn(tensor)


def grad_fn(tensor: Tensor) -> str:
    """The name of the step, such as MulBackward0."""
    assert tensor.op is not None
    if tensor.op is UNDERIVED:
        return "NotImplemented"
    name = own_step(tensor)
    if name:
        return name
    name = tensor.op.name
    if name == "setitem":
        return "CopySlices"
    variant = int(name in LATER)
    if name in ("sum", "mean", "max", "min"):  # of the whole tensor, or along axes
        variant = int((tensor.ndim == 0) is (name in ("max", "min")))
    if name == "prod":
        variant = int(tensor.ndim > 0)
    known = NAMES.get(name)
    if known is None and name.startswith("arc"):
        known = f"A{name[3:]}"
    return f"{known or name.title().replace('_', '')}Backward{variant}"


def own_step(tensor: Tensor) -> str:
    """What the program itself calls the step, if it has written it."""
    below: Any = tensor
    for _ in range(3):  # several outputs are parts of one value
        if below.op is own_gradient:
            own = below.inputs[-1]
            return own.name if any(x is tensor for x in own.results) else ""
        below = below.inputs[0] if below.inputs else tensor
        if not isinstance(below, Tensor):
            break
    return ""
