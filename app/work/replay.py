"""A pass that was told, as a function of its variables: the same operations on other numbers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import Tensor
from app.engine import primitives as p
from app.engine.primitives.own import Again, Given, Own, again
from app.engine.tensor import decisions
from app.engine.work import work_for
from app.story.segment import Call, Item
from app.story.telling import Telling


def remade(
    told: Telling,
    items: Sequence[Item],
    leaves: Sequence[Any],
    held: Callable[[Item], bool] = lambda item: False,
    dtype: Any = None,
) -> dict[Item, Any]:
    """Every node of the pass, and of what it decided on, where `items` are `leaves` instead.

    held: which keep the number that they had; dtype: of every floating number, else their own.
    """
    made: dict[Item, Any] = dict(zip(items, leaves, strict=True))
    now = standing(told, made)

    def given(x: Any) -> Any:
        if isinstance(x, Item):
            return made[x]
        floating = isinstance(x, np.ndarray | np.generic) and x.dtype.kind == "f"
        return x.astype(dtype) if floating and dtype is not None else x

    for item in [*told.items, *told.asides]:
        if item in made:
            continue
        if item.op is None or held(item) or not any(isinstance(x, Item) for x in item.inputs):
            made[item] = Tensor(given(item.data))  # also 1 / 3, of Python's own numbers
        elif dtype is not None and item.op.name == "cast" and np.dtype(item.inputs[1]).kind == "f":
            made[item] = item.op(given(item.inputs[0]), dtype)
        else:
            made[item] = item.op(*map(given, again(item.inputs, now)))
    return made


def standing(told: Telling, made: Mapping[Item, Any]) -> Given:
    """What stands for the Tensors that a function of the program has read."""
    of = {id(item.value): item for item in told.items if isinstance(item.value, Tensor)}
    return lambda x: made.get(of[id(x)]) if id(x) in of else None


def hooks_again(told: Telling, call: Call, made: Mapping[Item, Any]) -> Mapping[Tensor, Any]:
    """What the program's hooks did to the gradients of a call, for other numbers."""
    now = standing(told, made)

    def hook(own: Own) -> Callable[[Tensor], Tensor]:
        once_more = Again(own, now)

        def changed(g: Tensor) -> Tensor:
            found = once_more(0, g, ())
            return found if isinstance(found, Tensor) else Tensor(found, dtype=g.dtype)

        return changed

    return {made[item]: hook(own) for item, own in call.hooks.items() if item in made}


def detached(item: Item) -> bool:
    """Whether this is a number that was cut off: no gradient goes through it."""
    return item.op is not None and item.op.name == "detach"


def replayed_in(
    dtype: Any, told: Telling, items: Sequence[Item], leaves: Sequence[Any], call: Call
) -> Tensor:
    """What a gradient call is about, with every floating number of the pass in one type."""
    made = remade(told, items, leaves, detached, dtype)
    log = decisions.get()
    if log is not None and told.decisions:  # a test goes by what a number is, cut off or not
        moved = remade(told, items, leaves, dtype=dtype)
        log += [(moved[item], bool(np.any(moved[item].data))) for item, _ in told.decisions]
    return target_of(call, made)


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
