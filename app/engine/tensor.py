"""A Tensor: a value, and how it was made."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Any, final

import numpy as np

from app.engine.errors import NotFloating

if TYPE_CHECKING:
    from app.engine.op import Op

float64 = np.float64
new = object.__new__  # a result is built slot by slot: half the time of calling the class
Value = Any  # an np.float64 / np.float32 scalar or an array; scalars are 10 times faster than 0-d
next_tick: Callable[[], int] = count().__next__  # time: one tick per result

decisions: ContextVar[list[tuple["Tensor", bool]] | None] = ContextVar("decisions", default=None)

frozen: dict[int, tuple[Any, list["Tensor"]]] = {}
"""By the identity of a result, which lives: a reference to it, and the Tensors that gave it the
places of its entries, as they were; a replay has the same places."""

NUMPY: dict[Any, "Op"] = {}  # NumPy function -> the Op that stands for it


@final  # so that the engine may ask `type(x) is Tensor`, which is twice as fast
class Tensor:
    """A value and how it was made: by which Op, from which inputs, at which tick.

    `data` is replaced, never written into: arrays are copied on the way in, and locked. `values`
    are the operands as they were seen, so a variable may move on without spoiling a gradient.
    `tracked` marks a leaf that wants a gradient and everything that can pass one on to it. `origin`
    is whatever its owner wants to remember, `changes` what it remembers of changes in place: unset
    until there is one. `step` is what its owner calls the step that made it: unset until said.
    Raises NotFloating for a tracked leaf of whole numbers, truth values or complex numbers.
    """

    __slots__ = (
        "__weakref__",
        "changes",
        "data",
        "grad",
        "inputs",
        "op",
        "origin",
        "step",
        "tick",
        "tracked",
        "values",
    )

    data: Value
    tracked: bool
    op: "Op | None"
    inputs: tuple[Any, ...]
    values: tuple[Any, ...] | None
    tick: int
    grad: "Tensor | None"
    origin: Any
    changes: Any
    step: str

    def __init__(self, data: Any, tracked: bool = False, dtype: Any = None):
        self.data = as_data(data, dtype)
        if tracked and self.data.dtype.kind != "f":
            raise NotFloating(self.data.dtype)
        self.tracked = tracked
        self.op = None
        self.inputs = self.values = ()
        self.tick = next_tick()
        self.grad = self.origin = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        return self.data.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        return self.data.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype  # type: ignore[no-any-return]

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        op = NUMPY.get(function)
        return op(*inputs, **settings) if op and method == "__call__" else NotImplemented

    def __array_function__(
        self, function: Any, types: Any, inputs: Any, settings: dict[str, Any]
    ) -> Any:
        op = NUMPY.get(function)
        return op(*inputs, **settings) if op else NotImplemented

    def __bool__(self) -> bool:
        taken = bool(self.data)
        log = decisions.get()
        if log is not None:
            log.append((self, taken))
        return taken

    def __repr__(self) -> str:
        made = f", made by {self.op.name}" if self.op else ", tracked" if self.tracked else ""
        return f"Tensor({self.data!r}{made})"


def as_data(data: Any, dtype: Any = None) -> Value:
    """`data` as the engine keeps it: a NumPy scalar, or an array that nobody can write into."""
    if isinstance(data, Tensor):
        data = data.data
    array = np.array(data, dtype=dtype)
    if array.ndim == 0:
        return array[()]
    array.flags.writeable = False
    return array


def made(
    data: Value, tracked: bool, op: "Op", inputs: tuple[Any, ...], values: tuple[Any, ...]
) -> Tensor:
    """The Tensor that an operation makes when it is recorded."""
    result: Tensor = new(Tensor)
    result.data, result.tracked = data, tracked
    result.op, result.inputs, result.values = op, inputs, values
    result.tick = next_tick()
    result.grad = result.origin = None
    return result


def plain(data: Value) -> Tensor:
    """A Tensor without history around a value that is fresh: it is locked, not copied."""
    result: Tensor = new(Tensor)
    result.data, result.tracked, result.op = settled(data), False, None
    result.inputs = result.values = ()
    result.tick = next_tick()
    result.grad = result.origin = None
    return result


def operations(results: Iterable[Tensor], given: Iterable[Tensor] = ()) -> list[Tensor]:
    """The operations under the results and not under the given Tensors, oldest first."""
    seen = set(given)
    waiting, found = [x for x in results if x not in seen], []
    while waiting:
        node = waiting.pop()
        if node not in seen and node.op is not None:
            found.append(node)
            waiting += [x for x in node.inputs if type(x) is Tensor and x not in seen]
        seen.add(node)
    return sorted(found, key=lambda node: node.tick)


def settled(data: Any) -> Value:
    """A fresh value as the engine keeps it: a NumPy scalar, or an array locked against writing."""
    if type(data) is float64:
        return data
    if not data.ndim:
        return data[()]
    data.flags.writeable = False
    return data


def held(x: Any) -> Any:
    """An operand that is no Tensor as it is now: a copy of an array that may still be written into.

    Also within an index, which is a tuple.
    """
    if isinstance(x, np.ndarray):
        return x if _locked(x) else as_data(x)
    if type(x) is tuple and any(isinstance(one, np.ndarray) for one in x):
        return tuple(map(held, x))
    return x


def _locked(array: Any) -> bool:
    """Whether nobody can write into these numbers, not even by an array of which this is a view."""
    while isinstance(array, np.ndarray):
        if array.flags.writeable:
            return False
        array = array.base
    return array is None
