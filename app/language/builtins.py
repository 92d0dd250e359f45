"""Python's own functions that programs use."""

import ast
from collections.abc import Callable, Iterable
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import numpy as np

from app.engine import OPS
from app.language import classes, walks
from app.language.attributes import missing
from app.language.budget import LONG
from app.language.classes import OBJECT
from app.language.collected import Counter
from app.language.comparisons import as_length, compare, equals, truth
from app.language.conversions import abs_, based, character, float_, int_, number_of, round_, whole
from app.language.errors import ProgramError, type_error, value_error
from app.language.formatting import converted, formatted
from app.language.guarded import guarded
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.operators import binary
from app.language.text import repr_of, text_of
from app.language.values import (
    NUMPY,
    TENSORFLOW,
    TORCH,
    VARIABLE,
    Array,
    Builtin,
    Class,
    Dtype,
    Function,
    Instance,
    NamedFields,
    Namespace,
    Record,
    Set,
    Shape,
    Skipped,
    Super,
    Value,
    View,
    type_name,
)
from app.language.walks import iterate as iterate


def call(m: Machine, function: Value, /, *given: Value, **named: Value) -> Value:
    """Calls any value that can be called."""
    if isinstance(function, Builtin | Function | Class | Instance):
        return classes.run(m, function, *given, **named)
    if isinstance(function, Dtype) and "numpy." in function.text:
        return guarded(m, function.name, _typed(function), given, named)
    if isinstance(function, Record) and function.call is not None:
        return guarded(m, function.kind, function.call, given, named)
    raise type_error(f"'{type_name(function)}' object is not callable")


def _typed(dtype: Dtype) -> Callable[..., Array]:
    """np.float32(value): no keyword of the program's says which type it is."""

    def typed(m: Machine, value: Value = 0, /) -> Array:
        data = value.tensor.data if isinstance(value, Array) else m.numbers(value)
        return m.leaf(data.astype(dtype.name), NUMPY)

    return typed


def _print(m: Machine, *values: Value, sep: Value = " ", end: Value = "\n", **other: Value) -> None:
    wrong = next((name for name in other if name not in ("file", "flush")), None)
    if wrong is not None:
        raise type_error(f"'{wrong}' is an invalid keyword argument for print()")
    for name, value in (("sep", sep), ("end", end)):
        if not isinstance(value, str | None):
            raise type_error(f"{name} must be None or a string, not {type_name(value)}")
    if not _printed_to(other.get("file")):
        return
    between, last = " " if sep is None else str(sep), "\n" if end is None else str(end)
    m.write(between.join(text_of(value) for value in values) + last)


def _printed_to(file: Value) -> bool:
    """Whether what is printed to this file is part of the output: sys.stderr is not."""
    if isinstance(file, Namespace) and file.name in ("sys.stdout", "sys.stderr"):
        return file.name == "sys.stdout"
    if file is not None and not isinstance(file, Skipped):
        raise missing(f"'{type_name(file)}' object", "write", ())
    return True


def _len(m: Machine, value: Value, /) -> int:
    if isinstance(value, str | list | tuple | dict | range):
        return len(value)
    if isinstance(value, Set | View):
        return len(value.entries if isinstance(value, Set) else value.table)
    if isinstance(value, Instance):
        length = classes.special(m, value, "__len__")
        if length is not classes.ABSENT:
            return as_length(length)
    if isinstance(value, Shape):
        return len(value.lengths)
    if isinstance(value, Array):
        if value.tensor.ndim == 0:
            words = {TORCH: "len() of a 0-d tensor", NUMPY: "len() of unsized object"}
            raise type_error(words.get(value.kind, "Scalar tensor has no `len()`"))
        return value.tensor.shape[0]
    raise type_error(f"object of type '{type_name(value)}' has no len()")


def _range(m: Machine, *bounds: Value) -> range:
    numbers = [whole(bound) for bound in bounds]
    if not 1 <= len(numbers) <= 3:
        raise type_error(f"range expected 1 to 3 arguments, got {len(numbers)}")
    if len(numbers) == 3 and numbers[2] == 0:
        raise value_error("range() arg 3 must not be zero")
    return range(*numbers)


def _listed(m: Machine, values: Iterable[Value]) -> list[Value]:
    found = []
    for value in values:
        found.append(value)
        m.budget.container(len(found))
    return found


def _sum(m: Machine, values: Value, /, start: Value = 0) -> Value:
    if isinstance(start, str):
        raise type_error("sum() can't sum strings [use ''.join(seq) instead]")
    total = start
    for value in iterate(m, values):
        if _is_zero(total) and isinstance(value, Array | float):
            total = value  # 0 + x is x: no operation of the program's
        else:
            total = binary(m, ast.Add, total, value, (None, None))
    return total


def _is_zero(value: Value) -> bool:
    return type(value) is int and value == 0


def _best(sign: str) -> Callable[..., Value]:
    def best(m: Machine, *values: Value, key: Value = None, default: Value = None) -> Value:
        found = list(values) if len(values) > 1 else list(iterate(m, values[0]))
        if not found:
            if default is not None:
                return default
            raise value_error(f"{sign}() arg is an empty sequence")
        chosen, mark = found[0], None
        mark = call(m, key, chosen) if key is not None else chosen
        for value in found[1:]:
            m.budget.step()
            other = call(m, key, value) if key is not None else value
            if truth(m, compare(m, ast.Gt if sign == "max" else ast.Lt, other, mark)):
                chosen, mark = value, other
        if type(chosen) is float and len(values) == 2 and key is None:
            chosen = _larger(m, sign, values, chosen)
        return chosen

    return best


def _larger(m: Machine, sign: str, values: tuple[Value, ...], chosen: float) -> float:
    """max(0, x) on plain numbers is a node of the graph, as np.maximum is."""
    result = float(np.float64(chosen))
    names = [None if isinstance(value, int) else m.names.get(id(value)) for value in values]
    op = OPS["maximum" if sign == "max" else "minimum"]
    m.recorder.number(op, zip(values, names, strict=True), result)
    return result


def sorted_(m: Machine, values: Value, /, key: Value = None, reverse: bool = False) -> list[Value]:
    """sorted(values)"""
    found = _listed(m, iterate(m, values))
    marks = [call(m, key, value) if key is not None else value for value in found]
    if all(isinstance(mark, int | float) for mark in marks) or all(
        isinstance(mark, str) and len(mark) <= LONG for mark in marks
    ):
        order = sorted(range(len(found)), key=marks.__getitem__, reverse=bool(reverse))
        sign = "greater_equal" if reverse else "less_equal"
        for one, next_one in pairwise(order):
            if not isinstance(marks[one], str):
                m.recorder.compared(OPS[sign], (marks[one], marks[next_one]), True)
    else:

        def before(x: int, y: int) -> int:
            m.budget.clock()
            m.budget.step()
            return -1 if truth(m, compare(m, ast.Lt, marks[x], marks[y])) else 0

        order = sorted(range(len(found)), key=cmp_to_key(before), reverse=bool(reverse))
    return [found[i] for i in order]


CLASSES = {  # the classes of arrays, by the name under which they are called
    "torch.Tensor": (TORCH,),
    "torch.FloatTensor": (TORCH,),
    "tensorflow.Tensor": (TENSORFLOW,),
    "tensorflow.Variable": (VARIABLE,),
    "numpy.ndarray": (NUMPY,),
}


def is_instance(m: Machine, value: Value, kinds: Value, /) -> bool:
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        m.budget.step()
        if isinstance(kind, tuple):
            if is_instance(m, value, kind):
                return True
            continue
        if kind is OBJECT:
            return True
        if isinstance(kind, Class):
            if isinstance(value, Instance | NamedFields) and kind in value.of.line():
                return True
            continue
        if isinstance(kind, Dtype):
            if kind == _type(m, value):
                return True
            continue
        if not isinstance(kind, Builtin):
            raise type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")
        if isinstance(value, Array) and value.kind in CLASSES.get(kind.name, ()):
            return True
        if class_name(value) == kind.name or (isinstance(value, bool) and kind.name == "int"):
            return True
        if isinstance(value, dict) and kind.name == "dict":  # an OrderedDict
            return True
        if isinstance(value, tuple) and kind.name == "tuple":  # one with names
            return True
        if isinstance(value, Record) and _is_record(value, kind.name):
            return True
    return False


def _is_record(value: Record, name: str) -> bool:
    """Whether an optimizer or a loss of a framework is an object of the class of this name."""
    library, _, last = name.rpartition(".")
    if not library:
        return False
    moves = last == "Optimizer" and bool({"step", "apply_gradients"} & value.methods.keys())
    return last == value.kind or moves


def class_name(value: Value) -> str:
    """The name of the class that a value of Python's is an instance of."""
    return "collections.Counter" if isinstance(value, Counter) else type_name(value)


KINDS = {TORCH: "torch.Tensor", TENSORFLOW: "tensorflow.Tensor", VARIABLE: "tensorflow.Variable"}


def _type(m: Machine, value: Value) -> Value:
    """type(value): a class that can be compared, printed, and where it is Python's called."""
    if isinstance(value, Instance | NamedFields):
        return value.of
    if isinstance(value, Array) and value.is_scalar:
        name = str(value.tensor.dtype)
        return Dtype(name, f"<class 'numpy.{name}'>")
    name = class_name(value)
    if isinstance(value, Array):
        name = KINDS.get(value.kind, "numpy.ndarray")
    made = BUILTINS.get(name) or IMPORTED.get(name)
    return Builtin(name, _uncallable(name)) if made is None else made


IMPORTED: dict[str, Value] = {}
"""Classes of Python's modules by their whole names, filled by the tables of these modules."""


def _uncallable(name: str) -> Callable[..., Value]:
    def call(m: Machine, *given: Value, **named: Value) -> Value:
        raise type_error(f"cannot create '{name}' instances")

    return call


ZERO = "integer division or modulo by zero"


def _divmod(m: Machine, x: Value, y: Value, /) -> tuple[Value, Value]:
    names = (m.names.get(id(x)), m.names.get(id(y)))
    if isinstance(x, int | float) and isinstance(y, int | float) and not y:
        words = "float divmod()" if isinstance(x, float) or isinstance(y, float) else ZERO
        raise ProgramError("zero_division", framework=f"ZeroDivisionError: {words}")
    whole = binary(m, ast.FloorDiv, x, y, names, asked="divmod()")
    return whole, binary(m, ast.Mod, x, y, names)


def _super(m: Machine, of: Value, instance: Value) -> Super:
    """super(Net, self)"""
    if not isinstance(of, Class):
        raise type_error(f"super() argument 1 must be a type, not {type_name(of)}")
    if not isinstance(instance, Instance) or of not in instance.of.line():
        raise type_error("super(type, obj): obj must be an instance or subtype of type")
    return Super(of.base, instance)


def _pow(m: Machine, base: Value, exp: Value, mod: Value = None) -> Value:
    if mod is not None:
        return _pow_modulo(m, base, exp, mod)
    return binary(m, ast.Pow, base, exp, (m.names.get(id(base)), m.names.get(id(exp))))


def _pow_modulo(m: Machine, *whole: Value) -> int:
    """pow(base, exponent, modulus): of whole numbers that stay as short as the modulus."""
    if not all(isinstance(x, int) for x in whole):
        words = "pow() 3rd argument not allowed unless all arguments are integers"
        raise type_error(words)
    m.budget.work(whole[1].bit_length() * (1 + whole[2].bit_length()) // 64)
    try:
        return pow(*whole)
    except ValueError as problem:
        raise value_error(str(problem)) from None


def _dict(m: Machine, pairs: Value = None, **named: Value) -> dict[Any, Value]:
    table: dict[Any, Value] = {}
    if isinstance(pairs, dict):
        table.update(pairs)
    elif pairs is not None:
        for pair in iterate(m, pairs):
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise type_error("dict() needs pairs")
            table[hashable(m, pair[0])] = pair[1]
    return {**table, **named}


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "print": _print,
    "len": _len,
    "range": _range,
    "float": float_,
    "int": int_,
    "bool": lambda m, value=False: truth(m, value),
    "str": lambda m, value="": text_of(value),
    "repr": lambda m, value, /: repr_of(value),
    "ascii": lambda m, value, /: converted(m, value, "a"),
    "format": lambda m, value, spec="", /: formatted(m, value, spec),
    "list": lambda m, values=(), /: _listed(m, iterate(m, values)),
    "tuple": lambda m, values=(), /: tuple(_listed(m, iterate(m, values))),
    "dict": _dict,
    "sum": _sum,
    "min": _best("min"),
    "max": _best("max"),
    "abs": abs_,
    "round": round_,
    "chr": character,
    "ord": number_of,
    "bin": based("b"),
    "oct": based("o"),
    "hex": based("x"),
    "pow": _pow,
    "divmod": _divmod,
    "set": lambda m, values=(): Set(hashable(m, x) for x in _listed(m, iterate(m, values))),
    "type": _type,
    "zip": walks.zip_,
    "enumerate": walks.enumerate_,
    "map": walks.map_(call),
    "filter": walks.filter_(call, truth),
    "reversed": walks.reversed_,
    "iter": walks.iter_(call, equals),
    "next": walks.next_,
    "sorted": sorted_,
    "any": lambda m, values, /: any(truth(m, value) for value in iterate(m, values)),
    "all": lambda m, values, /: all(truth(m, value) for value in iterate(m, values)),
    "isinstance": is_instance,
    "super": _super,
}
BUILTINS: dict[str, Value] = {
    "NotImplemented": classes.NOT_IMPLEMENTED,
    **{name: Builtin(name, function) for name, function in FUNCTIONS.items()},
}
