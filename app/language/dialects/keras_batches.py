"""What a model of Keras is given to train on, batch by batch: inputs, targets, sample weights."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from app.engine import N_
from app.language.dialects.common import array, number_of
from app.language.dialects.drawing import whole
from app.language.dialects.tensorflow_data import is_dataset, size_of
from app.language.dialects.tensorflow_stream import stream
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Value
from app.language.walks import iterate

TF = TENSORFLOW
Batch = tuple[Value, Value, Value]  # inputs, targets or None, weights or None


def unpacked(data: Value) -> Batch:
    """An element of a dataset, as fit reads it."""
    if not isinstance(data, list | tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        words = "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`"
        raise value_error(f"{words}, found {len(data)} parts")
    x, y, w = (*data, None, None)[:3]
    return x, y, w


@dataclass(frozen=True, slots=True)
class Data:
    """Examples that are held at once. x: an array, or a list of them where a model has several
    inputs."""

    x: Any
    y: Any = None
    weight: Any = None

    def part(self, places: Any) -> "Data":
        def of(value: Any) -> Any:
            if isinstance(value, list):
                return [one[places] for one in value]
            return None if value is None else value[places]

        return Data(of(self.x), of(self.y), of(self.weight))

    def count(self) -> int:
        return len(self.x[0] if isinstance(self.x, list) else self.x)

    def batch(self, m: Machine, places: Any) -> Batch:
        part = self.part(places)
        x = [m.leaf(one, TF) for one in part.x] if isinstance(part.x, list) else m.leaf(part.x, TF)
        y, weight = (None if one is None else m.leaf(one, TF) for one in (part.y, part.weight))
        return x, y, weight


def held(m: Machine, x: Value, y: Value, weight: Value = None) -> Data:
    """The examples of fit(x, y); all are of one number."""
    several = isinstance(x, list | tuple) and x and all(isinstance(one, Array) for one in x)
    if several and len(x) > 1:
        inputs: Any = [_data(m, one) for one in x]
    else:
        inputs = _data(m, x[0] if several else x)
    if isinstance(y, list | tuple) and y and all(isinstance(one, Array) for one in y):
        raise unsupported(N_("targets in a list, one for each output of a model"))
    found = Data(inputs, *(None if one is None else _data(m, one) for one in (y, weight)))
    sizes = {
        name: sorted({one.shape[0] if one.ndim else 0 for one in parts if one is not None})
        for name, parts in {
            "x": inputs if isinstance(inputs, list) else [inputs],
            "y": [found.y],
            "sample_weight": [found.weight],
        }.items()
    }
    if len({size for listed in sizes.values() for size in listed}) > 1:
        words = "Data cardinality is ambiguous. Make sure all arrays contain the same number of "
        told = (f"'{name}' sizes: {', '.join(map(str, one))}" for name, one in sizes.items() if one)
        raise value_error(f"{words}samples." + "\n".join(told))
    if sizes["x"] == [0] and not np.size(inputs[0] if isinstance(inputs, list) else inputs):
        raise value_error("there are no examples")
    return found


def _data(m: Machine, x: Value) -> Any:
    data = np.asarray(array(m, x, TF).tensor.data)
    return data.astype(np.float32) if data.dtype == np.float64 else data


def split(data: Data, share: float) -> tuple[Data, Data]:
    """The examples to train with, and the last share of them to validate with."""
    count = data.count()
    at = math.floor(count * (1.0 - share))
    if not 0 < at < count:
        words = f"Training data contains {count} samples, which is not sufficient to split it into "
        words += "a validation and training set as specified by `validation_split="
        words += f"{share}`. Either provide more data, or a different value for the "
        raise value_error(f"{words}`validation_split` argument.")
    return data.part(slice(None, at)), data.part(slice(at, None))


class Batches:
    """Batches, epoch by epoch. count: how many there are of them in an epoch, or INFINITE, UNKNOWN.

    steps: how many batches make an epoch where the program says so; the next goes on behind them.
    """

    def __init__(self, count: int, walk: Callable[[], Iterator[Batch]], steps: Value = None):
        self.steps = None if steps is None else whole(steps)
        if self.steps is not None and self.steps < 1:
            raise value_error(f"a number of steps is positive, got {self.steps}")
        self._whole, self._walk = count, walk
        self._rows: Iterator[Batch] | None = None
        self._seen = 0

    @property
    def count(self) -> int:
        return self._whole if self.steps is None else self.steps

    def epoch(self) -> Iterator[Batch]:
        if self.steps is None:
            yield from self._walk()
            return
        if self._rows is None:
            self._rows, self._seen = self._walk(), 0
        for batch in islice(self._rows, self.steps):
            self._seen += 1
            yield batch
            if self._seen == self._whole:
                break
        if self._seen == self._whole:
            self._rows = None


def batches_of(
    m: Machine,
    x: Value,
    y: Value = None,
    weight: Value = None,
    size: Value = None,
    shuffle: Value = False,
    steps: Value = None,
    class_weight: Value = None,
) -> Batches:
    """Batches of a dataset, which has its own, or of the examples x, y and their weights."""
    if class_weight is not None and weight is not None:
        raise value_error("You cannot `class_weight` and `sample_weight` at the same time.")

    def weighed(batch: Batch) -> Batch:
        return batch if class_weight is None else _by_class(m, batch, class_weight)

    if is_dataset(x):
        for name, one, what in (("y", y, "targets"), ("sample_weight", weight, "sample weights")):
            if one is not None:
                words = f"When providing `x` as a tf.data.Dataset, `{name}` should not be passed. "
                words += f"Instead, the {what} should be included as part of the tf.data.Dataset."
                raise value_error(words)
        found = size_of(m, x)
        if found == -1 and steps is None:
            raise value_error(
                "When passing an infinitely repeating tf.data.Dataset, you must specify the "
                "`steps_per_epoch` argument."
            )
        return Batches(found, lambda: (weighed(unpacked(one)) for one in iterate(m, x)), steps)
    data = x if isinstance(x, Data) else held(m, x, y, weight)
    length = 32 if size is None else size
    if not isinstance(length, int) or length < 1:
        raise value_error(f"batch_size is a positive whole number, got {length}")
    if not isinstance(shuffle, bool):
        raise unsupported(N_("shuffle that is neither True nor False"))
    total = data.count()

    def slices() -> Iterator[Batch]:
        order = stream(m).permutation(total) if shuffle else np.arange(total)
        for at in range(0, total, length):
            m.budget.step()
            yield weighed(data.batch(m, order[at : at + length]))

    return Batches(-(-total // length), slices, steps)


def _by_class(m: Machine, batch: Batch, weights: Value) -> Batch:
    """The batch with a weight for each example: that of its class, 1 where none is given."""
    x, y, weight = batch
    if weight is not None:
        raise value_error("You cannot `class_weight` and `sample_weight` at the same time.")
    if not isinstance(weights, dict):
        raise value_error("class_weight is a dictionary from classes to numbers")
    if not isinstance(y, Array):
        raise value_error("class_weight needs targets")
    labels: Any = np.asarray(y.tensor.data)
    if labels.ndim > 1:
        labels = labels[..., 0] if labels.shape[-1] == 1 else np.argmax(labels, axis=-1)
    if labels.ndim > 1:
        raise value_error("`class_weight` not supported for 3+ dimensional targets.")
    known = {int(number_of(key)): float(number_of(one)) for key, one in weights.items()}
    shares = [known.get(int(label), 1.0) for label in np.ravel(np.round(labels))]
    return x, y, m.leaf(np.array(shares, np.float32), TF)
