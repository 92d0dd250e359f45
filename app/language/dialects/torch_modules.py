"""torch.nn.Module: values that hold parameters and other modules, and what all of them can do.

A module is an object of a class that derives from MODULE, of the program (`class Net(nn.Module)`)
or of the dialect (`layer`). Its parameters are named by the way to them, such as "fc.weight".
"""

from collections.abc import Callable, Iterator
from functools import partial, wraps
from typing import Any

import numpy as np

from app.engine import N_
from app.language.builtins import call
from app.language.classes import instance_attribute, run
from app.language.collected import OrderedDict
from app.language.dialects.common import array, detached
from app.language.dialects.torch_hooks import OF_MODULES, around
from app.language.dialects.torch_optim import zero
from app.language.dialects.torch_tensors import type_wanted
from app.language.errors import LimitReached, ProgramError, not_begun, type_error, unsupported
from app.language.items import replace
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import (
    TORCH,
    Array,
    Class,
    Fields,
    Instance,
    Value,
    Walk,
    type_name,
)
from app.language.versions import count_change
from app.language.views import ArrayView
from app.language.walks import walk

Call = Callable[..., Any]
Named = Iterator[tuple[str, Array]]


def parameter(m: Machine, data: Value, requires_grad: Value = True) -> Array:
    """nn.Parameter: a leaf that a module finds among its values."""
    made = m.leaf(array(m, data, TORCH).tensor.data, TORCH)
    if requires_grad and made.tensor.dtype.kind != "f":
        words = "Only Tensors of floating point and complex dtype can require gradients"
        raise ProgramError("integer_gradient", framework=f"RuntimeError: {words}")
    made.tensor.tracked, made.parameter = bool(requires_grad), True
    return made


def layer(
    name: str,
    start: Call,
    forward: Call,
    shown: Callable[[Instance], str] | None = None,
    **methods: Call,
) -> Class:
    """A class of modules. start: its __init__; forward: what calling it does; shown: the text
    between its brackets."""
    made = Class(name, base=MODULE, methods={"__init__": start, "forward": forward, **methods})
    if shown is not None:
        made.written = lambda instance, short: f"{name}({shown(instance)})"
    return made


def is_module(value: Value) -> bool:
    return isinstance(value, Instance) and MODULE in value.of.line()


def keep(m: Machine, owner: Instance, name: str, value: Value) -> None:
    """owner.name = value, from within the dialect."""
    _store(m, owner, name, value)
    owner.values[name] = value
    if isinstance(value, Array) and not value.parameter:
        owner.buffers |= {name}


def begin(m: Machine, layer: Instance, **values: Value) -> None:
    """A module begins with these values."""
    for name, value in {"training": True, **values}.items():
        keep(m, layer, name, value)
        if isinstance(value, Array):
            count_change(m, value.tensor)  # drawn into an empty one


def _store(m: Machine, owner: Instance, name: str, value: Value) -> None:
    """A module is given an attribute: parameters learn the way to them."""
    if _parameter(value) or is_module(value):
        what = "module" if is_module(value) else "parameters"
        _begun(owner, f"cannot assign {what} before Module.__init__() call")
    old = owner.values.get(name)
    if _parameter(old) and not _parameter_or_none(value):
        kind = "torch.FloatTensor" if isinstance(value, Array) else type_name(value)
        words = f"cannot assign '{kind}' as parameter '{name}' "
        raise type_error(f"{words}(torch.nn.Parameter or None expected)")
    if name in owner.buffers and not (value is None or isinstance(value, Array)):
        words = f"cannot assign '{type_name(value)}' as buffer '{name}' "
        raise type_error(f"{words}(torch.nn.Buffer, torch.Tensor or None expected)")
    found: list[tuple[str, Array]] = []
    if _parameter(value):
        found = [(name, value)]
    elif is_module(value):
        found = list(named_parameters(m, value, f"{name}."))
    for path, x in found:
        x.tensor.origin = (path, *(x.tensor.origin or (None, m.span))[1:])


def _parameter(value: Value) -> bool:
    return isinstance(value, Array) and value.parameter


def _parameter_or_none(value: Value) -> bool:
    return value is None or _parameter(value)


def _begun(owner: Instance, words: str) -> None:
    """Raises PyTorch's AttributeError where Module.__init__ has not run; a word is the name of
    what it would have made."""
    if "training" not in owner.values:
        told = words if " " in words else f"'{owner.of.name}' object has no attribute '{words}'"
        raise not_begun(owner.of.name, f"AttributeError: {told}")


def children(owner: Instance) -> list[tuple[str, Instance]]:
    """The modules that this one holds, by name."""
    return [(name, value) for name, value in owner.values.items() if is_module(value)]


def _named_children(m: Machine, owner: Instance) -> list[tuple[str, Instance]]:
    _begun(owner, "_modules")
    return children(owner)


def named_parameters(m: Machine, owner: Instance, prefix: str = "") -> Named:
    """Every parameter once, by the way to it: the module's own first."""
    _begun(owner, "_parameters")
    seen: set[int] = set()
    for path, one in _modules(m, owner, prefix):
        for name, value in one.values.items():
            if isinstance(value, Array) and value.parameter and id(value) not in seen:
                seen.add(id(value))
                yield path + name, value


def _modules(
    m: Machine, owner: Instance, prefix: str = "", again: bool = False
) -> Iterator[tuple[str, Instance]]:
    """The module and all below it, each once, with what stands before the names of its values.
    again: those too that were met on another way."""
    _begun(owner, "_modules")
    waiting, seen = [(prefix, owner)], set()
    while waiting:
        m.budget.step()
        path, one = waiting.pop()
        if id(one) in seen and not again:
            continue
        m.budget.long(len(path))
        if path.count(".") > m.budget.limits.depth:  # a module that holds itself
            raise LimitReached("recursion", limit=m.budget.limits.depth)
        seen.add(id(one))
        yield path, one
        waiting += [(f"{path}{name}.", child) for name, child in reversed(children(one))]


def _named_parameters(
    m: Machine, owner: Instance, prefix: Value = "", recurse: Value = True
) -> list[Value]:
    ahead = f"{prefix}." if prefix else ""
    found = named_parameters(m, owner)
    return [(ahead + name, x) for name, x in found if recurse or "." not in name]


def _parameters(m: Machine, owner: Instance, recurse: Value = True) -> list[Value]:
    return [x for _, x in _named_parameters(m, owner, "", recurse)]


def _train(m: Machine, owner: Instance, mode: Value = True) -> Instance:
    for _, one in _modules(m, owner):
        one.values["training"] = bool(mode)
    return owner


def _zero_grad(m: Machine, owner: Instance, set_to_none: Value = True) -> None:
    for _, x in named_parameters(m, owner):
        zero(m, x, bool(set_to_none))


def _requires_grad(m: Machine, owner: Instance, requires_grad: Value = True) -> Instance:
    for _, x in named_parameters(m, owner):
        x.tensor.tracked = bool(requires_grad)
    return owner


def _state(m: Machine, owner: Instance) -> dict[str, Value]:
    _begun(owner, "_state_dict_pre_hooks")
    found = OrderedDict()
    for name, x in _tensors(m, owner):
        found[name] = ArrayView(m, detached(m, x, TORCH).tensor, TORCH, x, cut="detach")
    return found


def places(m: Machine, owner: Instance) -> Iterator[tuple[str, Instance, str, Array]]:
    """Every parameter and buffer (running means) by each way to it: its whole name, the module that
    holds it, its name there, and itself."""
    for path, one in _modules(m, owner, again=True):
        held = [
            (name, x)
            for name, x in one.values.items()
            if isinstance(x, Array) and (x.parameter or name in one.buffers)
        ]
        for name, x in sorted(held, key=lambda pair: not pair[1].parameter):
            m.budget.step()
            yield path + name, one, name, x


def _tensors(m: Machine, owner: Instance) -> Named:
    return ((whole, x) for whole, _, _, x in places(m, owner))


def _load(m: Machine, owner: Instance, state_dict: Value, strict: Value = True) -> Fields:
    if not isinstance(state_dict, dict):
        raise type_error(f"Expected state_dict to be dict-like, got {type_name(state_dict)}.")
    _begun(owner, "_load_state_dict_pre_hooks")
    found = dict(_tensors(m, owner))
    missing = [name for name in found if name not in state_dict]
    beyond = [name for name in state_dict if name not in found]
    given = {name: state_dict[name] for name in found if name in state_dict}
    words: list[str] = []
    for what, names in (("Missing", missing), ("Unexpected", beyond)):
        if names and strict:
            listed = ", ".join(f'"{name}"' for name in names)
            words.append(f"{what} key(s) in state_dict: {listed}.")
    for name, x in given.items():
        if not isinstance(x, Array) or x.kind != TORCH:
            told = f'While copying the parameter named "{name}", expected torch.Tensor or '
            words.append(f"{told}Tensor-like object from checkpoint but received {kind_of(x)}")
            continue
        own, its = (list(one.tensor.shape) for one in (found[name], x))
        if own != its:
            told = f"size mismatch for {name}: copying a param with shape torch.Size({its}) from "
            words.append(f"{told}checkpoint, the shape in current model is torch.Size({own}).")
    if words:
        head, detail = f"Error(s) in loading state_dict for {owner.of.name}:", " ".join(words)
        raise ProgramError("value", framework=f"RuntimeError: {head} {detail}", detail=detail)
    for name, x in given.items():
        replace(m, found[name], x.tensor.data)
    keys = Fields.named("_IncompatibleKeys", missing_keys=missing, unexpected_keys=beyond)
    keys.words = "" if missing or beyond else "<All keys matched successfully>"
    return keys


def kind_of(value: Value) -> str:
    return f"<class '{type_name(value)}'>"


def _named_buffers(m: Machine, owner: Instance, prefix: Value = "") -> list[Value]:
    """The arrays that are no parameters."""
    found: dict[int, tuple[str, Array]] = {}
    for pair in _tensors(m, owner):
        found.setdefault(id(pair[1]), pair)
    ahead = f"{prefix}." if prefix else ""
    return [(ahead + name, x) for name, x in found.values() if not x.parameter]


def _register_buffer(
    m: Machine, owner: Instance, name: Value, tensor: Value, persistent: Value = True
) -> None:
    _begun(owner, "cannot assign buffer before Module.__init__() call")
    if not isinstance(name, str) or not name or "." in name:
        raise type_error(f"a buffer has a name without dots, not {name!r}")
    if not persistent:
        raise unsupported(N_("register_buffer with persistent=False (write self.name = tensor)"))
    if not (tensor is None or isinstance(tensor, Array)):
        words = f"cannot assign '{type_name(tensor)}' object to buffer '{name}' "
        raise type_error(f"{words}(torch Tensor or None required)")
    keep(m, owner, name, tensor)
    owner.buffers |= {name}


def _register_parameter(m: Machine, owner: Instance, name: Value, param: Value) -> None:
    _begun(owner, "cannot assign parameter before Module.__init__() call")
    if not _parameter_or_none(param):
        words = f"cannot assign '{type_name(param)}' object to parameter '{name}' "
        raise type_error(f"{words}(torch.nn.Parameter or None required)")
    keep(m, owner, name, param)


def _add_module(m: Machine, owner: Instance, name: Value, module: Value) -> None:
    _begun(owner, "_modules")
    if not is_module(module):
        raise type_error(f"{type_name(module)} is not a Module subclass")
    keep(m, owner, name, module)


def _to(m: Machine, owner: Instance, *wanted: Value, **named: Value) -> Instance:
    dtype = type_wanted(m, wanted, named)
    return owner if dtype is None else _cast(m, owner, dtype)


def _cast(m: Machine, owner: Instance, dtype: np.dtype[Any]) -> Instance:
    for _, x in _tensors(m, owner):
        if x.tensor.dtype.kind == "f":
            x.tensor.data = np.asarray(x.tensor.data).astype(dtype)[()]
    return owner


def _apply(m: Machine, owner: Instance, function: Value) -> Instance:
    """Those that it holds first, in their order."""
    m.budget.step()
    for one in {id(child): child for _, child in children(owner)}.values():
        _apply(m, one, function)
    call(m, function, owner)
    return owner


def _written(owner: Instance, short: bool) -> str:
    """As PyTorch prints a module: those that it holds on a line each."""
    _begun(owner, "_modules")
    below = children(owner)
    if not below:
        return f"{owner.of.name}()"
    lines = [f"({name}): {repr_of(child)}".replace("\n", "\n  ") for name, child in below]
    return f"{owner.of.name}(\n  " + "\n  ".join(lines) + "\n)"


def _start(m: Machine, owner: Instance) -> None:
    keep(m, owner, "training", True)


def _call(m: Machine, owner: Instance, *given: Value, **named: Value) -> Value:
    """net(x) is net.forward(x)."""
    _begun(owner, "_backward_hooks")
    forward = instance_attribute(m, owner, "forward")
    return around(m, owner, partial(run, m, forward), given, named)


def _forward(m: Machine, owner: Instance, *given: Value) -> Value:
    words = f'Module [{owner.of.name}] is missing the required "forward" function'
    raise ProgramError("value", framework=f"NotImplementedError: {words}", detail=words)


def _one_by_one(name: str, held: Call) -> Call:
    """What a module holds, as the generator that PyTorch gives."""

    @wraps(held)
    def call(m: Machine, owner: Instance, *given: Value, **named: Value) -> Walk:
        made = walk("generator", iter(held(m, owner, *given, **named)))
        made.name = f"Module.{name}"
        return made

    return call


WALKED: dict[str, Call] = {
    "parameters": _parameters,
    "named_parameters": _named_parameters,
    "children": lambda m, owner: [child for _, child in _named_children(m, owner)],
    "named_children": _named_children,
    "modules": lambda m, owner: [one for _, one in _modules(m, owner)],
    "named_modules": lambda m, owner: [
        (path.removesuffix("."), one) for path, one in _modules(m, owner)
    ],
    "named_buffers": _named_buffers,
    "buffers": lambda m, owner: [x for _, x in _named_buffers(m, owner)],
}
METHODS: dict[str, Call] = {
    "__init__": _start,
    "__call__": _call,
    "forward": _forward,
    **{name: _one_by_one(name, held) for name, held in WALKED.items()},
    "register_buffer": _register_buffer,
    "register_parameter": _register_parameter,
    "add_module": _add_module,
    "register_module": _add_module,
    "train": _train,
    "eval": lambda m, owner: _train(m, owner, False),
    "zero_grad": _zero_grad,
    "requires_grad_": _requires_grad,
    "state_dict": _state,
    "load_state_dict": _load,
    "to": _to,
    "cpu": _to,
    "float": lambda m, owner: _cast(m, owner, np.dtype(np.float32)),
    "double": lambda m, owner: _cast(m, owner, np.dtype(np.float64)),
    "apply": _apply,
    **OF_MODULES,
}
MODULE = Class("Module", methods=METHODS, store=_store, written=_written)
