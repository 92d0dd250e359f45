"""np.copy, np.atleast_2d, np.radians, np.dstack and their kin: an array in another form."""

import math
from typing import Any

import numpy as np

from app.engine import primitives as p
from app.engine.primitives.indexing import set_entries
from app.language.dialects.arranging import arranging
from app.language.dialects.common import array, copied_leaf, lengths
from app.language.dialects.tables import Table
from app.language.errors import value_error
from app.language.items import become
from app.language.machine import Machine
from app.language.permissions import forbid_in_place
from app.language.values import NUMPY, Array, Value

_ARRANGED = arranging(NUMPY)
_SPLIT, _JOIN = _ARRANGED["split"], _ARRANGED["concatenate"]


def _copy(m: Machine, a: Value) -> Array:
    found = copied_leaf(m, array(m, a, NUMPY), NUMPY)
    found.boxed = True
    return found


def _at_least(axes: int) -> Any:
    """np.atleast_1d, np.atleast_2d: with new axes of one entry in front."""

    def call(m: Machine, *arrays: Value) -> Value:
        found = []
        for one in arrays:
            x = array(m, one, NUMPY)
            shape = (1,) * (axes - x.tensor.ndim) + tuple(x.tensor.shape)
            found.append(x if x.tensor.ndim >= axes else m.apply(_reshaped(shape), x))
        return found[0] if len(found) == 1 else tuple(found)

    return call


def _reshaped(shape: tuple[int, ...]) -> Any:
    return lambda t: p.shaping.reshape(t, shape)


def _scaled(factor: float) -> Any:
    """Degrees as radians, and back."""
    return lambda m, x: m.apply(lambda t: t * factor, array(m, x, NUMPY))


def _depths(m: Machine, tup: Value) -> Array:
    """np.dstack: arrays behind each other, along the third axis."""
    pages = []
    for one in tup:
        x = array(m, one, NUMPY)
        n, shape = x.tensor.ndim, tuple(x.tensor.shape)
        shape = ((1, *shape, 1) if n == 1 else (*shape, 1) if n == 2 else shape) or (1, 1, 1)
        pages.append(m.apply(_reshaped(shape), x))
    return _JOIN(m, pages, 2)  # type: ignore[no-any-return]


def _fill_diagonal(m: Machine, a: Array, val: Value) -> None:
    forbid_in_place(m, a, part=True)
    n = min(a.tensor.shape) if a.tensor.ndim > 1 else 0
    if a.tensor.ndim < 2:
        raise value_error("array must be at least 2-d")
    places = (np.arange(n),) * a.tensor.ndim
    become(m, a, m.apply(lambda t, v: set_entries(t, v, places), a, array(m, val, NUMPY)))


def _unravel(m: Machine, indices: Value, shape: Value) -> Value:
    at = array(m, indices, NUMPY).tensor.data
    try:
        found = np.unravel_index(at, lengths(m, shape))
    except ValueError as problem:
        raise value_error(str(problem)) from None
    return tuple(m.leaf(one, NUMPY) for one in found)


def _indices(m: Machine, dimensions: Value) -> Array:
    shape = lengths(m, dimensions)
    m.budget.array((len(shape), *shape))
    return m.leaf(np.indices(shape), NUMPY)


def _is_scalar(m: Machine, element: Value) -> bool:
    if isinstance(element, Array):
        return element.is_scalar
    return isinstance(element, int | float | str)


FORMS: Table = {
    "copy": _copy,
    "atleast_1d": _at_least(1),
    "atleast_2d": _at_least(2),
    "dstack": _depths,
    "hsplit": lambda m, ary, parts: _SPLIT(m, ary, parts, 0 if _rank(m, ary) == 1 else 1),
    "vsplit": lambda m, ary, parts: _SPLIT(m, ary, parts, 0),
    **dict.fromkeys(("radians", "deg2rad"), _scaled(math.pi / 180)),
    **dict.fromkeys(("degrees", "rad2deg"), _scaled(180 / math.pi)),
    "fill_diagonal": _fill_diagonal,
    "unravel_index": _unravel,
    "indices": _indices,
    "isscalar": _is_scalar,
}


def _rank(m: Machine, ary: Value) -> int:
    return array(m, ary, NUMPY).tensor.ndim
