"""Sine and its relatives: circular and hyperbolic functions, and their inverses."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.apply import apply
from app.engine.primitives.gates import guarded
from app.engine.tensor import NUMPY, Tensor


def _function(
    numpy: Any, rule: Rule, why: str, latex: str = "", torch: str = "", sign: str = ""
) -> Op:
    """A function of one number under the names that NumPy, PyTorch and TensorFlow give it."""
    name = numpy.__name__
    short = torch or name
    latex = latex or rf"\{name} {{0!}}"
    return Op(
        name,
        numpy,
        rule,
        latex=latex,
        sign=sign,
        numpy=numpy,
        torch=f"torch.{short}({{0}})",
        tensorflow=f"tf.math.{short}({{0}})",
        why=why,
    )


def _gap(name: str, forward: Callable[[Any], Any], slope: int, latex: str, written: str) -> Op:
    return Op(
        name,
        forward,
        lambda g, z, x: g * (slope * x),
        latex=latex,
        level=1,
        python=written,
        why=N_("Between a square and 1: it moves by twice its base."),
    )


# In factors no digit is lost near 1, and the rule needs no product of 0 and infinity at 1.
_below_one = _gap(
    "below_one", lambda x: (1 - x) * (1 + x), -2, "1 - {0!}^2", "(1 - {0}) * (1 + {0})"
)
_over_one = _gap("over_one", lambda x: (x - 1) * (x + 1), 2, "{0!}^2 - 1", "({0} - 1) * ({0} + 1)")
sin = _function(np.sin, lambda g, z, x: g * np.cos(x), N_("The slope of sine is cosine."))
cos = _function(np.cos, lambda g, z, x: -(g * np.sin(x)), N_("The slope of cosine is minus sine."))
tan = _function(
    np.tan, lambda g, z, x: g * (1 + z * z), N_("The slope of the tangent is 1 plus its square.")
)
arcsin = _function(
    np.arcsin,
    lambda g, z, x: g / np.sqrt(apply(_below_one, x)),
    N_("The slope of the arcsine is 1 over the cosine of the angle: infinite at the ends."),
    torch="asin",
)
arccos = _function(
    np.arccos,
    lambda g, z, x: -g / np.sqrt(apply(_below_one, x)),
    N_("The slope of the arccosine is minus 1 over the sine of the angle: infinite at the ends."),
    torch="acos",
)
arctan = _function(
    np.arctan,
    lambda g, z, x: g / (1 + x * x),
    N_("The slope of the arctangent is 1 over 1 plus the square of its input."),
    torch="atan",
)
sinh = _function(
    np.sinh,
    lambda g, z, x: g * np.cosh(x),
    N_("The slope of the hyperbolic sine is the hyperbolic cosine."),
)
cosh = _function(
    np.cosh,
    lambda g, z, x: g * np.sinh(x),
    N_("The slope of the hyperbolic cosine is the hyperbolic sine."),
)
tanh = _function(
    np.tanh,
    lambda g, z, x: g * (1 - z * z),
    N_("The slope of tanh is 1 minus its square: steep near zero, flat far away."),
)
arcsinh = _function(
    np.arcsinh,
    lambda g, z, x: g / np.hypot(x, 1),
    N_("The slope of the inverse hyperbolic sine is 1 over the root of its input's square plus 1."),
    latex=r"\operatorname{arsinh} {0!}",
    torch="asinh",
)


def _arcosh(name: str, rule: Rule, **more: Any) -> Op:
    return Op(
        name,
        np.arccosh,
        rule,
        latex=r"\operatorname{arcosh} {0!}",
        sign="arccosh",
        code="np.arccosh({0})",
        why=N_(
            "The slope of the inverse hyperbolic cosine is 1 over the root of its input's square "
            "less 1: infinite at 1."
        ),
        **more,
    )


arccosh = _arcosh(
    "arccosh", lambda g, z, x: g / np.sqrt(apply(_over_one, x)), torch="torch.acosh({0})"
)
# TensorFlow's slope is of the result: below 1, where there is none, it is nan as well.
arccosh_of_result = _arcosh(
    "arccosh_of_result",
    lambda g, z, x: g / np.sinh(z),
    tensorflow="tf.math.acosh({0})",
    alike=("arccosh", N_("where the input is below 1")),
)
NUMPY[np.arccosh] = arccosh
arctanh = _function(
    np.arctanh,
    lambda g, z, x: g / apply(_below_one, x),
    N_("The slope of the inverse hyperbolic tangent is 1 over 1 minus the square of its input."),
    latex=r"\operatorname{artanh} {0!}",
    torch="atanh",
)


def _angle(name: str, *rules: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        np.arctan2,
        *rules,
        latex=r"\operatorname{atan2}\left({0*},\ {1*}\right)",
        level=5,
        sign="atan2",
        code="np.arctan2({0}, {1})",
        sides=lambda z, y, x: np.logical_and(np.less(y, 0), np.less(x, 0)),  # the cut
        why=why,
        **more,
    )


# Where the squares of both are 0, be it for their type, PyTorch gives zeros and TensorFlow nan.
arctan2 = _angle(
    "arctan2",
    lambda g, z, y, x: guarded(g * x / (x * x + y * y), x * x + y * y != 0),
    lambda g, z, y, x: guarded(-(g * y) / (x * x + y * y), x * x + y * y != 0),
    torch="torch.atan2({0}, {1})",
    why=N_("An angle turns by a step across its ray, over the distance; at the origin by 0."),
)
arctan2_plain = _angle(
    "arctan2_plain",
    lambda g, z, y, x: g * x / (x * x + y * y),
    lambda g, z, y, x: -(g * y) / (x * x + y * y),
    tensorflow="tf.math.atan2({0}, {1})",
    why=N_("An angle turns by a step across its ray, over the distance; at the origin by nan."),
    alike=("arctan2", N_("where both inputs are 0")),
)
NUMPY[np.arctan2] = arctan2


def _times(number: float) -> Callable[[Any], Tensor]:
    return lambda x: x * number


NUMPY[np.deg2rad] = NUMPY[np.radians] = _times(np.pi / 180)  # type: ignore[assignment]
NUMPY[np.rad2deg] = NUMPY[np.degrees] = _times(180 / np.pi)  # type: ignore[assignment]
