"""Elements of datasets: tensors, in tuples and dictionaries as deep as the program has them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from app.engine import N_
from app.language.dialects.common import array
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.hashing import Steps
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Array, Value, type_name

TF = TENSORFLOW
Rows = Iterator[Value]


def each(change: Callable[[Any], Any], *elements: Value, steps: Steps | None = None) -> Value:
    """The nested structure of the elements, with `change` of what stands at each place."""
    first, steps = elements[0], steps or Steps()
    steps.take(len(elements))
    kinds = {type(one) if isinstance(one, tuple | dict) else object for one in elements}
    sizes = {len(one) for one in elements if isinstance(one, tuple | dict)}
    if len(kinds) > 1 or len(sizes) > 1:
        raise value_error("The elements of a dataset do not have the same nested structure")
    if isinstance(first, tuple):
        rows = zip(*elements, strict=True)
        return tuple(each(change, *parts, steps=steps) for parts in rows)
    if isinstance(first, dict):
        if any(key not in one for one in elements for key in first):
            raise value_error("The elements of a dataset do not have the same keys")
        return {key: each(change, *(one[key] for one in elements), steps=steps) for key in first}
    return change(elements)


def tensor(m: Machine, value: Value) -> Array:
    """What stands at one place of an element, as a tensor."""
    if isinstance(value, Array) and value.kind == TF:
        return value
    if value is None or isinstance(value, str):
        raise unsupported(N_("a dataset of {type}; give it numbers"), type=type_name(value))
    found = array(m, value, TF)
    return found if found.kind == TF else m.leaf(found.tensor.data, TF)


def count_of(element: Value) -> int:
    """How many entries the tensors of an element have along their first axis."""
    counts: set[int] = set()

    def seen(parts: Any) -> None:
        if not parts[0].tensor.ndim:
            raise value_error("Unbatching a tensor is only supported for rank >= 1")
        counts.add(int(parts[0].tensor.shape[0]))

    each(seen, element)
    if len(counts) > 1:
        first, other = sorted(counts)[:2]
        raise value_error(f"Dimensions {first} and {other} are not compatible")
    return counts.pop() if counts else 0


def entries_of(m: Machine, element: Value) -> Rows:
    """The entries along the first axis, one by one."""
    for i in range(count_of(element)):
        m.budget.step()
        yield each(partial(_entry, m, i), element)


def _entry(m: Machine, i: int, parts: Any) -> Array:
    return m.leaf(parts[0].tensor.data[i], TF)


def stacked(m: Machine, rows: list[Value]) -> Value:
    def joined(parts: Any) -> Array:
        data = [x.tensor.data for x in parts]
        m.budget.array((len(data), *data[0].shape))
        for one in data[1:]:
            if one.shape != data[0].shape:
                words = "Cannot add tensor to the batch: number of elements does not match. Shapes "
                words += f"are: [tensor]: {_sides(one)}, [batch]: {_sides(data[0])}"
                framework = f"InvalidArgumentError: {words} [Op:IteratorGetNext]"
                raise ProgramError("shape", framework=framework, detail=words)
            if one.dtype != data[0].dtype:
                raise type_error(f"a batch of {data[0].dtype} cannot hold {one.dtype}")
        return m.leaf(np.stack(data), TF)

    return each(joined, *rows)


def _sides(data: Any) -> str:
    return f"[{','.join(map(str, data.shape))}]"
