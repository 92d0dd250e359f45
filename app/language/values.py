"""The values a program can hold. Besides Python's plain numbers, texts, lists, tuples,
dictionaries and ranges there are only the types of this file: no host object is reachable."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.engine import GradientTape, Tensor

Value = Any

NUMPY, TENSORFLOW, VARIABLE, TORCH = "numpy", "tensorflow", "variable", "torch"


class Array:
    """An array of one of the frameworks: an engine Tensor and whose it is.

    kind: NUMPY (ndarray), TENSORFLOW (tf.Tensor), VARIABLE (tf.Variable), TORCH (torch.Tensor).
    shares: the array whose numbers this one shows (x for x.data): changing this changes that.
    """

    __slots__ = ("kind", "retains", "shares", "tensor", "trainable")

    def __init__(self, tensor: Tensor, kind: str, trainable: bool = True):
        self.tensor, self.kind, self.trainable = tensor, kind, trainable
        self.retains = False
        self.shares: Array | None = None


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of Python or of a framework. call(machine, *arguments, **named)."""

    name: str
    call: Callable[..., Value]


@dataclass(eq=False, slots=True)
class Function:
    """A function of the program: how to run it, and where it was defined."""

    name: str
    run: Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A module of a framework: a table of names."""

    name: str
    members: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dtype:
    """A number type of a framework, such as tf.float32."""

    name: str
    text: str  # how it prints


@dataclass(frozen=True, slots=True)
class Device:
    """A torch.device: always this machine's CPU."""

    name: str = "cpu"


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape with its framework's own text: TensorShape([2, 3]), torch.Size([2, 3])."""

    lengths: tuple[int, ...]
    kind: str


@dataclass(eq=False, slots=True)
class Tape:
    """A tf.GradientTape of the program."""

    engine: GradientTape


@dataclass(eq=False, slots=True)
class Mode:
    """A block of with: torch.no_grad(), torch.enable_grad(), tape.stop_recording()."""

    enter: Callable[[], Value]
    leave: Callable[[], None]


@dataclass(eq=False, slots=True)
class Generator:
    """A source of random numbers: np.random.default_rng(), RandomState, a tf.random.Generator."""

    random: Any


@dataclass(eq=False, slots=True)
class Record:
    """An object with named values and methods: an optimizer, a loss object, a layer."""

    kind: str
    members: dict[str, Value]
    call: Callable[..., Value] | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Anything of a plotting library: every use of it is skipped, and this is said once."""

    name: str


def type_name(value: Value) -> str:
    """What Python or the framework calls the type of a value."""
    if isinstance(value, Array):
        return {
            NUMPY: "ndarray" if value.tensor.ndim else str(value.tensor.dtype),
            TENSORFLOW: "EagerTensor",
            VARIABLE: "ResourceVariable",
            TORCH: "Tensor",
        }[value.kind]
    if isinstance(value, Record):
        return value.kind
    names = {Function: "function", Builtin: "builtin_function_or_method", Namespace: "module"}
    names |= {Tape: "GradientTape", Dtype: "DType", Device: "device", Shape: "TensorShape"}
    if value is None:
        return "NoneType"
    return names.get(type(value), type(value).__name__)
