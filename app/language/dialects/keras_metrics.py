"""tf.keras.metrics: running means, of numbers or of how well predictions fit."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.dialects.common import array
from app.language.dialects.keras_losses import FUNCTIONS
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Class, Instance, Value

TF = TENSORFLOW


def _numbers(m: Machine, value: Value) -> Any:
    return np.asarray(array(m, value, TF).tensor.data)


def _binary(m: Machine, y_true: Value, y_pred: Value, threshold: float = 0.5) -> Any:
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    if true.ndim == pred.ndim - 1 and pred.shape[-1] == 1:
        pred = pred[..., 0]
    return np.mean(np.equal(true, (pred > threshold).astype(true.dtype)), axis=-1)


def _categorical(m: Machine, y_true: Value, y_pred: Value) -> Any:
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    return np.argmax(true, axis=-1) == np.argmax(pred, axis=-1)


def _sparse(m: Machine, y_true: Value, y_pred: Value) -> Any:
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = true[..., 0]
    return true == np.argmax(pred, axis=-1)


def _equal(m: Machine, y_true: Value, y_pred: Value) -> Any:
    return _numbers(m, y_true) == _numbers(m, y_pred)


def _loss(name: str) -> Callable[..., Any]:
    return lambda m, y_true, y_pred: FUNCTIONS[name](m, y_true, y_pred).tensor.data


FITS: dict[str, Callable[..., Any]] = {
    "binary_accuracy": _binary,
    "categorical_accuracy": _categorical,
    "sparse_categorical_accuracy": _sparse,
    **{name: _loss(name) for name in FUNCTIONS},
}
SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "acc": "accuracy"}


def fit_of(m: Machine, name: str, y_true: Value, y_pred: Value) -> Any:
    """How well predictions fit, an entry for each example; "accuracy" goes by their shape."""
    name = SHORT.get(name.lower(), name.lower())
    if name == "accuracy":
        true, pred = _numbers(m, y_true), _numbers(m, y_pred)
        name = "categorical_accuracy"
        if pred.ndim and pred.shape[-1] == 1:
            name = "binary_accuracy"
        elif true.ndim < pred.ndim or true.shape[-1] == 1:
            name = "sparse_categorical_accuracy"
    if name not in FITS:
        raise value_error(f"Could not interpret metric identifier: {name}")
    return FITS[name](m, y_true, y_pred)


# -- objects


def _start(name: str) -> Callable[..., None]:
    def start(m: Machine, metric: Instance, *given: Value, **settings: Value) -> None:
        named = settings.pop("name", None) or (given[0] if given else None)
        settings.pop("dtype", None)
        if settings:
            raise unsupported(f"a metric with {next(iter(settings))}")
        metric.values |= {"name": named or name, "total": 0.0, "count": 0.0}

    return start


def _add(metric: Instance, values: Any, weights: Any = None) -> None:
    found = np.asarray(values, np.float32)
    share = np.ones_like(found) if weights is None else np.broadcast_to(weights, found.shape)
    metric.values["total"] += float(np.sum(found * share))
    metric.values["count"] += float(np.sum(share))


def _update_mean(m: Machine, metric: Instance, values: Value, sample_weight: Value = None) -> None:
    weights = None if sample_weight is None else _numbers(m, sample_weight)
    _add(metric, _numbers(m, values), weights)


def _update_fit(function: Callable[..., Any]) -> Callable[..., None]:
    def update(
        m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
    ) -> None:
        weights = None if sample_weight is None else _numbers(m, sample_weight)
        _add(metric, function(m, y_true, y_pred), weights)

    return update


def _result(m: Machine, metric: Instance) -> Array:
    count = metric.values["count"]
    return m.leaf(np.float32(metric.values["total"] / count if count else 0.0), TF)


def _sum_result(m: Machine, metric: Instance) -> Array:
    return m.leaf(np.float32(metric.values["total"]), TF)


def _reset(m: Machine, metric: Instance) -> None:
    metric.values["total"] = metric.values["count"] = 0.0


def _metric(kind: str, name: str, update: Callable[..., None], result: Any = _result) -> Class:
    def updated(m: Machine, metric: Instance, *given: Value, **named: Value) -> Value:
        update(m, metric, *given, **named)
        return result(m, metric)

    methods: dict[str, Callable[..., Any]] = {
        "__init__": _start(name),
        "__call__": updated,
        "update_state": update,
        "result": result,
        **dict.fromkeys(("reset_state", "reset_states"), _reset),
    }
    return Class(kind, methods=methods)


METRICS: dict[str, Class] = {
    "Mean": _metric("Mean", "mean", _update_mean),
    "Sum": _metric("Sum", "sum", _update_mean, _sum_result),
    "Accuracy": _metric("Accuracy", "accuracy", _update_fit(_equal)),
    **{
        kind: _metric(kind, name, _update_fit(FITS[name]))
        for kind, name in {
            "BinaryAccuracy": "binary_accuracy",
            "CategoricalAccuracy": "categorical_accuracy",
            "SparseCategoricalAccuracy": "sparse_categorical_accuracy",
            "MeanSquaredError": "mean_squared_error",
            "MeanAbsoluteError": "mean_absolute_error",
            "BinaryCrossentropy": "binary_crossentropy",
            "CategoricalCrossentropy": "categorical_crossentropy",
            "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
        }.items()
    },
}
