"""Products along axes. Where no factor is 0 the others may be had by dividing: PyTorch does so."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.gates import safely
from app.engine.primitives.reductions import Axes, count, kept, reducing, spread
from app.engine.tensor import NUMPY


def _all_others(z: Any, x: Any, axes: Axes) -> Any:
    """At each entry the product of the others along the axes: no division, so zeros do no harm."""
    ndim = x.ndim
    free = tuple(axis for axis in range(-ndim, 0) if axis not in axes)
    order = (*free, *axes)
    moved = np.transpose(x, order)
    shape = moved.shape
    row = np.reshape(moved, (*shape[: len(free)], count(x, axes)))
    one = np.ones((*row.shape[:-1], 1), x.dtype)
    before = np.concatenate((one, np.cumprod(row, axis=-1)[..., :-1]), axis=-1)
    backwards = np.cumprod(np.flip(row, axis=-1), axis=-1)[..., :-1]
    after = np.flip(np.concatenate((one, backwards), axis=-1), axis=-1)
    back = tuple(order.index(axis) for axis in range(-ndim, 0))
    return np.transpose(np.reshape(before * after, shape), back)


def _multiplied(others: Any) -> Rule:
    """The rule of a product. others: the products of the other factors, of the result, the
    factors and the axes."""

    def rule(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
        if not axes:
            return np.reshape(g, x.shape)
        if not x.size:  # a product of nothing is 1, whatever there is not
            return spread(g, x, axes, keepdims)
        return spread(g, x, axes, keepdims) * others(kept(z, x, axes, keepdims), x, axes)

    return rule


def _divided(z: Any, x: Any, axes: Axes) -> Any:
    """By dividing the product, where no factor is 0."""
    whole = np.all(np.not_equal(x, 0), axis=axes, keepdims=True)
    return np.where(whole, z / safely(x, whole), _all_others(z, x, axes))


def _product(name: str, others: Any, why: str, **spelled: Any) -> Op:
    return Op(
        name,
        lambda x, axes, keepdims: np.prod(x, axis=axes, keepdims=keepdims),
        _multiplied(others),
        latex=r"\prod {0}",
        level=2,
        sign="Π",
        elementwise=False,
        code="np.prod({0}, axis={1}, keepdims={2})",
        why=why,
        example=((2.0, 3.0, 4.0), (-1,), False),
        **spelled,
    )


prod = _product(
    "prod",
    _all_others,
    N_("Each factor's slope is the product of all the others; one zero leaves only its own."),
    tensorflow="tf.reduce_prod({0}, axis={1}, keepdims={2})",
)
prod_divided = _product(
    "prod_divided",
    _divided,
    N_("Each factor's slope is the product divided by it; beside a zero, that of the others."),
    alike=("prod", N_("where a factor is infinite or nan")),
)
NUMPY[np.prod] = reducing(prod)
