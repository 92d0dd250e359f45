"""match: the patterns of its cases, with Python's semantics.

A pattern is a function of (machine, frame, value, found): whether it fits, what it captures being
put into `found`. Names are bound when the whole pattern fits, and before the guard is asked.
"""

import ast
from collections.abc import Callable
from typing import Any

from app.language.attributes import attribute
from app.language.builtins import CLASSES as OF_ARRAYS
from app.language.builtins import is_instance
from app.language.comparisons import compare, truth
from app.language.errors import ProgramError, type_error, value_error
from app.language.expressions import expression
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.reflection import NOT_THERE, attribute_name
from app.language.scope import Context, Frame
from app.language.statements import COMPILE, Do, Signal, block
from app.language.targets import Store, target
from app.language.text import repr_of
from app.language.values import CLASSES, TENSORFLOW, Builtin, Class, Shape, Value, type_name
from app.language.walks import iterate

Captured = list[tuple[Store, Value]]
Pattern = Callable[[Machine, Frame, Value, Captured], bool]
WHOLE = ("bool", "dict", "float", "int", "list", "set", "str", "tuple")
"""Classes of Python whose one positional pattern is that of the value itself."""


def pattern(node: ast.pattern, context: Context) -> Pattern:
    """The function that tells whether a value fits this pattern."""
    span, fits = context.span(node), PATTERNS[type(node)](node, context)

    def run(m: Machine, f: Frame, value: Value, found: Captured) -> bool:
        m.budget.step()
        m.at(span)
        return fits(m, f, value, found)

    return run


def _value(node: ast.MatchValue, context: Context) -> Pattern:
    wanted = expression(node.value, context)
    return lambda m, f, value, found: truth(m, compare(m, ast.Eq, value, wanted(m, f)))


def _singleton(node: ast.MatchSingleton, context: Context) -> Pattern:
    return lambda m, f, value, found: value is node.value


def _capture(name: str | None, node: ast.pattern, context: Context) -> Store | None:
    """How a captured value is bound; None for the wildcard."""
    if name is None:
        return None
    return target(ast.copy_location(ast.Name(name, ast.Store()), node), context)


def _as(node: ast.MatchAs, context: Context) -> Pattern:
    inner = pattern(node.pattern, context) if node.pattern is not None else None
    store = _capture(node.name, node, context)

    def run(m: Machine, f: Frame, value: Value, found: Captured) -> bool:
        if inner is not None and not inner(m, f, value, found):
            return False
        if store is not None:
            found.append((store, value))
        return True

    return run


def _or(node: ast.MatchOr, context: Context) -> Pattern:
    choices = [pattern(one, context) for one in node.patterns]

    def run(m: Machine, f: Frame, value: Value, found: Captured) -> bool:
        for fits in choices:
            captured: Captured = []
            if fits(m, f, value, captured):
                found.extend(captured)
                return True
        return False

    return run


def _star(node: ast.MatchStar, context: Context) -> Pattern:
    store = _capture(node.name, node, context)

    def run(m: Machine, f: Frame, value: Value, found: Captured) -> bool:
        if store is not None:
            found.append((store, value))
        return True

    return run


def _sequence(node: ast.MatchSequence, context: Context) -> Pattern:
    parts = [pattern(one, context) for one in node.patterns]
    stars = [i for i, one in enumerate(node.patterns) if isinstance(one, ast.MatchStar)]

    def run(m: Machine, f: Frame, value: Value, found: Captured) -> bool:
        if isinstance(value, Shape) and value.kind != TENSORFLOW:
            value = value.lengths  # torch.Size and the shape of an array are tuples
        if not isinstance(value, list | tuple | range):
            return False
        few = len(value) < len(parts) - 1 if stars else len(value) != len(parts)
        if few:
            return False
        values: list[Value] = list(iterate(m, value))
        if stars:
            end = len(values) - (len(parts) - stars[0] - 1)
            values[stars[0] : end] = [values[stars[0] : end]]
        pairs = zip(parts, values, strict=True)
        return all(fits(m, f, one, found) for fits, one in pairs)

    return run


def _mapping(node: ast.MatchMapping, context: Context) -> Pattern:
    keys = [expression(key, context) for key in node.keys]
    parts = [pattern(one, context) for one in node.patterns]
    rest = _capture(node.rest, node, context)

    def run(m: Machine, f: Frame, value: Value, found: Captured) -> bool:
        if not isinstance(value, dict):
            return False
        if len(value) < len(parts):
            return False
        seen: dict[Any, None] = {}
        for key, fits in zip(keys, parts, strict=True):
            wanted = hashable(m, key(m, f))
            if wanted in seen:
                raise value_error(f"mapping pattern checks duplicate key ({repr_of(wanted)})")
            seen[wanted] = None
            if wanted not in value or not fits(m, f, value[wanted], found):
                return False
        if rest is not None:
            m.budget.container(len(value))
            found.append((rest, {key: one for key, one in value.items() if key not in seen}))
        return True

    return run


def _class(node: ast.MatchClass, context: Context) -> Pattern:
    of = expression(node.cls, context)
    placed = [pattern(one, context) for one in node.patterns]
    named = [pattern(one, context) for one in node.kwd_patterns]

    def run(m: Machine, f: Frame, value: Value, found: Captured) -> bool:
        kind = of(m, f)
        if not _is_type(kind):
            raise type_error("called match pattern must be a type")
        if not is_instance(m, value, kind):
            return False
        parts = list(placed)
        if parts and isinstance(kind, Builtin) and kind.name in WHOLE:
            if len(parts) > 1:
                raise _too_many(kind.name, 1, len(parts))
            if not parts.pop()(m, f, value, found):
                return False
        names = _positional(m, kind, len(parts)) if parts else []
        for i, name in enumerate([*names, *node.kwd_attrs]):
            if name in [*names, *node.kwd_attrs][:i]:
                words = f"{_name(kind)}() got multiple sub-patterns for attribute {name!r}"
                raise type_error(words)
        for name, fits in zip([*names, *node.kwd_attrs], [*parts, *named], strict=True):
            attribute_name(name)
            try:
                held = attribute(m, value, name)
            except ProgramError as problem:
                if problem.code not in NOT_THERE:
                    raise
                return False
            if not fits(m, f, held, found):
                return False
        return True

    return run


def _is_type(kind: Value) -> bool:
    plain = isinstance(kind, Builtin) and kind.name in (*CLASSES, *OF_ARRAYS)
    return plain or isinstance(kind, Class)


def _name(kind: Value) -> str:
    return kind.name.rpartition(".")[2]  # type: ignore[no-any-return]


def _positional(m: Machine, kind: Value, count: int) -> list[str]:
    """The attributes that the positional patterns of a class stand for: its __match_args__."""
    line = kind.line() if isinstance(kind, Class) else []
    given = next(
        (one.members["__match_args__"] for one in line if "__match_args__" in one.members), None
    )
    if given is None:
        given = next((tuple(one.fields) for one in line if one.fields is not None), ())
    if not isinstance(given, tuple):
        words = f"{_name(kind)}.__match_args__ must be a tuple (got {type_name(given)})"
        raise type_error(words)
    if len(given) < count:
        raise _too_many(_name(kind), len(given), count)
    for name in given[:count]:
        if not isinstance(name, str):
            words = f"__match_args__ elements must be strings (got {type_name(name)})"
            raise type_error(words)
    return list(given[:count])


def _too_many(name: str, most: int, given: int) -> ProgramError:
    accepts = f"accepts {most} positional sub-pattern{'' if most == 1 else 's'}"
    return type_error(f"{name}() {accepts} ({given} given)")


PATTERNS: dict[type[ast.pattern], Callable[[Any, Context], Pattern]] = {
    ast.MatchValue: _value,
    ast.MatchSingleton: _singleton,
    ast.MatchSequence: _sequence,
    ast.MatchMapping: _mapping,
    ast.MatchClass: _class,
    ast.MatchStar: _star,
    ast.MatchAs: _as,
    ast.MatchOr: _or,
}


def chosen(node: ast.Match, context: Context) -> Callable[[Machine, Frame], int | None]:
    """Which case fits, by its number: its names are bound by then, and its guard holds."""
    subject = expression(node.subject, context)
    cases = [
        (pattern(one.pattern, context), expression(one.guard, context) if one.guard else None)
        for one in node.cases
    ]

    def run(m: Machine, f: Frame) -> int | None:
        value = subject(m, f)
        for i, (fits, guard) in enumerate(cases):
            found: Captured = []
            if fits(m, f, value, found):
                for store, one in found:
                    store(m, f, one)
                if guard is None or truth(m, guard(m, f)):
                    return i
        return None

    return run


def _match(node: ast.Match, context: Context) -> Do:
    choose, blocks = chosen(node, context), [block(one.body, context) for one in node.cases]

    def run(m: Machine, f: Frame) -> Signal:
        which = choose(m, f)
        return None if which is None else blocks[which](m, f)

    return run


COMPILE[ast.Match] = _match
