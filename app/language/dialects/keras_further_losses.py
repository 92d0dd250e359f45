"""Further losses of Keras, written as Keras writes them: each a few operations.

Source: keras/src/losses/losses.py, version 3.
"""

from collections.abc import Callable
from typing import Any

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.common import number_of
from app.language.dialects.keras_pairs import EPSILON, TF, mean, pair
from app.language.machine import Machine
from app.language.values import Array, Value

Loss = Callable[..., Array]


def _add(m: Machine, x: Any, y: Any) -> Array:
    return m.binary(OPS["add"], x, y)


def _less(m: Machine, x: Any, y: Any) -> Array:
    return m.binary(OPS["subtract"], x, y)


def _times(m: Machine, x: Any, y: Any) -> Array:
    return m.binary(OPS["multiply"], x, y)


def _over(m: Machine, x: Any, y: Any) -> Array:
    return m.binary(OPS["divide"], x, y)


def _least(m: Machine, x: Array, least: float) -> Array:
    return m.binary(OPS["maximum_first"], x, least)


def _of(m: Machine, name: str, x: Array) -> Array:
    return m.apply(OPS[name], x)


def _along(m: Machine, name: str, x: Array, axis: int | None = -1, keeps: bool = False) -> Array:
    if not x.tensor.ndim:
        return x
    return m.apply(lambda t: p.reductions.reduce(OPS[name], t, axis, keeps), x)


def _percentage(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    share = _over(m, _less(m, true, pred), _least(m, _of(m, "absolute", true), EPSILON))
    return _times(m, 100.0, mean(m, _of(m, "absolute", share)))


def _logarithmic(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    first, second = (_of(m, "log", _add(m, _least(m, one, EPSILON), 1.0)) for one in (pred, true))
    return mean(m, _of(m, "square", _less(m, first, second)))


def _poisson(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    return mean(m, _less(m, pred, _times(m, true, _of(m, "log", _add(m, pred, EPSILON)))))


def _categorical_hinge(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    right = _along(m, "sum", _times(m, true, pred))
    wrong = _along(m, "max", _times(m, _less(m, 1.0, true), pred))
    return _least(m, _add(m, _less(m, wrong, right), 1.0), 0.0)


def normal(m: Machine, x: Array, axis: int = -1) -> Array:
    """x over its length along an axis, as keras.utils.normalize has it."""
    squares = _along(m, "sum", _of(m, "square", x), axis, True)
    inverse = m.binary(OPS["minimum_first"], _of(m, "rsqrt", squares), 1.0 / EPSILON)
    return _times(m, x, inverse)


def likeness(m: Machine, y_true: Value, y_pred: Value, axis: Value = -1) -> Array:
    """The cosine of the angle between the rows."""
    true, pred = pair(m, y_true, y_pred)
    where = int(number_of(axis))
    product = _times(m, normal(m, true, where), normal(m, pred, where))
    return _along(m, "sum", product, where)


def _cosine(m: Machine, y_true: Value, y_pred: Value, axis: Value = -1) -> Array:
    return _of(m, "negative", likeness(m, y_true, y_pred, axis))


def _focal(m: Machine, pred: Array, gamma: Value) -> Array:
    """How far from certain, to a power."""
    return m.binary(OPS["power"], _less(m, 1.0, pred), float(number_of(gamma)))


def _binary_focal(
    m: Machine,
    y_true: Value,
    y_pred: Value,
    apply_class_balancing: Value = False,
    alpha: Value = 0.25,
    gamma: Value = 2.0,
    from_logits: Value = False,
    label_smoothing: Value = 0.0,
) -> Array:
    true, pred = pair(m, y_true, y_pred)
    if smoothing := float(number_of(label_smoothing)):
        true = _add(m, _times(m, true, 1.0 - smoothing), 0.5 * smoothing)
    if from_logits:
        pred = _of(m, "sigmoid", pred)
    each = m.apply(OPS["bce_clipped"], pred, true, EPSILON, kind=TF)
    other = _less(m, 1.0, true)
    certain = _add(m, _times(m, true, pred), _times(m, other, _less(m, 1.0, pred)))
    found = _times(m, _focal(m, certain, gamma), each)
    if apply_class_balancing:
        share = float(number_of(alpha))
        found = _times(m, _add(m, _times(m, true, share), _times(m, other, 1.0 - share)), found)
    return mean(m, found)


def _categorical_focal(
    m: Machine,
    y_true: Value,
    y_pred: Value,
    alpha: Value = 0.25,
    gamma: Value = 2.0,
    from_logits: Value = False,
    label_smoothing: Value = 0.0,
) -> Array:
    true, pred = pair(m, y_true, y_pred)
    if smoothing := float(number_of(label_smoothing)):
        classes = pred.tensor.shape[-1]
        true = _add(m, _times(m, true, 1.0 - smoothing), smoothing / classes)
    if from_logits:
        pred = _of(m, "softmax", pred)
    pred = _over(m, pred, _along(m, "sum", pred, -1, True))
    pred = m.apply(OPS["clip_low_last"], pred, EPSILON, 1 - EPSILON)
    each = _times(m, _of(m, "negative", true), _of(m, "log", pred))
    weight = _times(m, _focal(m, pred, gamma), float(number_of(alpha)))
    return _along(m, "sum", _times(m, weight, each))


def _dice(m: Machine, y_true: Value, y_pred: Value) -> Array:
    true, pred = pair(m, y_true, y_pred)
    both = _along(m, "sum", _times(m, true, pred), None)
    total = _add(m, _along(m, "sum", true, None), _along(m, "sum", pred, None))
    share = _over(m, _times(m, 2.0, both), _add(m, total, EPSILON))
    return _less(m, 1.0, share)


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
_FOCAL = {"alpha": 0.25, "gamma": 2.0, "from_logits": False, "label_smoothing": 0.0}
FURTHER_SETTINGS: dict[str, dict[str, Value]] = {
    "CosineSimilarity": {"axis": -1},
    "BinaryFocalCrossentropy": {"apply_class_balancing": False, **_FOCAL},
    "CategoricalFocalCrossentropy": _FOCAL,
}
