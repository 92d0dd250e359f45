"""tf.custom_gradient: a function with a gradient function of the program's own."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.engine import N_
from app.language.dialects.common import array, cast
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.machine import Machine
from app.language.own_gradients import asked, attached, cut
from app.language.values import TENSORFLOW, Array, Builtin, Function, Value, type_name
from app.language.walks import can_be_walked, iterate

TF = TENSORFLOW


def custom_gradient(m: Machine, f: Value = None) -> Value:
    """f(*args), which gives a value and its gradient function, as a function that gives the value.

    It is drawn as what made the value, and a step that is the value: back from it goes what the
    gradient function says.
    """
    if f is None:
        return Builtin("tf.custom_gradient", custom_gradient)
    name = f.name if isinstance(f, Function | Builtin) else type_name(f)
    return Function(name, lambda m, /, *given, **named: _called(m, f, name, given, named))


def _called(
    m: Machine, f: Value, name: str, given: tuple[Value, ...], named: dict[str, Value]
) -> Value:
    read: dict[int, Array] = {}
    with m.reading(read), cut(m):
        result, gradient = _pair(m, asked(m, f, *given, **named))
    inputs = [_tensor(m, x) for x in _flat(m, list(given))]
    known = {id(x) for x in (*inputs, *_flat(m, list(named.values())))}
    variables = [x for x in read.values() if id(x) not in known]
    if variables and not (isinstance(gradient, Function) and gradient.takes("variables")):
        words = "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since "
        names = ", ".join(x.name for x in variables)
        raise type_error(f"{words}function uses variables: [{names}]")

    def back(upstream: list[Array]) -> list[Array | None]:
        found: Value
        if not variables:
            found = _flat(m, asked(m, gradient, *upstream))
            return _fitting(m, found, inputs)
        for_inputs, for_variables = _pair(
            m, asked(m, gradient, *upstream, variables=list(variables))
        )
        found = list(iterate(m, for_variables))
        if len(found) != len(variables):
            raise value_error(
                "Must return gradient for each variable from @custom_gradient grad_fn."
            )
        return [
            *_fitting(m, _flat(m, for_inputs), inputs),
            *_fitting(m, found, variables),
        ]

    values = [_tensor(m, x) for x in _flat(m, result)]
    if any(x.tensor.dtype != values[0].tensor.dtype for x in values):
        raise unsupported(
            N_("tf.custom_gradient of values of several number types (give one type)")
        )
    if not values:
        return result
    made, _ = attached(m, values, [*inputs, *variables], back, TF, name)
    return _like(result, iter(made))


def _pair(m: Machine, found: Value) -> tuple[Value, Value]:
    """Two values, as Python unpacks them."""
    if not can_be_walked(m, found) and not isinstance(found, Array):
        raise type_error(f"cannot unpack non-iterable {type_name(found)} object")
    walk = iterate(m, found)
    parts = list(islice(walk, 3))
    if len(parts) != 2:
        few = f"not enough values to unpack (expected 2, got {len(parts)})"
        raise value_error(few if len(parts) < 2 else "too many values to unpack (expected 2)")
    return parts[0], parts[1]


def _flat(m: Machine, value: Value) -> list[Value]:
    """What is in nested lists and dictionaries."""
    m.budget.step()
    if isinstance(value, list | tuple):
        return [x for entry in value for x in _flat(m, entry)]
    if isinstance(value, dict):
        return [x for _, entry in sorted(value.items()) for x in _flat(m, entry)]
    return [value]


def _like(value: Value, found: Iterator[Array]) -> Value:
    """The arrays, nested as the values were."""
    if isinstance(value, list | tuple):
        return type(value)(_like(entry, found) for entry in value)
    if isinstance(value, dict):
        made = {key: _like(entry, found) for key, entry in sorted(value.items())}
        return {key: made[key] for key in value}
    return next(found)


def _tensor(m: Machine, value: Value) -> Array:
    if isinstance(value, Array | int | float):
        return array(m, value, TF)
    words = f"Attempt to convert a value ({_named(value)}) with an unsupported type "
    raise value_error(f"{words}(<class '{type_name(value)}'>) to a Tensor.")


def _named(value: Value) -> str:
    return "None" if value is None else f"<{type_name(value)}>"


def _fitting(m: Machine, found: list[Value], inputs: list[Array]) -> list[Array | None]:
    """One gradient for each input, in its type."""
    if len(found) != len(inputs):
        words = f"custom_gradient function expected to return {len(inputs)} gradients, but "
        raise value_error(f"{words}returned {len(found)} instead.")
    return [
        None if part is None else _fit(m, _tensor(m, part), x)
        for part, x in zip(found, inputs, strict=True)
    ]


def _fit(m: Machine, part: Array, x: Array) -> Array:
    dtype: Any = x.tensor.dtype
    if part.tensor.shape != x.tensor.shape and dtype.kind == "f":
        raise ProgramError(
            "own_gradient",
            part=tuple(part.tensor.shape),
            shape=tuple(x.tensor.shape),
        )
    return cast(m, part, dtype) if dtype.kind == "f" and part.tensor.dtype != dtype else part
