"""What torch.autograd.functional and torch.func share: variables, their derivatives, structures of
tensors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from app.engine import OPS, Tensor
from app.engine import primitives as p
from app.language.dialects.arranging import arranging
from app.language.dialects.common import array, detached
from app.language.dialects.torch_autograd import grad
from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value, type_name

STACK = arranging(TORCH)["stack"]


def runtime_error(words: str, code: str = "value") -> ProgramError:
    """PyTorch's RuntimeError."""
    return ProgramError(code, framework=f"RuntimeError: {words}", detail=words)


@contextmanager
def following(m: Machine) -> Iterator[None]:
    """What happens within has a history, in no_grad too."""
    kept, m.grad_enabled = m.grad_enabled, True
    try:
        yield
    finally:
        m.grad_enabled = kept


def variable(m: Machine, x: Value, linked: bool = True) -> Array:
    """x as a variable of its own; where linked, what x itself depends on is reached through it."""
    found = array(m, x, TORCH)
    if found.tensor.dtype.kind != "f":
        words = "only Tensors of floating point dtype can require gradients"
        raise ProgramError("integer_gradient", framework=f"RuntimeError: {words}")
    if found.tensor.tracked and linked:
        return m.apply(OPS["multiply"], found, 1)
    made = m.leaf(found.tensor.data, TORCH)
    if found.tensor.tracked:
        m.recorder.alias(made.tensor, found.tensor)
    made.tensor.tracked = True
    return made


def plain(m: Machine, x: Value, graph: bool) -> Value:
    return x if graph or not isinstance(x, Array) else detached(m, x, TORCH)


def depends_beyond(m: Machine, found: list[Array], wanted: list[Array]) -> bool:
    """Whether tensors are made from tracked ones besides these variables: x itself, or what the
    function takes from around it."""
    ends = {id(x.tensor) for x in wanted}
    beyond = any(x.tensor.inputs for x in wanted)  # x is a tracked tensor of the program
    waiting, seen = [x.tensor for x in found if x.tensor.tracked], set[int]()
    while waiting and not beyond:
        m.budget.step()
        node = waiting.pop()
        if id(node) in seen or id(node) in ends:
            continue
        seen.add(id(node))
        before = [x for x in node.inputs if isinstance(x, Tensor) and x.tracked]
        beyond = not before
        waiting += before
    return beyond


def slopes(
    m: Machine, out: Array, wanted: list[Array], seed: Value = None, graph: bool = False
) -> list[Array | None]:
    """The gradients of out, None where nothing links them."""
    if not out.tensor.tracked:
        return [None] * len(wanted)
    return list(grad(m, out, wanted, seed, True, graph, True))


def filled(m: Machine, found: list[Array | None], wanted: list[Array]) -> list[Array]:
    """Gradients, zeros in the place of None."""
    return [
        m.leaf(np.zeros(x.tensor.shape, x.tensor.dtype), TORCH) if g is None else g
        for x, g in zip(wanted, found, strict=True)
    ]


def derived(
    m: Machine, out: Array, wanted: list[Array], seed: Value = None, graph: bool = False
) -> list[Array]:
    return filled(m, slopes(m, out, wanted, seed, graph), wanted)


def matrix(
    m: Machine,
    out: Array,
    wanted: list[Array],
    graph: bool = False,
    look: Callable[[list[Array | None]], None] = lambda row: None,
) -> list[Array]:
    """The derivative of every entry of out, for each variable: out's shape, then its own. look: is
    shown each row of gradients before zeros take the place of what is not linked."""
    size, shape = out.tensor.size, tuple(out.tensor.shape)
    for x in wanted:
        m.budget.array((*shape, *x.tensor.shape))
    rows = []
    for i in range(size):
        unit = np.zeros(size, out.tensor.dtype)
        unit[i] = 1
        seed = m.leaf(unit.reshape(shape)[()], TORCH)
        row = slopes(m, out, wanted, seed, graph)
        look(row)
        rows.append(filled(m, row, wanted))
    found = []
    for i, x in enumerate(wanted):
        lengths = (*shape, *x.tensor.shape)
        if not rows:
            found.append(m.leaf(np.zeros(lengths, x.tensor.dtype), TORCH))
            continue
        stacked = STACK(m, [row[i] for row in rows], 0)
        found.append(m.apply(lambda t, n=lengths: p.shaping.reshape(t, n), stacked))
    return found


def along(m: Machine, out: Array, wanted: list[Array], vectors: list[Array], graph: bool) -> Array:
    """How out changes where the variables go along these vectors: the Jacobian times them."""
    total: Value = None
    for columns, one in zip(matrix(m, out, wanted, graph), vectors, strict=True):
        product = m.binary(OPS["multiply"], columns, one)
        axes = tuple(range(out.tensor.ndim, product.tensor.ndim))
        part = m.apply(
            lambda t, over=axes: p.reductions.reduce(OPS["sum"], t, over) if over else t, product
        )
        total = part if total is None else m.binary(OPS["add"], total, part)
    return total  # type: ignore[no-any-return]


# -- structures: tensors in lists, tuples and dictionaries


def leaves(m: Machine, value: Value) -> list[Value]:
    """What stands at the places of a structure."""
    found: list[Value] = []
    waiting = [value]
    while waiting:
        m.budget.step()
        one = waiting.pop()
        if isinstance(one, list | tuple):
            waiting += reversed(one)
        elif isinstance(one, dict):
            waiting += reversed(one.values())
        else:
            found.append(one)
    return found


def rebuilt(m: Machine, value: Value, entries: Iterator[Value]) -> Value:
    """The same structure, of other entries."""
    m.budget.step()
    if isinstance(value, list | tuple):
        made = [rebuilt(m, one, entries) for one in value]
        return made if isinstance(value, list) else tuple(made)
    if isinstance(value, dict):
        return {key: rebuilt(m, one, entries) for key, one in value.items()}
    return next(entries)


def tensors(m: Machine, value: Value) -> list[Array]:
    """The tensors of a structure. Raises TypeError for anything else in it."""
    found = leaves(m, value)
    for one in found:
        if not isinstance(one, Array):
            raise type_error(f"the function gives a Tensor, not {type_name(one)}")
    return found
