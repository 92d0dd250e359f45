"""Comprehensions: lists and dictionaries built by a loop within an expression."""

import ast
from typing import Any

from app.language.builtins import iterate
from app.language.expressions import COMPILE, Run, expression
from app.language.machine import Machine
from app.language.operators import hashable, truth
from app.language.scope import Context, Frame
from app.language.targets import target
from app.language.values import Value


def _comprehension(node: Any, context: Context) -> Run:
    """List, dictionary and generator comprehensions; a generator is walked at once."""
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

    def run(m: Machine, f: Frame) -> Value:
        frame, found = Frame(f.seen()), []
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
                assign(m, frame, entry)
                if all(truth(m, test(m, frame)) for test in tests):
                    walk(level + 1)

        walk(0)
        return table if key is not None else found

    return run


COMPILE |= {
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
}
