"""Softmax and its logarithm: scores as shares of one. They act on the last axis."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op


def _softmax(x: Any) -> Any:
    shifted = np.exp(x - np.max(x, axis=-1, keepdims=True))  # no overflow
    return shifted / np.sum(shifted, axis=-1, keepdims=True)


def _log_softmax(x: Any) -> Any:
    shifted = x - np.max(x, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


softmax = Op(
    "softmax",
    _softmax,
    lambda g, z, x: z * (g - np.sum(g * z, axis=-1, keepdims=True)),
    latex=r"\operatorname{softmax}\left({0*}\right)",
    level=5,
    elementwise=False,
    torch="torch.softmax({0}, -1)",
    tensorflow="tf.nn.softmax({0})",
    why=N_(
        "Raising one score lowers every other share: the weighted mean gradient is taken off first."
    ),
    example=((1.0, 2.0, 0.5),),
)
log_softmax = Op(
    "log_softmax",
    _log_softmax,
    lambda g, z, x: g - np.exp(z) * np.sum(g, axis=-1, keepdims=True),
    latex=r"\ln \operatorname{softmax}\left({0*}\right)",
    level=5,
    elementwise=False,
    torch="torch.log_softmax({0}, -1)",
    tensorflow="tf.nn.log_softmax({0})",
    why=N_("Each score gives back its share of the gradient's sum."),
    example=((1.0, 2.0, 0.5),),
)
