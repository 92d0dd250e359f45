"""Where datasets of tf.data come from: the entries of tensors, numbers in a row, other datasets."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from app.language.dialects.common import dtype_of
from app.language.dialects.drawing import whole
from app.language.dialects.tensorflow_data import (
    INFINITE,
    UNKNOWN,
    dataset_of,
    is_dataset,
    rows_of,
    size_of,
)
from app.language.dialects.tensorflow_elements import TF, Rows, count_of, each, entries_of, tensor
from app.language.errors import type_error, value_error
from app.language.machine import Machine
from app.language.values import Instance, Value, type_name


def _held(m: Machine, tensors: Value) -> Value:
    """What a dataset is made of, as tensors."""
    if isinstance(tensors, tuple | dict) and not tensors:
        raise value_error("Invalid `element`. `element` should not be empty.")
    return each(lambda parts: tensor(m, parts[0]), tensors)


def _slices(m: Machine, tensors: Value, name: Value = None) -> Instance:
    """Dataset.from_tensor_slices: the entries along the first axis."""
    held = _held(m, tensors)
    return dataset_of(lambda m: entries_of(m, held), count_of(held))


def _one(m: Machine, tensors: Value, name: Value = None) -> Instance:
    """Dataset.from_tensors: a single element."""
    held = _held(m, tensors)
    return dataset_of(lambda m: iter([held]), 1)


def _range(m: Machine, *args: Value, output_type: Value = None, name: Value = None) -> Instance:
    if not 1 <= len(args) <= 3:
        raise value_error(f"Invalid `args`. The length of `args` is {len(args)}, not 1, 2 or 3.")
    numbers = range(*map(whole, args))
    dtype = dtype_of(output_type, np.dtype(np.int64))

    def walk(m: Machine) -> Rows:
        for i in numbers:
            m.budget.step()
            yield m.leaf(dtype.type(i), TF)

    return dataset_of(walk, len(numbers))


def _zip(m: Machine, *args: Value, datasets: Value = None, name: Value = None) -> Instance:
    """Of several datasets, in any nested structure, one of their elements in that structure."""
    given = args[0] if len(args) == 1 else args if args else datasets
    if given is None or (isinstance(given, tuple | dict) and not given):
        raise type_error("Must pass at least one dataset to `zip`.")
    found: list[Instance] = []

    def known(parts: Any) -> None:
        if not is_dataset(parts[0]):
            words = "The argument to `Dataset.zip()` must be a (potentially nested) structure of "
            raise type_error(f"{words}`Dataset` objects, not {type_name(parts[0])}")
        found.append(parts[0])

    each(known, given)
    sizes = [size_of(m, one) for one in found]

    def walk(m: Machine) -> Rows:
        walks = [rows_of(m, one) for one in found]
        for row in zip(*walks, strict=False):
            yield each(partial(_next, iter(row)), given)

    finite = [size for size in sizes if size >= 0]
    total = UNKNOWN if UNKNOWN in sizes else min(finite, default=INFINITE)
    return dataset_of(walk, total)


def _next(parts: Rows, place: Any) -> Value:
    return next(parts)


MAKERS: dict[str, Callable[..., Instance]] = {
    "from_tensor_slices": _slices,
    "from_tensors": _one,
    "range": _range,
    "zip": _zip,
}
