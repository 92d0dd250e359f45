"""What losses of Keras are given, (y_true, y_pred), as they compare it."""

from typing import Any

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.common import FLOAT32, array, cast, number_of
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Value

TF = TENSORFLOW
EPSILON = 1e-7  # how far from 0 and 1 Keras keeps probabilities


def pair(m: Machine, y_true: Value, y_pred: Value) -> tuple[Array, Array]:
    """Both of the prediction's type; a last axis of one is left out of the longer."""
    pred, true = floats(m, y_pred), array(m, y_true, TF)
    if true.tensor.dtype != pred.tensor.dtype:
        true = cast(m, true, pred.tensor.dtype)
    return squeezed(m, true, pred), squeezed(m, pred, true)


def floats(m: Machine, x: Value, dtype: Any = None) -> Array:
    """An array of this type; by default of its own, where it is one of floats, else float32."""
    found = array(m, x, TF)
    own = found.tensor.dtype
    wanted = dtype or (own if own.kind == "f" else FLOAT32)
    return found if own == wanted else cast(m, found, wanted)


def squeezed(m: Machine, x: Array, other: Array) -> Array:
    shape = tuple(x.tensor.shape)
    if len(shape) == other.tensor.ndim + 1 and shape[-1] == 1:
        return m.apply(lambda t: p.shaping.reshape(t, shape[:-1]), x)
    return x


def mean(m: Machine, x: Array) -> Array:
    """The mean over the last axis; a number stays as it is."""
    if not x.tensor.ndim:
        return x
    return m.apply(lambda t: p.reductions.reduce(OPS["mean"], t, -1), x)


def smoothed(m: Machine, true: Array, smoothing: Value, classes: int) -> Array:
    """Targets of which a share goes to all classes alike."""
    share = float(number_of(smoothing))
    if not share:
        return true
    return m.binary(OPS["add"], m.binary(OPS["multiply"], true, 1.0 - share), share / classes)
