"""torch.nn.functional: gated functions, and distances of rows."""

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.arranging import length, whole
from app.language.dialects.common import along_last, array
from app.language.dialects.summing import norm
from app.language.dialects.tables import Table, called
from app.language.errors import ProgramError, value_error
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value

SOFTMAX, NORM = along_last(OPS["softmax"], TORCH), norm("norm_or_zero", TORCH)


def _runtime(words: str) -> ProgramError:
    return ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)


def glu(m: Machine, x: Value, dim: Value = -1) -> Array:
    """The first half along an axis, each entry as far as its gate in the second lets it."""
    found, at = array(m, x, TORCH), whole(dim)
    count = length(found, at)
    if count % 2:
        axis = at % found.tensor.ndim
        raise _runtime(f"Halving dimension must be even, but dimension {axis} is size {count}")
    rest = (slice(None),) * (found.tensor.ndim - 1 - at % found.tensor.ndim)
    half = count // 2
    value, gate = (
        m.apply(lambda t, key=(..., part, *rest): p.indexing.getitem(t, key), found)
        for part in (slice(0, half), slice(half, count))
    )
    return m.binary(OPS["multiply"], value, m.apply(OPS["sigmoid"], gate))


def softmin(m: Machine, x: Value, dim: Value = None, dtype: Value = None) -> Array:
    return SOFTMAX(m, m.apply(OPS["negative"], array(m, x, TORCH)), dim, None, dtype)


def cdist(m: Machine, x1: Value, x2: Value, p: Value = 2.0) -> Array:
    """The distances of each row of one from each row of the other."""
    rows, columns = array(m, x1, TORCH), array(m, x2, TORCH)
    a, b = rows.tensor.shape, columns.tensor.shape
    for name, shape in (("X1", a), ("X2", b)):
        if len(shape) < 2:
            raise _runtime(f"cdist only supports at least 2D tensors, {name} got: {len(shape)}D")
    if a[-1] != b[-1]:
        words = f"X1 and X2 must have the same number of columns. X1: {a[-1]} X2: {b[-1]}"
        raise _runtime(words)
    if not isinstance(p, int | float) or p < 0:
        raise value_error("cdist only supports non-negative p values")
    m.budget.array((*a[:-1], *b[-2:]))
    one, other = (_wider(m, x, at) for x, at in ((rows, -2), (columns, -3)))
    return NORM(m, m.binary(OPS["subtract"], one, other), p, -1)  # type: ignore[no-any-return]


def _wider(m: Machine, x: Array, at: int) -> Array:
    return m.apply(lambda t: p.shaping.expand_dims(t, at), x)


GATED: Table = called({"glu": glu, "softmin": softmin}, input="x")
