"""Losses of a yes-or-no answer y, entry by entry: of a probability, a score, or a margin."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.activations import log_sigmoid, sigmoid
from app.engine.primitives.apply import apply
from app.engine.primitives.gates import gated

LEAST = -100  # what PyTorch cuts logarithms of probabilities to


def _log_cut(x: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), LEAST)


EPSILON = 1e-12  # what PyTorch keeps denominators away from 0 by


def _bend(g: Any, z: Any, x: Any, y: Any) -> Any:
    """PyTorch's: (x² - 2xy + y) / (x (1 - x))², with epsilon added to each factor below."""
    below = (x + EPSILON) * (1 - x + EPSILON)
    return g * ((x * x - 2 * x * y + y) / (below * below))


bce_slope = Op(
    "bce_slope",
    lambda x, y: (x - y) / np.maximum((1 - x) * x, EPSILON),
    _bend,
    lambda g, z, x, y: -g / np.maximum((1 - x) * x, EPSILON),
    latex=r"\frac{{0} - {1!}}{{0} \left(1 - {0*}\right)}",
    level=5,
    sign="bce′",
    code="({0} - {1}) / np.maximum((1 - {0}) * {0}, 1e-12)",
    torch="({0} - {1}) / torch.clamp((1 - {0}) * {0}, min=1e-12)",
    tensorflow="({0} - {1}) / tf.maximum((1 - {0}) * {0}, 1e-12)",
    why=N_("The slope of a cross-entropy bends most where a sure answer was wrong."),
)
# PyTorch: logarithms not below -100, the slope's denominator not below 1e-12; the answer's slope
# has logarithms that are not cut. Keras cuts the
# probabilities themselves (to 1e-7 from either end) and then does the same.
bce = Op(
    "bce",
    lambda x, y: (y - 1) * _log_cut(1 - x) - y * _log_cut(x),
    lambda g, z, x, y: g * apply(bce_slope, x, y),
    lambda g, z, x, y: g * (np.log(1 - x) - np.log(x)),
    latex=r"\operatorname{bce}\left({0*},\ {1*}\right)",
    level=5,
    torch="torch.nn.functional.binary_cross_entropy({0}, {1}, reduction='none')",
    tensorflow=(
        "({1} - 1) * tf.maximum(tf.math.log(1 - {0}), -100)"
        " - {1} * tf.maximum(tf.math.log({0}), -100)"
    ),
    differs={"tensorflow": N_("where a probability is 0 or 1")},
    why=N_(
        "The slope is the error over p (1 - p): steep near 0 and 1; logarithms are cut at -100."
    ),
)


def _with_logits(name: str, forward: Callable[[Any, Any], Any]) -> Op:
    return Op(
        name,
        forward,
        lambda g, z, x, y: g * (apply(sigmoid, x) - y),
        lambda g, z, x, y: g * -x,
        latex=r"\operatorname{bce}\left(\sigma\left({0*}\right),\ {1*}\right)",
        level=5,
        sign="bce σ",
        torch="torch.nn.functional.binary_cross_entropy_with_logits({0}, {1}, reduction='none')",
        tensorflow="tf.nn.sigmoid_cross_entropy_with_logits({1}, {0})",
        why=N_("The slope is what the sigmoid says less what was wanted, and never saturates."),
    )


# Of an infinite score PyTorch gives infinity where TensorFlow, which sums otherwise, has nan.
bce_with_logits = _with_logits("bce_with_logits", lambda x, y: (1 - y) * x - log_sigmoid.forward(x))
bce_with_logits_cut = _with_logits(
    "bce_with_logits_cut", lambda x, y: np.maximum(x, 0) - x * y + np.log1p(np.exp(-abs(x)))
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
    sides=lambda z, x, y: np.sign(1 - np.multiply(x, y)),
    why=N_("Inside the margin, and on it, the score is pushed to the right side; beyond, nothing."),
)
squared_hinge = Op(
    "squared_hinge",
    lambda x, y: np.maximum(1 - x * y, 0) * np.maximum(1 - x * y, 0),
    lambda g, z, x, y: g * (-2 * y * gated(1 - x * y, x * y <= 1)),
    lambda g, z, x, y: g * (-2 * x * gated(1 - x * y, x * y <= 1)),
    latex=r"\max\left(0,\ 1 - {0} \, {1}\right)^2",
    level=5,
    sign="hinge²",
    torch="torch.clamp(1 - {0} * {1}, min=0) ** 2",
    tensorflow="tf.square(tf.maximum(1 - {0} * {1}, 0))",
    why=N_("The push to the right side grows with how much of the margin is missing."),
)
