"""The optimizers of descent on the parameters of a program."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.descent import Optimizer, Step
from app.language.errors import type_error, unexpected_keyword
from app.language.machine import Machine
from app.language.values import Array, Value, type_name
from app.story.optimizers import Stepped

WORK = 12  # multiplications and additions of a step, about, for each number


class Memory:
    """What an optimizer remembers of one parameter, and how it moves it.

    fused: each link is worked out in double precision and rounded once to the parameter's type,
    as PyTorch's fused multiplications and additions do; else every operation is rounded.
    """

    def __init__(self, optimizer: Optimizer, options: Mapping[str, Any], x: Array, fused: bool):
        self.optimizer, self.fused = optimizer, fused
        self.states = [link.init(np.asarray(x.tensor.data)) for link in optimizer.chain(options)]
        self.number = 0

    def told(
        self, library: str, kind: str, gradient: Any, options: Mapping[str, Any], **where: int
    ) -> Stepped:
        """The step that comes next, as a script tells it. where: whose it is, and which group's."""
        state = {name: value for one in self.states for name, value in one.items()}
        defaults = {name: one.default for name, one in self.optimizer.options.items()}
        number = self.number + 1
        return Stepped(library, kind, options, defaults, number, state, gradient, **where)

    def after(self, m: Machine, x: Array, gradient: Any, options: Mapping[str, Any]) -> Any:
        """The parameter's numbers after one more step along this gradient."""
        m.budget.work(WORK * x.tensor.size)
        self.number += 1
        dtype = x.tensor.dtype
        wide = np.float64 if self.fused else dtype
        position, vector = (np.asarray(data, wide) for data in (x.tensor.data, gradient))
        step = Step(position, self.number)
        links = self.optimizer.chain(options)
        for i, link in enumerate(links):
            state = {name: value.astype(wide) for name, value in self.states[i].items()}
            vector, state = link.update(vector, state, step, options)
            self.states[i] = {name: np.asarray(v).astype(dtype) for name, v in state.items()}
            if i + 1 < len(links):
                vector = np.asarray(vector).astype(dtype).astype(wide)
        return (position + vector).astype(dtype)


def options_of(optimizer: Optimizer, given: Mapping[str, Value], kind: str) -> dict[str, Any]:
    """All options of a program's optimizer, the given ones over the defaults. kind: its class."""
    found = {name: option.default for name, option in optimizer.options.items()}
    for name, value in given.items():
        if name not in found:
            raise unexpected_keyword(f"{kind}.__init__", name, found)
        many = isinstance(found[name], tuple)
        numbers = list(value) if many and isinstance(value, list | tuple) else [value]
        if len(numbers) != (len(found[name]) if many else 1):
            raise type_error(f"{name} takes {len(found[name]) if many else 1} numbers")
        plain = [x.tensor.data.item() if _single(x) else x for x in numbers]
        for number in plain:
            if not isinstance(number, bool | int | float):
                raise type_error(f"{name} is a number, not {type_name(number)}")
        found[name] = tuple(plain) if many else plain[0]
    return found


def _single(x: Value) -> bool:
    return isinstance(x, Array) and x.tensor.size == 1
