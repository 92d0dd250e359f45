"""Derivatives of functions: what the graph gives, without a graph in sight.

Of f from n numbers to m, J is the Jacobian, m rows and n columns. One pass backward gives u J (vjp:
the rows of J, weighted by u), one pass forward gives J v (jvp: the columns, weighted by v). With
m = 1 the one row is the gradient (grad), so one pass backward is all of it: that is why networks
are trained in reverse mode. All of J (jacobian) takes m passes backward or n forward; the Hessian
is the Jacobian of the gradient, and its product with v (hvp) one pass of each kind.

Every function here may be used inside a function that another one differentiates, to any order:
what is computed there is recorded too, and comes back as Tensors; outside, values come back. An
argument is differentiated as a variable of its own, so that `grad(lambda y: x * y, x)` is x and
not 2 x. Several arguments are given as further positions, or where a direction follows as a tuple.
wrt: which arguments, by position: one number for one answer, several for a tuple of them; all of
them by default, and of a single argument the answer is no tuple.
Raises NotScalar where one number is needed, NotFloating for whole numbers.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, Literal

import numpy as np

from app.engine.backward import gradients
from app.engine.errors import Misfit, NoArgument, NotScalar, Uneven
from app.engine.forward import pushed
from app.engine.modes import Recording, record, recording
from app.engine.op import OPS
from app.engine.program import Diverged, Program
from app.engine.tensor import Tensor, Value, decisions

Function = Callable[..., Any]
Which = int | Sequence[int] | None
Mode = Literal["forward", "reverse"]

_nested: ContextVar[bool] = ContextVar("nested", default=False)  # inside another derivative


def grad(f: Function, *at: Any, wrt: Which = None, create_graph: bool = False) -> Any:
    """The gradient of a scalar f: values, or Tensors with `create_graph`."""
    return value_and_grad(f, *at, wrt=wrt, create_graph=create_graph)[1]


def value_and_grad(
    f: Function, *at: Any, wrt: Which = None, create_graph: bool = False
) -> tuple[Any, Any]:
    """f and its gradient, from one recording."""
    graph = create_graph or _nested.get()
    leaves, result = _recorded(f, at, wrt)
    one_number(result)
    found = _pulled(result, leaves, None, graph)
    return result if graph else result.data, _answer(found, wrt, at)


def vjp(f: Function, at: Any, u: Any) -> Any:
    """The vector u, of f's shape, times the Jacobian of f: one backward pass."""
    given, graph = _tuple(at), _nested.get()
    leaves, result = _recorded(f, given, None)
    found = _pulled(result, leaves, _like(u, result, graph, "vjp"), graph)
    return _answer(found, None, given)


def jvp(f: Function, at: Any, v: Any) -> Any:
    """The Jacobian of f times v, of the arguments' shapes: one forward pass, no backward."""
    given, graph = _tuple(at), _nested.get()
    leaves, result = _recorded(f, given, None)
    along = _directions(v, leaves, graph, "jvp")
    return _answer([_known(pushed(result, along, graph), result.shape, result.dtype, graph)], 0, ())


def hvp(f: Function, at: Any, v: Any) -> Any:
    """The Hessian of a scalar f times v, without the Hessian: forward over reverse."""
    given, graph = _tuple(at), _nested.get()
    leaves, result = _recorded(f, given, None)
    one_number(result)
    slopes = _pulled(result, leaves, None, True)
    along = _directions(v, leaves, graph, "hvp")
    moved = [pushed(slope, along, graph) for slope in slopes]
    found = [_known(one, x.shape, x.dtype, graph) for one, x in zip(moved, leaves, strict=True)]
    return _answer(found, None, given)


def jacobian(f: Function, *at: Any, wrt: Which = None, mode: Mode | None = None) -> Any:
    """All first derivatives: shape f's, then the argument's.

    mode: forward takes one pass for each number of the arguments, reverse one for each of f; the
    fewer by default. All passes are one batch of one recording.
    """
    leaves, result = _recorded(f, at, wrt)
    found = _matrices(result, leaves, mode)
    return _answer(found, wrt, at)


def hessian(f: Function, *at: Any, wrt: Which = None) -> Any:
    """All second derivatives of a scalar f, forward over reverse: shape the argument's, twice.

    Of several arguments a tuple of tuples: the derivative by the first, then by the second.
    """
    leaves, result = _recorded(f, at, wrt)
    one_number(result)
    slopes = _pulled(result, leaves, None, True)
    rows = [_answer(_matrices(slope, leaves, "forward"), wrt, at) for slope in slopes]
    return _answer(rows, wrt, at)


def per_example(f: Function, *at: Any, over: Sequence[int], wrt: Which = None) -> Any:
    """The gradient of a scalar f for every example: one more axis in front, the examples'.

    over: positions of the arguments that hold one example per entry of their first axis; f gets
    one example of each. One recording is replayed on all at once; where an example takes another
    branch than the first did, or float(x) gives another number, each is recorded for itself. So
    they are where the last one's own gradient is not what the replay gives for it: f has read
    numbers of the first from x.data.
    """
    batched, chosen, graph = set(over), _chosen(wrt, at), _nested.get()
    found: list[Any]
    data = [_tensor(x).data for x in at]
    shapes = [data[i].shape for i in _chosen(over, at)]
    if not shapes or not all(shapes) or len({shape[0] for shape in shapes}) > 1:
        raise Uneven(shapes)
    count = shapes[0][0]
    if not count:
        empty = [np.zeros((0, *data[i].shape[i in batched :]), data[i].dtype) for i in chosen]
        return _answer([_known(one, one.shape, one.dtype, graph) for one in empty], wrt, at)

    def one(i: int) -> Any:
        return grad(f, *[x[i] if j in batched else x for j, x in enumerate(at)], wrt=chosen)

    if graph:
        rows = [one(i) for i in range(count)]
        found = [_piled(part, (count,), part[0].shape) for part in zip(*rows, strict=True)]
    else:
        inputs = [
            Tensor(x[0] if i in batched else x, tracked=i in chosen) for i, x in enumerate(data)
        ]
        taken: list[tuple[Tensor, bool]] = []
        log, inside = decisions.set(taken), _nested.set(True)
        try:
            with record(Recording.EVERYTHING):
                result = _tensor(f(*inputs))
                one_number(result)
                slopes = _pulled(result, [inputs[i] for i in chosen], None, True)
        finally:
            decisions.reset(log)
            _nested.reset(inside)
        at = tuple(data)
        try:
            found = list(Program(inputs, slopes, taken).batch(*data))
            followed = count == 1 or _agree(one(count - 1), [part[-1] for part in found])
        except Diverged:
            followed = False
        if not followed:
            rows = [one(i) for i in range(count)]
            found = [np.stack(part) for part in zip(*rows, strict=True)]
    return _answer(found, wrt, at)


def _agree(rows: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether gradients are the same numbers, but for the order in which they were summed."""
    for x, y in zip(rows, others, strict=True):
        room = 1e3 * np.finfo(x.dtype).eps * max(1.0, float(np.max(np.abs(x), initial=0.0)))
        if not np.allclose(x, y, rtol=1e3 * np.finfo(x.dtype).eps, atol=room, equal_nan=True):
            return False
    return True


def one_number(result: Tensor) -> None:
    if result.size != 1:
        raise NotScalar(result.shape)


# -- recording


def _recorded(f: Function, at: Sequence[Any], wrt: Which) -> tuple[list[Tensor], Tensor]:
    """The chosen arguments as variables of their own, and what f makes of them."""
    chosen = _chosen(wrt, at)
    token = _nested.set(True)
    try:
        with record(max(recording.get(), Recording.TRACKED)):
            given = [_variable(x) if i in chosen else _tensor(x) for i, x in enumerate(at)]
            return [given[i] for i in chosen], _tensor(f(*given))
    finally:
        _nested.reset(token)


def _variable(x: Any) -> Tensor:
    """x as a variable of its own, through which an outer derivative still reaches x."""
    if not isinstance(x, Tensor):
        return Tensor(x, tracked=True)
    leaf = OPS["multiply"](x, 1)  # every bit of x, and a Program leaves it out again
    if leaf.dtype.kind != "f":
        return Tensor(x, tracked=True)
    leaf.tracked = True
    return leaf


def _pulled(result: Tensor, leaves: Sequence[Tensor], seed: Any, graph: bool) -> list[Any]:
    """The gradient for each leaf. Nothing that is older than the leaves is visited."""
    first, own = min((x.tick for x in leaves), default=0), set(leaves)

    def follow(node: Tensor, x: Tensor) -> bool:
        return x.tracked and x.tick >= first and node not in own

    found = gradients([(result, seed)], follow, create_graph=graph) if result.tracked else {}
    return [_known(found.get(x), x.shape, x.dtype, graph) for x in leaves]


def _matrices(result: Tensor, leaves: Sequence[Tensor], mode: Mode | None) -> list[Any]:
    """The Jacobian of a recorded result for each leaf."""
    if mode is None:
        mode = "forward" if sum(x.size for x in leaves) < result.size else "reverse"
    if mode == "reverse":
        return _by_rows(result, leaves)
    return [_by_columns(result, x) for x in leaves]


def _by_rows(result: Tensor, leaves: Sequence[Tensor]) -> list[Any]:
    seed = Tensor(np.ones(result.shape, result.dtype), tracked=True)
    if _nested.get():
        rows = [_pulled(result, leaves, one, True) for one in _basis(result)]
        return [
            _piled([row[i] for row in rows], result.shape, x.shape) for i, x in enumerate(leaves)
        ]
    slopes = _pulled(result, leaves, seed, True)
    batch = Program([seed], slopes).batch(_basis(result))
    return [one.reshape(result.shape + x.shape) for one, x in zip(batch, leaves, strict=True)]


def _by_columns(result: Tensor, x: Tensor) -> Any:
    direction = Tensor(np.ones(x.shape, x.dtype), tracked=True)
    shape = result.shape + x.shape
    if _nested.get():
        columns = [
            _known(pushed(result, {x: Tensor(one)}, True), result.shape, result.dtype, True)
            for one in _basis(x)
        ]
        piled, back = _piled(columns, x.shape, result.shape), range(x.ndim, x.ndim + result.ndim)
        return np.transpose(piled, (*back, *range(x.ndim))) if x.ndim else piled
    moved = pushed(result, {x: direction}, True)
    if moved is None:
        return np.zeros(shape, result.dtype)[()]
    (columns,) = Program([direction], [moved]).batch(_basis(x))
    return np.moveaxis(columns, 0, -1).reshape(shape)[()]


def _basis(x: Tensor) -> Value:
    """Every unit vector of x's shape: (x's size, *x's shape)."""
    return np.eye(x.size, dtype=x.dtype).reshape(x.size, *x.shape)


def _piled(parts: Sequence[Tensor], over: tuple[int, ...], inner: tuple[int, ...]) -> Any:
    """Recorded parts of shape `inner` as one Tensor of shape `over + inner`."""
    total: Any = Tensor(np.zeros(over + inner))
    for i, part in enumerate(parts):
        unit = np.zeros(len(parts), part.dtype)
        unit[i] = 1
        piece = part * unit.reshape(over + (1,) * len(inner))
        total = piece + total if i else piece
    return total


# -- arguments and answers


def _tuple(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def _tensor(x: Any) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(x)


def _chosen(wrt: Which, at: Sequence[Any]) -> list[int]:
    if wrt is None:
        return list(range(len(at)))
    chosen = [wrt] if isinstance(wrt, int) else list(wrt)
    for i in chosen:
        if not 0 <= i < len(at):
            raise NoArgument(i, len(at))
    return chosen


def _answer(found: Sequence[Any], wrt: Which, at: Sequence[Any]) -> Any:
    single = isinstance(wrt, int) or (wrt is None and len(at) == 1)
    own = [x.copy() if isinstance(x, np.ndarray) else x for x in found]  # the caller's to change
    return own[0] if single else tuple(own)


def _known(x: Any, shape: tuple[int, ...], dtype: Any, graph: bool) -> Any:
    """A derivative that is there, or zeros: a Tensor inside another derivative, else a value."""
    if x is None:
        x = np.zeros(shape, dtype)[()]
    if graph:
        return _tensor(x)
    return x.data if isinstance(x, Tensor) else x


def _like(v: Any, x: Tensor, graph: bool, asked: str) -> Any:
    """A direction for x, in its shape and dtype; one number stands for all of its entries.

    Raises Misfit in the name of the function that was asked.
    """
    v = v if isinstance(v, Tensor) else Tensor(v, dtype=x.dtype)
    if v.shape not in ((), x.shape):
        raise Misfit(asked, (v.shape, x.shape), "the vector has another shape than what it meets")
    spread = v if v.shape == x.shape else OPS["broadcast_to"](v, x.shape, 0)
    return spread if graph else spread.data


def _directions(v: Any, leaves: Sequence[Tensor], graph: bool, asked: str) -> dict[Tensor, Any]:
    """A direction for each argument, in their order."""
    given = _tuple(v)
    if len(given) != len(leaves):
        raise TypeError(f"{asked} needs {len(leaves)} vectors, one per argument, not {len(given)}")
    return {x: _like(one, x, graph, asked) for x, one in zip(leaves, given, strict=True)}
