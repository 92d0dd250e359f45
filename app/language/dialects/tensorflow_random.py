"""tf.random: classes drawn by their scores, and entries in a random order."""

import numpy as np

from app.engine import primitives as p
from app.language.dialects.arranging import whole
from app.language.dialects.common import array, dtype_of
from app.language.dialects.tensorflow_stream import stream
from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Value, type_name


def categorical(
    m: Machine,
    logits: Value,
    num_samples: Value,
    dtype: Value = None,
    seed: Value = None,
    name: Value = None,
) -> Array:
    """Numbers of classes, for each row of logits; the largest of scores with Gumbel's noise."""
    found, count = array(m, logits, TENSORFLOW).tensor, whole(num_samples)
    if not isinstance(count, int) or count < 0:
        raise type_error(f"num_samples is a whole number, not {type_name(num_samples)}")
    if found.ndim != 2:
        words = f"logits should be a matrix, got shape {list(found.shape)}"
        raise ProgramError("shape", framework=f"InvalidArgumentError: {words}", detail=words)
    m.budget.array((found.shape[0], count, found.shape[1]))
    scores = np.asarray(found.data, np.float64)[:, None, :]
    noise = stream(m, seed).gumbel(size=(found.shape[0], count, found.shape[1]))
    classes = np.argmax(scores + noise, -1).astype(dtype_of(dtype, np.dtype(np.int64)))
    return m.leaf(classes, TENSORFLOW)


def shuffle(m: Machine, value: Value, seed: Value = None, name: Value = None) -> Array:
    """The entries along the first axis in a random order."""
    found = array(m, value, TENSORFLOW)
    order = m.leaf(stream(m, seed).permutation(len(found.tensor.data)), TENSORFLOW)
    return m.apply(lambda t, i: p.gathering.take_axis(t, i, 0), found, order, kind=TENSORFLOW)
