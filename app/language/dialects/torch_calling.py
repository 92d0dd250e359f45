"""torch.func.functional_call: a module that is called with other numbers than those it holds."""

from collections.abc import Iterator

from app.language.attributes import missing
from app.language.builtins import call
from app.language.classes import ABSENT, find
from app.language.dialects.torch_modules import is_module, kind_of, places
from app.language.errors import ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import Array, Instance, Value, type_name


def _given(dicts: Value) -> dict[Value, Value]:
    """The values by their names."""
    if isinstance(dicts, dict):
        return dicts
    if not isinstance(dicts, list | tuple):
        words = "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, "
        raise value_error(f"{words}but got {kind_of(dicts)}")
    found: dict[Value, Value] = {}
    repeated: dict[Value, None] = {}
    for one in dicts:
        if not isinstance(one, dict):
            words = "Expected all elements of parameter_and_buffer_dicts to be dictionaries"
            raise value_error(words)
        repeated |= dict.fromkeys(name for name in one if name in found)
        found |= one
    if repeated:
        words = "appeared in multiple dictionaries; behavior of functional call is ambiguous"
        raise value_error(f"{repr_of(list(repeated))} {words}")
    return found


def _untied(m: Machine, module: Instance, given: dict[Value, Value]) -> dict[Value, Value]:
    """The values, under the names too by which the module holds the same tensor."""
    tied: dict[int, list[str]] = {}
    for whole, _, _, x in places(m, module):
        tied.setdefault(id(x), []).append(whole)
    found = dict(given)
    for names in tied.values():
        told = [given[name] for name in names if name in given]
        if any(value is not told[0] for value in told):
            words = f"functional_call got multiple values for keys {sorted(names)}, which are tied."
            raise value_error(f"{words} Consider using tie_weights=False")
        if told:
            found |= dict.fromkeys(names, told[0])
    return found


def _strict(m: Machine, module: Instance, given: dict[Value, Value]) -> None:
    """Raises where a parameter or a buffer has no value, or a value no place."""
    known = {whole for whole, *_ in places(m, module)}
    parts = []
    for what, names in (("Unexpected", given.keys() - known), ("Missing", known - given.keys())):
        if names:
            parts.append(f"{what} key(s): {', '.join(sorted(map(repr_of, names)))}.")
    if parts:
        head, detail = f"Error(s) in reparametrizing for {module.of.name}:", " ".join(parts)
        raise ProgramError("value", framework=f"RuntimeError: {head} {detail}", detail=detail)


def _place(m: Machine, module: Instance, whole: Value) -> tuple[Instance, str]:
    """The module that a name leads to, and what is left of the name there."""
    if not isinstance(whole, str):
        raise missing(f"'{type_name(whole)}' object", "rpartition", {})
    *ways, name = whole.split(".")
    owner = module
    for i, way in enumerate(ways, 1):
        m.budget.step()
        if way not in owner.values:
            problem = missing(f"'{owner.of.name}' object", way, owner.values)
            problem.framework = f"AttributeError: {owner.of.name} has no attribute `{way}`"
            raise problem
        found = owner.values[way]
        if not isinstance(found, Instance) or not is_module(found):
            words = "is not an instance of torch.nn.Module"
            raise type_error(f"submodule `{'.'.join(ways[:i])}`: {repr_of(found)} {words}")
        owner = found
    return owner, name


def _swapped(
    m: Machine, module: Instance, given: dict[Value, Value]
) -> Iterator[tuple[Instance, str, Value]]:
    """Puts each value into its place, and tells what was there."""
    for whole, value in given.items():
        m.budget.step()
        owner, name = _place(m, module, whole)
        old = owner.values.get(name, ABSENT)
        own = old if old is not ABSENT else find(m, owner.of.line(), name, owner)
        for before, one in (("", value), (f"attribute `{name}`: ", own)):
            if one is not ABSENT and one is not None and not isinstance(one, Array):
                raise type_error(f"{before}{repr_of(one)} is not an instance of torch.Tensor")
        owner.values[name] = value
        yield owner, name, old


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
    if not isinstance(module, Instance) or not is_module(module):
        raise type_error(f"Expected a torch.nn.Module, got {type_name(module)}")
    given = _given(parameter_and_buffer_dicts)
    put = _untied(m, module, given) if tie_weights else dict(given)
    if strict:
        _strict(m, module, put)
    inputs = args if isinstance(args, tuple) else () if args is None else (args,)
    named = {} if kwargs is None else kwargs
    if not isinstance(named, dict) or not all(isinstance(name, str) for name in named):
        raise type_error(f"kwargs must be a dict of names, not {type_name(kwargs)}")
    kept = []
    try:
        for one in _swapped(m, module, put):
            kept.append(one)
        return call(m, module, *inputs, **named)
    finally:
        now = [owner.values.get(name, ABSENT) for owner, name, _ in kept]
        for owner, name, old in reversed(kept):
            owner.values[name] = old
            if old is ABSENT:
                del owner.values[name]
        for whole, value in zip(put, now, strict=False):  # what the module put in their place
            if whole in given and value is not ABSENT:
                given[whole] = value
