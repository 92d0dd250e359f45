"""Python's math module: functions of plain numbers, each a node of the graph."""

import math
from collections.abc import Callable
from typing import Any

from app.engine import OPS
from app.language.builtins import BUILTINS
from app.language.conversions import towards_zero, within
from app.language.dialects.common import namespace
from app.language.errors import ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.values import Array, Value, type_name

SHARED = ("exp", "exp2", "expm1", "log1p", "log2", "log10", "sqrt", "cbrt", "erf", "erfc")
ROUNDED: dict[str, Callable[[int], tuple[tuple[str, float], ...]]] = {  # between which bounds
    "floor": lambda n: (("greater_equal", n), ("less", n + 1)),
    "ceil": lambda n: (("greater", n - 1), ("less_equal", n)),
    "trunc": towards_zero,
}
CIRCULAR = ("sin", "cos", "tan", "sinh", "cosh", "tanh")


def _math(name: str, python: Callable[..., Any], op: str = "") -> Callable[..., Value]:
    """A function of math: plain numbers in, a plain number out, a node of the graph."""

    def call(m: Machine, *given: Value) -> Value:
        if m.formula and op and any(isinstance(value, Array) for value in given):
            first, *rest = given
            return m.binary(OPS[op], first, *rest) if rest else m.apply(OPS[op], first)
        numbers = []
        texts: list[str | None] = []
        for value in given:
            if isinstance(value, Array):
                if value.tensor.size == 1 and value.tensor.ndim:
                    m.note("one_element", f"math.{name}")
                texts.append(None)
                if m.formula:
                    raise type_error(f"math.{name}() of a variable has no slope here")
                value = BUILTINS["float"].call(m, value)
            elif not isinstance(value, int | float):
                raise type_error(f"must be real number, not {type_name(value)}")
            else:
                texts.append(m.names.get(id(value)))
            numbers.append(value)
        try:
            result = python(*numbers)
        except OverflowError as problem:
            raise ProgramError(
                "value", framework=f"OverflowError: {problem}", detail=f"math.{name}"
            ) from None
        except ValueError as problem:
            raise value_error(f"{problem} (math.{name})") from None
        if isinstance(result, float) and op:
            m.recorder.number(OPS[op], zip(numbers, texts, strict=True), result)
        elif name in ROUNDED and type(numbers[0]) is float:
            low, high = ROUNDED[name](result)
            within(m, numbers[0], low)
            within(m, numbers[0], high)
        else:
            m.leaves(numbers)
        return result

    return call


_natural = _math("log", math.log, "log")


def _log(m: Machine, x: Value, *base: Value) -> Value:
    """math.log: to a base, a quotient of two natural logarithms."""
    if not base:
        return _natural(m, x)
    top, bottom = _natural(m, x), _natural(m, *base)
    if isinstance(top, Array) or isinstance(bottom, Array):
        return m.binary(OPS["divide"], top, bottom)
    if not bottom:
        raise ProgramError("zero_division", framework="ZeroDivisionError: division by zero")
    result = top / bottom
    m.recorder.number(OPS["divide"], ((top, None), (bottom, None)), result)
    return result


def _whole(name: str, python: Callable[..., Any], op: str) -> Callable[..., Value]:
    """floor, ceil, trunc: a whole number; in a formula a flat staircase."""
    plain = _math(name, python)

    def call(m: Machine, x: Value) -> Value:
        return m.apply(OPS[op], x) if m.formula and isinstance(x, Array) else plain(m, x)

    return call


def _factorial(m: Machine, n: Value) -> int:
    if not isinstance(n, int):
        raise type_error(f"'{type_name(n)}' object cannot be interpreted as an integer")
    if n < 0:
        raise value_error("factorial() not defined for negative values")
    m.budget.integer(n * n.bit_length())
    return math.factorial(n)


def _gcd(m: Machine, *numbers: Value) -> int:
    if not all(isinstance(number, int) for number in numbers):
        raise type_error("'float' object cannot be interpreted as an integer")
    return math.gcd(*numbers)


def _isclose(m: Machine, a: Value, b: Value, rel_tol: Value = 1e-9, abs_tol: Value = 0.0) -> bool:
    a, b = (BUILTINS["float"].call(m, x) if isinstance(x, Array) else x for x in (a, b))
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        raise type_error(f"must be real number, not {type_name(a)}")
    return math.isclose(a, b, rel_tol=rel_tol, abs_tol=abs_tol)


MATH = namespace(
    "math",
    {
        "pi": math.pi,
        "tau": math.tau,
        "e": math.e,
        "inf": math.inf,
        "nan": math.nan,
        **{name: _math(name, getattr(math, name), name) for name in (*SHARED, *CIRCULAR)},
        **{
            f"a{name}": _math(f"a{name}", getattr(math, f"a{name}"), f"arc{name}")
            for name in CIRCULAR
        },
        "log": _log,
        "pow": _math("pow", math.pow, "power"),
        "fabs": _math("fabs", math.fabs, "absolute"),
        "hypot": _math("hypot", math.hypot, "hypot"),
        "atan2": _math("atan2", math.atan2, "arctan2"),
        "fmod": _math("fmod", math.fmod, "fmod"),
        "floor": _whole("floor", math.floor, "floor_flat"),
        "ceil": _whole("ceil", math.ceil, "ceil_flat"),
        "trunc": _whole("trunc", math.trunc, "trunc_flat"),
        "degrees": _math("degrees", math.degrees),
        "radians": _math("radians", math.radians),
        "copysign": _math("copysign", math.copysign),
        "isnan": _math("isnan", math.isnan),
        "isinf": _math("isinf", math.isinf),
        "isfinite": _math("isfinite", math.isfinite),
        "isclose": _isclose,
        "factorial": _factorial,
        "gcd": _gcd,
    },
)
