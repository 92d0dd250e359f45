"""Products of arrays with named axes, summed over some: what einsum computes, by matrix products.

A formula like "ij,jk->ik" names the last axes; leading axes are a batch. Operands are multiplied
from left to right, two at a time, and a letter is summed as soon as nothing later names it.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from app.engine.work import Work


@cache
def terms_of(formula: str) -> tuple[tuple[str, ...], str]:
    """The letters of each operand, and of the result."""
    given, result = formula.split("->")
    return tuple(given.split(",")), result


def contract(*inputs: Any) -> Any:
    """The operands multiplied and summed as the last input, a formula, says."""
    *operands, formula = inputs
    terms, result = terms_of(formula)
    x, names = operands[0], terms[0]
    for k, (y, others) in enumerate(zip(operands[1:], terms[1:], strict=True), 2):
        keep = set(result).union(*terms[k:])
        x, names = _reduced(x, names, keep | set(others))
        x, names = _product(x, names, *_reduced(y, others, keep | set(names)), keep)
    if names != result:
        x = np.einsum(f"...{names}->...{result}", x)
    return x


def _reduced(x: Any, names: str, keep: set[str]) -> tuple[Any, str]:
    """x without the letters that nothing else names, and each letter once (a diagonal)."""
    left = "".join(dict.fromkeys(name for name in names if name in keep))
    return (x, names) if left == names else (np.einsum(f"...{names}->...{left}", x), left)


def _product(x: Any, a: str, y: Any, b: str, keep: set[str]) -> tuple[Any, str]:
    """Two operands as one: a batch of matrix products, over what need not be kept."""
    shared = [name for name in a if name in b]
    inner = [name for name in shared if name not in keep]
    batch = [name for name in shared if name in keep]
    rows = [name for name in a if name not in b]
    columns = [name for name in b if name not in a]
    x, y = _ordered(x, a, [*batch, *rows, *inner]), _ordered(y, b, [*batch, *inner, *columns])
    letters = "".join([*batch, *rows, *columns])
    if not inner:
        return x[(..., *[None] * len(columns))] * _spaced(y, len(columns), len(rows)), letters
    r, c, n = len(rows), len(columns), len(inner)
    left = x.reshape(*x.shape[: x.ndim - r - n], *_joined(x.shape, r, n))
    right = y.reshape(*y.shape[: y.ndim - n - c], *_joined(y.shape, n, c))
    product = left @ right
    lengths = x.shape[x.ndim - r - n : x.ndim - n] + y.shape[y.ndim - c :]
    return product.reshape((*product.shape[:-2], *lengths)), letters


def _ordered(x: Any, names: str, order: Sequence[str]) -> Any:
    lead = x.ndim - len(names)
    axes = [lead + names.index(name) for name in order]
    return x if axes == [*range(lead, x.ndim)] else x.transpose(*range(lead), *axes)


def _spaced(y: Any, columns: int, rows: int) -> Any:
    """y with room for the rows of the other in front of its columns."""
    return y[(..., *[None] * rows, *[slice(None)] * columns)]


def _joined(shape: tuple[int, ...], first: int, second: int) -> tuple[int, int]:
    """Two groups of last axes, each as one."""
    n = len(shape)
    cut = n - second
    return math.prod(shape[cut - first : cut]), math.prod(shape[cut:])


def contraction_work(*inputs: Any) -> Work:
    """What `contract` will take. Raises Unfit where a letter has two lengths."""
    *operands, formula = inputs
    terms, result = terms_of(formula)
    length = lengths_of(terms, [x.shape for x in operands])
    lead = math.prod(
        np.broadcast_shapes(
            *(x.shape[: x.ndim - len(term)] for x, term in zip(operands, terms, strict=True))
        )
    )
    count = entries = 0
    names = set(terms[0])
    if len(terms) == 1:
        count, entries = operands[0].size, math.prod(length[name] for name in result)
    for k, term in enumerate(terms[1:], 2):
        keep = set(result).union(*terms[k:])
        joined = (names & (keep | set(term))) | (set(term) & (keep | names))
        count += sum(x.size for x in operands[k - 2 : k])  # read, where letters are summed first
        count += lead * math.prod(length[name] for name in joined)
        names = joined & keep
        entries = max(entries, math.prod(length[name] for name in names))
    return Work(count, lead * entries)


class Unfit(ValueError):
    """A formula that is not of these operands."""


def lengths_of(terms: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """The length of each letter. Raises Unfit, with the letter, where it has two."""
    found: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for name, length in zip(term, shape[len(shape) - len(term) :], strict=True):
            if found.setdefault(name, length) != length:
                raise Unfit(f"{name} is of length {found[name]} and of length {length}")
    return found
