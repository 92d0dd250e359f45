"""When the gradient of a leaf is complete, which nothing else waits for."""

from collections.abc import Container, Iterable, Iterator

from app.engine.tensor import Tensor


def awaited(targets: Iterable[Tensor], leaves: Container[Tensor]) -> dict[Tensor, int]:
    """How many gradients will come to each of these tracked leaves from the targets."""
    found: dict[Tensor, int] = {}
    waiting, seen = list(targets), set[Tensor]()
    while waiting:
        node = waiting.pop()
        if node in seen or node.op is None:
            continue
        seen.add(node)
        for x in receivers(node):
            if x.op is not None:
                waiting.append(x)
            elif x in leaves:
                found[x] = found.get(x, 0) + 1
    return found


def ready(waited: dict[Tensor, int], node: Tensor) -> list[Tensor]:
    """The leaves that wait for nothing more when this node has had its turn."""
    done = []
    for x in receivers(node):
        if x in waited:
            waited[x] -= 1
            if not waited[x]:
                done.append(x)
                del waited[x]
    return done


def receivers(node: Tensor) -> Iterator[Tensor]:
    """The inputs that a node sends a gradient to, one as often as it is an input."""
    for slot, x in enumerate(node.inputs):
        if type(x) is Tensor and x.tracked and node.op and node.op.passes(slot):
            yield x
