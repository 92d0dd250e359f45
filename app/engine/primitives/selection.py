"""Choosing one of two by a condition; and the operations that cut a gradient."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.gates import gated
from app.engine.sides import results
from app.engine.tensor import NUMPY, Tensor

where = Op(
    "where",
    np.where,
    None,
    lambda g, z, condition, x, y: gated(g, condition),
    lambda g, z, condition, x, y: gated(g, np.logical_not(condition)),
    latex=r"\operatorname{where}\left({0*},\ {1*},\ {2*}\right)",
    level=5,
    numpy=np.where,
    torch="torch.where({0}, {1}, {2})",
    tensorflow="tf.where({0}, {1}, {2})",
    sides=lambda z, condition, *values: np.asarray(condition, bool),
    why=N_("Each entry's gradient goes to the branch that it was taken from."),
)


detach = Op(
    "detach",
    lambda x: x,
    latex=r"\operatorname{detach} {0!}",
    sign="cut",
    code="{0}",
    torch="{0}.detach()",
    tensorflow="tf.stop_gradient({0})",
    why=N_("The value goes on, its history does not: no gradient passes."),
)
# What a variable held when it was read: made by hand, where it holds other numbers by now.
earlier = Op(
    "earlier",
    lambda x: x,
    lambda g, z, x: g,
    latex=r"\operatorname{earlier} {0!}",
    sign="as read",
    saves=False,
    python="{0}",
    why=N_("This is the variable as it was when it was read: the gradient passes unchanged."),
)
cast: Op = Op(
    "cast",
    lambda x, dtype: x.astype(dtype),
    lambda g, z, x, dtype: g.astype(x.dtype) if not isinstance(g, Tensor) else cast(g, x.dtype),
    latex="{0}",
    level=5,
    sign="cast",
    saves=False,
    torch="{0}.to(torch.{1})",
    tensorflow="tf.cast({0}, tf.{1})",
    why=N_("The gradient is cast back to the input's type."),
)
cast_to_integer = Op(
    "cast_to_integer",
    lambda x, dtype: x.astype(dtype),
    latex=r"\left\lfloor {0*} \right\rfloor",
    level=5,
    sign="int",
    torch="{0}.to(torch.{1})",
    tensorflow="tf.cast({0}, tf.{1})",
    sides=results,
    why=N_("Whole numbers have no slope: no gradient passes."),
)

setattr(Tensor, "astype", lambda x, dtype: cast(x, dtype))  # noqa: B010
NUMPY[np.where] = where


def masked_fill(x: Any, mask: Any, value: Any) -> Tensor:
    """x with `value` where the mask is true."""
    return where(mask, value, x)


def piecewise_select(conditions: Any, choices: Any, default: Any = 0) -> Any:
    """np.select: of the first condition that is true the choice, else the default."""
    result = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = where(condition, choice, result)
    return result


NUMPY[np.select] = piecewise_select  # type: ignore[assignment]
