"""What NumPy, PyTorch and TensorFlow say where operands of one of their operations do not fit.

Each function gets the shapes and the settings of the call, and gives the words, or None where the
framework says what it says of any two shapes.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

Shape = tuple[int, ...]
Words = Callable[[list[Shape], Sequence[Any]], str | None]


def listed(shape: Shape) -> str:
    """[2,3]: a shape as TensorFlow writes it."""
    return "[" + ",".join(map(str, shape)) + "]"


def tupled(shape: Shape) -> str:
    """(2,3): a shape as NumPy's messages write it."""
    return f"({shape[0]},)" if len(shape) == 1 else "(" + ",".join(map(str, shape)) + ")"


def clash(shapes: Sequence[Shape]) -> tuple[int, int, int] | None:
    """The last axis on which two shapes cannot be broadcast, and both lengths."""
    if len(shapes) != 2:
        return None
    n = max(map(len, shapes))
    left, right = ((1,) * (n - len(shape)) + tuple(shape) for shape in shapes)
    for axis in reversed(range(n)):
        if left[axis] != right[axis] and 1 not in (left[axis], right[axis]):
            return axis, left[axis], right[axis]
    return None


def sizes(at: tuple[int, int, int] | None) -> str | None:
    """PyTorch's words on two lengths that cannot be broadcast."""
    if at is None:
        return None
    words = f"The size of tensor a ({at[1]}) must match the size of tensor b ({at[2]})"
    return f"RuntimeError: {words} at non-singleton dimension {at[0]}"


def _unlike(shapes: list[Shape]) -> int:
    """Which shape is the first that is not as the first one."""
    return next((i for i, one in enumerate(shapes) if one != shapes[0]), 0)


# -- einsum


def _letters(settings: Sequence[Any]) -> list[str]:
    formula = next((one for one in settings if isinstance(one, str)), "")
    return formula.replace(" ", "").partition("->")[0].split(",")


def _seen(shapes: list[Shape], letters: list[str]) -> tuple[str, int, int, int, int] | None:
    """A letter with two lengths: the letter, both, the operand and the axis of the second."""
    known: dict[str, int] = {}
    for i, (names, shape) in enumerate(zip(letters, shapes, strict=False)):
        for axis, (letter, length) in enumerate(zip(names, shape, strict=False)):
            if known.setdefault(letter, length) != length:
                return letter, known[letter], length, i, axis
    return None


def _miscounted(shapes: list[Shape], letters: list[str]) -> int | None:
    if any("." in names for names in letters):
        return None
    pairs = enumerate(zip(letters, shapes, strict=False))
    return next((i for i, (names, shape) in pairs if len(names) != len(shape)), None)


def _torch_einsum(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    letters = _letters(settings)
    at = _miscounted(shapes, letters)
    if at is not None:
        words = f"the number of subscripts in the equation ({len(letters[at])}) does not match the "
        words += f"number of dimensions ({len(shapes[at])}) for operand {at}"
        return f"RuntimeError: einsum(): {words} and no ellipsis was given"
    seen = _seen(shapes, letters)
    if seen is None:
        return None
    words = f"einsum(): subscript {seen[0]} has size {seen[2]} for operand {seen[3]} which does "
    return f"RuntimeError: {words}not broadcast with previously seen size {seen[1]}"


def _tf_einsum(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    letters = _letters(settings)
    at = _miscounted(shapes, letters)
    if at is not None:
        words = f"Expected input {at} to have rank {len(letters[at])} but got: {len(shapes[at])}"
        return f"InvalidArgumentError: {words} [Op:Einsum]"
    seen = _seen(shapes, letters)
    if seen is None:
        return None
    words = f"Expected dimension {seen[1]} at axis {seen[4]} of the input shaped "
    words += f"{listed(shapes[seen[3]])} but got dimension {seen[2]}"
    return f"InvalidArgumentError: {words} [Op:Einsum]"


# -- matrix products


def _torch_matmul(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    left, right = shapes
    if not left or not right:
        words = "both arguments to matmul need to be at least 1D, but they are"
        return f"RuntimeError: {words} {len(left)}D and {len(right)}D"
    if len(left) == len(right) == 1:
        words = f"inconsistent tensor size, expected tensor [{left[0]}] and src [{right[0]}] to "
        words += f"have the same number of elements, but got {left[0]} and {right[0]} elements"
        return f"RuntimeError: {words} respectively"
    if len(left) == 2 and len(right) == 1:
        words = f"size mismatch, got input ({left[0]}), mat ({left[0]}x{left[1]}), vec ({right[0]})"
        return f"RuntimeError: {words}"
    if len(right) == 2:
        rows = (math.prod(left[:-1]), left[-1])
        words = "mat1 and mat2 shapes cannot be multiplied "
        return f"RuntimeError: {words}({rows[0]}x{rows[1]} and {right[0]}x{right[1]})"
    at = clash([left[:-2], right[:-2]])
    if at is not None:
        return sizes(at)
    if len(left) > 2 and len(right) > 2 and left[:-2] == right[:-2]:
        n = 1
        for length in left[:-2]:
            n *= length
        words = "Expected size for first two dimensions of batch2 tensor to be: "
        return f"RuntimeError: {words}[{n}, {left[-1]}] but got: [{n}, {right[-2]}]."
    return None


def _tf_matmul(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    left, right = ((1, *shapes[0])[-max(2, len(shapes[0])) :], shapes[1])
    right = (*right, 1) if len(right) == 1 else right
    words = f"In[0]: {listed(left)}, In[1]: {listed(right)}"
    if max(map(len, shapes)) <= 2:
        return f"InvalidArgumentError: Matrix size-incompatible: {words} [Op:MatMul]"
    if clash([one[:-2] for one in shapes]) is not None:
        words = f"In[0] and In[1] must have compatible batch dimensions: {listed(shapes[0])} vs. "
        return f"InvalidArgumentError: {words}{listed(shapes[1])} [Op:BatchMatMulV2]"
    return f"InvalidArgumentError: Matrix size-incompatible: {words} 0 0 [Op:BatchMatMulV2]"


def _numpy_matmul(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    core = "with gufunc signature (n?,k),(k,m?)->(n?,m?)"
    for i, shape in enumerate(shapes):
        if not shape:
            words = f"Input operand {i} does not have enough dimensions (has 0, gufunc core "
            return f"ValueError: matmul: {words}{core.replace('gufunc ', '')} requires 1)"
    inner, rows = shapes[0][-1], shapes[1][-2] if len(shapes[1]) > 1 else shapes[1][0]
    if inner == rows:
        return None
    words = f"matmul: Input operand 1 has a mismatch in its core dimension 0, {core}"
    return f"ValueError: {words} (size {rows} is different from {inner})"


def _numpy_dot(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    left, right = shapes
    last, inner = len(left) - 1, max(len(right) - 2, 0)
    words = f"shapes {tupled(left)} and {tupled(right)} not aligned: {left[last]} (dim {last})"
    return f"ValueError: {words} != {right[inner]} (dim {inner})"


# -- joining


def _torch_concatenate(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    at, axis = _unlike(shapes), settings[0] if settings else 0
    first, other = shapes[0], shapes[at]
    if len(first) != len(other):
        words = f"Tensors must have same number of dimensions: got {len(first)} and {len(other)}"
        return f"RuntimeError: {words}"
    axis %= len(first)
    for i, other in enumerate(shapes):
        for k, (mine, theirs) in enumerate(zip(first, other, strict=True)):
            if k != axis and mine != theirs:
                words = f"Sizes of tensors must match except in dimension {axis}. Expected size "
                words += f"{mine} but got size {theirs} for tensor number {i} in the list."
                return f"RuntimeError: {words}"
    return None


def _tf_concatenate(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    axis = settings[0] if settings else 0
    for i, other in enumerate(shapes):
        told = f"shape[0] = {listed(shapes[0])} vs. shape[{i}] = {listed(other)} [Op:ConcatV2]"
        if len(other) != len(shapes[0]):
            words = "ConcatOp : Ranks of all input tensors should match"
            return f"InvalidArgumentError: {words}: {told}"
        for k, (mine, theirs) in enumerate(zip(shapes[0], other, strict=True)):
            if k != axis % len(other) and mine != theirs:
                words = f"ConcatOp : Dimension {k} in both shapes must be equal"
                return f"InvalidArgumentError: {words}: {told}"
    return None


def _numpy_concatenate(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    axis = settings[0] if settings else 0
    if not settings and all(len(one) == 1 for one in shapes):  # vstack makes rows of them
        shapes = [(1, *one) for one in shapes]
    first = shapes[0]
    for i, other in enumerate(shapes):
        if len(other) != len(first):
            words = "all the input arrays must have same number of dimensions, but the array at "
            words += f"index 0 has {len(first)} dimension(s) and the array at index {i} has "
            return f"ValueError: {words}{len(other)} dimension(s)"
        for k, (mine, theirs) in enumerate(zip(first, other, strict=True)):
            if k != axis % len(other) and mine != theirs:
                words = "all the input array dimensions except for the concatenation axis must "
                words += f"match exactly, but along dimension {k}, the array at index 0 has size "
                return f"ValueError: {words}{mine} and the array at index {i} has size {theirs}"
    return None


def _torch_stack(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    at = _unlike(shapes)
    words = f"got {list(shapes[0])} at entry 0 and {list(shapes[at])} at entry {at}"
    return f"RuntimeError: stack expects each tensor to be equal size, but {words}"


def _tf_stack(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    at = _unlike(shapes)
    words = f"values[0].shape = {listed(shapes[0])} != values[{at}].shape = {listed(shapes[at])}"
    return f"InvalidArgumentError: Shapes of all inputs must match: {words} [Op:Pack]"


def _numpy_stack(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    return "ValueError: all input arrays must have the same shape"


# -- choosing, broadcasting, convolutions, linear algebra


def _torch_where(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    pairs = [(0, 1), (0, 2), (1, 2)][: 3 if len(shapes) == 3 else 1]
    found = (clash([shapes[i], shapes[k]]) for i, k in pairs)
    return sizes(next((at for at in found if at is not None), None))


def _tf_where(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    if len(shapes) != 3:
        return None
    words = "condition {}, then {}, and else {} must be broadcastable".format(*map(listed, shapes))
    return f"InvalidArgumentError: {words} [Op:SelectV2]"


def _torch_broadcast(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    wanted = settings[0] if settings and isinstance(settings[0], tuple) else None
    at = clash([wanted, shapes[0]]) if wanted else None
    if at is None:
        return None
    words = f"The expanded size of the tensor ({at[1]}) must match the existing size ({at[2]}) at "
    words += f"non-singleton dimension {at[0]}.  Target sizes: {list(wanted or ())}.  "
    return f"RuntimeError: {words}Tensor sizes: {list(shapes[0])}"


def _tf_broadcast(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    wanted = settings[0] if settings and isinstance(settings[0], tuple) else ()
    words = f"Incompatible shapes: {listed(shapes[0])} vs. {listed(wanted)}"
    return f"InvalidArgumentError: {words} [Op:BroadcastTo]"


def _numpy_broadcast(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    wanted = settings[0] if settings and isinstance(settings[0], tuple) else ()
    words = "operands could not be broadcast together with remapped shapes [original->remapped]: "
    return f"ValueError: {words}{tupled(shapes[0])}  and requested shape {tupled(wanted)}"


def _torch_convolve(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    x, kernel = shapes[:2]
    numbers = [one for one in settings if one is not None]
    _, border, dilation, groups = (*numbers, 1, 0, 1, 1)[:4]
    n = len(kernel) - 2
    if len(x) not in (n + 1, n + 2):
        return None
    channels = x[len(x) - n - 1]
    if channels != kernel[1] * groups:
        words = f"Given groups={groups}, weight of size {list(kernel)}, expected input{list(x)} to "
        words += f"have {kernel[1] * groups} channels, but got {channels} channels instead"
        return f"RuntimeError: {words}"
    pads, steps = (
        list(one) if isinstance(one, tuple | list) else [one] * n for one in (border, dilation)
    )
    if not all(isinstance(one, int) for one in (*pads, *steps)):
        return None
    padded = [length + 2 * pad for length, pad in zip(x[-n:], pads, strict=True)]
    kernels = [(length - 1) * step + 1 for length, step in zip(kernel[2:], steps, strict=True)]
    if all(k <= length for k, length in zip(kernels, padded, strict=True)):
        return None
    told, asked = (" x ".join(map(str, one)) for one in (padded, kernels))
    words = f"Calculated padded input size per channel: ({told}). Kernel size: ({asked}). "
    return f"RuntimeError: {words}Kernel size can't be greater than actual input size"


def torch_square(name: str) -> Words:
    def words(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
        shape = shapes[0]
        if len(shape) < 2 or shape[-1] == shape[-2]:
            return None
        told = f"A must be batches of square matrices, but they are {shape[-2]} by {shape[-1]}"
        return f"RuntimeError: linalg.{name}: {told} matrices"

    return words


def numpy_square(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    shape = shapes[0]
    if len(shape) < 2 or shape[-1] == shape[-2]:
        return None
    return "LinAlgError: Last 2 dimensions of the array must be square"


def _tf_error(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    """Keras takes the prediction from the truth; the engine has the prediction first."""
    words = f"Incompatible shapes: {listed(shapes[1])} vs. {listed(shapes[0])} [Op:Sub]"
    return f"InvalidArgumentError: {words}"


def _tf_inv(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    return "InvalidArgumentError: Input matrix must be square. [Op:MatrixInverse]"


TORCH_WORDS: dict[str, Words] = {
    "einsum": _torch_einsum,
    "matmul": _torch_matmul,
    "concatenate": _torch_concatenate,
    "join_new": _torch_stack,
    "where": _torch_where,
    "broadcast_to": _torch_broadcast,
    "convolve": _torch_convolve,
    **{name: torch_square(name) for name in ("inv", "det", "cholesky")},
}
TF_WORDS: dict[str, Words] = {
    "einsum": _tf_einsum,
    "matmul": _tf_matmul,
    "concatenate": _tf_concatenate,
    "join_new": _tf_stack,
    "where": _tf_where,
    "broadcast_to": _tf_broadcast,
    "inv": _tf_inv,
    "squared_error": _tf_error,
    "absolute_error": _tf_error,
}
NUMPY_WORDS: dict[str, Words] = {
    "matmul": _numpy_matmul,
    "concatenate": _numpy_concatenate,
    "join_new": _numpy_stack,
    "broadcast_to": _numpy_broadcast,
    **dict.fromkeys(("inv", "det", "cholesky"), numpy_square),
    "dot": _numpy_dot,
}
