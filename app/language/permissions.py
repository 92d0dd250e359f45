"""Whether an array may be changed in place, and the framework's own words where it may not."""

from app.language.errors import ProgramError
from app.language.machine import Machine
from app.language.values import NUMPY, TORCH, Array, Value
from app.language.views import SEVERAL, ArrayView, is_leaf

TWICE = (
    "unsupported operation: more than one element of the written-to tensor refers to a single "
    "memory location. Please clone() the tensor before performing the operation."
)
NO_GRAD = "A view was created in no_grad mode and is being modified inplace with grad mode enabled."
UNCLEAR = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
    "code by moving both the view and the inplace either both inside the no_grad block (if you "
    "don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
)


def forbid_in_place(
    m: Machine, array: Array, new: Value = None, part: bool | None = None, twice: bool = False
) -> None:
    """Raises where this array may not be changed now.

    new: what is written. part: of an assignment to entries, whether it writes through a view.
    twice: whether it may be written twice to one place, as it is the same number.
    """
    view = array if isinstance(array, ArrayView) else None
    if array.kind == NUMPY and view is not None and view.read_only:
        words = "output array" if part is None else "assignment destination"
        raise ProgramError("read_only", framework=f"ValueError: {words} is read-only")
    if array.kind != TORCH:
        return
    if m.grad_enabled:
        if view is not None and not is_leaf(view.tensor):
            _forbid_of_view(m, view, new)
        elif is_leaf(array.tensor):
            raise _of_leaf("a view of " if part else "")
    if view is not None and not twice and view.stretched:
        raise ProgramError("shown_twice", framework=f"RuntimeError: {TWICE}")


def _forbid_of_view(m: Machine, view: ArrayView, new: Value) -> None:
    base = view.base.tensor
    graph = view.tensor.tracked or (isinstance(new, Array) and new.tensor.tracked)
    name, at = view.several
    if name and graph:
        words = f"Output {at} of {name} is a view and is being modified inplace."
        words = words if view.tensor.tracked else NO_GRAD
        raise ProgramError("in_place_views", framework=f"RuntimeError: {words} {SEVERAL}")
    if view.cut == "no_grad" and base.tracked:
        raise ProgramError("in_place_views", framework=f"RuntimeError: {NO_GRAD} {UNCLEAR}")
    if not view.cut and is_leaf(base):
        raise _of_leaf("a view of ")


def _of_leaf(of: str) -> ProgramError:
    words = f"{of}a leaf Variable that requires grad is being used in an in-place operation."
    return ProgramError("in_place", framework=f"RuntimeError: {words}")
