"""Comparisons, tests of a number, and logic: what is true or false passes no gradient."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.sides import orders, results


def _comparison(
    name: str, forward: Callable[..., Any], latex: str, sign: str, python: str, numpy: Any = None
) -> Op:
    python = f"{{0}} {python} {{1}}"
    return Op(
        name,
        forward,
        latex=latex,
        level=0,
        sign=sign,
        text=f"{{0}} {sign} {{1}}",
        python=python,
        numpy=numpy,
        sides=orders,
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
# For rules that must see nan on the open side of a bound, as PyTorch's do.
greater_or_nan = _comparison(
    "greater_or_nan", lambda x, y: np.logical_not(x <= y), "{0} > {1}", ">", ">"
)
less_or_nan = _comparison("less_or_nan", lambda x, y: np.logical_not(x >= y), "{0} < {1}", "<", "<")


def above(x: Any, y: Any) -> Any:
    """Whether x > y, on values or Tensors; nan counts as above."""
    return apply(greater_or_nan, x, y)


def below(x: Any, y: Any) -> Any:
    """Whether x < y, on values or Tensors; nan counts as below."""
    return apply(less_or_nan, x, y)


def _test(name: str, numpy: Any, latex: str, torch: str, tensorflow: str) -> Op:
    return Op(
        name,
        numpy,
        latex=latex,
        level=3,
        sign=name,
        numpy=numpy,
        torch=torch,
        tensorflow=tensorflow,
        sides=results,
        why=N_("A test is true or false: no gradient passes."),
    )


def _logic(name: str, numpy: Any, latex: str, sign: str, level: int) -> Op:
    slots = range(1 if numpy is np.logical_not else 2)
    operands = ", ".join(f"tf.cast({{{slot}}}, tf.bool)" for slot in slots)
    return Op(
        name,
        numpy,
        latex=latex,
        level=level,
        sign=sign,
        numpy=numpy,
        torch=f"torch.{name}({{...}})",
        tensorflow=f"tf.math.{name}({operands})",
        sides=results,
        why=N_("Logic is true or false: no gradient passes."),
    )


isnan = _test(
    "isnan", np.isnan, r"\operatorname{isnan} {0!}", "torch.isnan({0})", "tf.math.is_nan({0})"
)
isinf = _test(
    "isinf", np.isinf, r"\operatorname{isinf} {0!}", "torch.isinf({0})", "tf.math.is_inf({0})"
)
isfinite = _test(
    "isfinite",
    np.isfinite,
    r"\operatorname{isfinite} {0!}",
    "torch.isfinite({0})",
    "tf.math.is_finite({0})",
)
logical_not = _logic("logical_not", np.logical_not, r"\lnot {0!}", "¬", 3)
logical_and = _logic("logical_and", np.logical_and, r"{0} \land {1}", "∧", 0)
logical_or = _logic("logical_or", np.logical_or, r"{0} \lor {1}", "∨", 0)
logical_xor = _logic("logical_xor", np.logical_xor, r"{0} \oplus {1}", "⊕", 0)
