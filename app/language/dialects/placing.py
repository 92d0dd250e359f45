"""Entries read and added by their places, by masks, and borders: one set of names."""

import math
from contextlib import suppress
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.arranging import length, whole
from app.language.dialects.common import array, dtype_of, lengths
from app.language.dialects.tables import Table
from app.language.errors import ProgramError, type_error, value_error
from app.language.items import entries
from app.language.machine import Machine
from app.language.misfits import Call
from app.language.number_types import refuse, tf_type, torch_type
from app.language.values import TENSORFLOW, TORCH, Array, Value

KINDS = {"Tindices": "int16, int32, int64", "TI": "uint8, int8, int32, int64"}


def index_of(m: Machine, index: Value, kind: str, attribute: str = "Tindices") -> Array:
    """Places as an array. Raises the framework's error where they are not whole numbers.

    attribute: what TensorFlow's kernel calls their type."""
    found = array(m, index, kind)
    if found.tensor.dtype.kind not in "iu":
        words = "IndexError: arrays used as indices must be of integer (or boolean) type"
        if kind == TORCH:
            words = "RuntimeError: expected scalar type Long for the index"
        elif kind == TENSORFLOW:
            words = (
                f"Value for attr '{attribute}' of {tf_type(found.tensor.dtype)} is not in the list "
            )
            words = f"InvalidArgumentError: {words}of allowed values: {KINDS[attribute]}"
        raise ProgramError("dtype", framework=words, detail=str(found.tensor.dtype))
    return found


EMBEDDED = "RuntimeError: Expected tensor for argument #1 'indices' to have one of the following "
EMBEDDED += "scalar types: Long, Int; but got {type} instead (while checking arguments for "
EMBEDDED += "embedding)"


def _said(dtype: np.dtype[Any]) -> str:
    return "CPUBoolType" if dtype.kind == "b" else f"torch.{torch_type(dtype)}Tensor"


def within(places: Array, count: int, kind: str) -> None:
    """Raises where PyTorch or TensorFlow would: they count no places from the end."""
    data = places.tensor.data
    wrong = np.argwhere(np.atleast_1d((data < 0) | (data >= count)))
    if kind == TORCH and len(wrong):
        words = "IndexError: index out of range in self"
        raise ProgramError("index", framework=words, detail=f"{np.ravel(data).tolist()}, {count}")
    if kind == TENSORFLOW and len(wrong):
        at = tuple(wrong[0][: data.ndim])
        told = f"indices[{','.join(map(str, at))}] = {data[at]} is not in [0, {count})"
        words = f"InvalidArgumentError: {told} [Op:GatherV2]"
        raise ProgramError("index", framework=words, detail=told)


def placing(kind: str) -> Table:
    """The functions for arrays of this framework."""

    def take(m: Machine, x: Value, index: Value, axis: Value = None, name: Value = None) -> Array:
        x, places, at = array(m, x, kind), index_of(m, index, kind), whole(axis)
        each = 1 if at is None else x.tensor.size // max(1, length(x, at))
        lengths(m, places.tensor.size, each)
        return m.apply(lambda t, i: p.gathering.take_axis(t, i, at), x, places, kind=kind)

    def take_along(m: Machine, x: Value, index: Value, axis: Value = None) -> Array:
        x, places, at = array(m, x, kind), index_of(m, index, kind), whole(axis)
        shapes = [list(one.tensor.shape) for one in (x, places)]
        if at is not None and len(shapes[0]) == len(shapes[1]):
            length(x, at)  # raises where there is no such axis
            shapes[0][at] = 1
            with suppress(ValueError):  # the operation itself says it better
                m.budget.array(np.broadcast_shapes(*shapes))
        return m.apply(lambda t, i: p.gathering.take_along_axis(t, i, at), x, places, kind=kind)

    def look_up(m: Machine, weight: Value, index: Value) -> Array:
        weight, places = array(m, weight, kind), array(m, index, kind)
        if kind == TORCH and places.tensor.dtype.kind not in "iu":
            refuse(EMBEDDED.replace("{type}", _said(places.tensor.dtype)), places.tensor.dtype)
        index_of(m, places, kind)
        within(places, len(weight.tensor.data), kind)
        lengths(m, places.tensor.size, *weight.tensor.shape[1:])
        return m.apply(p.gathering.look_up, weight, places, kind=kind)

    def masked_select(m: Machine, x: Value, mask: Value) -> Array:
        found = array(m, mask, kind)
        if found.tensor.dtype.kind != "b":
            raise type_error("masked_select: expected BoolTensor for mask")
        x = array(m, x, kind)
        shape = np.broadcast_shapes(x.tensor.shape, found.tensor.shape)
        if shape == tuple(x.tensor.shape):
            return entries(m, x, np.broadcast_to(m.leaves(found).tensor.data, shape))
        m.budget.array(shape)
        whole_x = m.apply(lambda t: p.shaping.broadcast_to(t, shape), x)
        return entries(m, whole_x, np.broadcast_to(m.leaves(found).tensor.data, shape))

    def masked_fill(m: Machine, x: Value, mask: Value, value: Value) -> Array:
        x, found = array(m, x, kind), array(m, mask, kind)
        m.budget.array(np.broadcast_shapes(x.tensor.shape, found.tensor.shape))
        number = value if isinstance(value, Array) else float(value)
        if x.tensor.dtype.kind in "iu" and not isinstance(value, Array):
            number = int(value)
        return m.apply(OPS["where"], found, number, x, kind=kind)

    def pad(
        m: Machine,
        x: Value,
        widths: Value,
        mode: Value = "constant",
        constant_values: Value = 0,
        name: Value = None,
    ) -> Array:
        x, border = array(m, x, kind), whole(widths)
        number = (
            constant_values.tensor.data.item()
            if isinstance(constant_values, Array)
            else (constant_values)
        )
        if not isinstance(number, int | float):
            raise type_error("pad takes one number to fill with here")
        pairs = np.broadcast_to(np.asarray(border), (x.tensor.ndim, 2)).tolist()
        grown = [n + a + b for n, (a, b) in zip(x.tensor.shape, pairs, strict=True)]
        if np.min(np.asarray(border), initial=0) < 0:
            raise value_error("index can't contain negative values")
        lengths(m, *grown)
        return m.apply(lambda t: p.padding.pad(t, pairs, mode, number), x)

    def one_hot(m: Machine, index: Value, depth: Value, dtype: str = "float32") -> Array:
        places, n = index_of(m, index, kind, "TI"), whole(depth)
        lengths(m, places.tensor.size, n)
        return m.apply(lambda i: p.gathering.hot(i, n, dtype), places, kind=kind)

    def eye(m: Machine, n: Value, columns: Value = None, dtype: Value = None, **more: Value) -> Any:
        shape = lengths(m, n, n if columns is None else columns)
        kinds = np.dtype(np.float64 if kind == "numpy" else np.float32)
        made = m.leaf(np.eye(*shape, dtype=dtype_of(dtype, kinds)), kind)
        made.tensor.tracked = bool(more.pop("requires_grad", False))
        return made

    def tri(
        m: Machine, n: Value, columns: Value = None, k: Value = 0, dtype: Value = None
    ) -> Array:
        height, width = lengths(m, n, n if columns is None else columns)
        kinds = dtype_of(dtype, np.dtype(np.float64))
        return m.leaf(np.tri(height, width, int(whole(k)), kinds), kind)

    return {
        "take": take,
        "take_along": take_along,
        "look_up": look_up,
        "masked_select": masked_select,
        "masked_fill": masked_fill,
        "pad": pad,
        "one_hot": one_hot,
        "eye": eye,
        "tri": tri,
    }


def torch_placing() -> Table:
    """gather, scatter_add and their kin, as PyTorch calls them."""

    def gather(m: Machine, x: Value, dim: Value, index: Value) -> Array:
        at, places = whole(dim), index_of(m, index, TORCH)
        call = Call("gather", lambda t, i: p.scattering.gather(t, i, at))
        return m.apply(call, array(m, x, TORCH), places, kind=TORCH)

    def added(function: Any) -> Any:
        def call(m: Machine, x: Value, dim: Value, index: Value, src: Value) -> Array:
            at, places = whole(dim), index_of(m, index, TORCH)
            if not isinstance(src, Array):
                data = np.full(places.tensor.shape, src, array(m, x, TORCH).tensor.dtype)
                src = m.leaf(data, TORCH)
            return m.apply(
                lambda t, s, i: function(t, i, s, at), array(m, x, TORCH), src, places, kind=TORCH
            )

        return call

    def index_add(m: Machine, x: Value, dim: Value, index: Value, source: Value) -> Array:
        at, places = whole(dim), index_of(m, index, TORCH)
        source = array(m, source, TORCH)
        return m.apply(
            lambda t, s, i: p.scattering.index_add(t, at, i, s), array(m, x, TORCH), source, places
        )

    return {
        "gather": gather,
        "scatter_add": added(p.scattering.scatter_add),
        "scatter": added(p.scattering.scatter),
        "index_add": index_add,
    }


def tensorflow_placing() -> Table:
    """gather_nd and scatter_nd, as TensorFlow calls them."""
    kind = "tensorflow"

    def gather_nd(m: Machine, params: Value, indices: Value, name: Value = None) -> Array:
        x, places = array(m, params, kind), index_of(m, indices, kind)
        depth = places.tensor.shape[-1]
        lengths(m, places.tensor.size // max(1, depth), *x.tensor.shape[depth:])
        return m.apply(p.scattering.gather_nd, x, places, kind=kind)

    def scatter_nd(
        m: Machine, indices: Value, updates: Value, shape: Value, name: Value = None
    ) -> Array:
        places, source = index_of(m, indices, kind), array(m, updates, kind)
        wanted = lengths(m, whole(shape))
        return m.apply(
            lambda i, u: p.scattering.scatter_nd(i, u, wanted), places, source, kind=kind
        )

    return {"gather_nd": gather_nd, "scatter_nd": scatter_nd}


def torch_pad(
    m: Machine, x: Value, pad: Value, mode: Value = "constant", value: Value = 0
) -> Array:
    """Borders by pairs, of the last axis first."""
    found, widths = array(m, x, TORCH), whole(pad)
    n = found.tensor.ndim
    if len(widths) % 2 or len(widths) > 2 * n:
        raise value_error("Padding length must be divisible by 2 and at most twice the axes")
    pairs = [(0, 0)] * n
    for i in range(len(widths) // 2):
        pairs[n - 1 - i] = (widths[2 * i], widths[2 * i + 1])
    cut = tuple(
        slice(-min(a, 0), k + min(b, 0))
        for k, (a, b) in zip(found.tensor.shape, pairs, strict=True)
    )
    if min(widths, default=0) < 0:  # a negative width cuts off
        found = entries(m, found, cut)
        pairs = [(max(a, 0), max(b, 0)) for a, b in pairs]
    m.budget.array(
        (math.prod(k + a + b for k, (a, b) in zip(found.tensor.shape, pairs, strict=True)),)
    )
    number = 0 if value is None else value
    return m.apply(lambda t: p.padding.pad(t, pairs, mode, number), found)
