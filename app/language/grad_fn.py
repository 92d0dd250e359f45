"""What PyTorch calls the step back from a result: its grad_fn."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from app.engine import OPS, Tensor
from app.engine.primitives.gates import once
from app.engine.primitives.own import Own, own_gradient
from app.language.values import Array, BackwardStep, Value
from app.language.views import ArrayView

NAMES = {
    "absolute_or_zero": "Abs", "sign_or_zero": "Sign", "negative": "Neg", "square": "Pow",
    "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "arctan2": "Atan2",
    "log1p": "Log1P", "floor_flat": "Floor", "ceil_flat": "Ceil", "round_flat": "Round",
    "trunc_flat": "Trunc", "clip": "Clamp", "matmul": "Mm", "broadcast_to": "Expand",
    "matvec": "Mv", "reshape": "View", "transpose": "Permute", "cast": "ToCopy",
    "relu_gate": "Relu", "relu6_gate": "Hardtanh", "selu": "Elu", "prelu": "PreluKernel",
    "softplus_linear": "Softplus", "softsign_quotient": "Div", "tanhshrink": "Sub",
    "max_first": "Max", "min_first": "Min", "max_of_all": "Max", "min_of_all": "Min",
    "prod_divided": "Prod", "power_rooted": "Pow", "power_multiplied": "Pow",
    "std_or_zero": "Std", "concatenate": "Cat",
    "norm_or_zero": "LinalgVectorNorm", "norm_largest": "LinalgVectorNorm", "tile": "Repeat",
    "outer": "Mul", "take": "IndexSelect", "take_along": "Gather", "embedding": "Embedding",
    "remainder_signed": "Remainder",
}  # fmt: skip
UNDERIVED, REMAINDER = OPS["floor_divide"], OPS["remainder_signed"]
"""x // y, whose derivative PyTorch does not have: it follows it, and fails in backward."""


def underived(node: Tensor) -> str | None:
    """What PyTorch calls the step from this result whose derivative it does not have, if so."""
    if node.op is UNDERIVED:
        return "floor_divide"
    if node.op is REMAINDER and not isinstance(node.inputs[0], Tensor):
        return "remainder"  # of a number and a tensor
    name = node.inputs[1] if node.op is once else ""
    return name if name.endswith("_backward") else None


LATER = {"clip"}  # whose names end in 1
BY_NUMBER = {"subtract": "RsubBackward1", "divide": "MulBackward0", "power": "PowBackward2"}
"""Of a number and a tensor: 1 - x, 2 / x (the reciprocal, times 2) and 2 ** x."""
CALLED = {  # by what the program calls, where the engine has it as something else
    "clone": "CloneBackward0", "contiguous": "CloneBackward0", "sub": "SubBackward0",
    "div": "DivBackward0", "unsqueeze": "UnsqueezeBackward0", "squeeze": "SqueezeBackward",
    "transpose": "TransposeBackward0", "swapaxes": "TransposeBackward0", "t": "TBackward0",
    "roll": "RollBackward0", "masked_fill": "MaskedFillBackward0", "bmm": "BmmBackward0",
    "einsum": "ViewBackward0", "sum": "SumBackward", "mean": "MeanBackward",
    "amax": "AmaxBackward0", "amin": "AminBackward0", "lerp": "LerpBackward0",
    "addmm": "AddmmBackward0", "addcmul": "AddcmulBackward0", "addcdiv": "AddcdivBackward0",
    "split": "SplitBackward0", "chunk": "SplitBackward0", "unbind": "UnbindBackward0",
    "inv": "LinalgInvExBackward0", "inverse": "LinalgInvExBackward0",
    "det": "LinalgDetBackward0", "solve": "LinalgSolveExBackward0",
    "cholesky": "LinalgCholeskyExBackward0", "logdet": "WhereBackward0",
    "pad": "ConstantPadNdBackward0", "dropout": "MulBackward0",
    "cosine_similarity": "SumBackward1", "layer_norm": "NativeLayerNormBackward0",
    "group_norm": "NativeGroupNormBackward0",
    "batch_norm": "NativeBatchNormBackward0", "max_pool2d": "MaxPool2DWithIndicesBackward0",
    "max_pool1d": "SqueezeBackward1", "avg_pool1d": "SqueezeBackward1",
    **{f"conv{way}{n}d": "ConvolutionBackward0" for way in ("", "_transpose") for n in (1, 2, 3)},
    "mse_loss": "MseLossBackward0", "smooth_l1_loss": "SmoothL1LossBackward0",
    "huber_loss": "HuberLossBackward0", "nll_loss": "NllLossBackward0",
    "binary_cross_entropy": "BinaryCrossEntropyBackward0",
    "binary_cross_entropy_with_logits": "BinaryCrossEntropyWithLogitsBackward0",
}  # fmt: skip
ALONG = {"squeeze", "sum", "mean"}  # of all, or along an axis that is named


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
    if (step := getattr(tensor, "step", None)) is not None:
        return str(step)
    if tensor.op is UNDERIVED:
        return "NotImplemented"
    if (own := own_step(tensor)) is not None and own.name:
        return own.name
    name, inputs = tensor.op.name, tensor.inputs
    if name == "setitem":
        return "CopySlices"
    if name == "getitem":
        return _entries(inputs[1])
    if name == "vecmat" or (name == "matmul" and max(x.ndim for x in inputs) > 2):
        return _product(*(x.ndim for x in inputs))
    if name in BY_NUMBER and not isinstance(inputs[0], Tensor):
        return BY_NUMBER[name]
    variant = int(name in LATER)
    if name in ("sum", "mean", "max_of_all", "min_of_all"):  # of the whole tensor, or along axes
        variant = int((tensor.ndim == 0) is name.endswith("of_all"))
    if name == "prod_divided":
        variant = int(tensor.ndim > 0)
    if name in ("power", "fmod", "remainder_signed"):
        variant = int(isinstance(inputs[1], Tensor))
    known = NAMES.get(name)
    if known is None and name.startswith("arc"):
        known = f"A{name[3:]}"
    return f"{known or name.title().replace('_', '')}Backward{variant}"


def own_step(tensor: Tensor) -> Own | None:
    """The gradient function of the program that the step back from a result is, if it is one."""
    below: Any = tensor
    for _ in range(3):  # several outputs are parts of one value
        if below.op is own_gradient:
            own = below.inputs[-1]
            return own if isinstance(own, Own) and any(x is tensor for x in own.results) else None
        below = below.inputs[0] if below.inputs else None
        if not isinstance(below, Tensor):
            break
    return None


def _product(left: int, right: int) -> str:
    """Of products other than a matrix with a matrix or a vector, by the axes of both."""
    if left == 1:
        return "SqueezeBackward4"
    return "CloneBackward0" if left < right else "UnsafeViewBackward0"


def _entries(index: Any) -> str:
    """Of x[…]: what was done last, axis by axis."""
    parts = index if isinstance(index, tuple) else (index,)
    step = "AliasBackward0" if all(part is ... for part in parts) else "SliceBackward0"
    for part in parts:
        if part is None:
            step = "UnsqueezeBackward0"
        elif isinstance(part, slice) and part != slice(None):
            step = "SliceBackward0"
        elif isinstance(part, int):
            step = "SelectBackward0"
        elif not isinstance(part, slice) and part is not ...:
            return "IndexBackward0" if getattr(part, "ndim", 1) else "SelectBackward0"
    return step


def named(table: Mapping[str, Callable[..., Value]]) -> dict[str, Callable[..., Value]]:
    """The functions of a table, their results called what PyTorch calls them."""
    return {name: _named(name, act) if name in CALLED else act for name, act in table.items()}


def _named(name: str, act: Callable[..., Value]) -> Callable[..., Value]:
    @wraps(act)
    def call(m: Any, *given: Value, **options: Value) -> Value:
        result = act(m, *given, **options)
        along = len(given) > 1 or bool({"dim", "axis"} & set(options))
        step = CALLED[name] + (str(int(along)) if name in ALONG else "")
        for one in result if isinstance(result, list | tuple) else [result]:
            if isinstance(one, Array):
                called(one, step, given)
        return result

    return call


def called(result: Array, step: str, given: Sequence[Value] = ()) -> Array:
    """The same result, whose step is called so, unless it is one of what was given."""
    tensor = result.tensor
    if tensor.op and not any(isinstance(x, Array) and x.tensor is tensor for x in given):
        tensor.step = step
        goes_on(result, *(x.tensor for x in given if isinstance(x, Array)))
    return result


def goes_on(result: Array, *sources: Any) -> Array:
    """The same result, whose step, which has been called something, goes on to these."""
    if (step := getattr(result.tensor, "step", None)) is not None:
        result.tensor.step = _Called(step)
        result.tensor.step.sources = sources
    return result


class _Called(str):
    """The name of a step; sources: what its gradients go on to, empty where its inputs are it."""

    sources: tuple[Any, ...] = ()


# -- the steps as values of the program: y.grad_fn, .name(), .next_functions


def backward_step(array: Array) -> BackwardStep:
    """y.grad_fn: the step back from a result."""
    return BackwardStep(step_back(array), _sources(array.tensor))


def _sources(tensor: Tensor) -> tuple[Any, ...]:
    """What PyTorch made the result of: numbers stand for tensors in sums and products."""
    if sources := getattr(getattr(tensor, "step", None), "sources", ()):
        return tuple(sources)
    assert tensor.op is not None
    if (own := own_step(tensor)) is not None:
        return tuple(x for x in own.inputs if isinstance(x, Tensor))
    both = tensor.op.name in ("add", "subtract", "multiply", "divide")
    both = both and isinstance(tensor.inputs[0], Tensor)
    return tuple(x for x in tensor.inputs if both or isinstance(x, Tensor))


def step_name(step: BackwardStep) -> str:
    """step.name(), which of a leaf's is longer than its type."""
    return f"torch::autograd::{step.name}" if step.name == "AccumulateGrad" else step.name


def next_functions(step: BackwardStep) -> tuple[Value, ...]:
    """The steps that its gradients go on to, None where none wants one."""
    return tuple((_next(one), 0) for one in step.sources)


def _next(source: Any) -> Value:
    if isinstance(source, BackwardStep):
        return source
    if not isinstance(source, Tensor) or not source.tracked:
        return None
    if source.op is None:
        return BackwardStep("AccumulateGrad", ())
    return BackwardStep(grad_fn(source), _sources(source))
