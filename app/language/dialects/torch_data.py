"""torch.utils.data: Dataset, TensorDataset, Subset and random_split."""

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from app.language.classes import ABSENT, special
from app.language.dialects.common import number_of
from app.language.dialects.drawing import whole
from app.language.dialects.torch_random import stream
from app.language.errors import ProgramError, type_error, value_error
from app.language.items import item
from app.language.machine import Machine
from app.language.values import TORCH, Array, Class, Instance, Value, type_name
from app.language.walks import iterate


def length_of(m: Machine, data: Value) -> int:
    if isinstance(data, list | tuple | dict | range | str):
        return len(data)
    if isinstance(data, Array) and data.tensor.ndim:
        return int(data.tensor.shape[0])
    found = special(m, data, "__len__")
    if found is ABSENT:
        raise type_error(f"object of type '{type_name(data)}' has no len()")
    return whole(found)


def _tensors(m: Machine, data: Instance, *tensors: Value) -> None:
    for x in tensors:
        if not isinstance(x, Array) or x.kind != TORCH:
            raise type_error(f"TensorDataset takes tensors, not {type_name(x)}")
        if not x.tensor.ndim:
            words = "Dimension specified as 0 but tensor has no dimensions"
            raise ProgramError("index", framework=f"IndexError: {words}", detail=words)
    if not tensors:
        raise type_error("TensorDataset takes at least one tensor")
    if len({x.tensor.shape[:1] for x in tensors}) > 1:
        words = "AssertionError: Size mismatch between tensors"
        raise ProgramError("shape", framework=words, detail="Size mismatch between tensors")
    data.values["tensors"] = tensors


def _entry(m: Machine, data: Instance, index: Value) -> tuple[Value, ...]:
    return tuple(item(m, x, index) for x in data.values["tensors"])


def _added(m: Machine, data: Instance, other: Value) -> Instance:
    """data + other: one behind the other."""
    found = Instance(JOINED)
    _joined(m, found, [data, other])
    return found


DATASET = Class("Dataset", methods={"__add__": _added})
TENSORS = Class(
    "TensorDataset",
    base=DATASET,
    methods={
        "__init__": _tensors,
        "__getitem__": _entry,
        "__len__": lambda m, data: data.values["tensors"][0].tensor.shape[0],
    },
)


def _subset(m: Machine, data: Instance, dataset: Value, indices: Value) -> None:
    data.values |= {"dataset": dataset, "indices": [whole(i) for i in iterate(m, indices)]}


def _of_subset(m: Machine, data: Instance, index: Value) -> Value:
    return item(m, data.values["dataset"], item(m, data.values["indices"], index))


SUBSET = Class(
    "Subset",
    base=DATASET,
    methods={
        "__init__": _subset,
        "__getitem__": _of_subset,
        "__len__": lambda m, data: len(data.values["indices"]),
    },
)


def _joined(m: Machine, data: Instance, datasets: Value) -> None:
    """One dataset behind the other."""
    parts = list(iterate(m, datasets))
    if not parts:
        words = "datasets should not be an empty iterable"
        raise ProgramError("assertion", framework=f"AssertionError: {words}")
    ends, total = [], 0
    for part in parts:
        total += length_of(m, part)
        ends.append(total)
    data.values |= {"datasets": parts, "cumulative_sizes": ends}


def _of_joined(m: Machine, data: Instance, index: Value) -> Value:
    at, ends = whole(index), data.values["cumulative_sizes"]
    if at < 0:
        if -at > ends[-1]:
            raise value_error("absolute value of index should not exceed dataset length")
        at += ends[-1]
    which = bisect_right(ends, at)
    if which == len(ends):
        words = "list index out of range"
        raise ProgramError("index", framework=f"IndexError: {words}", detail=str(index))
    return item(m, data.values["datasets"][which], at - (ends[which - 1] if which else 0))


JOINED = Class(
    "ConcatDataset",
    base=DATASET,
    methods={
        "__init__": _joined,
        "__getitem__": _of_joined,
        "__len__": lambda m, data: data.values["cumulative_sizes"][-1],
    },
)


def _random_split(
    m: Machine, dataset: Value, lengths: Value, generator: Value = None
) -> list[Value]:
    """The dataset in parts of these lengths, or shares of it, its entries in a random order."""
    count, parts = length_of(m, dataset), [number_of(one) for one in iterate(m, lengths)]
    total = sum(parts)
    if math.isclose(total, 1) and total <= 1:
        for i, share in enumerate(parts):
            if not 0 <= share <= 1:
                raise value_error(f"Fraction at index {i} is not between 0 and 1")
        sizes = [math.floor(count * share) for share in parts]
        for i in range(count - sum(sizes)):
            sizes[i % len(sizes)] += 1
        parts = sizes
    if sum(parts) != count:
        raise value_error("Sum of input lengths does not equal the length of the input dataset!")
    if any(not isinstance(size, int) or size < 0 for size in parts):
        raise value_error(f"lengths are whole numbers, none below zero, got {parts}")
    m.budget.container(count)
    order = stream(m, generator).permutation(count).tolist()
    found, at = [], 0
    for size in parts:
        part = Instance(SUBSET)
        _subset(m, part, dataset, order[at : at + size])
        found.append(part)
        at += size
    return found


DATASETS: dict[str, Callable[..., Any] | Class] = {
    "Dataset": DATASET,
    "TensorDataset": TENSORS,
    "Subset": SUBSET,
    "ConcatDataset": JOINED,
    "random_split": _random_split,
}
