"""Kinks of the losses: errors of 0 and nan, margins, probabilities of 0 and 1, vectors of 0."""

from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Kink

tf.keras.config.set_floatx("float64")
NAN = float("nan")
F = torch.nn.functional
LOSSES = tf.keras.losses
ERRORS = [[1.0, -1.0, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0]]
EDGES = [[0.0, 1.0, 0.0, 1.0, 1e-7, 1e-50]]
ANSWERS = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 1.0])
MARGINS = np.array([1.0, 1.0, 1.0])
VECTORS = [[[0.0, 0.0], [1.0, 2.0]], [[1.0, 1.0], [1.0, 0.0]]]


def keras(loss: Any, *more: Any) -> Any:
    """A Keras loss, which reduces the last axis, entry by entry."""
    return lambda x, y, *settings: loss(tf.constant(y)[..., None], x[..., None], *more)


KINKS = [
    Kink(
        "absolute error at 0 and nan",
        [[1.0, NAN, 2.0], [1.0, 0.0, 0.0]],
        "absolute_error_or_zero",
        "absolute_error",
    ),
    Kink("Huber at delta", ERRORS, "huber", ("huber", keras(LOSSES.huber, 1.0)), (1.0,)),
    Kink("smooth L1 at beta", ERRORS, "smooth_l1", None, (1.0,)),
    Kink("smooth L1 without beta", ERRORS, "smooth_l1", None, (0.0,)),
    Kink(
        "hinge at its margin",
        [[1.0, 0.5, 2.0]],
        ("hinge", lambda x, y: torch.clamp(1 - x * torch.tensor(y), min=0)),
        ("hinge", keras(LOSSES.hinge)),
        (MARGINS,),
    ),
    Kink(
        "cross-entropy of 0 and 1 by PyTorch",
        EDGES,
        ("bce", lambda p, y: F.binary_cross_entropy(p, torch.tensor(y), reduction="none")),
        None,
        (ANSWERS,),
    ),
    Kink(
        "cross-entropy of 0 and 1 by Keras",
        EDGES,
        None,
        ("bce_clipped", keras(LOSSES.binary_crossentropy)),
        (ANSWERS, 1e-7),
    ),
    Kink(
        "divergence at 0",
        [[0.0, 1.0, 0.3, 0.0], [0.0, 0.3, 0.2, 0.5]],
        None,
        ("kl_div_clipped", keras(LOSSES.kld)),
        (1e-7,),
    ),
    Kink("cosine of a vector of 0 by PyTorch", VECTORS, "cosine_similarity", None, (1e-8,)),
    Kink(
        "cosine of a vector of 0 by Keras",
        VECTORS,
        None,
        ("cosine_similarity", lambda x, y, epsilon: -LOSSES.cosine_similarity(y, x)),
        (1e-7,),
    ),
]
