"""Gates: what lets a gradient pass at some entries and stops it at the others."""

from typing import Any

import numpy as np

from app.engine.op import N_, Op
from app.engine.primitives.apply import apply


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
