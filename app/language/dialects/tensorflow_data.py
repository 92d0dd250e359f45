"""tf.data.Dataset: examples one by one or in batches, in their order or shuffled.

A dataset is an object of a class of its own, whose methods know how it is walked through.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count as counter
from typing import Any

import numpy as np

from app.language.builtins import call
from app.language.dialects.common import array
from app.language.dialects.drawing import whole
from app.language.dialects.tensorflow_stream import stream
from app.language.errors import type_error, unsupported, value_error
from app.language.hashing import Steps
from app.language.machine import Machine
from app.language.values import NUMPY, TENSORFLOW, Array, Class, Instance, Value, Walk, type_name

TF = TENSORFLOW
Elements = Callable[[Machine], Iterator[Value]]
INFINITE, UNKNOWN = -1, -2  # as cardinality() says it
DATASET = Class("Dataset")


def dataset(walk: Elements, size: int) -> Instance:
    """A dataset of the elements that walk gives, anew each time. size: how many, or INFINITE."""
    methods: dict[str, Callable[..., Any]] = {
        "__iter__": lambda m, own: Walk("generator", walk(m)),
        "__len__": lambda m, own: _length(size),
        "batch": lambda m, own, batch_size, drop_remainder=False, **settings: _batched(
            walk, size, whole(batch_size), bool(drop_remainder)
        ),
        "shuffle": lambda m, own, buffer_size, seed=None, reshuffle_each_iteration=True: _shuffled(
            walk, size, whole(buffer_size)
        ),
        "repeat": lambda m, own, count=None: _repeated(walk, size, count),
        "take": lambda m, own, count: _taken(walk, size, whole(count)),
        "skip": lambda m, own, count: _skipped(walk, size, whole(count)),
        "map": lambda m, own, map_func, **settings: _mapped(walk, size, map_func),
        "filter": lambda m, own, predicate: _filtered(walk, predicate),
        "enumerate": lambda m, own, start=0: _numbered(walk, size, whole(start)),
        "prefetch": lambda m, own, buffer_size=None: own,
        "cache": lambda m, own, *name: own,
        "cardinality": lambda m, own: m.leaf(np.int64(size), TF),
        "as_numpy_iterator": lambda m, own: Walk("generator", _bare(walk, m)),
    }
    return Instance(Class("Dataset", base=DATASET, methods=methods))


def _length(size: int) -> int:
    if size < 0:
        raise type_error("The dataset is infinite or of unknown length.")
    return size


def _each(change: Callable[[Any], Any], *elements: Value, steps: Steps | None = None) -> Value:
    """The nested structure of the elements, with `change` of what stands at each place."""
    first, steps = elements[0], steps or Steps()
    steps.take(len(elements))
    if isinstance(first, tuple):
        rows = zip(*elements, strict=True)
        return tuple(_each(change, *parts, steps=steps) for parts in rows)
    if isinstance(first, dict):
        return {key: _each(change, *(one[key] for one in elements), steps=steps) for key in first}
    return change(elements)


def _slices(m: Machine, tensors: Value, name: Value = None) -> Instance:
    """Dataset.from_tensor_slices: the entries along the first axis."""
    counts: set[int] = set()

    def held(parts: Any) -> Array:
        x = array(m, parts[0], TF)
        if not x.tensor.ndim:
            raise value_error("Unbatching a tensor is only supported for rank >= 1")
        counts.add(int(x.tensor.shape[0]))
        return x if x.kind == TF else m.leaf(x.tensor.data, TF)

    whole_ones = _each(held, tuple(tensors) if isinstance(tensors, tuple) else tensors)
    if len(counts) > 1:
        first, other = sorted(counts)[:2]
        raise value_error(f"Dimensions {first} and {other} are not compatible")
    size = counts.pop()

    def walk(m: Machine) -> Iterator[Value]:
        for i in range(size):
            m.budget.step()
            yield _each(partial(_entry, m, i), whole_ones)

    return dataset(walk, size)


def _entry(m: Machine, i: int, parts: Any) -> Array:
    return m.leaf(parts[0].tensor.data[i], TF)


def _range(m: Machine, *bounds: Value, **settings: Value) -> Instance:
    numbers = range(*map(whole, bounds))

    def walk(m: Machine) -> Iterator[Value]:
        for i in numbers:
            m.budget.step()
            yield m.leaf(np.int64(i), TF)

    return dataset(walk, len(numbers))


def _zip(m: Machine, *datasets: Value, name: Value = None) -> Instance:
    given = datasets[0] if len(datasets) == 1 and isinstance(datasets[0], tuple) else datasets
    for one in given:
        if not isinstance(one, Instance) or DATASET not in one.of.line():
            raise type_error(f"Dataset.zip takes datasets, not {type_name(one)}")
    walks = [one.of.methods["__iter__"] for one in given]
    sizes = [one.of.methods["cardinality"] for one in given]

    def walk(m: Machine) -> Iterator[Value]:
        parts = [each(m, one).values for each, one in zip(walks, given, strict=True)]
        yield from zip(*parts, strict=False)

    known = [int(each(m, one).tensor.data) for each, one in zip(sizes, given, strict=True)]
    finite = [size for size in known if size >= 0]
    return dataset(walk, min(finite) if finite else INFINITE)


def _stacked(m: Machine, rows: list[Value]) -> Value:
    def joined(parts: Any) -> Array:
        data = [x.tensor.data if isinstance(x, Array) else np.asarray(x) for x in parts]
        m.budget.array((len(data), *data[0].shape))
        return m.leaf(np.stack(data), TF)

    return _each(joined, *rows)


def _batched(walk: Elements, size: int, count: int, drop: bool) -> Instance:
    if count < 1:
        raise value_error(f"batch_size must be positive, got {count}")

    def batches(m: Machine) -> Iterator[Value]:
        rows: list[Value] = []
        for element in walk(m):
            rows.append(element)
            if len(rows) == count:
                yield _stacked(m, rows)
                rows = []
        if rows and not drop:
            yield _stacked(m, rows)

    return dataset(batches, size if size < 0 else size // count if drop else -(-size // count))


def _shuffled(walk: Elements, size: int, room: int) -> Instance:
    """From a buffer of so many elements one after the other is drawn."""
    if room < 1:
        raise value_error(f"buffer_size must be greater than zero, got {room}")

    def drawn(m: Machine) -> Iterator[Value]:
        buffer: list[Value] = []
        for element in walk(m):
            m.budget.container(len(buffer) + 1)
            buffer.append(element)
            if len(buffer) >= room:
                yield buffer.pop(int(stream(m).integers(len(buffer))))
        while buffer:
            yield buffer.pop(int(stream(m).integers(len(buffer))))

    return dataset(drawn, size)


def _repeated(walk: Elements, size: int, count: Value) -> Instance:
    times = -1 if count is None else whole(count)

    def again(m: Machine) -> Iterator[Value]:
        for _ in counter() if times < 0 else range(times):
            m.budget.step()
            yield from walk(m)

    return dataset(again, INFINITE if times < 0 else size if size < 0 else size * times)


def _taken(walk: Elements, size: int, count: int) -> Instance:
    if count < 0:
        return dataset(walk, size)

    def first(m: Machine) -> Iterator[Value]:
        elements = walk(m)
        for _ in range(count):
            element = next(elements, None)
            if element is None:
                return
            yield element

    return dataset(first, count if size == INFINITE else size if size < 0 else min(size, count))


def _skipped(walk: Elements, size: int, count: int) -> Instance:
    def rest(m: Machine) -> Iterator[Value]:
        for i, element in enumerate(walk(m)):
            if i >= count:
                yield element

    return dataset(rest, size if size < 0 else max(0, size - count))


def _mapped(walk: Elements, size: int, function: Value) -> Instance:
    def changed(m: Machine) -> Iterator[Value]:
        for element in walk(m):
            given = element if isinstance(element, tuple) else (element,)
            yield call(m, function, *given)

    return dataset(changed, size)


def _filtered(walk: Elements, predicate: Value) -> Instance:
    def kept(m: Machine) -> Iterator[Value]:
        for element in walk(m):
            given = element if isinstance(element, tuple) else (element,)
            found = call(m, predicate, *given)
            if not isinstance(found, Array) or found.tensor.dtype != bool or found.tensor.ndim:
                raise unsupported("a predicate of filter() that gives no tf.bool")
            if m.decided(found.tensor):
                yield element

    return dataset(kept, UNKNOWN)


def _numbered(walk: Elements, size: int, start: int) -> Instance:
    def numbered(m: Machine) -> Iterator[Value]:
        for i, element in enumerate(walk(m), start):
            yield m.leaf(np.int64(i), TF), element

    return dataset(numbered, size)


def _bare(walk: Elements, m: Machine) -> Iterator[Value]:
    for element in walk(m):
        yield _each(lambda parts: m.leaf(parts[0].tensor.data, NUMPY), element)


MAKERS: dict[str, Callable[..., Instance]] = {
    "from_tensor_slices": lambda m, tensors, name=None: _slices(m, tensors),
    "range": _range,
    "zip": _zip,
}
