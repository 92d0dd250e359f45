"""Whole numbers and what is left of them: flat staircases, quotients, remainders."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.gates import flat, gated, nothing
from app.engine.sides import results, signs
from app.engine.tensor import NUMPY


def _staircase(
    name: str, forward: Callable[..., Any], latex: str, call: str, tensorflow: str, flat: str = ""
) -> tuple[Op, Op]:
    """TensorFlow's, that passes no gradient at all, and PyTorch's, whose gradient is zeros.

    flat: how to write the second in TensorFlow."""
    return Op(
        name,
        forward,
        latex=latex,
        level=5,
        sign=name,
        code=f"np.{call}",
        torch=f"torch.{call}".replace("{0}", "{0}.detach()"),
        tensorflow=tensorflow,
        sides=results,
        why=N_("A staircase is flat: no gradient passes."),
    ), Op(
        f"{name}_flat",
        forward,
        lambda g, *_: nothing(g),
        latex=latex,
        level=5,
        sign=name,
        saves=False,
        code=f"np.{call}",
        torch=f"torch.{call}",
        tensorflow=flat,
        alike=None if flat else (name, N_("everywhere: it gives no gradient instead of 0")),
        sides=results,
        why=N_("A staircase is flat: its gradient is 0."),
    )


floor, floor_flat = _staircase(
    "floor", np.floor, r"\left\lfloor {0*} \right\rfloor", "floor({0})", "tf.floor({0})"
)
ceil, ceil_flat = _staircase(
    "ceil", np.ceil, r"\left\lceil {0*} \right\rceil", "ceil({0})", "tf.math.ceil({0})"
)
# Halves go to the even neighbour.
round, round_flat = _staircase(
    "round", np.rint, r"\operatorname{round}\left({0*}\right)", "round({0})", "tf.round({0})"
)
trunc, trunc_flat = _staircase(
    "trunc",
    np.trunc,
    r"\operatorname{trunc}\left({0*}\right)",
    "trunc({0})",
    "tf.where({0} < 0, tf.math.ceil({0}), tf.floor({0}))",
    "tf.sign({0}) * tf.floor(tf.abs({0}))",
)
NUMPY[np.floor], NUMPY[np.ceil], NUMPY[np.rint] = floor, ceil, round
NUMPY[np.trunc] = NUMPY[np.fix] = trunc


def _round(x: Any, decimals: int = 0) -> Any:
    return round(x) if decimals == 0 else round(x * 10**decimals) / 10**decimals


NUMPY[np.round] = _round  # type: ignore[assignment]


def _quotient(name: str, forward: Callable[..., Any], **spelled: Any) -> Op:
    return Op(
        name,
        forward,
        latex=r"\left\lfloor \frac{0}{1} \right\rfloor",
        level=5,
        sign="//",
        text="{0} // {1}",
        sides=results,
        why=N_("A staircase is flat: no gradient passes."),
        **spelled,
    )


floor_divide = _quotient(
    "floor_divide",
    operator.floordiv,
    numpy=np.floor_divide,
    code="{0} // {1}",
    torch="torch.floor_divide({0}.detach(), {1}.detach())",
)


def _floor_of_ratio(x: Any, y: Any) -> Any:
    ratio = np.true_divide(x, y)
    kind = np.result_type(x, y)
    return np.floor(ratio) if kind.kind == "f" else np.floor_divide(x, y)


# TensorFlow rounds the quotient before its floor is taken: 1 // 0.1 is 10, and infinity stays.
floor_of_ratio = _quotient(
    "floor_of_ratio",
    _floor_of_ratio,
    code="np.floor({0} / {1})",
    tensorflow="{0} // {1}",
    alike=("floor_divide", N_("where the quotient is rounded up to a whole number, or infinite")),
)


def _remainder(name: str, forward: Callable[..., Any], by_divisor: Rule, **spelled: Any) -> Op:
    return Op(
        name,
        forward,
        lambda g, z, x, y: g,
        by_divisor,
        latex=r"{0} \bmod {1!}",
        level=2,
        sign="mod",
        sides=lambda z, x, y: np.floor_divide(x, y),
        why=N_("Between its jumps, a remainder rises as its first input does."),
        **spelled,
    )


def _signed(x: Any, y: Any) -> Any:
    """The remainder with the divisor's sign, but that of C's fmod where it is zero."""
    found = np.fmod(x, y)
    return np.where((found != 0) & ((found < 0) != (np.asarray(y) < 0)), found + y, found)[()]


ZERO = N_("in the sign of a remainder of 0")
remainder = _remainder(
    "remainder",
    operator.mod,
    lambda g, z, x, y: flat(flat(-(g * np.floor(x / y)), x), y),
    numpy=np.remainder,
    code="{0} % {1}",
    tensorflow="tf.math.floormod({0}, {1})",
    differs={"tensorflow": ZERO},
)
# PyTorch and TensorFlow give a zero the sign of what is divided.
remainder_signed = _remainder(
    "remainder_signed",
    _signed,
    lambda g, z, x, y: flat(flat(-(g * np.floor(x / y)), x), y),
    code="{0} % {1}",
    torch="torch.remainder({0}, {1})",
    alike=("remainder", ZERO),
)
# TensorFlow's slope by the divisor has no history, so there is no second one.
remainder_once = _remainder(
    "remainder_once",
    _signed,
    lambda g, z, x, y: -(g * np.floor(x / y)),
    code="{0} % {1}",
    tensorflow="tf.math.floormod({0}, {1})",
    alike=("remainder_signed", N_("in the second derivative by the divisor")),
)
# The remainder with the sign of the first input.
fmod = Op(
    "fmod",
    np.fmod,
    lambda g, z, x, y: g,
    lambda g, z, x, y: flat(flat(-(g * np.trunc(x / y)), x), y),
    latex=r"\operatorname{fmod}\left({0*},\ {1*}\right)",
    level=5,
    numpy=np.fmod,
    torch="torch.fmod({0}, {1})",
    tensorflow="tf.sign({0}) * tf.math.floormod(tf.abs({0}), tf.abs({1}))",
    sides=lambda z, x, y: np.trunc(np.divide(x, y)),
    why=N_("Between its jumps, a remainder rises as its first input does."),
)
heaviside = Op(
    "heaviside",
    np.heaviside,
    None,
    lambda g, z, x, y: gated(g, x == 0),
    latex=r"H_{1}\left({0*}\right)",
    level=5,
    sign="H",
    numpy=np.heaviside,
    torch="torch.where({0} == 0, {1}, torch.heaviside({0}.detach(), {1}.detach()))",
    tensorflow="tf.experimental.numpy.heaviside({0}, {1})",
    sides=signs,
    why=N_("A step is flat: only its value at zero, the second input, receives a gradient there."),
)
