"""The values a program can hold. Besides Python's plain numbers, texts, lists, tuples,
dictionaries and ranges there are only the types of this file: no host object is reachable."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine import GradientTape, Tensor
from app.language.collected import DefaultDict, Deque, OrderedDict

Value = Any

CLASSES = (  # Python's own that programs name
    *("int", "float", "str", "bool", "list", "tuple", "dict", "set", "range", "slice", "type"),
    *("zip", "map", "filter", "enumerate", "reversed", "super"),
)
NUMPY, TENSORFLOW, VARIABLE, TORCH = "numpy", "tensorflow", "variable", "torch"


class Own:
    """What is here: its Python repr names it and no more, so that no sentence shows the host."""

    __slots__ = ()

    def __repr__(self) -> str:
        what = type(self).__name__.lower()
        name = getattr(self, "name", None)
        return f"<{what} {name}>" if isinstance(name, str) else f"<{what}>"


class Array(Own):
    """An array of one of the frameworks: an engine Tensor and whose it is.

    kind: NUMPY (ndarray), TENSORFLOW (tf.Tensor), VARIABLE (tf.Variable), TORCH (torch.Tensor).
    uncounted: whether backward overlooks a change of this one (x.data, but not x.detach()).
    parameter: whether it is an nn.Parameter, which a module finds among its values.
    boxed: whether it is an ndarray without axes, np.array(2.0), and not a NumPy scalar.
    name: what the program called a tf.Variable when it made it ("w:0"); of Keras the way to it.
    """

    __slots__ = (
        *("boxed", "kind", "name", "parameter", "retains", "tensor", "trainable", "uncounted"),
    )

    def __init__(self, tensor: Tensor, kind: str, trainable: bool = True):
        self.tensor, self.kind, self.trainable = tensor, kind, trainable
        self.retains = self.parameter = self.uncounted = self.boxed = False
        self.name = "Variable:0"

    @property
    def is_scalar(self) -> bool:
        """Whether it is a NumPy scalar."""
        return self.kind == NUMPY and not (self.tensor.ndim or self.boxed)

    def __repr__(self) -> str:
        return f"<{type_name(self)}>"


@dataclass(frozen=True, slots=True, repr=False)
class Builtin(Own):
    """A function of Python or of a framework. call(machine, *arguments, **named)."""

    name: str
    call: Callable[..., Value]


@dataclass(eq=False, slots=True, repr=False)
class Function(Own):
    """A function of the program: how to run it, and what may be given to it by keyword.

    keywords: the names of those parameters; None where it takes any (**kwargs).
    """

    name: str
    run: Callable[..., Value]
    keywords: frozenset[str] | None = None

    def takes(self, keyword: str) -> bool:
        return self.keywords is None or keyword in self.keywords


@dataclass(frozen=True, slots=True, repr=False)
class Namespace(Own):
    """A module of a framework: a table of names."""

    name: str
    members: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Dtype(Own):
    """A number type of a framework, such as tf.float32."""

    name: str
    text: str  # how it prints


@dataclass(frozen=True, slots=True, repr=False)
class Device(Own):
    """A torch.device: always this machine's CPU."""

    name: str = "cpu"


class Fields(tuple[Value, ...]):
    """A tuple whose entries have names: what x.max(dim=1) gives, (values, indices).

    kind: what it is called where it prints; a "." in it is PyTorch's way, a line each.
    words: how all of it prints, where that does not list the entries."""

    kind: str
    words = ""
    names: tuple[str, ...]

    @classmethod
    def named(cls, kind: str, **entries: Value) -> "Fields":
        made = cls(entries.values())
        made.kind, made.names = kind, tuple(entries)
        return made


class NamedFields(Fields):
    """An object of a class of tuples with names, such as namedtuple makes."""

    of: "Class"

    def with_entries(self, entries: Iterable[Value]) -> "NamedFields":
        """Others under the same names."""
        other = NamedFields(entries)
        other.of, other.kind, other.names = self.of, self.kind, self.names
        return other


@dataclass(frozen=True, slots=True, repr=False)
class Shape(Own):
    """A shape with its framework's own text: TensorShape([2, 3]), torch.Size([2, 3])."""

    lengths: tuple[int, ...]
    kind: str


@dataclass(eq=False, slots=True, repr=False)
class Tape(Own):
    """A tf.GradientTape of the program. variables: by identity, those that it watches."""

    engine: GradientTape
    variables: dict[int, Array] = field(default_factory=dict)


@dataclass(eq=False, slots=True, repr=False)
class Mode(Own):
    """A block of with: torch.no_grad(), torch.enable_grad(), tape.stop_recording()."""

    enter: Callable[[], Value]
    leave: Callable[[], None]
    for_function: Callable[[], "Mode"] | None = None  # what it is above a function, if not itself


@dataclass(eq=False, slots=True, repr=False)
class Generator(Own):
    """A source of random numbers: np.random.default_rng()."""

    random: Any


class RandomState(Generator):
    """A source of NumPy's older random numbers: np.random.RandomState(seed)."""


class TorchGenerator(Generator):
    """A source of PyTorch's random numbers: torch.Generator()."""


@dataclass(eq=False, slots=True, repr=False)
class Record(Own):
    """An object with named values and methods: an optimizer, a loss object, a layer.

    call: what calling it does, call(machine, *arguments). methods: by name, each called as
    method(machine, record, *arguments). shown: its repr. keep: how `record.name = value` is carried
    out, keep(machine, record, name, value); nothing can be assigned without one.
    """

    kind: str
    members: dict[str, Value]
    call: Callable[..., Value] | None = None
    methods: Mapping[str, Callable[..., Value]] = field(default_factory=dict)
    shown: Callable[["Record"], str] | None = None
    keep: Callable[..., None] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class BackwardStep(Own):
    """A grad_fn of PyTorch; sources: what its gradients go on to, each a tensor or such a step."""

    name: str
    sources: tuple[Any, ...]


class Handle(Record):
    """What takes a hook away again."""


@dataclass(eq=False, slots=True, repr=False)
class Class(Own):
    """A class: of the program, or one of a framework's that programs derive from.

    members: what its body binds. The tables are a framework's own, filled by its dialect:
    methods[name](machine, instance, ...), properties[name](machine, instance), and
    store(machine, instance, name, value), which sees every attribute an instance is given.
    of_class[name](machine, class) is what a class itself has, whichever derives from it.
    own: the program's, which it may change. annotated: names to which its body gives types; fields:
    those of a dataclass; compared: their names, where instances that are alike are one key.
    written(instance, short): str or repr of an instance. new(machine, class, ...): what calling it
    makes, if no Instance; derived(machine, class) sees each derived one.
    """

    name: str
    members: dict[str, Value] = field(default_factory=dict)
    base: "Class | None" = None
    methods: dict[str, Callable[..., Value]] = field(default_factory=dict)
    properties: dict[str, Callable[..., Value]] = field(default_factory=dict)
    store: Callable[..., None] | None = None
    of_class: dict[str, Callable[..., Value]] = field(default_factory=dict)
    own: bool = False
    annotated: tuple[str, ...] = ()
    fields: "dict[str, Record] | None" = None
    compared: tuple[str, ...] | None = None
    written: "Callable[[Instance, bool], str] | None" = None
    new: Callable[..., Value] | None = None
    derived: Callable[..., None] | None = None

    def line(self) -> "list[Class]":
        """The class, its base, the base of that, and so on."""
        found: list[Class] = []
        one: Class | None = self
        while one is not None:
            found.append(one)
            one = one.base
        return found


@dataclass(eq=False, slots=True, repr=False)
class Instance(Own):
    """An object of a class; values: its own attributes, in the order they were given.

    path: how the program reaches it ("net", "net.fc"); home: the frame that holds its name.
    key: what it is as a key of a dictionary, where it is not one by itself.
    buffers: the names among its values that a PyTorch module keeps in its state, no parameters.
    """

    of: Class
    values: dict[str, Value] = field(default_factory=dict)
    path: str | None = None
    home: Any = None
    key: tuple[Any, ...] | None = None
    buffers: frozenset[str] = frozenset()

    def __eq__(self, other: object) -> bool:
        if self is other or self.key is None:
            return self is other
        return isinstance(other, Instance) and self.key == other.key

    def __hash__(self) -> int:
        return id(self) if self.key is None else hash(self.key)


@dataclass(eq=False, slots=True, repr=False)
class Error(Instance):
    """An object of a class of errors; problem: how it ended a part of the program, if it did."""

    problem: Any = None


@dataclass(frozen=True, slots=True, repr=False)
class Static(Own):
    """A method that is given no object: @staticmethod."""

    function: Value


@dataclass(frozen=True, slots=True, repr=False)
class OfClass(Own):
    """A method that is given the class: @classmethod."""

    function: Value


@dataclass(frozen=True, slots=True, repr=False)
class Super(Own):
    """super(): an object, seen from a base of its class."""

    of: Class | None
    instance: Instance


class Set(Own):
    """A set. Its numbers go in CPython's order, anything else in the order it came: the same
    everywhere, where CPython's own order of texts changes from run to run."""

    __slots__ = ("entries",)

    def __init__(self, entries: Iterable[Any] = ()):
        self.entries: dict[Any, None] = dict.fromkeys(entries)

    def ordered(self) -> list[Any]:
        if all(isinstance(one, int | float) for one in self.entries):
            return list(set(self.entries))
        return list(self.entries)


@dataclass(eq=False, slots=True, repr=False)
class View(Own):
    """d.keys(), d.values() or d.items(): what the dictionary holds at the moment it is read."""

    of: str
    table: dict[Any, Value]

    def entries(self) -> list[Value]:
        if self.of == "items":
            return list(self.table.items())
        return list(self.table if self.of == "keys" else self.table.values())


class Walk(Own):
    """Values that come one by one and only once: a generator expression, zip, map, iter …

    depth: how many others it draws from; name: of the function that yields them; back: what that
    function has given back at its end, if anything; shown: what it is written with, if anything.
    """

    __slots__ = ("__weakref__", "back", "depth", "kind", "name", "running", "shown", "values")

    def __init__(self, kind: str, values: Iterator[Value], depth: int = 0):
        self.kind, self.values, self.depth, self.running = kind, values, depth, False
        self.name = "<genexpr>"
        self.back: list[Value] = []
        self.shown: Callable[[], tuple[Value, ...]] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Skipped(Own):
    """Anything of a plotting library: every use of it is skipped, and this is said once."""

    name: str


def type_name(value: Value) -> str:
    """What Python or the framework calls the type of a value."""
    if isinstance(value, Array):
        return {
            NUMPY: f"numpy.{value.tensor.dtype if value.is_scalar else 'ndarray'}",
            TENSORFLOW: "tensorflow.python.framework.ops.EagerTensor",
            VARIABLE: "ResourceVariable",
            TORCH: "Tensor",
        }[value.kind]
    if isinstance(value, Record | Walk | Fields):
        return value.kind
    if isinstance(value, BackwardStep):
        return value.name
    if isinstance(value, Instance):
        return value.of.name
    if isinstance(value, View):
        return f"dict_{value.of}"
    if isinstance(value, Builtin):
        return "type" if value.name in CLASSES else "builtin_function_or_method"
    if isinstance(value, Shape):
        return {TORCH: "torch.Size", NUMPY: "tuple"}.get(value.kind, "TensorShape")
    names = {
        Function: "function",
        Class: "type",
        Set: "set",
        Super: "super",
        Namespace: "module",
    }
    names |= {Tape: "GradientTape", Dtype: "DType", Device: "device"}
    names |= {
        TorchGenerator: "Generator",
        DefaultDict: "collections.defaultdict",
        OrderedDict: "collections.OrderedDict",
        Deque: "collections.deque",
    }
    if value is None:
        return "NoneType"
    return names.get(type(value), type(value).__name__)
