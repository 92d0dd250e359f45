"""What the engine refuses, each with a code that story and language have sentences for.

EngineError
├── Misfit (ValueError)         operands whose shapes do not fit one another
└── NotFloating (TypeError)     a gradient asked for whole numbers or truth values
"""

from typing import Any


class EngineError(Exception):
    """Something that the engine cannot do. code: stable, for sentences in any language."""

    code: str


class Misfit(EngineError, ValueError):
    """Operands that do not fit one another: names the operation and every shape.

    problem: NumPy's own error.
    """

    code = "shape"

    def __init__(self, op: str, shapes: tuple[tuple[int, ...], ...], problem: Exception):
        self.op, self.shapes, self.problem = op, shapes, problem
        super().__init__(f"{op} of shapes {' and '.join(map(str, shapes))}: {problem}")


class NotFloating(EngineError, TypeError):
    """Whole numbers and truth values have no neighbours to approach from: no gradient."""

    code = "integer_gradient"

    def __init__(self, dtype: Any):
        self.dtype = dtype
        super().__init__(f"only floating-point numbers have gradients, not {dtype}")
