"""What an operation read, as Tensors, though a variable has moved on since."""

from typing import Any

from app.engine.primitives.selection import earlier
from app.engine.tensor import Tensor, made

Known = dict[tuple[Tensor, int], Tensor]  # what was recalled: a Tensor, and which of its numbers


def operands_of(node: Tensor, known: Known) -> tuple[Any, ...]:
    """The inputs of a recorded operation with the numbers that it has read.

    An input that holds other numbers by now stands as a step from it, that has the old ones.
    """
    inputs, values = node.inputs, node.values
    assert values is not None
    if len(inputs) == 2:  # the common case, unrolled
        x, y = inputs
        moved = type(x) is Tensor and x.data is not values[0]
        moved = moved or (type(y) is Tensor and y.data is not values[1])
    else:
        moved = any(type(x) is Tensor and x.data is not values[i] for i, x in enumerate(inputs))
    return tuple(map(_recalled, inputs, values, [known] * len(inputs))) if moved else inputs


def _recalled(x: Any, value: Any, known: Known) -> Any:
    if type(x) is not Tensor or x.data is value:
        return x
    found = known.get((x, id(value)))
    if found is None:
        found = known[x, id(value)] = made(value, x.tracked, earlier, (x,), (value,))
    return found
