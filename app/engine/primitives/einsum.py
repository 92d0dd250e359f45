"""Einstein sums: products of arrays with named axes, summed over the letters that the result lacks.

np.dot, np.inner and np.tensordot of arrays with more axes are einsums too.
"""

import string
from collections import Counter
from typing import Any

import numpy as np

from app.engine.errors import Misfit
from app.engine.op import N_, Each, Op
from app.engine.primitives.apply import apply
from app.engine.primitives.contraction import (
    Unfit,
    contract,
    contraction_work,
    lengths_of,
    terms_of,
)
from app.engine.primitives.linear import axes_of, dot_vectors, matmul, scaled
from app.engine.primitives.reductions import negative_axes
from app.engine.primitives.shaping import reshape
from app.engine.tensor import NUMPY, Tensor
from app.engine.work import WORK, Work

Shape = tuple[int, ...]


def _rule(slot: int, g: Any, z: Any, *inputs: Any) -> Any:
    """The gradient stands for the result, beside the other operands; this operand is the result.

    A letter that only this operand had is brought back by ones; one that it had twice by the
    identity.
    """
    *operands, formula = inputs
    terms, result = terms_of(formula)
    mine, x = terms[slot], operands[slot]
    given, names = [g], [result]
    for k, (y, term) in enumerate(zip(operands, terms, strict=True)):
        if k != slot:
            given.append(y)
            names.append(term)
    free = iter(name for name in string.ascii_letters if name not in formula)
    wanted = ""
    for axis, name in enumerate(mine):
        length = x.shape[x.ndim - len(mine) + axis]
        if name in wanted:
            twin = next(free)
            given.append(np.eye(length, dtype=g.dtype))
            names.append(name + twin)
            name = twin
        elif not any(name in term for term in names):
            given.append(np.ones(length, g.dtype))
            names.append(name)
        wanted += name
    return apply(product, *given, f"{','.join(names)}->{wanted}")


product = Op(
    "einsum",
    contract,
    Each(_rule),
    latex=r"\operatorname{einsum}\left({...}\right)",
    level=5,
    sign="einsum",
    elementwise=False,
    code="np.einsum({-1}, {...})",
    torch="torch.einsum({-1}, {...})",
    tensorflow="tf.einsum({-1}, {...})",
    work=contraction_work,
    why=N_(
        "Each operand's gradient is an einsum too: the upstream gradient takes the operand's "
        "place, and the operand's letters become the result's."
    ),
    example=(((1.0, 2.0), (3.0, 4.0)), ((0.5, -1.0), (2.0, 1.5)), "ij,jk->ik"),
)


def einsum(formula: str, *operands: Any, optimize: Any = False) -> Tensor:
    """The sum that a formula says: "ij,jk->ik", with ellipses, without an arrow ("ij,jk").

    optimize is accepted as NumPy's; the order is always from left to right. Raises Misfit, naming
    every shape, where the formula does not fit the operands, and ValueError for one that is none.
    """
    arrays = [x if hasattr(x, "ndim") else np.asarray(x) for x in operands]
    spelled, shapes = normal(formula, [tuple(x.shape) for x in arrays])
    fitted = (
        x if x.shape == shape else reshape(x, shape)
        for x, shape in zip(arrays, shapes, strict=True)
    )
    return product(*fitted, spelled)


def normal(formula: str, shapes: list[Shape]) -> tuple[str, list[Shape]]:
    """The formula with letters for ellipses and with an arrow, and the shapes that it is of.

    Axes of length 1 that stretch to another operand's are gone.
    """
    if not isinstance(formula, str):
        raise TypeError("einsum takes its formula first, as text: einsum('ij,jk->ik', a, b)")
    given, arrow, result = formula.replace(" ", "").partition("->")
    terms = given.split(",")
    _check_letters(formula, terms, result)
    try:
        terms, result = _lettered(terms, result if arrow else None, shapes)
        fitted = [_unstretched(k, terms, shapes) for k in range(len(terms))]
        terms, shapes = [term for term, _ in fitted], [shape for _, shape in fitted]
        lengths_of(terms, shapes)
    except Unfit as problem:
        raise Misfit(f"einsum {formula!r}", tuple(shapes), problem) from None
    return f"{','.join(terms)}->{result}", shapes


def _check_letters(formula: str, terms: list[str], result: str) -> None:
    for term in [*terms, result]:
        if not all(name in string.ascii_letters for name in term.replace("...", "", 1)):
            raise ValueError(f"einsum's formula {formula!r} is not of letters, commas and an arrow")
    letters = result.replace("...", "")
    for name in letters:
        if letters.count(name) > 1:
            raise ValueError(f"the result of einsum's formula {formula!r} has {name} twice")
        if name not in "".join(terms):
            raise ValueError(
                f"the result of einsum's formula {formula!r} has {name}, which no operand has"
            )


def _lettered(terms: list[str], result: str | None, shapes: list[Shape]) -> tuple[list[str], str]:
    """The terms and the result, with letters for ellipses."""
    if len(terms) != len(shapes):
        raise Unfit(f"the formula is of {len(terms)} operands, {len(shapes)} are given")
    ranks = []
    for term, shape in zip(terms, shapes, strict=True):
        named = len(term.replace("...", ""))
        if len(shape) < named or ("..." not in term and len(shape) > named):
            raise Unfit(f"{term!r} names {named} axes, and the shape {shape} has {len(shape)}")
        ranks.append(len(shape) - named)
    used = "".join([*terms, result or ""])
    free = [name for name in string.ascii_letters if name not in used]
    dots = "".join(free[: max(ranks)])
    if result is None:
        times = Counter("".join(terms).replace(".", ""))
        result = "..." + "".join(sorted(name for name in times if times[name] == 1))
    if dots and "..." not in result:
        raise Unfit("the axes of '...' have no place in the result")
    lettered = [
        term.replace("...", dots[len(dots) - rank :])
        for term, rank in zip(terms, ranks, strict=True)
    ]
    return lettered, result.replace("...", dots)


def _unstretched(k: int, terms: list[str], shapes: list[Shape]) -> tuple[str, Shape]:
    """An operand's letters and shape without axes of length 1 of which another has more."""
    longer = {
        name
        for term, shape in zip(terms, shapes, strict=True)
        for name, length in zip(term, shape, strict=True)
        if length != 1
    }
    kept = [
        (name, length)
        for name, length in zip(terms[k], shapes[k], strict=True)
        if length != 1 or name not in longer or terms[k].count(name) > 1
    ]
    return "".join(name for name, _ in kept), tuple(length for _, length in kept)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Tensor:
    """The product summed over the last `axes` of a and the first of b, or over two lists of axes.

    Raises Misfit, naming both shapes, where their lengths differ.
    """
    return product(a, b, _tensordot_formula(a, b, axes))


def _tensordot_formula(a: Any, b: Any, axes: Any) -> str:
    if isinstance(axes, int | np.integer):
        mine, others = list(range(a.ndim - int(axes), a.ndim)), list(range(int(axes)))
        if not 0 <= axes <= min(a.ndim, b.ndim):
            raise _misfit("tensordot", a, b, f"they have not {axes} axes each")
    else:
        mine, others = (
            [negative_axes(x.ndim, axis)[0] + x.ndim for axis in _listed(one)]
            for x, one in zip((a, b), axes, strict=True)
        )
    if [a.shape[i] for i in mine] != [b.shape[i] for i in others]:
        raise _misfit("tensordot", a, b, f"their axes {mine} and {others} differ in length")
    left = string.ascii_letters[: a.ndim]
    right = list(string.ascii_letters[a.ndim : a.ndim + b.ndim])
    for i, j in zip(mine, others, strict=True):
        right[j] = left[i]
    summed = {left[i] for i in mine}
    result = "".join(name for name in [*left, *right] if name not in summed)
    return f"{left},{''.join(right)}->{result}"


def _listed(axes: Any) -> list[int]:
    return [int(axes)] if isinstance(axes, int | np.integer) else list(axes)


def dot(a: Any, b: Any) -> Tensor:
    """np.dot: over the last axis of a and the last but one of b; a number scales."""
    result = scaled(a, b)
    if result is not None:
        return result
    if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:
        raise _misfit("dot", a, b, "the inner lengths differ")
    if a.ndim <= 2 and b.ndim <= 2:
        return matmul(a, b)
    return tensordot(a, b, ((-1,), (max(b.ndim - 2, 0),)))


def inner(a: Any, b: Any) -> Tensor:
    """np.inner: over the last axes of both; a number scales."""
    result = scaled(a, b)
    if result is not None:
        return result
    if a.shape[-1] != b.shape[-1]:
        raise _misfit("inner", a, b, "the last lengths differ")
    return dot_vectors(a, b) if a.ndim == b.ndim == 1 else tensordot(a, b, ((-1,), (-1,)))


def _misfit(name: str, a: Any, b: Any, words: str) -> Misfit:
    return Misfit(name, (tuple(a.shape), tuple(b.shape)), ValueError(words))


def _einsum_work(formula: str, *operands: Any, optimize: Any = False) -> Work:
    spelled, shapes = normal(formula, [tuple(x.shape) for x in operands])
    return contraction_work(*(_hollow(shape) for shape in shapes), spelled)


def _hollow(shape: Shape) -> Any:
    """An array of that shape, without its memory."""
    return np.broadcast_to(np.False_, shape)


def _dot_work(a: Any, b: Any, other: int = -2) -> Work:
    """Of one product per entry of a and per entry of b along its other axes."""
    if not axes_of(a) or not axes_of(b):
        size = max(getattr(a, "size", 1), getattr(b, "size", 1))
        return Work(size, size)
    count = a.size * b.size // b.shape[max(b.ndim + other, 0)]
    return Work(count, count // a.shape[-1])


def _tensordot_work(a: Any, b: Any, axes: Any = 2) -> Work:
    formula = _tensordot_formula(a, b, axes)
    return contraction_work(a, b, formula)


WORK[einsum] = _einsum_work
WORK[tensordot] = _tensordot_work
WORK[dot] = _dot_work
WORK[inner] = lambda a, b: _dot_work(a, b, -1)
NUMPY[np.einsum] = einsum  # type: ignore[assignment]
NUMPY[np.tensordot] = tensordot  # type: ignore[assignment]
NUMPY[np.dot] = dot  # type: ignore[assignment]
NUMPY[np.inner] = inner  # type: ignore[assignment]
