"""Format specs: [[fill]align][sign][z][#][0][width][grouping][.precision][type], read and carried
out by the project's own code. What a program writes never reaches Python's formatting.

Errors are CPython's, in its words. Source: the "Format Specification Mini-Language" of Python's
library reference.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from app.language.digits import float_text, whole_text
from app.language.errors import overflow_error, value_error

LARGEST, LARGEST_PRECISION = 2**63 - 1, 2**31 - 1
GROUPED = "defgEGF%"  # what may have commas between its thousands
FLOATS = "eEfFgGn%"


@dataclass
class Spec:
    """A format spec, read: width and precision are None where they are not given."""

    text: str
    of: str  # what Python calls the type of the value
    fill: str = " "
    align: str = ""
    sign: str = ""
    plain_zero: bool = False
    alternate: bool = False
    width: int | None = None
    grouping: str = ""
    precision: int | None = None
    code: str = ""

    def unknown(self) -> Exception:
        told = _told(self.code)
        return value_error(f"Unknown format code '{told}' for object of type '{self.of}'")


def _told(code: str) -> str:
    return code if " " < code < "\x80" else f"\\x{ord(code):x}"


class Reader:
    """A text that is read from left to right."""

    def __init__(self, text: str):
        self.text, self.at = text, 0

    def one_of(self, choices: str) -> str:
        """The next character where it is one of these, else nothing."""
        found = self.text[self.at : self.at + 1]
        if not found or found not in choices:
            return ""
        self.at += 1
        return found

    def number(self) -> int | None:
        """The digits that come next, in any script; None where there are none."""
        value, begun = 0, self.at
        while self.at < len(self.text):
            digit = unicodedata.decimal(self.text[self.at], None)
            if digit is None:
                break
            value = value * 10 + int(digit)
            if value > LARGEST:
                raise value_error("Too many decimal digits in format string")
            self.at += 1
        return value if self.at > begun else None


def read(text: str, of: str, number: bool) -> Spec:
    """The spec for a value of this type. Raises Python's ValueError."""
    spec, reader = Spec(text, of), Reader(text)
    filled = len(text) > 1 and text[1] in "<>=^"
    if filled:
        spec.fill, spec.align, reader.at = text[0], text[1], 2
    else:
        spec.align = reader.one_of("<>=^")
    spec.sign = reader.one_of(" +-")
    spec.plain_zero = bool(reader.one_of("z"))
    spec.alternate = bool(reader.one_of("#"))
    if not filled and reader.one_of("0"):
        spec.fill = "0"
        if number:
            spec.align = spec.align or "="
    spec.align = spec.align or (">" if number else "<")
    spec.width = reader.number()
    spec.grouping = reader.one_of(",")
    under = reader.one_of("_")
    if (spec.grouping and under) or (under and text[reader.at : reader.at + 1] == ","):
        raise value_error("Cannot specify both ',' and '_'.")
    spec.grouping = spec.grouping or under
    if reader.one_of("."):
        spec.precision = reader.number()
        if spec.precision is None:
            raise value_error("Format specifier missing precision")
    rest = text[reader.at :]
    if len(rest) > 1:
        raise value_error(f"Invalid format specifier '{text}' for object of type '{of}'")
    spec.code = rest
    _check_grouping(spec, number)
    return spec


def _check_grouping(spec: Spec, number: bool) -> None:
    code = spec.code or ("" if number else "s")
    fits = code in GROUPED or (spec.grouping == "_" and code in "boxX")
    if spec.grouping and not fits:
        raise value_error(f"Cannot specify '{spec.grouping}' with '{_told(code)}'.")


Charge = Callable[[int], None]
"""Told how many characters are about to be made."""


def formatted_text(value: str, text: str, charge: Charge) -> str:
    """format(value, text) of a text."""
    spec = read(text, "str", number=False)
    if spec.code not in ("", "s"):
        raise spec.unknown()
    if spec.sign:
        kind = "Space" if spec.sign == " " else "Sign"
        raise value_error(f"{kind} not allowed in string format specifier")
    if spec.plain_zero:
        raise value_error("Negative zero coercion (z) not allowed in string format specifier")
    if spec.alternate:
        raise value_error("Alternate form (#) not allowed in string format specifier")
    if spec.align == "=":
        raise value_error("'=' alignment not allowed in string format specifier")
    if spec.precision is not None:
        value = value[: spec.precision]
    return _aligned(spec, value, charge)


def _aligned(spec: Spec, text: str, charge: Charge, head: str = "") -> str:
    """head and text in the spec's width; `=` fills between them."""
    missing = max((spec.width or 0) - len(head) - len(text), 0)
    charge(len(head) + len(text) + missing)
    if spec.align == "=":
        return f"{head}{spec.fill * missing}{text}"
    before = {"<": 0, ">": missing}.get(spec.align, missing // 2)
    return f"{spec.fill * before}{head}{text}{spec.fill * (missing - before)}"


def formatted_whole(value: int, text: str, of: str, charge: Charge) -> str:
    """format(value, text) of a whole number or a truth value."""
    spec = read(text, of, number=True)
    if spec.code and spec.code in "eEfFgG%":
        return _float(as_float(value), spec, charge)
    if spec.code not in ("", "b", "c", "d", "n", "o", "x", "X"):
        raise spec.unknown()
    if spec.precision is not None:
        raise value_error("Precision not allowed in integer format specifier")
    if spec.plain_zero:
        raise value_error("Negative zero coercion (z) not allowed in integer format specifier")
    if spec.code == "c":
        if spec.sign:
            raise value_error("Sign not allowed with integer format specifier 'c'")
        if spec.alternate:
            raise value_error("Alternate form (#) not allowed with integer format specifier 'c'")
        return _aligned(spec, character(value), charge)
    figures, prefix = whole_text(value, spec.code)
    head = _sign(spec, value < 0) + (prefix if spec.alternate else "")
    return _number(spec, head, figures, "", charge)


def character(value: int) -> str:
    """chr(value) for %c and the type c."""
    if not -(2**63) <= value < 2**63:
        raise overflow_error("Python int too large to convert to C long")
    if not 0 <= value < 0x110000 or 0xD800 <= value < 0xE000:  # half of a pair is no text
        raise overflow_error("%c arg not in range(0x110000)")
    return chr(value)


def as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError as problem:
        raise overflow_error(str(problem)) from None


def formatted_float(value: float, text: str, charge: Charge) -> str:
    """format(value, text) of a float."""
    return _float(value, read(text, "float", number=True), charge)


def _float(value: float, spec: Spec, charge: Charge) -> str:
    code, precision = spec.code, spec.precision
    if code and code not in FLOATS:
        raise spec.unknown()
    if precision is not None and precision > LARGEST_PRECISION:
        raise value_error("precision too big")
    charge((spec.width or 0) + (precision or 0))
    if code == "%":
        value *= 100
    notation = {"": "r", "n": "g", "%": "f"}.get(code, code)
    if precision is None:
        precision = 0 if notation == "r" else 6
    elif notation == "r":
        precision = max(precision, 1)
    body = float_text(value, notation, precision, spec.alternate, spec.plain_zero)
    body += "%" if code == "%" else ""
    negative = body.startswith("-")
    body = body.removeprefix("-")
    whole = body[: len(body) - len(body.lstrip("0123456789"))]
    return _number(spec, _sign(spec, negative), whole, body[len(whole) :], charge)


def _sign(spec: Spec, negative: bool) -> str:
    return "-" if negative else spec.sign.replace("-", "")


def _number(spec: Spec, head: str, whole: str, rest: str, charge: Charge) -> str:
    """A number from its parts: sign and prefix, the digits before the point, what follows."""
    if spec.grouping and whole:
        size = 4 if spec.code and spec.code in "boxX" else 3
        if spec.fill == "0" and spec.align == "=":
            room = (spec.width or 0) - len(head) - len(rest)
            charge(max(room, 0))
            whole = whole.rjust(room - (room - 1) // (size + 1), "0")  # no group begins the number
        whole = _grouped(whole, size, spec.grouping)
    return _aligned(spec, whole + rest, charge, head)


def _grouped(figures: str, size: int, separator: str) -> str:
    first = len(figures) % size
    groups = [figures[i : i + size] for i in range(first, len(figures), size)]
    return separator.join([figures[:first], *groups] if first else groups)
