"""Numbers of values: float(), int(), round(), abs(), range's whole ones; ord() and hex()."""

from collections.abc import Callable

from app.engine import OPS
from app.language import classes
from app.language.errors import ProgramError, overflow_error, type_error, value_error
from app.language.machine import Machine
from app.language.number_types import takes
from app.language.values import TORCH, Array, Skipped, Value, type_name


def whole(value: Value) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, Array) and value.tensor.size == 1 and value.tensor.dtype.kind in "iu":
        return int(value.tensor.data)
    raise type_error(f"'{type_name(value)}' object cannot be interpreted as an integer")


def _by_class(m: Machine, value: Value, kind: type, *names: str) -> Value:
    """What the first of these methods of an object's class gives; ABSENT where there is none."""
    for name in names:
        found = classes.special(m, value, name)
        if found is not classes.ABSENT:
            if not isinstance(found, kind):
                of = type_name(found)
                raise type_error(f"{name} returned non-{kind.__name__} (type {of})")
            return found
    return classes.ABSENT


def no_scalar(x: Array) -> ProgramError:
    """An array of several entries, or of none, is no number."""
    if x.kind == TORCH:
        return value_error("only one element tensors can be converted to Python scalars")
    return type_error("only 0-dimensional arrays can be converted to Python scalars")


def float_(m: Machine, value: Value = 0.0, /) -> Value:
    if isinstance(value, Skipped):
        return value
    own = _by_class(m, value, float, "__float__")
    if own is not classes.ABSENT:
        return own
    if isinstance(value, Array):
        if value.tensor.size != 1:
            raise no_scalar(value)
        if m.formula:
            return (
                value if value.tensor.dtype.kind == "f" else m.binary(OPS["multiply"], value, 1.0)
            )
        result = float(value.tensor.data.reshape(-1)[0] if value.tensor.ndim else value.tensor.data)
        m.recorder.alias(result, value.tensor)
        return result
    if isinstance(value, bool | int | float):
        return value if type(value) is float else float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError as problem:
            raise value_error(str(problem)) from None
    raise type_error(
        f"float() argument must be a string or a real number, not '{type_name(value)}'"
    )


def int_(m: Machine, value: Value = 0, /, base: Value = None) -> Value:
    """int(7.9), int("ff", 16)"""
    if isinstance(value, Skipped):
        return value
    if base is not None:
        return _digits(m, value, base)
    own = _by_class(m, value, int, "__int__", "__index__")
    if own is not classes.ABSENT:
        return own
    if isinstance(value, str):
        return _digits(m, value, 10)
    if m.formula and isinstance(value, Array):  # towards zero, flat but at its jumps
        whole = m.apply(OPS["floor_flat"], m.apply(OPS["absolute"], value))
        return m.binary(OPS["multiply"], m.apply(OPS["sign"], value), whole)
    try:
        if isinstance(value, int):
            return int(value)
        if not isinstance(value, float | Array):
            words = "int() argument must be a string, a bytes-like object or a real number, not "
            raise type_error(f"{words}'{type_name(value)}'")
        number = float_(m, value)
        assert isinstance(number, float)
        cut = int(number)  # towards zero
        for bound in towards_zero(cut):
            within(m, number, bound)
        return cut
    except OverflowError as problem:
        raise overflow_error(str(problem)) from None
    except ValueError as problem:
        raise value_error(str(problem)) from None


def _digits(m: Machine, value: Value, base: Value) -> int:
    """The whole number that a text writes in a base."""
    if not isinstance(base, int):
        raise type_error(f"'{type_name(base)}' object cannot be interpreted as an integer")
    if not isinstance(value, str):
        raise type_error("int() can't convert non-string with explicit base")
    m.budget.container(len(value))
    try:
        number = int(value, base)
    except ValueError as problem:
        raise value_error(str(problem)) from None
    m.budget.integer(number.bit_length())
    return number


def abs_(m: Machine, value: Value, /) -> Value:
    if isinstance(value, Array):
        op = OPS["absolute_or_zero" if value.kind == TORCH else "absolute"]
        return m.apply(op, takes(op.name, m.kind([value]), value))
    found = classes.special(m, value, "__abs__")
    if found is not classes.ABSENT:
        return found
    if isinstance(value, int):
        return abs(value)
    if isinstance(value, float):
        result = abs(value)
        m.recorder.number(OPS["absolute"], [(value, m.names.get(id(value)))], result)
        return result
    raise type_error(f"bad operand type for abs(): '{type_name(value)}'")


def round_(m: Machine, number: Value, ndigits: Value = None) -> Value:
    value, digits = number, ndigits
    if isinstance(value, Skipped):
        return value
    own = classes.special(m, value, "__round__", *(() if digits is None else (digits,)))
    if own is not classes.ABSENT:
        return own
    if m.formula and isinstance(value, Array):
        raise type_error("round() of a variable of this formula; leave it out")
    if isinstance(value, Array):
        value = float_(m, value)
    if not isinstance(value, int | float):
        raise type_error(f"type {type_name(value)} doesn't define __round__ method")
    if isinstance(digits, int) and abs(digits) > 400:
        raise value_error("round() takes at most 400 digits here")
    try:
        result = round(value, digits)
    except OverflowError as problem:
        raise overflow_error(str(problem)) from None
    except ValueError as problem:
        raise value_error(str(problem)) from None
    if isinstance(result, float):
        m.leaves(value)
    if isinstance(result, int) and isinstance(value, float):
        closed = "" if result % 2 else "_equal"  # halves go to the even side
        within(m, value, ("greater" + closed, result - 0.5))
        within(m, value, ("less" + closed, result + 0.5))
    return result


def towards_zero(cut: int) -> tuple[tuple[str, float], ...]:
    """Between which bounds a number is cut to this whole one."""
    low = ("greater_equal", cut) if cut > 0 else ("greater", cut - 1)
    return low, ("less_equal", cut) if cut < 0 else ("less", cut + 1)


def within(m: Machine, value: float, bound: tuple[str, float]) -> None:
    """A number became a whole one: a decision, which holds up to this bound."""
    m.recorder.compared(OPS[bound[0]], (value, bound[1]), True)


def character(m: Machine, value: Value, /) -> str:
    """chr(97)"""
    code = whole(value)
    if not 0 <= code < 0x110000 or 0xD800 <= code < 0xE000:  # half of a pair is no text
        raise value_error("chr() arg not in range(0x110000)")
    return chr(code)


def number_of(m: Machine, value: Value, /) -> int:
    """ord("a")"""
    if not isinstance(value, str):
        words = f"ord() expected string of length 1, but {type_name(value)} found"
        raise type_error(words)
    if len(value) != 1:
        raise type_error(f"ord() expected a character, but string of length {len(value)} found")
    return ord(value)


def based(sign: str) -> Callable[..., str]:
    """bin(), oct() and hex() by the sign of their base."""

    def write(m: Machine, value: Value, /) -> str:
        own = classes.special(m, value, "__index__")
        return format(whole(value if own is classes.ABSENT else own), f"#{sign}")

    return write
