"""Exponentials and logarithms."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.activations import sigmoid
from app.engine.primitives.apply import apply
from app.engine.primitives.gates import guarded, safely
from app.engine.primitives.powers import typed
from app.engine.tensor import NUMPY

LN2 = 0.6931471805599453
exp = Op(
    "exp",
    np.exp,
    lambda g, z, x: g * z,
    latex="e^{0}",
    level=4,
    numpy=np.exp,
    torch="torch.exp({0})",
    tensorflow="tf.exp({0})",
    why=N_("The exponential is its own slope."),
)
exp2 = Op(
    "exp2",
    np.exp2,
    lambda g, z, x: g * z * 0.6931471805599453,
    latex="2^{0}",
    level=4,
    numpy=np.exp2,
    torch="torch.exp2({0})",
    tensorflow="tf.experimental.numpy.exp2({0})",
    why=N_("The slope of 2 to the x is itself times ln 2."),
)
expm1 = Op(
    "expm1",
    np.expm1,
    lambda g, z, x: g * (z + 1),
    latex="e^{0} - 1",
    level=1,
    numpy=np.expm1,
    torch="torch.expm1({0})",
    tensorflow="tf.math.expm1({0})",
    why=N_("The slope of the exponential less one is the exponential."),
)
log = Op(
    "log",
    np.log,
    lambda g, z, x: g / x,
    latex=r"\ln {0!}",
    sign="ln",
    numpy=np.log,
    torch="torch.log({0})",
    tensorflow="tf.math.log({0})",
    why=N_("The slope of the logarithm is 1 over its input."),
)
log1p = Op(
    "log1p",
    np.log1p,
    lambda g, z, x: g / (1 + x),
    latex=r"\ln\left(1 + {0*}\right)",
    numpy=np.log1p,
    torch="torch.log1p({0})",
    tensorflow="tf.math.log1p({0})",
    why=N_("The slope of ln(1 + x) is 1 over 1 + x."),
)


def _logarithm(base: int, function: Any, natural: float) -> Op:
    """A logarithm to another base. natural: the base's own natural logarithm."""
    return Op(
        f"log{base}",
        function,
        lambda g, z, x: g / (x * natural),
        latex=rf"\log_{{{base}}} {{0!}}" if base > 9 else rf"\log_{base} {{0!}}",
        sign="log" + "".join(chr(0x2080 + int(digit)) for digit in str(base)),
        numpy=function,
        torch=f"torch.log{base}({{0}})",
        tensorflow=f"tf.experimental.numpy.log{base}({{0}})",
        why=N_(
            "The slope of a logarithm to another base is 1 over its input times ln of the base."
        ),
    )


log2 = _logarithm(2, np.log2, 0.6931471805599453)
log10 = _logarithm(10, np.log10, 2.302585092994046)
logaddexp = Op(
    "logaddexp",
    np.logaddexp,
    lambda g, z, x, y: g * apply(sigmoid, x - y),
    lambda g, z, x, y: g * apply(sigmoid, y - x),
    latex=r"\ln\left(e^{0} + e^{1}\right)",
    numpy=np.logaddexp,
    torch="torch.logaddexp({0}, {1})",
    tensorflow="tf.experimental.numpy.logaddexp({0}, {1})",
    why=N_("Each input receives the share that its exponential has of the sum."),
)


def _logaddexp2(x: Any, y: Any) -> Any:
    total: Any = logaddexp(x * LN2, y * LN2)
    return total / LN2


NUMPY[np.logaddexp2] = _logaddexp2  # type: ignore[assignment]


def _xlogy(x: Any, y: Any) -> Any:
    """x ln y; 0 where x is 0 and y is not nan."""
    dtype = np.result_type(x, y)
    log_y = np.log(np.where((x == 0) & (y == y), 1, y).astype(dtype))
    return (x * log_y)[()]


def _xlogy_or_zero(x: Any, y: Any) -> Any:
    return (x * np.log(np.where(x == 0, 1, y).astype(np.result_type(x, y))))[()]


def _entropy_term(
    name: str,
    forward: Callable[..., Any],
    *rules: Rule,
    why: str,
    **more: Any,
) -> Op:
    return Op(
        name,
        forward,
        *rules,
        latex=r"{0} \ln {1!}",
        level=2,
        sign="x ln y",
        why=why,
        **more,
    )


xlogy = _entropy_term(
    "xlogy",
    _xlogy,
    lambda g, z, x, y: guarded(
        g * np.log(typed(y, z)), np.logical_not(np.logical_and(x == 0, y <= 0))
    ),
    lambda g, z, x, y: g * x / y,
    torch="torch.xlogy({0}, {1})",
    why=N_("A product with a logarithm, where 0 times ln 0 counts as 0."),
)
# TensorFlow lets nothing through where x is 0, nan neither.
xlogy_or_zero = _entropy_term(
    "xlogy_or_zero",
    _xlogy_or_zero,
    lambda g, z, x, y: g * np.log(safely(typed(y, z), x != 0)),
    lambda g, z, x, y: guarded(g * x, x != 0) / safely(typed(y, z), x != 0),
    tensorflow="tf.math.xlogy({0}, {1})",
    alike=("xlogy", N_("where the first factor is 0")),
    why=N_("A product with a logarithm; where its first factor is 0, so are value and gradients."),
)
