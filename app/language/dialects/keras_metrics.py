"""tf.keras.metrics: running means, of numbers or of how well predictions fit."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_
from app.language.dialects.common import array, by_name, number_of
from app.language.dialects.keras_agreements import agreements
from app.language.dialects.keras_further_losses import likeness
from app.language.dialects.keras_losses import FUNCTIONS
from app.language.dialects.keras_losses import SHORT as SHORT_LOSSES
from app.language.dialects.keras_scores import scores
from app.language.errors import unexpected_keyword, unsupported, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Class, Instance, Value

TF = TENSORFLOW


def _numbers(m: Machine, value: Value) -> Any:
    return np.asarray(array(m, value, TF).tensor.data)


def _alike(m: Machine, y_true: Value, y_pred: Value) -> tuple[Any, Any]:
    """Both with as many axes, where one of them has a last axis of one."""
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    if true.ndim == pred.ndim + 1 and true.shape[-1] == 1:
        return (true, pred[:, None]) if pred.ndim == 1 else (true[..., 0], pred)
    if pred.ndim == true.ndim + 1 and pred.shape[-1] == 1:
        return (true[:, None], pred) if true.ndim == 1 else (true, pred[..., 0])
    return true, pred


def _of_last(m: Machine, values: Any) -> Any:
    """The mean over the last axis, which alone is that of the examples."""
    return np.mean(values, axis=-1) if np.ndim(values) > 1 else values


def _binary(m: Machine, y_true: Value, y_pred: Value, threshold: Value = 0.5) -> Any:
    true, pred = _alike(m, y_true, y_pred)
    m.budget.array(np.broadcast_shapes(true.shape, pred.shape))
    return _of_last(m, np.equal(true, (pred > number_of(threshold)).astype(true.dtype)))


def _categorical(m: Machine, y_true: Value, y_pred: Value) -> Any:
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    m.budget.array(np.broadcast_shapes(true.shape[:-1], pred.shape[:-1]))
    return np.argmax(true, axis=-1) == np.argmax(pred, axis=-1)


def _sparse(m: Machine, y_true: Value, y_pred: Value) -> Any:
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = true[..., 0]
    m.budget.array(np.broadcast_shapes(true.shape, pred.shape[:-1]))
    return true == np.argmax(pred, axis=-1)


def _equal(m: Machine, y_true: Value, y_pred: Value) -> Any:
    true, pred = _alike(m, y_true, y_pred)
    m.budget.array(np.broadcast_shapes(true.shape, pred.shape))
    return _of_last(m, true == pred)


def _top(m: Machine, y_true: Value, y_pred: Value, k: Value = 5) -> Any:
    """Whether the class is among the k that are foretold first."""
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    return _among(m, np.argmax(true, axis=-1), pred, k)


def _sparse_top(m: Machine, y_true: Value, y_pred: Value, k: Value = 5) -> Any:
    true, pred = _numbers(m, y_true), _numbers(m, y_pred)
    if true.ndim == pred.ndim and true.shape[-1] == 1:
        true = true[..., 0]
    return _among(m, true.astype(np.int64), pred, k)


def _among(m: Machine, classes: Any, pred: Any, k: Value) -> Any:
    if pred.shape[:-1] != classes.shape:
        raise value_error(f"classes of shape {classes.shape} for predictions of {pred.shape}")
    m.budget.array(pred.shape)
    known = (classes >= 0) & (classes < pred.shape[-1])
    own = np.take_along_axis(pred, np.where(known, classes, 0)[..., None], -1)
    # one that is not finite is among none
    return known & np.isfinite(own[..., 0]) & ((pred > own).sum(-1) < int(number_of(k)))


def _cosine(m: Machine, y_true: Value, y_pred: Value, axis: Value = -1) -> Any:
    return likeness(m, y_true, y_pred, axis).tensor.data


def _square(m: Machine, y_true: Value, y_pred: Value) -> Any:
    true, pred = _alike(m, y_true, y_pred)
    m.budget.array(np.broadcast_shapes(true.shape, pred.shape))
    return np.square(np.float32(pred) - np.float32(true))


def _loss(name: str) -> Callable[..., Any]:
    def fit(m: Machine, y_true: Value, y_pred: Value, **settings: Value) -> Any:
        ranks = [_numbers(m, one).ndim for one in (y_true, y_pred)]
        if name == "binary_crossentropy" and ranks[0] != ranks[1]:
            raise value_error("Arguments `target` and `output` must have the same rank (ndim).")
        return FUNCTIONS[name](m, y_true, y_pred, **settings).tensor.data

    return fit


FITS: dict[str, Callable[..., Any]] = {
    "binary_accuracy": _binary,
    "categorical_accuracy": _categorical,
    "sparse_categorical_accuracy": _sparse,
    "top_k_categorical_accuracy": _top,
    "sparse_top_k_categorical_accuracy": _sparse_top,
    **{name: _loss(name) for name in FUNCTIONS},
    "cosine_similarity": _cosine,
}
UP = ("accuracy", "precision", "recall", "auc", "f1score", "fbetascore", "iou", "r2score",
      "cosinesimilarity", "atprecision", "atrecall", "specificity", "sensitivity")  # fmt: skip
DOWN = {*FUNCTIONS, "root_mean_squared_error", "log_cosh_error"}
SHORT = {**SHORT_LOSSES, "acc": "accuracy"}


def known_fit(name: str) -> str:
    """The full name of a metric."""
    name = SHORT.get(name.lower(), name.lower())
    if name != "accuracy" and name not in FITS:
        raise value_error(f"Could not interpret metric identifier: {name}")
    return name


def fit_of(m: Machine, name: str, y_true: Value, y_pred: Value) -> Any:
    """How well predictions fit, an entry for each example; "accuracy" goes by their shape."""
    name = known_fit(name)
    if name == "accuracy":
        true, pred = _numbers(m, y_true), _numbers(m, y_pred)
        name = "categorical_accuracy"
        if pred.ndim and pred.shape[-1] == 1:
            name = "binary_accuracy"
        elif true.ndim < pred.ndim or true.shape[-1] == 1:
            name = "sparse_categorical_accuracy"
    return FITS[name](m, y_true, y_pred)


def direction(name: str) -> bool | None:
    """Whether more of a metric is better, by its name or by that of its class."""
    plain = SHORT.get(name.lower(), name.lower()).replace("_", "")
    if plain.endswith(UP):
        return True
    return False if plain in {one.replace("_", "") for one in DOWN} else None


# -- objects


METRIC = Class("Metric")
PLAIN = ("name", "dtype")
ORDER: dict[str, tuple[str, ...]] = {  # what they may be given, as it stands in Keras
    "BinaryAccuracy": (*PLAIN, "threshold"),
    "BinaryCrossentropy": (*PLAIN, "from_logits", "label_smoothing"),
    "CategoricalCrossentropy": (*PLAIN, "from_logits", "label_smoothing", "axis"),
    "SparseCategoricalCrossentropy": (*PLAIN, "from_logits", "ignore_class", "axis"),
    "TopKCategoricalAccuracy": ("k", *PLAIN),
    "SparseTopKCategoricalAccuracy": ("k", *PLAIN, "from_sorted_ids"),
    "CosineSimilarity": (*PLAIN, "axis"),
}
ONLY: dict[str, Value] = {"axis": -1, "ignore_class": None, "from_sorted_ids": False}


def _start(kind: str, name: str) -> Callable[..., None]:
    order = ORDER.get(kind, PLAIN)

    def start(m: Machine, metric: Instance, *given: Value, **settings: Value) -> None:
        settings = by_name(f"{kind}.__init__", order, given, settings)
        title, dtype = settings.pop("name", name), settings.pop("dtype", None)
        if dtype not in (None, "float32"):
            raise unsupported(N_("a metric with dtype"))
        for key in settings:
            if key not in order:
                raise unexpected_keyword(f"{kind}.__init__", key, order, framework="keras")
        for key in ONLY.keys() & settings.keys() if kind != "CosineSimilarity" else ():
            if settings.pop(key) != ONLY[key]:  # that has but its default here
                raise unsupported(N_("{kind} with {key}"), kind=kind, key=key)
        metric.values |= {"name": title, "total": 0.0, "count": 0.0, **settings}

    return start


def add(m: Machine, metric: Instance, values: Any, weights: Value = None) -> None:
    """Counts values in, each by its weight; an axis that weights lack is averaged."""
    found = np.asarray(values, np.float32)
    share: Any = np.float32(1.0)
    if weights is not None:
        share = weights if isinstance(weights, np.generic) else _numbers(m, weights)
        if share.ndim == found.ndim + 1 and share.shape[-1] == 1:
            share = share[..., 0]
        if share.ndim < found.ndim:
            found = found.mean(axis=tuple(range(share.ndim, found.ndim)))
        if share.ndim == found.ndim and share.shape != found.shape:
            raise value_error(f"weights of shape {share.shape} for values of shape {found.shape}")
        found = np.broadcast_to(found, share.shape)
    share = np.broadcast_to(share, found.shape)
    metric.values["total"] += float(np.sum(found * share))
    metric.values["count"] += float(np.sum(share))


def _update_mean(m: Machine, metric: Instance, values: Value, sample_weight: Value = None) -> None:
    add(m, metric, _numbers(m, values), sample_weight)


def _update_fit(function: Callable[..., Any], known: tuple[str, ...] = ()) -> Callable[..., None]:
    def update(
        m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
    ) -> None:
        settings = {key: metric.values[key] for key in known if key in metric.values}
        settings.pop("name", None)
        add(m, metric, function(m, y_true, y_pred, **settings), sample_weight)

    return update


def _result(m: Machine, metric: Instance) -> Array:
    count = metric.values["count"]
    return m.leaf(np.float32(metric.values["total"] / count if count else 0.0), TF)


def _rooted(m: Machine, metric: Instance) -> Array:
    count = metric.values["count"]
    mean = np.float32(metric.values["total"] / count if count else 0.0)
    return m.leaf(np.sqrt(mean), TF)


def _sum_result(m: Machine, metric: Instance) -> Array:
    return m.leaf(np.float32(metric.values["total"]), TF)


def _reset(m: Machine, metric: Instance) -> None:
    metric.values["total"] = metric.values["count"] = 0.0


def _metric(kind: str, name: str, update: Callable[..., None], result: Any = _result) -> Class:
    def updated(m: Machine, metric: Instance, *given: Value, **named: Value) -> Value:
        update(m, metric, *given, **named)
        return result(m, metric)

    methods: dict[str, Callable[..., Any]] = {
        "__init__": _start(kind, name),
        "__call__": updated,
        "update_state": update,
        "result": result,
        **dict.fromkeys(("reset_state", "reset_states"), _reset),
    }
    return Class(kind, base=METRIC, methods=methods)


METRICS: dict[str, Class] = {
    "Mean": _metric("Mean", "mean", _update_mean),
    "Sum": _metric("Sum", "sum", _update_mean, _sum_result),
    "Accuracy": _metric("Accuracy", "accuracy", _update_fit(_equal)),
    **{
        kind: _metric(kind, name, _update_fit(FITS[name], ORDER.get(kind, ())))
        for kind, name in {
            "BinaryAccuracy": "binary_accuracy",
            "CategoricalAccuracy": "categorical_accuracy",
            "SparseCategoricalAccuracy": "sparse_categorical_accuracy",
            "MeanSquaredError": "mean_squared_error",
            "MeanAbsoluteError": "mean_absolute_error",
            "BinaryCrossentropy": "binary_crossentropy",
            "CategoricalCrossentropy": "categorical_crossentropy",
            "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
            "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
            "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
            "Hinge": "hinge",
            "SquaredHinge": "squared_hinge",
            "CategoricalHinge": "categorical_hinge",
            "Poisson": "poisson",
            "KLDivergence": "kl_divergence",
            "CosineSimilarity": "cosine_similarity",
            "TopKCategoricalAccuracy": "top_k_categorical_accuracy",
            "SparseTopKCategoricalAccuracy": "sparse_top_k_categorical_accuracy",
        }.items()
    },
    "LogCoshError": _metric("LogCoshError", "logcosh", _update_fit(FITS["log_cosh"])),
    "RootMeanSquaredError": _metric(
        "RootMeanSquaredError", "root_mean_squared_error", _update_fit(_square), _rooted
    ),
    **scores(METRIC),
    **agreements(METRIC),
}


def _function(name: str) -> Callable[..., Array]:
    """keras.metrics.binary_accuracy(y_true, y_pred): a number for each example."""

    def call(m: Machine, y_true: Value, y_pred: Value, *given: Value, **named: Value) -> Array:
        found = FITS[name](m, y_true, y_pred, *given, **named)
        return m.leaf(np.asarray(found, np.float32), TF)

    return call


FIT_FUNCTIONS: dict[str, Any] = {
    **{name: _function(name) for name in FITS if name.endswith("_accuracy")},
    **{name: FUNCTIONS[name] for name in FUNCTIONS if name != "cosine_similarity"},
    **{short: FUNCTIONS[name] for short, name in SHORT_LOSSES.items()},
}
