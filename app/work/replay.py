"""A pass that was told, as a function of its variables: the same operations on other numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import Tensor
from app.engine import primitives as p
from app.engine.tensor import decisions
from app.engine.work import work_for
from app.story.segment import Call, Item
from app.story.trace import Telling


def replayed(told: Telling, items: Sequence[Item], leaves: Sequence[Tensor]) -> Tensor:
    """What the pass differentiates, its seeds as weights, where `items` are `leaves` instead."""
    return target_of(told.calls[0], remade(told, items, leaves))


def remade(told: Telling, items: Sequence[Item], leaves: Sequence[Tensor]) -> dict[Item, Tensor]:
    """Every node of the pass, and of what it decided on, where `items` are `leaves` instead."""
    made: dict[Item, Any] = dict(zip(items, leaves, strict=True))
    for item in [*told.items, *told.asides]:
        if item in made:
            continue
        if item.op is not None:
            made[item] = item.op(*(made[x] if isinstance(x, Item) else x for x in item.inputs))
        else:
            made[item] = Tensor(item.data)
    return made


def replayed_in(
    dtype: Any, told: Telling, items: Sequence[Item], leaves: Sequence[Any], call: Call
) -> Tensor:
    """What a gradient call is about, with every floating number of the pass in one type."""
    made = _made_in(dtype, told, items, leaves, held=True)
    log = decisions.get()
    if log is not None and told.decisions:  # a test goes by what a number is, cut off or not
        moved = _made_in(dtype, told, items, leaves, held=False)
        log += [(moved[item], bool(np.any(moved[item].data))) for item, _ in told.decisions]
    return target_of(call, made)


def _made_in(
    dtype: Any, told: Telling, items: Sequence[Item], leaves: Sequence[Any], held: bool
) -> dict[Item, Any]:
    """Every node of the pass in one type. held: what was detached keeps its number."""
    made: dict[Item, Any] = dict(zip(items, leaves, strict=True))

    def fitted(x: Any) -> Any:
        if isinstance(x, Item):
            return made[x]
        floating = isinstance(x, np.ndarray | np.generic) and x.dtype.kind == "f"
        return x.astype(dtype) if floating else x

    for item in [*told.items, *told.asides]:
        if item in made:
            continue
        if item.op is None or (held and item.op.name == "detach"):
            made[item] = Tensor(fitted(item.data))
        elif item.op.name == "cast" and np.dtype(item.inputs[1]).kind == "f":
            made[item] = item.op(fitted(item.inputs[0]), dtype)
        else:
            made[item] = item.op(*map(fitted, item.inputs))
    return made


def target_of(call: Call, made: Mapping[Item, Tensor]) -> Tensor:
    """What a gradient call is about, its seeds as weights."""
    total: Any = 0
    for target, seed in call.targets:
        weighted = made[target]
        if not np.all(seed == 1):
            weighted = weighted * np.asarray(seed).astype(weighted.dtype)[()]
        total = p.reductions.reduce(p.reductions.total, weighted) + total
    assert isinstance(total, Tensor)
    return total


def work_of(told: Telling) -> int:
    """Multiplications and additions of one replay, about."""
    count = 0
    for item in told.items:
        known = work_for(item.op, item.values) if item.op is not None else None
        sizes = [x.data.size for x in item.inputs if isinstance(x, Item)]
        count += known.products if known else max([item.data.size, *sizes])
    return count
