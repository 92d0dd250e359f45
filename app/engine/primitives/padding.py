"""Borders around the last axes: of one number, or of copies of the entries inside."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.gathering import put_index
from app.engine.tensor import NUMPY, Tensor

Widths = tuple[tuple[int, int], ...]
MODES = {  # NumPy's names, with PyTorch's and TensorFlow's
    "edge": "edge",
    "replicate": "edge",
    "reflect": "reflect",
    "REFLECT": "reflect",
    "symmetric": "symmetric",
    "SYMMETRIC": "symmetric",
    "wrap": "wrap",
    "circular": "wrap",
}


def _all_axes(x: Any, widths: Widths) -> Any:
    return ((0, 0),) * (x.ndim - len(widths)) + widths


def _inside(g: Any, x: Any, widths: Widths) -> Any:
    lengths = x.shape[x.ndim - len(widths) :]
    key = [
        slice(before, before + length) for (before, _), length in zip(widths, lengths, strict=True)
    ]
    return g[(..., *key)]


pad_with = Op(
    "pad",
    lambda x, widths, value: np.pad(x, _all_axes(x, widths), constant_values=value),
    lambda g, z, x, widths, value: _inside(g, x, widths),
    latex=r"\operatorname{pad} {0!}",
    elementwise=False,
    saves=False,
    code="np.pad({0}, {1}, constant_values={2})",
    tensorflow="tf.pad({0}, {1}, constant_values={2})",
    why=N_("The border is constant: the gradient inside it goes on, the rest is dropped."),
)


def _fold(g: Any, x: Any, widths: Widths, mode: str) -> Any:
    """The gradient of the border added to the entries that it shows."""
    shape = list(z_shape(x, widths))
    for axis, (before, after) in zip(range(-len(widths), 0), widths, strict=True):
        if not before and not after:
            continue
        length = x.shape[axis]
        source = np.pad(np.arange(length), (before, after), mode=mode)  # type: ignore[call-overload]
        shape[axis] = length
        g = apply(put_index, g, source, axis, tuple(shape), 1)
    return g


def z_shape(x: Any, widths: Widths) -> tuple[int, ...]:
    """The shape of x with its border."""
    every = _all_axes(x, widths)
    return tuple(n + before + after for n, (before, after) in zip(x.shape, every, strict=True))


pad_copies = Op(
    "pad_copies",
    lambda x, widths, mode: np.pad(x, _all_axes(x, widths), mode=mode),
    lambda g, z, x, widths, mode: _fold(g, x, widths, mode),
    latex=r"\operatorname{pad} {0!}",
    sign="pad",
    elementwise=False,
    saves=False,
    code="np.pad({0}, {1}, mode={2})",
    tensorflow="tf.pad({0}, {1}, mode={2})",
    why=N_("An entry shown again in the border collects the gradients of its copies too."),
)


def _pairs(widths: Any, ndim: int) -> Widths:
    """Widths as NumPy takes them: one number, (before, after), or such a pair per axis."""
    pairs = np.broadcast_to(np.asarray(widths), (ndim, 2))
    if np.any(pairs < 0):
        raise ValueError(f"pad: widths cannot be negative, got {widths}")
    return tuple((int(before), int(after)) for before, after in pairs)


def pad(x: Any, widths: Any, mode: str = "constant", constant_values: float = 0) -> Tensor:
    """x with a border: constant, edge (replicate), reflect, symmetric or wrap (circular)."""
    pairs = _pairs(widths, x.ndim)
    if mode in ("constant", "CONSTANT"):
        return pad_with(x, pairs, constant_values)
    if mode not in MODES:
        raise ValueError(f"pad: mode {mode!r} is none of constant, {', '.join(MODES)}")
    if 0 in x.shape:
        raise ValueError(f"pad: shape {x.shape} has no entries to copy")
    return pad_copies(x, pairs, MODES[mode])


NUMPY[np.pad] = pad  # type: ignore[assignment]
