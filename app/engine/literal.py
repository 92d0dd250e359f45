"""Python's text of the values that an Op takes beside Tensors: numbers, axes, shapes, keys."""

from typing import Any

import numpy as np


def literal(value: Any) -> str:
    """The value as Python writes it; a tuple with a slice or an Ellipsis is written as an index."""
    if isinstance(value, tuple):
        if any(isinstance(part, slice) or part is Ellipsis for part in value):
            return ", ".join(map(_key, value))
        parts = [literal(part) for part in value]
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
    if isinstance(value, slice):
        ends = ["" if end is None else literal(end) for end in (value.start, value.stop)]
        return ":".join(ends if value.step is None else [*ends, literal(value.step)])
    if value is Ellipsis:
        return "..."
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return f"float('{value}')"
    return repr(value)


def _key(part: Any) -> str:
    """A part of an index: places and masks as lists, which every framework takes."""
    return str(part.tolist()) if isinstance(part, np.ndarray) else literal(part)
