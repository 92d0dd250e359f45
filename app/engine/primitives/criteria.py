"""Criteria: losses called as frameworks call them, with weights, smoothing and a reduction."""

from typing import Any

import numpy as np

from app.engine.op import Op
from app.engine.primitives.apply import apply
from app.engine.primitives.class_losses import cross_entropy, cross_entropy_soft, less_one_hot
from app.engine.primitives.shaping import transpose
from app.engine.tensor import Tensor

IGNORED = -100  # the class that PyTorch leaves out


def reduced(losses: Any, reduction: str = "mean") -> Any:
    """The losses themselves ("none"), their mean or their sum. Raises ValueError for another."""
    if reduction == "none":
        return losses
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction must be 'none', 'mean' or 'sum', not {reduction!r}")
    return np.mean(losses) if reduction == "mean" else np.sum(losses)


def loss(op: Op, x: Any, y: Any, *settings: Any, reduction: str = "mean") -> Any:
    """One of the losses of prediction and target, reduced."""
    return reduced(op(x, y, *settings), reduction)


def classify(
    x: Any,
    target: Any,
    weight: Any = None,
    smoothing: float = 0.0,
    ignored: int = IGNORED,
    reduction: str = "mean",
    axis: int = -1,
) -> Any:
    """Cross-entropy of scores x, whose classes lie along `axis`.

    target: the number of each right class, without that axis, or shares in the shape of x. weight:
    one per class. smoothing: the part of each target that is shared out equally among all classes.
    A mean is over the weights of the right classes that are not ignored; over all rows of shares.
    Raises ValueError where the shapes do not fit, IndexError for a class that is not there.
    """
    x, count = _last(x, axis), x.shape[axis]
    target = target if isinstance(target, Tensor) else np.asarray(target)
    if target.dtype.kind == "f":
        target = _last(target, axis)
        if target.shape != x.shape:
            raise ValueError(f"cross_entropy of shapes {x.shape} and {target.shape}")
        return reduced(cross_entropy_soft(x, _wanted(target, weight, smoothing, count)), reduction)
    if target.shape != x.shape[:-1]:
        raise ValueError(f"cross_entropy of shapes {x.shape} and {target.shape}: one class per row")
    kept = target != ignored
    every = bool(np.all(kept.data if isinstance(kept, Tensor) else kept))
    if weight is None and not smoothing and every:
        return reduced(cross_entropy(x, target), reduction)
    right = -apply(less_one_hot, np.zeros(count, x.dtype), np.where(kept, target, 0))
    right = right * np.reshape(kept, (*kept.shape, 1))
    losses = cross_entropy_soft(x, _wanted(right, weight, smoothing, count)) * kept
    if reduction != "mean":
        return reduced(losses, reduction)
    return np.sum(losses) / np.sum(right if weight is None else right * weight)


def _last(x: Any, axis: int) -> Any:
    """x with `axis` moved to the end."""
    order = [i for i in range(x.ndim) if i != axis % x.ndim]
    return x if order == list(range(x.ndim - 1)) else transpose(x, (*order, axis % x.ndim))


def _wanted(shares: Any, weight: Any, smoothing: float, count: int) -> Any:
    smooth = shares * (1 - smoothing) + smoothing / count if smoothing else shares
    return smooth if weight is None else smooth * weight
