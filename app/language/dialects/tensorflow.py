"""TensorFlow 2 as programs spell it: tensors, variables, tapes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS, Tensor
from app.engine import primitives as p
from app.language.attributes import METHODS, PROPERTIES, missing
from app.language.dialects.common import (
    FLOAT32,
    array,
    axes_of,
    cloned,
    detached,
    dtype_of,
    dtypes,
    lengths,
    namespace,
    reduction,
    same_numbers,
)
from app.language.dialects.contracting import tensordot_of
from app.language.dialects.keras import INITIALIZER_MODULE, KERAS, LOSS_MODULE, OPTIMIZER_MODULE
from app.language.dialects.keras_initializers import OLD_INITIALIZERS
from app.language.dialects.keras_modules import MODULE, SOFTMAX
from app.language.dialects.linear_algebra import einsum_of, linalg
from app.language.dialects.numpy import _reshape, item
from app.language.dialects.processor import TENSORFLOW_PROCESSOR
from app.language.dialects.tables import called
from app.language.dialects.tensorflow_arrays import BOTH as ARRAY_REDUCTIONS
from app.language.dialects.tensorflow_arrays import FUNCTIONS as ARRAYS
from app.language.dialects.tensorflow_arrays import LINALG
from app.language.dialects.tensorflow_arrays import MATH as ARRAY_MATH
from app.language.dialects.tensorflow_arrays import NN as ARRAY_NN
from app.language.dialects.tensorflow_basics import BASICS
from app.language.dialects.tensorflow_basics import LINALG as BASIC_LINALG
from app.language.dialects.tensorflow_basics import MATH as BASIC_MATH
from app.language.dialects.tensorflow_functions import ELEMENTWISE, MATH, NN
from app.language.dialects.tensorflow_images import FUNCTIONS as IMAGES
from app.language.dialects.tensorflow_jacobian import JACOBIANS
from app.language.dialects.tensorflow_losses import FUNCTIONS as SCORES
from app.language.dialects.tensorflow_random import categorical, shuffle
from app.language.dialects.tensorflow_sources import MAKERS
from app.language.dialects.tensorflow_stream import set_seed, stream
from app.language.dialects.tensorflow_tape import tape
from app.language.errors import ProgramError, type_error, value_error
from app.language.items import replace, same_shape
from app.language.machine import Machine
from app.language.misfits import Call
from app.language.promotion import as_type, branches, factors, matrices
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    VARIABLE,
    Array,
    Shape,
    Tape,
    Value,
    type_name,
)
from app.language.views import VariableSlice

TF = TENSORFLOW


def _constant(
    m: Machine, value: Value, dtype: Value = None, shape: Value = None, name: Value = None
) -> Array:
    found = array(m, value, TF, dtype_of(dtype)).tensor.data
    if shape is not None:
        wanted = lengths(m, shape)
        if found.size not in (1, np.prod(wanted)):
            words = (
                f"Eager execution of tf.constant with unsupported shape. {found.size} elements, "
            )
            words += f"but got `shape` {wanted} with {np.prod(wanted)} elements."
            raise ProgramError("value", framework=f"TypeError: {words}", detail=words)
        found = np.broadcast_to(found, wanted) if found.size == 1 else np.reshape(found, wanted)
    return m.leaf(found, TF)


def _variable(
    m: Machine,
    initial_value: Value,
    trainable: Value = True,
    dtype: Value = None,
    name: Value = None,
    shape: Value = None,
) -> Array:
    data = array(m, initial_value, TF, dtype_of(dtype)).tensor.data
    if shape is not None and lengths(m, shape) != data.shape:
        words = f"In this `tf.Variable` creation, the initial value's shape ({data.shape}) is not "
        words += f"compatible with the explicitly supplied `shape` argument ({lengths(m, shape)})."
        raise value_error(words)
    tracked = bool(trainable) and data.dtype.kind == "f"
    made = m.leaf(data, VARIABLE, tracked=tracked)
    made.trainable = bool(trainable)
    if isinstance(name, str):
        made.name = f"{name}:0"
    return made


def _convert(m: Machine, value: Value, dtype: Value = None, name: Value = None) -> Array:
    if isinstance(value, Array) and value.kind == TF:
        return value
    return _constant(m, value, dtype)


def _full(value: float) -> Callable[..., Array]:
    def make(m: Machine, shape: Value, dtype: Value = None, name: Value = None) -> Array:
        return m.leaf(np.full(lengths(m, shape), value, dtype_of(dtype, FLOAT32)), TF)

    return make


def _like(value: float) -> Callable[..., Array]:
    def make(m: Machine, x: Value, dtype: Value = None, name: Value = None) -> Array:
        like = array(m, x, TF).tensor
        return m.leaf(np.full(like.shape, value, dtype_of(dtype, like.dtype)), TF)

    return make


def _fill(m: Machine, dims: Value, value: Value, name: Value = None) -> Array:
    number = array(m, value, TF).tensor.data
    return m.leaf(np.full(lengths(m, dims), number, number.dtype), TF)


def _range(m: Machine, *bounds: Value, dtype: Value = None, name: Value = None) -> Array:
    from app.language.dialects.numpy import _arange

    data = _arange(m, *bounds).tensor.data
    kind = FLOAT32 if data.dtype.kind == "f" else np.dtype(np.int32)
    return m.leaf(data.astype(dtype_of(dtype, kind)), TF)


def _reshaped(m: Machine, tensor: Value, shape: Value, name: Value = None) -> Array:
    """A tensor, of an array of NumPy too."""
    found = array(m, tensor, TF)
    return _reshape(m, Array(found.tensor, TF) if found.kind == NUMPY else found, shape)


def _linspace(m: Machine, start: Value, stop: Value, num: Value, name: Value = None) -> Array:
    from app.language.dialects.numpy import _linspace as linspace

    first = array(m, start, TF)
    if first.tensor.dtype == bool:
        raise type_error(f"Cannot convert {stop} to EagerTensor of dtype bool")
    kind = FLOAT32 if first.tensor.dtype == FLOAT32 else np.dtype(np.float64)
    return m.leaf(linspace(m, start, stop, num).tensor.data.astype(kind), TF)


def _random(draw: Callable[..., Any]) -> Callable[..., Array]:
    def make(
        m: Machine,
        shape: Value,
        first: Value = None,
        second: Value = None,
        dtype: Value = None,
        seed: Value = None,
        name: Value = None,
        **named: Value,
    ) -> Array:
        size = lengths(m, shape)
        names = {"mean": "first", "stddev": "second", "minval": "first", "maxval": "second"}
        bounds = {"first": first, "second": second}
        for key, value in named.items():
            if key not in names:
                raise type_error(f"got an unexpected keyword argument '{key}'")
            bounds[names[key]] = value
        numbers = [None if x is None else _plain(m, x) for x in bounds.values()]
        return m.leaf(draw(stream(m, seed), size, *numbers).astype(dtype_of(dtype, FLOAT32)), TF)

    return make


def _plain(m: Machine, value: Value) -> Any:
    return item(m, value) if isinstance(value, Array) else value


def _uniform(random: Any, size: Any, low: Any, high: Any) -> Any:
    return random.uniform(low or 0, 1 if high is None else high, size)


def _normal(random: Any, size: Any, mean: Any, stddev: Any) -> Any:
    return random.normal(mean or 0, 1 if stddev is None else stddev, size)


def _truncated(random: Any, size: Any, mean: Any, stddev: Any) -> Any:
    """Normal numbers, those beyond two deviations drawn again."""
    drawn: Any = random.normal(0, 1, size)
    while np.any(far := np.abs(drawn) > 2):
        drawn = np.where(far, random.normal(0, 1, size), drawn)
    return (mean or 0) + (1 if stddev is None else stddev) * drawn


def _matmul(
    m: Machine,
    a: Value,
    b: Value,
    transpose_a: Value = False,
    transpose_b: Value = False,
    name: Value = None,
) -> Array:
    left, right = array(m, a, TF), array(m, b, TF)
    matrices(left, right)
    if transpose_a:
        left = m.apply(lambda x: p.shaping.swapaxes(x, -1, -2), left)
    if transpose_b:
        right = m.apply(lambda x: p.shaping.swapaxes(x, -1, -2), right)
    factors(left, right, TF)
    return m.apply(p.linear.matmul, left, right, kind=TF)


def _cast(m: Machine, x: Value, dtype: Value, name: Value = None) -> Array:
    return array(m, x, TF, dtype_of(dtype))


def _transpose(m: Machine, a: Value, perm: Value = None, name: Value = None) -> Array:
    axes = axes_of(perm)
    call = Call("transpose", lambda x: p.shaping.transpose(x, axes), axes)
    return m.apply(call, array(m, a, TF))


def _clip(m: Machine, t: Value, clip_value_min: Value, clip_value_max: Value) -> Array:
    low, high = _plain(m, clip_value_min), _plain(m, clip_value_max)
    found = array(m, t, TF)
    for bound in (high, low):
        if isinstance(bound, int | float):
            as_type(m, found.tensor.dtype, bound, OPS["minimum_first"])
    return m.apply(p.bounds.clip_low_last, found, low, high)


def _where(m: Machine, condition: Value, x: Value, y: Value, name: Value = None) -> Array:
    left, right = branches(m, x, y)
    return m.apply(p.selection.where, array(m, condition, TF), left, right, kind=TF)


# -- tensors and variables


def _assign(change: Callable[[Any, Any], Any], kernel: str = "") -> Callable[..., Array]:
    """A variable gets other numbers. kernel: TensorFlow's, where it is one that updates."""

    def assign(
        m: Machine,
        variable: Array,
        value: Value,
        name: Value = None,
        use_locking: Value = False,
        read_value: Value = True,
    ) -> Array:
        old = variable.tensor.data
        new = array(m, value, TF).tensor.data
        if new.dtype != old.dtype and isinstance(value, Array):
            words = (
                f"Tensor conversion requested dtype {old.dtype} for Tensor with dtype {new.dtype}"
            )
            raise ProgramError(
                "dtype", framework=f"ValueError: {words}", detail=f"{old.dtype}, {new.dtype}"
            )
        if kernel and new.shape != variable.tensor.shape:
            words = f"Cannot update variable with shape {list(variable.tensor.shape)} using a "
            words += f"Tensor with shape {list(new.shape)}, shapes must be equal. [Op:{kernel}]"
            raise ProgramError("shape", framework=f"InvalidArgumentError: {words}", detail=words)
        same_shape(variable, new.shape)
        replace(m, variable, change(old, new.astype(old.dtype)))
        return variable

    return assign


def _assign_slice(m: Machine, part: Array, value: Value, name: Value = None) -> Array:
    """v[0].assign(…): the variable gets other numbers there."""
    if not isinstance(part, VariableSlice):
        raise missing(f"'{type_name(part)}' object", "assign", METHODS[TF])
    old = part.variable.tensor.data
    new = array(m, value, TF, old.dtype).tensor.data
    if new.shape != part.tensor.shape:
        words = f"shapes {new.shape} and {part.tensor.shape} are incompatible"
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
    replace(m, part.variable, p.indexing.set_entries(Tensor(old), new, part.at).data)
    return part.variable


def _numpy(m: Machine, x: Array) -> Array:
    return same_numbers(m, x, NUMPY)


TENSOR: dict[str, Any] = {"numpy": _numpy, "item": item}
METHODS[TF] = {**TENSOR, "assign": _assign_slice}
METHODS[VARIABLE] = {
    **TENSOR,
    "assign": _assign(lambda old, new: new),
    "assign_sub": _assign(lambda old, new: old - new, "AssignSubVariableOp"),
    "assign_add": _assign(lambda old, new: old + new, "AssignAddVariableOp"),
    "read_value": cloned,
    "value": cloned,
}
METHODS[Tape] |= JACOBIANS
PROPERTIES[TF] = {
    "shape": lambda m, x: Shape(tuple(x.tensor.shape), TF),
    "dtype": lambda m, x: dtypes("tf").get(str(x.tensor.dtype)),
    "ndim": lambda m, x: x.tensor.ndim,
}
PROPERTIES[VARIABLE] = {
    **PROPERTIES[TF],
    "trainable": lambda m, x: x.trainable,
    "name": lambda m, x: x.name.rpartition("/")[2],  # of Keras the last part of a path
    "path": lambda m, x: x.name,
}

REDUCTIONS = called(
    {
        f"reduce_{name}": reduction(OPS[name], TF, "axis", "keepdims")
        for name in ("sum", "mean", "max", "min")
    },
    input_tensor="x",
)
FUNCTIONS = {
    **REDUCTIONS,
    **ARRAY_REDUCTIONS,
}
RANDOM = {
    "uniform": _random(_uniform),
    "normal": _random(_normal),
    "truncated_normal": _random(_truncated),
    "shuffle": shuffle,
    "set_seed": set_seed,
    "categorical": categorical,
}


TENSORFLOW_MODULE = namespace(
    "tensorflow",
    {
        "__version__": "2.21.0",
        "newaxis": None,
        **dtypes("tf"),
        **ELEMENTWISE,
        **ARRAYS,
        **FUNCTIONS,
        **BASICS,
        "math": namespace(
            "tensorflow.math", {**MATH, **ARRAY_MATH, **FUNCTIONS, **SOFTMAX, **BASIC_MATH}
        ),
        "nn": namespace("tensorflow.nn", {**NN, **ARRAY_NN, **SOFTMAX, **IMAGES, **SCORES}),
        "einsum": einsum_of(TF),
        "linalg": namespace(
            "tensorflow.linalg",
            {
                **linalg(TF),
                **LINALG,
                **BASIC_LINALG,
                "matmul": _matmul,
                "einsum": einsum_of(TF),
                "tensordot": tensordot_of(TF),
            },
        ),
        "keras": KERAS,
        **TENSORFLOW_PROCESSOR,
        "data": namespace(
            "tensorflow.data",
            {"Dataset": namespace("tensorflow.data.Dataset", MAKERS), "AUTOTUNE": -1},
        ),
        "losses": LOSS_MODULE,
        "optimizers": OPTIMIZER_MODULE,
        "initializers": INITIALIZER_MODULE,
        **OLD_INITIALIZERS,
        "Module": MODULE,
        "random": namespace("tensorflow.random", RANDOM),
        "constant": _constant,
        "Tensor": _constant,
        "convert_to_tensor": _convert,
        "Variable": _variable,
        "GradientTape": tape,
        "zeros": _full(0.0),
        "ones": _full(1.0),
        "zeros_like": _like(0.0),
        "ones_like": _like(1.0),
        "fill": _fill,
        "range": _range,
        "linspace": _linspace,
        "cast": _cast,
        "matmul": _matmul,
        "tensordot": tensordot_of(TF),
        "transpose": _transpose,
        "reshape": _reshaped,
        "clip_by_value": _clip,
        "where": _where,
        "stop_gradient": lambda m, x, name=None: detached(m, array(m, x, TF), TF),
        "identity": lambda m, x, name=None: cloned(m, array(m, x, TF)),
        "UnconnectedGradients": namespace("UnconnectedGradients", {"NONE": "none", "ZERO": "zero"}),
    },
)
