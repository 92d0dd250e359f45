"""NumPy's random orders and choices: permutations, shuffles, samples of a list."""

import math
from typing import Any

import numpy as np

from app.language.dialects.common import array, lengths
from app.language.errors import type_error, value_error
from app.language.items import replace
from app.language.machine import Machine
from app.language.values import NUMPY, Array, Value, type_name

FEW = 50  # times as many as are drawn: of more than that, not all are put in order


def whole(value: Value) -> int:
    """A number of things."""
    if isinstance(value, Array) and value.tensor.dtype.kind in "iu" and value.tensor.size == 1:
        return int(value.tensor.data)
    if not isinstance(value, int):
        raise type_error(f"{type_name(value)} is not a whole number")
    return value


def permutation(m: Machine, x: Value) -> Array:
    """The numbers below x, or the entries of x, in a random order."""
    if not isinstance(x, int):
        data = array(m, x, NUMPY).tensor.data
        if data.ndim == 0:
            raise type_error("x must be an integer or at least 1-dimensional")
        m.budget.array(data.shape)
        return m.leaf(m.numpy_random.permutation(data), NUMPY)
    if x < 0:
        raise value_error("negative dimensions are not allowed")
    m.budget.array((x,))
    return m.leaf(m.numpy_random.permutation(x), NUMPY)


def shuffle(m: Machine, x: Value) -> None:
    """Puts the entries of a list or an array into a random order."""
    if isinstance(x, list):
        m.budget.container(len(x))
        m.numpy_random.shuffle(x)
    elif isinstance(x, Array) and x.kind == NUMPY and x.tensor.ndim:
        m.budget.array(x.tensor.shape)
        data = np.array(x.tensor.data)
        m.numpy_random.shuffle(data)
        replace(m, x, data)
    else:
        raise type_error(f"a list or an array is shuffled, not {type_name(x)}")


def choice(
    m: Machine, a: Value, size: Value = None, replace: Value = True, p: Value = None
) -> Value:
    """One of the numbers below a, or of its entries; `size` of them."""
    values = a if isinstance(a, int) else array(m, a, NUMPY).tensor.data
    shape = None if size is None else lengths(m, size)
    weights = None if p is None else array(m, p, NUMPY).tensor.data
    if isinstance(values, int) and not replace:  # the older stream orders all of them
        all_of_them = isinstance(m.numpy_random, np.random.RandomState)
        m.budget.array(
            (max(0, values if all_of_them else min(values, FEW * math.prod(shape or ()))),)
        )
    try:
        found: Any = m.numpy_random.choice(values, shape, bool(replace), weights)
    except ValueError as problem:
        raise value_error(str(problem)) from None
    if np.ndim(found):
        return m.leaf(found, NUMPY)
    return np.asarray(found).item()
