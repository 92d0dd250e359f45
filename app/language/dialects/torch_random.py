"""PyTorch's random numbers as programs draw them, from its own stream or from a Generator."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.attributes import METHODS
from app.language.dialects.common import FLOAT32, array, dtype_of, lengths, number_of
from app.language.dialects.drawing import whole
from app.language.dialects.torch_tensors import _drawn_like, _filled, _leaf
from app.language.errors import ProgramError, type_error, value_error
from app.language.items import overwrite, same_shape
from app.language.machine import Machine
from app.language.number_types import torch_type
from app.language.permissions import forbid_in_place
from app.language.torch_stream import TorchStream, as_kept
from app.language.values import TORCH, Array, TorchGenerator, Value, type_name

Draw = Callable[[TorchStream, tuple[int, ...], Any], Any]
FIRST_SEED = 67280421310721
"""What a torch.Generator begins with. Source: c10's GeneratorImpl.h."""


def stream(m: Machine, generator: Value = None) -> TorchStream:
    """The stream that a function draws from."""
    if generator is None:
        return m.torch_random
    if not isinstance(generator, TorchGenerator):
        raise type_error(f"expected a 'torch._C.Generator', got '{type_name(generator)}'")
    source: TorchStream = generator.random
    return source


def _seed_of(value: Value) -> int:
    seed = int(number_of(value))
    if not -(1 << 63) <= seed < 1 << 64:
        raise value_error("Overflow when unpacking long long")
    return seed


def _manual_seed(m: Machine, seed: Value) -> TorchGenerator:
    m.torch_random.seed(_seed_of(seed))
    return TorchGenerator(m.torch_random)


def _seeded(m: Machine, generator: TorchGenerator, seed: Value) -> TorchGenerator:
    generator.random.seed(_seed_of(seed))
    return generator


METHODS[TorchGenerator] = {
    "manual_seed": _seeded,
    "initial_seed": lambda m, generator: generator.random.initial,
}


def _made(draw: Draw) -> Callable[..., Array]:
    """torch.rand and its kin: random numbers in a shape."""

    def call(
        m: Machine, *shape: Value, generator: Value = None, dtype: Value = None, **named: Value
    ) -> Array:
        kind, source = dtype_of(dtype, FLOAT32), stream(m, generator)
        filled = _filled(lambda m, lengths: draw(source, lengths, kind))
        made: Array = filled(m, *shape, dtype=dtype, **named)
        return made

    return call


def _unit(source: TorchStream, shape: tuple[int, ...], kind: Any) -> Any:
    return source.uniform(0, 1, shape, kind)


def _standard(source: TorchStream, shape: tuple[int, ...], kind: Any) -> Any:
    return source.normal(0.0, 1.0, shape, kind)


def _unit_like(m: Machine, data: Any, kind: Any) -> Any:
    return as_kept(data, lambda shape: m.torch_random.uniform(0, 1, shape, kind))


def _standard_like(m: Machine, data: Any, kind: Any) -> Any:
    apart = not data.flags.c_contiguous
    return as_kept(data, lambda shape: m.torch_random.normal(0.0, 1.0, shape, kind, apart))


def _randperm(
    m: Machine,
    n: Value,
    *,
    generator: Value = None,
    dtype: Value = None,
    device: Value = None,
    requires_grad: Value = False,
) -> Array:
    """The numbers below n in a random order."""
    count = max(0, whole(n))
    m.budget.array((count,))
    m.budget.container(count)
    order = stream(m, generator).permutation(count)
    return _leaf(m, order, dtype, requires_grad, np.dtype(np.int64))


def _randint(
    m: Machine,
    *bounds: Value,
    dtype: Value = None,
    generator: Value = None,
    device: Value = None,
    requires_grad: Value = False,
    **named: Value,
) -> Array:
    """torch.randint(low=0, high, size): whole numbers from low to below high."""
    given = [*bounds, *(named.pop(name) for name in ("low", "high", "size") if name in named)]
    if named:
        raise type_error(f"randint() got an unexpected keyword argument '{next(iter(named))}'")
    low, high = [0, *map(whole, given[:-1])][-2:]
    data = _between(stream(m, generator), low, high, lengths(m, given[-1]))
    return _leaf(m, data, dtype, requires_grad, np.dtype(np.int64))


def _between(source: TorchStream, low: int, high: int, shape: tuple[int, ...]) -> Any:
    if low >= high:
        raise value_error(f"random_ expects 'from' to be less than 'to', but got {low} >= {high}")
    if not -(1 << 63) <= low < high < 1 << 63:
        raise value_error("Overflow when unpacking long long")
    return source.integers(low, high, shape)


def _normal(
    m: Machine,
    mean: Value = 0.0,
    std: Value = 1.0,
    size: Value = None,
    generator: Value = None,
    requires_grad: Value = False,
) -> Array:
    """Random numbers around mean, in the shape of size, or in that of mean and std."""
    middle, spread = (
        x.tensor.data if isinstance(x, Array) else float(number_of(x)) for x in (mean, std)
    )
    shape = np.broadcast_shapes(np.shape(middle), np.shape(spread))
    if size is not None:
        shape = lengths(m, size)
    m.budget.array(shape)
    return _leaf(m, stream(m, generator).normal(middle, spread, shape), None, requires_grad)


def _bernoulli(m: Machine, input: Value, generator: Value = None) -> Array:
    """Ones with the probabilities of the input, else zeros."""
    found = array(m, input, TORCH).tensor
    m.budget.array(found.shape)
    if found.dtype.kind != "f" or not np.all((found.data >= 0) & (found.data <= 1)):
        raise value_error("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    return m.leaf(stream(m, generator).happen(np.asarray(found.data)).astype(found.dtype), TORCH)


def _fails(words: str) -> ProgramError:
    return ProgramError("value", framework=f"RuntimeError: {words}", detail=words)


def _multinomial(
    m: Machine,
    input: Value,
    num_samples: Value,
    replacement: Value = False,
    generator: Value = None,
) -> Array:
    """Places of the entries of each row, as often as their weights say. Without replacement the
    first in a race: weights over waiting times."""
    if not isinstance(input, Array) or input.kind != TORCH:
        words = "multinomial(): argument 'input' (position 1) must be Tensor, not "
        raise type_error(words + type_name(input))
    data, count = np.asarray(input.tensor.data), whole(num_samples)
    if data.dtype.kind != "f":
        kind = torch_type(data.dtype)
        raise _fails(f"multinomial only supports floating-point dtypes for input, got: {kind}")
    if data.ndim not in (1, 2):
        raise _fails("prob_dist must be 1 or 2 dim")
    if count <= 0:
        raise _fails("cannot sample n_sample <= 0 samples")
    length = data.shape[-1]
    if not replacement and count > length:
        raise _fails("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not np.all(np.isfinite(data) & (data >= 0)):
        raise _fails("probability tensor contains either `inf`, `nan` or element < 0")
    if not np.all(data.sum(-1) > 0):
        raise _fails("invalid multinomial distribution (sum of probabilities <= 0)")
    shape = (*data.shape[:-1], count)
    m.budget.array(shape)
    m.budget.work(data.size * 20 + math.prod(shape) * 20)
    source = stream(m, generator)
    if replacement and count > 1:
        rows = np.cumsum(data.reshape(-1, length), -1)
        rows = rows / rows[:, -1:]
        drawn = source.units(math.prod(shape)).reshape(-1, count)
        found = [np.searchsorted(row, units) for row, units in zip(rows, drawn, strict=True)]
        places = np.array(found).reshape(shape)
    else:
        races = data / source.exponential(data.shape).astype(data.dtype)
        places = np.argsort(-races, -1, kind="stable")[..., :count]
    return m.leaf(np.ascontiguousarray(places, np.int64), TORCH)


def _in_place(draw: Callable[..., Any]) -> Callable[..., Array]:
    """A method that ends in an underscore: it puts random numbers in the place of x's own."""

    def call(m: Machine, x: Array, *given: Value, generator: Value = None, **named: Value) -> Array:
        forbid_in_place(m, x)
        numbers = [_plain(x, v) for v in given]
        values = {name: _plain(x, v) for name, v in named.items()}
        m.budget.array(x.tensor.shape)
        overwrite(m, x, draw(stream(m, generator), x.tensor, *numbers, **values))
        return x

    return call


def _plain(x: Array, value: Value) -> Any:
    number = value.tensor.data if isinstance(value, Array) else number_of(value)
    same_shape(x, np.broadcast_shapes(x.tensor.shape, np.shape(number)))
    return number


def _ends(given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Any]:
    """uniform_(from=0, to=1): one of these names is a word of Python's."""
    ends = dict(zip(("from", "to"), given, strict=False)) | named
    return ends.get("from", 0.0), ends.get("to", 1.0)


def _happens(source: TorchStream, x: Any, p: Any = 0.5) -> Any:
    return source.happens(p, x.shape) if np.ndim(p) == 0 else source.happen(p)


RANDOM: dict[str, Callable[..., Any]] = {
    "manual_seed": _manual_seed,
    "initial_seed": lambda m: m.torch_random.initial,
    "Generator": lambda m, device="cpu": TorchGenerator(TorchStream(FIRST_SEED)),
    "rand": _made(_unit),
    "randn": _made(_standard),
    "rand_like": _drawn_like(_unit_like),
    "randn_like": _drawn_like(_standard_like),
    "randperm": _randperm,
    "randint": _randint,
    "normal": _normal,
    "bernoulli": _bernoulli,
    "multinomial": _multinomial,
}
OF_TENSORS = {name: RANDOM[name] for name in ("bernoulli", "multinomial")}
IN_PLACE = {
    "normal_": _in_place(lambda r, x, mean=0.0, std=1.0: r.normal(mean, std, x.shape, x.dtype)),
    "uniform_": _in_place(
        lambda r, x, *ends, **named: r.uniform(*_ends(ends, named), x.shape, x.dtype)
    ),
    "bernoulli_": _in_place(_happens),
    "exponential_": _in_place(lambda r, x, lambd=1.0: r.exponential(x.shape) / lambd),
}
