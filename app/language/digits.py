"""The digits of numbers: how floats and whole numbers are written in each of Python's notations.

Floats are rounded by exact whole-number arithmetic, halves to even, as in C's printf.
"""

import math
from decimal import Decimal

EXACT = 1_100  # decimal places beyond which every double is exact: only zeros follow
UNITS = {"b": (2, "0b"), "o": (8, "0o"), "x": (16, "0x"), "X": (16, "0X")}
FIGURES = "0123456789abcdef"


def float_text(
    x: float, code: str, precision: int, alternate: bool = False, plain_zero: bool = False
) -> str:
    """x in the notation of code: e, f, g, their capitals, or r (the shortest that reads back).

    precision: decimal places for e and f, significant figures for g; r with a precision counts
    figures as g does, but shows that it is a float (0 stands for: as many as it takes).
    alternate: the point stays, and with g the zeros too. plain_zero: no minus before a zero.
    """
    capital = code.isupper()
    text = _float_text(x, code.lower(), precision, alternate, plain_zero)
    return text.upper() if capital else text


def _float_text(x: float, code: str, precision: int, alternate: bool, plain_zero: bool) -> str:
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "-inf" if x < 0 else "inf"
    dot = code == "r"
    if code == "f":
        figures, point = fixed(x, precision)
    elif code == "e":
        figures, point = scientific(x, precision)
    elif dot and not precision:
        figures, point = shortest(x)
    else:
        precision = max(precision, 1)
        figures, point = scientific(x, precision - 1)
        figures = figures.rstrip("0") or "0"
    body = _laid_out(figures, point, code, precision, alternate, dot)
    none = not figures.strip("0")
    return f"-{body}" if math.copysign(1.0, x) < 0 and not (none and plain_zero) else body


def _laid_out(
    figures: str, point: int, code: str, precision: int, alternate: bool, dot: bool
) -> str:
    """The figures, with the point after `point` of them, plain or with an exponent."""
    power = None
    if code == "e":
        power = True
    elif code == "r" and not precision:
        power = not -4 < point <= 16
    elif code in "gr":
        power = not -4 < point <= precision - dot
    shown = precision if code == "f" else 0  # decimal places that must stand there
    if code == "e":
        shown = precision
    exponent = ""
    if power:
        exponent = f"e{'-' if point < 1 else '+'}{str(abs(point - 1)).rjust(2, '0')}"
        point = 1
    elif dot:
        shown = 1
    if alternate and code in "gr" and precision:
        shown = max(precision - point, shown)
    if point <= 0:
        figures, point = "0" * (1 - point) + figures, 1
    whole, rest = figures[:point].ljust(point, "0"), figures[point:].ljust(shown, "0")
    return f"{whole}{'.' if rest or alternate else ''}{rest}{exponent}"


def fixed(x: float, places: int) -> tuple[str, int]:
    """The figures of |x| with so many decimal places, and how many stand before the point."""
    kept = min(places, EXACT)
    above, below = abs(x).as_integer_ratio()
    figures = str(_halves_to_even(above * 10**kept, below)).rjust(kept + 1, "0")
    return figures + "0" * (places - kept), len(figures) - kept


def scientific(x: float, places: int) -> tuple[str, int]:
    """The figures of |x|, one and so many more, and how many stand before the point."""
    kept = min(places, EXACT)
    if x == 0:
        return "0" * (places + 1), 1
    power = Decimal(abs(x)).adjusted()
    above, below = abs(x).as_integer_ratio()
    shift = kept - power
    if shift >= 0:
        above *= 10**shift
    else:
        below *= 10**-shift
    figures = str(_halves_to_even(above, below))
    if len(figures) > kept + 1:  # 9.99 became 10.0
        figures, power = figures[:-1], power + 1
    return figures + "0" * (places - kept), power + 1


def _halves_to_even(above: int, below: int) -> int:
    whole, rest = divmod(above, below)
    twice = 2 * rest
    return whole + (twice > below or (twice == below and whole % 2 == 1))


def shortest(x: float) -> tuple[str, int]:
    """The fewest figures that read back as |x|, and how many stand before the point."""
    _, figures, exponent = Decimal(repr(abs(x))).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, figures))
    point = len(text) + exponent
    bare = text.lstrip("0")
    if not bare:
        return "0", 1
    return bare.rstrip("0"), point - (len(text) - len(bare))


def whole_text(n: int, code: str) -> tuple[str, str]:
    """The figures of |n| in the notation of code (d, b, o, x, X), and the prefix of its base."""
    base, prefix = UNITS.get(code, (10, ""))
    n = abs(n)
    if base == 10:
        return str(n), prefix
    step = base.bit_length() - 1
    figures: list[str] = []
    while n or not figures:
        figures.append(FIGURES[n & (base - 1)])
        n >>= step
    text = "".join(reversed(figures))
    return (text.upper() if code == "X" else text), prefix
