"""PyTorch's functions take a tensor first: no list, number or array of NumPy is made one."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from app.language.errors import type_error
from app.language.machine import Machine
from app.language.values import TORCH, Array, type_name

Call = Callable[..., Any]
FREE = (  # of numbers too, of several tensors, or of a first argument with another name
    *("add", "sub", "mul", "div", "divide", "multiply", "subtract", "true_divide", "floor_divide"),
    *("pow", "remainder", "xlogy", "cat", "concat", "concatenate", "column_stack", "hstack"),
    *("row_stack", "stack", "vstack", "cdist", "norm", "repeat_interleave", "split", "unique"),
    *("einsum", "cartesian_prod", "block_diag", "atleast_1d", "atleast_2d", "atleast_3d"),
)
OVERLOADED = (  # whose refusal tells all that was given
    *("all", "any", "clamp", "clip", "copysign", "eq", "ne", "fmod", "ge", "greater", "gt"),
    *("greater_equal", "le", "lerp", "less", "less_equal", "lt", "masked_fill", "moveaxis"),
    *("movedim", "narrow", "not_equal", "scatter", "std", "tensor_split", "var", "where"),
)


def of_tensors(functions: Mapping[str, Call]) -> dict[str, Call]:
    """The functions, as strict as PyTorch with what they are given first."""
    return {name: call if name in FREE else _strict(name, call) for name, call in functions.items()}


def _strict(name: str, call: Call) -> Call:
    @wraps(call)
    def strict(m: Machine, *given: Any, **named: Any) -> Any:
        x = given[0] if given else named.get("input")
        no_tensor = not isinstance(x, Array) or x.kind != TORCH
        if no_tensor and not m.formula and (given or "input" in named):
            if name in OVERLOADED:
                types = [*map(type_name, given)]
                types += [f"{key}={type_name(value)}" for key, value in sorted(named.items())]
                words = f"{name}() received an invalid combination of arguments - got "
                raise type_error(f"{words}({', '.join(types)}), but expected one of:")
            place = " (position 1)" if given else ""
            wanted = f"{name}(): argument 'input'{place} must be Tensor, not {type_name(x)}"
            raise type_error(wanted)
        return call(m, *given, **named)

    return strict
