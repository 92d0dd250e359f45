"""Forward mode: a tangent carried through a recorded graph, oldest operation first.

No operation has a second rule for it. A rule is linear in `g`, and what is linear can be read in
both directions: of an elementwise operation it is a factor for each entry, so the tangent is the
rule itself, given the input's tangent for `g`; of any other it is transposed, by differentiating
the rule with respect to `g`. Source: Griewank and Walther 2008, chapter 3.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.engine.backward import fitted, gradients
from app.engine.modes import Recording, record
from app.engine.op import Rule
from app.engine.primitives.selection import cast
from app.engine.primitives.shaping import broadcast_to
from app.engine.recall import Known, operands_of
from app.engine.tensor import Tensor


def pushed(result: Tensor, tangents: Mapping[Tensor, Any], create_graph: bool) -> Any:
    """The tangent of the result for the tangents of what it was made from; None where it has none.

    tangents: values of their Tensor's shape, or Tensors with `create_graph`, and then so is the
    answer.
    """
    found: dict[Tensor, Any] = dict(tangents)
    known: Known = {}
    with record(Recording.EVERYTHING if create_graph else Recording.NOTHING):
        for node in _between(found, result):
            total = None
            for slot, x in enumerate(node.inputs):
                if type(x) is not Tensor or x not in found:
                    continue
                assert node.op is not None
                if node.op.passes(slot):
                    part = _through(node, slot, found[x], create_graph, known)
                    total = part if total is None else total + part
            if total is not None:
                found[node] = total
    return found.get(result)


def _through(node: Tensor, slot: int, tangent: Any, create_graph: bool, known: Known) -> Any:
    """What one input's tangent adds to the tangent of a node."""
    op, shape = node.op, node.shape
    assert op is not None and node.values is not None
    z, operands = (node, operands_of(node, known)) if create_graph else (node.data, node.values)
    rule: Rule = op.rules[slot]
    if op.elementwise and op is not cast:
        spread = broadcast_to if create_graph else np.broadcast_to
        given = tangent if tangent.shape == shape else spread(tangent, shape)
        part = rule(given, z, *operands)
        part = part if part.shape == shape else spread(part, shape)
    else:
        part = _transposed(rule, node, z, operands, slot, tangent, create_graph)
    if part.dtype != node.dtype:
        part = cast(part, node.dtype) if create_graph else part.astype(node.dtype)
    return part


def _transposed(
    rule: Rule,
    node: Tensor,
    z: Any,
    operands: tuple[Any, ...],
    slot: int,
    tangent: Any,
    create_graph: bool,
) -> Any:
    """The transpose of a rule at a tangent: the gradient of ⟨rule(g), tangent⟩ for g."""
    assert node.values is not None
    g = Tensor(np.ones(node.shape, node.dtype), tracked=True)
    with record(Recording.EVERYTHING if create_graph else Recording.TRACKED):
        part = rule(g, z, *operands)
        if isinstance(part, Tensor):
            part = fitted(part, node.values[slot].shape)
    zeros = np.zeros(node.shape, node.dtype)[()]
    if not isinstance(part, Tensor):
        return Tensor(zeros) if create_graph else zeros

    def after(_: Tensor, x: Tensor) -> bool:
        return x.tracked and x.tick >= g.tick

    return gradients([(part, tangent)], after, create_graph).get(
        g, Tensor(zeros) if create_graph else zeros
    )


def _between(given: Mapping[Tensor, Any], result: Tensor) -> list[Tensor]:
    """The operations on the way from the given Tensors to the result, oldest first."""
    first = min((x.tick for x in given), default=0)
    seen, waiting, found = set(given), [result], []
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op is not None and node.tick > first:
            found.append(node)
            waiting += [x for x in node.inputs if type(x) is Tensor]
    return sorted(found, key=lambda node: node.tick)
