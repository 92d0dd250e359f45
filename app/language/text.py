"""How values print: str and repr, in the words of Python and of each framework."""

import math
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np

from app.language.collected import Counter, DefaultDict, Deque, OrderedDict
from app.language.errors import LimitReached
from app.language.grad_fn import step_back
from app.language.values import (
    CLASSES,
    NUMPY,
    TORCH,
    VARIABLE,
    Array,
    BackwardStep,
    Builtin,
    Class,
    Device,
    Dtype,
    Fields,
    Function,
    Instance,
    Namespace,
    Record,
    Set,
    Shape,
    Skipped,
    Value,
    View,
    Walk,
    type_name,
)

LONGEST = 200_000  # characters of one text


def text_of(value: Value) -> str:
    """str(value)"""
    if isinstance(value, str):
        return value
    if isinstance(value, Array):
        return _array_text(value)
    if isinstance(value, Instance):
        return _instance(value, short=True)
    if isinstance(value, Device) or (isinstance(value, Dtype) and value.text.startswith("dtype(")):
        return value.name
    if isinstance(value, Dtype) and value.text.startswith("tf."):
        return f"<dtype: '{value.name}'>"
    if isinstance(value, Shape) and value.kind != TORCH:
        return str(value.lengths)
    return repr_of(value)


_INSIDE: ContextVar[frozenset[int]] = ContextVar("inside", default=frozenset())


def once(value: Value, again: str, write: Callable[[], str]) -> str:
    """What is written of a value; `again` within that, for what holds itself."""
    inside = _INSIDE.get()
    if id(value) in inside:
        return again
    before = _INSIDE.set(inside | {id(value)})
    try:
        return write()
    finally:
        _INSIDE.reset(before)


class Writing:
    """One text in the making: how much may still be written."""

    def __init__(self) -> None:
        self.left = LONGEST

    def wrote(self, text: str) -> str:
        self.left -= len(text) + 2
        if self.left < 0:
            raise LimitReached("length", limit=LONGEST)
        return text


def repr_of(value: Value) -> str:
    """repr(value)"""
    return _repr(value, Writing())


def _repr(value: Value, writing: Writing) -> str:
    if isinstance(value, Set):
        inside = ", ".join(_repr(one, writing) for one in value.ordered())
        return f"{{{inside}}}" if inside else "set()"
    if isinstance(value, View):
        return once(value, "...", lambda: f"dict_{value.of}({_repr(value.entries(), writing)})")
    if isinstance(value, Walk) and value.shown is not None:
        given = value.shown
        inside = once(value, "...", lambda: ", ".join(_repr(one, writing) for one in given()))
        return writing.wrote(f"{value.kind}({inside})")
    if not isinstance(value, list | tuple | dict):
        return writing.wrote(_repr_of_one(value))
    writing.wrote("")
    return once(value, _again(value), lambda: _repr_of_several(value, writing))


def _again(value: Value) -> str:
    """A list or a dictionary within itself."""
    if isinstance(value, DefaultDict):
        return f"defaultdict({repr_of(value.factory)}, {{...}})"
    if isinstance(value, OrderedDict):
        return "..."
    if isinstance(value, dict):
        return "{...}"
    return "(...)" if isinstance(value, tuple) else "[...]"


def _repr_of_several(value: Any, writing: Writing) -> str:
    brackets: dict[type, str] = {list: "[]", tuple: "()"}
    opening, closing = tuple(brackets.get(type(value), "{}"))
    if isinstance(value, Deque):
        inside = ", ".join(_repr(one, writing) for one in list(value))
        most = "" if value.most is None else f", maxlen={value.most}"
        opening, closing = "deque([", f"]{most})"
    elif isinstance(value, Counter):
        pairs = sorted(value.items(), key=_count, reverse=True)
        inside = ", ".join(f"{_repr(k, writing)}: {_repr(v, writing)}" for k, v in pairs)
        opening, closing = ("Counter({", "})") if pairs else ("Counter(", ")")
    elif isinstance(value, Fields) and value.words:
        opening, inside, closing = "", value.words, ""
    elif isinstance(value, Fields):
        named = zip(value.names, value, strict=True)
        parts = [f"{name}={_repr(one, writing)}" for name, one in named]
        inside = ",\n".join(parts) if "." in value.kind else ", ".join(parts)
        opening, closing = f"{value.kind}(\n" if "." in value.kind else f"{value.kind}(", ")"
    elif isinstance(value, dict):
        pairs = list(value.items())  # an own __repr__ may change it
        inside = ", ".join(f"{_repr(k, writing)}: {_repr(v, writing)}" for k, v in pairs)
        if isinstance(value, OrderedDict | DefaultDict):  # as Python 3.12 writes them
            given = f"{_repr(value.factory, writing)}, " if isinstance(value, DefaultDict) else ""
            braces = f"{{{inside}}}" if pairs or given else ""
            opening, inside, closing = f"{type_name(value).rpartition('.')[2]}({given}", braces, ")"
    else:
        inside = ", ".join(_repr(one, writing) for one in value)
        if isinstance(value, tuple) and len(value) == 1:
            inside += ","
    return f"{opening}{inside}{closing}"


def _count(pair: tuple[Value, Value]) -> Any:
    """What a Counter is written by, where that is a plain number."""
    return pair[1] if isinstance(pair[1], int | float) else 0


def _repr_of_one(value: Value) -> str:
    if isinstance(value, Array):
        return _array_repr(value)
    if value is None or isinstance(value, bool | int | float | str | range | slice):
        return repr(value)
    if value is Ellipsis:
        return "Ellipsis"
    if isinstance(value, Dtype):
        return value.text
    if isinstance(value, Device):
        return f"device(type='{value.name}')"
    if isinstance(value, Shape):
        if value.kind == TORCH:
            return f"torch.Size({list(value.lengths)})"
        return f"TensorShape({list(value.lengths)})" if value.kind != NUMPY else str(value.lengths)
    if isinstance(value, Builtin) and value.name in TYPES:
        return f"<class '{TYPES[value.name]}'>"
    if isinstance(value, Walk):
        return (
            f"<generator object {value.name}>"
            if value.kind == "generator"
            else f"<{value.kind} object>"
        )
    if isinstance(value, Builtin):
        return f"<built-in function {value.name}>"
    if isinstance(value, Function | Namespace):
        return f"<{type_name(value)} {value.name}>"
    if isinstance(value, BackwardStep):
        return f"<{value.name} object>"
    if isinstance(value, Instance):
        return _instance(value, short=False)
    if isinstance(value, Class):
        return f"<class '__main__.{value.name}'>" if value.own else f"<class '{value.name}'>"
    if isinstance(value, Record):
        return value.shown(value) if value.shown else f"<{value.kind}>"
    return "…" if isinstance(value, Skipped) else f"<{type_name(value)}>"


def _instance(value: Instance, short: bool) -> str:
    """By the first of its classes that says how."""
    for one in value.of.line():
        if one.written is not None:
            return one.written(value, short)
    return f"<{value.of.name} object>"


def _array_text(value: Array) -> str:
    data = value.tensor.data
    if value.kind == NUMPY:
        return str(data)
    if value.kind in (TORCH, VARIABLE):
        return _array_repr(value)
    text = _broken(str(data))
    return f"tf.Tensor({text}, shape={tuple(data.shape)}, dtype={data.dtype})"


def _array_repr(value: Array) -> str:
    return f"Parameter containing:\n{_bare_repr(value)}" if value.parameter else _bare_repr(value)


def _bare_repr(value: Array) -> str:
    data = value.tensor.data
    if value.kind == NUMPY:
        return repr(np.asarray(data) if value.boxed else data)
    if value.kind == TORCH:
        return _torch(value)
    if value.kind == VARIABLE and ":" not in value.name:  # one of Keras
        shown = f"shape={tuple(data.shape)}, dtype={data.dtype}, value={data}"
        return f"<Variable path={value.name}, {shown}>"
    numpy = _broken(repr(data) if data.ndim else str(data.item()))
    shape = tuple(data.shape)
    if value.kind == VARIABLE:
        return f"<tf.Variable '{value.name}' shape={shape} dtype={data.dtype}, numpy={numpy}>"
    return f"<tf.Tensor: shape={shape}, dtype={data.dtype}, numpy={numpy}>"


def _broken(text: str) -> str:
    return f"\n{text}" if "\n" in text else text


# -- PyTorch's way of printing numbers: four digits, one width for all

TYPES = {
    name: name
    for name in (
        *CLASSES,
        *("ellipsis", "NoneType", "function", "module", "builtin_function_or_method", "generator"),
        *("dict_keys", "dict_values", "dict_items", "numpy.ndarray", "torch.Tensor"),
        *(
            "collections.deque",
            "collections.OrderedDict",
            "collections.defaultdict",
            "collections.Counter",
        ),
    )
} | {
    "tensorflow.Tensor": "tensorflow.python.framework.ops.EagerTensor",
    "tensorflow.Variable": "tensorflow.python.ops.resource_variable_ops.ResourceVariable",
}
OPENING, LINE = "tensor(", 80


def _torch(value: Array) -> str:
    tensor = value.tensor
    data = tensor.data
    suffix = []
    if str(data.dtype) not in (("float32", "int64", "bool") if data.size else ("float32",)):
        suffix.append(f"dtype=torch.{data.dtype}")
    if tensor.op is not None and tensor.tracked:
        suffix.append(f"grad_fn=<{step_back(value)}>")
    elif tensor.tracked:
        suffix.append("requires_grad=True")
    if data.size:
        numbers = TorchNumbers(np.ravel(_edges(data)))
        body = _torch_body(np.asarray(data), numbers, len(OPENING), data.size > 1000)
    else:
        body = "[]"
        if data.ndim > 1:
            suffix.insert(0, f"size={tuple(data.shape)}")
    return _with_suffixes(OPENING + body, suffix) + ")"


def _with_suffixes(text: str, suffixes: list[str]) -> str:
    """Suffixes go on the last line, or on lines of their own where it would grow too long."""
    last = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        fits = last + len(suffix) + 2 <= LINE
        last = last + len(suffix) + 2 if fits else len(OPENING) + len(suffix)
        text += (", " if fits else ",\n" + " " * len(OPENING)) + suffix
    return text


def _edges(data: Any) -> Any:
    """What is printed of a large tensor: three entries at each end of each axis."""
    if data.size <= 1000:
        return np.asarray(data)
    for axis, length in enumerate(data.shape):
        if length > 6:
            data = np.take(data, [*range(3), *range(length - 3, length)], axis=axis)
    return data


class TorchNumbers:
    """How PyTorch writes the numbers of one tensor: all alike, in one width."""

    def __init__(self, flat: Any):
        self.floats = flat.dtype.kind == "f"
        self.spec, self.width = "{}", 1
        counted = flat
        if self.floats:
            counted = flat[np.isfinite(flat) & (flat != 0)].astype(np.float64)
            self.spec = self._spec(counted)
        for x in counted:
            self.width = max(self.width, len(self._text(x)))

    def _spec(self, counted: Any) -> str:
        """By the numbers that are finite and not zero."""
        if counted.size:
            size = np.abs(counted)
            if size.max() / size.min() > 1000 or size.max() > 1e8 or size.min() < 1e-4:
                return "{:.4e}"
        return "{:.0f}." if bool(np.all(counted == np.ceil(counted))) else "{:.4f}"

    def _text(self, x: Any) -> str:
        return self.spec.format(x.item()) if math.isfinite(x) else str(float(x))

    def __call__(self, x: Any) -> str:
        return self._text(x).rjust(self.width)


def _torch_body(data: Any, write: TorchNumbers, indent: int, cut: bool) -> str:
    if data.ndim == 0:
        return write(data[()])
    entries: list[Any] = list(data)
    shortened = cut and len(entries) > 6
    if shortened:
        entries = [*entries[:3], None, *entries[-3:]]
    if data.ndim == 1:
        texts = [" ..." if x is None else write(x) for x in entries]
        room = max(1, (LINE - indent) // (write.width + 2))
        lines = [", ".join(texts[i : i + room]) for i in range(0, len(texts), room)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    texts = ["..." if x is None else _torch_body(x, write, indent + 1, cut) for x in entries]
    gap: str = "," + "\n" * (data.ndim - 1) + " " * (indent + 1)
    return "[" + gap.join(texts) + "]"
