"""Running sums, products and maxima along one axis, counted from the last."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.gathering import put_along
from app.engine.primitives.reductions import negative_axes, of_number
from app.engine.primitives.shaping import reshape
from app.engine.sides import results
from app.engine.tensor import NUMPY, Tensor


def _up_to(axis: int, stop: int) -> Any:
    """The key of the first entries along an axis."""
    return (..., slice(None, stop), *[slice(None)] * (-axis - 1))


def _moved_on(x: Any, axis: int, start: int) -> Any:
    """x one place further along the axis; what falls off the end is lost."""
    at_start = [*x.shape]
    at_start[axis] = 1
    filled = np.full(at_start, start, x.dtype)
    return np.concatenate((filled, x[_up_to(axis, x.shape[axis] - 1)]), axis=axis)


def _recurrence(a: Any, b: Any, axis: int) -> Any:
    if a.ndim != b.ndim:
        a, b = np.broadcast_arrays(a, b)
    factors, terms = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
    result = np.array(terms)
    for i in range(1, len(result)):
        result[i] += factors[i] * result[i - 1]
    return np.moveaxis(result, 0, axis)


def _back(a: Any, g: Any, axis: int) -> Any:
    """The recurrence from the end: t_i = g_i + a_(i+1) t_(i+1)."""
    factors = _moved_on(np.flip(a, axis=axis), axis, 0)
    return np.flip(apply(recurrence, factors, np.flip(g, axis=axis), axis), axis=axis)


recurrence: Op = Op(
    "recurrence",
    _recurrence,
    lambda g, z, a, b, axis: _back(a, g, axis) * _moved_on(z, axis, 0),
    lambda g, z, a, b, axis: _back(a, g, axis),
    latex=r"\operatorname{recurrence}\left({0*},\ {1*}\right)",
    level=5,
    sign="s = b + a s",
    elementwise=False,
    why=N_("Each step adds to its own term a multiple of the step before: the way back does too."),
    example=((0.5, 2.0, -1.0), (1.0, 3.0, 0.5), -1),
)


def _running_product(x: Any, axis: int) -> Any:
    return np.cumprod(x, axis=axis)


cumsum = Op(
    "cumsum",
    lambda x, axis: np.cumsum(x, axis=axis),
    lambda g, z, x, axis: np.flip(np.cumsum(np.flip(g, axis=axis), axis=axis), axis=axis),
    latex=r"\operatorname{cumsum} {0!}",
    elementwise=False,
    saves=False,
    code="np.cumsum({0}, axis={1})",
    torch="torch.cumsum({0}, {1})",
    tensorflow="tf.cumsum({0}, {1})",
    why=N_("An entry is part of every later sum, and collects all their gradients."),
    example=((1.0, 2.0, 3.0), -1),
)


def _cumprod_rule(g: Any, z: Any, x: Any, axis: int) -> Any:
    return _moved_on(z, axis, 1) * _back(x, g, axis)


def _cumprod_divided(g: Any, z: Any, x: Any, axis: int) -> Any:
    later = np.flip(np.cumsum(np.flip(g * z, axis=axis), axis=axis), axis=axis)
    return np.where(x == 0, 0, later / np.where(x == 0, 1, x))


cumprod = Op(
    "cumprod",
    _running_product,
    _cumprod_rule,
    latex=r"\operatorname{cumprod} {0!}",
    elementwise=False,
    code="np.cumprod({0}, axis={1})",
    torch="torch.cumprod({0}, {1})",
    why=N_("An entry is a factor of every later product; each slope is the product of the others."),
    example=((1.0, 2.0, 3.0), -1),
)
cumprod_divided = Op(
    "cumprod_divided",
    _running_product,
    _cumprod_divided,
    latex=r"\operatorname{cumprod} {0!}",
    sign="cumprod",
    elementwise=False,
    code="np.cumprod({0}, axis={1})",
    tensorflow="tf.math.cumprod({0}, {1})",
    why=N_(
        "The slopes are found by dividing the later products by the entry; at a zero TensorFlow"
        " says 0, although the true slope may differ."
    ),
    alike=("cumprod", N_("where a factor is 0")),
    example=((1.0, 2.0, 3.0), -1),
)


def _running_place(x: Any, axis: int) -> Any:
    best = np.maximum.accumulate(x, axis=axis)
    shape = (-1,) + (1,) * (-axis - 1)
    places = np.where((x == best) | (x != x), np.arange(x.shape[axis]).reshape(shape), 0)
    return np.maximum.accumulate(places, axis=axis)


cummax_place = Op(
    "cummax_place",
    _running_place,
    latex=r"\operatorname{argcummax} {0!}",
    sign="argcummax",
    elementwise=False,
    torch="torch.cummax({0}, {1}).indices",
    sides=results,
    why=N_("A place is a whole number: no gradient passes."),
    example=((1.0, 3.0, 2.0), -1),
)
cummax = Op(
    "cummax",
    lambda x, axis: np.maximum.accumulate(x, axis=axis),
    lambda g, z, x, axis: apply(put_along, g, apply(cummax_place, x, axis), axis, tuple(x.shape)),
    latex=r"\operatorname{cummax} {0!}",
    elementwise=False,
    code="np.maximum.accumulate({0}, axis={1})",
    torch="torch.cummax({0}, {1}).values",
    differs={"tensorflow": N_("where entries are equal")},
    sides=lambda z, x, axis: _running_place(x, axis),
    why=N_("Each running maximum sends its gradient to the entry it is; of equal ones the last."),
    example=((1.0, 3.0, 2.0), -1),
)


def scan(op: Op, x: Any, axis: int | None = None) -> Tensor:
    """A scan called the way NumPy is: along one axis, or of all entries in a row."""
    if axis is None or of_number(x, axis):
        return op(reshape(x, (x.size,)), -1)
    return op(x, negative_axes(x.ndim, axis)[0])


NUMPY[np.cumsum] = lambda x, axis=None: scan(cumsum, x, axis)  # type: ignore[assignment]
NUMPY[np.cumprod] = lambda x, axis=None: scan(cumprod, x, axis)  # type: ignore[assignment]
