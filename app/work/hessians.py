"""Second derivatives of a program's last gradient call: its pass again, differentiated twice."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import Recording, Tensor, grad, hessian, record
from app.language.budget import Budget, Limits
from app.language.errors import Refused
from app.language.run import BENDS, gradients, short
from app.story.numbers import dumps, plain
from app.story.segment import Item
from app.story.trace import Telling
from app.work.replay import detached, remade, target_of, work_of


def gradients_and_hessian(request: Mapping[str, Any], limits: Limits) -> bytes:
    """The answer of /gradients, with second derivatives where they are wanted. Raises Refused."""
    if not request.get("hessian"):
        return gradients(request, limits)
    seen: list[Telling] = []

    def watch(told: Telling) -> None:
        if told.calls:
            seen[:] = [told]

    answer = short(request, limits, watch)
    if answer["status"] == "ok" and answer["hessian"] is None:
        if request.get("target") is not None:
            raise Refused("hessian_target")
        if not seen:
            raise Refused("hessian_of_nothing")
        names = [name for name, slope in answer["gradients"].items() if slope is not None]
        answer["hessian"] = _blocks(seen[0], names, limits)
    return dumps(answer)


def _blocks(told: Telling, names: Sequence[str], limits: Limits) -> dict[str, dict[str, Any]]:
    """All second derivatives by name and name, in the program's own number type."""
    call = told.calls[-1]
    by_name = {item.name or f"v{i}": item for i, item in enumerate(call.sources)}
    items = [by_name[name] for name in names]
    count = sum(item.data.size for item in items)
    if count > BENDS:
        raise Refused("hessian", count=count, limit=BENDS)
    if not items:
        return {}
    budget = Budget(limits)
    budget.work(4 * count * work_of(told))
    budget.clock()

    def f(*leaves: Tensor) -> Tensor:
        return target_of(call, remade(told, items, leaves, _held))

    at, which = [item.data for item in items], range(len(items))
    with record(Recording.TRACKED), np.errstate(all="ignore"):
        slopes = grad(f, *at, wrt=which)
        if not all(_near(call.arrived[x], g) for x, g in zip(items, slopes, strict=True)):
            raise Refused("hessian_of_another")
        blocks = hessian(f, *at, wrt=which)
    return {
        row: {column: plain(blocks[i][j]) for j, column in enumerate(names)}
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
