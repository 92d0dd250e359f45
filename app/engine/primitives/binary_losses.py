"""Losses of a yes-or-no answer y, entry by entry: of a probability, a score, or a margin."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.activations import sigmoid
from app.engine.primitives.apply import apply
from app.engine.primitives.gates import gated

LEAST = -100  # what PyTorch cuts logarithms of probabilities to


def _log_cut(x: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), LEAST)


log_cut = Op(
    "log_cut",
    _log_cut,
    lambda g, z, x: gated(g / np.maximum(x, 1e-38), z > LEAST),
    latex=r"\ln {0!}",
    sign="ln",
    torch="torch.clamp(torch.log({0}), min=-100)",
    tensorflow="tf.maximum(tf.math.log({0}), -100)",
    why=N_("The slope of the logarithm is 1 over its input; below -100 it is cut off."),
)
# PyTorch: logarithms not below -100, the slope's denominator not below 1e-12. Keras cuts the
# probabilities themselves (to 1e-7 from either end) and then does the same.
bce = Op(
    "bce",
    lambda x, y: (y - 1) * _log_cut(1 - x) - y * _log_cut(x),
    lambda g, z, x, y: g * ((x - y) / np.maximum((1 - x) * x, 1e-12)),
    lambda g, z, x, y: g * (apply(log_cut, 1 - x) - apply(log_cut, x)),
    latex=r"\operatorname{bce}\left({0*},\ {1*}\right)",
    level=5,
    torch="torch.nn.functional.binary_cross_entropy({0}, {1}, reduction='none')",
    why=N_(
        "The slope is the error over p (1 - p): steep near 0 and 1; logarithms are cut at -100."
    ),
)
bce_with_logits = Op(
    "bce_with_logits",
    lambda x, y: np.maximum(x, 0) - x * y + np.log1p(np.exp(-abs(x))),
    lambda g, z, x, y: g * (apply(sigmoid, x) - y),
    lambda g, z, x, y: g * -x,
    latex=r"\operatorname{bce}\left(\sigma\left({0*}\right),\ {1*}\right)",
    level=5,
    sign="bce σ",
    torch=("torch.nn.functional.binary_cross_entropy_with_logits({0}, {1}, reduction='none')"),
    tensorflow="tf.nn.sigmoid_cross_entropy_with_logits({1}, {0})",
    why=N_("The slope is what the sigmoid says less what was wanted, and never saturates."),
)
# On the margin itself Keras lets the gradient pass.
hinge = Op(
    "hinge",
    lambda x, y: np.maximum(1 - x * y, 0),
    lambda g, z, x, y: gated(g * -y, x * y <= 1),
    lambda g, z, x, y: gated(g * -x, x * y <= 1),
    latex=r"\max\left(0,\ 1 - {0} \, {1}\right)",
    level=5,
    sign="hinge",
    torch="torch.clamp(1 - {0} * {1}, min=0)",
    tensorflow="tf.maximum(1 - {0} * {1}, 0)",
    why=N_("Inside the margin, and on it, the score is pushed to the right side; beyond, nothing."),
)
squared_hinge = Op(
    "squared_hinge",
    lambda x, y: np.maximum(1 - x * y, 0) * np.maximum(1 - x * y, 0),
    lambda g, z, x, y: g * (-2 * y * np.maximum(1 - x * y, 0)),
    lambda g, z, x, y: g * (-2 * x * np.maximum(1 - x * y, 0)),
    latex=r"\max\left(0,\ 1 - {0} \, {1}\right)^2",
    level=5,
    sign="hinge²",
    torch="torch.clamp(1 - {0} * {1}, min=0) ** 2",
    tensorflow="tf.square(tf.maximum(1 - {0} * {1}, 0))",
    why=N_("The push to the right side grows with how much of the margin is missing."),
)
