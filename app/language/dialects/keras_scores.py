"""Further metrics of Keras: what is counted right and wrong, and what comes of it.

Source: keras/src/metrics, version 3; Davis and Goadrich, "The Relationship Between Precision-Recall
and ROC Curves", 2006, for the area under the former.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_
from app.language.dialects.common import array, number_of
from app.language.dialects.keras_modules import snake
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Class, Instance, Value

TF = TENSORFLOW
Update = Callable[..., None]
Counts = dict[str, Any]


def numbers(m: Machine, value: Value) -> Any:
    return np.asarray(array(m, value, TF).tensor.data, np.float32)


def share(part: Any, whole: Any) -> Any:
    """part / whole, 0 where whole is."""
    part, whole = np.float32(part), np.float32(whole)
    safe = np.where(whole == 0, np.float32(1), whole)
    return np.where(whole == 0, np.float32(0), part / safe).astype(np.float32)


def begun(m: Machine, metric: Instance, name: Value, dtype: Value) -> None:
    if dtype not in (None, "float32"):
        raise unsupported(N_("a metric with dtype"))
    if name is None:
        name = snake(metric.of.name)
        count = m.layers[name] = m.layers.get(name, -1) + 1
        name = f"{name}_{count}" if count else name
    metric.values |= {"name": name, "_counts": {}}


def weights(m: Machine, weight: Value, like: Any) -> Any:
    """A weight for each entry."""
    if weight is None:
        return np.ones(like.shape, np.float32)
    found = numbers(m, weight)
    while found.ndim < like.ndim:
        found = found[..., None]
    return np.broadcast_to(found, like.shape)


def add(metric: Instance, **more: Any) -> None:
    counts: Counts = metric.values["_counts"]
    for name, value in more.items():
        counts[name] = np.float32(counts.get(name, np.float32(0)) + value)


def _flat(m: Machine, y_true: Value, y_pred: Value, weight: Value) -> tuple[Any, Any, Any]:
    true, pred = numbers(m, y_true), numbers(m, y_pred)
    if true.size != pred.size:
        words = f"Shapes {true.shape} and {pred.shape} are incompatible"
        raise value_error(words)
    each = weights(m, weight, pred)
    return np.ravel(true) != 0, np.ravel(pred), np.ravel(each)


def _reset(m: Machine, metric: Instance) -> None:
    counts: Counts = metric.values["_counts"]
    metric.values["_counts"] = {name: np.zeros_like(one) for name, one in counts.items()}


def score(
    kind: str, base: Class, begin: Callable[..., None], update: Update, result: Callable[..., Array]
) -> Class:
    """A metric with counts of its own."""

    def updated(m: Machine, metric: Instance, *given: Value, **named: Value) -> Value:
        update(m, metric, *given, **named)
        return result(m, metric)

    methods: dict[str, Callable[..., Any]] = {
        "__init__": begin,
        "__call__": updated,
        "update_state": update,
        "result": result,
        **dict.fromkeys(("reset_state", "reset_states"), _reset),
    }
    return Class(kind, base=base, methods=methods)


# -- right and wrong at thresholds


def _begin_counts(
    m: Machine,
    metric: Instance,
    thresholds: Value = None,
    top_k: Value = None,
    class_id: Value = None,
    name: Value = None,
    dtype: Value = None,
) -> None:
    if top_k is not None or class_id is not None:
        raise unsupported(
            N_("{kind} with top_k or class_id; give it the column of that class"),
            kind=metric.of.name,
        )
    begun(m, metric, name, dtype)
    given = 0.5 if thresholds is None else thresholds
    listed = list(given) if isinstance(given, list | tuple) else [given]
    found = [float(number_of(one)) for one in listed]
    if wrong := [one for one in found if not 0 <= one <= 1]:
        raise value_error(f"Threshold values must be in [0, 1]. Received: {wrong}")
    metric.values |= {"thresholds": found, "_several": isinstance(given, list | tuple)}


def _begin_kind(
    m: Machine,
    metric: Instance,
    thresholds: Value = None,
    name: Value = None,
    dtype: Value = None,
) -> None:
    _begin_counts(m, metric, thresholds, name=name, dtype=dtype)


def _count(
    m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
) -> None:
    true, pred, weight = _flat(m, y_true, y_pred, sample_weight)
    steps = np.array(metric.values["thresholds"], np.float32)
    m.budget.array((steps.size, pred.size))
    seen = pred > steps[:, None]
    add(
        metric,
        tp=(weight * (seen & true)).sum(1),
        fp=(weight * (seen & ~true)).sum(1),
        tn=(weight * (~seen & ~true)).sum(1),
        fn=(weight * (~seen & true)).sum(1),
    )


def _counted(m: Machine, metric: Instance, of: Callable[[Counts], Any]) -> Array:
    zero = np.zeros(len(metric.values["thresholds"]), np.float32)
    counts = {name: metric.values["_counts"].get(name, zero) for name in ("tp", "fp", "tn", "fn")}
    found = of(counts)
    return m.leaf(np.float32(found[0]) if len(found) == 1 else found, TF)


def _of_counts(of: Callable[[Counts], Any]) -> Callable[..., Array]:
    return lambda m, metric: _counted(m, metric, of)


# -- the area under a curve


def _begin_auc(
    m: Machine,
    metric: Instance,
    num_thresholds: Value = 200,
    curve: Value = "ROC",
    summation_method: Value = "interpolation",
    name: Value = None,
    dtype: Value = None,
    thresholds: Value = None,
    multi_label: Value = False,
    num_labels: Value = None,
    label_weights: Value = None,
    from_logits: Value = False,
) -> None:
    plain = (summation_method, multi_label, thresholds) == ("interpolation", False, None)
    if not plain or num_labels is not None or label_weights is not None:
        raise unsupported(N_("AUC with other options than num_thresholds, curve and from_logits"))
    if curve not in ("ROC", "PR", "PRGAIN"):
        known = 'Expected values are ["PR", "ROC", "PRGAIN"]'
        raise value_error(f'Invalid AUC curve value: "{curve}". {known}')
    if curve == "PRGAIN":
        raise unsupported(N_("AUC with the curve PRGAIN; write ROC or PR"))
    if not isinstance(num_thresholds, int) or num_thresholds <= 1:
        words = "Argument `num_thresholds` must be an integer > 1. Received: num_thresholds="
        raise value_error(f"{words}{num_thresholds}")
    m.budget.array((num_thresholds,))
    begun(m, metric, name, dtype)
    metric.values |= {"curve": curve, "num_thresholds": num_thresholds}
    metric.values["_logits"] = bool(from_logits)


def _count_auc(
    m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
) -> None:
    true, pred, weight = _flat(m, y_true, y_pred, sample_weight)
    steps = metric.values["num_thresholds"]
    m.budget.array((steps,))
    if metric.values["_logits"]:
        pred = 1 / (1 + np.exp(-pred))
    pred = np.clip(pred, 0, 1)
    at = np.maximum(np.ceil(pred * np.float32(steps - 1)) - 1, 0)
    at = np.where(np.isnan(at), 0, at).astype(np.int64)
    found = []
    for chosen in (true, ~true):
        row = np.zeros(steps, np.float32)
        np.add.at(row, at, np.where(chosen, weight, np.float32(0)))
        found.append(np.cumsum(row[::-1], dtype=np.float32)[::-1])
    right, wrong = (np.sum(weight * chosen, dtype=np.float32) for chosen in (true, ~true))
    add(metric, tp=found[0], fp=found[1], tn=wrong - found[1], fn=right - found[0])


def _area(m: Machine, metric: Instance) -> Array:
    m.budget.array((metric.values["num_thresholds"],))
    zero = np.zeros(metric.values["num_thresholds"], np.float32)
    tp, fp, tn, fn = (metric.values["_counts"].get(name, zero) for name in ("tp", "fp", "tn", "fn"))
    if metric.values["curve"] == "ROC":
        x, y = share(fp, fp + tn), share(tp, tp + fn)
        found = np.sum((x[:-1] - x[1:]) * ((y[:-1] + y[1:]) / 2))
        return m.leaf(np.float32(found), TF)
    both, more = tp + fp, tp[:-1] - tp[1:]
    slope = share(more, np.maximum(both[:-1] - both[1:], 0))
    start = tp[1:] - slope * both[1:]
    inside = (both[:-1] > 0) & (both[1:] > 0)
    ratio = np.where(inside, share(both[:-1], np.maximum(both[1:], 0)), np.float32(1))
    part = share(slope * (more + start * np.log(ratio)), np.maximum(tp[1:] + fn[1:], 0))
    return m.leaf(np.float32(np.sum(part)), TF)


KINDS: dict[str, Callable[[Counts], Any]] = {
    "TruePositives": lambda c: c["tp"],
    "FalsePositives": lambda c: c["fp"],
    "TrueNegatives": lambda c: c["tn"],
    "FalseNegatives": lambda c: c["fn"],
}


def scores(base: Class) -> dict[str, Class]:
    """These metrics, derived from keras.metrics.Metric."""
    return {
        **{
            kind: score(kind, base, _begin_kind, _count, _of_counts(of))
            for kind, of in KINDS.items()
        },
        "Precision": score(
            "Precision",
            base,
            _begin_counts,
            _count,
            _of_counts(lambda c: share(c["tp"], c["tp"] + c["fp"])),
        ),
        "Recall": score(
            "Recall",
            base,
            _begin_counts,
            _count,
            _of_counts(lambda c: share(c["tp"], c["tp"] + c["fn"])),
        ),
        "AUC": score("AUC", base, _begin_auc, _count_auc, _area),
    }
