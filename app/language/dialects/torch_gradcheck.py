"""torch.autograd.gradcheck: the gradients of a function against difference quotients."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from app.engine import N_, Tensor, gradients
from app.language.builtins import call
from app.language.errors import ProgramError, unsupported, value_error
from app.language.machine import Machine
from app.language.own_gradients import apart
from app.language.values import TORCH, Array, Value

OTHERS = {  # settings that are here as they are by default only
    "nondet_tol": 0.0,
    "check_undefined_grad": True,
    "check_grad_dtypes": False,
    "check_batched_grad": False,
    "check_batched_forward_grad": False,
    "check_forward_ad": False,
    "check_backward_ad": True,
    "fast_mode": False,
    "masked": None,
}


def gradcheck(
    m: Machine,
    func: Value,
    inputs: Value,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: Value = True,
    **others: Value,
) -> bool:
    """True where each gradient agrees with its centred difference quotient, else an error."""
    for name, value in others.items():
        if name not in OTHERS or value != OTHERS[name]:
            raise unsupported(N_("gradcheck with {name} (leave it out)"), name=name)
    given = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    if not any(_wants(x) for x in given):
        words = "gradcheck expects at least one input tensor to require gradient, but none of the"
        raise value_error(f"{words}m have requires_grad=True.")
    with apart(m, differentiates=True, deriving=False):
        for wrong in _mismatches(m, func, given, float(eps), float(atol), float(rtol)):
            if raise_exception:
                raise wrong
            return False
    return True


def _wants(x: Value) -> bool:
    return isinstance(x, Array) and x.kind == TORCH and bool(x.tensor.tracked)


def _mismatches(
    m: Machine, func: Value, given: list[Value], eps: float, atol: float, rtol: float
) -> Iterator[ProgramError]:
    """What does not agree, by output and input."""
    outputs = _outputs(m, func, given)
    places = [i for i, x in enumerate(given) if _wants(x)]
    slopes = {i: _quotients(m, func, given, i, eps, outputs) for i in places}
    for k, out in enumerate(outputs):
        for i in places:
            analytic, numeric = _gradients(m, out, given[i].tensor), slopes[i][k]
            if not out.tensor.tracked:
                if np.any(np.abs(numeric) > atol):
                    words = "Numerical gradient for function expected to be zero"
                    yield _wrong(words, k, i, analytic, numeric)
            elif not np.allclose(analytic, numeric, rtol, atol):
                words = f"Jacobian mismatch for output {k} with respect to input {i},"
                yield _wrong(words, k, i, analytic, numeric)


def _wrong(words: str, k: int, i: int, analytic: Any, numeric: Any) -> ProgramError:
    at = np.unravel_index(np.argmax(np.abs(analytic - numeric)), analytic.shape)
    told: dict[str, Any] = {"analytic": f"{analytic[at]:.4g}", "numeric": f"{numeric[at]:.4g}"}
    framework = f"GradcheckError: {words}"
    return ProgramError("gradcheck", framework=framework, output=k, input=i, **told)


def _outputs(m: Machine, func: Value, given: list[Value]) -> list[Array]:
    """The floating outputs of the function."""
    found = call(m, func, *given)
    several = list(found) if isinstance(found, list | tuple) else [found]
    if not all(isinstance(x, Array) and x.kind == TORCH for x in several):
        raise value_error("gradcheck wants a function that gives tensors")
    return [x for x in several if x.tensor.dtype.kind == "f"]


def _quotients(
    m: Machine, func: Value, given: list[Value], i: int, eps: float, outputs: list[Array]
) -> list[Any]:
    """Of each output, how it moves with each entry of an input: (entries, size of the output)."""
    x = given[i].tensor.data
    size = int(np.size(x))
    m.budget.array((size, sum(out.tensor.size for out in outputs)))
    found = [np.zeros((size, out.tensor.size)) for out in outputs]
    for entry in range(size):
        ends = []
        for step in (eps, -eps):
            m.budget.work(size)
            moved = np.array(x)
            moved.reshape(-1)[entry] += step
            leaf = Array(Tensor(moved, tracked=True), TORCH)
            ends.append(_outputs(m, func, [*given[:i], leaf, *given[i + 1 :]]))
        for row, ahead, behind in zip(found, *ends, strict=True):
            row[entry] = np.ravel((ahead.tensor.data - behind.tensor.data) / (2 * eps))
    return found


def _gradients(m: Machine, out: Array, x: Tensor) -> Any:
    """The same by the rules: a backward for each entry of the output."""
    found = np.zeros((x.size, out.tensor.size))
    for entry in range(out.tensor.size if out.tensor.tracked else 0):
        m.budget.step()
        m.backward()
        seed = np.zeros(out.tensor.shape, out.tensor.dtype)
        seed.reshape(-1)[entry] = 1
        part = gradients([(out.tensor, seed[()])]).get(x)
        if part is not None:
            found[:, entry] = np.ravel(part)
    return found
