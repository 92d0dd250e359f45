"""What the frameworks say where one array does not fit: its axes, its windows, its places.

As in misfit_words.py each function gets the shapes and the settings of the call.
"""

from collections.abc import Sequence
from typing import Any

from app.language.misfit_words import Shape, Words, numpy_square, torch_square


def _solved(shape: Shape) -> str:
    return "x".join(map(str, shape if len(shape) > 1 else (*shape, 1)))


def _torch_solve(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    square = torch_square("solve")(shapes, settings)
    if square is not None or len(shapes[0]) != 2 or len(shapes[1]) > 2:
        return square
    words = "linalg.solve: Incompatible shapes of A and B for the equation AX = B"
    return f"RuntimeError: {words} ({_solved(shapes[0])} and {_solved(shapes[1])})"


def _numpy_solve(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    square = numpy_square(shapes, settings)
    if square is not None or len(shapes[0]) != 2 or len(shapes[1]) > 2:
        return square
    name, core = ("solve1", "(m)->(m)") if len(shapes[1]) == 1 else ("solve", "(m,n)->(m,n)")
    words = f"{name}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature"
    return (
        f"ValueError: {words} (m,m),{core} (size {shapes[1][0]} is different from {shapes[0][0]})"
    )


def _torch_gather(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    if len(shapes[0]) == len(shapes[1]):
        return None
    return "RuntimeError: Index tensor must have the same number of dimensions as input tensor"


def _torch_permute(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    n, given = len(shapes[0]), settings[0] if settings else ()
    if not isinstance(given, tuple) or len(given) == n:
        return None
    words = "permute(sparse_coo): number of dimensions in the tensor input does not match the "
    words += "length of the desired ordering of dimensions i.e. "
    return f"RuntimeError: {words}input.dim() = {n} is not equal to len(dims) = {len(given)}"


def _torch_diag(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    return f"RuntimeError: diag(): Supports 1D or 2D tensors. Got {len(shapes[0])}D"


def _torch_trace(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    return f"RuntimeError: trace: expected a matrix, but got tensor with dim {len(shapes[0])}"


def _torch_pool(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    """Of windows that lie side by side, without a border: others end in our own words."""
    windows, stride, padding, dilation = (*settings, None, 0, 1)[:4]
    n = len(windows)
    if (stride, padding, dilation) != (None, 0, 1) or len(shapes[0]) < n + 1:
        return None
    channels, lengths = shapes[0][-n - 1], shapes[0][-n:]
    found = [length // window for length, window in zip(lengths, windows, strict=True)]
    told, made = ("x".join(map(str, (channels, *one))) for one in (lengths, found))
    words = f"Given input size: ({told}). Calculated output size: ({made})."
    return f"RuntimeError: {words} Output size is too small" if 0 in found else None


def _numpy_squeeze(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    return "ValueError: cannot select an axis to squeeze out which has size not equal to one"


def _tf_squeeze(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    axes = settings[0] if settings else None
    for axis in (axes,) if isinstance(axes, int) else axes or ():
        if shapes[0][axis] != 1:
            words = f"Can not squeeze dim[{axis % len(shapes[0])}], expected a dimension of 1, got "
            return f"InvalidArgumentError: {words}{shapes[0][axis]} [Op:Squeeze]"
    return None


def _tf_transpose(shapes: list[Shape], settings: Sequence[Any]) -> str | None:
    n, given = len(shapes[0]), settings[0] if settings else None
    if not isinstance(given, tuple) or len(given) == n:
        return None
    words = f"transpose expects a vector of size {n}. But input(1) is a vector of size {len(given)}"
    return f"InvalidArgumentError: {words} [Op:Transpose]"


ONE_TORCH: dict[str, Words] = {
    "solve": _torch_solve,
    "gather": _torch_gather,
    "permute": _torch_permute,
    "diag": _torch_diag,
    "trace": _torch_trace,
    "max_pool": _torch_pool,
}
ONE_TF: dict[str, Words] = {"squeeze": _tf_squeeze, "transpose": _tf_transpose}
ONE_NUMPY: dict[str, Words] = {"solve": _numpy_solve, "squeeze": _numpy_squeeze}
