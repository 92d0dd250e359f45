"""Expressions: each node of the tree becomes one small function of (machine, frame)."""

import ast
import inspect
from collections.abc import Callable
from typing import Any

from app.engine.primitives.selection import getitem
from app.language.attributes import attribute
from app.language.builtins import iterate
from app.language.errors import Diagnosed, LimitReached, ProgramError, Refused, type_error
from app.language.machine import Machine
from app.language.operators import binary, compare, hashable, truth, unary
from app.language.scope import UNSET, Context, Frame, assigned_names, unknown_name
from app.language.text import formatted, repr_of, text_of
from app.language.values import Array, Builtin, Function, Record, Shape, Skipped, Value, type_name

Run = Callable[[Machine, Frame], Value]
NAMED = ast.Name | ast.Attribute | ast.Subscript


def expression(node: ast.expr, context: Context) -> Run:
    """The function that evaluates this node."""
    return COMPILE[type(node)](node, context)  # type: ignore[no-any-return]


def _constant(node: ast.Constant, context: Context) -> Run:
    value = node.value
    if isinstance(value, int) and value.bit_length() > 4_096:
        raise Refused("bits", context.span(node), limit=4_096)
    return lambda m, f: value


def _name(node: ast.Name, context: Context) -> Run:
    name, span = node.id, context.span(node)
    local = context.local is not None and name in context.local

    def run(m: Machine, f: Frame) -> Value:
        value = f.values.get(name, UNSET) if local else f.get(name)
        if value is UNSET:
            m.at(span)
            raise unknown_name(name, f, local)
        return value

    return run


def text_name(node: ast.expr) -> str | None:
    """What the program calls the number at this place; None for a literal or a computed one."""
    return ast.unparse(node) if isinstance(node, NAMED) else None


def _binary(node: ast.BinOp, context: Context) -> Run:
    left, right = expression(node.left, context), expression(node.right, context)
    kind, span = type(node.op), context.span(node)
    names = (text_name(node.left), text_name(node.right))

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        x, y = left(m, f), right(m, f)
        m.at(span)
        return binary(m, kind, x, y, names)

    return run


def _unary(node: ast.UnaryOp, context: Context) -> Run:
    operand, kind, span = expression(node.operand, context), type(node.op), context.span(node)
    name = text_name(node.operand)
    if isinstance(node.operand, ast.Constant) and kind is ast.USub:
        value = node.operand.value
        if isinstance(value, int | float):
            negative = -value
            return lambda m, f: negative

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        value = operand(m, f)
        m.at(span)
        return unary(m, kind, value, name)

    return run


def _bool(node: ast.BoolOp, context: Context) -> Run:
    parts = [expression(value, context) for value in node.values]
    stops = isinstance(node.op, ast.Or)

    def run(m: Machine, f: Frame) -> Value:
        value: Value = None
        for part in parts:
            m.budget.step()
            value = part(m, f)
            if truth(m, value) is stops:
                break
        return value

    return run


def _compare(node: ast.Compare, context: Context) -> Run:
    first = expression(node.left, context)
    rest = [
        (type(op), expression(value, context))
        for op, value in zip(node.ops, node.comparators, strict=True)
    ]
    span = context.span(node)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        left, result = first(m, f), True
        for i, (kind, value) in enumerate(rest):
            right = value(m, f)
            m.at(span)
            result = compare(m, kind, left, right)
            if i + 1 < len(rest) and not truth(m, result):
                break
            left = right
        return result

    return run


def _conditional(node: ast.IfExp, context: Context) -> Run:
    test, yes, no = (expression(part, context) for part in (node.test, node.body, node.orelse))
    return lambda m, f: yes(m, f) if truth(m, test(m, f)) else no(m, f)


def _walrus(node: ast.NamedExpr, context: Context) -> Run:
    value, name = expression(node.value, context), node.target.id

    def run(m: Machine, f: Frame) -> Value:
        bind(m, f, name, found := value(m, f))
        return found

    return run


def bind(m: Machine, f: Frame, name: str, value: Value, parameter: bool = False) -> None:
    """name = value, told to the recorder."""
    f.values[name] = value
    if isinstance(value, Array):
        m.recorder.bind(name, value.tensor, not parameter)
    elif type(value) is float:
        m.recorder.bind(name, value, not parameter)


# -- containers


def _elements(nodes: list[ast.expr], context: Context) -> Callable[[Machine, Frame], list[Value]]:
    parts = [
        (isinstance(node, ast.Starred), expression(node.value if starred else node, context))
        for node in nodes
        for starred in [isinstance(node, ast.Starred)]
    ]

    def run(m: Machine, f: Frame) -> list[Value]:
        found: list[Value] = []
        for starred, part in parts:
            m.budget.step()
            value = part(m, f)
            if starred:
                found.extend(iterate(m, value))
            else:
                found.append(value)
        m.budget.container(len(found))
        return found

    return run


def _list(node: ast.List, context: Context) -> Run:
    return _elements(node.elts, context)


def _tuple(node: ast.Tuple, context: Context) -> Run:
    elements = _elements(node.elts, context)
    return lambda m, f: tuple(elements(m, f))


def _dict(node: ast.Dict, context: Context) -> Run:
    keys = [expression(key, context) if key is not None else None for key in node.keys]
    values = [expression(value, context) for value in node.values]

    def run(m: Machine, f: Frame) -> Value:
        table: dict[Any, Value] = {}
        for key, value in zip(keys, values, strict=True):
            m.budget.step()
            if key is None:
                more = value(m, f)
                if not isinstance(more, dict):
                    raise type_error(f"'{type_name(more)}' object is not a mapping")
                table.update(more)
            else:
                table[hashable(key(m, f))] = value(m, f)
        return table

    return run


def _comprehension(node: Any, context: Context) -> Run:
    """List, dictionary and generator comprehensions; a generator is walked at once."""
    inner = Context(context.places, set(), set(), context.loops)
    generators = []
    bound: set[str] = set(context.local or ())
    for i, part in enumerate(node.generators):
        source = expression(part.iter, context if i == 0 else inner)
        names = {n.id for n in ast.walk(part.target) if isinstance(n, ast.Name)}
        inner.local = None  # names are looked up through the frames
        generators.append(
            (target(part.target, inner), source, [expression(test, inner) for test in part.ifs])
        )
        bound |= names
    if isinstance(node, ast.DictComp):
        key, value = expression(node.key, inner), expression(node.value, inner)
    else:
        key, value = None, expression(node.elt, inner)

    def run(m: Machine, f: Frame) -> Value:
        frame, found = Frame(f), []
        table: dict[Any, Value] = {}

        def walk(level: int) -> None:
            if level == len(generators):
                if key is not None:
                    table[hashable(key(m, frame))] = value(m, frame)
                else:
                    found.append(value(m, frame))
                m.budget.container(len(found) + len(table))
                return
            assign, source, tests = generators[level]
            for entry in iterate(m, source(m, f if level == 0 else frame)):
                m.budget.step()
                assign(m, frame, entry)
                if all(truth(m, test(m, frame)) for test in tests):
                    walk(level + 1)

        walk(0)
        return table if key is not None else found

    return run


# -- attributes, subscripts, calls


def _attribute(node: ast.Attribute, context: Context) -> Run:
    owner, name, span = expression(node.value, context), node.attr, context.span(node)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        value = owner(m, f)
        m.at(span)
        return attribute(m, value, name)

    return run


def _slice(node: ast.Slice, context: Context) -> Run:
    parts = [
        expression(part, context) if part is not None else None
        for part in (node.lower, node.upper, node.step)
    ]

    def run(m: Machine, f: Frame) -> Value:
        bounds = [part(m, f) if part is not None else None for part in parts]
        for bound in bounds:
            if bound is not None and not isinstance(bound, int):
                raise type_error("slice indices must be integers or None")
        return slice(*bounds)

    return run


def _subscript(node: ast.Subscript, context: Context) -> Run:
    owner, key = expression(node.value, context), expression(node.slice, context)
    span = context.span(node)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        value, index = owner(m, f), key(m, f)
        m.at(span)
        return item(m, value, index)

    return run


def item(m: Machine, value: Value, key: Value) -> Value:
    """value[key]"""
    if isinstance(value, Array):
        at = array_key(key)
        return m.apply(lambda x: getitem(x, at), value)
    if isinstance(value, Skipped):
        return value
    if isinstance(value, dict):
        found = value.get(hashable(key), UNSET)
        if found is UNSET:
            raise ProgramError("key", framework=f"KeyError: {key!r}", detail=repr_of(key))
        return found
    if isinstance(value, Shape):
        value = value.lengths
    if isinstance(value, list | tuple | str | range):
        if isinstance(key, slice):
            return value[key]
        if isinstance(key, Array):
            key = int(key.tensor.data) if key.tensor.size == 1 else key
        if not isinstance(key, int):
            words = f"{type_name(value)} indices must be integers or slices, not {type_name(key)}"
            raise type_error(words)
        try:
            return value[key]
        except IndexError:
            words = f"IndexError: {type_name(value)} index out of range"
            raise ProgramError("index", framework=words, detail=str(key)) from None
    raise type_error(f"'{type_name(value)}' object is not subscriptable")


def array_key(key: Value) -> Any:
    """An index of an array: whole numbers, slices, None, ..., or an array of them."""
    if isinstance(key, tuple):
        return tuple(array_key(one) for one in key)
    if isinstance(key, Array) and key.tensor.dtype.kind in "iub":
        return key.tensor.data
    if isinstance(key, list) and all(isinstance(one, int) for one in key):
        import numpy as np

        return np.array(key)
    if key is None or key is Ellipsis or isinstance(key, int | slice):
        return key
    raise type_error(f"an array cannot be indexed by {type_name(key)}")


def _call(node: ast.Call, context: Context) -> Run:
    function = expression(node.func, context)
    arguments = _elements(node.args, context)
    keywords = [(keyword.arg, expression(keyword.value, context)) for keyword in node.keywords]
    span = context.span(node)
    texts = [text_name(part) for part in node.args]
    starred = any(isinstance(part, ast.Starred) for part in node.args)

    def run(m: Machine, f: Frame) -> Value:
        m.budget.step()
        called = function(m, f)
        given = arguments(m, f)
        named: dict[str, Value] = {}
        for name, value in keywords:
            if name is not None:
                named[name] = value(m, f)
            else:
                more = value(m, f)
                if not isinstance(more, dict):
                    raise type_error("argument after ** must be a mapping")
                named.update(more)
        m.at(span)
        m.names = {}
        if not starred:
            m.names = {
                id(value): text
                for value, text in zip(given, texts, strict=True)
                if text is not None and isinstance(value, int | float)
            }
        return invoke(m, called, given, named)

    return run


def invoke(m: Machine, called: Value, given: list[Value], named: dict[str, Value]) -> Value:
    """Calls a value; wrong arguments are the caller's error, in Python's words."""
    if isinstance(called, Function):
        return called.run(m, *given, **named)
    if isinstance(called, Skipped):
        m.note("skipped", called.name)
        return called
    if isinstance(called, Record) and called.call is not None:
        return called.call(m, *given, **named)
    if not isinstance(called, Builtin):
        raise type_error(f"'{type_name(called)}' object is not callable")
    try:
        return called.call(m, *given, **named)
    except TypeError as problem:
        try:
            inspect.signature(called.call).bind(m, *given, **named)
        except TypeError as wrong:
            raise type_error(f"{called.name}() {wrong}") from None
        raise type_error(f"{called.name}() cannot take these values: {problem}") from None


def _lambda(node: ast.Lambda, context: Context) -> Run:
    inner = Context(context.places, {name.arg for name in _all_arguments(node.args)})
    body = expression(node.body, inner)
    return function_maker("<lambda>", node.args, lambda m, f: body(m, f), context)


def _all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    extra = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.args, *arguments.kwonlyargs, *extra]


def function_maker(name: str, arguments: ast.arguments, body: Run, context: Context) -> Run:
    """Makes the Function when its definition is reached: defaults are evaluated then."""
    names = [argument.arg for argument in arguments.args]
    only = [argument.arg for argument in arguments.kwonlyargs]
    defaults = [expression(value, context) for value in arguments.defaults]
    named_defaults = [
        expression(value, context) if value is not None else None for value in arguments.kw_defaults
    ]
    rest = arguments.vararg.arg if arguments.vararg else None
    others = arguments.kwarg.arg if arguments.kwarg else None

    def make(m: Machine, outer: Frame) -> Value:
        values = [default(m, outer) for default in defaults]
        filled = dict(zip(names[len(names) - len(values) :], values, strict=True))
        for key, default in zip(only, named_defaults, strict=True):
            if default is not None:
                filled[key] = default(m, outer)

        def run(m: Machine, *given: Value, **named: Value) -> Value:
            frame = Frame(outer)
            bound = {**filled, **dict(zip(names, given, strict=False))}
            if len(given) > len(names):
                if rest is None:
                    words = f"{name}() takes {len(names)} positional arguments but {len(given)}"
                    raise type_error(f"{words} were given")
                bound[rest] = given[len(names) :]
            elif rest is not None:
                bound[rest] = ()
            extra = {}
            for key, value in named.items():
                if key in names[: len(given)]:
                    raise type_error(f"{name}() got multiple values for argument '{key}'")
                if key in names or key in only:
                    bound[key] = value
                elif others is None:
                    raise type_error(f"{name}() got an unexpected keyword argument '{key}'")
                else:
                    extra[key] = value
            if others is not None:
                bound[others] = extra
            lacking = [one for one in (*names, *only) if one not in bound]
            if lacking:
                raise type_error(f"{name}() missing required argument: '{lacking[0]}'")
            for key, value in bound.items():
                bind(m, frame, key, value, parameter=True)
            return within(m, lambda: body(m, frame))

        return Function(name, run)

    return make


def within(m: Machine, run: Callable[[], Value]) -> Value:
    """One call deeper."""
    m.budget.depth += 1
    if m.budget.depth > m.budget.limits.depth:
        raise LimitReached("recursion", limit=m.budget.limits.depth)
    try:
        return run()
    finally:
        m.budget.depth -= 1


# -- f-strings


def _joined(node: ast.JoinedStr, context: Context) -> Run:
    parts = [expression(value, context) for value in node.values]

    def run(m: Machine, f: Frame) -> str:
        texts = [text_of(part(m, f)) for part in parts]
        m.budget.container(sum(map(len, texts)))
        return "".join(texts)

    return run


def _formatted(node: ast.FormattedValue, context: Context) -> Run:
    value = expression(node.value, context)
    spec = expression(node.format_spec, context) if node.format_spec else None
    conversion = chr(node.conversion) if node.conversion > 0 else ""

    def run(m: Machine, f: Frame) -> str:
        found = value(m, f)
        if conversion:
            found = repr_of(found) if conversion in "ra" else text_of(found)
        return formatted(found, spec(m, f) if spec else "")

    return run


# -- targets of assignments (here, because comprehensions have them too)


def target(node: ast.expr, context: Context) -> Callable[[Machine, Frame, Value], None]:
    """The function that assigns to this target."""
    if isinstance(node, ast.Name):
        name, shared = node.id, node.id in context.shared
        return lambda m, f, value: bind(m, f.top if shared else f, name, value)
    if isinstance(node, ast.Tuple | ast.List):
        return _unpacking(node, context)
    if isinstance(node, ast.Subscript):
        from app.language.stores import store_item

        owner, key = expression(node.value, context), expression(node.slice, context)
        return lambda m, f, value: store_item(m, owner(m, f), key(m, f), value)
    if isinstance(node, ast.Attribute):
        from app.language.attributes import assign

        holder, attr = expression(node.value, context), node.attr
        return lambda m, f, value: assign(m, holder(m, f), attr, value)
    raise Refused("construct", context.span(node), what=type(node).__name__)


def _unpacking(
    node: ast.Tuple | ast.List, context: Context
) -> Callable[[Machine, Frame, Value], None]:
    stars = [i for i, part in enumerate(node.elts) if isinstance(part, ast.Starred)]
    parts = [
        target(part.value if isinstance(part, ast.Starred) else part, context) for part in node.elts
    ]

    def run(m: Machine, f: Frame, value: Value) -> None:
        values = list(iterate(m, value))
        if stars:
            at, after = stars[0], len(parts) - stars[0] - 1
            if len(values) < len(parts) - 1:
                raise _unpack_error(len(parts) - 1, len(values))
            middle = values[at : len(values) - after]
            values = [*values[:at], middle, *values[len(values) - after :]]
        if len(values) != len(parts):
            raise _unpack_error(len(parts), len(values))
        for assign, one in zip(parts, values, strict=True):
            assign(m, f, one)

    return run


def _unpack_error(wanted: int, got: int) -> ProgramError:
    words = f"not enough values to unpack (expected {wanted}, got {got})"
    if got > wanted:
        words = f"too many values to unpack (expected {wanted})"
    return ProgramError("value", framework=f"ValueError: {words}", detail=words)


COMPILE: dict[type[ast.expr], Callable[[Any, Context], Run]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.NamedExpr: _walrus,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Attribute: _attribute,
    ast.Slice: _slice,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
}

__all__ = [
    "Diagnosed",
    "Run",
    "assigned_names",
    "bind",
    "expression",
    "function_maker",
    "target",
    "text_name",
]
