"""Slices: first:last:step in brackets, and slice(first, last, step)."""

from app.language.errors import type_error
from app.language.machine import Machine
from app.language.values import Array, Value


def slice_of(m: Machine, bounds: list[Value]) -> slice:
    """A slice of whole numbers; those of arrays count too."""
    return slice(*[_bound(m.leaves(bound)) for bound in bounds])


def _bound(bound: Value) -> int | None:
    if isinstance(bound, Array) and bound.tensor.size == 1 and bound.tensor.dtype.kind in "iu":
        return int(bound.tensor.data.item())
    if bound is not None and not isinstance(bound, int):
        raise type_error("slice indices must be integers or None or have an __index__ method")
    return bound
