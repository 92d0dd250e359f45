"""Rounding noise: how far a function's value moves when every number on its way is rounded anew.

Each result on the way from the arguments is moved by up to one unit in the last place, at random,
and what is made of it is computed from that: what cancels, overflows its digits or sinks below the
smallest number shows in the answer, whatever the rules of differentiation say of it.
Source: Monte Carlo arithmetic (Parker 1997); random places of a stored seed.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from app.engine.sides import results
from app.engine.tensor import Tensor, Value, operations

EPS, TINY = 2.0**-52, 5e-324
SAMPLES = 4
GONE = 1e-3  # of what a result varies by: noise beyond leaves nothing to see


class Recorded(NamedTuple):
    """The arguments of a function that move, and what it made of all, with its history."""

    leaves: Sequence[Tensor]
    result: Tensor


def noise(made: Recorded, samples: int = SAMPLES) -> float:
    """The rounding error of a result of one number in float64, absolute; inf where it has none."""
    way, random = _way(made), np.random.default_rng(0)
    found = [float(np.abs(_shaken(made, way, random)[made.result] - made.result.data).item())
             for _ in range(samples)]  # fmt: skip
    finite = [one for one in found if np.isfinite(one)]
    return max(finite) if finite else float("inf")


def lost(here: Recorded, there: Recorded) -> str | None:
    """The operation whose result is all noise: no more of it than of what it moves by from one
    point to the other is known. None if there is none.
    """
    way, moved = _way(here), _way(there)
    if [node.op for node in way] != [node.op for node in moved]:
        return None
    random = np.random.default_rng(0)
    near = [_shaken(here, way, random) for _ in range(SAMPLES)]
    far = [_shaken(there, moved, random) for _ in range(SAMPLES)]
    for node, other in zip(way, moved, strict=True):
        if node.dtype.kind != "f" or node.shape != other.shape or not node.size:
            continue
        doubts = [_most(one[node] - node.data) for one in near]
        doubts += [_most(one[other] - other.data) for one in far]
        doubt, moves = max(doubts), _most(other.data - node.data)
        if moves and doubt > max(GONE * moves, 1e-10 * _most(node.data)):
            assert node.op is not None
            return node.op.name
    return None


def _most(x: Value) -> float:
    return float(np.max(np.abs(x)))


def _way(made: Recorded) -> list[Tensor]:
    """The operations from the leaves to the result, oldest first."""
    depends, way = set(made.leaves), []
    for node in operations([made.result], made.leaves):
        if any(x in depends for x in node.inputs if type(x) is Tensor):
            depends.add(node)
            way.append(node)
    return way


def _shaken(
    made: Recorded, way: Sequence[Tensor], random: np.random.Generator
) -> dict[Tensor, Value]:
    """Every result on the way, with each number moved in its last place."""
    found: dict[Tensor, Any] = {x: _moved(x.data, random) for x in made.leaves}
    found.setdefault(made.result, made.result.data)
    for node in way:
        assert node.op is not None
        operands = [found.get(x, x.data) if type(x) is Tensor else x for x in node.inputs]
        z = node.op.forward(*operands)
        found[node] = z if node.op.sides is results else _moved(z, random)  # a step is exact
    return found


def _moved(x: Value, random: np.random.Generator) -> Value:
    if x.dtype.kind != "f":
        return x
    if x.ndim:
        return (x + (x * EPS + TINY) * random.uniform(-1, 1, x.shape)).astype(x.dtype)
    return x + (x * EPS + TINY) * random.uniform(-1, 1)
