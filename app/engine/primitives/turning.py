"""The entries of an axis backwards, or moved round it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.reductions import Axes, negative_axes
from app.engine.primitives.shaping import reshape
from app.engine.tensor import NUMPY, Tensor

flip_axes = Op(
    "flip",
    lambda x, axes: np.flip(x, axes),
    lambda g, z, x, axes: np.flip(g, axes),
    latex=r"\operatorname{flip} {0!}",
    elementwise=False,
    saves=False,
    code="np.flip({0}, {1})",
    torch="torch.flip({0}, {1})",
    tensorflow="tf.reverse({0}, {1})",
    why=N_("The gradient is turned back."),
    example=((1.0, 2.0), (-1,)),
)
roll_axes = Op(
    "roll",
    lambda x, shifts, axes: np.roll(x, shifts, axes),
    lambda g, z, x, shifts, axes: np.roll(g, tuple(-one for one in shifts), axes),
    latex=r"\operatorname{roll} {0!}",
    elementwise=False,
    saves=False,
    code="np.roll({0}, {1}, {2})",
    torch="torch.roll({0}, {1}, {2})",
    tensorflow="tf.roll({0}, {1}, {2})",
    why=N_("The gradient is turned back."),
    example=((1.0, 2.0), (1,), (-1,)),
)


def flip(x: Any, axis: int | Axes | None = None) -> Tensor:
    """x backwards along axes (all by default)."""
    return flip_axes(x, negative_axes(x.ndim, axis))


def roll(x: Any, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Tensor:
    """x moved round its axes: what falls off one end comes in at the other."""
    if axis is None:
        flat = roll_axes(reshape(x, (x.size,)), (_sum(shift),), (-1,))
        return reshape(flat, tuple(x.shape))
    axes = [axis] if isinstance(axis, int | np.integer) else list(axis)
    shifts = [shift] * len(axes) if isinstance(shift, int | np.integer) else list(shift)
    if len(shifts) != len(axes):
        raise ValueError(f"roll: {len(shifts)} shifts for {len(axes)} axes")
    counted = [negative_axes(x.ndim, one)[0] for one in axes]
    return roll_axes(x, tuple(int(one) for one in shifts), tuple(counted))


def _sum(shift: int | Sequence[int]) -> int:
    return int(np.sum(np.asarray(shift)))


NUMPY[np.flip] = flip  # type: ignore[assignment]
NUMPY[np.roll] = roll  # type: ignore[assignment]
NUMPY[np.flipud] = lambda x: flip(x, 0)  # type: ignore[assignment]
NUMPY[np.fliplr] = lambda x: flip(x, 1)  # type: ignore[assignment]
