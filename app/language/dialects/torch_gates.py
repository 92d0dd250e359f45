"""torch.nn.functional: gated functions, and distances of rows."""

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.dialects.arranging import length, whole
from app.language.dialects.common import along_last, array
from app.language.dialects.summing import norm
from app.language.dialects.tables import Call, Table, called
from app.language.errors import ProgramError, value_error
from app.language.machine import Machine
from app.language.values import TORCH, Array, Value

NORM = norm("norm_or_zero", TORCH)


def along_dim(name: str) -> Call:
    """torch.softmax and its kin: along the axis that is said."""
    act = along_last(OPS[name], TORCH)

    def call(m: Machine, x: Value, dim: Value = None, dtype: Value = None, **named: Value) -> Array:
        dim = named.pop("axis", dim)
        if dim is None and not m.formula:
            words = f'{name}() missing 1 required positional arguments: "dim"'
            raise ProgramError("type", framework=f"TypeError: {words}", advice=DIM, detail=words)
        return act(m, x, dim, dtype=dtype, **named)

    return call


def along_some_dim(name: str) -> Call:
    """torch.nn.functional's: where no axis is said PyTorch takes one, and warns."""
    act = along_last(OPS[name.replace("softmin", "softmax")], TORCH)

    def call(
        m: Machine, input: Value, dim: Value = None, _stacklevel: Value = 3, dtype: Value = None
    ) -> Array:
        x = array(m, input, TORCH)
        if dim is None and not m.formula:
            m.note("implicit_dim", name)
            dim = 0 if x.tensor.ndim in (0, 1, 3) else 1
        return act(m, m.apply(OPS["negative"], x) if name == "softmin" else x, dim, dtype=dtype)

    return call


DIM = N_("Say along which axis the numbers shall add up to 1: dim=1 for rows of one example each.")
SOFTMAX: Table = {name: along_some_dim(name) for name in ("softmax", "log_softmax", "softmin")}


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


GATED: Table = called({"glu": glu}, input="x")
