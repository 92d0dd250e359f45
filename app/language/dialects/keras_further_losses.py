"""Further losses of Keras, written as Keras writes them: each a few operations.

Source: keras/src/losses/losses.py, version 3.
"""

from collections.abc import Callable
from typing import Any

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.common import axes_of, number_of
from app.language.dialects.keras_modules import SOFTMAX
from app.language.dialects.keras_pairs import EPSILON, TF, mean, pair, smoothed
from app.language.dialects.recurrent_steps import add, times
from app.language.machine import Machine
from app.language.values import Array, Value

Loss = Callable[..., Array]


def _minus(m: Machine, x: Any, y: Any) -> Array:
    return m.binary(OPS["subtract"], x, y)


def _over(m: Machine, x: Any, y: Any) -> Array:
    return m.binary(OPS["divide"], x, y)


def _at_least(m: Machine, x: Array, least: float) -> Array:
    return m.binary(OPS["maximum_first"], x, least)


def _of(m: Machine, name: str, x: Array) -> Array:
    return m.apply(OPS[name], x)


def _along(m: Machine, name: str, x: Array, axis: Any = -1, keeps: bool = False) -> Array:
    if not x.tensor.ndim:
        return x
    return m.apply(lambda t: p.reductions.reduce(OPS[name], t, axis, keeps), x)


def _percentage(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    share = _over(m, _minus(m, true, pred), _at_least(m, _of(m, "absolute", true), EPSILON))
    return times(m, 100.0, mean(m, _of(m, "absolute", share)))


def _logarithmic(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    first, second = (_of(m, "log", add(m, _at_least(m, one, EPSILON), 1.0)) for one in (pred, true))
    return mean(m, _of(m, "square", _minus(m, first, second)))


def _poisson(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    return mean(m, _minus(m, pred, times(m, true, _of(m, "log", add(m, pred, EPSILON)))))


def _categorical_hinge(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    right = _along(m, "sum", times(m, true, pred))
    wrong = _along(m, "max", times(m, _minus(m, 1.0, true), pred))
    return _at_least(m, add(m, _minus(m, wrong, right), 1.0), 0.0)


def normal(m: Machine, x: Array, axis: int = -1) -> Array:
    """x over its length along an axis, as keras.utils.normalize has it."""
    squares = _along(m, "sum", _of(m, "square", x), axis, True)
    inverse = m.binary(OPS["minimum_first"], _of(m, "rsqrt", squares), 1.0 / EPSILON)
    return times(m, x, inverse)


def likeness(m: Machine, y_true: Value, y_pred: Value, axis: Value = -1) -> Array:
    """The cosine of the angle between the rows."""
    true, pred = pair(m, y_true, y_pred)
    where = int(number_of(axis))
    product = times(m, normal(m, true, where), normal(m, pred, where))
    return _along(m, "sum", product, where)


def _cosine(m: Machine, y_true: Value, y_pred: Value, axis: Value = -1) -> Array:
    return _of(m, "negative", likeness(m, y_true, y_pred, axis))


def _focal(m: Machine, pred: Array, gamma: Value) -> Array:
    """How far from certain, to a power."""
    return m.binary(OPS["power"], _minus(m, 1.0, pred), float(number_of(gamma)))


def _binary_focal(
    m: Machine,
    y_true: Value,
    y_pred: Value,
    apply_class_balancing: Value = False,
    alpha: Value = 0.25,
    gamma: Value = 2.0,
    from_logits: Value = False,
    label_smoothing: Value = 0.0,
    axis: Value = -1,
) -> Array:
    true, pred = pair(m, y_true, y_pred)
    true = smoothed(m, true, label_smoothing, 2)
    if from_logits:
        pred = _of(m, "sigmoid", pred)
    each = m.apply(OPS["bce_clipped"], pred, true, EPSILON, kind=TF)
    other = _minus(m, 1.0, true)
    certain = add(m, times(m, true, pred), times(m, other, _minus(m, 1.0, pred)))
    found = times(m, _focal(m, certain, gamma), each)
    if apply_class_balancing:
        share = float(number_of(alpha))
        found = times(m, add(m, times(m, true, share), times(m, other, 1.0 - share)), found)
    return _along(m, "mean", found, int(number_of(axis)))


def _categorical_focal(
    m: Machine,
    y_true: Value,
    y_pred: Value,
    alpha: Value = 0.25,
    gamma: Value = 2.0,
    from_logits: Value = False,
    label_smoothing: Value = 0.0,
    axis: Value = -1,
) -> Array:
    true, pred = pair(m, y_true, y_pred)
    where = int(number_of(axis))
    true = smoothed(m, true, label_smoothing, true.tensor.shape[-1] if true.tensor.ndim else 1)
    if from_logits:
        pred = SOFTMAX["softmax"](m, pred, axis=where)
    pred = _over(m, pred, _along(m, "sum", pred, where, True))
    pred = m.apply(OPS["clip_low_last"], pred, EPSILON, 1 - EPSILON)
    each = times(m, _of(m, "negative", true), _of(m, "log", pred))
    weight = times(m, _focal(m, pred, gamma), float(number_of(alpha)))
    return _along(m, "sum", times(m, weight, each), where)


def _dice(m: Machine, y_true: Value, y_pred: Value, axis: Value = None) -> Array:
    true, pred = pair(m, y_true, y_pred)
    where = None if axis is None else axes_of(axis)
    both = _along(m, "sum", times(m, true, pred), where)
    total = add(m, _along(m, "sum", true, where), _along(m, "sum", pred, where))
    share = _over(m, times(m, 2.0, both), add(m, total, EPSILON))
    return _minus(m, 1.0, share)


FURTHER: dict[str, Loss] = {
    "mean_absolute_percentage_error": _percentage,
    "mean_squared_logarithmic_error": _logarithmic,
    "poisson": _poisson,
    "categorical_hinge": _categorical_hinge,
    "cosine_similarity": _cosine,
    "binary_focal_crossentropy": _binary_focal,
    "categorical_focal_crossentropy": _categorical_focal,
    "dice": _dice,
}
FURTHER_OBJECTS = {
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
    "Poisson": "poisson",
    "CategoricalHinge": "categorical_hinge",
    "CosineSimilarity": "cosine_similarity",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "Dice": "dice",
}
_FOCAL: dict[str, Value] = {"alpha": 0.25, "gamma": 2.0, "from_logits": False}
_FOCAL |= {"label_smoothing": 0.0, "axis": -1}
FURTHER_SETTINGS: dict[str, dict[str, Value]] = {
    "CosineSimilarity": {"axis": -1},
    "BinaryFocalCrossentropy": {"apply_class_balancing": False, **_FOCAL},
    "CategoricalFocalCrossentropy": _FOCAL,
    "Dice": {"axis": None},
}
