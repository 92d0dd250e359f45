"""TensorFlow's names for arrays joined, cut, turned, ordered, summed and read by place."""

from typing import Any

from app.engine import N_
from app.engine import primitives as p
from app.language.dialects import tensorflow_order
from app.language.dialects.arranging import arranging, length, whole
from app.language.dialects.common import array, dtype_of
from app.language.dialects.grids import meshgrid
from app.language.dialects.linear_algebra import linalg
from app.language.dialects.placing import index_of, placing, tensorflow_placing, within
from app.language.dialects.summing import deviation, norm, reductions
from app.language.dialects.tables import Table, called
from app.language.dialects.tensorflow_flow import FLOW
from app.language.errors import ProgramError, unsupported, value_error
from app.language.items import entries
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Fields, Value

TF = TENSORFLOW
ARRANGED, PLACED = arranging(TF), placing(TF)


def _split(
    m: Machine, x: Value, num_or_size_splits: Value, axis: Value = 0, name: Value = None
) -> list[Value]:
    """Into so many equal pieces, or pieces of these lengths."""
    x, sizes = array(m, x, TF), whole(num_or_size_splits)
    at = whole(axis)
    if isinstance(sizes, int) and (sizes < 1 or length(x, at) % sizes):
        words = "Number of ways to split should evenly divide the split dimension, but got "
        words += f"split_dim {at % x.tensor.ndim} (size = {length(x, at)}) and num_split {sizes}"
        raise ProgramError(
            "value", framework=f"InvalidArgumentError: {words} [Op:Split]", detail=words
        )
    if isinstance(sizes, int):
        return ARRANGED["split"](m, x, sizes, axis)  # type: ignore[no-any-return]
    return list(ARRANGED["pieces"](m, x, sizes, axis))


def _unstack(
    m: Machine, x: Value, num: Value = None, axis: Value = 0, name: Value = None
) -> list[Value]:
    found = list(ARRANGED["unstack"](m, x, axis))
    if num is not None and num != len(found):
        shape = ",".join(map(str, array(m, x, TF).tensor.shape))
        words = f"Input shape axis {axis} must equal {num}, got shape [{shape}] [Op:Unpack]"
        raise ProgramError("shape", framework=f"InvalidArgumentError: {words}", detail=words)
    return found


def _gather(
    m: Machine,
    x: Value,
    index: Value,
    validate_indices: Value = None,
    axis: Value = 0,
    batch_dims: Value = 0,
    name: Value = None,
) -> Value:
    if batch_dims:
        raise unsupported(N_("tf.gather with batch_dims"))
    x, places = array(m, x, TF), index_of(m, index, TF)
    within(places, length(x, whole(axis)), TF)
    return PLACED["take"](m, x, places, axis)


def _mask(m: Machine, tensor: Value, mask: Value, axis: Value = None, name: Value = None) -> Array:
    if axis is not None:
        raise unsupported(N_("tf.boolean_mask with axis"))
    return entries(m, array(m, tensor, TF), m.leaves(array(m, mask, TF)).tensor.data)


def _one_hot(
    m: Machine,
    index: Value,
    depth: Value,
    on_value: Value = None,
    off_value: Value = None,
    axis: Value = None,
    dtype: Value = None,
    name: Value = None,
) -> Value:
    if on_value is not None or off_value is not None or axis not in (None, -1):
        raise unsupported(N_("tf.one_hot with on_value, off_value or axis"))
    return PLACED["one_hot"](m, index, depth, str(dtype_of(dtype, "float32")))


def _eye(
    m: Machine,
    num_rows: Value,
    num_columns: Value = None,
    batch_shape: Value = None,
    dtype: Value = None,
    name: Value = None,
) -> Value:
    if batch_shape is not None:
        raise unsupported(N_("tf.eye with batch_shape"))
    return PLACED["eye"](m, num_rows, num_columns, dtype)


def _band_part(
    m: Machine, x: Value, num_lower: Value, num_upper: Value, name: Value = None
) -> Array:
    """The matrix within a band; a negative number keeps all of its side."""
    found, lower, upper = array(m, x, TF), whole(num_lower), whole(num_upper)
    if found.tensor.ndim < 2:
        raise value_error("input must be at least 2-dim")
    if lower >= 0:
        found = ARRANGED["triu"](m, found, -lower)
    return found if upper < 0 else ARRANGED["tril"](m, found, upper)


def _diag_part(m: Machine, x: Value, name: Value = None) -> Value:
    return ARRANGED["diagonal"](m, x, 0, -2, -1)


def _trace(m: Machine, x: Value, name: Value = None) -> Value:
    return ARRANGED["trace"](m, x, 0, -2, -1)


def _matvec(m: Machine, a: Value, b: Value, name: Value = None) -> Array:
    left, right = array(m, a, TF), array(m, b, TF)
    length(left, -1)
    return m.apply(p.linear.matmul, left, right, kind=TF)


def _matrix_transpose(m: Machine, a: Value, name: Value = None, conjugate: Value = False) -> Array:
    return m.apply(lambda t: p.shaping.swapaxes(t, -1, -2), array(m, a, TF))


def _slogdet(m: Machine, x: Value, name: Value = None) -> Fields:
    sign, size = linalg(TF)["slogdet"](m, x)
    return Fields.named("LogMatrixDeterminant", sign=sign, log_abs_determinant=size)


def _variance(op: str) -> Any:
    function = deviation(op, TF)

    def call(
        m: Machine, x: Value, axis: Value = None, keepdims: Value = False, name: Value = None
    ) -> Value:
        return function(m, x, axis, 0, keepdims)

    return call


REDUCED = {
    **{
        f"reduce_{name}": function
        for name, function in reductions(TF, "prod", "logsumexp", "any", "all").items()
    },
}
BOTH: Table = called(
    {
        **REDUCED,
        "argmax": tensorflow_order.argmax,
        "argmin": tensorflow_order.argmin,
    },
    input_tensor="x",
    input="x",
)
FUNCTIONS: Table = BOTH | called(
    {
        "concat": ARRANGED["concatenate"],
        "stack": ARRANGED["stack"],
        "split": _split,
        "tile": lambda m, x, reps, name=None: ARRANGED["tile"](m, x, reps),
        "repeat": ARRANGED["repeat"],
        "reverse": ARRANGED["flip"],
        **{name: ARRANGED[name] for name in ("roll", "squeeze", "expand_dims", "broadcast_to")},
        "norm": norm("norm", TF, ("euclidean",)),
        "one_hot": _one_hot,
        "eye": _eye,
        "pad": lambda m, x, widths, mode="CONSTANT", constant_values=0, name=None: PLACED["pad"](
            m, x, widths, str(mode).upper(), constant_values
        ),
    },
    values="tensors",
    value="x",
    input="x",
    tensor="x",
    multiples="reps",
    paddings="widths",
    indices="index",
)
FUNCTIONS |= {"boolean_mask": _mask, **tensorflow_placing()}
FUNCTIONS |= called({"gather": _gather}, params="x", indices="index")
FUNCTIONS |= called(
    {"sort": tensorflow_order.sort, "argsort": tensorflow_order.argsort}, values="x"
)
FUNCTIONS |= called({"unstack": _unstack}, value="x")
FUNCTIONS |= {"meshgrid": meshgrid(TENSORFLOW, "xy"), **FLOW}
MATH: Table = {
    **BOTH,
    "count_nonzero": called(reductions(TF, "count_nonzero"), input="x")["count_nonzero"],
    **called(
        {
            "reduce_variance": _variance("var"),
            "reduce_std": _variance("std"),
            "top_k": tensorflow_order.top_k,
        },
        input_tensor="x",
        input="x",
    ),
}
NN: Table = {
    "embedding_lookup": lambda m, params, ids, name=None: _gather(m, params, ids),
    "top_k": MATH["top_k"],
}
LINALG: Table = called(
    {
        "norm": FUNCTIONS["norm"],
        "eye": _eye,
        "trace": _trace,
        "diag": lambda m, diagonal, k=0, name=None: ARRANGED["diag_embed"](m, diagonal, k),
        "diag_part": _diag_part,
        "tensor_diag": lambda m, diagonal, name=None: ARRANGED["diag"](m, diagonal),
        "band_part": _band_part,
        "matvec": _matvec,
        "slogdet": _slogdet,
        "matrix_transpose": _matrix_transpose,
    },
    input="x",
    tensor="x",
)
