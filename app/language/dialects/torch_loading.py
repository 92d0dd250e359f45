"""torch.utils.data.DataLoader: a dataset in batches, in its order or in a random one."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from app.engine import N_
from app.language.builtins import call
from app.language.dialects.arranging import arranging
from app.language.dialects.common import number_of
from app.language.dialects.drawing import whole
from app.language.dialects.torch_data import DATASETS, length_of
from app.language.dialects.torch_random import stream
from app.language.errors import ProgramError, key_error, type_error, unsupported, value_error
from app.language.items import item
from app.language.machine import Machine
from app.language.torch_stream import TorchStream
from app.language.values import TORCH, Array, Class, Instance, Value, Walk, type_name
from app.language.walks import iterate

STACK = arranging(TORCH)["stack"]


def _loader(
    m: Machine,
    loader: Instance,
    dataset: Value,
    batch_size: Value = 1,
    shuffle: Value = None,
    sampler: Value = None,
    batch_sampler: Value = None,
    num_workers: Value = 0,
    collate_fn: Value = None,
    pin_memory: Value = False,
    drop_last: Value = False,
    timeout: Value = 0,
    worker_init_fn: Value = None,
    multiprocessing_context: Value = None,
    generator: Value = None,
    prefetch_factor: Value = None,
    persistent_workers: Value = False,
) -> None:
    """Workers, pinned memory and the like are taken as they are: they change no number."""
    if sampler is not None or batch_sampler is not None:
        raise unsupported(
            N_("a sampler of a DataLoader; write shuffle=True, or Subset(dataset, indices)")
        )
    workers = whole(num_workers)
    if workers < 0:
        words = "num_workers option should be non-negative; use num_workers=0 to disable "
        raise value_error(f"{words}multiprocessing.")
    if number_of(timeout) < 0:
        raise value_error("timeout option should be non-negative")
    if not workers and prefetch_factor is not None:
        words = "prefetch_factor option could only be specified in multiprocessing.let num_workers "
        words += "> 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        raise value_error(words)
    if persistent_workers and not workers:
        raise value_error("persistent_workers option needs num_workers > 0")
    if workers and (worker_init_fn is not None or multiprocessing_context is not None):
        raise unsupported(N_("a DataLoader's worker_init_fn and multiprocessing_context"))
    if batch_size is None and drop_last:
        words = "batch_size=None option disables auto-batching and is mutually exclusive with "
        raise value_error(f"{words}drop_last")
    if batch_size is not None and (not isinstance(batch_size, int) or batch_size < 1):
        words = "batch_size should be a positive integer value, but got batch_size="
        raise value_error(f"{words}{batch_size}")
    stream(m, generator)  # is one
    loader.values |= {
        "dataset": dataset,
        "batch_size": batch_size,
        "shuffle": bool(shuffle),
        "drop_last": bool(drop_last),
        "collate_fn": collate_fn,
        "generator": generator,
        "num_workers": workers,
        "pin_memory": bool(pin_memory),
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
    count = length_of(m, v["dataset"])
    m.budget.array((count,))
    stream(m, v["generator"]).word()  # PyTorch draws a seed for workers, even without any
    order = _order(m, count, v["generator"]) if v["shuffle"] else np.arange(count)
    if v["batch_size"] is None:
        for i in order.tolist():
            entry = item(m, v["dataset"], i)
            made = v["collate_fn"]
            yield converted(m, entry) if made is None else call(m, made, entry)
        return
    for at in range(0, count, v["batch_size"]):
        places = order[at : at + v["batch_size"]].tolist()
        if len(places) < v["batch_size"] and v["drop_last"]:
            return
        entries = [item(m, v["dataset"], i) for i in places]
        yield collated(m, entries) if v["collate_fn"] is None else call(m, v["collate_fn"], entries)


def converted(m: Machine, entry: Value) -> Value:
    """An entry by itself: arrays of NumPy as tensors, tuples as lists."""
    m.budget.step()
    if isinstance(entry, Array):
        return entry if entry.kind == TORCH else m.leaf(entry.tensor.data, TORCH)
    if isinstance(entry, dict):
        return {key: converted(m, one) for key, one in entry.items()}
    if isinstance(entry, list | tuple):
        return [converted(m, one) for one in entry]
    return entry


def collated(m: Machine, entries: list[Value]) -> Value:
    """Entries as one batch: tensors stacked, numbers joined, tuples and dicts place by place."""
    if not entries:
        raise ProgramError("index", framework="IndexError: list index out of range", detail="0")
    first = entries[0]
    m.budget.step()  # a part that entries share is joined each time
    if isinstance(first, Array):
        for i, one in enumerate(entries):
            if not isinstance(one, Array):
                words = f"expected Tensor as element {i} in argument 0, but got {type_name(one)}"
                raise type_error(words)
        found = [x if x.kind == TORCH else m.leaf(x.tensor.data, TORCH) for x in entries]
        return STACK(m, found, 0)
    if isinstance(first, bool | int | float):
        dtype = np.float64 if isinstance(first, float) else None
        return _of_numbers(m, entries, dtype)
    if isinstance(first, str):
        return list(entries)
    if isinstance(first, dict):
        return {key: collated(m, [_at(one, key) for one in entries]) for key in first}
    if isinstance(first, list | tuple):
        if any(not isinstance(one, list | tuple) or len(one) != len(first) for one in entries):
            words = "each element in list of batch should be of equal size"
            raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
        return [collated_part(m, one) for one in zip(*entries, strict=True)]
    words = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
    raise type_error(f"{words}found <class '{type_name(first)}'>")


def collated_part(m: Machine, entries: tuple[Value, ...]) -> Value:
    """What the entries have at one place; texts stay the tuple that they come in."""
    return entries if isinstance(entries[0], str) else collated(m, list(entries))


def _of_numbers(m: Machine, entries: list[Value], dtype: Any) -> Array:
    for one in entries:
        plain = isinstance(one, bool | int | float)
        if not plain and not (isinstance(one, Array) and one.tensor.size == 1):
            raise type_error(f"new(): invalid data type '{type_name(one)}'")
    m.budget.array((len(entries),))
    data = np.array([number_of(one) for one in entries], dtype)
    if dtype is None and data.dtype.kind == "f":
        data = data.astype(np.float32)
    return m.leaf(data, TORCH)


def _at(entry: Value, key: Value) -> Value:
    if not isinstance(entry, dict) or key not in entry:
        raise key_error(repr(key))
    return entry[key]


def _batch_count(m: Machine, loader: Instance) -> int:
    v = loader.values
    count, size = length_of(m, v["dataset"]), v["batch_size"] or 1
    return count // size if v["drop_last"] else -(-count // size)


LOADER = Class(
    "DataLoader",
    methods={
        "__init__": _loader,
        "__iter__": lambda m, loader: Walk("generator", _batches(m, loader)),
        "__len__": _batch_count,
    },
)
DATA: dict[str, Any] = {
    **DATASETS,
    "DataLoader": LOADER,
    "default_collate": lambda m, batch: collated(m, list(iterate(m, batch))),
}
