"""Further metrics of Keras: F scores, the share of what varies that is explained, and how far
classes overlap.

Source: keras/src/metrics, version 3.
"""

from typing import Any

import numpy as np

from app.engine import N_
from app.language.builtins import iterate
from app.language.dialects.common import number_of
from app.language.dialects.drawing import whole
from app.language.dialects.keras_scores import TF, add, begun, numbers, score, weights
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Class, Instance, Value, type_name

LEAST = np.float32(1e-7)  # what Keras adds to what is divided by


def _begin_beta(m: Machine, metric: Instance, average: Value, beta: Any, threshold: Value) -> None:
    if average not in (None, "micro", "macro", "weighted"):
        words = "Invalid `average` argument value. Expected one of: "
        words += "{None, 'micro', 'macro', 'weighted'}. "
        raise value_error(f"{words}Received: average={average}")
    for name, one in (("beta", beta), ("threshold", threshold)):
        if not isinstance(one, float | Array) and not (one is None and name == "threshold"):
            words = f"Invalid `{name}` argument value. It should be a Python float. "
            raise value_error(f"{words}Received: {name}={one} of type '<class '{type_name(one)}'>'")
    share = float(number_of(beta))
    if share <= 0:
        words = "Invalid `beta` argument value. It should be > 0. "
        raise value_error(f"{words}Received: beta={share}")
    least = None if threshold is None else float(number_of(threshold))
    if least is not None and not 0 < least <= 1:
        words = "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. "
        raise value_error(f"{words}Received: threshold={least}")
    metric.values |= {"average": average, "beta": share, "threshold": least}


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
    both = np.broadcast_shapes(true.shape, pred.shape)
    m.budget.array(both)
    if axis == 0 and both[1] != pred.shape[1]:
        words = "The shape of the target variable and the shape of the target value in "
        words += f"`variable.assign(value)` must match. variable.shape={pred.shape[1:]}, Received: "
        raise value_error(f"{words}value.shape={both[1:]}.")
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
    with np.errstate(all="ignore"):
        spread = c["squares"] - c["total"] * (c["total"] / c["count"])
        found = 1 - c["errors"] / spread
    found = np.where(np.isinf(found), np.float32(0), found)
    if metric.values["class_aggregation"] is not None:
        found = np.mean(found)
    return m.leaf(np.float32(found), TF)


# -- intersection over union


def _begin_overlap(
    m: Machine,
    metric: Instance,
    num_classes: Value,
    target_class_ids: Value,
    name: Value,
    dtype: Value,
    ignore_class: Value = None,
    sparse_y_true: Value = True,
    sparse_y_pred: Value = True,
    axis: Value = -1,
) -> None:
    """target_class_ids: None for all of them."""
    begun(m, metric, name, dtype)
    count = whole(num_classes)
    if count < 0:
        words = f"Cannot convert '{(count, count)}' to a shape. "
        raise value_error(f"{words}Negative dimensions are not allowed.")
    if not count and target_class_ids is None:
        raise value_error("max() arg is an empty sequence")
    m.budget.array((count, count))
    listed = range(count) if target_class_ids is None else target_class_ids
    places = [int(number_of(one)) for one in listed]
    if places and not 0 <= min(places) <= max(places) < count:
        words = f"Target class id {max(places)} is out of range, which is [0, {count})."
        raise value_error(words)
    metric.values |= {"num_classes": count, "target_class_ids": places, "_threshold": None}
    metric.values["ignore_class"] = None if ignore_class is None else int(number_of(ignore_class))
    sparse = {"sparse_y_true": bool(sparse_y_true), "sparse_y_pred": bool(sparse_y_pred)}
    metric.values |= {**sparse, "axis": int(number_of(axis))}


def _begin_iou(
    m: Machine,
    metric: Instance,
    num_classes: Value,
    target_class_ids: Value,
    name: Value = None,
    dtype: Value = None,
    ignore_class: Value = None,
    sparse_y_true: Value = True,
    sparse_y_pred: Value = True,
    axis: Value = -1,
) -> None:
    ids = list(iterate(m, target_class_ids))
    rest = (ignore_class, sparse_y_true, sparse_y_pred, axis)
    _begin_overlap(m, metric, num_classes, ids, name, dtype, *rest)


def _begin_mean_iou(
    m: Machine,
    metric: Instance,
    num_classes: Value,
    name: Value = None,
    dtype: Value = None,
    ignore_class: Value = None,
    sparse_y_true: Value = True,
    sparse_y_pred: Value = True,
    axis: Value = -1,
) -> None:
    rest = (ignore_class, sparse_y_true, sparse_y_pred, axis)
    _begin_overlap(m, metric, num_classes, None, name, dtype, *rest)


def _begin_binary_iou(
    m: Machine,
    metric: Instance,
    target_class_ids: Value = (0, 1),
    threshold: Value = 0.5,
    name: Value = None,
    dtype: Value = None,
) -> None:
    _begin_overlap(m, metric, 2, list(iterate(m, target_class_ids)), name, dtype)
    metric.values["_threshold"] = float(number_of(threshold))


def _classes(m: Machine, metric: Instance, value: Value, sparse: Value) -> Any:
    """A class for each place; where they are not sparse, that of which there is most."""
    found, axis = numbers(m, value), metric.values["axis"]
    if not sparse:
        if not -found.ndim <= axis < found.ndim:
            raise value_error(f"axis {axis} is out of bounds for array of dimension {found.ndim}")
        m.budget.array(found.shape)
        found = np.argmax(found, axis=axis)
    return np.ravel(found)


def _count_iou(
    m: Machine, metric: Instance, y_true: Value, y_pred: Value, sample_weight: Value = None
) -> None:
    count, threshold = metric.values["num_classes"], metric.values["_threshold"]
    true = _classes(m, metric, y_true, metric.values["sparse_y_true"])
    pred = _classes(m, metric, y_pred, metric.values["sparse_y_pred"])
    if threshold is not None:
        pred = (pred >= np.float32(threshold)).astype(np.float32)
    true, pred = true.astype(np.int64), pred.astype(np.int64)
    if true.shape != pred.shape:
        raise value_error(f"Shapes {true.shape} and {pred.shape} are incompatible")
    weight = np.ravel(np.trunc(weights(m, sample_weight, true)))  # Keras counts in whole numbers
    inside = (true >= 0) & (true < count) & (pred >= 0) & (pred < count)
    if metric.values["ignore_class"] is not None:
        inside &= true != metric.values["ignore_class"]
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
        "IoU": score("IoU", base, _begin_iou, _count_iou, _iou),
        "MeanIoU": score("MeanIoU", base, _begin_mean_iou, _count_iou, _iou),
        "BinaryIoU": score("BinaryIoU", base, _begin_binary_iou, _count_iou, _iou),
    }
