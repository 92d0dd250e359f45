"""Gates: what lets a gradient pass at some entries and stops it at the others."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply
from app.engine.tensor import Tensor


def _gate(g: Any, open: Any) -> Any:
    if g.ndim or np.ndim(open):
        return np.where(open, g, 0)  # chosen, not multiplied: infinity and nan are stopped too
    return g if open else g.dtype.type(0)


gate: Op = Op(
    "gate",
    _gate,
    lambda g, z, x, open: apply(gate, g, open),
    None,
    latex=r"{0} \, {1}",
    level=2,
    code="np.where({1}, {0}, 0)",
    torch="torch.where({1}, {0}, 0.0)",
    tensorflow="tf.where({1}, {0}, tf.zeros_like({0}))",
    why=N_("An open gate lets the gradient pass, a closed one stops all of it."),
)
# The same at points where a formula fails (0 times infinity): printed as the bare formula.
guard: Op = Op(
    "guard",
    _gate,
    lambda g, z, x, open: apply(guard, g, open),
    None,
    latex="{0}",
    level=5,
    code="np.where({1}, {0}, 0)",
    torch="torch.where({1}, {0}, 0.0)",
    tensorflow="tf.where({1}, {0}, tf.zeros_like({0}))",
    why=N_("An open gate lets the gradient pass, a closed one stops all of it."),
)


def gated(g: Any, open: Any) -> Any:
    """g where the gate is open, 0 elsewhere; printed as a product with the condition."""
    return apply(gate, g, open)


def guarded(g: Any, defined: Any) -> Any:
    """g where it is defined, 0 elsewhere; printed as g."""
    return g if defined is True else apply(guard, g, defined)


def _held(v: Any, open: Any) -> Any:
    shape = np.broadcast_shapes(v.shape, np.shape(open))
    return v if v.shape == shape else np.broadcast_to(v, shape)  # so that g is gated entrywise


# What formulas of second derivatives meet where a first one was settled by convention.
held: Op = Op(
    "held",
    _held,
    lambda g, z, v, open: gated(g, open),
    None,
    latex="{0}",
    level=5,
    code="{0}",
    torch="torch.where({1}, {0}, ({0}).detach())",
    tensorflow="tf.where({1}, {0}, tf.stop_gradient({0}))",
    saves=False,
    why=N_("A slope on a kink is a number by convention: what made it moves only off the kink."),
)
stand_in: Op = Op(
    "stand_in",
    lambda x, defined: np.where(defined, x, 1).astype(x.dtype)[()],
    lambda g, z, x, defined: guarded(g, defined),
    None,
    latex="{0}",
    level=5,
    code="np.where({1}, {0}, 1)",
    torch="torch.where({1}, {0}, 1.0)",
    tensorflow="tf.where({1}, {0}, tf.ones_like({0}))",
    saves=False,
    why=N_("An open gate lets the gradient pass, a closed one stops all of it."),
)


def fixed(v: Any, open: Any) -> Any:
    """v, whose own derivative passes where the gate is open and is 0 elsewhere; printed as v."""
    return apply(held, v, open) if hasattr(v, "shape") else v  # a number of Python's has none


def safely(x: Any, defined: Any) -> Any:
    """x where it is defined, 1 elsewhere: for what is divided by, or whose logarithm is taken."""
    return apply(stand_in, x, defined)


zero = Op(
    "zero",
    lambda g: np.zeros(g.shape, g.dtype)[()],
    latex="0",
    level=5,
    saves=False,
    code="np.zeros_like({0})",
    torch="torch.zeros_like({0})",
    tensorflow="tf.zeros_like({0})",
    why=N_("Where a function is flat, no gradient passes."),
)


def nothing(g: Any) -> Any:
    """Zeros like g."""
    return apply(zero, g)


# A slope whose own derivative a framework does not have; here it is known all the same.
once = Op(
    "once",
    lambda v, name: v,
    lambda g, z, v, name: g,
    latex="{0}",
    level=5,
    python="{0}",
    saves=False,
    listed=False,
    why=N_("A slope as it is; not every framework can differentiate it again."),
)


def derived_once(v: Any, name: str) -> Any:
    """A slope that a framework calls by this name, and cannot differentiate; printed as it is."""
    return once(v, name) if type(v) is Tensor else v


# A slope that does not change with x, in pieces: its derivative by x is 0, and not missing.
flat_in = Op(
    "flat_in",
    lambda v, x: v,
    lambda g, z, v, x: g,
    lambda g, z, v, x: nothing(x),
    latex="{0}",
    level=5,
    code="{0}",
    torch="torch.where(torch.tensor(True), {0}, {1})",
    tensorflow="tf.where(True, {0}, {1})",
    why=N_("A slope that is the same on all of a piece: what made it passes, the input gets 0."),
)


def flat(part: Any, x: Any) -> Any:
    """A gradient that x has part in by its piece only; printed as the gradient."""
    return flat_in(part, x) if type(x) is Tensor else part
