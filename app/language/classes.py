"""Classes and their objects: how an attribute is found, how an object is made and called.

Everything is looked up in the tables of the value's own class and of its bases.
"""

from collections.abc import Callable
from typing import Any

from app.language.elsewhere import ATTRIBUTES
from app.language.errors import ProgramError, close_names, type_error
from app.language.guarded import Given, guarded, guarding
from app.language.machine import Machine
from app.language.paths import attribute_path, reached
from app.language.values import (
    Array,
    Builtin,
    Class,
    Error,
    Function,
    Instance,
    NamedFields,
    OfClass,
    Record,
    Static,
    Super,
    Value,
    type_name,
)

ABSENT: Any = object()
OBJECT = Class("object")
"""What every class is derived from; it gives nothing of its own."""
ERROR = Class("BaseException")
"""What every class of errors is derived from."""
NOT_IMPLEMENTED = Record("NotImplementedType", {}, shown=lambda record: "NotImplemented")
"""What a method such as __add__ gives where it leaves the operator to the other side."""


def find(m: Machine, line: list[Class], name: str, instance: Instance | NamedFields) -> Value:
    """What an object gets from its classes under this name; ABSENT where there is nothing."""
    for one in line:
        if name in one.members:
            found = one.members[name]
            if isinstance(found, Function):
                return Function(found.name, _given(found.run, instance), found.keywords)
            if isinstance(found, OfClass):
                return bound(found, instance.of)
            return found.function if isinstance(found, Static) else found
        if name in one.properties:
            with guarding(name, instance):
                return one.properties[name](m, instance)
        if name in one.methods:
            return Builtin(f"{one.name}.{name}", Given(one.methods[name], instance))
    return ABSENT


def bound(method: OfClass, of: Class) -> Value:
    """A method of a class, which is given it."""
    if not isinstance(method.function, Function):
        raise type_error(f"'{type_name(method.function)}' object is not callable")
    function = method.function
    return Function(function.name, _given(function.run, of), function.keywords)


def _given(
    method: Callable[..., Value], instance: Instance | NamedFields | Class
) -> Callable[..., Value]:
    """A method that is given its object."""
    return lambda m, /, *given, **named: method(m, instance, *given, **named)


def instance_attribute(m: Machine, value: Instance, name: str) -> Value:
    """value.name"""
    if name in value.values:
        held = value.values[name]
        if type(held) is float and value.path is not None:
            m.recorder.reached(held, f"{value.path}.{name}")
        return held
    line = value.of.line()
    found = find(m, line, name, value)
    if found is ABSENT and name == "__init__":
        return Builtin(name, lambda m: None)
    if found is ABSENT:
        known = set(value.values)
        for one in line:
            known |= {*one.members, *one.methods, *one.properties}
        raise _missing(f"'{value.of.name}' object", name, known)
    return found


def row_attribute(m: Machine, value: NamedFields, name: str) -> Value:
    """point.name, of what its class has besides its fields."""
    line = value.of.line()
    found = find(m, line, name, value)
    if found is ABSENT:
        known = {*value.names, *(key for one in line for key in (*one.members, *one.methods))}
        raise _missing(f"'{value.of.name}' object", name, known)
    return found


def super_attribute(m: Machine, value: Super, name: str) -> Value:
    """super().name"""
    line = value.of.line() if value.of is not None else []
    found = find(m, line, name, value.instance)
    if found is ABSENT and name == "__init__":
        return Builtin(name, lambda m: None)
    if found is ABSENT:
        known = {key for one in line for key in (*one.members, *one.methods)}
        raise _missing("'super' object", name, known)
    return found


def class_attribute(m: Machine, value: Class, name: str) -> Value:
    """Net.name: methods are given their object by the caller."""
    for one in value.line():
        if name in one.members:
            found = one.members[name]
            if isinstance(found, OfClass):
                return bound(found, value)
            return found.function if isinstance(found, Static) else found
        if name in one.of_class:
            return one.of_class[name](m, value)
        if name in one.methods:
            return Builtin(name, one.methods[name])
    if name == "__name__":
        return value.name
    if name == "__init__":
        return Builtin(name, lambda m, instance: None)
    known = {key for one in value.line() for key in (*one.members, *one.of_class, *one.methods)}
    raise _missing(f"type object '{value.name}'", name, known)


def store_attribute(m: Machine, owner: Instance | Class, name: str, value: Value) -> None:
    """owner.name = value"""
    if isinstance(owner, Class):
        if not owner.own:
            words = f"cannot set '{name}' attribute of immutable type '{owner.name}'"
            raise type_error(words)
        owner.members[name] = value
        return
    m.budget.container(len(owner.values) + 1)
    for one in owner.of.line():
        if one.store is not None:
            one.store(m, owner, name, value)
            break
    owner.values[name] = value
    path, carried = attribute_path(owner, name), owner.path is not None and owner.home is m.turning
    if isinstance(value, Array):
        m.recorder.bind(path, value.tensor, carried=carried)
    elif type(value) is float:
        m.recorder.bind(path, value, carried=carried)
    elif isinstance(value, Instance) and owner.path is not None:
        reached(m, owner.home, path, value)


def delete_attribute(m: Machine, owner: Value, name: str) -> None:
    """del owner.name"""
    if not isinstance(owner, Instance):
        raise type_error(f"'{type_name(owner)}' object doesn't support attribute deletion")
    if name not in owner.values:
        raise _missing(f"'{owner.of.name}' object", name, owner.values)
    del owner.values[name]


def make(m: Machine, of: Class, /, *given: Value, **named: Value) -> Value:
    """Net(...)"""
    line = of.line()
    for one in line:
        if one.new is not None:
            return one.new(m, of, *given, **named)
    instance = Error(of, {"args": given}) if line[-1] is ERROR else Instance(of)
    found = find(m, line, "__init__", instance)
    if found is ABSENT:
        if given or named:
            raise type_error(f"{of.name}() takes no arguments")
        return instance
    result = run(m, found, *given, **named)
    if result is not None:
        raise type_error(f"__init__() should return None, not '{type_name(result)}'")
    return instance


def run(m: Machine, found: Value, /, *given: Value, **named: Value) -> Value:
    """Calls what a class holds as a method."""
    if isinstance(found, Function):
        return found.run(m, *given, **named)
    if isinstance(found, Builtin):
        return guarded(m, found.name, found.call, given, named)
    if isinstance(found, Class):
        return make(m, found, *given, **named)
    if isinstance(found, Instance):
        return call_instance(m, found, *given, **named)
    raise type_error(f"'{type_name(found)}' object is not callable")


def special(m: Machine, value: Value, name: str, /, *given: Value, **named: Value) -> Value:
    """What a method such as __add__ of an object's class gives; ABSENT where it has none."""
    found = find(m, value.of.line(), name, value) if isinstance(value, Instance) else ABSENT
    if found is ABSENT:
        return ABSENT
    return run(m, found, *given, **named)


def call_instance(m: Machine, value: Instance, /, *given: Value, **named: Value) -> Value:
    """net(x)"""
    found = find(m, value.of.line(), "__call__", value)
    if found is ABSENT:
        raise type_error(f"'{type_name(value)}' object is not callable")
    return run(m, found, *given, **named)


def written(m: Machine, value: Instance, short: bool) -> str:
    """str(value) where short, else repr(value)."""
    for name in ("__str__", "__repr__") if short else ("__repr__",):
        text = special(m, value, name)
        if text is not ABSENT:
            if not isinstance(text, str):
                raise type_error(f"{name} returned non-string (type {type_name(text)})")
            return text
    for one in value.of.line():
        if one.written is not None and not one.own:  # a framework's
            return one.written(value, short)
    return f"<__main__.{value.of.name} object>"


def _missing(owner: str, name: str, known: Any) -> ProgramError:
    words = f"AttributeError: {owner} has no attribute '{name}'"
    close = close_names(name, (one for one in known if not one.startswith("_")))
    whose = owner.split("'")[1]
    instead = ATTRIBUTES.get((whose, name))
    return ProgramError(
        "attribute", framework=words, advice=instead, owner=whose, name=name, close=close
    )
