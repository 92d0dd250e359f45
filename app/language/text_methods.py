"""The methods of texts: what they may be given, and what they grow to before they do."""

from collections.abc import Callable
from typing import Any

from app.language.attributes import METHODS, Table
from app.language.builtins import iterate
from app.language.errors import type_error
from app.language.machine import Machine
from app.language.templates import braces
from app.language.values import Value, type_name


def _join(m: Machine, text: str, values: Value) -> str:
    parts = list(iterate(m, values))
    for i, part in enumerate(parts):
        if not isinstance(part, str):
            words = f"sequence item {i}: expected str instance, {type_name(part)} found"
            raise type_error(words)
    m.budget.container(sum(map(len, parts)) + len(text) * len(parts))
    return text.join(parts)


def _replace(m: Machine, text: str, old: str, new: str) -> str:
    _texts(old, new)
    m.budget.container(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _texts(*values: Value) -> None:
    for value in values:
        if value is not None and not isinstance(value, str):
            raise type_error(f"expected a str, not {type_name(value)}")


def _filled(side: str) -> Callable[..., str]:
    def fill(m: Machine, text: str, width: int, fillchar: str = " ") -> str:
        _texts(fillchar)
        m.budget.container(width)
        return {"ljust": text.ljust, "rjust": text.rjust, "center": text.center}[side](
            width, fillchar
        )

    return fill


def _with_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of texts; where to look may be whole numbers."""

    def call(m: Machine, text: str, *given: Value) -> Value:
        for one in given:
            if not (isinstance(one, tuple) and all(isinstance(x, str) for x in one)):
                _texts(None if isinstance(one, int) else one)
        return function(text, *given)

    return call


def _parts(split: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def call(m: Machine, text: str, sep: Value = None, maxsplit: int = -1) -> list[str]:
        _texts(sep)
        return split(text, sep, maxsplit)

    return call


def _zero_filled(m: Machine, text: str, width: int) -> str:
    m.budget.container(width)
    return text.zfill(width)


PLAIN_TEXT: Table = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "count": str.count,
    "find": str.find,
    "rfind": str.rfind,
    "index": str.index,
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
    "split": _parts(str.split),
    "rsplit": _parts(str.rsplit),
    "splitlines": lambda m, text, keepends=False: text.splitlines(bool(keepends)),
    "zfill": _zero_filled,
    **{name: _with_texts(function) for name, function in PLAIN_TEXT.items()},
    **{side: _filled(side) for side in ("ljust", "rjust", "center")},
}
