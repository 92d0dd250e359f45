"""nn.ModuleList, nn.ModuleDict and nn.ParameterList: modules and parameters kept by number or name.

What they hold are attributes of theirs, named "0", "1", … or by their keys, as in state_dict.
"""

from collections.abc import Callable
from typing import Any

from app.language.dialects.torch_modules import (
    begin,
    children,
    is_module,
    keep,
    layer,
    parameter,
)
from app.language.errors import ProgramError, key_error, type_error
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import Array, Class, Instance, Value, Walk, type_name
from app.language.walks import iterate

Call = Callable[..., Any]


def held(owner: Instance) -> list[Value]:
    """The modules or parameters, in their order."""
    return [value for _, value in _named(owner)]


def _named(owner: Instance) -> list[tuple[str, Value]]:
    return [
        (name, value)
        for name, value in owner.values.items()
        if is_module(value) or (isinstance(value, Array) and value.parameter)
    ]


def _checked(value: Value) -> Value:
    if not is_module(value):
        raise type_error(f"{type_name(value)} is not a Module subclass")
    return value


def _as_parameter(m: Machine, value: Value) -> Value:
    if isinstance(value, Array) and not value.parameter:
        return parameter(m, value)
    return value


def _renumbered(m: Machine, owner: Instance, entries: list[Value]) -> None:
    for name, _ in _named(owner):
        del owner.values[name]
    for i, one in enumerate(entries):
        keep(m, owner, str(i), one)


def _list_start(m: Machine, owner: Instance, modules: Value = None) -> None:
    begin(m, owner)
    for one in () if modules is None else iterate(m, modules):
        _append(m, owner, one)


def _append(m: Machine, owner: Instance, module: Value) -> Instance:
    parameters = owner.of.name == "ParameterList"
    value = _as_parameter(m, module) if parameters else _checked(module)
    keep(m, owner, str(len(held(owner))), value)
    return owner


def _extend(m: Machine, owner: Instance, modules: Value) -> Instance:
    for one in iterate(m, modules):
        _append(m, owner, one)
    return owner


def _insert(m: Machine, owner: Instance, index: Value, module: Value) -> None:
    entries = held(owner)
    entries.insert(index, _checked(module))
    _renumbered(m, owner, entries)


def _at(m: Machine, owner: Instance, key: Value) -> Value:
    entries = held(owner)
    if isinstance(key, slice):
        made = Instance(owner.of)
        begin(m, made)
        _renumbered(m, made, entries[key])
        return made
    if not isinstance(key, int) or not -len(entries) <= key < len(entries):
        words = f"IndexError: index {key} is out of range"
        raise ProgramError("index", framework=words, detail=str(key))
    return entries[key]


def _put(m: Machine, owner: Instance, key: Value, module: Value) -> None:
    entries = held(owner)
    _at(m, owner, key)
    entries[key] = _checked(module) if is_module(entries[key]) else _as_parameter(m, module)
    _renumbered(m, owner, entries)


def _dict_start(m: Machine, owner: Instance, modules: Value = None) -> None:
    begin(m, owner)
    _update(m, owner, {} if modules is None else modules)


def _update(m: Machine, owner: Instance, modules: Value) -> None:
    pairs = modules.items() if isinstance(modules, dict) else iterate(m, modules)
    for name, one in pairs:
        _put_named(m, owner, name, one)


def _put_named(m: Machine, owner: Instance, key: Value, module: Value) -> None:
    if not isinstance(key, str):
        raise type_error(f"module name should be a string. Got {type_name(key)}")
    keep(m, owner, key, _checked(module))


def _by_name(m: Machine, owner: Instance, key: Value) -> Value:
    found = dict(children(owner)).get(key) if isinstance(key, str) else None
    if found is None:
        raise key_error(repr_of(key))
    return found


def _no_forward(m: Machine, owner: Instance, *given: Value) -> Value:
    words = f'Module [{owner.of.name}] is missing the required "forward" function'
    raise ProgramError("value", framework=f"NotImplementedError: {words}", detail=words)


def _list_text(owner: Instance, short: bool) -> str:
    """Equal neighbours are written once, with their count."""
    lines: list[str] = []
    texts = [repr_of(one) for one in held(owner)]
    i = 0
    while i < len(texts):
        last = i
        while last + 1 < len(texts) and texts[last + 1] == texts[i]:
            last += 1
        text = texts[i].replace("\n", "\n  ")
        times = last - i + 1
        lines.append(f"({i}): {text}" if times == 1 else f"({i}-{last}): {times} x {text}")
        i = last + 1
    if not lines:
        return f"{owner.of.name}()"
    return f"{owner.of.name}(\n  " + "\n  ".join(lines) + "\n)"


def _parameters_text(owner: Instance, short: bool) -> str:
    lines = []
    for i, x in enumerate(held(owner)):
        shape, dtype = "x".join(map(str, x.tensor.shape)), x.tensor.dtype
        lines.append(f"    ({i}): Parameter containing: [torch.{dtype} of size {shape}]")
    return f"{owner.of.name}(\n" + "\n".join(lines) + "\n)" if lines else f"{owner.of.name}()"


LISTED: dict[str, Call] = {
    "append": _append,
    "extend": _extend,
    "__getitem__": _at,
    "__setitem__": _put,
    "__len__": lambda m, owner: len(held(owner)),
    "__iter__": lambda m, owner: Walk("generator", iter(held(owner))),
}
NAMED: dict[str, Call] = {
    "update": _update,
    "keys": lambda m, owner: [name for name, _ in children(owner)],
    "values": lambda m, owner: held(owner),
    "items": lambda m, owner: children(owner),
    "__getitem__": _by_name,
    "__setitem__": _put_named,
    "__len__": lambda m, owner: len(held(owner)),
    "__iter__": lambda m, owner: Walk("generator", iter([name for name, _ in children(owner)])),
    "__contains__": lambda m, owner, key: key in owner.values,
}


def _container(name: str, start: Call, methods: dict[str, Call]) -> Class:
    return layer(name, start, _no_forward, **methods)


CONTAINERS: dict[str, Class] = {
    "ModuleList": _container("ModuleList", _list_start, {**LISTED, "insert": _insert}),
    "ModuleDict": _container("ModuleDict", _dict_start, NAMED),
    "ParameterList": _container("ParameterList", _list_start, LISTED),
}
CONTAINERS["ModuleList"].written = _list_text
CONTAINERS["ParameterList"].written = _parameters_text
