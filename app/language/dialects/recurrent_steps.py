"""What one step of a recurrent layer does, alike in PyTorch and Keras."""

from collections.abc import Callable, Sequence

from app.engine import OPS
from app.engine import primitives as p
from app.language.machine import Machine
from app.language.values import Array, Value

Act = Callable[[Array], Array]


def add(m: Machine, x: Value, y: Value) -> Array:
    return m.binary(OPS["add"], x, y)


def times(m: Machine, x: Value, y: Value) -> Array:
    return m.binary(OPS["multiply"], x, y)


def affine(m: Machine, x: Array, weight: Array, bias: Array | None = None) -> Array:
    """x W + b"""
    product = m.apply(p.linear.matmul, x, weight)
    return product if bias is None else add(m, product, bias)


def entry(m: Machine, x: Array, key: Value) -> Array:
    """x[key]"""
    return m.apply(lambda t: p.indexing.getitem(t, key), x)


def lstm(m: Machine, parts: Sequence[Array], cell: Array, gate: Act, act: Act) -> list[Array]:
    """The output and the cell's next state. parts: what the gates in, forget, new and out are made
    of. Source: Hochreiter, Schmidhuber 1997; Gers 2000."""
    enter, forget, leave = (gate(parts[i]) for i in (0, 1, 3))
    new = add(m, times(m, forget, cell), times(m, enter, act(parts[2])))
    return [times(m, leave, act(new)), new]
