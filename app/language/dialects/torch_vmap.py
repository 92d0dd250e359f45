"""torch.func.vmap: a function for each entry along an axis, its results put together."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from app.engine import N_
from app.language.builtins import call
from app.language.dialects.arranging import whole
from app.language.dialects.torch_deriving import STACK, leaves, rebuilt, runtime_error
from app.language.errors import unsupported, value_error
from app.language.items import item
from app.language.machine import Machine
from app.language.torch_stream import TorchStream
from app.language.values import Array, Builtin, Function, Value, type_name

RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or "
    "'different' randomness flags on vmap or perform the randomness operation out of vmap"
)


class Refusing(TorchStream):
    """A stream from which nothing may be drawn."""

    def __init__(self) -> None:
        super().__init__(0)

    def _raw(self, count: int) -> Any:
        raise runtime_error(RANDOM)


@contextmanager
def _drawing(m: Machine, randomness: str) -> Iterator[None]:
    """How the calls within draw random numbers, one after the other."""
    stream = m.torch_random
    if randomness == "error":
        m.torch_random = Refusing()
    try:
        yield
    finally:
        m.torch_random = stream


def vmap(
    m: Machine,
    func: Value,
    in_dims: Value = 0,
    out_dims: Value = 0,
    randomness: Value = "error",
    *,
    chunk_size: Value = None,
) -> Builtin:
    """chunk_size: how many PyTorch carries out at once, which changes none."""
    if randomness not in ("error", "different", "same"):
        words = "Only allowed values for randomness are 'error', 'different', or 'same'. Got "
        raise runtime_error(f"{words}{randomness}")
    if chunk_size is not None and whole(chunk_size) < 1:
        words = f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})"
        raise value_error(words)
    called = func.name if isinstance(func, Function | Builtin) else type_name(func)

    def mapped(m: Machine, *given: Value, **named: Value) -> Value:
        head = f"vmap({called}, in_dims={_text(in_dims)}, ...)(<inputs>): "
        if not given:
            words = f"vmap({called})(<inputs>): got no inputs. Maybe you forgot to add inputs, or "
            words += "you are trying to vmap over a function with no inputs. The latter is "
            raise value_error(f"{words}unsupported.")
        entries = leaves(m, given)
        dims = _dims(m, head, in_dims, given)
        counts = [_count(head, x, d) for x, d in zip(entries, dims, strict=True) if d is not None]
        if not counts:
            raise value_error(f"{head}Got in_dims with no axis to map over")
        if len(set(counts)) != 1:
            words = "vmap: Expected all tensors to have the same size in the mapped dimension, got "
            raise value_error(f"{words}sizes {counts} for the mapped dimension")
        if not counts[0]:
            raise unsupported(N_("vmap over an axis of length 0"))
        rows = []
        kept = deepcopy(vars(m.torch_random)) if randomness == "same" else None
        with _drawing(m, randomness):
            for i in range(counts[0]):
                m.budget.step()
                if kept is not None and i:
                    vars(m.torch_random).update(deepcopy(kept))
                parts = [
                    x if d is None else item(m, x, (*(slice(None),) * (d % x.tensor.ndim), i))
                    for x, d in zip(entries, dims, strict=True)
                ]
                rows.append(call(m, func, *rebuilt(m, given, iter(parts)), **named))
        return _together(m, called, rows, out_dims)

    return Builtin("vmap", mapped)


def _text(dims: Value) -> str:
    plain = dims is None or isinstance(dims, int)
    if isinstance(dims, tuple):
        inner = ", ".join(map(_text, dims))
        return f"({inner},)" if len(dims) == 1 else f"({inner})"
    return str(dims) if plain else type_name(dims)


def _dims(m: Machine, head: str, dims: Value, given: Value) -> list[Any]:
    """The axis of each leaf of the arguments; None where all calls are given the same."""
    if not isinstance(dims, int | tuple | list):
        words = "expected `in_dims` to be int or a (potentially nested) tuple matching the "
        words += f"structure of inputs, got: <class '{type_name(dims)}'>."
        raise value_error(f"{head}{words}")
    found: list[Any] = []
    waiting: list[tuple[Value, Value]] = [(dims, given)]
    while waiting:
        m.budget.step()
        of, value = waiting.pop()
        if of is None or isinstance(of, int):
            found += [of] * len(leaves(m, value))
        elif isinstance(of, dict) and isinstance(value, dict) and list(of) == list(value):
            waiting += reversed([(of[key], value[key]) for key in value])
        elif (
            isinstance(of, tuple | list)
            and isinstance(value, tuple | list)
            and len(of) == len(value)
        ):
            waiting += reversed(list(zip(of, value, strict=True)))
        else:
            raise value_error(f"{head}in_dims is not compatible with the structure of `inputs`.")
    return found


def _count(head: str, x: Value, dim: int) -> int:
    if not isinstance(x, Array):
        words = f"Got in_dim={dim} for an input but the input is of type <class '{type_name(x)}'>. "
        words += "We cannot vmap over non-Tensor arguments, please use None as the respective "
        raise value_error(f"{head}{words}in_dim")
    n = x.tensor.ndim
    if not -n <= dim < n:
        words = f"Got in_dim={dim} for some input, but that input is a Tensor of dimensionality "
        words += f"{n} so expected in_dim to satisfy -{n} <= in_dim < {n}."
        raise value_error(f"{head}{words}")
    return int(x.tensor.shape[dim])


def _together(m: Machine, called: str, rows: list[Value], out_dims: Value) -> Value:
    """The results of all calls, stacked at their axes."""
    columns = [leaves(m, row) for row in rows]
    if any(len(one) != len(columns[0]) for one in columns):
        raise value_error(f"vmap({called}, ...): the results have different structures")
    for one in columns[0]:
        if not isinstance(one, Array):
            words = f"vmap({called}, ...): `{called}` must only return Tensors, got type "
            words += f"<class '{type_name(one)}'>. Did you mean to set out_dims= to None for "
            raise value_error(f"{words}output?")
    dims = out_dims
    if isinstance(out_dims, int):
        dims = (out_dims,) * len(columns[0])
    elif not isinstance(out_dims, tuple) or len(out_dims) != len(columns[0]):
        raise value_error(f"vmap({called}, ...): out_dims is not compatible with the outputs")
    if not all(isinstance(one, int) for one in dims):
        raise unsupported(N_("vmap with out_dims that are no whole numbers"))
    found = [
        STACK(m, list(parts), dim)
        for dim, parts in zip(dims, zip(*columns, strict=True), strict=True)
    ]
    return rebuilt(m, rows[0], iter(found))
