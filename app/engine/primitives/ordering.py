"""Sorting, the largest k, the median. The gradient goes back to where each entry came from."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.gathering import put_along, take_along_axis
from app.engine.primitives.indexing import getitem
from app.engine.primitives.reductions import negative_axes
from app.engine.primitives.shaping import reshape
from app.engine.sides import results
from app.engine.tensor import NUMPY, Tensor


def _order(x: Any, axis: int, descending: bool) -> Any:
    """Places in sorted order, equal entries in the order they stand in."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(backwards, axis)


argsort = Op(
    "argsort",
    _order,
    latex=r"\operatorname{argsort} {0!}",
    elementwise=False,
    torch="torch.argsort({0}, dim={1}, descending={2}, stable=True)",
    sides=results,
    why=N_("A place is a whole number: no gradient passes."),
    example=((1.0, 3.0, 2.0), -1, False),
)
sort = Op(
    "sort",
    lambda x, axis, descending: np.take_along_axis(x, _order(x, axis, descending), axis),
    lambda g, z, x, axis, descending: apply(
        put_along, g, apply(argsort, x, axis, descending), axis, tuple(x.shape)
    ),
    latex=r"\operatorname{sort} {0!}",
    elementwise=False,
    torch="torch.sort({0}, dim={1}, descending={2}, stable=True).values",
    sides=lambda z, x, axis, descending: _order(x, axis, descending),
    why=N_("Each sorted entry sends its gradient back to where it stood before."),
    example=((1.0, 3.0, 2.0), -1, False),
)


def _along(op: Op, x: Any, axis: int | None, descending: bool) -> Tensor:
    if axis is None:
        return op(reshape(x, (x.size,)), -1, descending)
    return op(x, negative_axes(x.ndim, axis)[0], descending)


def sorted_along(x: Any, axis: int | None = -1, descending: bool = False) -> Tensor:
    """The entries in order along one axis, or all in a row."""
    return _along(sort, x, axis, descending)


def order_along(x: Any, axis: int | None = -1, descending: bool = False) -> Tensor:
    """The places of the entries in order; equal ones as they stand."""
    return _along(argsort, x, axis, descending)


def topk(x: Any, k: int, axis: int = -1, largest: bool = True) -> tuple[Tensor, Tensor]:
    """The k largest (or smallest) entries along an axis, in order, and their places."""
    (along,) = negative_axes(x.ndim, axis)
    if not 0 <= k <= x.shape[along]:
        raise ValueError(f"topk: k = {k} is not within axis {axis} of shape {x.shape}")
    key = (..., slice(None, k), *[slice(None)] * (-along - 1))
    places = getitem(argsort(x, along, largest), key)
    return take_along_axis(x, places, along), places


def median(x: Any, axis: int | None = None) -> Any:
    """NumPy's: the middle of the sorted entries; of an even number of them the mean of both."""
    row = sorted_along(x, axis)
    along = -1 if axis is None else negative_axes(x.ndim, axis)[0]
    n = row.shape[along]
    if not n:
        raise ValueError(f"median of no entries: shape {x.shape}, axis {axis}")
    rest = [slice(None)] * (-along - 1)
    last: Any = getitem(row, (..., n - 1, *rest))
    under: Any = getitem(row, (..., (n - 1) // 2, *rest))
    middle = under if n % 2 else (under + getitem(row, (..., n // 2, *rest))) / 2
    spoilt = np.isnan(last.data)  # nan is sorted last
    return np.where(spoilt, last, middle) if np.any(spoilt) else middle


NUMPY[np.sort] = sorted_along  # type: ignore[assignment]
NUMPY[np.argsort] = order_along  # type: ignore[assignment]
NUMPY[np.median] = median  # type: ignore[assignment]
