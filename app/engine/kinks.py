"""Kinks: places where a function changes its branch, found by comparing two of its recordings."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.engine.modes import Recording, record
from app.engine.primitives.pooling import winners
from app.engine.program import Program
from app.engine.tensor import Tensor, Value, decisions

BRANCH = "branch"  # what a test in the program itself is called among the operations


class Path(NamedTuple):
    """A value, and the side that every operation with sides took on the way to it."""

    value: Value
    sides: tuple[tuple[str, Any], ...]
    leaves: tuple[Tensor, ...]
    result: Tensor


def _sign(z: Any, x: Any, *settings: Any) -> Any:
    return np.sign(x)


def _order(z: Any, x: Any, y: Any) -> Any:
    return np.sign(np.subtract(x, y))


def _whole(z: Any, *operands: Any) -> Any:
    return z


def _bounds(z: Any, x: Any, *settings: Any) -> Any:
    """Below, within or above what the result was cut to."""
    return np.sign(np.subtract(x, z))


def _within(width: float) -> Callable[..., Any]:
    """Below, within or above the range from -width to width."""
    return lambda z, x, *settings: np.sign(x + width) + np.sign(x - width)


def _shrunk(z: Any, x: Any, *settings: Any) -> Any:
    return np.sign(z)


def _extreme(of: Callable[..., Any]) -> Callable[..., Any]:
    return lambda z, x, axes, keepdims: x == of(x, axis=axes, keepdims=True)


def _winners(z: Any, x: Any, *geometry: Any) -> Any:
    """In each window the place of the largest entry."""
    return winners(x, *geometry)


# operation -> what tells its sides apart, of the result and the operands
SIDES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(["absolute", "absolute_or_zero", "sign", "sign_or_zero", "heaviside"], _sign),
    **dict.fromkeys(
        ["relu", "relu_gate", "leaky_relu", "prelu", "elu", "selu", "selu_right"], _sign
    ),
    **dict.fromkeys(["maximum", "minimum", "maximum_first", "minimum_first"], _order),
    **dict.fromkeys(["fmax", "fmin"], _order),
    **dict.fromkeys(["floor", "ceil", "round", "trunc"], _whole),
    **dict.fromkeys(["floor_flat", "ceil_flat", "round_flat", "trunc_flat"], _whole),
    **dict.fromkeys(["floor_divide", "cast_to_integer"], _whole),
    **dict.fromkeys(["greater", "greater_equal", "less", "less_equal"], _order),
    **dict.fromkeys(["equal", "not_equal"], _order),
    **dict.fromkeys(["clip", "clip_low_last", "relu6", "relu6_gate", "hardtanh"], _bounds),
    **dict.fromkeys(["absolute_error", "absolute_error_or_zero"], _order),
    "hinge": lambda z, x, y: np.sign(1 - np.multiply(x, y)),
    **dict.fromkeys(["hardsigmoid", "hardswish"], _within(3.0)),
    **dict.fromkeys(["hardshrink", "softshrink"], _shrunk),
    "remainder": lambda z, x, y: np.floor_divide(x, y),
    "fmod": lambda z, x, y: np.trunc(np.divide(x, y)),
    "where": lambda z, condition, *more: np.asarray(condition, bool),
    **dict.fromkeys(["max_pool1d", "max_pool2d", "max_pool3d"], _winners),
    **dict.fromkeys(["max", "max_first"], _extreme(np.max)),
    **dict.fromkeys(["min", "min_first"], _extreme(np.min)),
    "norm_largest": lambda z, x, axes, keepdims: _extreme(np.max)(z, abs(x), axes, keepdims),
    "cummax": lambda z, x, axis: x == z,
    "sort": lambda z, x, axis, descending: np.argsort(x, axis=axis, kind="stable"),
}


def path_of(f: Callable[..., Any], at: Sequence[Any]) -> Path:
    """f's value at a point, and the sides taken there, oldest first."""
    leaves, result, taken = _recorded(f, at)
    found: list[tuple[int, str, Any]] = [(x.tick, BRANCH, side) for x, side in taken]
    for node in _sided(result, taken):
        assert node.op is not None and node.values is not None
        sides = SIDES[node.op.name](node.data, *node.values)
        found.append((node.tick, node.op.name, sides))
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
            assert node.op is not None
            z = next(values)
            operands = [next(values) if type(x) is Tensor else x for x in node.inputs]
            sides.append((node.op.name, SIDES[node.op.name](z, *operands)))
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
    seen: set[Tensor] = set()
    waiting = [result, *(x for x, _ in taken)]
    found: list[Tensor] = []
    while waiting:
        node = waiting.pop()
        if node in seen or node.op is None:
            continue
        seen.add(node)
        waiting += [x for x in node.inputs if type(x) is Tensor]
        if node.op.name in SIDES and node.values is not None:
            found.append(node)
    return sorted(found, key=lambda node: node.tick)


def crossed(a: Path, b: Path) -> tuple[str, ...]:
    """The operations of which some entry took another side on b than on a, each name once."""
    if [name for name, _ in a.sides] != [name for name, _ in b.sides]:
        return (BRANCH,)
    pairs = zip(a.sides, b.sides, strict=True)
    return tuple(dict.fromkeys(
        name for (name, one), (_, other) in pairs if not np.array_equal(one, other, equal_nan=True)
    ))  # fmt: skip


def followed(program: Program) -> Callable[..., Tensor]:
    """A Program's first output as a function of Tensors: its operations, carried out once more."""
    target = program.outputs[0]
    wanted = {target, *(x for x, _ in program.decisions)}
    seen, waiting, nodes = set(program.inputs), list(wanted), []
    while waiting:
        node = waiting.pop()
        if node not in seen and node.op is not None:
            nodes.append(node)
            waiting += [x for x in node.inputs if type(x) is Tensor]
        seen.add(node)
    nodes.sort(key=lambda node: node.tick)

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
