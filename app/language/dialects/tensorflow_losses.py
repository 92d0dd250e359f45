"""The losses and layers of tf.nn: of scores and classes, dropout, moments and what they norm."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import array, axes_of, cast
from app.language.dialects.tensorflow_basics import tight
from app.language.dialects.tensorflow_stream import stream
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Value

TF = TENSORFLOW


def _sparse(m: Machine, labels: Value, logits: Value, name: Value = None) -> Array:
    """-log softmax of the right class, an entry for each example."""
    scores, classes = array(m, logits, TF), array(m, labels, TF)
    rows, count = tuple(scores.tensor.shape[:-1]), scores.tensor.shape[-1]
    if classes.tensor.dtype.kind == "f":
        words = "Value for attr 'Tlabels' of float is not in the list of allowed values: "
        words = f"InvalidArgumentError: {words}int32, int64"
        raise ProgramError("dtype", framework=words, detail=str(classes.tensor.dtype))
    if tuple(classes.tensor.shape) != rows:
        words = "`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
        words += f"labels.shape={tuple(classes.tensor.shape)} and "
        words += f"logits.shape={tuple(scores.tensor.shape)}"
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
    data: Any = np.ravel(classes.tensor.data)
    wrong = data[(data < 0) | (data >= count)]
    if wrong.size:
        words = f"Received a label value of {wrong[0]} which is outside the valid range of "
        words += f"[0, {count}).  Label values: {' '.join(map(str, data))}"
        words += " [Op:SparseSoftmaxCrossEntropyWithLogits]"
        raise ProgramError(
            "index", framework=f"InvalidArgumentError: {words}", detail=str(wrong[0])
        )
    return m.apply(OPS["cross_entropy"], scores, classes, kind=TF)


def _shares(
    m: Machine, labels: Value, logits: Value, axis: Value = -1, name: Value = None
) -> Array:
    """-Σ y log softmax(z) along an axis."""
    scores = array(m, logits, TF)
    wanted = array(m, labels, TF, scores.tensor.dtype)
    if axis not in (-1, scores.tensor.ndim - 1):
        scores, wanted = (
            m.apply(lambda t: p.shaping.swapaxes(t, axis, -1), x) for x in (scores, wanted)
        )
    if scores.tensor.shape != wanted.tensor.shape:
        words = "logits and labels must be broadcastable: logits_size="
        words += f"{tight(scores)} labels_size={tight(wanted)}"
        words = f"InvalidArgumentError: {words} [Op:SoftmaxCrossEntropyWithLogits]"
        raise ProgramError("shape", framework=words, detail=words)
    return m.binary(OPS["cross_entropy_shares"], scores, wanted)


def _sigmoid(m: Machine, labels: Value, logits: Value, name: Value = None) -> Array:
    scores = array(m, logits, TF)
    wanted = array(m, labels, TF, scores.tensor.dtype)
    if scores.tensor.shape != wanted.tensor.shape:
        words = "`logits` and `labels` must have the same shape, received "
        words += f"({tuple(scores.tensor.shape)} vs {tuple(wanted.tensor.shape)})."
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=words)
    return m.binary(OPS["bce_with_logits_cut"], scores, wanted)


def _l2_loss(m: Machine, t: Value, name: Value = None) -> Array:
    """Half the sum of all squares."""
    squares = m.apply(OPS["square"], array(m, t, TF))
    total = m.apply(lambda x: p.reductions.reduce(OPS["sum"], x), squares)
    return m.binary(OPS["divide"], total, 2.0)


def _bias_add(
    m: Machine, value: Value, bias: Value, data_format: Value = None, name: Value = None
) -> Array:
    if data_format not in (None, "NHWC", "N...C"):
        raise unsupported(
            N_(
                "tf.nn.bias_add with data_format={format} (write the bias in the shape "
                "[channels, 1, 1] and add it)"
            ),
            format=repr(data_format),
        )
    x, shift = array(m, value, TF), array(m, bias, TF)
    if shift.tensor.ndim != 1 or x.tensor.shape[-1:] != shift.tensor.shape:
        words = "Must provide as many biases as the last dimension of the input tensor: "
        words += f"{tight(shift)} vs. {tight(x)} [Op:BiasAdd]"
        raise ProgramError("shape", framework=f"InvalidArgumentError: {words}", detail=words)
    return m.binary(OPS["add"], x, shift)


def dropout(
    m: Machine,
    x: Value,
    rate: Value,
    noise_shape: Value = None,
    seed: Value = None,
    name: Value = None,
) -> Array:
    """Each entry is dropped with probability rate; the others make up for it."""
    number = rate.tensor.data.item() if isinstance(rate, Array) else rate
    if not isinstance(number, int | float) or not 0 <= number < 1:
        raise value_error(
            f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}"
        )
    found = array(m, x, TF)
    if found.tensor.dtype.kind != "f":
        raise type_error("x has to be a floating point tensor since it's going to be scaled")
    if not number:
        return found
    shape = tuple(found.tensor.shape) if noise_shape is None else whole(noise_shape)
    m.budget.array(shape)
    kept: Any = stream(m, seed).random(shape) >= number
    kept = m.leaf(np.broadcast_to(kept, found.tensor.shape).copy(), TF)
    return m.apply(OPS["dropout"], found, kept, float(number))


def moments(
    m: Machine,
    x: Value,
    axes: Value,
    shift: Value = None,
    keepdims: Value = False,
    name: Value = None,
) -> tuple[Array, Array]:
    """Mean and variance over some axes."""
    found, over = array(m, x, TF), axes_of(axes)
    keep = bool(keepdims)
    mean = m.apply(lambda t: p.reductions.reduce(OPS["mean"], t, over, True), found)
    squares = m.apply(OPS["square"], m.binary(OPS["subtract"], found, mean))
    variance = m.apply(lambda t: p.reductions.reduce(OPS["mean"], t, over, keep), squares)
    if not keep:
        mean = m.apply(lambda t: p.shaping.reshape(t, tuple(variance.tensor.shape)), mean)
    return mean, variance


def _batch_normalization(
    m: Machine,
    x: Value,
    mean: Value,
    variance: Value,
    offset: Value,
    scale: Value,
    variance_epsilon: Value,
    name: Value = None,
) -> Array:
    """(x - mean) scale / sqrt(variance + epsilon) + offset."""
    found = array(m, x, TF)
    plain = m.binary(OPS["add"], array(m, variance, TF), variance_epsilon)
    factor = m.apply(OPS["rsqrt_or_zero"], plain)
    if scale is not None:
        factor = m.binary(OPS["multiply"], factor, scale)
    centred = m.binary(OPS["multiply"], found, factor)
    shift = m.binary(OPS["multiply"], array(m, mean, TF), factor)
    if offset is None:
        return m.binary(OPS["subtract"], centred, shift)
    return m.binary(OPS["add"], centred, m.binary(OPS["subtract"], array(m, offset, TF), shift))


def l2_normalize(
    m: Machine, x: Value, axis: Value = None, epsilon: Value = 1e-12, name: Value = None
) -> Array:
    """x by its length, which counts as sqrt(epsilon) at least."""
    found, over = array(m, x, TF), axes_of(axis)
    if found.tensor.dtype.kind != "f":
        found = cast(m, found, np.dtype(np.float32))
    squares = m.apply(OPS["square"], found)
    total = m.apply(lambda t: p.reductions.reduce(OPS["sum"], t, over, True), squares)
    least = m.binary(OPS["maximum_first"], total, float(epsilon))
    return m.binary(OPS["multiply"], found, m.apply(OPS["rsqrt_or_zero"], least))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sparse_softmax_cross_entropy_with_logits": _sparse,
    "softmax_cross_entropy_with_logits": _shares,
    "sigmoid_cross_entropy_with_logits": _sigmoid,
    "l2_loss": _l2_loss,
    "l2_normalize": l2_normalize,
    "bias_add": _bias_add,
    "dropout": dropout,
    "moments": moments,
    "batch_normalization": _batch_normalization,
}
