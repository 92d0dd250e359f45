"""torch.autograd.functional: derivatives of functions of the program at given inputs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.dialects.common import array
from app.language.dialects.torch_deriving import (
    along,
    filled,
    following,
    matrix,
    plain,
    runtime_error,
    slopes,
    variable,
)
from app.language.errors import ProgramError, type_error
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value, type_name

Row = list[Array | None]


def _inputs(m: Machine, name: str, inputs: Value, graph: bool) -> list[Array]:
    """The inputs as variables. graph: whether what they depend on is reached through them."""
    given = list(inputs) if isinstance(inputs, tuple) else [inputs]
    if not all(isinstance(x, Array) and x.kind == TORCH for x in given):
        words = f"The inputs given to {name} must be either a Tensor or a tuple of Tensors but the "
        raise type_error(f"{words}given inputs has type <class '{type_name(inputs)}'>.")
    return [variable(m, x, graph) for x in given]


def _outputs(m: Machine, name: str, out: Value, strict: bool) -> list[Array]:
    """What the function gave, as a list."""
    found = list(out) if isinstance(out, tuple) else [out]
    for i, one in enumerate(found):
        if not isinstance(one, Array):
            words = f"The outputs of the user-provided function given to {name} must be either a "
            words += "Tensor or a tuple of Tensors but the given outputs of the user-provided "
            raise type_error(f"{words}function has type <class '{type_name(out)}'>.")
        if strict and not one.tensor.tracked:
            words = f"Output {i} of the user-provided function does not require gradients. The "
            words += "outputs must be computed in a differentiable manner from the input when "
            raise runtime_error(f"{words}running in strict mode.")
    return found


def _single(name: str, found: list[Array]) -> Array:
    """The one output of one entry that the function must have."""
    if len(found) != 1 or found[0].tensor.size != 1:
        words = f"The Tensor returned by the function given to {name} should contain a single "
        shape = tuple(found[0].tensor.shape) if found else ()
        framework = f"RuntimeError: {words}element"
        raise ProgramError("not_scalar", framework=framework, shape=shape, detail=str(shape))
    return found[0]


def _shaped_like(inputs: Value, found: list[Any]) -> Value:
    return tuple(found) if isinstance(inputs, tuple) else found[0]


def _linked(output: int, strict: bool) -> Callable[[Row], None]:
    """A look at gradients: in strict mode none is missing."""

    def look(row: Row) -> None:
        for i, one in enumerate(row):
            if strict and one is None:
                words = f"Output {output} of the user-provided function is independent of input {i}"
                raise runtime_error(f"{words}. This is not allowed in strict mode.")

    return look


def _bends(rows: list[Any], strict: bool) -> None:
    """In strict mode first derivatives depend on the inputs."""
    for i, one in enumerate(rows):
        if strict and not (isinstance(one, Array) and one.tensor.tracked):
            words = "While computing the hessian, found that the jacobian of the user-provided "
            words += f"function with respect to input {i} is independent of the input. This is not "
            words += "allowed in strict mode. You should ensure that your function is twice "
            words += "differentiable and that the jacobian depends on the inputs (this would be "
            raise runtime_error(f"{words}violated by a linear function for example).")


def _strategy(strict: Value, vectorize: Value, strategy: Value, name: str) -> None:
    """How it is carried out changes no number; what PyTorch refuses is refused."""
    if strategy not in ("forward-mode", "reverse-mode"):
        words = 'AssertionError: Expected strategy to be either "forward-mode" or "reverse-mode". '
        words += 'Hint: If your function has more outputs than inputs, "forward-mode" tends to be '
        words += 'more performant. Otherwise, prefer to use "reverse-mode".'
        raise ProgramError("value", framework=words, detail=f"{strategy}")
    if strategy == "forward-mode" and not vectorize:
        words = "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly "
        words += "implemented for `vectorize=True`."
        raise ProgramError("value", framework=f"NotImplementedError: {words}", detail=words)
    if strict and vectorize:
        words = f"torch.autograd.functional.{name}: `strict=True` and `vectorized=True` are not "
        words += "supported together. Please either set `strict=False` or `vectorize=False`."
        raise runtime_error(words)


def _jacobian(
    m: Machine,
    func: Value,
    inputs: Value,
    create_graph: Value = False,
    strict: Value = False,
    vectorize: Value = False,
    strategy: Value = "reverse-mode",
) -> Value:
    _strategy(strict, vectorize, strategy, "jacobian")
    graph = bool(create_graph)
    with following(m):
        wanted = _inputs(m, "jacobian", inputs, graph)
        out = call(m, func, *wanted)
        found = []
        for i, one in enumerate(_outputs(m, "jacobian", out, bool(strict))):
            rows = matrix(m, one, wanted, graph, _linked(i, bool(strict)))
            if graph:
                _depends(rows, bool(strict))
            found.append(_shaped_like(inputs, [plain(m, x, graph) for x in rows]))
        return tuple(found) if isinstance(out, tuple) else found[0]


def _depends(rows: list[Array], strict: bool) -> None:
    for i, one in enumerate(rows):
        if strict and not one.tensor.tracked:
            words = f"The jacobian of the user-provided function is independent of input {i}. This "
            raise runtime_error(f"{words}is not allowed in strict mode when create_graph=True.")


def _hessian(
    m: Machine,
    func: Value,
    inputs: Value,
    create_graph: Value = False,
    strict: Value = False,
    vectorize: Value = False,
    outer_jacobian_strategy: Value = "reverse-mode",
) -> Value:
    _strategy(strict, vectorize, outer_jacobian_strategy, "hessian")
    graph = bool(create_graph)
    with following(m):
        wanted = _inputs(m, "hessian", inputs, graph)
        out = _single("hessian", _outputs(m, "hessian", call(m, func, *wanted), bool(strict)))
        row = slopes(m, out, wanted, None, True)
        _linked(0, bool(strict))(row)
        _bends(row, bool(strict))
        rows = [matrix(m, slope, wanted, graph) for slope in filled(m, row, wanted)]
        found = [[plain(m, x, graph) for x in one] for one in rows]
        return _shaped_like(inputs, [_shaped_like(inputs, one) for one in found])


def _vectors(m: Machine, v: Value, beside: list[Array], several: bool) -> list[Array]:
    """The vectors that go with these tensors, one of the same shape for each."""
    given = list(v) if isinstance(v, list | tuple) else [v]
    if len(given) != len(beside):
        if not several:
            raise runtime_error("The given v should contain a single Tensor.")
        words = f"v is a tuple of invalid length: should be {len(beside)} but got {len(given)}."
        raise runtime_error(words)
    found = [array(m, one, TORCH) for one in given]
    for i, (one, other) in enumerate(zip(found, beside, strict=True)):
        if one.tensor.shape != other.tensor.shape:
            size, wanted = (f"torch.Size({list(x.tensor.shape)})" for x in (one, other))
            head = f"Entry {i} in v" if several else "v"
            raise runtime_error(f"{head} has invalid size: should be {wanted} but got {size}.")
    return found


def _or_ones(m: Machine, v: Value, beside: list[Array], several: bool, what: str) -> list[Array]:
    """Likewise; without v a one, where there is one number."""
    if v is not None:
        return _vectors(m, v, beside, several)
    if len(beside) != 1 or beside[0].tensor.size != 1:
        raise runtime_error(f"The vector v can only be None if {what}.")
    x = beside[0].tensor
    return [m.leaf(np.ones(x.shape, x.dtype), TORCH)]


OF_INPUT = "the input to the user-provided function is a single Tensor with a single element"
OF_OUTPUT = "the user-provided function returns a single Tensor with a single element"


def _vjp(
    m: Machine,
    func: Value,
    inputs: Value,
    v: Value = None,
    create_graph: Value = False,
    strict: Value = False,
) -> Value:
    graph = bool(create_graph)
    with following(m):
        wanted = _inputs(m, "vjp", inputs, graph)
        out = call(m, func, *wanted)
        outputs = _outputs(m, "vjp", out, bool(strict))
        seeds = _or_ones(m, v, outputs, isinstance(out, tuple), OF_OUTPUT)
        total = _weighed(m, outputs, seeds)
        row = slopes(m, total, wanted, None, graph)
        _linked(0, bool(strict))(row)
        found = [plain(m, x, graph) for x in filled(m, row, wanted)]
        shown = [plain(m, x, graph) for x in outputs]
        return _shaped_like(out, shown), _shaped_like(inputs, found)


def _weighed(m: Machine, parts: list[Array], vectors: list[Array]) -> Array:
    """The sum of all entries, each times that of its vector."""
    total: Value = None
    for one, by in zip(parts, vectors, strict=True):
        product = m.binary(OPS["multiply"], one, by)
        part = m.apply(lambda t: p.reductions.reduce(OPS["sum"], t), product)
        total = part if total is None else m.binary(OPS["add"], total, part)
    return total  # type: ignore[no-any-return]


def _jvp(
    m: Machine,
    func: Value,
    inputs: Value,
    v: Value = None,
    create_graph: Value = False,
    strict: Value = False,
) -> Value:
    graph = bool(create_graph)
    with following(m):
        wanted = _inputs(m, "jvp", inputs, graph)
        vectors = _or_ones(m, v, wanted, isinstance(inputs, tuple), OF_INPUT)
        out = call(m, func, *wanted)
        outputs = _outputs(m, "jvp", out, bool(strict))
        found = [plain(m, along(m, one, wanted, vectors, graph), graph) for one in outputs]
        shown = [plain(m, x, graph) for x in outputs]
        return _shaped_like(out, shown), _shaped_like(out, found)


def _product(name: str) -> Callable[..., Value]:
    """hvp and vhp: the Hessian is symmetric."""

    def product(
        m: Machine,
        func: Value,
        inputs: Value,
        v: Value = None,
        create_graph: Value = False,
        strict: Value = False,
    ) -> Value:
        graph = bool(create_graph)
        with following(m):
            wanted = _inputs(m, name, inputs, graph)
            vectors = _or_ones(m, v, wanted, isinstance(inputs, tuple), OF_INPUT)
            out = _single(name, _outputs(m, name, call(m, func, *wanted), bool(strict)))
            row = slopes(m, out, wanted, None, True)
            _linked(0, bool(strict))(row)
            _bends(row, bool(strict))
            total = _weighed(m, filled(m, row, wanted), vectors)
            found = filled(m, slopes(m, total, wanted, None, graph), wanted)
            shown = _shaped_like(inputs, [plain(m, x, graph) for x in found])
            return plain(m, out, graph), shown

    return product


FUNCTIONAL: dict[str, Callable[..., Any]] = {
    "jacobian": _jacobian,
    "hessian": _hessian,
    "vjp": _vjp,
    "jvp": _jvp,
    "hvp": _product("hvp"),
    "vhp": _product("vhp"),
}
