"""How the program reaches what an object holds: net.w, net.fc.weight, net.params['W1']."""

from typing import TYPE_CHECKING

from app.engine import Tensor
from app.language.machine import Machine
from app.language.values import Array, Instance, Value

if TYPE_CHECKING:
    from app.language.scope import Frame

MOST = 1_000
"""Values that one object is looked through for."""
ENTRIES = 100
"""The longest list whose entries get names."""
KEY = 30
"""The longest key of a dictionary that makes a name."""


def reached(m: Machine, f: "Frame", path: str, value: Instance) -> None:
    """An object got a name: its tensors and numbers are called by the way to them from now on.

    The first name stays, but one of the program takes the place of one within a function; a tensor
    with a name of its own keeps it.
    """
    waiting: list[tuple[str, Value]] = [(path, value)]
    seen: set[int] = set()
    while waiting and len(seen) < MOST:
        way, one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        m.budget.step()
        if isinstance(one, Instance):
            if one.path is None or (f.outer is None and one.home.outer is not None):
                one.path, one.home = way, f
                waiting += [(f"{way}.{key}", held) for key, held in reversed(one.values.items())]
        elif isinstance(one, list | tuple) and len(one) <= ENTRIES:
            waiting += [(f"{way}[{i}]", one[i]) for i in range(len(one) - 1, -1, -1)]
        elif isinstance(one, dict) and len(one) <= ENTRIES:
            keys = [key for key in one if _names(key)]
            waiting += [(f"{way}[{key!r}]", one[key]) for key in reversed(keys)]
        elif isinstance(one, Array) or type(one) is float:
            _call(m, f, way, one)


def _names(key: Value) -> bool:
    return isinstance(key, str) and key.isidentifier() and len(key) <= KEY


def _call(m: Machine, f: "Frame", path: str, value: Value) -> None:
    held = value.tensor if isinstance(value, Array) else value
    old = m.recorder.name_of(held)
    for frame in (f, f.top):
        own = frame.values.get(old) if old is not None else None
        if own is value or (isinstance(own, Array) and own.tensor is held):
            return
    m.recorder.rename(held, path)


def attribute_path(owner: Instance, name: str) -> str:
    """What owner.name is called: by its name alone until the owner has one."""
    return name if owner.path is None else f"{owner.path}.{name}"


def named(m: Machine, layer: Instance, name: str, tensor: Tensor) -> None:
    """A tensor that a framework has just made as an attribute of a layer that may have a name."""
    if layer.path is not None:
        m.recorder.rename(tensor, attribute_path(layer, name))
