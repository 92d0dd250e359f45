"""The methods of texts: what they may be given, and what they grow to before they do."""

from collections.abc import Callable
from typing import Any

from app.language.attributes import METHODS, Table
from app.language.builtins import iterate
from app.language.conversions import whole
from app.language.errors import overflow_error, type_error, value_error
from app.language.machine import Machine
from app.language.templates import braces
from app.language.values import Value, type_name
from app.language.walks import can_be_walked


def _join(m: Machine, text: str, values: Value) -> str:
    if not can_be_walked(m, values):
        raise type_error("can only join an iterable")
    parts = list(iterate(m, values))
    for i, part in enumerate(parts):
        if not isinstance(part, str):
            words = f"sequence item {i}: expected str instance, {type_name(part)} found"
            raise type_error(words)
    m.budget.container(sum(map(len, parts)) + len(text) * len(parts))
    return text.join(parts)


def _replace(m: Machine, text: str, old: str, new: str, count: Value = -1) -> str:
    for i, one in enumerate((old, new), 1):
        if not isinstance(one, str):
            raise type_error(f"replace() argument {i} must be str, not {type_name(one)}")
    m.budget.container(len(text) + text.count(old) * len(new))
    return text.replace(old, new, whole(count))


def _texts(*values: Value) -> None:
    for value in values:
        if value is not None and not isinstance(value, str):
            raise type_error(f"expected a str, not {type_name(value)}")


def _filled(side: str) -> Callable[..., str]:
    def fill(m: Machine, text: str, width: int, fillchar: str = " ") -> str:
        width = whole(width)
        m.budget.container(width)
        if not isinstance(fillchar, str):
            words = f"must be a unicode character, not {type_name(fillchar)}"
            raise type_error(f"The fill character {words}")
        if len(fillchar) != 1:
            raise type_error("The fill character must be exactly one character long")
        return {"ljust": text.ljust, "rjust": text.rjust, "center": text.center}[side](
            width, fillchar
        )

    return fill


def _with_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of texts, in whose arguments no value is that Python does not know."""

    def call(m: Machine, text: str, *given: Value) -> Value:
        for one in given:
            for part in one if isinstance(one, tuple) else (one,):
                _texts(None if isinstance(part, int | float | list | tuple | dict) else part)
        try:
            return function(text, *given)
        except TypeError as problem:  # Python's own words
            raise type_error(str(problem)) from None
        except ValueError as problem:
            raise value_error(str(problem)) from None

    return call


def _parts(split: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def call(m: Machine, text: str, sep: Value = None, maxsplit: int = -1) -> list[str]:
        maxsplit = whole(maxsplit)
        if abs(maxsplit) >= 2**63:
            raise overflow_error("Python int too large to convert to C ssize_t")
        if sep is not None and not isinstance(sep, str):
            raise type_error(f"must be str or None, not {type_name(sep)}")
        if sep == "":
            raise value_error("empty separator")
        return split(text, sep, maxsplit)

    return call


def _stripped(function: Callable[..., str]) -> Callable[..., str]:
    """Each letter of the text may be looked for among all that are to go."""
    strip = _with_texts(function)

    def call(m: Machine, text: str, *given: Value) -> str:
        m.budget.work(len(text) * sum(len(x) for x in given if isinstance(x, str)))
        return strip(m, text, *given)  # type: ignore[no-any-return]

    return call


def _zero_filled(m: Machine, text: str, width: int) -> str:
    m.budget.container(whole(width))
    return text.zfill(width)


def _with_table(m: Machine, text: str, table: Value) -> str:
    if not isinstance(table, dict):
        raise type_error(f"'{type_name(table)}' object is not a mapping")
    return braces(m, text, (), table)


def _with_spaces(m: Machine, text: str, tabsize: Value = 8) -> str:
    m.budget.container(len(text) + text.count("\t") * max(whole(tabsize), 0))
    return text.expandtabs(whole(tabsize))


PLAIN_TEXT: Table = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "count": str.count,
    "find": str.find,
    "rfind": str.rfind,
    "index": str.index,
    "rindex": str.rindex,
    "casefold": str.casefold,
    "isascii": str.isascii,
    "isdecimal": str.isdecimal,
    "isidentifier": str.isidentifier,
    "isnumeric": str.isnumeric,
    "isprintable": str.isprintable,
    "istitle": str.istitle,
    "capitalize": str.capitalize,
    "swapcase": str.swapcase,
    "isdigit": str.isdigit,
    "isalpha": str.isalpha,
    "isalnum": str.isalnum,
    "isspace": str.isspace,
    "isupper": str.isupper,
    "islower": str.islower,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "partition": str.partition,
    "rpartition": str.rpartition,
}
METHODS[str] = {
    "join": _join,
    "replace": _replace,
    "format": lambda m, text, *given, **named: braces(m, text, given, named),
    "format_map": _with_table,
    "expandtabs": _with_spaces,
    "split": _parts(str.split),
    "rsplit": _parts(str.rsplit),
    "splitlines": lambda m, text, keepends=False: text.splitlines(bool(keepends)),
    "zfill": _zero_filled,
    **{name: _with_texts(function) for name, function in PLAIN_TEXT.items()},
    **{name: _stripped(getattr(str, name)) for name in ("strip", "lstrip", "rstrip")},
    **{side: _filled(side) for side in ("ljust", "rjust", "center")},
}
