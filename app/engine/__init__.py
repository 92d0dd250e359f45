"""What a derivative is: Tensors, Ops, one backward loop.

A Tensor is a value and how it was made; an Op is one primitive with its gradient rules, whole in
one place; `gradients` walks what was made from newest to oldest. This room imports NumPy and
nothing of ours; adding an operation is one `Op(...)` in `primitives/`.

To learn from it, read in this order: tensor.py (what is remembered), op.py and
primitives/arithmetic.py (what a rule is), backward.py (the chain rule as one loop), forward.py (the
same rules the other way), functional.py (gradients, Jacobians, Hessians), program.py (a graph
replayed as plain code), check.py (differences, that the derivative is believed).
"""

from app.engine import primitives
from app.engine.backward import GraphFreed, gradients, ones_like, sum_to
from app.engine.errors import (
    EngineError,
    Misfit,
    NoArgument,
    NotFloating,
    NotScalar,
    Singular,
    Uneven,
)
from app.engine.faults import FAULTS, fault, with_fault
from app.engine.functional import (
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    per_example,
    value_and_grad,
    vjp,
)
from app.engine.modes import Recording, enable_grad, no_grad, record, recording
from app.engine.numpy_names import numpy_name
from app.engine.op import N_, OPS, Each, Op
from app.engine.program import Diverged, Program
from app.engine.tape import GradientTape, TapeUsed, open_tapes
from app.engine.tensor import Tensor, Value, decisions

__all__ = [
    "FAULTS",
    "N_",
    "OPS",
    "Diverged",
    "Each",
    "EngineError",
    "GradientTape",
    "GraphFreed",
    "Misfit",
    "NoArgument",
    "NotFloating",
    "NotScalar",
    "Op",
    "Program",
    "Recording",
    "Singular",
    "TapeUsed",
    "Tensor",
    "Uneven",
    "Value",
    "decisions",
    "enable_grad",
    "fault",
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "numpy_name",
    "ones_like",
    "open_tapes",
    "per_example",
    "primitives",
    "record",
    "recording",
    "sum_to",
    "value_and_grad",
    "vjp",
    "with_fault",
]
