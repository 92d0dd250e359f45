"""PyTorch as programs spell it: tensors, autograd, modes."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.attributes import METHODS, PROPERTIES, SETTERS
from app.language.dialects.closeness import closeness
from app.language.dialects.common import (
    array,
    cloned,
    detached,
    dtype_of,
    dtypes,
    namespace,
    number_of,
    reduction,
)
from app.language.dialects.contracting import tensordot_of
from app.language.dialects.grids import meshgrid
from app.language.dialects.linear_algebra import einsum_of, linalg
from app.language.dialects.numpy import _arange, _linspace, item, shared, to_list
from app.language.dialects.numpy import _reshape as reshape
from app.language.dialects.placing import placing
from app.language.dialects.processor import TENSORBOARD, TORCH_PROCESSOR
from app.language.dialects.tables import called
from app.language.dialects.torch_arrays import FUNCTIONS as ARRAYS
from app.language.dialects.torch_arrays import LINALG, permute, reversed_axes, transpose, turned
from app.language.dialects.torch_arrays import METHODS as ARRAY_METHODS
from app.language.dialects.torch_autograd import MODES, backward, backward_of, grad
from app.language.dialects.torch_autograd_function import FUNCTION
from app.language.dialects.torch_func import FUNC
from app.language.dialects.torch_functionals import FUNCTIONAL
from app.language.dialects.torch_functions import ELEMENTWISE, SPECIAL
from app.language.dialects.torch_gates import along_dim, cdist
from app.language.dialects.torch_gradcheck import gradcheck
from app.language.dialects.torch_gradient import (
    grad_of,
    requires_grad_,
    retain_grad,
    set_grad,
    zero_grad_of,
)
from app.language.dialects.torch_inputs import of_tensors
from app.language.dialects.torch_loading import DATA
from app.language.dialects.torch_nn import NN, flatten
from app.language.dialects.torch_optim import OPTIM
from app.language.dialects.torch_products import bmm, dot, matmul, matrix_power, mm
from app.language.dialects.torch_random import IN_PLACE, OF_TENSORS, RANDOM
from app.language.dialects.torch_steps import LIKE, STEPS, changing
from app.language.dialects.torch_tensors import (
    _as_tensor,
    _between,
    _device,
    _filled,
    _from_numpy,
    _full,
    _like,
    _require,
    _tensor,
    _typed,
    type_wanted,
)
from app.language.errors import ProgramError, type_error, value_error
from app.language.grad_fn import backward_step, named
from app.language.items import become, in_place, overwrite, replace, same_shape
from app.language.machine import Machine
from app.language.number_types import TORCH_TYPES, torch_type
from app.language.permissions import forbid_in_place
from app.language.promotion import alike
from app.language.values import (
    TORCH,
    Array,
    Device,
    Shape,
    Value,
    type_name,
)
from app.language.views import ArrayView

# -- operations


def _clamp(m: Machine, x: Value, min: Value = None, max: Value = None) -> Array:
    for name, bound in (("min", min), ("max", max)):
        if not (bound is None or isinstance(bound, int | float | Array)):
            raise type_error(f"clamp(): argument '{name}' must be Tensor, not {type_name(bound)}")
    return m.apply(p.bounds.clip, *alike(m, array(m, x, TORCH), min, max))


def _where(m: Machine, condition: Value, x: Value, y: Value) -> Array:
    operands = [v if isinstance(v, int | float) else array(m, v, TORCH) for v in (x, y)]
    return m.apply(p.selection.where, array(m, condition, TORCH), *alike(m, *operands))


FUNCTIONS: dict[str, Callable[..., Any]] = named(
    {
        **ELEMENTWISE,
        **ARRAYS,
        **{name: reduction(OPS[name], TORCH, "dim", "keepdim") for name in ("sum", "mean")},
        "matmul": matmul,
        **called({"flatten": flatten, "ravel": flatten}, input="x"),
        "mm": mm,
        **called({"matrix_power": matrix_power}, input="A"),
        "bmm": bmm,
        "cdist": cdist,
        "dot": dot,
        "tensordot": tensordot_of(TORCH),
        "mv": matmul,
        "clamp": _clamp,
        "clip": _clamp,
        "t": turned,
        "permute": permute,
        "transpose": transpose,
        **{name: along_dim(name) for name in ("softmax", "log_softmax")},
        "reshape": reshape,
        "where": _where,
        **closeness(TORCH, "equal"),
        **STEPS,
    }
)


# -- methods


def _detach(m: Machine, x: Array) -> Array:
    """x.detach(): the same numbers outside the graph; changing them changes x."""
    result = detached(m, x, TORCH)
    return ArrayView(m, result.tensor, TORCH, x, cut="detach")


def _detach_here(m: Machine, x: Array) -> Array:
    """x.detach_(): the same tensor, without what made it."""
    if isinstance(x, ArrayView):
        words = "Can't detach views in-place. Use detach() instead. If you are using "
        words += "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set "
        words += "as True, gradients are views of DDP buckets, and hence detach_() cannot be called"
        words += " on these gradients."
        raise ProgramError("raised", framework=f"RuntimeError: {words}", detail=words)
    x.tensor = detached(m, x, TORCH).tensor
    return x


def _data(m: Machine, x: Array) -> Array:
    """x.data: likewise, and backward does not notice."""
    result = _detach(m, x)
    result.uncounted = True
    return result


def _to(m: Machine, x: Array, *wanted: Value, **named: Value) -> Array:
    dtype = type_wanted(m, wanted, named)
    return x if dtype is None else array(m, x, TORCH, dtype)


def _cuda(m: Machine, x: Array, device: Value = None) -> Array:
    m.note("device", "cuda")
    return x


def _viewed(m: Machine, x: Array, *shape: Value) -> Array:
    """x.view(): another shape for the same numbers, never a copy."""
    found = reshape(m, x, *shape)
    if x.tensor.size > 1 and not np.may_share_memory(found.tensor.data, x.tensor.data):
        raise ProgramError("not_contiguous", framework=f"RuntimeError: {SPANS}")
    return found


def _contiguous(m: Machine, x: Array) -> Array:
    """x itself where its numbers lie in a row, else a copy where they do."""
    if x.tensor.data.flags.c_contiguous:
        return x
    shape = tuple(x.tensor.shape)
    flat = m.apply(lambda t: p.shaping.reshape(p.arithmetic.add(t, 0), -1), x)
    return reshape(m, flat, shape)


SPANS = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans "
    "across two contiguous subspaces). Use .reshape(...) instead."
)


def _as(name: str) -> Callable[..., Array]:
    return lambda m, x: array(m, x, TORCH, np.dtype(name))


def _type(m: Machine, x: Array, dtype: Value = None) -> Value:
    """x.type(): the name of its type; x.type(dtype): x in another one."""
    if dtype is None:
        return f"torch.{torch_type(x.tensor.dtype)}Tensor"
    if isinstance(dtype, str):
        named = {f"torch.{kind}Tensor": name for name, kind in TORCH_TYPES.items()}
        if dtype not in named:
            raise value_error(f"invalid type: '{dtype}'")
        return array(m, x, TORCH, np.dtype(named[dtype]))
    return array(m, x, TORCH, dtype_of(dtype))


def _copied_into(m: Machine, x: Array, value: Value, again: bool = False) -> Array:
    """copy_ and fill_: a step of the graph, through which gradients go. again: whether a number
    may be written twice."""
    forbid_in_place(m, x, value, twice=again)
    tensor = value.tensor if isinstance(value, Array) else None
    same_shape(x, np.broadcast_shapes(x.tensor.shape, () if tensor is None else tensor.shape))
    if m.grad_enabled and tensor is not None and tensor.tracked:
        become(m, x, m.apply(lambda t, new: p.indexing.set_entries(t, new, ...), x, value))
    else:
        overwrite(m, x, number_of(value) if tensor is None else tensor.data)
    return x


def _stepped(name: str) -> Callable[..., Array]:
    """add_ and the like: an operation whose result takes the place of its first operand."""

    def call(m: Machine, x: Array, value: Value, alpha: Value = 1) -> Array:
        if alpha != 1:
            value = m.binary(OPS["multiply"], array(m, value, TORCH), alpha)
        in_place(m, x, m.binary(OPS[name], x, value))
        return x

    return call


def _set_data(m: Machine, x: Array, value: Value) -> None:
    replace(m, x, array(m, value, TORCH).tensor.data, counted=False)


def _size(m: Machine, x: Array, dim: Value = None) -> Value:
    shape = tuple(x.tensor.shape)
    return Shape(shape, TORCH) if dim is None else shape[dim]


METHODS[TORCH] = named(
    {
        **{name: function for name, function in FUNCTIONS.items() if name not in ARRAYS},
        **ARRAY_METHODS,
        **changing(FUNCTIONS | ARRAY_METHODS),
        **LIKE,
        "backward": backward,
        "item": item,
        "tolist": to_list,
        "numpy": shared,
        "detach": _detach,
        "detach_": _detach_here,
        "clone": lambda m, x: cloned(m, x),
        "requires_grad_": requires_grad_,
        "retain_grad": retain_grad,
        "to": _to,
        "cpu": _to,
        "cuda": _cuda,
        "float": _as("float32"),
        "double": _as("float64"),
        "int": _as("int32"),
        "long": _as("int64"),
        "bool": _as("bool"),
        "type": _type,
        "view": _viewed,
        "contiguous": _contiguous,
        "flatten": flatten,
        "ravel": flatten,
        "permute": permute,
        "size": _size,
        "dim": lambda m, x: x.tensor.ndim,
        **dict.fromkeys(("numel", "nelement"), lambda m, x: x.tensor.size),
        "element_size": lambda m, x: x.tensor.dtype.itemsize,
        "zero_": zero_grad_of,
        "fill_": lambda m, x, value: _copied_into(m, x, value, again=True),
        "copy_": lambda m, x, src, non_blocking=False: _copied_into(m, x, array(m, src, TORCH)),
        "add_": _stepped("add"),
        "sub_": _stepped("subtract"),
        "mul_": _stepped("multiply"),
        "div_": _stepped("divide"),
        **IN_PLACE,
        **OF_TENSORS,
    }
)
PROPERTIES[TORCH] = {
    "grad": grad_of,
    "data": _data,
    "shape": lambda m, x: Shape(tuple(x.tensor.shape), TORCH),
    "dtype": lambda m, x: dtypes("torch").get(str(x.tensor.dtype)),
    "device": lambda m, x: Device(),
    "ndim": lambda m, x: x.tensor.ndim,
    "T": lambda m, x: reversed_axes(m, x),
    "requires_grad": lambda m, x: x.tensor.tracked,
    "is_leaf": lambda m, x: x.tensor.op is None or not x.tensor.tracked,
    "grad_fn": lambda m, x: backward_step(x) if x.tensor.op and x.tensor.tracked else None,
}
SETTERS[TORCH] = {
    "grad": set_grad,
    "data": _set_data,
    "requires_grad": lambda m, x, v: _require(x, v),
}
METHODS[Device] = {}

TYPES = dtypes("torch")
SQUARE = named(linalg(TORCH))
_grid = meshgrid(TORCH, "ij")

OF_NN = (  # functions of torch.nn.functional that torch has by the same names
    *("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "dropout"),
    *("layer_norm", "group_norm", "cosine_similarity", "selu", "celu", "hardshrink"),
)
TORCH_MODULE = namespace(
    "torch",
    {
        "__version__": "2.13.0",
        "pi": math.pi,
        "inf": math.inf,
        "nan": math.nan,
        "e": math.e,
        "newaxis": None,
        **TYPES,
        "float": TYPES["float32"],
        "double": TYPES["float64"],
        "int": TYPES["int32"],
        "long": TYPES["int64"],
        **of_tensors(FUNCTIONS),
        "tensor": _tensor,
        "as_tensor": _as_tensor,
        "from_numpy": _from_numpy,
        "Tensor": lambda m, data: _tensor(m, data, TYPES["float32"]),
        **{
            f"{kind}Tensor": _typed(TYPES[name])
            for name, kind in TORCH_TYPES.items()
            if kind in ("Float", "Double", "Int", "Long", "Bool")
        },
        **RANDOM,
        "empty": _filled(lambda m, shape: np.zeros(shape)),
        "zeros": _filled(lambda m, shape: np.zeros(shape)),
        "ones": _filled(lambda m, shape: np.ones(shape)),
        "full": _full,
        "eye": placing(TORCH)["eye"],
        "zeros_like": _like(0.0),
        "ones_like": _like(1.0),
        "full_like": lambda m, x, fill_value, **named: _like(fill_value)(m, x, **named),
        "arange": _between(_arange),
        "linspace": _between(_linspace),
        "empty_like": _like(0.0),
        "meshgrid": lambda m, *axes, **named: tuple(_grid(m, *axes, **named)),
        "numel": lambda m, x: array(m, x, TORCH).tensor.size,
        **called(
            {
                "is_floating_point": lambda m, x: array(m, x, TORCH).tensor.dtype.kind == "f",
                "clone": lambda m, x: cloned(m, array(m, x, TORCH)),
                "detach": lambda m, x: _detach(m, array(m, x, TORCH)),
                "clamp_min": lambda m, x, min: _clamp(m, x, min=min),
                "clamp_max": lambda m, x, max: _clamp(m, x, max=max),
            },
            input="x",
        ),
        **{name: NN.members["functional"].members[name] for name in OF_NN},
        "is_tensor": lambda m, x: isinstance(x, Array) and x.kind == TORCH,
        "device": _device,
        **MODES,
        **TORCH_PROCESSOR,
        "random": namespace("torch.random", {"manual_seed": RANDOM["manual_seed"]}),
        "autograd": namespace(
            "torch.autograd",
            {
                "grad": grad,
                "backward": backward_of,
                "Function": FUNCTION,
                "gradcheck": gradcheck,
                "functional": namespace("torch.autograd.functional", FUNCTIONAL),
            },
        ),
        "func": namespace("torch.func", FUNC),
        "vmap": FUNC["vmap"],
        "optim": OPTIM,
        "utils": namespace(
            "torch.utils",
            {"data": namespace("torch.utils.data", DATA), "tensorboard": TENSORBOARD},
        ),
        **named({"einsum": einsum_of(TORCH)}),
        "linalg": namespace(
            "torch.linalg", named(LINALG | {"matrix_power": matrix_power, "matmul": matmul})
        ),
        **{name: SQUARE[name] for name in ("det", "logdet")},
        "inverse": SQUARE["inv"],
        "special": namespace("torch.special", SPECIAL),
        "nn": NN,
    },
)
