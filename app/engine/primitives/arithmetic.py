"""Plus, minus, times, divided by, powers, comparisons; and Tensor's operators."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.tensor import Tensor


def _is_zero(y: Any) -> bool:
    """Whether an exponent is the literal 0: then the power is constant, at 0 too."""
    return isinstance(y, int | float) and y == 0


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
    code="{0} + {1}",
    torch="{0} + {1}",
    tensorflow="{0} + {1}",
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
    code="{0} - {1}",
    torch="{0} - {1}",
    tensorflow="{0} - {1}",
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
    code="{0} * {1}",
    torch="{0} * {1}",
    tensorflow="{0} * {1}",
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
    code="{0} / {1}",
    torch="{0} / {1}",
    tensorflow="{0} / {1}",
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
    code="-{0}",
    torch="-{0}",
    tensorflow="-{0}",
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
    tensors = isinstance(x, Tensor) or isinstance(y, Tensor)
    return product_or_zero(x, y) if tensors else product_or_zero.forward(x, y)


power = Op(
    "power",
    operator.pow,
    lambda g, z, x, y: g * product(y, x ** (y - 1)),
    lambda g, z, x, y: g * product(z, np.log(x)),
    latex="{0!}^{1}",
    level=4,
    sign="xʸ",
    text="{0}^{1}",
    numpy=np.power,
    code="{0} ** {1}",
    torch="{0} ** {1}",
    tensorflow="{0} ** {1}",
    why=N_("The exponent comes down as a factor and drops by one."),
)


def _log_or_zero(x: Any) -> Any:
    return np.log(np.where(x > 0, x, 1).astype(np.result_type(x)))[()]


log_or_zero = Op(
    "log_or_zero",
    _log_or_zero,
    lambda g, z, x: product(g * (x > 0), 1 / x),
    latex=r"\ln {0!}",
    sign="ln",
    why=N_("The slope of the logarithm is 1 over its input."),
)
# TensorFlow gives nan for the slope of x^0 at 0, and 0 by the exponent where the base is negative.
power_plain = Op(
    "power_plain",
    operator.pow,
    lambda g, z, x, y: g * (y * x ** (y - 1)),
    lambda g, z, x, y: g * (z * (log_or_zero if isinstance(x, Tensor) else _log_or_zero)(x)),
    latex="{0!}^{1}",
    level=4,
    sign="xʸ",
    text="{0}^{1}",
    code="{0} ** {1}",
    tensorflow="{0} ** {1}",
    why=N_("The exponent comes down as a factor and drops by one."),
)
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
absolute = Op(
    "absolute",
    abs,
    lambda g, z, x: g * np.sign(x),
    latex=r"\left|{0*}\right|",
    level=5,
    sign="|x|",
    text="|{0}|",
    numpy=np.absolute,
    code="abs({0})",
    torch="torch.abs({0})",
    tensorflow="tf.abs({0})",
    why=N_("The slope of |x| is 1 right of zero, -1 left of it, and 0 by convention at zero."),
)
sign = Op(
    "sign",
    np.sign,
    lambda g, z, x: g * 0,
    latex=r"\operatorname{sign} {0}",
    numpy=np.sign,
    torch="torch.sign({0})",
    tensorflow="tf.sign({0})",
    why=N_("The sign is flat on both sides of zero."),
)
maximum = Op(
    "maximum",
    np.maximum,
    lambda g, z, x, y: g * (x > y) + g * (x == y) / 2,
    lambda g, z, x, y: g * (y > x) + g * (x == y) / 2,
    latex=r"\max\left({0*},\ {1*}\right)",
    level=5,
    sign="max",
    numpy=np.maximum,
    torch="torch.maximum({0}, {1})",
    tensorflow="tf.maximum({0}, {1})",
    why=N_("The larger input takes the whole gradient; equal inputs share it."),
)
minimum = Op(
    "minimum",
    np.minimum,
    lambda g, z, x, y: g * (x < y) + g * (x == y) / 2,
    lambda g, z, x, y: g * (y < x) + g * (x == y) / 2,
    latex=r"\min\left({0*},\ {1*}\right)",
    level=5,
    sign="min",
    numpy=np.minimum,
    torch="torch.minimum({0}, {1})",
    tensorflow="tf.minimum({0}, {1})",
    why=N_("The smaller input takes the whole gradient; equal inputs share it."),
)
# TensorFlow gives the whole gradient of equal inputs to the first.
maximum_first = Op(
    "maximum_first",
    np.maximum,
    lambda g, z, x, y: g * (x >= y),
    lambda g, z, x, y: g * (y > x),
    latex=r"\max\left({0*},\ {1*}\right)",
    level=5,
    sign="max",
    code="np.maximum({0}, {1})",
    tensorflow="tf.maximum({0}, {1})",
    why=N_("The larger input takes the whole gradient; of equal inputs the first."),
)
minimum_first = Op(
    "minimum_first",
    np.minimum,
    lambda g, z, x, y: g * (x <= y),
    lambda g, z, x, y: g * (y < x),
    latex=r"\min\left({0*},\ {1*}\right)",
    level=5,
    sign="min",
    code="np.minimum({0}, {1})",
    tensorflow="tf.minimum({0}, {1})",
    why=N_("The smaller input takes the whole gradient; of equal inputs the first."),
)
clip = Op(
    "clip",
    lambda x, low, high: np.clip(x, low, high),
    lambda g, z, x, low, high: g * (z == x),
    latex=r"\operatorname{clip} {0}",
    sign="clip",
    numpy=np.clip,
    torch="torch.clamp({0}, {1}, {2})",
    tensorflow="tf.clip_by_value({0}, {1}, {2})",
    why=N_("Inside the bounds, and on them, the gradient passes; outside nothing does."),
)
floor = Op(
    "floor",
    np.floor,
    latex=r"\left\lfloor {0*} \right\rfloor",
    level=5,
    numpy=np.floor,
    torch="torch.floor({0}.detach())",
    tensorflow="tf.floor({0})",
    why=N_("A staircase is flat: no gradient passes."),
)
# PyTorch gives zeros where TensorFlow gives none.
floor_flat = Op(
    "floor_flat",
    np.floor,
    lambda g, z, x: g * 0,
    latex=r"\left\lfloor {0*} \right\rfloor",
    level=5,
    sign="floor",
    saves=False,
    code="np.floor({0})",
    torch="torch.floor({0})",
    why=N_("A staircase is flat: no gradient passes."),
)
floor_divide = Op(
    "floor_divide",
    operator.floordiv,
    latex=r"\left\lfloor \frac{0}{1} \right\rfloor",
    level=5,
    sign="//",
    text="{0} // {1}",
    numpy=np.floor_divide,
    code="{0} // {1}",
    torch="torch.floor_divide({0}.detach(), {1}.detach())",
    tensorflow="{0} // {1}",
    why=N_("A staircase is flat: no gradient passes."),
)
remainder = Op(
    "remainder",
    operator.mod,
    lambda g, z, x, y: g,
    lambda g, z, x, y: -(g * np.floor(x / y)),
    latex=r"{0} \bmod {1!}",
    level=2,
    sign="mod",
    numpy=np.remainder,
    code="{0} % {1}",
    torch="torch.remainder({0}, {1})",
    tensorflow="tf.math.floormod({0}, {1})",
    why=N_("Between its jumps, a remainder rises as its first input does."),
)


def _comparison(
    name: str, forward: Callable[..., Any], latex: str, sign: str, python: str, numpy: Any
) -> Op:
    python = f"{{0}} {python} {{1}}"
    return Op(
        name,
        forward,
        latex=latex,
        level=0,
        sign=sign,
        text=f"{{0}} {sign} {{1}}",
        code=python,
        torch=python,
        tensorflow=python,
        numpy=numpy,
        why=N_("A comparison is true or false: no gradient passes."),
    )


greater = _comparison("greater", operator.gt, "{0} > {1}", ">", ">", np.greater)
less = _comparison("less", operator.lt, "{0} < {1}", "<", "<", np.less)
greater_equal = _comparison(
    "greater_equal", operator.ge, r"{0} \ge {1}", "≥", ">=", np.greater_equal
)
less_equal = _comparison("less_equal", operator.le, r"{0} \le {1}", "≤", "<=", np.less_equal)
equal = _comparison("equal", operator.eq, "{0} = {1}", "=", "==", np.equal)
not_equal = _comparison("not_equal", operator.ne, r"{0} \ne {1}", "≠", "!=", np.not_equal)


def _swapped(operate: Callable[[Any, Any], Tensor]) -> Callable[[Tensor, Any], Tensor]:
    return lambda x, y: operate(y, x)


for _name, _op in {
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "truediv": divide,
    "pow": power,
    "mod": remainder,
}.items():
    setattr(Tensor, f"__{_name}__", _op.binary())
    setattr(Tensor, f"__r{_name}__", _swapped(_op.binary()))
for _name, _op in {
    "gt": greater,
    "lt": less,
    "ge": greater_equal,
    "le": less_equal,
    "eq": equal,
    "ne": not_equal,
}.items():
    setattr(Tensor, f"__{_name}__", _op.binary())
setattr(Tensor, "__neg__", negative.unary())  # noqa: B010
setattr(Tensor, "__abs__", absolute.unary())  # noqa: B010
# equality is elementwise, identity is what dictionaries need
setattr(Tensor, "__hash__", object.__hash__)  # noqa: B010
