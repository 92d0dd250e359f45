"""The values that a program leaves, as JSON: every name bound at top level."""

from itertools import islice
from typing import Any

import numpy as np

from app.language.scope import Frame
from app.language.text import repr_of
from app.language.values import (
    Array,
    Builtin,
    Function,
    Generator,
    Instance,
    Namespace,
    Skipped,
    Tape,
    Value,
    type_name,
)
from app.story.numbers import plain, shown

KINDS = {bool: "bool", int: "number", float: "number", str: "string", type(None): "none"}


def variables(frame: Frame) -> dict[str, Any]:
    """Every name bound at top level and its value at the end."""
    room = Room()
    hidden = Namespace | Builtin | Skipped
    return {
        name: described(value, room)
        for name, value in frame.values.items()
        if not isinstance(value, hidden) and name != "__name__"
    }


class Room:
    """How many characters, about, the variables of a trace may still take."""

    def __init__(self) -> None:
        self.left = 200_000

    def some(self, entries: Any) -> list[Any]:
        """The entries that are shown: a hundred, and none when the room is used up."""
        return list(islice(entries, 100 if self.left > 0 else 0))

    def text(self, value: Any) -> Any:
        """A plain value; a text that is too long is cut."""
        if isinstance(value, str) and len(value) > max(self.left, 1_000):
            value = value[: max(self.left, 1_000)] + "…"
        self.left -= len(value) if isinstance(value, str) else 8
        return _bare(value)


def described(value: Value, room: Room, depth: int = 0) -> dict[str, Any]:
    room.left -= 20
    if isinstance(value, Array):
        room.left -= 10 * min(value.tensor.size, 1_000)
        return _tensor(value)
    if type(value) in KINDS:
        return {"kind": KINDS[type(value)], "value": room.text(value)}
    if depth < 4 and isinstance(value, list | tuple):
        entries = room.some(value)
        simple = all(type(entry) in KINDS for entry in entries)
        return {
            "kind": "list",
            "length": len(value),
            "value": [room.text(x) if simple else described(x, room, depth + 1) for x in entries],
        }
    if depth < 4 and isinstance(value, dict):
        pairs = room.some(value.items())
        return {
            "kind": "dict",
            "length": len(value),
            "value": _named(pairs, room, depth),
        }
    if depth < 4 and isinstance(value, Instance):
        return _object(value, room, depth)
    kind = "function" if isinstance(value, Function) else type_name(value)
    if isinstance(value, Tape | Generator):
        kind = type_name(value)
    return {"kind": "object", "value": kind}


def _named(pairs: list[tuple[Value, Value]], room: Room, depth: int) -> dict[str, Any]:
    """The entries of a dictionary by the texts of their keys, which differ."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        text = name = room.text(_key(key))
        count = 1
        while name in found:
            count += 1
            name = f"{text} ({count})"
        found[name] = described(value, room, depth + 1)
    return found


def _key(key: Value) -> str:
    """A key as it is written. No function of the program runs for it: the program is over."""
    return key if isinstance(key, str) else _within(key)


def _within(key: Value) -> str:
    """The same within another one."""
    if isinstance(key, Instance):
        fields = next((one.compared for one in key.of.line() if one.compared is not None), ())
        told = [f"{name}={_within(key.values.get(name))}" for name in fields]
        return f"{key.of.name}({', '.join(told)})"
    if isinstance(key, tuple):
        return f"({', '.join(map(_within, key))}{',' * (len(key) == 1)})"
    return repr_of(key)


def _object(value: Instance, room: Room, depth: int) -> dict[str, Any]:
    """An object and what it holds; of a framework's layer, its tensors and layers only."""
    found = {"kind": "object", "value": type_name(value)}
    own = value.of.own
    held = ((k, v) for k, v in value.values.items() if own or isinstance(v, Array | Instance))
    attributes = {k: described(v, room, depth + 1) for k, v in room.some(held)}
    return found | ({"attributes": attributes} if attributes else {})


def _bare(value: Any) -> Any:
    if isinstance(value, float):
        return plain(value)
    return str(value) if isinstance(value, int) and abs(value) >= 2**53 else value


def _tensor(value: Array) -> dict[str, Any]:
    tensor = value.tensor
    gradient = tensor.grad
    state = "untracked"
    if tensor.tracked:
        state = "none"
    if gradient is not None:
        state = "value" if np.any(gradient.data) else "zero"
    return {
        "kind": "tensor",
        "value": shown(tensor.data),
        "dtype": str(tensor.dtype),
        "shape": list(tensor.shape),
        "grad": None if gradient is None else shown(gradient.data),
        "state": state,
    }
