"""format(value, spec) of every value, and the conversions !s, !r and !a."""

from app.language.classes import ABSENT, special
from app.language.errors import type_error
from app.language.format_specs import formatted_float, formatted_text, formatted_whole
from app.language.machine import Machine
from app.language.text import repr_of, text_of
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    VARIABLE,
    Array,
    Instance,
    Skipped,
    Value,
    type_name,
)


def scalar(value: Value) -> Value:
    """An array without axes as the Python number that it holds."""
    if isinstance(value, Array) and value.tensor.ndim == 0:
        return value.tensor.data.item()
    return value


def converted(m: Machine, value: Value, code: str) -> str:
    """str, repr or ascii of a value, by s, r or a."""
    text = text_of(m.leaves(value)) if code == "s" else repr_of(m.leaves(value))
    if code == "a":
        m.budget.container(10 * len(text))  # \\U0001f600
        text = text.encode("ascii", "backslashreplace").decode()
    return text


def formatted(m: Machine, value: Value, spec: Value) -> str:
    """format(value, spec), as the value's own class does it."""
    m.leaves(value)
    if not isinstance(spec, str):
        raise type_error(f"format() argument 2 must be str, not {type_name(spec)}")
    if isinstance(value, Instance):
        found = special(m, value, "__format__", spec)
        if isinstance(found, str):
            return found
        if found is not ABSENT:
            raise type_error(f"__format__ must return a str, not {type_name(found)}")
    if isinstance(value, Skipped):
        return text_of(value)
    of = f"{type_name(value)}"
    if isinstance(value, Array):
        of, value = _of_array(value)
    if not isinstance(value, bool | int | float | str):
        if spec:
            raise type_error(f"unsupported format string passed to {of}.__format__")
        return text_of(value)
    if not spec:
        return text_of(value)
    if isinstance(value, str):
        return formatted_text(value, spec, m.budget.container)
    if isinstance(value, float):
        return formatted_float(value, spec, m.budget.container)
    return formatted_whole(value, spec, type_name(value), m.budget.container)


def _of_array(value: Array) -> tuple[str, Value]:
    """What the framework formats for it: a scalar's number, the numbers of a tf.Tensor."""
    if value.kind == VARIABLE or value.parameter:
        return "Parameter" if value.parameter else type_name(value), value
    if value.tensor.ndim == 0:
        return type_name(value), scalar(value)
    if value.kind in (NUMPY, TENSORFLOW):
        return "numpy.ndarray", Array(value.tensor, NUMPY)
    return type_name(value), value
