"""torch.func: functions of the program made into those of their derivatives."""

from collections.abc import Callable
from typing import Any

from app.engine import N_, OPS
from app.language.builtins import call
from app.language.dialects.arranging import whole
from app.language.dialects.common import array
from app.language.dialects.torch_calling import functional_call
from app.language.dialects.torch_deriving import (
    along,
    depends_beyond,
    derived,
    following,
    leaves,
    matrix,
    plain,
    rebuilt,
    runtime_error,
    tensors,
    variable,
)
from app.language.dialects.torch_vmap import vmap
from app.language.errors import ProgramError, unsupported
from app.language.machine import Machine
from app.language.misfits import seed_misfit
from app.language.values import TORCH, Array, Builtin, Value, type_name


def _chosen(argnums: Value, count: int) -> list[int]:
    found = whole(argnums)
    places = [found] if isinstance(found, int) else list(found)
    for i in places:
        if not -count <= i < count:
            raise runtime_error(f"Got argnum={i}, but only {count} positional inputs")
    return [i % count for i in places]


class Derivation:
    """One call of a derivative's function: its variables, and what the function gave of them."""

    def __init__(
        self,
        m: Machine,
        func: Value,
        argnums: Value,
        has_aux: Value,
        given: tuple[Value, ...],
        named: dict[str, Value],
    ):
        places = _chosen(argnums, len(given))
        self.single = isinstance(argnums, int)
        self.chosen = [given[i] for i in places]
        self.variables = [[variable(m, x) for x in tensors(m, one)] for one in self.chosen]
        inputs = list(given)
        for i, found in zip(places, self.variables, strict=True):
            inputs[i] = rebuilt(m, given[i], iter(found))
        self.out = call(m, func, *inputs, **named)
        self.aux: Value = None
        if has_aux:
            if not isinstance(self.out, tuple) or len(self.out) != 2:
                words = "output of function f should be a tuple: (output, aux) if has_aux is True"
                raise runtime_error(words)
            self.out, self.aux = self.out

    @property
    def wanted(self) -> list[Array]:
        return [x for found in self.variables for x in found]

    def shaped(self, m: Machine, found: list[Array]) -> Value:
        """One thing for each variable, as the arguments had them."""
        entries = iter(found)
        parts = [rebuilt(m, one, entries) for one in self.chosen]
        return parts[0] if self.single else tuple(parts)


def _transformed(name: str, derive: Callable[..., Value]) -> Callable[..., Value]:
    """A function of the derivative, that derive(m, derivation, graph) gives."""

    def transform(m: Machine, func: Value, argnums: Value, has_aux: Value) -> Builtin:
        def derivative(m: Machine, *given: Value, **named: Value) -> Value:
            around = m.grad_enabled
            with following(m):
                one = Derivation(m, func, argnums, has_aux, given, named)
                out = [x for x in leaves(m, one.out) if isinstance(x, Array)]
                graph = around and depends_beyond(m, out, one.wanted)
                found = derive(m, one, graph)
                aux = _all_plain(m, one.aux, graph)
            if name == "grad_and_value":
                value = plain(m, one.out, graph)
                return (found, (value, aux)) if has_aux else (found, value)
            return (found, aux) if has_aux else found

        return Builtin(name, derivative)

    return transform


def _all_plain(m: Machine, value: Value, graph: bool) -> Value:
    return rebuilt(m, value, iter([plain(m, x, graph) for x in leaves(m, value)]))


def _gradient(m: Machine, one: Derivation, graph: bool) -> Value:
    out = one.out
    if not isinstance(out, Array):
        words = "grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got "
        raise runtime_error(f"{words}<class '{type_name(out)}'>", "type")
    if out.tensor.ndim:
        words = "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor "
        words += f"with {out.tensor.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs "
        words += "instead?"
        shape = tuple(out.tensor.shape)
        raise ProgramError("not_scalar", framework=f"RuntimeError: {words}", shape=shape)
    found = derived(m, out, one.wanted, None, graph)
    return one.shaped(m, [plain(m, x, graph) for x in found])


def _jacobian(m: Machine, one: Derivation, graph: bool) -> Value:
    rows = [
        one.shaped(m, [plain(m, x, graph) for x in matrix(m, out, one.wanted, graph)])
        for out in tensors(m, one.out)
    ]
    return rebuilt(m, one.out, iter(rows))


def _hessian(m: Machine, one: Derivation, graph: bool) -> Value:
    """For each output, each variable's row: a block for each variable."""
    found = []
    for out in tensors(m, one.out):
        first = matrix(m, out, one.wanted, True)
        rows = [
            one.shaped(m, [plain(m, x, graph) for x in matrix(m, row, one.wanted, graph)])
            for row in first
        ]
        found.append(one.shaped(m, rows))
    return rebuilt(m, one.out, iter(found))


GRAD = {name: _transformed(name, _gradient) for name in ("grad", "grad_and_value")}
JACOBIAN = {name: _transformed(name, _jacobian) for name in ("jacrev", "jacfwd")}
HESSIAN = _transformed("hessian", _hessian)


def _grad(m: Machine, func: Value, argnums: Value = 0, has_aux: Value = False) -> Value:
    return GRAD["grad"](m, func, argnums, has_aux)


def _grad_and_value(m: Machine, func: Value, argnums: Value = 0, has_aux: Value = False) -> Value:
    return GRAD["grad_and_value"](m, func, argnums, has_aux)


def _jacrev(
    m: Machine,
    func: Value,
    argnums: Value = 0,
    *,
    has_aux: Value = False,
    chunk_size: Value = None,
) -> Value:
    """chunk_size: how many rows PyTorch makes at once, which changes none."""
    if chunk_size is not None and whole(chunk_size) < 1:
        raise runtime_error("jacrev: `chunk_size` should be greater than 0.")
    return JACOBIAN["jacrev"](m, func, argnums, has_aux)


def _jacfwd(
    m: Machine,
    func: Value,
    argnums: Value = 0,
    has_aux: Value = False,
    *,
    randomness: Value = "error",
) -> Value:
    if randomness != "error":
        raise unsupported(N_("jacfwd with randomness; draw the numbers outside of the function"))
    return JACOBIAN["jacfwd"](m, func, argnums, has_aux)


# -- products


def _vjp(m: Machine, func: Value, *primals: Value, has_aux: Value = False) -> Value:
    """What the function gives, and a function from cotangents to gradients of all inputs."""
    around = m.grad_enabled
    with following(m):
        one = Derivation(m, func, tuple(range(len(primals))), has_aux, primals, {})
        outputs = tensors(m, one.out)
        graph = around and depends_beyond(m, outputs, one.wanted)

    def pull(m: Machine, cotangents: Value) -> Value:
        seeds = tensors(m, cotangents)
        if len(seeds) != len(outputs):
            raise runtime_error(f"Expected {len(outputs)} cotangents, got {len(seeds)}")
        with following(m):
            total: list[Array] | None = None
            for i, (out, seed) in enumerate(zip(outputs, seeds, strict=True)):
                if seed.tensor.shape != out.tensor.shape:
                    given, wanted = tuple(seed.tensor.shape), tuple(out.tensor.shape)
                    raise seed_misfit(TORCH, given, wanted, i)
                found = derived(m, out, one.wanted, seed, graph)
                if total is not None:
                    found = [m.binary(OPS["add"], a, b) for a, b in zip(total, found, strict=True)]
                total = found
            return one.shaped(m, [plain(m, x, graph) for x in total or []])

    shown = _all_plain(m, one.out, graph)
    made = Builtin("vjp_fn", pull)
    return (shown, made, _all_plain(m, one.aux, graph)) if has_aux else (shown, made)


def _jvp(
    m: Machine,
    func: Value,
    primals: Value,
    tangents: Value,
    *,
    strict: Value = False,
    has_aux: Value = False,
) -> Value:
    for name, value in (("primals", primals), ("tangents", tangents)):
        if not isinstance(value, tuple):
            words = f"jvp(f, primals, tangents): Expected {name} to be a tuple. "
            raise runtime_error(f"{words}E.g. it should be valid to call f(*primals).")
    if strict:
        raise unsupported(N_("torch.func.jvp with strict; torch.autograd.functional.jvp has it"))
    around = m.grad_enabled
    with following(m):
        one = Derivation(m, func, tuple(range(len(primals))), has_aux, primals, {})
        vectors = [array(m, x, TORCH) for x in leaves(m, tangents)]
        if len(vectors) != len(one.wanted):
            words = "jvp(f, primals, tangents): Expected primals and tangents to have the same "
            raise runtime_error(f"{words}python structure.")
        for x, v in zip(one.wanted, vectors, strict=True):
            if x.tensor.shape != v.tensor.shape:
                words = "Trying to set a forward gradient that has a different size than that of "
                words += "the original Tensor, this is not supported. Tensor is of size "
                words += f"{list(x.tensor.shape)} while the given forward gradient is of size "
                raise runtime_error(f"{words}{list(v.tensor.shape)}.", "shape")
        outputs = tensors(m, one.out)
        graph = around and depends_beyond(m, outputs, one.wanted)
        rows = [plain(m, along(m, out, one.wanted, vectors, graph), graph) for out in outputs]
        found = rebuilt(m, one.out, iter(rows))
    shown = _all_plain(m, one.out, graph)
    return (shown, found, _all_plain(m, one.aux, graph)) if has_aux else (shown, found)


FUNC: dict[str, Callable[..., Any]] = {
    "grad": _grad,
    "grad_and_value": _grad_and_value,
    "jacrev": _jacrev,
    "jacfwd": _jacfwd,
    "hessian": lambda m, func, argnums=0: HESSIAN(m, func, argnums, False),
    "vjp": _vjp,
    "jvp": _jvp,
    "vmap": vmap,
    "functional_call": functional_call,
}
