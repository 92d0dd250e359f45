"""What a gradient rule reads again on the way back, told from its own text."""

import dis
from functools import cache, partial
from inspect import CO_VARARGS
from itertools import pairwise
from typing import Any

from app.engine.op import Op

ABOUT = {"dtype", "ndim", "shape", "size"}  # of a value: known without the value


@cache
def reads(op: Op, slot: int, count: int) -> frozenset[int]:
    """The operands whose numbers the rule of this input reads, -1 for the result.

    count: how many operands the operation was given.
    """
    rule: Any = op.rules[slot]
    given = 0
    if isinstance(rule, partial):
        rule, given = rule.func, len(rule.args)
    code = getattr(rule, "__code__", None)
    if code is None:  # not written in Python: nothing is known
        return frozenset(range(-1, count))
    names = code.co_varnames[given + 1 : code.co_argcount]  # after g
    at = {name: k - 1 for k, name in enumerate(names)}
    found = {at[name] for name in _values_in(rule) if name in at}
    if code.co_flags & CO_VARARGS:
        rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
        if rest in _values_in(rule):
            found |= set(range(len(names) - 1, count))
    return frozenset(found)


def _values_in(function: Any) -> set[str]:
    """The local names that a function uses for more than what they are about."""
    steps = [one for one in dis.get_instructions(function) if one.opname != "NOP"]
    used: set[str] = set()
    for step, after in pairwise(steps):
        if step.opname.startswith("LOAD_") and not (
            after.opname == "LOAD_ATTR" and after.argval in ABOUT
        ):
            used |= set(step.argval) if isinstance(step.argval, tuple) else {step.argval}
    return used
