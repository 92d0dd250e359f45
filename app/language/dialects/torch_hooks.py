"""Hooks of PyTorch: functions that are given a gradient, or what a module gets and gives."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from weakref import ref

from app.engine import N_, Tensor
from app.engine.primitives.own import Own
from app.language.attributes import Table
from app.language.dialects.common import array
from app.language.errors import ProgramError, type_error, unsupported
from app.language.machine import Machine
from app.language.number_types import torch_type
from app.language.own_gradients import apart, asked, attached
from app.language.values import TORCH, Array, Handle, Instance, Value, type_name

Hooks = dict[Handle, Value]  # in the order in which they came
KINDS = ("forward_pre", "forward", "full_backward")


def _handle(hooks: Hooks, hook: Value) -> Handle:
    """Keeps the hook; what takes it away again."""
    made = Handle(
        "RemovableHandle", {}, methods={"remove": lambda m, own: hooks.pop(own, None) and None}
    )
    hooks[made] = hook
    return made


# -- of a tensor


def _register(m: Machine, x: Array, hook: Value) -> Handle:
    tensor = x.tensor
    if not tensor.tracked:
        words = "cannot register a hook on a tensor that doesn't require gradient"
        raise ProgramError("no_history", framework=f"RuntimeError: {words}")
    at, known = id(tensor), m.hooks
    if at not in known:
        known[at] = (ref(tensor, lambda gone: known.pop(at, None)), {})
    m.budget.container(len(known[at][1]) + 1)
    return _handle(known[at][1], hook)


def hooks_of(m: Machine, call: Any, differentiates: bool) -> Mapping[Tensor, Callable[[Any], Any]]:
    """What each tensor with hooks makes of its gradient in this gradient call."""
    alive = [(of(), hooks) for of, hooks in m.hooks.values() if hooks]
    return {
        tensor: partial(_hooked, m, call, tensor, hooks, differentiates)
        for tensor, hooks in alive
        if tensor is not None
    }


def _hooked(
    m: Machine, call: Any, tensor: Tensor, hooks: Hooks, differentiates: bool, g: Any
) -> Any:
    changed = False

    def act(upstream: Tensor, again: bool) -> list[Tensor | None]:
        nonlocal changed
        now = Array(upstream, TORCH)
        with apart(m, differentiates):
            for hook in list(hooks.values()):
                found = asked(m, hook, now)
                if found is not None:
                    now, changed = _checked(hook, now, found), True
        return [now.tensor]

    own = Own(act, (), "hook")
    found = own(0, g, ())
    m.recorder.hooked(call, tensor, found, changed, own)
    return found


def _checked(hook: Value, old: Array, new: Value) -> Array:
    """What a hook gave in place of a gradient. Raises PyTorch's errors."""
    if not isinstance(new, Array) or new.kind != TORCH:
        raise type_error(f"expected Variable, but hook returned '{type_name(new)}'")
    name, was, now = getattr(hook, "name", type_name(hook)), old.tensor.dtype, new.tensor.dtype
    words = f"hook '{name}' has changed the "
    if was != now:
        types = (f"torch.{torch_type(kind)}Tensor" for kind in (was, now))
        words += "type of value (was {} got {})".format(*types)
    elif old.tensor.shape != new.tensor.shape:
        words += "size of value"
    else:
        return new
    raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)


# -- of a module


def _register_of(kind: str) -> Callable[..., Handle]:
    def register(m: Machine, owner: Instance, hook: Value, **settings: Value) -> Handle:
        for name, value in settings.items():
            if value:
                raise unsupported(
                    N_("register_{kind}_hook with {name} (leave it out)"), kind=kind, name=name
                )
        _, kinds = m.module_hooks.setdefault(id(owner), (owner, {name: {} for name in KINDS}))
        m.budget.container(len(kinds[kind]) + 1)
        return _handle(kinds[kind], hook)

    return register


def around(
    m: Machine,
    owner: Instance,
    forward: Callable[..., Value],
    given: tuple[Value, ...],
    named: dict[str, Value],
) -> Value:
    """A module's forward with what its hooks do before and after it, and on the way back."""
    if id(owner) not in m.module_hooks:
        return forward(*given, **named)
    _, hooks = m.module_hooks[id(owner)]
    for hook in list(hooks["forward_pre"].values()):
        found = asked(m, hook, owner, given)
        if found is not None:
            given = found if isinstance(found, tuple) else (found,)
    back = _Back(m, owner, hooks["full_backward"]) if hooks["full_backward"] else None
    if back is not None:
        given = back.entering(given)
    result = forward(*given, **named)
    for hook in list(hooks["forward"].values()):
        found = asked(m, hook, owner, given, result)
        result = result if found is None else found
    return result if back is None else back.leaving(result)


class _Back:
    """One call of a module on the way back: its hooks get the gradients of what it was given and
    of what it gave, and may change the former."""

    def __init__(self, m: Machine, owner: Instance, hooks: Hooks):
        self.m, self.owner, self.hooks = m, owner, list(hooks.values())
        self.places: list[int] = []
        self.count = 0
        self.came: tuple[Value, ...] = ()

    def entering(self, given: tuple[Value, ...]) -> tuple[Value, ...]:
        if self.m.grad_enabled:
            tensors = [(i, x) for i, x in enumerate(given) if isinstance(x, Array)]
            self.places = [i for i, x in tensors if x.kind == TORCH and x.tensor.tracked]
        self.count = len(given)
        if not self.places:
            return given
        inputs = [given[i] for i in self.places]
        made, _ = attached(self.m, inputs, inputs, self._inward, TORCH, NAME)
        replaced = dict(zip(self.places, made, strict=True))
        return tuple(replaced.get(i, x) for i, x in enumerate(given))

    def leaving(self, result: Value) -> Value:
        outputs = list(result) if isinstance(result, tuple) else [result]
        tracked = [x for x in outputs if isinstance(x, Array) and x.tensor.tracked]
        if not tracked or not self.m.grad_enabled:
            return result
        made, _ = attached(self.m, tracked, tracked, self._outward, TORCH, NAME)
        replaced = {id(x): new for x, new in zip(tracked, made, strict=True)}
        found = [replaced.get(id(x), x) for x in outputs]
        return tuple(found) if isinstance(result, tuple) else found[0]

    def _outward(self, upstream: list[Array]) -> list[Array | None]:
        self.came = tuple(upstream)
        if not self.places:
            self._asked((None,) * self.count)
        return list(upstream)

    def _inward(self, upstream: list[Array]) -> list[Array | None]:
        parts: list[Value] = [None] * self.count
        for i, part in zip(self.places, upstream, strict=True):
            parts[i] = part
        found = self._asked(tuple(parts))
        return [array(self.m, found[i], TORCH) for i in self.places]

    def _asked(self, parts: tuple[Value, ...]) -> tuple[Value, ...]:
        for hook in self.hooks:
            found = asked(self.m, hook, self.owner, parts, self.came)
            if found is None:
                continue
            found = found if isinstance(found, tuple) else (found,)
            if len(found) != len(parts):
                words = f"Backward hook returned an invalid number of grad_input, got {len(found)},"
                words += f" but expected {len(parts)}"
                raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
            parts = found
        return parts


NAME = "BackwardHookFunctionBackward"
OF_TENSORS: Table = {"register_hook": _register}
OF_MODULES: Table = {f"register_{kind}_hook": _register_of(kind) for kind in KINDS}
