"""What a gradient function of the program's own did, step by step, in the nodes of its pass."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine import Op, Tensor
from app.engine.primitives.own import Derivation, Own, own_gradient
from app.story.segment import Item
from app.story.written import TITLES, Unspoken, is_spelled, operation

if TYPE_CHECKING:
    from app.story.telling import Telling

Remark = Callable[[str, str], None]  # is told of another convention, and where


class Steps:
    """What the gradient function of a node did, in the nodes of its pass.

    upstream: what came; items: the steps; parts: per input what goes there; reads: the nodes
    before it that the steps read beside its inputs; constants: what is no node.
    """

    def __init__(self, told: "Telling", item: Item, one: Derivation):
        own = item.values[-1]
        self.item, self._told = item, told
        self.upstream = Item(one.upstream, one.upstream.data)
        self.items: list[Item] = []
        self.reads: list[Item] = []
        self.constants: list[Item] = []
        self._made: dict[int, Item] = {id(one.upstream): self.upstream}
        for x, known in zip(own.inputs, item.inputs[1:-1], strict=True):
            if isinstance(known, Item):
                self._made.setdefault(id(x), known)
        self._nodes = {id(node): (op, inputs, values) for node, op, inputs, values in one.steps}
        self._results = own.results
        for node, *_ in one.steps:  # oldest first: no recursion goes deep
            self._stand(node, node.data)
        self.parts = [None if x is None else self._stand(x, x.data) for x in one.parts]
        self._prune()

    def _stand(self, x: Tensor, seen: Any) -> Item:
        """The node for a Tensor: of a step, of the pass, or of a constant."""
        if id(x) in self._made:
            return self._made[id(x)]
        if id(x) in self._nodes:
            op, inputs, values = self._nodes[id(x)]
            found = Item(
                x,
                x.data,
                op,
                tuple(
                    [
                        self._stand(y, value) if type(y) is Tensor else y
                        for y, value in zip(inputs, values, strict=True)
                    ]
                ),
                values,
            )
            self.items.append(found)
        elif id(x) in self._told.by_value and self._is_there(self._told.by_value[id(x)]):
            found = self._read(self._told.by_value[id(x)])
        else:
            found = Item(x, seen)
            self.constants.append(found)
        self._made[id(x)] = found
        return found

    def _is_there(self, x: Item) -> bool:
        """Whether a script has it where the function stands: else it is a constant."""
        node = self._told.node
        return node[x] <= node[self.item] or any(x.value is one for one in self._results)

    def _read(self, x: Item) -> Item:
        """A node of the pass; what is made of the value itself is made of it again."""
        node = self._told.node
        if x is self.item:
            x = self.item.inputs[0]
        elif node[x] > node[self.item]:
            inputs = [self._read(y) if isinstance(y, Item) else y for y in x.inputs]
            x = Item(x.value, x.data, x.op, tuple(inputs), x.values)
            self.items.append(x)
            return x
        if x not in self.reads:
            self.reads.append(x)
        return x

    def _prune(self) -> None:
        """Leaves out what only a decision was about."""
        needed = self.needed([x for x in self.parts if x is not None])
        self.items = [x for x in self.items if x in needed]
        self.reads = [x for x in self.reads if x in needed]
        self.constants = [x for x in self.constants if x in needed]

    def needed(self, results: Iterable[Item]) -> set[Item]:
        """What the results are made of, themselves included."""
        found = set(results)
        for x in reversed(self.items):
            if x in found:
                found |= {y for y in x.inputs if isinstance(y, Item)}
        return found

    @property
    def form(self) -> Any:
        """What tells it from what the function does elsewhere: the steps and their constants."""
        known: dict[Item, Any] = {self.upstream: "g"}
        known |= {x: ("read", self._told.node[x]) for x in self.reads}
        for i, x in enumerate(self.item.inputs[1:-1]):
            if isinstance(x, Item):
                known[x] = ("input", i)
        known |= {x: token(x.data) for x in self.constants}
        known |= {x: i for i, x in enumerate(self.items)}
        steps = tuple([
            (x.op and x.op.name, tuple([known[y] if isinstance(y, Item) else _setting(y)
                                        for y in x.inputs]))
            for x in self.items
        ])  # fmt: skip
        return steps, tuple([None if x is None else known[x] for x in self.parts])


def token(data: Any) -> Any:
    array = np.asarray(data)
    return array.dtype.str, array.shape, array.tobytes()


def _setting(x: Any) -> Any:
    return token(x) if isinstance(x, np.ndarray) else repr(x)


def steps_of(told: "Telling", item: Item, library: str) -> Steps | None:
    """The steps of an own gradient; None where nothing went back through it. Raises Unspoken where
    the function did one thing at one time and another at another."""
    own = item.values[-1]
    assert type(own) is Own
    found = [Steps(told, item, one) for one in own.derived]
    if not found:
        return None
    if any(one.form != found[-1].form for one in found):
        raise Unspoken(own_gradient.sign, library, item.span)
    return found[-1]


def own_forms(told: "Telling") -> list[Any]:
    """The forms of all own gradients of a pass: passes are a loop only where they are alike."""
    return [
        Steps(told, item, one).form
        for item in told.items
        if item.op is own_gradient
        for one in item.values[-1].derived
    ]


def step_text(x: Item, language: str, names: Mapping[Item, str], remark: Remark) -> str:
    """What an operation is in a script. Raises Unspoken."""
    assert x.op is not None
    found = None if x.op is own_gradient else operation(x, language, names)
    if found is None:
        raise Unspoken(x.op.sign, TITLES[language], x.span)
    text, where = found
    if where:
        remark(x.op.sign, where)
    return text


def decided(told: "Telling") -> list[str]:
    """The names of own gradients and hooks whose steps hold for these numbers only."""
    owns = [item.values[-1] for item in told.items if item.op is own_gradient]
    owns += [one for call in told.calls for x, one in call.hooks.items() if x in call.changed]
    return list(dict.fromkeys(own_name(x) for x in owns if any(one.taken for one in x.derived)))


def own_name(own: Own) -> str:
    """What its author calls it."""
    name = own.name.removesuffix("Backward")
    return name if name.isidentifier() else "Own"


class InNumpy:
    """The parts of one node as NumPy's lines, a step on each; what several parts share is written
    once.

    names: of the nodes; gradient: of what came; constant: writes one; fresh: makes a new name.
    used: the operations that NumPy lacks. Raises Unspoken.
    """

    def __init__(
        self,
        told: "Telling",
        item: Item,
        names: Mapping[Item, str],
        gradient: str,
        constant: Callable[[Any], str],
        fresh: Callable[[str], str],
    ):
        steps = steps_of(told, item, TITLES["numpy"])
        assert steps is not None  # something has come through it
        self._steps, self._constant, self._fresh = steps, constant, fresh
        self._local = {**names, steps.upstream: gradient}
        self._mine: set[Item] = set()
        self.used: set[Op] = set()

    def part(self, slot: int) -> tuple[list[str], str]:
        """The lines that are not there yet, and the name of what goes to an input."""
        part = self._steps.parts[slot - 1]
        assert part is not None
        needed = self._steps.needed([part]) - self._mine
        self._mine |= needed
        lines = []
        for x in self._steps.constants:
            if x in needed:
                self._local[x] = self._fresh("c1")
                lines.append(f"{self._local[x]} = {self._constant(x.data)}")
        for x in self._steps.items:
            if x in needed:
                name = self._fresh("s1")
                lines.append(
                    f"{name} = {step_text(x, 'numpy', self._local, lambda sign, where: None)}"
                )
                self._local[x] = name
                if x.op is not None and not is_spelled(x.op, "numpy"):
                    self.used.add(x.op)
        return lines, self._local[part]
