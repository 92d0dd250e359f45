"""A value whose gradient is a function of its author's: tf.custom_gradient, autograd.Function.

What made the value is recorded like anything else, and cut off: what goes back is what the function
says. Its steps are recorded too, so that they can be differentiated, printed, and carried out again
with other numbers.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from app.engine.modes import Recording, record
from app.engine.op import N_, Each, Op
from app.engine.tensor import Tensor, decisions, next_tick, plain, settled

Given = Callable[[Tensor], Any]  # what stands for a Tensor: a Tensor, a value, or None for its own
LONGEST = 40  # operations that the formula of a part may have
KEPT = 8  # derivations of one node that are kept: its graph may be gone through again and again
ONE, EACH = ((0,),), ((0,), (1,))
LINEAR = {  # of which operands an operation is linear, together
    **dict.fromkeys(["negative", "sum", "mean", "reshape", "transpose", "broadcast_to"], ONE),
    **dict.fromkeys(["cast", "getitem", "divide"], ONE),
    **dict.fromkeys(["multiply", "matmul", "matvec", "vecmat", "dot"], EACH),
    **dict.fromkeys(["add", "subtract"], ((0, 1),)),
    "where": ((1, 2),),
}


class Derivation:
    """One run of the author's function, as recorded: the parts for the inputs, from what came.

    taken: pairs (Tensor, truth) of what was decided on the way; read: what was there before.
    """

    def __init__(
        self,
        began: int,
        upstream: Tensor,
        parts: Sequence[Tensor | None],
        taken: Sequence[tuple[Tensor, bool]],
    ):
        self.upstream, self.parts, self.taken = upstream, parts, taken
        found: dict[Tensor, tuple[Any, ...]] = {}
        self.read: dict[Tensor, None] = {}
        waiting = [x for x in (*parts, *(x for x, _ in taken)) if x is not None]
        while waiting:
            node = waiting.pop()
            if node.tick < began:
                self.read[node] = None
            elif node not in found and node.op is not None:
                found[node] = node.values or ()
                waiting += [x for x in node.inputs if type(x) is Tensor and x is not upstream]
        self.steps = [
            (node, node.op, node.inputs, found[node])
            for node in sorted(found, key=lambda node: node.tick)
        ]

    def again(self, g: Any, given: Given) -> tuple[list[Any], list[tuple[Any, bool]]]:
        """The parts, and what was decided on, for another upstream gradient and other numbers."""
        made: dict[Tensor, Any] = {self.upstream: g}

        def standing(x: Tensor, seen: Any) -> Any:
            if x in made:
                return made[x]
            found = given(x)
            return seen if found is None else found

        for node, op, inputs, values in self.steps:
            assert op is not None
            operands = [
                standing(x, seen) if type(x) is Tensor else x
                for x, seen in zip(inputs, values, strict=True)
            ]
            recorded = any(type(x) is Tensor for x in operands)
            made[node] = op(*operands) if recorded else settled(op.forward(*operands))
        parts = [None if x is None else standing(x, x.data) for x in self.parts]
        return parts, [(standing(x, x.data), truth) for x, truth in self.taken]

    @property
    def linear(self) -> bool:
        """Whether the parts are surely linear in what came back, as every rule of an Op is."""
        sent: set[Tensor] = {self.upstream}
        for node, op, inputs, _ in self.steps:
            at = tuple([slot for slot, x in enumerate(inputs) if type(x) is Tensor and x in sent])
            if at:
                assert op is not None
                if at not in LINEAR.get(op.name, ()):
                    return False
                sent.add(node)
        constant = [x for x in self.parts if x is not None and x not in sent and np.any(x.data)]
        return not constant and not any(x in sent for x, _ in self.taken)

    def size(self, slot: int) -> int:
        """How many operations the formula of a part has when it is written out in one."""
        sizes: dict[Any, int] = {}
        for node, _, inputs, _ in self.steps:
            sizes[node] = 1 + sum(sizes.get(x, 0) for x in inputs if type(x) is Tensor)
        part = self.parts[slot]
        return 0 if part is None else sizes.get(part, 0)


class Own:
    """An author's gradient function, of one value.

    act: what it makes of an upstream gradient, and whether that will be differentiated: for each
    input a Tensor of its shape and type, or None. inputs: those that the function is about, as they
    were given to the operation; results: what is made of its value, if that is several in one.
    name: what its author calls it. freed: whether what the function has saved was released.
    """

    def __init__(
        self,
        act: Callable[[Tensor, bool], list[Tensor | None]],
        inputs: Sequence[Any],
        name: str = "",
    ):
        self._act, self.inputs, self.name, self.freed = act, inputs, name, False
        self.results: list[Tensor] = []
        self.derived: list[Derivation] = []
        self._last: tuple[Any, int, list[Tensor | None]] | None = None

    def __call__(self, slot: int, g: Any, operands: Sequence[Any]) -> Any:
        """The part of one input; the function is called once for all of them."""
        last = self._last
        known = last is not None and last[0] is g and last[1] < slot
        found = last[2] if last is not None and known else self._called(g)
        self._last = (g, slot, found)
        part = found[slot]
        return part if part is None or type(g) is Tensor else part.data

    @property
    def read(self) -> list[Tensor]:
        """What the function has read, besides what came back to it."""
        return list({x: None for one in self.derived for x in one.read})

    def _called(self, g: Any) -> list[Tensor | None]:
        upstream, began = g if type(g) is Tensor else plain(g), next_tick()
        taken: list[tuple[Tensor, bool]] = []
        outer, token = decisions.get(), decisions.set(taken)
        try:
            with record(Recording.EVERYTHING):
                found = self._act(upstream, upstream is g)
        finally:
            decisions.reset(token)
        if outer is not None:
            outer += taken
        self.derived = [*self.derived[1 - KEPT :], Derivation(began, upstream, found, taken)]
        return found


class Again:
    """What an author's function did, with other numbers: nothing of the author's is called.

    given: what stands for the Tensors that it has read.
    """

    def __init__(self, own: Own, given: Given = lambda x: None):
        self.own, self._given = own, given
        self._last: tuple[Any, list[Any]] | None = None

    def __call__(self, slot: int, g: Any, operands: Sequence[Any]) -> Any:
        if self._last is None or self._last[0] is not g:
            self._last = (g, self._found(g, operands))
        return self._last[1][slot]

    def _found(self, g: Any, operands: Sequence[Any]) -> list[Any]:
        """What the run of the function gives that decides alike, else the last one."""
        inputs = {
            id(x): at for x, at in zip(self.own.inputs, operands, strict=True) if type(x) is Tensor
        }

        def given(x: Tensor) -> Any:
            return inputs[id(x)] if id(x) in inputs else self._given(x)

        for one in reversed(self.own.derived):
            parts, tests = one.again(g, given)
            if all(bool(np.any(_data(x))) is truth for x, truth in tests):
                break
        log = decisions.get()
        if log is not None:
            log += [(x if type(x) is Tensor else Tensor(x), truth) for x, truth in tests]
        return parts


def again(inputs: Iterable[Any], given: Given = lambda x: None) -> tuple[Any, ...]:
    """The inputs of an operation, with what its author's function did in place of the function."""
    return tuple([Again(x, given) if type(x) is Own else x for x in inputs])


def is_long(inputs: Sequence[Any], slot: int) -> bool:
    """Whether a part is too long to be written in one formula: an operation that several others
    read is written several times."""
    own = inputs[-1] if inputs else None
    return type(own) is Own and any(one.size(slot - 1) > LONGEST for one in own.derived)


def _data(x: Any) -> Any:
    return x.data if isinstance(x, Tensor) else x


own_gradient = Op(
    "own_gradient",
    lambda value, *inputs: value,
    Each(lambda slot, g, z, value, *inputs: inputs[-1](slot - 1, g, inputs[:-1]), first=1),
    latex="{0*}",
    text="{0}",
    level=5,
    sign="own gradient",
    saves=False,
    elementwise=False,
    listed=False,
    code="{0}",
    why=N_("The program's own gradient function says what goes back here."),
)
