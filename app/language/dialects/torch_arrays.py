"""PyTorch's names for arrays joined, cut, turned, ordered, summed and read by place."""

from collections.abc import Callable

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.arranging import arranging, length, several, whole
from app.language.dialects.common import array, axes_of, cast, reduction, two
from app.language.dialects.linear_algebra import linalg
from app.language.dialects.placing import placing, torch_placing
from app.language.dialects.summing import deviation, norm, ordering, places, reductions, scan
from app.language.dialects.tables import Table, called
from app.language.errors import ProgramError, type_error
from app.language.grad_fn import called as said
from app.language.items import item
from app.language.machine import Machine
from app.language.misfits import Call, misfit
from app.language.number_types import takes
from app.language.values import TORCH, Array, Fields, Value
from app.language.views import at_once, copied

ARRANGED, PLACED, ORDERED = arranging(TORCH), placing(TORCH), ordering(TORCH)
SCANS = {name: scan(name, TORCH) for name in ("cumsum", "cumprod")}


def _dims(x: Array, *dims: Value) -> tuple[int, ...]:
    found = dims[0] if len(dims) == 1 and isinstance(dims[0], list | tuple) else dims
    return axes_of(tuple(found))  # type: ignore[no-any-return]


def transpose(m: Machine, x: Array, first: Value, second: Value) -> Array:
    return m.apply(lambda t: p.shaping.swapaxes(t, first, second), x)


def permute(m: Machine, x: Array, *dims: Value) -> Array:
    axes = _dims(x, *dims)
    return m.apply(Call("permute", lambda t: p.shaping.transpose(t, axes), axes), x)


def turned(m: Machine, x: Value) -> Array:
    """x.t(): a matrix, transposed."""
    if array(m, x, TORCH).tensor.ndim > 2:
        words = f"t() expects a tensor with <= 2 dimensions, but self is {x.tensor.ndim}D"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    return reversed_axes(m, x)


def reversed_axes(m: Machine, x: Value) -> Array:
    return m.apply(p.shaping.transpose, array(m, x, TORCH))


def ordered(name: str, values: Value, indices: Value) -> Fields:
    """Entries and their places, as torch.return_types has them."""
    return Fields.named(f"torch.return_types.{name}", values=values, indices=indices)


def extreme(name: str) -> Callable[..., Value]:
    """max and min: of everything, of two tensors, or (values, indices) along an axis."""
    reduced = reduction(OPS[f"{name}_of_all"], TORCH, "dim", "keepdim")
    pairwise = two(OPS[f"{name}imum"], TORCH)

    def call(m: Machine, x: Value, *where: Value, **named: Value) -> Value:
        if "other" in named:
            where = (named["other"],)
        if where and isinstance(where[0], Array):
            return pairwise(m, x, where[0])
        if not where and not named:
            return reduced(m, x)
        return along(m, x, *where, **named)

    def along(
        m: Machine, x: Value, dim: Value = None, keepdim: Value = False, axis: Value = None
    ) -> Value:
        at, found = axes_of(dim if axis is None else axis), array(m, x, TORCH)
        values = m.apply(lambda t: p.extrema.first(OPS[f"{name}_first"], t, at, keepdim), found)
        ranked = cast(m, found, np.dtype(np.int8)) if found.tensor.dtype == bool else found
        where = places(f"arg{name}", TORCH)(m, ranked, at, keepdim)
        return ordered(name, values, where)

    return call


def _scanned(name: str) -> Callable[..., Array]:
    def call(m: Machine, x: Value, axis: Value = None, dtype: Value = None) -> Array:
        if axis is None:
            raise type_error(f'{name}() missing 1 required positional arguments: "dim"')
        return SCANS[name](m, x, axis, dtype)  # type: ignore[no-any-return]

    return call


def _cummax(m: Machine, x: Value, axis: Value) -> Fields:
    at, found = whole(axis), array(m, x, TORCH)
    values, where = (
        m.apply(lambda t, op=OPS[name]: p.scans.scan(op, t, at), found)
        for name in ("cummax", "cummax_place")
    )
    return ordered("cummax", values, where)


def _sort(
    m: Machine, x: Value, axis: Value = -1, descending: Value = False, stable: Value = False
) -> Fields:
    values, where = (ORDERED[name](m, x, axis, descending) for name in ("sort", "argsort"))
    return ordered("sort", values, where)


def _topk(m: Machine, x: Value, *given: Value, **named: Value) -> Fields:
    values, where = ORDERED["topk"](m, x, *given, **named)
    return ordered("topk", said(values, "TopkBackward0", [x]), where)


def _aminmax(m: Machine, x: Value, *, dim: Value = None, keepdim: Value = False) -> Fields:
    both = (
        said(reductions(TORCH, name)[name](m, x, dim, keepdim), "AminmaxBackward0", [x])
        for name in ("min", "max")
    )
    return Fields.named(
        "torch.return_types.aminmax", **dict(zip(("min", "max"), both, strict=True))
    )


def _slogdet(m: Machine, x: Value) -> Fields:
    sign, size = linalg(TORCH)["slogdet"](m, x)
    return Fields.named("torch.return_types.slogdet", sign=sign, logabsdet=size)


def _linalg_slogdet(m: Machine, x: Value) -> Fields:
    found = _slogdet(m, x)
    return Fields.named("torch.return_types.linalg_slogdet", sign=found[0], logabsdet=found[1])


def _argsort(
    m: Machine, x: Value, axis: Value = -1, descending: Value = False, stable: Value = False
) -> Value:
    return ORDERED["argsort"](m, x, axis, descending)


def _median(m: Machine, x: Value, axis: Value = None, keepdims: Value = False) -> Value:
    found = array(m, x, TORCH)
    takes("median", TORCH, found)
    if axis is None:
        axes = tuple(range(-found.tensor.ndim, 0))
        return m.apply(lambda t: p.extrema.median(t, axes, False), found)
    at = whole(axis) % max(1, found.tensor.ndim)
    middle = (length(found, whole(axis)) - 1) // 2
    rest = (slice(None),) * (found.tensor.ndim - 1 - at)
    key = (..., slice(middle, middle + 1), *rest)
    order = m.apply(lambda t: p.ordering.order_along(t, at), found)
    where = m.apply(lambda t: p.indexing.getitem(t, key), order)
    nan = np.isnan(found.tensor.data)
    if nan.any():  # then the first of them
        some = np.any(nan, axis=at, keepdims=True)
        first = np.argmax(nan, axis=at, keepdims=True)
        where = m.apply(lambda t: p.selection.where(some, first, t), where)
    values = m.apply(lambda t, i: p.gathering.take_along_axis(t, i, at), found, where)
    if not keepdims:
        values, where = (
            m.apply(lambda t: p.shaping.squeeze(t, at), one) for one in (values, where)
        )
    return ordered("median", values, where)


def _squeeze(m: Machine, x: Value, axis: Value = None) -> Value:
    """Axes of another length than 1 stay, without an error."""
    found, at = array(m, x, TORCH), whole(axis)
    if at is not None:
        axes = (at,) if isinstance(at, int) else at
        try:
            at = tuple(one for one in axes if length(found, one) == 1)
        except np.exceptions.AxisError as gone:
            raise misfit("squeeze", TORCH, [tuple(found.tensor.shape)], gone, [at]) from None
    return ARRANGED["squeeze"](m, found, at)


def _flip(m: Machine, x: Value, *dims: Value, axis: Value = None) -> Value:
    return ARRANGED["flip"](m, x, several(dims) if dims else axis)


def _index_select(m: Machine, x: Value, axis: Value, index: Value) -> Value:
    return PLACED["take"](m, x, index, axis)


def narrow(m: Machine, input: Value, dim: Value, start: Value, length: Value) -> Array:
    """So many entries along an axis, from a place on: x[:, start : start + length]."""
    x, at, first, count = array(m, input, TORCH), whole(dim), whole(start), whole(length)
    size = x.tensor.shape[at]
    if count < 0 or not 0 <= first + size * (first < 0) <= size - count:
        words = f"start ({first}) + length ({count}) exceeds dimension size ({size})."
        raise ProgramError("index", framework=f"RuntimeError: {words}", detail=words)
    first += size * (first < 0)
    key = (slice(None),) * (at % x.tensor.ndim) + (slice(first, first + count),)
    return item(m, x, key)  # type: ignore[no-any-return]


FUNCTIONS: Table = (
    called(
        {
            **reductions(TORCH, "prod", "logsumexp", "any", "all", "count_nonzero"),
            **{f"a{name}": reductions(TORCH, name)[name] for name in ("max", "min")},
        },
        input="x",
    )
    | called(
        {
            "argmax": places("argmax", TORCH),
            "argmin": places("argmin", TORCH),
            "var": deviation("var", TORCH, 1),
            "std": deviation("std_or_zero", TORCH, 1),
            "norm": norm("norm_or_zero", TORCH, ("fro",)),
            "cumsum": _scanned("cumsum"),
            "cumprod": _scanned("cumprod"),
            "cummax": _cummax,
            "sort": _sort,
            "argsort": _argsort,
            "topk": _topk,
            "median": _median,
            **dict.fromkeys(("cat", "concat", "concatenate"), ARRANGED["concatenate"]),
            **{name: ARRANGED[name] for name in ("stack", "vstack", "hstack", "column_stack")},
            "chunk": at_once("Split", ARRANGED["chunk"]),
            "row_stack": ARRANGED["vstack"],
            "split": at_once("Split", ARRANGED["pieces"]),
            "tensor_split": lambda m, x, indices_or_sections, axis=0: tuple(
                ARRANGED["array_split"](m, x, indices_or_sections, axis)
            ),
            "unbind": at_once("Unbind", ARRANGED["unstack"]),
            "tile": ARRANGED["tile"],
            "repeat_interleave": ARRANGED["repeat"],
            "flip": _flip,
            "roll": ARRANGED["roll"],
            "squeeze": _squeeze,
            "unsqueeze": ARRANGED["expand_dims"],
            **dict.fromkeys(("moveaxis", "movedim"), ARRANGED["moveaxis"]),
            **dict.fromkeys(("swapaxes", "swapdims"), ARRANGED["swapaxes"]),
            "trace": lambda m, x: ARRANGED["trace"](m, takes("trace", TORCH, array(m, x, TORCH))),
            **{name: ARRANGED[name] for name in ("triu", "tril", "diag_embed")},
            "diag": copied(ARRANGED["diag"]),
            "broadcast_to": ARRANGED["broadcast_to"],
            "outer": ARRANGED["outer"],
            "ger": ARRANGED["outer"],
            "take": PLACED["take"],
            "take_along_dim": PLACED["take_along"],
            "index_select": _index_select,
            "masked_fill": PLACED["masked_fill"],
            "masked_select": PLACED["masked_select"],
        },
        input="x",
        dim="axis",
        dims="axis",
        keepdim="keepdims",
        p="ord",
        shifts="shift",
        diagonal="k",
        indices="index",
        vec2="y",
        split_size_or_sections="split_size",
        other="y",
    )
    | called({"diagonal": ARRANGED["diagonal"]}, input="x", dim1="axis1", dim2="axis2")
)
FUNCTIONS |= {"narrow": narrow}
FUNCTIONS |= called(
    {
        "max": extreme("max"),
        "min": extreme("min"),
        "aminmax": _aminmax,
        "slogdet": _slogdet,
        **torch_placing(),
    },
    input="x",
)
LINALG: Table = {
    **{name: call for name, call in linalg(TORCH).items() if name != "logdet"},
    **called(
        {name: norm("norm_or_zero", TORCH, ("fro",)) for name in ("norm", "vector_norm")},
        dim="axis",
        keepdim="keepdims",
    ),
    "slogdet": called({"slogdet": _linalg_slogdet}, A="x")["slogdet"],
    "diagonal": lambda m, x, offset=0, dim1=-2, dim2=-1: ARRANGED["diagonal"](
        m, x, offset, dim1, dim2
    ),
}
METHODS: Table = {
    **{
        name: function
        for name, function in FUNCTIONS.items()
        if "stack" not in name and name not in ("cat", "concat", "concatenate")
    },
    "repeat": ARRANGED["tile"],
    **dict.fromkeys(("expand", "broadcast_to"), ARRANGED["expand"]),
    "expand_as": lambda m, x, other: ARRANGED["broadcast_to"](m, x, other.tensor.shape),
    "view_as": lambda m, x, other: m.apply(
        lambda t: p.shaping.reshape(t, tuple(other.tensor.shape)), x
    ),
}
