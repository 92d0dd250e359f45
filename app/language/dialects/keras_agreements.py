"""Further metrics of Keras: F scores, the share of what varies that is explained, and how far
classes overlap.

Source: keras/src/metrics, version 3.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_
from app.language.dialects.common import number_of
from app.language.dialects.keras_scores import TF, add, begun, numbers, score, weights
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Class, Instance, Value

LEAST = np.float32(1e-7)  # what Keras adds to what is divided by


def _begin_beta(m: Machine, metric: Instance, average: Value, beta: Any, threshold: Value) -> None:
    if average not in (None, "micro", "macro", "weighted"):
        words = "Invalid `average` argument value. Expected one of: "
        words += "{None, 'micro', 'macro', 'weighted'}. "
        raise value_error(f"{words}Received: average={average}")
    metric.values |= {"average": average, "beta": float(number_of(beta))}
    metric.values["threshold"] = None if threshold is None else float(number_of(threshold))


def _begin_f1(
    m: Machine,
    metric: Instance,
    average: Value = None,
    threshold: Value = None,
    name: Value = "f1_score",
    dtype: Value = None,
) -> None:
    begun(m, metric, name, dtype)
    _begin_beta(m, metric, average, 1.0, threshold)


def _begin_fbeta(
    m: Machine,
    metric: Instance,
    average: Value = None,
    beta: Value = 1.0,
    threshold: Value = None,
    name: Value = "fbeta_score",
    dtype: Value = None,
) -> None:
    begun(m, metric, name, dtype)
    _begin_beta(m, metric, average, beta, threshold)


def _count_beta(
    m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
) -> None:
    true, pred = numbers(m, y_true), numbers(m, y_pred)
    if pred.ndim != 2 or true.ndim != 2:
        words = "FBetaScore expects 2D inputs with shape (batch_size, output_dim). Received input "
        raise value_error(f"{words}shapes: y_pred.shape={pred.shape} and y_true.shape={true.shape}")
    v, axis = metric.values, None if metric.values["average"] == "micro" else 0
    if v["threshold"] is None:
        seen = (pred >= pred.max(-1, keepdims=True)) & (np.abs(pred) > 1e-9)
    else:
        seen = pred > np.float32(v["threshold"])
    shown = seen.astype(np.float32)
    weight = weights(m, sample_weight, true)
    add(
        metric,
        tp=np.sum(shown * true * weight, axis),
        fp=np.sum(shown * (1 - true) * weight, axis),
        fn=np.sum((1 - shown) * true * weight, axis),
        rows=np.sum(true * weight, axis),
    )


def _beta(m: Machine, metric: Instance) -> Array:
    counts = {name: metric.values["_counts"].get(name, np.float32(0)) for name in
              ("tp", "fp", "fn", "rows")}  # fmt: skip
    precision = counts["tp"] / (counts["tp"] + counts["fp"] + LEAST)
    recall = counts["tp"] / (counts["tp"] + counts["fn"] + LEAST)
    square = np.float32(metric.values["beta"] ** 2)
    mean = precision * recall / (square * precision + recall + LEAST)
    found = mean * (1 + square)
    average = metric.values["average"]
    if average == "weighted":
        found = np.sum(found * (counts["rows"] / (np.sum(counts["rows"]) + LEAST)))
    elif average is not None:
        found = np.mean(found)
    return m.leaf(np.float32(found), TF)


# -- the share of what varies that is explained


def _begin_r2(
    m: Machine,
    metric: Instance,
    class_aggregation: Value = "uniform_average",
    num_regressors: Value = 0,
    name: Value = "r2_score",
    dtype: Value = None,
) -> None:
    if class_aggregation not in (None, "uniform_average") or num_regressors:
        raise unsupported(N_("R2Score with another class_aggregation, or with num_regressors"))
    begun(m, metric, name, dtype)
    metric.values["class_aggregation"] = class_aggregation


def _count_r2(
    m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
) -> None:
    true, pred = numbers(m, y_true), numbers(m, y_pred)
    if true.shape != pred.shape or true.ndim != 2:
        words = "R2Score expects 2D inputs with shape (batch_size, output_dim). Received input "
        raise value_error(f"{words}shapes: y_pred.shape={pred.shape} and y_true.shape={true.shape}")
    weight = weights(m, sample_weight, true)
    add(
        metric,
        total=np.sum(true * weight, 0),
        squares=np.sum(true * true * weight, 0),
        errors=np.sum((true - pred) ** 2 * weight, 0),
        count=np.sum(weight, 0),
    )


def _r2(m: Machine, metric: Instance) -> Array:
    c = metric.values["_counts"]
    if not c:
        return m.leaf(np.float32(0), TF)
    spread = c["squares"] - c["total"] * (c["total"] / c["count"])
    with np.errstate(all="ignore"):
        found = 1 - c["errors"] / spread
    found = np.where(np.isinf(found), np.float32(0), found)
    if metric.values["class_aggregation"] is not None:
        found = np.mean(found)
    return m.leaf(np.float32(found), TF)


# -- intersection over union


def _begin_iou(whole: bool, binary: bool = False) -> Callable[..., None]:
    def begin(
        m: Machine,
        metric: Instance,
        num_classes: Value = 2,
        target_class_ids: Value = None,
        name: Value = None,
        dtype: Value = None,
        threshold: Value = 0.5,
    ) -> None:
        begun(m, metric, name, dtype)
        count = int(number_of(num_classes))
        m.budget.array((count, count))
        listed = range(count) if whole else (0, 1) if target_class_ids is None else target_class_ids
        places = [int(number_of(one)) for one in listed]
        if places and not 0 <= min(places) <= max(places) < count:
            words = f"Target class id {max(places)} is out of range, which is [0, {count})."
            raise value_error(words)
        metric.values |= {"num_classes": count, "target_class_ids": places}
        metric.values["_threshold"] = float(number_of(threshold)) if binary else None

    if not binary:
        return begin

    def begin_binary(
        m: Machine,
        metric: Instance,
        target_class_ids: Value = (0, 1),
        threshold: Value = 0.5,
        name: Value = None,
        dtype: Value = None,
    ) -> None:
        begin(m, metric, 2, target_class_ids, name, dtype, threshold)

    return begin_binary


def _count_iou(
    m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
) -> None:
    count, threshold = metric.values["num_classes"], metric.values["_threshold"]
    true, pred = (np.ravel(numbers(m, one)) for one in (y_true, y_pred))
    if threshold is not None:
        pred = (pred >= np.float32(threshold)).astype(np.float32)
    true, pred = true.astype(np.int64), pred.astype(np.int64)
    if true.shape != pred.shape:
        raise value_error(f"Shapes {true.shape} and {pred.shape} are incompatible")
    weight = np.ravel(np.trunc(weights(m, sample_weight, true)))  # Keras counts in whole numbers
    inside = (true >= 0) & (true < count) & (pred >= 0) & (pred < count)
    table = np.zeros((count, count), np.float32)
    np.add.at(table, (true[inside], pred[inside]), weight[inside])
    add(metric, table=table)


def _iou(m: Machine, metric: Instance) -> Array:
    table = metric.values["_counts"].get("table")
    if table is None:
        return m.leaf(np.float32(0), TF)
    places = metric.values["target_class_ids"]
    both = np.diag(table)[places]
    either = (table.sum(0) + table.sum(1))[places] - both
    total = np.sum(both / (either + LEAST), dtype=np.float32)
    found = total / (np.float32(np.sum(either > 0)) + LEAST)
    return m.leaf(np.float32(found), TF)


def agreements(base: Class) -> dict[str, Class]:
    """These metrics, derived from keras.metrics.Metric."""
    return {
        "F1Score": score("F1Score", base, _begin_f1, _count_beta, _beta),
        "FBetaScore": score("FBetaScore", base, _begin_fbeta, _count_beta, _beta),
        "R2Score": score("R2Score", base, _begin_r2, _count_r2, _r2),
        "IoU": score("IoU", base, _begin_iou(whole=False), _count_iou, _iou),
        "MeanIoU": score("MeanIoU", base, _begin_iou(whole=True), _count_iou, _iou),
        "BinaryIoU": score("BinaryIoU", base, _begin_iou(False, binary=True), _count_iou, _iou),
    }
