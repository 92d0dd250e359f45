"""PyTorch's random numbers on the processor: the stream of its CPU generator, and what it draws.

The generator is MT19937 from one 32-bit word. Source: ATen's DistributionsHelper.h and
DistributionTemplates.h. Normal numbers of float32 differ in the last digits: sixteen or more of
them PyTorch makes with its own sine.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

FLOAT64 = np.dtype(np.float64)
LARGE = 1 << 28  # from this range on a whole number takes two words
BLOCK = 16  # so many normal numbers, or more, are made in blocks

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]


class TorchStream:
    """A stream of random numbers; equal seeds give equal streams."""

    def __init__(self, seed: int):
        self.seed(seed)

    def seed(self, seed: int) -> None:
        self.initial = seed
        self._words = np.random.RandomState(seed & 0xFFFFFFFF)
        self._second: float | None = None  # normal numbers come in pairs

    def _raw(self, count: int) -> Array:
        return self._words.randint(0, 1 << 32, count, np.uint32).astype(np.uint64)

    def _raw_pairs(self, count: int) -> Array:
        words = self._raw(2 * count)
        return (words[::2] << np.uint64(32)) | words[1::2]

    def _unit(self, count: int, dtype: Any) -> Array:
        """Numbers from 0 to below 1 with as many bits as the type has."""
        if dtype == FLOAT64:
            return np.asarray((self._raw_pairs(count) & np.uint64((1 << 53) - 1)) * 2.0**-53)
        unit = (self._raw(count) & np.uint64((1 << 24) - 1)) * 2.0**-24
        return np.asarray(unit, np.float32)

    def uniform(self, low: Any, high: Any, shape: Shape, dtype: Any = np.float32) -> Array:
        unit = self._unit(math.prod(shape), dtype)
        first, last = unit.dtype.type(low), unit.dtype.type(high)
        return np.asarray(unit * (last - first) + first).reshape(shape)

    def normal(
        self, mean: Any, std: Any, shape: Shape, dtype: Any = np.float32, apart: bool = False
    ) -> Array:
        """apart: for entries that memory does not keep in the order of their places."""
        count = math.prod(shape)
        drawn = self._pairs(count) if apart or count < BLOCK else self._blocks(count, dtype)
        return np.asarray(drawn.reshape(shape) * std + mean)

    def _pairs(self, count: int) -> Array:
        """Normal numbers one by one; of the last pair the second waits. Source: Box 1958."""
        waiting = [] if self._second is None or not count else [self._second]
        pairs = (count - len(waiting) + 1) // 2
        turn, length = self._unit(2 * pairs, FLOAT64).reshape(-1, 2).T
        radius, angle = np.sqrt(-2 * np.log1p(-length)), 2 * np.pi * turn
        drawn = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)
        found = np.concatenate([np.array(waiting), drawn])
        if count:
            self._second = float(found[-1]) if len(found) > count else None
        return found[:count]

    def _blocks(self, count: int, dtype: Any) -> Array:
        """Normal numbers in blocks; the last block is drawn again where some are left over."""
        unit, whole = self._unit(count, dtype), count // BLOCK * BLOCK
        found = np.empty(count)
        found[:whole] = _by_block(unit[:whole])
        if whole < count:
            found[-BLOCK:] = _by_block(self._unit(BLOCK, dtype))
        return found

    def exponential(self, shape: Shape) -> Array:
        """Waiting times of mean 1, in double precision."""
        return -np.log1p(-self._unit(math.prod(shape), FLOAT64).reshape(shape))

    def units(self, count: int) -> Array:
        """Numbers from 0 to below 1 in double precision."""
        return self._unit(count, FLOAT64)

    def integers(self, low: int, high: int, shape: Shape) -> Array:
        count, span = math.prod(shape), high - low
        words = self._raw_pairs(count) if span >= LARGE else self._raw(count)
        return ((words % np.uint64(span)).astype(np.int64) + low).reshape(shape)

    def word(self) -> int:
        """A whole number below 2**63: a seed for another stream."""
        return int(self._raw_pairs(1)[0]) & ((1 << 63) - 1)

    def permutation(self, count: int) -> Array:
        order = list(range(count))
        for i, word in enumerate(self._raw(max(0, count - 1)).tolist()):
            j = i + word % (count - i)
            order[i], order[j] = order[j], order[i]
        return np.array(order, np.int64)

    def happens(self, chance: float, shape: Shape) -> Array:
        """Truth values, true with this probability."""
        return self._unit(math.prod(shape), FLOAT64).reshape(shape) < chance

    def happen(self, chances: Array) -> Array:
        """Likewise, each with a probability of its own."""
        return self._unit(chances.size, chances.dtype).reshape(chances.shape) < chances


def as_kept(data: Array, draw: Callable[[Shape], Array]) -> Array:
    """What is drawn for each entry of data, in the order in which memory keeps them: that of a
    transposed tensor is another than that of its places. Source: ATen's TensorIterator.cpp."""
    axes = list(range(data.ndim))
    if all(stride or size == 1 for stride, size in zip(data.strides, data.shape, strict=True)):
        axes.sort(key=lambda axis: -abs(data.strides[axis]))
    return draw(tuple(data.shape[axis] for axis in axes)).transpose(np.argsort(axes))


def _by_block(unit: Array) -> Array:
    blocks = unit.reshape(-1, 2, BLOCK // 2)
    angle = (unit.dtype.type(2 * np.pi) * blocks[:, 1]).astype(np.float64)
    radius = np.sqrt(-2 * np.log((1 - blocks[:, 0]).astype(np.float64)))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)
