"""Which number types an operation takes, framework by framework, and the words of the refusal."""

from typing import Any

import numpy as np

from app.language.errors import ProgramError
from app.language.values import TENSORFLOW, TORCH, Array

TF_TYPES = {"float32": "float", "float64": "double", "float16": "half"}
TORCH_TYPES = {
    "float32": "Float", "float64": "Double", "float16": "Half", "bool": "Bool", "uint8": "Byte",
    "int8": "Char", "int16": "Short", "int32": "Int", "int64": "Long",
}  # fmt: skip

# -- TensorFlow: the lists of its kernels, in its order

FLOATS, COMPLEX = "bfloat16, half, float, double", "complex64, complex128"
NEURAL = "half, bfloat16, float, double"
SIGNED = f"{FLOATS}, int8, int16, int32, int64"
REAL = "float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64"
UNSIGNED = "uint8, int8, uint16, int16, int32, uint32, uint64, int64"
EXTREMES = f"{REAL}, qint8, quint8, qint32, qint16, quint16"
SUMS = "float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, "
SUMS += "bfloat16, qint16, quint16, uint16, complex128, half, uint32, uint64"
ALLOWED = {
    "add": f"{FLOATS}, uint8, uint16, uint32, uint64, int8, int16, int32, int64, {COMPLEX}",
    "subtract": f"{FLOATS}, uint8, int8, uint16, int16, int32, int64, {COMPLEX}, uint32, uint64",
    "multiply": f"{FLOATS}, {UNSIGNED}, {COMPLEX}",
    "floor_divide": f"{FLOATS}, {UNSIGNED}, {COMPLEX}",
    "remainder": f"int8, int16, int32, int64, uint8, uint16, uint32, uint64, {FLOATS}",
    "power": f"bfloat16, float, half, double, int8, int16, int32, int64, {COMPLEX}",
    "maximum_first": f"{FLOATS}, int8, uint8, int16, uint16, int32, uint32, int64, uint64",
    "matmul": f"{FLOATS}, int32, int64, uint8, uint16, uint32, uint64, {COMPLEX}",
    "arctan2_plain": FLOATS,
    "divide_no_nan": f"half, float, bfloat16, double, {COMPLEX}",
    "absolute": SIGNED,
    "square": f"{SIGNED}, uint8, uint16, uint32, uint64, {COMPLEX}",
    **dict.fromkeys(["less", "less_equal", "greater", "greater_equal", "topk"], REAL),
    **dict.fromkeys(["negative", "sign", "round", "reciprocal_or_zero"], f"{SIGNED}, {COMPLEX}"),
    **dict.fromkeys(["floor", "ceil", "isnan", "isinf", "isfinite", "erf", "erfc"], FLOATS),
    **dict.fromkeys(["sum", "mean", "prod", "cumsum", "cumprod_divided"], SUMS),
    **dict.fromkeys(["max", "min", "logsumexp"], EXTREMES),
    **dict.fromkeys(["softmax", "log_softmax", "softplus", "softsign", "elu", "selu_right",
                     "leaky_relu", "gelu", "gelu_tanh"], NEURAL),
    "relu": f"{REAL}, qint8",
    "relu6": REAL,
    "inv": f"double, float, half, {COMPLEX}",
    "invert": "int8, int16, int32, int64, uint8, uint16, uint32, uint64",
    "sort": f"{SIGNED}, {COMPLEX}",
}  # fmt: skip
ALLOWED["minimum_first"] = ALLOWED["maximum_first"]
NOWHERE = {  # kernels that TensorFlow has for no processor
    ("reciprocal_or_zero", "i"): "{{node Reciprocal}} = Reciprocal[T={type}]",
}
REAL_ONLY = {  # what Python code says before a kernel is asked
    "var": "TypeError: Input must be either real or complex. Received integer type "
    "<dtype: '{dtype}'>.",
    "gelu": "ValueError: `features.dtype` must be a floating point tensor.Received:"
    "features.dtype=<dtype: '{dtype}'>",
}
REAL_ONLY["std"] = REAL_ONLY["var"]
ALLOWED |= {"var": SUMS, "std": SUMS, "round_whole": ALLOWED["round"], "rint": FLOATS}
SMOOTH = f"{FLOATS}, {COMPLEX}"  # of what is a function of real numbers alone

# -- PyTorch: the kinds of types that are refused, and its words

KERNEL = "NotImplementedError: \"{kernel}\" not implemented for '{type}'"
FLOAT_ONLY = (
    "RuntimeError: {name}: Expected a floating point or complex tensor as input. Got {type}"
)
NORM = FLOAT_ONLY.replace("{name}", "linalg.vector_norm")
SPREAD = "RuntimeError: std and var only support floating point and complex dtypes"
MASK = "is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` "
MASK += "operator instead."


def _kernel(name: str) -> str:
    return KERNEL.replace("{kernel}", name)


REFUSED: dict[str, tuple[str, str]] = {
    "absolute_or_zero": ("b", _kernel("abs_cpu")),
    **{f"{name}_flat": ("b", _kernel(f"{name}_vml_cpu"))
       for name in ("floor", "ceil", "trunc", "round")},
    "floor_divide": ("b", _kernel("div_floor_cpu")),
    "remainder": ("b", _kernel("remainder_cpu")),
    "fmod": ("b", _kernel("fmod_cpu")),
    "power": ("b", _kernel("pow")),
    "matmul": ("b", _kernel("dot")),
    "median": ("b", _kernel("median_cpu")),
    "negative": ("b", f"RuntimeError: Negation, the `-` operator, on a bool tensor {MASK}"),
    "relu_gate": ("b", "RuntimeError: Boolean inputs not supported for relu"),
    "argmax": ("b", "RuntimeError: argmax(): does not support bool input"),
    "argmin": ("b", "RuntimeError: argmin(): does not support bool input"),
    "topk": ("b", "RuntimeError: topk does not support bool dtypes on CPU"),
    "mean": ("iub", "RuntimeError: mean(): could not infer output dtype. Input dtype must be "
             "either a floating point or complex dtype. Got: {type}"),
    "trace": ("b", _kernel("trace")),
    "einsum": ("b", _kernel("bmm")),
    "var": ("iub", SPREAD),
    "std_or_zero": ("iub", SPREAD),
    "norm": ("iub", NORM),
    "inv": ("iub", FLOAT_ONLY.replace("{name}", "linalg.inv")),
    "softmax": ("iub", _kernel("softmax_lastdim_kernel_impl")),
    "log_softmax": ("iub", _kernel("log_softmax_lastdim_kernel_impl")),
    "softplus_linear": ("iub", _kernel("softplus_cpu")),
    "gelu": ("iub", _kernel("GeluKernelImpl")),
    "gelu_tanh": ("iub", _kernel("GeluKernelImpl")),
    "elu": ("iub", _kernel("elu_cpu")),
    "leaky_relu": ("iub", _kernel("leaky_relu_cpu")),
    "absolute": ("b", _kernel("abs_cpu")),
    "softsign_quotient": ("b", _kernel("abs_cpu")),
    "hypot": ("iub", _kernel("hypot_cpu")),
    "logaddexp": ("iub", _kernel("logaddexp_cpu")),
    "silu": ("iub", _kernel("silu_cpu")),
    "mish": ("iub", _kernel("mish_cpu")),
    "selu": ("iub", _kernel("elu_cpu")),
    "celu": ("iub", _kernel("elu_cpu")),
    "log_sigmoid": ("iub", _kernel("log_sigmoid_cpu")),
    "hardsigmoid": ("iub", _kernel("hardsigmoid_cpu")),
    "hardswish": ("iub", _kernel("hardswish_cpu")),
    "relu6_gate": ("b", "RuntimeError: Bool inputs not supported for hardtanh"),
    "hardtanh": ("b", "RuntimeError: Bool inputs not supported for hardtanh"),
    "squared_error": ("iub", _kernel("mse_cpu")),
    "smooth_l1": ("iub", _kernel("smooth_l1_cpu")),
    "huber": ("iub", _kernel("huber_cpu")),
    "bce": ("iub", _kernel("binary_cross_entropy")),
    "bce_with_logits": ("iub", _kernel("log_sigmoid_cpu")),
}  # fmt: skip


def tf_type(dtype: Any) -> str:
    """What TensorFlow's kernels call a number type."""
    return TF_TYPES.get(str(dtype), str(dtype))


def torch_type(dtype: Any) -> str:
    """What PyTorch's kernels call a number type."""
    return TORCH_TYPES.get(str(dtype), str(dtype))


def takes(op: str, kind: str, x: Array, smooth: bool = False) -> Array:
    """x; raises where the operation has no form for numbers of this type in this framework.

    smooth: a function of real numbers; NumPy and PyTorch make floats of whole numbers for it."""
    dtype = x.tensor.dtype
    if kind == TENSORFLOW and op == "logical_not" and dtype.kind != "b":
        words = "cannot compute LogicalNot as input #0(zero-based) was expected to be a bool tensor"
        refuse(
            f"InvalidArgumentError: {words} but is a {tf_type(dtype)} tensor [Op:LogicalNot]", dtype
        )
    if dtype.kind == "f" and op != "invert":
        return x
    if kind == TORCH and op in REFUSED:
        kinds, words = REFUSED[op]
        if dtype.kind in kinds:
            refuse(words.replace("{type}", torch_type(dtype)), dtype)
    if kind == TENSORFLOW:
        if (op, dtype.kind) in NOWHERE:
            of = f"DT_{str(dtype).upper()}"
            told = NOWHERE[op, dtype.kind].replace("{type}", of)
            refuse(f"NotFoundError: Could not find device for node: {told}", dtype)
        if op == "norm" and dtype.kind == "b":
            refuse("TypeError: Expected numeric or variant tensor, got dtype tf.bool.", dtype)
        whole = REAL_ONLY.get(op)
        if whole and (dtype.kind in "iu" or op == "gelu"):
            refuse(whole.replace("{dtype}", str(dtype)), dtype)
        allowed = ALLOWED.get(op, SMOOTH if smooth else "")
        if allowed and tf_type(dtype) not in allowed.split(", "):
            words = f"Value for attr 'T' of {tf_type(dtype)} is not in the list of allowed values: "
            refuse(f"InvalidArgumentError: {words}{allowed}", dtype)
    return x


def refuse(words: str, *dtypes: Any) -> None:
    """Raises the framework's error about these number types."""
    raise ProgramError("dtype", framework=words, detail=", ".join(map(str, dtypes)))


def float_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The floats that NumPy computes with where numbers of this type are given."""
    if dtype.kind == "f":
        return dtype
    width = {1: np.float16, 2: np.float32}.get(dtype.itemsize, np.float64)
    return np.dtype(width)
