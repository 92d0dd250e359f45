"""Python's own copy: copies of lists, dictionaries and objects, and of the arrays in them."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from app.language.collected import Counter, DefaultDict, Deque, OrderedDict
from app.language.dialects.common import copied_leaf, namespace
from app.language.errors import LimitReached, ProgramError, type_error
from app.language.hashing import Steps
from app.language.machine import Machine
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    Array,
    Fields,
    Instance,
    NamedFields,
    Namespace,
    Record,
    Set,
    Tape,
    Value,
    type_name,
)

_NOT_A_LEAF = (
    "RuntimeError: Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
    "protocol at the moment.  If you were attempting to deepcopy a module, this may be because of "
    "a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
)


def _shallow(m: Machine, x: Value) -> Value:
    """copy.copy(x): a new container of the same entries."""
    if isinstance(x, list | dict | Set):
        entries = x.entries if isinstance(x, Set) else x
        m.budget.container(len(entries))
        return (
            Set(x.entries)
            if isinstance(x, Set)
            else _row(x, x)
            if isinstance(x, list)
            else _as(x, x)
        )
    if isinstance(x, Instance):
        return Instance(x.of, dict(x.values), buffers=x.buffers)
    if isinstance(x, Array) and x.kind == NUMPY:
        return copied_leaf(m, x, NUMPY)
    if isinstance(x, Array | Record | Tape):
        raise type_error(f"copy.copy of {type_name(x)} is not here: copy.deepcopy or x.clone()")
    return x


def _row(x: list[Value], entries: Iterable[Value]) -> list[Value]:
    """A list, or a deque, with these entries."""
    return Deque(entries, x.most) if isinstance(x, Deque) else list(entries)


def _as(x: dict[Any, Value], entries: dict[Any, Value]) -> dict[Any, Value]:
    """A dictionary of the same kind with these entries."""
    if isinstance(x, DefaultDict):
        return DefaultDict(entries, x.make, x.factory)
    if isinstance(x, Counter):
        return Counter(entries)
    return OrderedDict(entries) if isinstance(x, OrderedDict) else dict(entries)


def deep(m: Machine, x: Value, memo: Value = None) -> Value:
    """copy.deepcopy(x): new containers, objects and arrays all the way down."""
    return _Copies(m).of(x)


class _Copies:
    """What one deepcopy has copied: by identity, so that what is shared or cyclic stays so."""

    def __init__(self, m: Machine):
        self._m = m
        self._made: dict[int, tuple[Value, Value]] = {}
        self._steps = Steps()

    def of(self, x: Value) -> Value:
        if id(x) in self._made:
            return self._made[id(x)][1]
        if isinstance(x, Array):
            return self._keep(x, self._array(x))
        if isinstance(x, Record | Tape | Namespace):
            raise type_error(f"cannot copy '{type_name(x)}' object")
        if isinstance(x, list | tuple | dict | Set | Instance):
            self._m.budget.depth += 1
            if self._m.budget.depth > self._m.budget.limits.depth:
                raise LimitReached("recursion", limit=self._m.budget.limits.depth)
            made = self._container(x)
            self._m.budget.depth -= 1
            return made
        return x

    def _keep(self, x: Value, made: Any) -> Any:
        self._made[id(x)] = (x, made)
        return made

    def _container(self, x: Any) -> Value:
        inside = x.values if isinstance(x, Instance) else x.entries if isinstance(x, Set) else x
        self._m.budget.container(len(inside))
        self._steps.take(1 + len(inside))
        if isinstance(x, list):
            made = self._keep(x, _row(x, ()))
            made.extend(self.of(one) for one in x)
            return made
        if isinstance(x, tuple):
            entries = [self.of(one) for one in x]
            if all(one is other for one, other in zip(entries, x, strict=True)):
                return x
            if isinstance(x, NamedFields):
                return self._keep(x, x.with_entries(entries))
            if isinstance(x, Fields):
                return self._keep(
                    x, Fields.named(x.kind, **dict(zip(x.names, entries, strict=True)))
                )
            return self._keep(x, tuple(entries))
        if isinstance(x, Set):
            return self._keep(x, Set(self.of(one) for one in x.entries))
        if isinstance(x, Instance):
            made = self._keep(x, Instance(x.of, buffers=x.buffers))
            made.values.update((name, self.of(one)) for name, one in x.values.items())
            return made
        made = self._keep(x, _as(x, {}))
        made.update((self.of(key), self.of(one)) for key, one in x.items())
        return made

    def _array(self, x: Array) -> Array:
        if x.kind == TENSORFLOW:
            return x  # it never changes
        tensor = x.tensor
        if x.kind == TORCH and tensor.tracked and tensor.op is not None:
            raise ProgramError("copy_of_result", framework=_NOT_A_LEAF)
        self._m.budget.array(tensor.shape)
        made = self._m.leaf(np.array(tensor.data, order="C"), x.kind)
        made.parameter, made.trainable, made.name = x.parameter, x.trainable, x.name
        made.tensor.tracked = tensor.tracked
        if x.kind == TORCH and tensor.grad is not None and not x.parameter:
            made.tensor.grad = self._m.leaf(tensor.grad.data, TORCH).tensor
        return made


COPY = namespace("copy", {"copy": _shallow, "deepcopy": deep})
