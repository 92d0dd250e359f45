"""tf.keras.initializers: how the variables of a layer begin, by a name or as an object.

Sources: Glorot 2010, He 2015, LeCun 1998. shape: that of the variable; its last two lengths are the
inputs and the outputs of a kernel.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.language.dialects.common import FLOAT32, by_name, dtype_of, lengths
from app.language.dialects.drawing import whole
from app.language.dialects.tensorflow_stream import stream
from app.language.errors import type_error, unexpected_keyword, value_error
from app.language.machine import Machine
from app.language.values import TENSORFLOW, Record, Value, type_name

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape], Any]
Made = Callable[..., Draw]


def _fans(shape: Shape) -> tuple[int, int]:
    """How many inputs and outputs a kernel of this shape has; at least one each."""
    if len(shape) < 2:
        length = max(1, math.prod(shape))
        return length, length
    field = math.prod(shape[:-2])
    return max(1, shape[-2] * field), max(1, shape[-1] * field)


def _uniform(bound: Callable[[int, int], float]) -> Made:
    def draw(random: np.random.Generator, shape: Shape) -> Any:
        return random.uniform(-bound(*_fans(shape)), bound(*_fans(shape)), shape)

    return lambda: draw


def _normal(spread: Callable[[int, int], float]) -> Made:
    return lambda: lambda random, shape: random.normal(0.0, spread(*_fans(shape)), shape)


def _constant(value: float = 0.0) -> Draw:
    return lambda random, shape: np.full(shape, value)


def _between(minval: float = -0.05, maxval: float = 0.05) -> Draw:
    return lambda random, shape: random.uniform(minval, maxval, shape)


def _cut(mean: float = 0.0, stddev: float = 0.05) -> Draw:
    """Normal numbers; those beyond two deviations are drawn again, as often as there are any."""

    def draw(random: np.random.Generator, shape: Shape) -> Any:
        found = random.normal(size=shape)
        while np.any(far := np.abs(found) > 2):
            found[far] = random.normal(size=int(np.sum(far)))
        return found * stddev + mean

    return draw


def _orthogonal(gain: float = 1.0) -> Draw:
    """Rows or columns of length 1 at right angles to one another. Source: Saxe 2014."""

    def draw(random: np.random.Generator, shape: Shape) -> Any:
        if len(shape) < 2:
            words = "The tensor to initialize must be at least two-dimensional. Received: shape="
            raise value_error(f"{words}{shape} of rank {len(shape)}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(random.normal(size=(max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diagonal(r))
        return gain * np.reshape(q if rows >= columns else q.T, shape)

    return draw


def _identity(gain: float = 1.0) -> Draw:
    def draw(random: np.random.Generator, shape: Shape) -> Any:
        if len(shape) != 2:
            words = "Identity matrix initializer can only be used for 2D matrices. Received: shape="
            raise value_error(f"{words}{shape} of rank {len(shape)}.")
        return gain * np.eye(*shape)

    return draw


def _around(mean: float = 0.0, stddev: float = 0.05) -> Draw:
    return lambda random, shape: random.normal(mean, stddev, shape)


KINDS: dict[str, tuple[Made, tuple[str, ...]]] = {
    "Zeros": (_constant, ()),
    "Ones": (lambda: _constant(1.0), ()),
    "Constant": (_constant, ("value",)),
    "RandomUniform": (_between, ("minval", "maxval")),
    "RandomNormal": (_around, ("mean", "stddev")),
    "TruncatedNormal": (_cut, ("mean", "stddev")),
    "Orthogonal": (_orthogonal, ("gain",)),
    "Identity": (_identity, ("gain",)),
    "GlorotUniform": (_uniform(lambda i, o: math.sqrt(6 / (i + o))), ()),
    "GlorotNormal": (_normal(lambda i, o: math.sqrt(2 / (i + o))), ()),
    "HeUniform": (_uniform(lambda i, o: math.sqrt(6 / i)), ()),
    "HeNormal": (_normal(lambda i, o: math.sqrt(2 / i)), ()),
    "LecunUniform": (_uniform(lambda i, o: math.sqrt(3 / i)), ()),
    "LecunNormal": (_normal(lambda i, o: math.sqrt(1 / i)), ()),
}


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


BY_NAME = {_snake(name): name for name in KINDS}


class Initializer(Record):
    """An initializer of the program: how it draws, and its seed, which gives the same anew."""

    draw: Draw
    seed: Value = None

    def source(self, m: Machine) -> Any:
        found = stream(m, self.seed)  # tells of the seed
        return found if self.seed is None else np.random.default_rng(abs(whole(self.seed)))


def _charge(m: Machine, kind: Value, shape: Shape) -> None:
    """The work of finding right angles; other numbers are drawn one by one."""
    if kind in ("Orthogonal", "orthogonal") and len(shape) > 1:
        m.budget.work(4 * math.prod(shape) * min(math.prod(shape[:-1]), shape[-1]))


def _maker(kind: str) -> Callable[..., Initializer]:
    make, names = KINDS[kind]

    def initializer(m: Machine, *given: Value, **named: Value) -> Initializer:
        seed = named.pop("seed", None)
        settings = by_name(f"{kind}.__init__", names, given, named)
        wrong = next((name for name in settings if name not in names), None)
        if wrong is not None:
            raise unexpected_keyword(f"{kind}.__init__", wrong, names)
        for name, value in settings.items():
            if not isinstance(value, int | float):
                raise type_error(f"{name} is a number, not {type_name(value)}")

        def call(m: Machine, shape: Value, dtype: Value = None) -> Value:
            found = lengths(m, shape)
            _charge(m, kind, found)
            data = made.draw(made.source(m), found)
            return m.leaf(np.asarray(data).astype(dtype_of(dtype, FLOAT32)), TENSORFLOW)

        made = Initializer(kind, {}, call)
        made.draw, made.seed = make(**settings), seed
        return made

    return initializer


def given(data: Any) -> Initializer:
    """An initializer of these numbers."""
    made = Initializer("Values", {})
    made.draw = lambda random, shape: np.reshape(data, shape)
    return made


INITIALIZERS: dict[str, Any] = {name: _maker(name) for name in KINDS}
INITIALIZERS |= {short: INITIALIZERS[name] for short, name in BY_NAME.items()}
OLD_INITIALIZERS = {  # as tf itself names them
    "zeros_initializer": INITIALIZERS["Zeros"],
    "ones_initializer": INITIALIZERS["Ones"],
    "constant_initializer": INITIALIZERS["Constant"],
    "random_normal_initializer": INITIALIZERS["RandomNormal"],
    "random_uniform_initializer": INITIALIZERS["RandomUniform"],
}


def begun(m: Machine, how: Value, shape: Shape) -> Any:
    """The numbers that a variable of this shape begins with."""
    m.budget.array(shape)
    _charge(m, how.kind if isinstance(how, Initializer) else how, shape)
    if isinstance(how, str) and how in (*BY_NAME, *KINDS):
        draw = KINDS[BY_NAME.get(how, how)][0]()
    elif isinstance(how, Initializer):
        return np.asarray(how.draw(how.source(m), shape)).astype(FLOAT32)
    else:
        told = how if isinstance(how, str) else type_name(how)
        raise value_error(f"Could not interpret initializer identifier: {told}")
    return np.asarray(draw(stream(m), shape)).astype(FLOAT32)
