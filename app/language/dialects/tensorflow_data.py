"""tf.data.Dataset: examples one by one or in batches, in their order or shuffled.

A dataset is an object of a class of its own, whose methods know how it is walked through. Where
they come from is in tensorflow_sources.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from itertools import count as counter
from typing import Any

import numpy as np

from app.engine import N_
from app.language.builtins import call
from app.language.dialects.drawing import whole
from app.language.dialects.tensorflow_elements import (
    TF,
    Rows,
    each,
    entries_of,
    stacked,
    tensor,
)
from app.language.dialects.tensorflow_stream import stream
from app.language.errors import ProgramError, type_error, unsupported
from app.language.machine import Machine
from app.language.values import NUMPY, Array, Class, Instance, Value, Walk, type_name

INFINITE, UNKNOWN = -1, -2  # as cardinality() says it
DATASET = Class("Dataset")


@dataclass(frozen=True, slots=True)
class Source:
    """How a dataset is walked through, anew each time. size: how many, or INFINITE, UNKNOWN."""

    walk: Callable[[Machine], Rows]
    size: int


def dataset_of(walk: Callable[[Machine], Rows], size: int) -> Instance:
    """A dataset of the elements that walk gives."""
    source = Source(walk, size)
    methods: dict[str, Callable[..., Any]] = {
        name: partial(step, source) for name, step in STEPS.items()
    }
    return Instance(Class("Dataset", base=DATASET, methods=methods))


def is_dataset(value: Value) -> bool:
    return isinstance(value, Instance) and DATASET in value.of.line()


def size_of(m: Machine, value: Instance) -> int:
    return int(value.of.methods["cardinality"](m, value).tensor.data)


def rows_of(m: Machine, value: Instance) -> Rows:
    """The elements of a dataset, as a loop has them."""
    walk: Walk = value.of.methods["__iter__"](m, value)
    return walk.values


def _length(source: Source, m: Machine, own: Instance) -> int:
    if source.size == INFINITE:
        raise type_error("The dataset is infinite.")
    if source.size == UNKNOWN:
        raise type_error("The dataset length is unknown.")
    return source.size


# -- steps: each makes a dataset of one


def _batched(
    source: Source,
    m: Machine,
    own: Instance,
    batch_size: Value,
    drop_remainder: Value = False,
    num_parallel_calls: Value = None,
    deterministic: Value = None,
    name: Value = None,
) -> Instance:
    count, size = whole(batch_size), source.size
    if count < 1:
        words = "Batch size must be greater than zero."
        framework = f"InvalidArgumentError: {words} [Op:BatchDatasetV2]"
        raise ProgramError("value", framework=framework, detail=words)

    def batches(m: Machine) -> Rows:
        rows: list[Value] = []
        for element in source.walk(m):
            rows.append(element)
            if len(rows) == count:
                yield stacked(m, rows)
                rows = []
        if rows and not drop_remainder:
            yield stacked(m, rows)

    known = size // count if drop_remainder else -(-size // count)
    return dataset_of(batches, size if size < 0 else known)


def _unbatched(source: Source, m: Machine, own: Instance, name: Value = None) -> Instance:
    def rows(m: Machine) -> Rows:
        for element in source.walk(m):
            yield from entries_of(m, element)

    return dataset_of(rows, UNKNOWN)


def _shuffled(
    source: Source,
    m: Machine,
    own: Instance,
    buffer_size: Value,
    seed: Value = None,
    reshuffle_each_iteration: Value = None,
    name: Value = None,
) -> Instance:
    """From a buffer of so many elements one after the other is drawn.

    A seed makes the orders those of this dataset alone; each walk goes on in them, or begins again
    where nothing is to be shuffled anew."""
    room, kept = whole(buffer_size), seed
    again = reshuffle_each_iteration is None or bool(reshuffle_each_iteration)
    if room < 1:
        words = "buffer_size must be greater than zero or UNKNOWN_CARDINALITY"
        framework = f"InvalidArgumentError: {words} [Op:ShuffleDatasetV3]"
        raise ProgramError("value", framework=framework, detail=words)
    ours = None if seed is None else np.random.default_rng(abs(whole(seed)))

    def drawn(m: Machine) -> Rows:
        nonlocal kept
        source_of = stream(m, seed)  # tells of seeds, too
        if again:
            random = ours or source_of
        else:
            kept = int(source_of.integers(1 << 31)) if kept is None else kept
            random = np.random.default_rng(abs(whole(kept)))
        buffer: list[Value] = []
        for element in source.walk(m):
            m.budget.container(len(buffer) + 1)
            buffer.append(element)
            if len(buffer) >= room:
                yield buffer.pop(int(random.integers(len(buffer))))
        while buffer:
            yield buffer.pop(int(random.integers(len(buffer))))

    return dataset_of(drawn, source.size)


def _repeated(
    source: Source, m: Machine, own: Instance, count: Value = None, name: Value = None
) -> Instance:
    times, size = -1 if count is None else whole(count), source.size

    def again(m: Machine) -> Rows:
        for _ in counter() if times < 0 else range(times):
            m.budget.step()
            first = next(rows := source.walk(m), None)
            if first is None:
                return  # nothing, however often
            yield from chain([first], rows)

    if not times or not size:
        return dataset_of(again, 0)
    return dataset_of(again, INFINITE if times < 0 else size if size < 0 else size * times)


def _taken(source: Source, m: Machine, own: Instance, count: Value, name: Value = None) -> Instance:
    most, size = whole(count), source.size
    if most < 0:
        return dataset_of(source.walk, size)

    def first(m: Machine) -> Rows:
        elements = source.walk(m)
        for _ in range(most):
            element = next(elements, None)
            if element is None:
                return
            yield element

    return dataset_of(first, most if size == INFINITE else size if size < 0 else min(size, most))


def _skipped(
    source: Source, m: Machine, own: Instance, count: Value, name: Value = None
) -> Instance:
    fewest, size = whole(count), source.size

    def rest(m: Machine) -> Rows:
        for i, element in enumerate(source.walk(m)):
            m.budget.step()
            if i >= fewest >= 0:
                yield element

    left = 0 if fewest < 0 else max(0, size - fewest)  # below zero all are skipped
    return dataset_of(rest, size if size < 0 else left)


def _asked(m: Machine, function: Value, element: Value) -> Value:
    """A function of the program, of an element. What goes wrong later does so where the program
    asked for the element."""
    span = m.span
    found = call(m, function, *(element if isinstance(element, tuple) else (element,)))
    if span is not None:
        m.at(span)
    return found


def _mapped(
    source: Source,
    m: Machine,
    own: Instance,
    map_func: Value,
    num_parallel_calls: Value = None,
    deterministic: Value = None,
    name: Value = None,
) -> Instance:
    def changed(m: Machine) -> Rows:
        for element in source.walk(m):
            found = _asked(m, map_func, element)
            found = tuple(found) if isinstance(found, list) else found
            yield each(lambda parts: tensor(m, parts[0]), found)

    return dataset_of(changed, source.size)


def _filtered(
    source: Source, m: Machine, own: Instance, predicate: Value, name: Value = None
) -> Instance:
    def kept(m: Machine) -> Rows:
        for element in source.walk(m):
            found = _asked(m, predicate, element)
            if not isinstance(found, Array) or found.tensor.dtype != bool or found.tensor.ndim:
                raise unsupported(N_("a predicate of filter() that gives no tf.bool"))
            if m.decided(found.tensor):
                yield element

    return dataset_of(kept, UNKNOWN)


def _numbered(
    source: Source, m: Machine, own: Instance, start: Value = 0, name: Value = None
) -> Instance:
    begin = whole(start)

    def numbered(m: Machine) -> Rows:
        for i, element in enumerate(source.walk(m), begin):
            yield m.leaf(np.int64(i), TF), element

    return dataset_of(numbered, source.size)


def _followed(
    source: Source, m: Machine, own: Instance, dataset: Value, name: Value = None
) -> Instance:
    if not is_dataset(dataset):
        raise type_error(f"concatenate() takes a dataset, not {type_name(dataset)}")
    sizes = (source.size, size_of(m, dataset))

    def both(m: Machine) -> Rows:
        yield from source.walk(m)
        yield from rows_of(m, dataset)

    total = INFINITE if INFINITE in sizes else UNKNOWN if UNKNOWN in sizes else sum(sizes)
    return dataset_of(both, total)


def _prefetched(
    source: Source, m: Machine, own: Instance, buffer_size: Value, name: Value = None
) -> Instance:
    """What is made beforehand is the same here."""
    whole(buffer_size)
    return own


def _cached(
    source: Source, m: Machine, own: Instance, filename: Value = "", name: Value = None
) -> Instance:
    """The elements of the first walk, whenever it is walked through again."""
    if filename != "":
        raise unsupported(N_("cache() in a file; write cache()"))
    held: list[Value] = []
    whole_one = False

    def again(m: Machine) -> Rows:
        nonlocal whole_one
        if whole_one:
            yield from held
            return
        seen: list[Value] = []
        for element in source.walk(m):
            m.budget.container(len(seen) + 1)
            seen.append(element)
            yield element
        held[:], whole_one = seen, True

    return dataset_of(again, source.size)


def _bare(source: Source, m: Machine, own: Instance) -> Walk:
    """The elements as arrays of NumPy."""

    def rows() -> Rows:
        for element in source.walk(m):
            yield each(lambda parts: m.leaf(parts[0].tensor.data, NUMPY), element)

    return Walk("generator", rows())


STEPS: dict[str, Callable[..., Any]] = {
    "__iter__": lambda source, m, own: Walk("generator", source.walk(m)),
    "__len__": _length,
    "cardinality": lambda source, m, own: m.leaf(np.int64(source.size), TF),
    "batch": _batched,
    "unbatch": _unbatched,
    "shuffle": _shuffled,
    "repeat": _repeated,
    "take": _taken,
    "skip": _skipped,
    "map": _mapped,
    "filter": _filtered,
    "enumerate": _numbered,
    "concatenate": _followed,
    "prefetch": _prefetched,
    "cache": _cached,
    "as_numpy_iterator": _bare,
}
