"""Arrays summed up, scanned and put in order: what all frameworks do alike, by one set of names."""

from typing import Any

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.arranging import length, whole
from app.language.dialects.common import (
    FLOAT64,
    array,
    axes_of,
    cast,
    dtype_of,
    floating,
    reduction,
)
from app.language.dialects.tables import Table
from app.language.errors import ProgramError, type_error, value_error
from app.language.machine import Machine
from app.language.misfits import Call
from app.language.number_types import takes
from app.language.values import NUMPY, TENSORFLOW, TORCH, Array, Value, type_name

AXIS = {NUMPY: ("axis", "keepdims"), TORCH: ("dim", "keepdim"), TENSORFLOW: ("axis", "keepdims")}

CALLED = {(TORCH, "prod"): "prod_divided"}  # of another convention


def reductions(kind: str, *names: str) -> Table:
    """The engine's reductions of these names."""
    found = {name: OPS[CALLED.get((kind, name), name)] for name in names}
    return {name: reduction(op, kind, *AXIS[kind]) for name, op in found.items()}


def wide(m: Machine, x: Array, kind: str) -> Array:
    """Whole numbers become floats: NumPy's statistics take float64 whatever their width."""
    if kind == NUMPY and x.tensor.dtype.kind != "f":
        return cast(m, x, FLOAT64)
    return floating(m, x, kind)


def deviation(op: str, kind: str, ddof: float = 0) -> Any:
    """A variance or a standard deviation. ddof: by how much the count is less by default."""

    def call(
        m: Machine,
        x: Value,
        axis: Value = None,
        correction: Value = ddof,
        keepdims: Value = False,
        unbiased: Value = None,
        name: Value = None,
    ) -> Array:
        if isinstance(axis, bool):  # x.var(False): PyTorch's older way to say unbiased
            axis, unbiased = None, axis
        if unbiased is not None or isinstance(correction, bool):
            correction = int(bool(correction if unbiased is None else unbiased))
        if not isinstance(correction, int | float):
            raise type_error(f"a correction is a number, not {type_name(correction)}")
        given, axes = array(m, x, kind), axes_of(axis)
        takes(op, kind, given)
        found = wide(m, given, kind)
        return m.apply(
            lambda t: p.deviations.deviate(OPS[op], t, axes, bool(keepdims), correction), found
        )

    return call


def norm(op: str, kind: str, orders: Any = None) -> Any:
    """A norm of vectors; of matrices only that of all their entries. orders: other words for 2."""

    def call(
        m: Machine,
        x: Value,
        ord: Value = 2,
        axis: Value = None,
        keepdims: Value = False,
        name: Value = None,
    ) -> Array:
        order = 2 if ord is None or ord in (orders or ()) else ord
        if not isinstance(order, int | float):
            raise value_error(f"a norm of order {ord!r} is not available here")
        found, axes = array(m, x, kind), axes_of(axis)
        if found.tensor.dtype.kind != "f":
            takes("norm", kind, found)
            found = wide(m, found, kind)
        return m.apply(
            lambda t: p.norms.vector_norm(OPS[op], t, order, axes, bool(keepdims)), found
        )

    return call


def scan(op: str, kind: str, axis: Value = None) -> Any:
    """A running sum or product. axis: which one by default."""

    def call(
        m: Machine, x: Value, axis: Value = axis, dtype: Value = None, name: Value = None
    ) -> Array:
        found, at = array(m, x, kind, dtype_of(dtype)), whole(axis)
        takes(op, kind, found)
        kept = found.tensor.dtype if kind == TENSORFLOW else None
        if found.tensor.dtype.kind == "b":
            found = cast(m, found, dtype_of("int64"))
        result = m.apply(lambda t: p.scans.scan(OPS[op], t, at), found)
        return cast(m, result, kept) if kept and result.tensor.dtype != kept else result

    return call


def places(op: str, kind: str, axis: Value = None) -> Any:
    """argmax or argmin."""

    def call(
        m: Machine, x: Value, axis: Value = axis, keepdims: Value = False, name: Value = None
    ) -> Array:
        at = whole(axis)
        found = array(m, x, kind)
        takes(op, kind, found)
        call = Call(op, lambda t: p.extrema.place(OPS[op], t, at, bool(keepdims)))
        return m.apply(call, found)

    return call


def ordering(kind: str) -> Table:
    """sort, argsort, topk, median by one set of names."""

    def sort(m: Machine, x: Value, axis: Value = -1, descending: Value = False) -> Array:
        at, found = whole(axis), array(m, x, kind)
        takes("sort", kind, found)
        return m.apply(lambda t: p.ordering.sorted_along(t, at, bool(descending)), found)

    def argsort(m: Machine, x: Value, axis: Value = -1, descending: Value = False) -> Array:
        at, found = whole(axis), array(m, x, kind)
        takes("sort", kind, found)
        return m.apply(lambda t: p.ordering.order_along(t, at, bool(descending)), found)

    def topk(
        m: Machine,
        x: Value,
        k: Value,
        axis: Value = -1,
        largest: Value = True,
        sorted: Value = True,
    ) -> tuple[Array, Array]:
        found, count, at = array(m, x, kind), whole(k), whole(axis)
        takes("topk", kind, found)
        if not 0 <= count <= length(found, at):
            words = {TORCH: "RuntimeError: selected index k out of range"}.get(
                kind,
                f"InvalidArgumentError: input must have at least k columns. Had "
                f"{length(found, at)}, needed {count} [Op:TopKV2]",
            )
            raise ProgramError("index", framework=words, detail=f"k = {count}")
        rest = (slice(None),) * (found.tensor.ndim - 1 - at % max(1, found.tensor.ndim))
        order = m.apply(lambda t: p.ordering.order_along(t, at, bool(largest)), found)
        first = m.apply(lambda t: p.indexing.getitem(t, (..., slice(None, count), *rest)), order)
        return m.apply(lambda t, i: p.gathering.take_along_axis(t, i, at), found, first), first

    def median(m: Machine, x: Value, axis: Value = None, keepdims: Value = False) -> Array:
        found, at = array(m, x, kind), whole(axis)
        takes("median", kind, found)
        found = wide(m, found, kind)
        result = m.apply(lambda t: p.ordering.median(t, at), found)
        if not keepdims:
            return result
        shape = found.tensor.shape
        kept = [1 if at is None or i == at % len(shape) else n for i, n in enumerate(shape)]
        return m.apply(lambda t: p.shaping.reshape(t, tuple(kept)), result)

    return {"sort": sort, "argsort": argsort, "topk": topk, "median": median}
