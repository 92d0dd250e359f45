"""The machine that a program runs on: its budget, its recorder, its modes and its random numbers.

Every operation on arrays passes through `apply`: the budget is charged before, the recorder told
after, and history is kept only where the framework would keep it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any
from weakref import WeakSet, ref

import numpy as np

from app.engine import N_, Misfit, Op, Singular, Tensor
from app.engine.work import known, work_for
from app.language.budget import MOST_AXES, Budget
from app.language.cautions import PYTORCHS, Filters
from app.language.errors import Phrase, ProgramError, Span, type_error, value_error
from app.language.exits import leave
from app.language.grad_fn import UNDERIVED
from app.language.misfits import misfit, singular, unfit
from app.language.numpy_errors import Heard
from app.language.promotion import combined
from app.language.torch_stream import TorchStream
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    VARIABLE,
    Array,
    Error,
    Handle,
    Tape,
    Value,
    Walk,
    type_name,
)
from app.language.views import SHOWING, ArrayView, Step, shown_by
from app.story.recorder import Recorder

RAGGED = N_("a ragged or non-numeric list")
RANK = {NUMPY: 0, TORCH: 1, TENSORFLOW: 2, VARIABLE: 2}
SHARING = (NUMPY, TORCH)  # whose arrays show each other's numbers; TensorFlow's never change


class Births:
    """The leaves of a run, numbered as they are born; some of them with other numbers.

    placed: the numbers of some, by birth. What a branch goes by can differ, not what came before.
    """

    def __init__(self, placed: Mapping[int, Any] | None = None):
        self.placed = placed or {}
        self._count = 0
        self._of: dict[int, int] = {}  # identity -> birth: the last is the one that lives

    def data(self, data: Any) -> Any:
        """The numbers of the leaf that is born next."""
        other = self.placed.get(self._count)
        if other is None or np.shape(data) != np.shape(other):
            return data
        return np.asarray(other).astype(np.asarray(data).dtype)[()]

    def born(self, leaf: Tensor) -> None:
        self._of[id(leaf)] = self._count
        self._count += 1

    def of(self, leaf: Any) -> int | None:
        """The birth of this leaf, which is alive."""
        return self._of.get(id(leaf))


class Machine:
    """The state of one run.

    formula: the program is one expression, a formula of its names: these are numbers that
    everything depends on, so every history is kept and `math` and `float` are differentiable.
    """

    def __init__(self, budget: Budget, recorder: Recorder, seed: int = 0, formula: bool = False):
        self.budget, self.recorder, self.formula = budget, recorder, formula
        self.random = np.random.default_rng(seed)  # what TensorFlow and Keras draw from
        self.numpy_random: Any = np.random.RandomState(seed & 0xFFFFFFFF)
        self.torch_random = TorchStream(seed)
        self.seeded = False  # whether the program has seeded TensorFlow
        self.seed = seed
        self.chance: Random | None = None  # the generator of Python's own random
        self.tapes: list[Tape] = []
        self.readers: list[dict[int, Array]] = []  # variables read while each of them watches
        self.cut: str | None = None  # why what is computed now passes no gradient
        self.deriving = False  # a gradient function of the program runs: all history is kept
        self.grad_enabled = True
        self.changed = -1  # the tick of the last change in place
        self.retained: dict[int, ref[Tensor]] = {}  # what keeps a .grad though it is no leaf
        self.indices: dict[int, tuple[Any, list[Tensor]]] = {}  # by the identity of a result
        self.hooks: dict[int, tuple[Any, dict[Handle, Value]]] = {}  # by the identity of a Tensor
        self.module_hooks: dict[int, tuple[Any, dict[str, dict[Handle, Value]]]] = {}
        self.heard = Heard(self)
        self.filters = Filters()
        self.environ: dict[str, str] = {}  # os.environ
        self.handled: list[Error] = []  # the errors whose except blocks run, the last one inmost
        self.catching: set[tuple[int, ...]] = set()  # except lines that have caught an error
        self.ended = False
        self.waiting: WeakSet[Walk] = WeakSet()  # generators that may still be asked
        self.births: Births | None = None
        self.loops = 0
        self.forward = self.recent = 0  # work on arrays since the last gradient call, before it
        self.turning: Any = None  # the frame in which the outermost loop turns
        self.names: dict[int, str] = {}  # texts of the numbers in the current call
        self.layers: dict[str, int] = {}  # of Keras, how many by each name
        self.scopes: list[str] = []  # names of the layers of Keras that are being called
        self.training: bool | None = None  # what the layers of Keras are told
        self.printed: list[str] = []
        self.characters = 0
        self.notes: dict[tuple[str, str], Span | None] = {}  # what was skipped or allowed, where
        self.span: Span | None = None

    def retain(self, tensor: Tensor) -> None:
        """From now on this tensor keeps its gradient, as a leaf does."""
        key = id(tensor)
        self.retained[key] = ref(tensor, lambda gone: self.retained.pop(key, None))

    # -- places and output

    def at(self, span: Span) -> None:
        self.span = span
        self.recorder.at(span)

    def write(self, text: str) -> None:
        """Adds to the program's output."""
        self.budget.printed(len(text))
        self.printed.append(text)
        self.characters += len(text)
        self.recorder.output(self.characters)

    def note(self, code: str, detail: str = "") -> None:
        """Something the reader should know once: a leniency, a skipped plot. What PyTorch warns of
        too is silenced, or an error, as the program wants it."""
        if code in PYTORCHS:
            words = PYTORCHS[code].format(detail)
            action = self.filters.action(("UserWarning", "Warning"), words, "torch", abridged=True)
            if action == "error":
                raise ProgramError("raised", framework=f"UserWarning: {words}", detail=words)
            if action == "ignore":
                return
        self.notes.setdefault((code, detail), self.span)

    # -- arrays

    def leaf(self, data: Any, kind: str, tracked: bool = False) -> Array:
        """A new array that no operation made."""
        if self.births is not None:
            data = self.births.data(data)
        tensor = Tensor(data, tracked=tracked)
        if tensor.dtype.kind not in "fiub":
            raise type_error("an array here holds numbers or truth values only")
        if self.births is not None:
            self.births.born(tensor)
        self.recorder.born(tensor)
        return Array(tensor, kind)

    def apply(self, function: Callable[..., Tensor], *operands: Value, kind: str = "") -> Array:
        """Runs an operation of the engine on arrays and numbers; settings pass through."""
        arrays = [x for x in operands if isinstance(x, Array)]
        kind = kind or self.kind(arrays)
        inputs = [x.tensor if isinstance(x, Array) else x for x in operands]
        self._charge(function, inputs)
        watched = kind == TENSORFLOW and bool(self.tapes)
        if self.readers:
            self.read(*arrays)
        self.heard.running = function if kind == NUMPY else None
        try:
            result = function(*inputs)
        except Singular as problem:
            raise singular(kind, problem) from None
        except (ValueError, np.exceptions.AxisError, IndexError) as problem:
            own = getattr(problem, "op", "operation")
            name = getattr(function, "name", getattr(function, "__name__", own))
            name = own if name == "<lambda>" else name
            settings = getattr(
                function, "settings", [x for x in inputs if not isinstance(x, Tensor)]
            )
            shapes = [tuple(x.shape) for x in inputs if isinstance(x, Tensor)]
            numpys = problem.problem if isinstance(problem, Misfit) else problem
            raise misfit(name, kind, shapes, numpys, settings) from None
        except OverflowError as problem:
            raise value_error(str(problem)) from None
        except TypeError as problem:
            if type(problem) is TypeError and "numpy" not in str(problem):  # not NumPy's words
                name = getattr(function, "name", getattr(function, "__name__", "operation"))
                raise unfit("operation" if name == "<lambda>" else name, operands, {}) from None
            words = f"{type(problem).__name__}: {problem}"
            raise ProgramError("type", framework=words, detail=str(problem)) from None
        finally:
            self.heard.running = None
        if not result.size:
            self.budget.array(result.shape)
        shows = shown_by(result, arrays) if result.op in SHOWING and kind in SHARING else None
        self.tell(result, kind, watched)
        return Array(result, kind) if shows is None else self._view(result, kind, *shows)

    @contextmanager
    def reading(self, found: dict[int, Array]) -> Iterator[None]:
        """A block that watches which variables are read."""
        self.readers.append(found)
        try:
            yield
        finally:
            self.readers = [x for x in self.readers if x is not found]

    def read(self, *arrays: Array) -> None:
        """Variables are read: whoever watches learns of them, in their order."""
        for x in arrays:
            if x.kind == VARIABLE and x.trainable:
                for found in self.readers:
                    found.setdefault(id(x), x)

    def _view(self, result: Tensor, kind: str, base: Array, *steps: Step) -> Array:
        """A result that shows numbers of an array."""
        if kind == NUMPY and not (result.ndim and base.kind == NUMPY):
            return Array(result, kind)  # a scalar of NumPy is a copy
        if kind == TORCH and any(op.name == "flip" for op, _ in steps):
            return Array(result, kind)
        lost = base.tensor.tracked and not result.tracked and kind == TORCH
        return ArrayView(self, result, kind, base, *steps, cut="no_grad" if lost else "")

    def tell(self, result: Tensor, kind: str, watched: bool, derived: bool = False) -> None:
        """Tells the recorder of a result, and drops the history that the framework would drop.

        derived: a gradient call made it."""
        if kind == TORCH and result.op is UNDERIVED:
            result.tracked = any(isinstance(x, Tensor) and x.tracked for x in result.inputs)
        keeps = watched or (kind == TORCH and result.tracked and self.grad_enabled)
        cut = self.cut
        if cut is None and not keeps and result.tracked:
            cut = "no_grad" if kind == TORCH else "no_tape"
        self.recorder.operation(result, keeps, self.names, cut, derived)
        if self.deriving:
            result.tracked = result.tracked and keeps and kind == TORCH
        elif not keeps and not self.formula:
            result.op, result.inputs, result.values, result.tracked = None, (), (), False
        elif kind == TENSORFLOW:
            result.tracked = False  # what a tape follows is the tape's own affair

    def decided(self, condition: Tensor) -> bool:
        """Which way the program goes on this condition of one entry."""
        taken = bool(condition)  # the engine keeps a log of its own
        self.recorder.decided(condition, taken)
        return taken

    def leaves(self, value: Value) -> Value:
        """The value itself, whose numbers leave the graph here."""
        if not self.formula:
            leave(self.recorder, value)
        return value

    def fixed(self, *numbers: Value) -> None:
        """Plain numbers that a gradient function reads: no step of it says where they are from."""
        for x in numbers:
            if type(x) is float:
                self.recorder.left(x)

    def kind(self, arrays: list[Array]) -> str:
        """Whose array the result is."""
        kinds = {x.kind for x in arrays}
        if TORCH in kinds and (TENSORFLOW in kinds or VARIABLE in kinds):
            raise type_error("a torch.Tensor and a tf.Tensor cannot be combined")
        kind = max(kinds, key=RANK.__getitem__, default=NUMPY)
        return TENSORFLOW if kind == VARIABLE else kind

    def _charge(self, function: Callable[..., Tensor], inputs: list[Any]) -> None:
        """The size of the result, before it exists."""
        self.budget.step()
        shapes = [x.shape for x in inputs if isinstance(x, Tensor)]
        if not shapes:
            return
        work = work_for(function, inputs)
        if work is not None:
            self.budget.array((work.entries,))
            self._work(work.products)
        elif known(function) is not None:
            return  # the operands do not fit: the operation itself will say it better
        elif isinstance(function, Op) and function.elementwise and len(shapes) > 1:
            try:
                shape = np.broadcast_shapes(*shapes)
            except ValueError:
                return  # the operation itself will say it better
            self.budget.array(shape)
            self._work(math.prod(shape))
        else:
            self._work(sum(math.prod(shape) for shape in shapes))

    def _work(self, count: int) -> None:
        self.forward += count
        self.budget.work(count)

    def backward(self) -> None:
        """A gradient call is about to run: twice the work of what led to it."""
        if self.forward:
            self.recent, self.forward = self.forward, 0
        self.budget.work(2 * self.recent)

    def read_at(self, result: Tensor, key: Value) -> None:
        """Entries were read, or changed, at this key: backward reads its tensors once more."""
        keys = key if isinstance(key, tuple) else (key,)
        found = [one.tensor for one in keys if isinstance(one, Array) and one.kind == TORCH]
        found = [one for one in found if one.ndim]
        if found and result.tracked:
            at, known = id(result), self.indices
            known[at] = (ref(result, lambda gone: known.pop(at, None)), found)

    def read_by(self, result: Tensor) -> list[Tensor]:
        """The tensors in the key at which this result was read."""
        return self.indices[id(result)][1] if id(result) in self.indices else []

    def binary(self, op: Op, left: Value, right: Value) -> Array:
        """An operation of two operands, at least one an array, with the framework's own rules."""
        if self.deriving:
            self.fixed(left, right)
        return combined(self, op, left, right)

    def numbers(self, data: Value, dtype: Any = None) -> np.ndarray[Any, Any]:
        """Nested lists of numbers as an array, charged before it is made."""
        shape: list[int] = []
        rest = data
        while isinstance(rest, list | tuple) and len(shape) <= MOST_AXES:
            shape.append(len(rest))
            rest = rest[0] if rest else None
        if isinstance(rest, Array):
            shape += rest.tensor.shape
        self.budget.array(tuple(shape))
        entries = sum(math.prod(shape[:i]) for i in range(len(shape) + 1))
        try:
            array = np.array(self._bare(data, iter(range(entries))), dtype=dtype)
        except (ValueError, TypeError, OverflowError) as problem:
            raise ProgramError(
                "value", framework=f"ValueError: {problem}", detail=Phrase(RAGGED, {})
            ) from None
        if array.dtype.kind not in "fiub":
            raise type_error("an array here holds numbers or truth values only")
        return array

    def _bare(self, data: Value, left: Iterator[int]) -> Any:
        """Nested lists of bare numbers; no more entries than a regular shape has."""
        if next(left, None) is None:
            raise ValueError("the lists are not all of one length")
        if isinstance(data, list | tuple):
            return [self._bare(entry, left) for entry in data]
        if isinstance(data, Array):
            for _ in range(data.tensor.size - 1):
                next(left, None)
            return self.leaves(data).tensor.data
        if type(data) is float:
            return self.leaves(data)
        if isinstance(data, bool | int | float):
            return data
        raise type_error(f"{type_name(data)} is not a number")
