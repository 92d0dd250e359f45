"""torch.utils.data: TensorDataset, Dataset, DataLoader, random_split and Subset."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from app.language.builtins import call
from app.language.classes import ABSENT, special
from app.language.dialects.arranging import arranging
from app.language.dialects.drawing import whole
from app.language.dialects.torch_random import stream
from app.language.errors import ProgramError, type_error, unexpected_keyword, value_error
from app.language.items import item
from app.language.machine import Machine
from app.language.torch_stream import TorchStream
from app.language.values import TORCH, Array, Class, Instance, Value, Walk, type_name
from app.language.walks import iterate

STACK = arranging(TORCH)["stack"]


def _length(m: Machine, data: Value) -> int:
    if isinstance(data, list | tuple | dict):
        return len(data)
    if isinstance(data, Array):
        return int(data.tensor.shape[0])
    found = special(m, data, "__len__")
    if found is ABSENT:
        raise type_error(f"object of type '{type_name(data)}' has no len()")
    return whole(found)


def _tensors(m: Machine, data: Instance, *tensors: Value) -> None:
    for x in tensors:
        if not isinstance(x, Array) or x.kind != TORCH:
            raise type_error(f"TensorDataset takes tensors, not {type_name(x)}")
    if len({x.tensor.shape[:1] for x in tensors}) > 1:
        words = "AssertionError: Size mismatch between tensors"
        raise ProgramError("shape", framework=words, detail="Size mismatch between tensors")
    data.values["tensors"] = tensors


def _entry(m: Machine, data: Instance, index: Value) -> tuple[Value, ...]:
    return tuple(item(m, x, index) for x in data.values["tensors"])


DATASET = Class("Dataset")
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
    return item(m, data.values["dataset"], data.values["indices"][whole(index)])


SUBSET = Class(
    "Subset",
    base=DATASET,
    methods={
        "__init__": _subset,
        "__getitem__": _of_subset,
        "__len__": lambda m, data: len(data.values["indices"]),
    },
)


def _random_split(
    m: Machine, dataset: Value, lengths: Value, generator: Value = None
) -> list[Value]:
    """The dataset in parts of these lengths, or shares of it, its entries in a random order."""
    count, parts = _length(m, dataset), list(iterate(m, lengths))
    if any(isinstance(one, float) for one in parts):
        sizes = [int(count * share) for share in parts]
        for i in range(count - sum(sizes)):
            sizes[i % len(sizes)] += 1
        parts = sizes
    if sum(parts) != count:
        raise value_error("Sum of input lengths does not equal the length of the input dataset!")
    m.budget.container(count)
    order = stream(m, generator).permutation(count).tolist()
    found, at = [], 0
    for size in parts:
        part = Instance(SUBSET)
        _subset(m, part, dataset, order[at : at + size])
        found.append(part)
        at += size
    return found


# -- DataLoader

USELESS = ("num_workers", "pin_memory", "timeout", "persistent_workers", "prefetch_factor")


def _loader(
    m: Machine,
    loader: Instance,
    dataset: Value,
    batch_size: Value = 1,
    shuffle: Value = False,
    drop_last: Value = False,
    collate_fn: Value = None,
    generator: Value = None,
    **settings: Value,
) -> None:
    wrong = next((name for name in settings if name not in USELESS), None)
    if wrong is not None:
        known = ("batch_size", "shuffle", "drop_last", "collate_fn", "generator", *USELESS)
        raise unexpected_keyword("DataLoader.__init__", wrong, known)
    if batch_size is not None and (not isinstance(batch_size, int) or batch_size < 1):
        raise value_error(
            f"batch_size should be a positive integer value, but got batch_size={batch_size}"
        )
    loader.values |= {
        "dataset": dataset,
        "batch_size": batch_size,
        "shuffle": bool(shuffle),
        "drop_last": bool(drop_last),
        "collate_fn": collate_fn,
        "generator": generator,
    }


def _order(m: Machine, count: int, generator: Value) -> Any:
    """A random order; without a generator, from a stream that the usual one seeds."""
    if generator is None:
        return TorchStream(m.torch_random.word()).permutation(count)
    order = stream(m, generator).permutation(count)
    stream(m, generator).permutation(count)  # PyTorch draws one more, of which it takes none
    return order


def _batches(m: Machine, loader: Instance) -> Iterator[Value]:
    v = loader.values
    count = _length(m, v["dataset"])
    m.budget.array((count,))
    stream(m, v["generator"]).word()  # PyTorch draws a seed for workers, even without any
    order = _order(m, count, v["generator"]) if v["shuffle"] else np.arange(count)
    if v["batch_size"] is None:
        for i in order.tolist():
            yield item(m, v["dataset"], i)
        return
    for at in range(0, count, v["batch_size"]):
        places = order[at : at + v["batch_size"]].tolist()
        if len(places) < v["batch_size"] and v["drop_last"]:
            return
        entries = [item(m, v["dataset"], i) for i in places]
        yield collated(m, entries) if v["collate_fn"] is None else call(m, v["collate_fn"], entries)


def collated(m: Machine, entries: list[Value]) -> Value:
    """The entries of a batch as tensors with one more axis in front."""
    first = entries[0]
    m.budget.step()  # a part that entries share is joined each time
    if isinstance(first, Array):
        found = [x if x.kind == TORCH else m.leaf(x.tensor.data, TORCH) for x in entries]
        return STACK(m, found, 0)
    if isinstance(first, bool | int):
        return m.leaf(np.array(entries), TORCH)
    if isinstance(first, float):
        return m.leaf(np.array(entries, np.float64), TORCH)
    if isinstance(first, str):
        return list(entries)
    if isinstance(first, dict):
        return {key: collated(m, [one[key] for one in entries]) for key in first}
    if isinstance(first, list | tuple):
        return [collated(m, list(one)) for one in zip(*entries, strict=True)]
    words = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
    raise type_error(f"{words}found {type_name(first)}")


def _batch_count(m: Machine, loader: Instance) -> int:
    v = loader.values
    count, size = _length(m, v["dataset"]), v["batch_size"] or 1
    return count // size if v["drop_last"] else -(-count // size)


LOADER = Class(
    "DataLoader",
    methods={
        "__init__": _loader,
        "__iter__": lambda m, loader: Walk("generator", _batches(m, loader)),
        "__len__": _batch_count,
    },
)
DATA: dict[str, Callable[..., Any] | Class] = {
    "Dataset": DATASET,
    "TensorDataset": TENSORS,
    "Subset": SUBSET,
    "DataLoader": LOADER,
    "random_split": _random_split,
}
