"""What the engine refuses, each with a code that story and language have sentences for.

EngineError
├── Misfit (ValueError)         operands whose shapes do not fit one another
├── Singular (LinAlgError)      a matrix without an inverse, or not positive definite
├── NotFloating (TypeError)     a gradient asked for numbers without a slope here
├── NotScalar (ValueError)      a gradient or Hessian asked of more than one number
├── NoArgument (IndexError)     a derivative asked for an argument that is not there
└── Uneven (ValueError)         arguments whose numbers of examples differ
"""

from typing import Any

import numpy as np


class EngineError(Exception):
    """Something that the engine cannot do. code: stable, for sentences in any language."""

    code: str


class Misfit(EngineError, ValueError):
    """Operands that do not fit one another: names the operation and every shape.

    problem: NumPy's own error, or what is wrong in words.
    """

    code = "shape"

    def __init__(self, op: str, shapes: tuple[tuple[int, ...], ...], problem: Exception | str):
        self.op, self.shapes = op, shapes
        self.problem = ValueError(problem) if isinstance(problem, str) else problem
        super().__init__(f"{op} of shapes {' and '.join(map(str, shapes))}: {problem}")


class Singular(EngineError, np.linalg.LinAlgError):
    """A matrix that has no inverse, or is not positive definite where it must be.

    problem: NumPy's own error.
    """

    code = "singular"

    def __init__(self, op: str, shapes: tuple[tuple[int, ...], ...], problem: Exception):
        self.op, self.shapes, self.problem = op, shapes, problem
        super().__init__(f"{op} of shapes {' and '.join(map(str, shapes))}: {problem}")


class NotFloating(EngineError, TypeError):
    """Whole numbers and truth values have no neighbours to approach from: no gradient.

    Complex numbers have them on all sides: their rules would need a conjugate that ours have not.
    """

    code = "integer_gradient"

    def __init__(self, dtype: Any):
        self.dtype = dtype
        why = ": rules of complex numbers need conjugates" if dtype.kind == "c" else ""
        super().__init__(f"only floating-point numbers have gradients, not {dtype}{why}")


class NotScalar(EngineError, ValueError):
    """A gradient starts from one number."""

    code = "not_scalar"

    def __init__(self, shape: tuple[int, ...]):
        self.shape = shape
        super().__init__(
            f"gradients and Hessians are of one number, and this function gives shape {shape}: "
            "reduce it with a sum or a mean, or ask for its jacobian"
        )


class NoArgument(EngineError, IndexError):
    """A derivative was asked for an argument that the function does not have."""

    code = "no_argument"

    def __init__(self, position: int, count: int):
        self.position, self.count = position, count
        super().__init__(f"there is no argument {position}: positions go from 0 to {count - 1}")


class Uneven(EngineError, ValueError):
    """Arguments that should hold one example per entry hold none, or different numbers of them."""

    code = "uneven"

    def __init__(self, shapes: Any):
        super().__init__(f"each of these needs a first axis of the same length: {shapes}")
