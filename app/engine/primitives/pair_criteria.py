"""Criteria of pairs and of spreads, as PyTorch calls them: angles, orders, distances, variances."""

from typing import Any

import numpy as np

from app.engine.primitives.activations import softplus
from app.engine.primitives.apply import apply
from app.engine.primitives.bounds import maximum_first
from app.engine.primitives.criteria import reduced
from app.engine.primitives.regression_losses import cosine_similarity, squared_error
from app.engine.primitives.selection import detach
from app.engine.work import WORK, broadcast_work


def _missing(x: Any) -> Any:
    """What is missing to a margin; on the margin itself the gradient passes, as of clamp."""
    return apply(maximum_first, x, 0)


def cosine_embedding(
    x: Any, other: Any, y: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """Rows that belong together (y = 1) should point one way, others (y = -1) should not."""
    cosine = apply(cosine_similarity, x, other, 1e-8)
    return reduced(np.where(y == 1, 1 - cosine, _missing(cosine - margin)), reduction)


def margin_ranking(x: Any, other: Any, y: Any, margin: float = 0.0, reduction: str = "mean") -> Any:
    """x should be above the other by a margin (y = 1), or below it (y = -1)."""
    return reduced(_missing(margin - y * (x - other)), reduction)


def soft_margin(x: Any, y: Any, reduction: str = "mean") -> Any:
    """The logistic loss of a score and an answer of 1 or -1."""
    return reduced(apply(softplus, -y * x), reduction)


def triplet_margin(
    anchor: Any,
    near: Any,
    far: Any,
    margin: float = 1.0,
    epsilon: float = 1e-6,
    reduction: str = "mean",
) -> Any:
    """Each anchor should be nearer to one row than to another, by a margin."""
    gap = _distance(anchor, near, epsilon) - _distance(anchor, far, epsilon)
    return reduced(_missing(gap + margin), reduction)


def _distance(x: Any, y: Any, epsilon: float) -> Any:
    apart = x - y + epsilon
    return np.sqrt(np.sum(apart * apart, axis=-1))


def gaussian(x: Any, y: Any, variance: Any, epsilon: float = 1e-6, reduction: str = "mean") -> Any:
    """The negative log-likelihood of a mean and a variance, which counts as at least epsilon.

    As PyTorch, which cuts under no_grad, a variance below epsilon receives epsilon's gradient.
    """
    moved = variance - apply(detach, variance)  # 0, with the gradient of the variance
    spread = np.where(variance < epsilon, moved + epsilon, variance)
    return reduced((np.log(spread) + apply(squared_error, x, y) / spread) / 2, reduction)


def poisson_rate(x: Any, y: Any, epsilon: float = 1e-8, reduction: str = "mean") -> Any:
    """Of a rate itself, not its logarithm."""
    return reduced(x - y * np.log(x + epsilon), reduction)


for _criterion in (cosine_embedding, margin_ranking, soft_margin, triplet_margin, gaussian):
    WORK[_criterion] = broadcast_work
WORK[poisson_rate] = broadcast_work
