"""Losses of probabilities as Keras has them, entry by entry: clipped within epsilon of the ends.

What is clipped passes no gradient: a prediction of exactly 0 or 1 learns nothing.
"""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.gates import gated
from app.engine.sides import within


def _between(p: Any, low: float, high: float) -> Any:
    return np.logical_and(p >= low, p <= high)


def _bce(p: Any, y: Any, epsilon: float) -> Any:
    p = np.clip(p, epsilon, 1 - epsilon)
    return (y - 1) * np.log(1 - p) - y * np.log(p)


def _to_probability(g: Any, z: Any, p: Any, y: Any, epsilon: float) -> Any:
    q = np.clip(p, epsilon, 1 - epsilon)
    return gated(g * ((q - y) / (q * (1 - q))), _between(p, epsilon, 1 - epsilon))


def _to_answer(g: Any, z: Any, p: Any, y: Any, epsilon: float) -> Any:
    q = np.clip(p, epsilon, 1 - epsilon)
    return g * (np.log(1 - q) - np.log(q))


bce_clipped = Op(
    "bce_clipped",
    _bce,
    _to_probability,
    _to_answer,
    latex=r"\operatorname{bce}\left({0*},\ {1*}\right)",
    level=5,
    sign="bce",
    torch=(
        "({1} - 1) * torch.log(1 - torch.clamp({0}, {2}, 1 - {2}))"
        " - {1} * torch.log(torch.clamp({0}, {2}, 1 - {2}))"
    ),
    tensorflow=(
        "({1} - 1) * tf.math.log(1 - tf.clip_by_value({0}, {2}, 1 - {2}))"
        " - {1} * tf.math.log(tf.clip_by_value({0}, {2}, 1 - {2}))"
    ),
    sides=lambda z, p, y, epsilon: within(epsilon, 1 - epsilon)(z, p),
    why=N_("The slope is the error over p (1 - p); within epsilon of 0 and 1 nothing passes."),
)


def _divergence(p: Any, y: Any, epsilon: float) -> Any:
    y = np.clip(y, epsilon, 1)
    return y * np.log(y / np.clip(p, epsilon, 1))


def _to_prediction(g: Any, z: Any, p: Any, y: Any, epsilon: float) -> Any:
    slope = g * -(np.clip(y, epsilon, 1) / np.clip(p, epsilon, 1))
    return gated(slope, _between(p, epsilon, 1))


def _to_target(g: Any, z: Any, p: Any, y: Any, epsilon: float) -> Any:
    slope = g * (np.log(np.clip(y, epsilon, 1) / np.clip(p, epsilon, 1)) + 1)
    return gated(slope, _between(y, epsilon, 1))


kl_div_clipped = Op(
    "kl_div_clipped",
    _divergence,
    _to_prediction,
    _to_target,
    latex=r"{1} \ln \frac{1}{0}",
    level=2,
    sign="KL",
    torch=(
        "torch.clamp({1}, {2}, 1) * torch.log(torch.clamp({1}, {2}, 1) / torch.clamp({0}, {2}, 1))"
    ),
    tensorflow=(
        "tf.clip_by_value({1}, {2}, 1)"
        " * tf.math.log(tf.clip_by_value({1}, {2}, 1) / tf.clip_by_value({0}, {2}, 1))"
    ),
    sides=lambda z, p, y, epsilon: (within(epsilon, 1)(z, p), within(epsilon, 1)(z, y)),
    why=N_("The slope is minus the wanted share over the predicted; below epsilon nothing passes."),
)
