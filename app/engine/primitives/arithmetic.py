"""Plus, minus, times, divided by; reciprocal, square, absolute value and sign."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.apply import apply
from app.engine.primitives.gates import guarded, nothing
from app.engine.sides import results, signs
from app.engine.tensor import NUMPY

AT_NAN = N_("where the input is nan")
NO_PUSH = N_("at 0, where the gradient that arrives is 0 too")
add = Op(
    "add",
    operator.add,
    lambda g, z, x, y: g,
    lambda g, z, x, y: g,
    latex="{0} + {1}",
    level=1,
    sign="+",
    text="{0} + {1}",
    numpy=np.add,
    saves=False,
    python="{0} + {1}",
    why=N_("A sum passes the gradient on unchanged to each term."),
)
subtract = Op(
    "subtract",
    operator.sub,
    lambda g, z, x, y: g,
    lambda g, z, x, y: -g,
    latex="{0} - {1!}",
    level=1,
    sign="−",
    text="{0} − {1}",
    numpy=np.subtract,
    saves=False,
    python="{0} - {1}",
    why=N_(
        "A difference passes the gradient on to the first term, and its opposite to the second."
    ),
)
multiply = Op(
    "multiply",
    operator.mul,
    lambda g, z, x, y: g * y,
    lambda g, z, x, y: g * x,
    latex=r"{0} \, {1}",
    level=2,
    sign="×",
    text="{0} × {1}",
    numpy=np.multiply,
    python="{0} * {1}",
    why=N_("In a product, each factor's slope is the other factor."),
)
divide = Op(
    "divide",
    operator.truediv,
    lambda g, z, x, y: g / y,
    lambda g, z, x, y: -(g * z) / y,
    latex=r"\frac{0}{1}",
    level=5,
    sign="÷",
    text="{0} ÷ {1}",
    numpy=np.divide,
    python="{0} / {1}",
    why=N_("The numerator's slope is 1 over the denominator; the denominator works against it."),
)
negative = Op(
    "negative",
    operator.neg,
    lambda g, z, x: -g,
    latex="-{0!}",
    level=1,
    sign="−",
    text="−{0}",
    numpy=np.negative,
    saves=False,
    python="-{0}",
    why=N_("Changing the sign changes the gradient's sign."),
)
# 0 times anything is 0, infinity and nan too: what frameworks do at the kinks of their rules.
product_or_zero: Op = Op(
    "product_or_zero",
    lambda x, y: np.where(x == 0, 0, x * y)[()],
    lambda g, z, x, y: g * y,
    lambda g, z, x, y: g * x,
    latex=r"{0} \, {1}",
    level=2,
    sign="×",
    text="{0} × {1}",
    why=N_("In a product, each factor's slope is the other factor."),
)


def product(x: Any, y: Any) -> Any:
    """x y on values or Tensors; 0 where x is."""
    if isinstance(x, int | float) and not isinstance(x, np.generic) and x:
        return x * y
    return apply(product_or_zero, x, y)


square = Op(
    "square",
    lambda x: x * x,
    lambda g, z, x: g * (2 * x),
    latex="{0!}^2",
    level=4,
    sign="x²",
    text="{0}²",
    numpy=np.square,
    code="{0} * {0}",
    torch="torch.square({0})",
    tensorflow="tf.square({0})",
    why=N_("The slope of a square is twice its base."),
)


def _reciprocal(name: str, rule: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        lambda x: 1 / x,
        rule,
        latex=r"\frac{ 1 }{0}",
        level=5,
        sign="1/x",
        text="1 ÷ {0}",
        code="1 / {0}",
        tensorflow="tf.math.reciprocal({0})",
        why=why,
        **more,
    )


reciprocal = _reciprocal(
    "reciprocal",
    lambda g, z, x: -(g * (z * z)),
    N_("The slope of 1 over x is minus 1 over its square."),
    torch="torch.reciprocal({0})",
)
# TensorFlow lets no gradient of 0 become nan at 0.
reciprocal_or_zero = _reciprocal(
    "reciprocal_or_zero",
    lambda g, z, x: guarded(-(g * (z * z)), g != 0),
    N_("The slope of 1 over x is minus 1 over its square; a gradient of 0 stays 0, at zero too."),
    alike=("reciprocal", NO_PUSH),
)
NUMPY[np.reciprocal] = reciprocal
# TensorFlow's division for means over what may be empty.
divide_no_nan: Op = Op(
    "divide_no_nan",
    lambda x, y: np.where(y == 0, 0, x / np.where(y == 0, 1, y).astype(np.result_type(x, y)))[()],
    lambda g, z, x, y: apply(divide_no_nan, g, y),
    lambda g, z, x, y: -apply(divide_no_nan, g * z, y),
    latex=r"\frac{0}{1}",
    level=5,
    sign="÷",
    text="{0} ÷ {1}",
    torch="torch.where({1} == 0, 0, {0} / torch.where({1} == 0, 1, {1}))",
    tensorflow="tf.math.divide_no_nan({0}, {1})",
    why=N_("A quotient; over a denominator of 0 it is 0 by convention, and no gradient passes."),
)


def _sign(name: str, forward: Callable[..., Any], **spelled: Any) -> Op:
    return Op(
        name,
        forward,
        lambda g, z, x: nothing(g),
        latex=r"\operatorname{sign} {0!}",
        sign="sign",
        code="np.sign({0})",
        sides=results,
        why=N_("The sign is flat on both sides of zero."),
        **spelled,
    )


def _absolute(name: str, rule: Rule, **spelled: Any) -> Op:
    return Op(
        name,
        abs,
        rule,
        latex=r"\left|{0*}\right|",
        level=5,
        sign="|x|",
        text="|{0}|",
        code="abs({0})",
        sides=signs,
        why=N_("The slope of |x| is 1 right of zero, -1 left of it, and 0 by convention at zero."),
        **spelled,
    )


sign = _sign("sign", np.sign, tensorflow="tf.sign({0})")
absolute = _absolute(
    "absolute",
    lambda g, z, x: g * np.sign(x),
    torch="torch.abs({0})",
    tensorflow="tf.abs({0})",
    differs={"torch": AT_NAN},
)
# PyTorch counts nan as having no sign: 0.
sign_or_zero = _sign(
    "sign_or_zero",
    lambda x: np.where(x == x, np.sign(x), 0)[()],
    torch="torch.sign({0})",
    alike=("sign", AT_NAN),
)
absolute_or_zero = _absolute(
    "absolute_or_zero",
    lambda g, z, x: g * apply(sign_or_zero, x),
    torch="torch.abs({0})",
    alike=("absolute", AT_NAN),
)
NUMPY[np.sign] = sign
NUMPY[np.absolute] = NUMPY[np.fabs] = absolute
NUMPY[np.conjugate] = lambda x: x  # type: ignore[assignment]
