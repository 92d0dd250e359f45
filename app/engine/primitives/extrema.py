"""The largest, the smallest and the middle entries along axes, by value and by place."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.gathering import put_along
from app.engine.primitives.reductions import (
    Axes,
    kept,
    negative_axes,
    of_number,
    reduce,
    reducing,
    spread,
)
from app.engine.primitives.shaping import reshape
from app.engine.sides import extremes, results
from app.engine.tensor import NUMPY, Tensor


def _place(name: str, forward: Any, why: str) -> Op:
    return Op(
        name,
        lambda x, axis, keepdims: forward(x, axis=axis, keepdims=keepdims),
        latex=rf"\operatorname{{{name}}} {{0!}}",
        elementwise=False,
        code=f"np.{name}({{0}}, axis={{1}}, keepdims={{2}})",
        torch=f"torch.{name}({{0}}, dim={{1}}, keepdim={{2}})",
        tensorflow=f"tf.{name}({{0}}, axis={{1}})",
        sides=results,
        why=why,
    )


argmax = _place("argmax", np.argmax, N_("A place is a whole number: no gradient passes."))
argmin = _place("argmin", np.argmin, N_("A place is a whole number: no gradient passes."))


def _shared(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
    best = (x == spread(z, x, axes, keepdims)).astype(x.dtype)
    return spread(g, x, axes, keepdims) * best / np.sum(best, axis=axes, keepdims=True)


def _to_first(place: Op) -> Any:
    def rule(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
        if not axes:
            return g
        (axis,) = axes
        at = apply(place, x, axis, True)
        return apply(put_along, kept(g, x, axes, keepdims), at, axis, tuple(x.shape))

    return rule


def _largest(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.max(x, axis=axes, keepdims=keepdims)


def _smallest(x: Any, axes: Axes, keepdims: bool) -> Any:
    return np.min(x, axis=axes, keepdims=keepdims)


EQUAL = N_("where several entries are the largest or the smallest")


def _extreme(name: str, forward: Any, rule: Any, why: str, **spelled: Any) -> Op:
    short = name.partition("_")[0]
    return Op(
        name,
        forward,
        rule,
        latex=rf"\{short} {{0!}}",
        sign=short,
        elementwise=False,
        code=f"np.{short}({{0}}, axis={{1}}, keepdims={{2}})",
        sides=extremes(np.max if short == "max" else np.min),
        why=why,
        **spelled,
    )


def _shared_spelling(short: str) -> dict[str, str]:
    return {
        "torch": f"torch.a{short}({{0}}, dim={{1}}, keepdim={{2}})",
        "tensorflow": f"tf.reduce_{short}({{0}}, axis={{1}}, keepdims={{2}})",
    }


amax = _extreme(
    "max",
    _largest,
    _shared,
    N_("The largest entry takes the gradient; equal ones share it."),
    **_shared_spelling("max"),
)
amin = _extreme(
    "min",
    _smallest,
    _shared,
    N_("The smallest entry takes the gradient; equal ones share it."),
    **_shared_spelling("min"),
)
# PyTorch's max along an axis also tells the place, so the gradient goes to that one.
max_first = _extreme(
    "max_first",
    _largest,
    _to_first(argmax),
    N_("The largest entry takes the gradient; of equal ones the first."),
    alike=("max", EQUAL),
)
min_first = _extreme(
    "min_first",
    _smallest,
    _to_first(argmin),
    N_("The smallest entry takes the gradient; of equal ones the first."),
    alike=("min", EQUAL),
)


def _middle(x: Any, axes: Axes, keepdims: bool) -> Any:
    """The lower middle one of the entries along the axes; nan where one of them is nan."""
    free = tuple(axis for axis in range(-x.ndim, 0) if axis not in axes)
    row = np.transpose(x, (*free, *axes)).reshape(*(x.shape[axis] for axis in free), -1)
    ordered = np.sort(row, axis=-1)  # nan comes last
    middle = ordered[..., (row.shape[-1] - 1) // 2]
    found = np.where(np.isnan(ordered[..., -1]), ordered[..., -1], middle)[()]
    return kept(found, x, axes, False) if keepdims else found


def _evenly(g: Any, z: Any, x: Any, axes: Axes, keepdims: bool) -> Any:
    found = spread(z, x, axes, keepdims)
    alike = np.logical_or(x == found, np.logical_and(np.isnan(x), np.isnan(found)))
    share = alike.astype(x.dtype)
    return spread(g, x, axes, keepdims) * share / np.sum(share, axis=axes, keepdims=True)


# PyTorch's of a whole tensor; along an axis it also tells the place, which takes the gradient.
median = Op(
    "median",
    _middle,
    _evenly,
    latex=r"\operatorname{median} {0!}",
    elementwise=False,
    torch="torch.median({0})",
    tensorflow="tf.sort(tf.reshape({0}, [-1]))[(tf.size({0}) - 1) // 2]",
    differs={"tensorflow": N_("where several entries are the middle one, or one is nan")},
    sides=lambda z, x, axes, keepdims: np.equal(x, kept(z, x, axes, keepdims)),
    why=N_("The middle entry takes the gradient; equal ones share it."),
    example=((1.0, 3.0, 2.0), (-1,), False),
)


NOT_A_NUMBER = N_("where an entry is nan")


def _of_all(short: str, forward: Any, why: str) -> Op:
    """PyTorch's of a whole tensor: nan is an entry like others there."""
    return _extreme(
        f"{short}_of_all",
        forward,
        _evenly,
        why,
        torch=f"torch.{short}({{0}})",
        tensorflow=f"tf.reduce_{short}({{0}}, axis={{1}}, keepdims={{2}})",
        differs={"tensorflow": NOT_A_NUMBER},
    )


max_of_all = _of_all(
    "max", _largest, N_("The largest entry takes the gradient; equal ones share it.")
)
min_of_all = _of_all(
    "min", _smallest, N_("The smallest entry takes the gradient; equal ones share it.")
)


def place(op: Op, x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """argmax or argmin called the way NumPy is: along one axis, or of all entries in a row."""
    if axis is not None and not of_number(x, axis):
        return op(x, negative_axes(x.ndim, axis)[0], keepdims)
    found = op(reshape(x, (x.size,)), -1, False)
    return reshape(found, (1,) * x.ndim) if keepdims else found


def first(op: Op, x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """max_first or min_first along one axis, or of all entries in a row."""
    if axis is not None:
        return reduce(op, x, axis, keepdims)
    found = op(reshape(x, (x.size,)), (-1,), False)
    return reshape(found, (1,) * x.ndim) if keepdims else found


NUMPY[np.max] = NUMPY[np.amax] = reducing(amax)
NUMPY[np.min] = NUMPY[np.amin] = reducing(amin)
NUMPY[np.argmax] = lambda x, axis=None, keepdims=False: place(argmax, x, axis, keepdims)  # type: ignore[assignment]
NUMPY[np.argmin] = lambda x, axis=None, keepdims=False: place(argmin, x, axis, keepdims)  # type: ignore[assignment]
