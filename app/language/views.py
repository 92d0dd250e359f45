"""Views: arrays that show numbers of another one, as x[0], x.T, x.detach() and x.numpy() do.

Nodes of the graph never change. So a view keeps the array at its root and the steps from there to
itself: it takes them anew where the root has changed, and what is written into it goes the way
back, into the root.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine import OPS, Op, Recording, Tensor, record
from app.engine.primitives.indexing import set_entries, setitem, take
from app.engine.primitives.shaping import permute, reshape, reshape_to
from app.language.errors import ProgramError
from app.language.values import NUMPY, TORCH, Array

if TYPE_CHECKING:
    from app.language.machine import Machine

Step = tuple[Op, tuple[Any, ...]]  # an operation of one array, and its settings
SHOWING = frozenset(
    OPS[name] for name in ("reshape", "transpose", "broadcast_to", "getitem", "diagonal", "flip")
)
READ_ONLY = {"broadcast_to", "diagonal"}  # what NumPy lets nobody write into
MOST_STEPS = 8
SEVERAL = (
    "This view is the output of a function that returns multiple views. Such functions do not "
    "allow the output views to be modified inplace. You should replace the inplace operation by an "
    "out-of-place one."
)


class ArrayView(Array):
    """An array that shows numbers of its base.

    base: the array at the root; no view, unless one that is a leaf of its own. steps: from there
    to here. cut: why no gradient goes to the base: "detach", "no_grad", or "" where one does.
    several: what PyTorch calls the step, where it makes several views at once, and which this is.
    renewed: whether the base has changed since.
    """

    __slots__ = (
        *("_numbers", "_own", "_seen"),
        *("base", "cut", "detached", "machine", "renewed", "several", "steps"),
    )
    steps: tuple[Step, ...]
    _seen: Tensor | None

    def __init__(
        self, m: "Machine", tensor: Tensor, kind: str, base: Array, *steps: Step, cut: str = ""
    ):
        self.machine, self.base, self.cut, self.several = m, base, cut, ("", 0)
        self.renewed, self.detached = False, cut == "detach"
        under = base.uncounted
        if isinstance(base, ArrayView) and not is_leaf(base.tensor):
            self.base, self.cut = base.base, cut or base.cut
            steps = base.steps + steps
            if base.several[0]:
                self.several = (base.several[0], 0)
        self.steps = steps
        super().__init__(tensor, kind)
        self.uncounted = under
        if len(steps) > MOST_STEPS:
            size, places = self.base.tensor.size, self.places()
            flat = (reshape_to, ((size,), self.base.tensor.ndim))
            self.steps = (flat, (take, ((..., places), (size,))))

    @property
    def tensor(self) -> Tensor:
        parent = self.base.tensor
        if parent is not self._seen or parent.data is not self._numbers:
            _look_again(self)
        return self._own

    @tensor.setter
    def tensor(self, tensor: Tensor) -> None:
        self._own = tensor
        self._seen, self._numbers = self.base.tensor, self.base.tensor.data

    @property
    def read_only(self) -> bool:
        return self.kind == NUMPY and any(op.name in READ_ONLY for op, _ in self.steps)

    @property
    def stretched(self) -> bool:
        """Whether it shows one number of its base at several places."""
        if not any(op.name == "broadcast_to" for op, _ in self.steps):
            return False
        places = self.places()
        return bool(np.unique(places).size < places.size)

    def places(self) -> Any:
        """Where each of its entries is among those of the base, all in a row."""
        found: Any = np.arange(self.base.tensor.size).reshape(self.base.tensor.shape)
        for op, settings in self.steps:
            found = np.asarray(op.forward(found, *settings))
        return found

    def taken(self, x: Tensor) -> Tensor:
        """The steps from the base to here."""
        for op, settings in self.steps:
            x = op(x, *settings)
        return x

    def put_back(self, x: Tensor, new: Tensor) -> Tensor:
        """The base x with `new` where this view shows it."""
        if any(op.name == "broadcast_to" for op, _ in self.steps):
            flat = reshape(x, (x.size,))
            stored = set_entries(flat, reshape(new, (new.size,)), self.places().reshape(-1))
            return reshape(stored, tuple(x.shape))
        under = [x]
        for op, settings in self.steps[:-1]:
            under.append(op(under[-1], *settings))
        for (op, settings), below in zip(self.steps[::-1], under[::-1], strict=False):
            new = _back(op, settings, below, new)
        return new

    def numbers_with(self, data: Any) -> Any:
        """The numbers of the base with these where this view shows them."""
        with record(Recording.NOTHING):
            return self.put_back(Tensor(self.base.tensor.data), Tensor(data)).data


class GradientArray(Array):
    """The .grad of a tensor: what changes in it, in place or by a backward, changes there.

    owner: the tensor whose gradient it is."""

    __slots__ = ("_own", "owner")

    def __init__(self, owner: Tensor, gradient: Tensor):
        self.owner, self._own = owner, gradient
        super().__init__(gradient, TORCH)

    @property
    def tensor(self) -> Tensor:
        changes = getattr(self._own, "changes", None)
        return self._own if changes is None else changes.now

    @tensor.setter
    def tensor(self, tensor: Tensor) -> None:
        if self.owner.grad is self.tensor:
            self.owner.grad = tensor
        self._own = tensor


class VariableSlice(Array):
    """A part of a tf.Variable: a tensor with numbers of its own, which knows what it is part of."""

    __slots__ = ("at", "variable")

    def __init__(self, found: Array, variable: Array, at: Any):
        self.variable, self.at = variable, at
        super().__init__(found.tensor, found.kind)


def root(array: Array) -> Array:
    """The array whose numbers this one shows: itself, where it is no view."""
    return array.base if isinstance(array, ArrayView) else array


def copied(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function where it gives an array with numbers of its own."""

    def call(*given: Any, **named: Any) -> Any:
        found = function(*given, **named)
        return Array(found.tensor, found.kind) if isinstance(found, ArrayView) else found

    return call


def at_once(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of PyTorch where it makes several views at once."""

    def call(*given: Any, **named: Any) -> Any:
        found = function(*given, **named)
        for i, one in enumerate(found):
            if isinstance(one, ArrayView):
                one.several = (name, i)
        return found

    return call


def is_leaf(x: Tensor) -> bool:
    """Whether it is a leaf that wants a gradient."""
    return x.tracked and x.op is None


def shown_by(result: Tensor, arrays: list[Array]) -> tuple[Any, ...] | None:
    """The array of which this fresh result is a view, and the steps; None for numbers of its own.

    NumPy's own strides tell whether a reshaped array still shares them: PyTorch has the same rules.
    """
    steps: list[Step] = []
    node = result
    while node.op in SHOWING and node.values is not None:
        under, settings = node.inputs[0], node.values[1:]
        if not isinstance(under, Tensor) or not shares(node, under.data, settings):
            return None
        steps.append((node.op, settings))
        for one in arrays:
            if one.tensor is under:
                return (one, *steps[::-1])
        node = under
    return None


def shares(node: Tensor, under: Any, settings: Any) -> bool:
    """Whether a result of one of the SHOWING steps shows the numbers `under` it, or a copy."""
    assert node.op is not None
    if node.op.name == "getitem":
        key = settings[0] if isinstance(settings[0], tuple) else settings[:1]
        return not any(isinstance(one, np.ndarray | list) for one in key)
    if node.op.name == "reshape" and node.size > 1:
        return bool(np.may_share_memory(node.data, under))
    return True


def _back(op: Op, settings: Any, below: Tensor, new: Tensor) -> Tensor:
    """`below` with `new` at what this step shows of it."""
    if op.name == "getitem":
        return setitem(below, new, *settings, new.ndim)
    if op.name == "reshape":
        return reshape(new, tuple(below.shape))
    if op.name == "transpose":
        n = len(settings[0])
        order = sorted(range(n), key=lambda i: settings[0][i] % n)
        return permute(new, tuple(i - n for i in order))
    if op.name == "diagonal":
        (offset,) = settings
        along = np.arange(new.shape[-1])
        return set_entries(below, new, (..., along + max(-offset, 0), along + max(offset, 0)))
    return op(new, *settings)  # flip


def _look_again(view: ArrayView) -> None:
    """The base has changed: the view shows what is there now."""
    m, old, parent = view.machine, view._own, view.base.tensor
    if is_leaf(old) and not (parent.tracked and not view.cut):  # a leaf of its own stays one
        with record(Recording.NOTHING):
            old.data = view.taken(Tensor(parent.data)).data
        view.tensor = old
        return
    with record(Recording.EVERYTHING):
        result = view.taken(parent)
        if view.cut == "detach" or result is parent:
            result = OPS["detach"](result)
    lost = view.several[0] and not view.cut and result.tracked
    if lost and m.grad_enabled and not m.ended:
        words = "Output {} of {} is a view and its base or another view of its base has been "
        words = words.format(view.several[1], view.several[0]) + "modified inplace."
        raise ProgramError("view_of_several", framework=f"RuntimeError: {words} {SEVERAL}")
    if m.ended:
        result.tracked = result.tracked and not view.cut
    else:
        kept, m.grad_enabled = m.grad_enabled, not view.cut
        m.tell(result, view.kind, False)
        m.grad_enabled = kept
    view.tensor, view.renewed = result, True
    if lost:
        view._seen = None  # under no_grad: it is looked at again where it counts
    if old.origin and old.origin[0] is not None and not m.ended:
        m.recorder.bind(old.origin[0], result, carried=False)
