"""The stream that TensorFlow's and Keras' random numbers come from here, which is not their own."""

from random import Random
from typing import Any

import numpy as np

from app.language.dialects.common import number_of
from app.language.errors import type_error, value_error
from app.language.machine import Machine
from app.language.values import Value, type_name


def stream(m: Machine, seed: Value = None) -> Any:
    """What to draw from. Numbers from a seed are told to differ from TensorFlow's, once."""
    if m.seeded or seed is not None:
        m.note("own_stream", "TensorFlow")
    return m.random


def set_seed(m: Machine, seed: Value) -> None:
    """tf.random.set_seed"""
    m.random, m.seeded = np.random.default_rng(abs(int(number_of(seed)))), True


def set_random_seed(m: Machine, seed: Value) -> None:
    """keras.utils.set_random_seed: Python's, NumPy's and TensorFlow's at once."""
    if not isinstance(seed, int):
        raise type_error(f"a seed is a whole number, not {type_name(seed)}")
    if not 0 <= seed < 1 << 32:
        raise value_error("Seed must be between 0 and 2**32 - 1")
    m.chance, m.numpy_random = Random(seed), np.random.RandomState(seed)
    set_seed(m, seed)
