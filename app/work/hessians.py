"""Second derivatives of an expression, or of a program's last gradient call: its pass once more."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import Recording, Tensor, grad, hessian, record
from app.engine import primitives as p
from app.language.budget import Budget, Limits
from app.language.errors import LimitReached, Refused
from app.language.run import function_of, gradients, short
from app.story.numbers import dumps, plain
from app.story.segment import Item
from app.story.telling import Telling
from app.work.alarm import timely
from app.work.replay import detached, remade, target_of, work_of

BENDS = 100
"""Numbers by which second derivatives are told: ten thousand of them."""
VISIT = 10  # operations of a program that one of the pass takes when it is differentiated twice
PUSHED = 2  # columns of its second derivatives that take as long as one of them
PRODUCTS = 16  # multiplications and additions in place of one, for each column

Function = Callable[..., Any]
Blocks = dict[str, dict[str, Any]]


def gradients_and_hessian(request: Mapping[str, Any], limits: Limits) -> bytes:
    """The answer of /gradients, with second derivatives where they are wanted. Raises Refused.

    Where they would take more than the limits allow, value and gradients are kept."""
    if not request.get("hessian"):
        return gradients(request, limits)
    seen: list[Telling] = []

    def watch(told: Telling) -> None:
        if told.calls:
            seen[:] = [told]

    budget = Budget(limits)
    answer = short(request, limits, watch, budget)
    if answer["status"] != "ok":
        return dumps(answer)
    budget = budget.again()
    try:
        answer["hessian"] = timely(budget, lambda: _second(request, answer, seen, budget))
    except LimitReached as problem:
        told = problem.diagnostic(request.get("lang") or "en")
        answer |= {"status": "limit", "diagnostic": told, "hessian": None}
    return dumps(answer)


def _second(
    request: Mapping[str, Any], answer: Mapping[str, Any], seen: Sequence[Telling], budget: Budget
) -> Blocks:
    """All second derivatives by name and name: the one's shape, then the other's."""
    names, inputs = list(answer["gradients"]), request.get("inputs") or {}
    f = function_of(request["source"], names, inputs, budget)
    if f is not None:
        _allow(sum(np.size(inputs[name]) for name in names))
        at = [np.asarray(inputs[name], np.float64)[()] for name in names]
        if seen:
            _charge(budget, seen[0], at)
        with record(Recording.TRACKED), np.errstate(all="ignore"):
            return _blocks(f, at, names)
    if request.get("target") is not None:
        raise Refused("hessian_target")
    if not seen:
        raise Refused("hessian_of_nothing")
    names = [name for name in names if answer["gradients"][name] is not None]
    return _of_program(seen[0], names, budget)


def _of_program(told: Telling, names: Sequence[str], budget: Budget) -> Blocks:
    """Those of the last call of a pass, in the program's own number types."""
    call = told.calls[-1]
    by_name = {item.name or f"v{i}": item for i, item in enumerate(call.sources)}
    items = [by_name[name] for name in names]
    _allow(sum(item.data.size for item in items))

    def f(*leaves: Tensor) -> Tensor:
        return target_of(call, remade(told, items, leaves, _held))

    at = [item.data for item in items]
    _charge(budget, told, at)
    with record(Recording.TRACKED), np.errstate(all="ignore"):
        slopes = grad(f, *at, wrt=range(len(at))) if at else ()
        if not all(_near(call.arrived[x], g) for x, g in zip(items, slopes, strict=True)):
            raise Refused("hessian_of_another")
        return _blocks(f, at, names)


def _allow(count: int) -> None:
    if count > BENDS:
        raise Refused("hessian", count=count, limit=BENDS)


def _charge(budget: Budget, told: Telling, at: Sequence[Any]) -> None:
    """What differentiating a pass twice takes, before it is done."""
    count = sum(x.size for x in at)
    budget.steps(len(told.items) * (VISIT + count // PUSHED))
    budget.work(PRODUCTS * count * work_of(told))


def _blocks(f: Function, at: Sequence[Any], names: Sequence[str]) -> Blocks:
    """The matrix of all numbers at once, cut into blocks; by pairs where number types differ."""
    if not at:
        return {}
    if len({x.dtype for x in at}) > 1:
        blocks = hessian(f, *at, wrt=range(len(at)))
    else:
        ends = np.cumsum([0, *(x.size for x in at)])
        cuts = [slice(*pair) for pair in itertools.pairwise(ends)]

        def joined(v: Tensor) -> Any:
            parts = [p.indexing.getitem(v, cut) for cut in cuts]
            return f(*(p.shaping.reshape(y, x.shape) for y, x in zip(parts, at, strict=True)))

        h = hessian(joined, np.concatenate([np.ravel(x) for x in at]))
        blocks = [
            [h[cut, other].reshape(x.shape + y.shape) for other, y in zip(cuts, at, strict=True)]
            for cut, x in zip(cuts, at, strict=True)
        ]
    return {
        row: {column: plain(blocks[i][j][()]) for j, column in enumerate(names)}
        for i, row in enumerate(names)
    }


def _held(item: Item) -> bool:
    """What kept no history."""
    return bool(item.cut) or detached(item)


def _near(found: Any, again: Any) -> bool:
    room = 64 * np.finfo(np.asarray(again).dtype).eps
    return np.shape(found) == np.shape(again) and bool(
        np.allclose(found, again, rtol=room, atol=room * np.max(np.abs(again), initial=0))
    )
