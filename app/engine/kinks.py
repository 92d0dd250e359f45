"""Kinks: places where a function changes its branch, found by comparing two of its recordings."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.engine.modes import Recording, record
from app.engine.program import Program
from app.engine.tensor import Tensor, Value, decisions, operations

BRANCH = "branch"  # what a test in the program itself is called among the operations


class Path(NamedTuple):
    """A value, and the side that every operation with sides took on the way to it."""

    value: Value
    sides: tuple[tuple[str, Any], ...]
    leaves: tuple[Tensor, ...]
    result: Tensor


def path_of(f: Callable[..., Any], at: Sequence[Any]) -> Path:
    """f's value at a point, and the sides taken there, oldest first."""
    leaves, result, taken = _recorded(f, at)
    found: list[tuple[int, str, Any]] = [(x.tick, BRANCH, side) for x, side in taken]
    for node in _sided(result, taken):
        assert node.op is not None and node.op.sides is not None and node.values is not None
        found.append((node.tick, node.op.name, node.op.sides(node.data, *node.values)))
    found.sort(key=lambda one: one[0])
    return Path(
        np.reshape(result.data, ())[()],
        tuple((name, side) for _, name, side in found),
        tuple(leaves),
        result,
    )


class Replayed:
    """Paths of a function that carries out the same operations wherever it is: recorded once."""

    def __init__(self, f: Callable[..., Any], at: Sequence[Any]):
        leaves, self.result, taken = _recorded(f, at)
        self.leaves, self._nodes = tuple(leaves), _sided(self.result, taken)
        outputs = [self.result, *(x for x, _ in taken)]
        self._tests = len(taken)
        for node in self._nodes:
            outputs += [node, *(x for x in node.inputs if type(x) is Tensor)]
        self._program = Program(leaves, outputs)

    def __call__(self, at: Sequence[Any]) -> Path:
        """The path to a point; its result is the recorded one."""
        value, *rest = self._program(*at)
        sides: list[tuple[str, Any]] = [(BRANCH, bool(np.any(x))) for x in rest[: self._tests]]
        values = iter(rest[self._tests :])
        for node in self._nodes:
            assert node.op is not None and node.op.sides is not None
            z = next(values)
            operands = [next(values) if type(x) is Tensor else x for x in node.inputs]
            sides.append((node.op.name, node.op.sides(z, *operands)))
        return Path(np.reshape(value, ())[()], tuple(sides), self.leaves, self.result)


def _recorded(
    f: Callable[..., Any], at: Sequence[Any]
) -> tuple[list[Tensor], Tensor, list[tuple[Tensor, bool]]]:
    """f at a point, and what was decided on the way."""
    taken: list[tuple[Tensor, bool]] = []
    token = decisions.set(taken)
    try:
        with record(Recording.EVERYTHING):
            leaves = [x if isinstance(x, Tensor) else Tensor(x) for x in at]
            result = f(*leaves)
    finally:
        decisions.reset(token)
    return leaves, result if isinstance(result, Tensor) else Tensor(result), taken


def _sided(result: Tensor, taken: Sequence[tuple[Tensor, bool]]) -> list[Tensor]:
    """The operations with sides under a result and under what was decided."""
    under = operations([result, *(x for x, _ in taken)])
    return [node for node in under if node.op and node.op.sides and node.values is not None]


def crossed(a: Path, b: Path) -> tuple[str, ...]:
    """The operations of which some entry took another side on b than on a, each name once."""
    if [name for name, _ in a.sides] != [name for name, _ in b.sides]:
        return (BRANCH,)
    pairs = zip(a.sides, b.sides, strict=True)
    return tuple(dict.fromkeys(name for (name, one), (_, other) in pairs if not same(one, other)))


def same(one: Any, other: Any) -> bool:
    """Whether two sides, or several pairs of them, are the same everywhere."""
    if isinstance(one, tuple):
        return all(map(same, one, other))
    if one is None:
        return True
    return np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f")


def followed(program: Program) -> Callable[..., Tensor]:
    """A Program's first output as a function of Tensors: its operations, carried out once more."""
    target = program.outputs[0]
    nodes = operations([target, *(x for x, _ in program.decisions)], program.inputs)

    def f(*given: Tensor) -> Tensor:
        made = dict(zip(program.inputs, given, strict=True))
        for node in nodes:
            inputs = [made.get(x, x) if type(x) is Tensor else x for x in node.inputs]
            assert node.op is not None
            if any(x in made for x in node.inputs if type(x) is Tensor):
                made[node] = node.op(*inputs)
        log = decisions.get()
        if log is not None:  # the tests that were made while recording
            log += [(made.get(x, x), bool(made.get(x, x).data)) for x, _ in program.decisions]
        return made.get(target, target)

    return f
