"""Criteria: losses called as frameworks call them, with weights, smoothing and a reduction."""

from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.op import Op
from app.engine.primitives.activations import log_sigmoid
from app.engine.primitives.apply import apply
from app.engine.primitives.binary_losses import bce_with_logits
from app.engine.primitives.bounds import clip_low_last
from app.engine.primitives.class_losses import (
    cross_entropy,
    cross_entropy_soft,
    less_one_hot,
    nll,
)
from app.engine.primitives.shaping import transpose
from app.engine.tensor import Tensor
from app.engine.work import WORK, broadcast_work

IGNORED = -100  # the class that PyTorch leaves out


def reduced(losses: Any, reduction: str = "mean") -> Any:
    """The losses ("none"), their mean, their sum, or that per example ("batchmean").

    Raises ValueError for another reduction.
    """
    if reduction == "none":
        return losses
    if reduction == "batchmean":
        return np.sum(losses) / (losses.shape[0] if losses.ndim else 1)
    if reduction not in ("mean", "sum"):
        raise ValueError(
            f"reduction must be 'none', 'mean', 'sum' or 'batchmean', not {reduction!r}"
        )
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
            raise Misfit("cross_entropy", (x.shape, target.shape), "one share per score")
        return reduced(cross_entropy_soft(x, _wanted(target, weight, smoothing, count)), reduction)
    if target.shape != x.shape[:-1]:
        raise Misfit("cross_entropy", (x.shape, target.shape), "one class per row")
    kept = target != ignored
    every = bool(np.all(kept.data if isinstance(kept, Tensor) else kept))
    if weight is None and not smoothing and every:
        return reduced(cross_entropy(x, target), reduction)
    none: Any = np.zeros(count, x.dtype)
    none = Tensor(none) if isinstance(x, Tensor) else none
    right = -apply(less_one_hot, none, np.where(kept, target, 0))
    right = right * np.reshape(kept, (*kept.shape, 1))
    losses = cross_entropy_soft(x, _wanted(right, weight, smoothing, count)) * kept
    if reduction != "mean":
        return reduced(losses, reduction)
    return np.sum(losses) / np.sum(right if weight is None else right * weight)


def likelihood(
    x: Any,
    target: Any,
    weight: Any = None,
    ignored: int = IGNORED,
    reduction: str = "mean",
    axis: int = -1,
) -> Any:
    """The negative log-likelihood of classes, of logarithms x of shares along `axis`.

    weight: one per class. A mean is over the weights of the right classes that are not ignored.
    """
    x = _last(x, axis)
    target = target if isinstance(target, Tensor) else np.asarray(target)
    if target.shape != x.shape[:-1]:
        raise Misfit("nll", (x.shape, target.shape), "one class per row")
    kept = target != ignored
    every = bool(np.all(kept.data if isinstance(kept, Tensor) else kept))
    if weight is None and every:
        return reduced(nll(x, target), reduction)
    right = np.where(kept, target, 0)
    counts: Any = weight
    if weight is None:
        counts = np.ones(x.shape[-1], x.dtype)
        counts = Tensor(counts) if isinstance(x, Tensor) else counts  # as a node of the graph
    each = -apply(nll, np.broadcast_to(counts, x.shape), right) * kept
    losses = apply(nll, x, right) * each
    return np.sum(losses) / np.sum(each) if reduction == "mean" else reduced(losses, reduction)


def answers(
    x: Any, y: Any, weight: Any = None, positive: Any = None, reduction: str = "mean"
) -> Any:
    """Binary cross-entropy of scores. positive: how much more an answer of 1 counts."""
    losses: Any = bce_with_logits(x, y)
    if positive is not None:
        losses = (y - 1) * apply(log_sigmoid, -x) - positive * y * apply(log_sigmoid, x)
    return reduced(losses if weight is None else losses * weight, reduction)


def shares(x: Any, target: Any, smoothing: float = 0.0, epsilon: float = 1e-7) -> Any:
    """Keras's cross-entropy of shares, row by row: x is brought to sum to 1, then clipped."""
    x = x / np.sum(x, axis=-1, keepdims=True)
    wanted = _wanted(target, None, smoothing, x.shape[-1])
    clipped: Any = apply(clip_low_last, x, epsilon, 1 - epsilon)
    return -np.sum(wanted * np.log(clipped), axis=-1)


def _last(x: Any, axis: int) -> Any:
    """x with `axis` moved to the end."""
    order = [i for i in range(x.ndim) if i != axis % x.ndim]
    return x if order == list(range(x.ndim - 1)) else transpose(x, (*order, axis % x.ndim))


def _wanted(shares: Any, weight: Any, smoothing: float, count: int) -> Any:
    smooth = shares * (1 - smoothing) + smoothing / count if smoothing else shares
    return smooth if weight is None else smooth * weight


WORK[answers] = WORK[shares] = broadcast_work
WORK[loss] = lambda op, x, y, *settings: broadcast_work(x, y)
