"""What PyTorch calls the step back from a result: its grad_fn."""

from app.engine import Tensor

NAMES = {
    "absolute_or_zero": "Abs", "sign_or_zero": "Sign", "negative": "Neg", "square": "Pow",
    "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "arctan2": "Atan2",
    "log1p": "Log1P", "floor_flat": "Floor", "ceil_flat": "Ceil", "round_flat": "Round",
    "trunc_flat": "Trunc", "clip": "Clamp", "matmul": "Mm", "broadcast_to": "Expand",
    "reshape": "View", "transpose": "Permute", "getitem": "Select", "cast": "ToCopy",
    "relu_gate": "Relu", "relu6_gate": "Hardtanh", "selu": "Elu", "prelu": "PreluKernel",
    "softplus_linear": "Softplus", "softsign": "Div", "tanhshrink": "Sub",
    "max_first": "Max", "min_first": "Min", "std_or_zero": "Std", "concatenate": "Cat",
    "norm_or_zero": "LinalgVectorNorm", "norm_largest": "LinalgVectorNorm", "tile": "Repeat",
    "outer": "Mul", "take": "IndexSelect", "take_along": "Gather", "embedding": "Embedding",
}  # fmt: skip
LATER = {"clip", "fmod", "remainder"}  # whose names end in 1


def grad_fn(tensor: Tensor) -> str:
    """The name of the step, such as MulBackward0."""
    assert tensor.op is not None
    name = tensor.op.name
    variant = int(name in LATER)
    if name in ("sum", "mean", "max", "min"):  # of the whole tensor, or along axes
        variant = int((tensor.ndim == 0) is (name in ("max", "min")))
    if name == "prod":
        variant = int(tensor.ndim > 0)
    known = NAMES.get(name)
    if known is None and name.startswith("arc"):
        known = f"A{name[3:]}"
    return f"{known or name.title().replace('_', '')}Backward{variant}"
