"""TensorFlow's order: sort, argsort, top_k, and the places of the largest and smallest entries.

It sorts by comparisons, and none with nan holds: up to 16 entries, which it sorts by insertion,
come out in an order that depends on where each nan stood. The order of more, and which are the
largest k of several, depends on how it was compiled. argmax and argmin pass nan over.
"""

from typing import Any

import numpy as np

from app.engine import N_
from app.engine import primitives as p
from app.language.dialects.arranging import length, whole
from app.language.dialects.common import array, cast, dtype_of
from app.language.dialects.summing import ordering, places
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.number_types import takes
from app.language.values import TENSORFLOW, Array, Fields, Value

TF = TENSORFLOW
ORDERED = ordering(TF)
INSERTED = 16  # so many entries are sorted by insertion


def _spoilt(x: Array) -> bool:
    return x.tensor.dtype.kind == "f" and bool(np.isnan(x.tensor.data).any())


def _inserted(row: Any) -> list[int]:
    """The places in descending order, as sorting by insertion finds them."""
    numbers, order = row.tolist(), [0]
    for place in range(1, len(numbers)):
        x, at = numbers[place], 0
        if not x > numbers[order[0]]:
            at = place
            while x > numbers[order[at - 1]]:
                at -= 1
        order.insert(at, place)
    at = 0
    while at < len(order):  # equal ones side by side stand as they did
        end = at + 1
        while end < len(order) and numbers[order[at]] == numbers[order[end]]:
            end += 1
        order[at:end] = sorted(order[at:end])
        at = end
    return order


def _places(m: Machine, x: Array, axis: int, descending: bool) -> Array:
    """The order of entries of which some are nan."""
    count = length(x, axis)
    if count > INSERTED:
        raise unsupported(
            N_(
                "an order of more than 16 entries with nan among them, which depends on how "
                "TensorFlow was compiled; replace nan before, as in "
                "tf.where(tf.math.is_nan(x), 0.0, x)"
            )
        )
    m.budget.steps(x.tensor.size * INSERTED)
    numbers = np.moveaxis(x.tensor.data if descending else -x.tensor.data, axis, -1)
    rows = [_inserted(row) for row in numbers.reshape(-1, count)]
    return m.leaf(np.moveaxis(np.array(rows).reshape(numbers.shape), -1, axis), TF)


def _ordered(function: str) -> Any:
    def call(
        m: Machine,
        x: Value,
        axis: Value = -1,
        direction: Value = "ASCENDING",
        stable: Value = False,
        name: Value = None,
    ) -> Value:
        if direction not in ("ASCENDING", "DESCENDING"):
            raise value_error(f"Unknown direction: {direction}")
        found, descending, at = array(m, x, TF), direction == "DESCENDING", whole(axis)
        if _spoilt(found):
            takes("sort", TF, found)
            order = _places(m, found, at, descending)
            if function == "sort":
                take = p.gathering.take_along_axis
                return m.apply(lambda t, i: take(t, i, at), found, order)
        else:
            order = ORDERED[function](m, found, at, descending)
        return cast(m, order, dtype_of("int32")) if function == "argsort" else order

    return call


def _top_k(m: Machine, x: Value, k: Value = 1, sorted: Value = True, name: Value = None) -> Fields:
    found = array(m, x, TF)
    if found.tensor.ndim and _spoilt(found):
        if whole(k) != length(found, -1):
            raise unsupported(
                N_(
                    "tf.math.top_k of fewer entries than there are, with nan among them, which "
                    "depends on how TensorFlow was compiled; replace nan before, as in "
                    "tf.where(tf.math.is_nan(x), 0.0, x)"
                )
            )
        where = _places(m, found, -1, True)
        values = m.apply(lambda t, i: p.gathering.take_along_axis(t, i, -1), found, where)
    else:
        values, where = ORDERED["topk"](m, found, k)
    return Fields.named("TopKV2", values=values, indices=cast(m, where, dtype_of("int32")))


def _extreme_place(op: str, least: float) -> Any:
    function = places(op, TF)

    def call(
        m: Machine, x: Value, axis: Value = None, output_type: Value = None, name: Value = None
    ) -> Array:
        x = array(m, x, TF)
        if _spoilt(x):
            nan, instead = np.isnan(x.tensor.data), x.tensor.dtype.type(least)
            x = m.apply(lambda t: p.selection.where(nan, instead, t), x)
        found: Array = function(m, x, 0 if axis is None else axis)
        return found if output_type is None else cast(m, found, dtype_of(output_type))

    return call


argmax, argmin = _extreme_place("argmax", -np.inf), _extreme_place("argmin", np.inf)
sort, argsort, top_k = _ordered("sort"), _ordered("argsort"), _top_k
