"""Attention: each place reads from others what its query matches. Rows are places."""

import math
from typing import Any

import numpy as np

from app.engine.primitives.linear import matmul
from app.engine.primitives.selection import where
from app.engine.primitives.shaping import swapaxes
from app.engine.primitives.softmax import softmax
from app.engine.tensor import Tensor
from app.engine.work import WORK, Work


def attention(
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    causal: bool = False,
    scale: float | None = None,
) -> Tensor:
    """Scaled dot-product attention: (…, L, E), (…, S, E) and (…, S, V) give (…, L, V).

    mask: truth values (which places may be seen) or numbers that are added to the scores. causal:
    no place sees a later one. scale: 1 over the root of E by default. Source: Vaswani et al.,
    "Attention Is All You Need", 2017.
    """
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores: Any = matmul(query, swapaxes(key, -1, -2)) * factor  # type: ignore[operator]
    if causal:
        scores = _seen(scores, np.tri(*scores.shape[-2:], dtype=bool))
    if mask is not None:
        scores = _seen(scores, mask) if mask.dtype == bool else scores + mask
    return matmul(softmax(scores), value)


def _seen(scores: Any, mask: Any) -> Tensor:
    return where(mask, scores, scores.dtype.type(-math.inf))


def _work(query: Any, key: Any, value: Any, *settings: Any) -> Work:
    """Two products; the scores of every place for every other."""
    scores = query.size // query.shape[-1] * key.shape[-2]
    return Work(scores * (query.shape[-1] + value.shape[-1]), max(scores, query.size, value.size))


WORK[attention] = _work
