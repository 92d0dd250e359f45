"""What a program may hold and what may be read of it: our own types, and no word of the host."""

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from app.engine import Tensor
from app.language import collected, views
from app.language import values as own

PLAIN = {int, float, str, bool, type(None), range, slice, type(Ellipsis), type(NotImplemented)}
OWN = {
    one
    for room in (own, views, collected)
    for one in vars(room).values()
    if isinstance(one, type) and one.__module__ == room.__name__
}
HOST = re.compile(
    r" at 0x[0-9a-f]+|<built-in (?!function [a-z])|<bound method|<function \w+\."
    r"|<module '|<app\.|mappingproxy"
    r"|/usr/|/app/|site-packages|\.py\b|Traceback|np\.(?:float|int)\d+\("
    r"|<class '(?:app|numpy\.(?!float|int|bool|nd))"
    r"|__main__\.(?:Array|Builtin|Function|Record|Instance|Class)\b"
)


def check_values(bound: dict[str, Any]) -> None:
    """Walks all that the names lead to; raises AssertionError at the first value of the host."""
    waiting: list[Any] = list(bound.items())
    seen: set[int] = set()
    while waiting:
        name, value = waiting.pop()
        if id(value) in seen or type(value) in PLAIN:
            continue
        seen.add(id(value))
        waiting += [(name, one) for one in entries(name, value)]


def entries(name: str, value: Any) -> Iterable[Any]:
    """What one value holds that a program can reach."""
    plain = type(value) in (list, tuple, dict)
    held = type(value) in OWN or isinstance(value, own.Own)
    assert plain or held, f"{name} leads to a {type(value)}"
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, own.Array):
        assert type(value.tensor) is Tensor and value.tensor.data.dtype.kind in "fiub", name
        assert isinstance(value.tensor.data, np.ndarray | np.generic), name
        if isinstance(value, views.VariableSlice):
            return [value.variable]
        return [value.base] if isinstance(value, views.ArrayView) else []
    if isinstance(value, own.Set):
        return list(value.entries)
    if isinstance(value, own.Namespace | own.Record):
        return list(value.members.values())
    if isinstance(value, own.Instance):
        return [value.of, *value.values.values()]
    if isinstance(value, own.Class):
        return [value.base, *value.members.values()]
    if isinstance(value, own.View):
        return [value.table]
    if isinstance(value, own.Static):
        return [value.function]
    if isinstance(value, own.Super):
        return [value.of, value.instance]
    return ()


def check_text(answer: bytes, source: str) -> None:
    """Raises AssertionError where an answer shows the host by a word that the program has not. Of
    NumPy's numbers it may show what NumPy does: np.float64(1.0) beside a line."""
    told = json.loads(answer)
    shown = " ".join([told.get("stdout", ""), *(one["text"] for one in told.get("echo", ()))])
    for found in HOST.finditer(answer.decode()):
        own = found[0].startswith("np.") and found[0] in shown
        assert own or found[0] in source, f"{found[0]!r} is shown"
