"""template % values, as in C's printf: read and carried out by the project's own code.

Errors are CPython's, in its words. Source: "printf-style String Formatting" of Python's library
reference.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from app.language.classes import special
from app.language.conversions import no_scalar
from app.language.digits import float_text, whole_text
from app.language.errors import key_error, overflow_error, type_error, value_error
from app.language.format_specs import LARGEST, LARGEST_PRECISION, as_float, character
from app.language.formatting import converted, scalar
from app.language.machine import Machine
from app.language.text import text_of
from app.language.values import (
    NUMPY,
    TORCH,
    Array,
    Instance,
    Set,
    Shape,
    Skipped,
    Value,
    View,
    type_name,
)

CONVERSIONS = "diouxXeEfFgGcrsa"


@dataclass
class Place:
    """One %… of a template: width and precision are None where they are not given."""

    flags: set[str] = field(default_factory=set)
    width: int | None = None
    precision: int | None = None
    code: str = ""


DOUBLED = Place(code="%")


class Given:
    """The values for a template: a tuple of them one by one, or a single one, or a table."""

    def __init__(self, m: Machine, values: Value):
        self.m = m
        if isinstance(values, Shape) and values.kind in (TORCH, NUMPY):
            values = values.lengths
        self.rest = list(values) if isinstance(values, tuple) else [values]
        self.table = values if _is_table(values) else None

    def next(self) -> Value:
        if not self.rest:
            raise type_error("not enough arguments for format string")
        return self.rest.pop(0)

    def name(self, key: str) -> None:
        """The next place is filled with the value of this name."""
        if isinstance(self.table, dict):
            if key not in self.table:
                raise key_error(repr(key))
            self.rest = [self.table[key]]
        elif isinstance(self.table, Instance):
            self.rest = [special(self.m, self.table, "__getitem__", key)]
        else:
            words = f"{type_name(self.table)} indices must be integers or slices, not str"
            raise type_error(words)

    def whole(self, largest: int, kind: str) -> int:
        value = self.next()
        if not isinstance(value, int):
            raise type_error("* wants int")
        if not -largest <= value <= largest:
            raise overflow_error(f"Python int too large to convert to C {kind}")
        return value

    def check_used(self) -> None:
        if self.rest and self.table is None:
            raise type_error("not all arguments converted during string formatting")


def _is_table(values: Value) -> bool:
    """What Python takes for a mapping here: anything but a text or a tuple that has [ ]."""
    if isinstance(values, Instance):
        return any("__getitem__" in one.members for one in values.of.line())
    if isinstance(values, Set | View):
        return False
    return isinstance(values, dict | list | range | Array)


class Template:
    """A template that is read from left to right."""

    def __init__(self, text: str, given: Given):
        self.text, self.at, self.given = text, 0, given

    def literal(self) -> str:
        """What stands before the next %, which is passed over."""
        end = self.text.find("%", self.at)
        end = len(self.text) if end < 0 else end
        found, self.at = self.text[self.at : end], end + 1
        return found

    def _character(self) -> str:
        if self.at >= len(self.text):
            raise value_error("incomplete format")
        self.at += 1
        return self.text[self.at - 1]

    def place(self) -> Place:
        found = Place()
        c = self._character()
        if c == "%":
            return DOUBLED
        if c == "(":
            if self.given.table is None:
                raise type_error("format requires a mapping")
            self.given.name(self._key())
            c = self._character()
        while c in "-+ #0":
            found.flags.add(c)
            c = self._character()
        if c == "*":
            width = self.given.whole(LARGEST, "ssize_t")
            if width < 0:
                found.flags.add("-")
            found.width, c = abs(width), self._character()
        else:
            found.width, c = self._number(c, "width too big", LARGEST)
        if c == ".":
            c = self._character()
            if c == "*":
                precision = self.given.whole(LARGEST_PRECISION, "int")
                found.precision, c = max(precision, 0), self._character()
            else:
                places, c = self._number(c, "precision too big", LARGEST_PRECISION)
                found.precision = places or 0
        if c in "hlL":
            c = self._character()
        found.code = c
        return found

    def _key(self) -> str:
        begun, depth = self.at, 1
        while depth:
            if self.at >= len(self.text):
                raise value_error("incomplete format key")
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            self.at += 1
        return self.text[begun : self.at - 1]

    def _number(self, c: str, too_big: str, largest: int) -> tuple[int | None, str]:
        value = None
        while "0" <= c <= "9":
            value = (value or 0) * 10 + int(c)
            if value > largest:
                raise value_error(too_big)
            c = self._character()
        return value, c


def percent(m: Machine, template: str, values: Value) -> str:
    """template % values; every piece is charged before it is made."""
    given = Given(m, values)
    reader = Template(template, given)
    pieces: list[str] = []
    length = 0
    while reader.at < len(template):
        pieces.append(reader.literal())
        length += len(pieces[-1])
        if reader.at <= len(template):
            m.budget.step()
            place = reader.place()
            m.budget.container(length + max(place.width or 0, 0) + (place.precision or 0))
            pieces.append(_written(m, place, given, reader.at - 1))
            length += len(pieces[-1])
        m.budget.container(length)
    given.check_used()
    return "".join(pieces)


def _written(m: Machine, place: Place, given: Given, at: int) -> str:
    code = place.code
    if place is DOUBLED:
        return "%"
    value = given.next()
    if code not in CONVERSIONS:
        told = code if "\x1f" <= code <= "~" else "?"
        words = f"unsupported format character '{told}' (0x{whole_text(ord(code), 'x')[0]})"
        raise value_error(f"{words} at index {at}")
    m.leaves(value)
    if isinstance(value, Skipped):
        return _padded(place, "", text_of(value))
    if code in "rsa":
        text = converted(m, value, code)
        return _padded(place, "", text if place.precision is None else text[: place.precision])
    if code == "c":
        return _padded(place, "", _one_character(value))
    if code in "eEfFgG":
        precision = 6 if place.precision is None else place.precision
        body = float_text(_real(m, value), code, precision, "#" in place.flags)
        return _padded(
            place, _sign(place, body.startswith("-")), body.removeprefix("-"), zeros=True
        )
    whole = _whole(m, value, code)
    figures, prefix = whole_text(whole, code)
    if place.precision is not None:
        figures = figures.rjust(place.precision, "0")
    head = _sign(place, whole < 0) + (prefix if "#" in place.flags else "")
    return _padded(place, head, figures, zeros=True)


def _sign(place: Place, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in place.flags else " " if " " in place.flags else ""


def _padded(place: Place, head: str, body: str, zeros: bool = False) -> str:
    missing = max((place.width or 0) - len(head) - len(body), 0)
    if "-" in place.flags:
        return f"{head}{body}{' ' * missing}"
    if zeros and "0" in place.flags:
        return f"{head}{'0' * missing}{body}"
    return f"{' ' * missing}{head}{body}"


def _one_character(value: Value) -> str:
    value = scalar(value)
    if isinstance(value, str) and len(value) == 1:
        return value
    if isinstance(value, int):
        return character(value)
    raise type_error("%c requires int or char")


def _real(m: Machine, value: Value) -> float:
    found: Any = _number(m, value)
    if isinstance(found, int | float):
        return as_float(found)
    if isinstance(value, Array):
        raise no_scalar(value)
    raise type_error(f"must be real number, not {type_name(value)}")


def _number(m: Machine, value: Value) -> Value:
    """An array of one entry as its number; anything else as it is."""
    if isinstance(value, Array) and value.tensor.size == 1:
        if value.tensor.ndim and value.kind != TORCH:
            m.note("one_element", "%")
        return value.tensor.data.reshape(-1)[0].item() if value.tensor.ndim else scalar(value)
    return value


def _whole(m: Machine, value: Value, code: str) -> int:
    found: Any = _number(m, value)
    if isinstance(found, int):
        return found
    if isinstance(found, float) and code not in "oxX":
        try:
            return math.trunc(found)
        except ValueError as problem:
            raise value_error(str(problem)) from None
        except OverflowError as problem:
            raise overflow_error(str(problem)) from None
    needed = "an integer" if code in "oxX" else "a real number"
    raise type_error(f"%{code} format: {needed} is required, not {type_name(value)}")
