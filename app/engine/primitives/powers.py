"""Powers and roots."""

import operator
from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.apply import apply
from app.engine.primitives.arithmetic import NO_PUSH
from app.engine.primitives.gates import guarded, nothing
from app.engine.sides import zeros
from app.engine.tensor import NUMPY


def _log_or_zero(x: Any) -> Any:
    return np.log(np.where(x > 0, x, 1).astype(np.result_type(x)))[()]


log_or_zero = Op(
    "log_or_zero",
    _log_or_zero,
    lambda g, z, x: guarded(g / x, x > 0),
    latex=r"\ln {0!}",
    sign="ln",
    torch="torch.log(torch.where({0} > 0, {0}, 1))",
    tensorflow="tf.math.log(tf.where({0} > 0, {0}, tf.ones_like({0})))",
    why=N_("The slope of the logarithm is 1 over its input."),
)


WHERE = N_("by the base at 0 to the power 0, and by the exponent where the base is not positive")


def _pow(x: Any, y: Any) -> Any:
    """C's pow, also where NumPy takes a root: of -0 it is 0, of minus infinity infinity."""
    z = x**y
    if not np.ndim(y) and y == 0.5:
        return np.where(x == -np.inf, -x, z + 0)[()]
    return z


def _power(name: str, *rules: Rule, why: str, forward: Any = operator.pow, **more: Any) -> Op:
    return Op(
        name,
        forward,
        *rules,
        latex="{0!}^{1}",
        level=4,
        sign="xʸ",
        text="{0}^{1}",
        python="{0} ** {1}",
        why=why,
        **more,
    )


def typed(x: Any, z: Any) -> Any:
    """A plain number in the type of the result: the logarithm of one would be float64."""
    plain = isinstance(x, int | float) and not isinstance(x, np.generic)
    return z.dtype.type(x) if plain else x


def _power_rule(g: Any, z: Any, x: Any, y: Any) -> Any:
    if isinstance(y, int | float) and y == 0:  # flat: no infinity is met, by later slopes neither
        return nothing(g)
    return guarded(g * (y * x ** (y - 1)), y != 0)


def _not_zero_to(x: Any, y: Any) -> Any:
    """Whether it is not 0 to a power of 0 or more; nan is no such power."""
    return np.logical_or(x != 0, np.logical_not(y >= 0))


# PyTorch: the slope of x^0 is 0, at 0 too; that by the exponent is 0 at 0 (inf for a negative one).
power = _power(
    "power",
    _power_rule,
    lambda g, z, x, y: g * guarded(z * np.log(typed(x, z)), _not_zero_to(x, y)),
    why=N_(
        "The exponent comes down as a factor and drops by one; the slope of x^0 is 0, at 0 too."
    ),
    differs={"tensorflow": WHERE},
)
# TensorFlow gives nan for the slope of x^0 at 0, and 0 by the exponent where the base is negative.
power_plain: Op = _power(
    "power_plain",
    lambda g, z, x, y: g * (y * apply(power_plain, x, y - 1)),
    lambda g, z, x, y: g * (z * apply(log_or_zero, typed(x, z))),
    why=N_("The exponent comes down as a factor and drops by one; the slope of x^0 at 0 is nan."),
    forward=_pow,
    differs={"torch": WHERE},
)


def _rooted(x: Any, y: Any) -> Any:
    """PyTorch's power by a plain number: at 1/2 the root, at -1/2 one over it."""
    if abs(y) != 0.5:
        return x**y
    return np.sqrt(x) if y > 0 else 1 / np.sqrt(x)


# PyTorch's where the exponent is a number that ends in a half: the root of -0 is -0, that of minus
# infinity nan.
power_rooted: Op = _power(
    "power_rooted",
    lambda g, z, x, y: g * (y * apply(power_rooted, x, y - 1)),
    why=N_("The exponent comes down as a factor and drops by one."),
    forward=_rooted,
    differs={"tensorflow": N_("at -0 and minus infinity")},
)


def _multiplied(x: Any, y: Any) -> Any:
    """PyTorch's power by a plain number: a cube is multiplied out, and one over a square."""
    if y == 3:
        return x * x * x
    return 1 / (x * x) if y == -2 else x**y


# PyTorch's where the last digit depends on it: that of a cube, and of what has it for a slope.
power_multiplied: Op = _power(
    "power_multiplied",
    lambda g, z, x, y: g * (y * apply(power_multiplied, x, y - 1)),
    why=N_("The exponent comes down as a factor and drops by one."),
    forward=_multiplied,
)
MULTIPLIED = (3, 4, -1, -2)  # exponents of which one comes to a cube or to one over a square
NUMPY[np.power] = NUMPY[np.float_power] = power


def _root(name: str, rule: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        np.sqrt,
        rule,
        latex=r"\sqrt{0}",
        level=5,
        sign="√",
        code="np.sqrt({0})",
        tensorflow="tf.sqrt({0})",
        why=why,
        **more,
    )


def _inverse_root(name: str, rule: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        lambda x: 1 / np.sqrt(x),
        rule,
        latex=r"\frac{ 1 }{\sqrt{0}}",
        level=5,
        sign="1/√",
        text="1 ÷ √{0}",
        code="1 / np.sqrt({0})",
        tensorflow="tf.math.rsqrt({0})",
        why=why,
        **more,
    )


sqrt = _root(
    "sqrt",
    lambda g, z, x: g / (2 * z),
    N_("The slope of the root is 1 over twice the root: steeper towards zero."),
    torch="torch.sqrt({0})",
)
rsqrt = _inverse_root(
    "rsqrt",
    lambda g, z, x: -(g * (z * z * z)) / 2,
    N_("The slope of 1 over the root is minus half its cube."),
    torch="torch.rsqrt({0})",
)
# TensorFlow lets no gradient of 0 become nan at the root of 0.
sqrt_or_zero = _root(
    "sqrt_or_zero",
    lambda g, z, x: guarded(g / (2 * z), g != 0),
    N_("The slope of the root is 1 over twice the root; a gradient of 0 stays 0, at zero too."),
    alike=("sqrt", NO_PUSH),
)
rsqrt_or_zero = _inverse_root(
    "rsqrt_or_zero",
    lambda g, z, x: guarded(-(g * (z * z * z)) / 2, g != 0),
    N_("The slope of 1 over the root is minus half its cube; a gradient of 0 stays 0."),
    alike=("rsqrt", NO_PUSH),
)
NUMPY[np.sqrt] = sqrt
cbrt = Op(
    "cbrt",
    np.cbrt,
    lambda g, z, x: g / (3 * (z * z)),
    latex=r"\sqrt[3]{{0*}}",
    level=5,
    sign="∛",
    numpy=np.cbrt,
    torch="torch.sign({0}) * torch.abs({0}) ** (1 / 3)",
    tensorflow="tf.sign({0}) * tf.abs({0}) ** (1 / 3)",
    differs={"torch": N_("at 0"), "tensorflow": N_("at 0")},
    why=N_("The slope of the cube root is 1 over three times its square: infinite at zero."),
)
hypot = Op(
    "hypot",
    np.hypot,
    lambda g, z, x, y: g * (x / z),
    lambda g, z, x, y: g * (y / z),
    latex=r"\sqrt{{0!}^2 + {1!}^2}",
    level=5,
    numpy=np.hypot,
    torch="torch.hypot({0}, {1})",
    tensorflow="tf.sqrt({0} * {0} + {1} * {1})",
    differs={"tensorflow": N_("where both inputs are 0")},
    sides=zeros,
    why=N_(
        "Each side of a right triangle moves the hypotenuse by its share of it; at length 0 by nan."
    ),
)
