"""Comprehensions: lists, sets and dictionaries built by a loop within an expression."""

import ast
from collections.abc import Iterator
from typing import Any

from app.language.builtins import iterate
from app.language.comparisons import truth
from app.language.expressions import COMPILE, Run, expression
from app.language.hashing import hashable
from app.language.machine import Machine
from app.language.scope import Context, Frame
from app.language.targets import target
from app.language.values import Set, Value
from app.language.walks import walk as lazy


def _comprehension(node: Any, context: Context) -> Run:
    """All four kinds; a generator expression is walked only as far as it is asked."""
    inner = Context(context.places, outer=context, comprehension=True)
    generators = []
    for i, part in enumerate(node.generators):
        source = expression(part.iter, context if i == 0 else inner)
        generators.append(
            (target(part.target, inner), source, [expression(test, inner) for test in part.ifs])
        )
    if isinstance(node, ast.DictComp):
        key, value = expression(node.key, inner), expression(node.value, inner)
    else:
        key, value = None, expression(node.elt, inner)

    def walk(m: Machine, frame: Frame, first: Value, level: int) -> Iterator[Value]:
        """The results, one by one; pairs for a dictionary."""
        assign, source, tests = generators[level]
        for entry in iterate(m, source(m, frame) if level else first):
            assign(m, frame, entry)
            if all(truth(m, test(m, frame)) for test in tests):
                if level + 1 < len(generators):
                    yield from walk(m, frame, None, level + 1)
                elif key is not None:
                    yield hashable(m, key(m, frame)), value(m, frame)
                else:
                    yield value(m, frame)

    outermost = generators[0][1]

    def run(m: Machine, f: Frame) -> Value:
        first = outermost(m, f)
        found = walk(m, Frame(f.seen()), first, 0)
        if isinstance(node, ast.GeneratorExp):
            return lazy("generator", found, first)
        return COLLECT[type(node)](m, found)

    return run


def _list(m: Machine, found: Iterator[Value]) -> list[Value]:
    values: list[Value] = []
    for value in found:
        values.append(value)
        m.budget.container(len(values))
    return values


def _set(m: Machine, found: Iterator[Value]) -> Set:
    values = Set()
    for value in found:
        values.entries[hashable(m, value)] = None
        m.budget.container(len(values.entries))
    return values


def _dict(m: Machine, found: Iterator[Value]) -> dict[Any, Value]:
    table: dict[Any, Value] = {}
    for key, value in found:
        table[key] = value
        m.budget.container(len(table))
    return table


COLLECT: dict[type[ast.expr], Any] = {
    ast.ListComp: _list,
    ast.SetComp: _set,
    ast.DictComp: _dict,
}
COMPILE |= dict.fromkeys((*COLLECT, ast.GeneratorExp), _comprehension)
