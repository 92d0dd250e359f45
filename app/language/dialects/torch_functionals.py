"""torch.autograd.functional and torch.func: derivatives of functions of the program."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.dialects.arranging import arranging, length, whole
from app.language.dialects.common import array, detached
from app.language.dialects.torch_autograd import grad
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.items import item
from app.language.machine import Machine
from app.language.values import TORCH, Array, Builtin, Value, type_name

STACK = arranging(TORCH)["stack"]


@contextmanager
def _following(m: Machine) -> Iterator[None]:
    """What happens within has a history, in no_grad too."""
    kept, m.grad_enabled = m.grad_enabled, True
    try:
        yield
    finally:
        m.grad_enabled = kept


def _variable(m: Machine, x: Value) -> Array:
    """x as a variable of its own; what x itself depends on is still reached through it."""
    found = array(m, x, TORCH)
    if found.tensor.dtype.kind != "f":
        words = "only Tensors of floating point and complex dtype can require gradients"
        raise ProgramError("integer_gradient", framework=f"RuntimeError: {words}")
    if found.tensor.tracked:
        return m.apply(OPS["multiply"], found, 1)
    made = m.leaf(found.tensor.data, TORCH)
    made.tensor.tracked = True
    return made


def _plain(m: Machine, x: Value, graph: bool) -> Value:
    return x if graph or not isinstance(x, Array) else detached(m, x, TORCH)


def _derived(
    m: Machine, out: Array, wanted: list[Array], seed: Value = None, graph: bool = False
) -> list[Array]:
    """The gradients of out, zeros where nothing links them."""
    found: Any = (None,) * len(wanted)
    if out.tensor.tracked:
        found = grad(m, out, wanted, seed, True, graph, True)
    return [
        m.leaf(np.zeros(x.tensor.shape, x.tensor.dtype), TORCH) if g is None else g
        for x, g in zip(wanted, found, strict=True)
    ]


def _matrix(m: Machine, out: Array, wanted: list[Array], graph: bool = False) -> list[Array]:
    """The derivative of every entry of out, for each variable: out's shape, then its own."""
    size, shape = out.tensor.size, tuple(out.tensor.shape)
    for x in wanted:
        m.budget.array((*shape, *x.tensor.shape))
    rows = []
    for i in range(size):
        unit = np.zeros(size, out.tensor.dtype)
        unit[i] = 1
        seed = m.leaf(unit.reshape(shape)[()], TORCH)
        rows.append(_derived(m, out, wanted, seed, graph))
    found = []
    for i, x in enumerate(wanted):
        lengths = (*shape, *x.tensor.shape)
        stacked = STACK(m, [row[i] for row in rows], 0)
        found.append(m.apply(lambda t, n=lengths: p.shaping.reshape(t, n), stacked))
    return found


def _result(m: Machine, func: Value, given: list[Value], **named: Value) -> Array:
    out = call(m, func, *given, **named)
    if not isinstance(out, Array):
        raise type_error(f"the function gives a Tensor, not {type_name(out)}")
    return out


def _scalar(out: Array, name: str) -> None:
    if out.tensor.size != 1:
        shape = f"torch.Size({list(out.tensor.shape)})"
        words = f"The Tensor returned by the function given to {name} should contain a single "
        raise ProgramError(
            "not_scalar",
            framework=f"RuntimeError: {words}element",
            shape=tuple(out.tensor.shape),
            detail=shape,
        )


# -- torch.autograd.functional


def _inputs(m: Machine, inputs: Value) -> list[Array]:
    given = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    return [_variable(m, x) for x in given]


def _shaped_like(inputs: Value, found: list[Any]) -> Value:
    return tuple(found) if isinstance(inputs, list | tuple) else found[0]


def _jacobian(
    m: Machine,
    func: Value,
    inputs: Value,
    create_graph: Value = False,
    strict: Value = False,
    vectorize: Value = False,
    strategy: Value = "reverse-mode",
) -> Value:
    graph = bool(create_graph)
    with _following(m):
        wanted = _inputs(m, inputs)
        found = _matrix(m, _result(m, func, list(wanted)), wanted, graph)
        return _shaped_like(inputs, [_plain(m, x, graph) for x in found])


def _hessian(
    m: Machine,
    func: Value,
    inputs: Value,
    create_graph: Value = False,
    strict: Value = False,
    vectorize: Value = False,
    outer_jacobian_strategy: Value = "reverse-mode",
) -> Value:
    graph = bool(create_graph)
    with _following(m):
        wanted = _inputs(m, inputs)
        out = _result(m, func, list(wanted))
        _scalar(out, "hessian")
        slopes = _derived(m, out, wanted, None, True)
        rows = [_matrix(m, slope, wanted, graph) for slope in slopes]
        plain = [[_plain(m, x, graph) for x in row] for row in rows]
        return _shaped_like(inputs, [_shaped_like(inputs, row) for row in plain])


def _vjp(m: Machine, func: Value, inputs: Value, v: Value = None, **settings: Value) -> Value:
    with _following(m):
        wanted = _inputs(m, inputs)
        out = _result(m, func, list(wanted))
        found = _derived(m, out, wanted, v)
        return _plain(m, out, False), _shaped_like(inputs, list(found))


def _jvp(m: Machine, func: Value, inputs: Value, v: Value = None, **settings: Value) -> Value:
    """The Jacobian times v, by differentiating vᵀ J with respect to the vector in front."""
    with _following(m):
        wanted = _inputs(m, inputs)
        out = _result(m, func, list(wanted))
        along = list(v) if isinstance(v, list | tuple) else [v]
        if v is None:
            along = [m.leaf(np.ones(x.tensor.shape, x.tensor.dtype), TORCH) for x in wanted]
        moved = [array(m, one, TORCH) for one in along]
        columns = _matrix(m, out, wanted)
        total: Value = None
        for one, matrix in zip(moved, columns, strict=True):
            product = m.binary(OPS["multiply"], detached(m, matrix, TORCH), one)
            axes = tuple(range(out.tensor.ndim, product.tensor.ndim))
            part = m.apply(
                lambda t, over=axes: p.reductions.reduce(OPS["sum"], t, over) if over else t,
                product,
            )
            total = part if total is None else m.binary(OPS["add"], total, part)
        return _plain(m, out, False), _plain(m, total, False)


def _hvp(m: Machine, func: Value, inputs: Value, v: Value = None, **settings: Value) -> Value:
    with _following(m):
        wanted = _inputs(m, inputs)
        out = _result(m, func, list(wanted))
        _scalar(out, "hvp")
        slopes = _derived(m, out, wanted, None, True)
        along = list(v) if isinstance(v, list | tuple) else [v]
        total: Value = None
        for slope, one in zip(slopes, along, strict=True):
            product = m.binary(OPS["multiply"], slope, array(m, one, TORCH))
            part = m.apply(lambda t: p.reductions.reduce(OPS["sum"], t), product)
            total = part if total is None else m.binary(OPS["add"], total, part)
        found = _derived(m, total, wanted)
        return _plain(m, out, False), _shaped_like(inputs, list(found))


# -- torch.func


def _chosen(argnums: Value, count: int) -> list[int]:
    found = whole(argnums)
    places = [found] if isinstance(found, int) else list(found)
    if any(not -count <= i < count for i in places):
        words = f"Got argnum={argnums}, but only {count} positional inputs"
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    return [i % count for i in places]


def _transformed(name: str, derive: Callable[..., Value]) -> Callable[..., Builtin]:
    """grad, jacrev and their kin: a function of the derivative. derive(m, out, variables, graph)
    gives it for each of the variables."""

    def make(m: Machine, func: Value, argnums: Value = 0, has_aux: Value = False) -> Builtin:
        if has_aux:
            raise unsupported(f"torch.func.{name} with has_aux")

        def derivative(m: Machine, *given: Value, **named: Value) -> Value:
            places = _chosen(argnums, len(given))
            graph = any(isinstance(x, Array) and x.tensor.tracked for x in given)
            with _following(m):
                inputs = list(given)
                for i in places:
                    inputs[i] = _variable(m, given[i])
                out = _result(m, func, inputs, **named)
                found = derive(m, out, [inputs[i] for i in places], graph)
                plain = [_plain(m, x, graph) for x in found]
            answer = plain[0] if isinstance(argnums, int) else tuple(plain)
            if name == "grad_and_value":
                return answer, _plain(m, out, graph)
            return answer

        return Builtin(name, derivative)

    return make


def _gradient(m: Machine, out: Array, wanted: list[Array], graph: bool) -> list[Array]:
    if out.tensor.ndim:
        words = "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor "
        words += f"with {out.tensor.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs "
        words += "instead?"
        shape = tuple(out.tensor.shape)
        raise ProgramError("not_scalar", framework=f"RuntimeError: {words}", shape=shape)
    return _derived(m, out, wanted, None, graph)


def _second(m: Machine, out: Array, wanted: list[Array], graph: bool) -> list[Array]:
    slopes = _derived(m, out, wanted, None, True)
    return [_matrix(m, g, [x], graph)[0] for g, x in zip(slopes, wanted, strict=True)]


def _vmap(
    m: Machine,
    func: Value,
    in_dims: Value = 0,
    out_dims: Value = 0,
    randomness: Value = "error",
    chunk_size: Value = None,
) -> Builtin:
    """The function for each entry along an axis, its results stacked."""
    if out_dims != 0:
        raise unsupported("torch.func.vmap with out_dims")

    def mapped(m: Machine, *given: Value, **named: Value) -> Value:
        dims = [in_dims] * len(given) if isinstance(in_dims, int) else list(in_dims)
        counts = {
            length(array(m, x, TORCH), d) for x, d in zip(given, dims, strict=True) if d is not None
        }
        if len(counts) != 1:
            words = "vmap: Expected all tensors to have the same size in the mapped dimension, got "
            raise value_error(f"{words}sizes {sorted(counts)} for the mapped dimension")
        rows = []
        for i in range(counts.pop()):
            inputs = [
                x if d is None else item(m, x, (*(slice(None),) * d, i))
                for x, d in zip(given, dims, strict=True)
            ]
            rows.append(call(m, func, *inputs, **named))
        return _stacked(m, rows)

    return Builtin("vmap", mapped)


def _stacked(m: Machine, rows: list[Value]) -> Value:
    m.budget.step()  # a part that rows share is joined each time
    if isinstance(rows[0], tuple | list):
        return tuple(_stacked(m, list(part)) for part in zip(*rows, strict=True))
    if isinstance(rows[0], dict):
        return {key: _stacked(m, [row[key] for row in rows]) for key in rows[0]}
    return STACK(m, [array(m, row, TORCH) for row in rows], 0)


FUNCTIONAL: dict[str, Callable[..., Any]] = {
    "jacobian": _jacobian,
    "hessian": _hessian,
    "vjp": _vjp,
    "jvp": _jvp,
    "hvp": _hvp,
}
FUNC: dict[str, Callable[..., Any]] = {
    "grad": _transformed("grad", _gradient),
    "grad_and_value": _transformed("grad_and_value", _gradient),
    "jacrev": _transformed("jacrev", _matrix),
    "jacfwd": _transformed("jacfwd", _matrix),
    "hessian": _transformed("hessian", _second),
    "vmap": _vmap,
}
