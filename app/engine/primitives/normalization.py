"""Numbers brought to mean 0 and variance 1, which every normalisation layer is made of."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.reductions import Axes


def _over_deviation(centred: Any, axes: Axes, epsilon: float) -> Any:
    """One over the root of the variance plus epsilon."""
    return (np.mean(centred * centred, axis=axes, keepdims=True) + epsilon) ** -0.5


def _standardized(x: Any, axes: Axes, epsilon: float) -> Any:
    centred = x - np.mean(x, axis=axes, keepdims=True)
    return centred * _over_deviation(centred, axes, epsilon)


def _slope(g: Any, z: Any, x: Any, axes: Axes, epsilon: float) -> Any:
    centred = x - np.mean(x, axis=axes, keepdims=True)
    shift = np.mean(g, axis=axes, keepdims=True)
    stretch = z * np.mean(g * z, axis=axes, keepdims=True)
    return (g - shift - stretch) * _over_deviation(centred, axes, epsilon)


# The variance is divided by the count, not by one less: PyTorch and TensorFlow agree here.
standardize = Op(
    "standardize",
    _standardized,
    _slope,
    latex=r"\frac{{0} - \operatorname{mean}}{\operatorname{std}}",
    level=2,
    sign="(x-μ)/σ",
    text="standardize({0})",
    elementwise=False,
    torch=(
        "({0} - {0}.mean({1}, keepdim=True))"
        " / torch.sqrt({0}.var({1}, correction=0, keepdim=True) + {2})"
    ),
    tensorflow=(
        "({0} - tf.reduce_mean({0}, {1}, keepdims=True))"
        " / tf.sqrt(tf.math.reduce_variance({0}, {1}, keepdims=True) + {2})"
    ),
    why=N_(
        "Shifting or stretching all entries changes nothing, so those parts of the gradient are "
        "taken off; the rest is divided by the deviation."
    ),
)
