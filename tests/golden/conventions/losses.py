"""Kinks of the losses: errors of 0 and nan, margins, probabilities of 0 and 1, vectors of 0."""

from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Kink

tf.keras.config.set_floatx("float64")
NAN, INF = float("nan"), float("inf")
F = torch.nn.functional
LOSSES = tf.keras.losses
ERRORS = [[1.0, -1.0, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0]]
EDGES = [[0.0, 1.0, 0.0, 1.0, 1e-7, 1e-50]]
ANSWERS = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 1.0])
MARGINS = np.array([1.0, 1.0, 1.0])
VECTORS = [[[0.0, 0.0]], [[1.0, 0.0]]]


def keras(loss: Any, *more: Any) -> Any:
    """A Keras loss, which reduces the last axis, entry by entry."""
    return lambda x, y, *settings: loss(tf.constant(y)[..., None], x[..., None], *more)


def turning(steep: float) -> list[Any]:
    """The second derivatives of the cosine at VECTORS: by x it is a straight line there."""
    still, across = [[0.0, 0.0]], [[0.0, steep]]
    return [[still, across], [across, still]]


KINKS = [
    Kink(
        "absolute error at 0 and nan",
        [[1.0, NAN, 2.0], [1.0, 0.0, 0.0]],
        "absolute_error_or_zero",
        "absolute_error",
    ),
    Kink("Huber at delta", ERRORS, "huber", ("huber_within", keras(LOSSES.huber, 1.0)), (1.0,)),
    Kink("smooth L1 at beta", ERRORS, "smooth_l1", None, (1.0,)),
    Kink(
        "Huber at a delta of 2",
        [[2.0, -2.0], [0.0, 0.0]],
        "huber",
        ("huber_within", keras(LOSSES.huber, 2.0)),
        (2.0,),
    ),
    Kink("smooth L1 at a beta of 2", [[2.0, -2.0], [0.0, 0.0]], "smooth_l1", None, (2.0,)),
    Kink(
        "Huber at a delta of 2",
        [[2.0, -2.0], [0.0, 0.0]],
        "huber",
        ("huber_within", keras(LOSSES.huber, 2.0)),
        (2.0,),
    ),
    Kink("smooth L1 at a beta of 2", [[2.0, -2.0], [0.0, 0.0]], "smooth_l1", None, (2.0,)),
    Kink("smooth L1 without beta", ERRORS, "smooth_l1", None, (0.0,)),
    Kink(
        "hinge at its margin",
        [[1.0, 0.5, 2.0]],
        ("hinge", lambda x, y: torch.clamp(1 - x * torch.tensor(y), min=0)),
        ("hinge", keras(LOSSES.hinge)),
        (MARGINS,),
    ),
    Kink(
        "squared hinge at its margin",
        [[1.0, 0.5, 2.0], [1.0, 1.0, 1.0]],
        "squared_hinge",
        ("squared_hinge", lambda x, y: tf.square(tf.maximum(1 - x * y, 0))),
    ),
    Kink("cross-entropy of 0 and 1 by PyTorch", [*EDGES, ANSWERS.tolist()], "bce", None),
    Kink(
        "cross-entropy of scores far out",
        [[INF, INF, -INF, -INF, 1000.0, -1000.0, NAN], [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0]],
        "bce_with_logits",
        "bce_with_logits_cut",
    ),
    Kink(
        "divergence at 0 by PyTorch",
        [[0.0, -1.0, -INF, -INF], [0.0, 0.0, 0.0, 0.5]],
        "kl_div",
        None,
    ),
    Kink("divergence of logarithms at 0", [[-1.0, -INF], [-INF, -1.0]], "kl_div_log", None),
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
    Kink(
        "cosine of a vector of 0 by PyTorch",
        VECTORS,
        "cosine_similarity",
        None,
        (1e-8,),
        truth=turning(1e8),
    ),
    Kink(
        "cosine of a vector of 0 by Keras",
        VECTORS,
        None,
        ("cosine_similarity", lambda x, y, epsilon: -LOSSES.cosine_similarity(y, x)),
        (1e-7,),
        truth=turning(1e7),
    ),
]
