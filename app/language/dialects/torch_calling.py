"""torch.func.functional_call: a module that is called with other numbers than those it holds."""

from collections.abc import Iterator

from app.language.builtins import call
from app.language.dialects.torch_modules import children
from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.values import Array, Instance, Value, type_name


def _places(m: Machine, owner: Instance, path: str = "") -> Iterator[tuple[str, Instance, str]]:
    """Every parameter and buffer: its whole name, the module that holds it, and its name there."""
    m.budget.step()
    for name, value in owner.values.items():
        if isinstance(value, Array):
            yield f"{path}{name}", owner, name
    for name, child in children(owner):
        yield from _places(m, child, f"{path}{name}.")


def functional_call(
    m: Machine,
    module: Value,
    parameter_and_buffer_dicts: Value,
    args: Value = None,
    kwargs: Value = None,
    *,
    tie_weights: Value = True,
    strict: Value = False,
) -> Value:
    """module(*args, **kwargs), in which those that the dictionary names are its values."""
    several = isinstance(parameter_and_buffer_dicts, list | tuple)
    dicts = parameter_and_buffer_dicts if several else (parameter_and_buffer_dicts,)
    if not isinstance(module, Instance):
        raise type_error(f"Expected a torch.nn.Module, got {type_name(module)}")
    given: dict[str, Value] = {}
    for one in dicts:
        if not isinstance(one, dict):
            words = "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, "
            raise type_error(f"{words}but got {type_name(one)}")
        given |= one
    places = {whole: (owner, name) for whole, owner, name in _places(m, module)}
    missing = [name for name in places if name not in given] if strict else []
    beyond = [name for name in given if name not in places]
    if missing or beyond:
        what, names = ("Missing", missing) if missing else ("Unexpected", beyond)
        words = f"{what} key(s): {', '.join(map(repr, names))}."
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    kept = [(owner, name, owner.values[name]) for owner, name in places.values()]
    try:
        for whole, value in given.items():
            owner, name = places[whole]
            owner.values[name] = value
        inputs = args if isinstance(args, tuple) else () if args is None else (args,)
        return call(m, module, *inputs, **(kwargs or {}))
    finally:
        for owner, name, value in kept:
            owner.values[name] = value
