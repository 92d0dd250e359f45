"""Choosing: entries by index, one of two by a condition; and the operations that cut a gradient."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.gates import gated
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
    why=N_("Each entry's gradient goes to the branch that it was taken from."),
)


def _put(x: Any, key: Any, shape: tuple[int, ...]) -> Any:
    result = np.zeros(x.shape[: x.ndim - len(np.empty(shape)[key[1:]].shape)] + shape, x.dtype)
    np.add.at(result, key, x)
    return result


take: Op = Op(
    "getitem",
    lambda x, key, shape: x[key],
    lambda g, z, x, key, shape: (
        put(g, key, shape) if isinstance(g, Tensor) else _put(g, key, shape)
    ),
    latex=r"{0!}[\cdot]",
    level=5,
    sign="x[i]",
    elementwise=False,
    saves=False,
    code="{0}[{1}]",
    torch="{0}[{1}]",
    tensorflow="{0}[{1}]",
    why=N_("The chosen entries receive the gradient, all others zero."),
)
put: Op = Op(
    "put",
    _put,
    lambda g, z, x, key, shape: take(g, key, shape) if isinstance(g, Tensor) else g[key],
    latex=r"\operatorname{put} {0!}",
    sign="put",
    elementwise=False,
    saves=False,
    why=N_("The gradient is read back from where the entries were put."),
)


def _stored(x: Any, value: Any, key: Any) -> Any:
    result = np.array(x)
    result[key] = value
    return result


setitem: Op = Op(
    "setitem",
    _stored,
    lambda g, z, x, value, key: setitem(g, 0, key) if isinstance(g, Tensor) else _stored(g, 0, key),
    lambda g, z, x, value, key: g[key],
    latex=r"{0!}[\cdot] \leftarrow {1}",
    level=0,
    sign="x[i]=",
    text="{0}[…] ← {1}",
    elementwise=False,
    saves=False,
    why=N_("Replaced entries pass their gradient to what replaced them, the others keep theirs."),
)


def getitem(x: Any, key: Any) -> Tensor:
    """The entries of x at a key (numbers, slices, None, arrays); IndexError where it is not."""
    keys = key if isinstance(key, tuple) else (key,)
    used = 0
    for one in keys:
        boolean = isinstance(one, np.ndarray) and one.dtype == bool
        used += one.ndim if boolean else one is not None and one is not Ellipsis
    at = next((i for i, one in enumerate(keys) if one is Ellipsis), len(keys))
    full = (..., *keys[:at], *([slice(None)] * (x.ndim - used)), *keys[at + 1 :])
    return take(x, full, tuple(x.shape))


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
    why=N_("Whole numbers have no slope: no gradient passes."),
)

setattr(Tensor, "__getitem__", getitem)  # noqa: B010
setattr(Tensor, "astype", lambda x, dtype: cast(x, dtype))  # noqa: B010
NUMPY[np.where] = where
