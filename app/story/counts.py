"""Paths from a node to the target, and what three ways of differentiating cost.

A path's product is what it alone would send to the node: the seed, pulled back through its edges.
Rules are linear in the gradient, so the products of all paths add up to the adjoint. There may be
astronomically many paths: they are counted without being listed, as reverse mode sums them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from app.engine import N_, ones_like, sum_to
from app.engine.primitives.own import Own, again
from app.engine.work import work_for
from app.story.numbers import plain, shown
from app.story.segment import Call, Item
from app.story.words import both

if TYPE_CHECKING:
    from app.story.telling import Telling

HOOKED = N_(
    "A hook of the program changes a gradient on the way: the paths are those of the rules, and "
    "their products need not add up to the gradient."
)
OWN = N_(
    "A gradient function of the program on the way may send something else than its share of what "
    "comes to it: the products of the paths need not add up to the gradient."
)
LISTED = 64  # paths
WORK = 20_000_000  # numbers that listing may compute

Edge = tuple[Item, int]  # from an operation back to one of its inputs


@dataclass
class Counts:
    """One gradient call, as a graph of the edges that a gradient went through."""

    told: "Telling"
    call: int
    edges: list[Edge] = field(default_factory=list)

    def __post_init__(self) -> None:
        told = self.told
        self.edges = [(item, slot) for item, slot, k, *_ in told.arrivals if k == self.call]
        self.seeds = dict(told.calls[self.call].targets)
        self.paths, self.steps = self._count()
        self._slopes: dict[Edge, Any] = {}

    def _count(self) -> tuple[dict[Item, int], dict[Item, int]]:
        """For every node: how many paths lead from a target to it, and the multiplications that
        going through each of them alone takes. Edges come newest first, so senders are complete."""
        paths = dict.fromkeys(self.seeds, 1)
        steps = dict.fromkeys(self.seeds, 0)
        for edge in self.edges:
            sender, receiver = edge[0], edge[0].inputs[edge[1]]
            many = paths.get(sender, 0)
            paths[receiver] = paths.get(receiver, 0) + many
            steps[receiver] = steps.get(receiver, 0) + steps.get(sender, 0) + many * cost(edge)
        return paths, steps

    def below(self, source: Item) -> set[Edge]:
        """The edges on the ways from a source to the targets."""
        reached, found = {source}, set()
        for edge in reversed(self.edges):
            if edge[0].inputs[edge[1]] in reached:
                reached.add(edge[0])
                found.add(edge)
        return found

    def as_json(self, node: Item) -> dict[str, Any]:
        """What is told of a node: its paths, and the cost of each way to its gradient."""
        call = self.told.calls[self.call]
        listed = list(self.list(node))
        total = sum((path["part"] for path in listed[1:]), listed[0]["part"]) if listed else None
        several = self.paths.get(node, 0)
        adjoint = call.arrived.get(node)
        return {
            "node": self.told.node[node],
            "call": self.call,
            "paths": _whole(several),
            "listed": [{**path, "part": shown(path["part"])} for path in listed],
            "complete": len(listed) == several,
            "inexact": self._inexact(node),
            "sum": None if total is None else shown(np.asarray(total)[()]),
            "adjoint": None if adjoint is None else shown(np.asarray(adjoint)[()]),
            "multiplications": self._costs(call, node),
        }

    def _inexact(self, node: Item) -> dict[str, str] | None:
        """Why the products of the paths need not add up to the gradient, if so."""
        below = self.below(node)
        met = {node, *(item for item, _ in below)}
        if any(item in met for item in self.told.calls[self.call].changed):
            return both(HOOKED)
        own = [x for item, _ in below for x in item.inputs if isinstance(x, Own)]
        return None if all(one.linear for x in own for one in x.derived) else both(OWN)

    def meet(self, node: Item) -> bool:
        """Whether two gradients meet on the ways from this node."""
        arrived = [item.inputs[slot] for item, slot in self.below(node)]
        return len(arrived) > len(set(arrived))

    def _costs(self, call: Call, node: Item) -> dict[str, Any]:
        sources = [source for source in call.sources if source in call.arrived]
        forward = [
            (source, source.data.size * sum(map(cost, self.below(source)))) for source in sources
        ]
        reverse = sum(map(cost, self.edges))
        return {
            "enumeration": _whole(self.steps.get(node, 0)),
            "enumeration_all": _whole(sum(self.steps[source] for source in sources)),
            "forward": [
                {
                    "node": self.told.node[source],
                    "sweeps": source.data.size,
                    "multiplications": _whole(count),
                }
                for source, count in forward
            ],
            "forward_all": _whole(sum(count for _, count in forward)),
            "reverse": _whole(reverse),
        }

    def list(self, node: Item) -> Iterator[dict[str, Any]]:
        """The first paths, each from the node to a target: nodes, edges, slopes and product."""
        leads: dict[Item, list[Edge]] = {edge[0]: [] for edge in self.edges}
        useful = self.below(node)
        for edge in self.edges:
            if edge in useful:
                leads[edge[0]].append(edge)
        work = found = 0
        for target, seed in self.seeds.items():
            waiting: list[tuple[Item, Any, tuple[Edge, ...]]] = [(target, seed, ())]
            while waiting:
                item, g, way = waiting.pop()
                if item is node:
                    yield self._path(target, g, way)
                    found += 1
                    if found == LISTED:
                        return
                    continue
                for edge in reversed(leads.get(item, ())):
                    part = pulled(edge, g)
                    work += part.size + item.data.size
                    waiting.append((edge[0].inputs[edge[1]], part, (*way, edge)))
                if work > WORK:
                    return

    def _path(self, target: Item, part: Any, way: tuple[Edge, ...]) -> dict[str, Any]:
        told = self.told
        nodes = [target, *(item.inputs[slot] for item, slot in way)]
        return {
            "nodes": [told.node[item] for item in nodes[::-1]],
            "edges": [told.edge[edge] for edge in way[::-1]],
            "slopes": [self._slope(edge) for edge in way[::-1]],
            "part": np.asarray(part)[()],
        }

    def _slope(self, edge: Edge) -> Any:
        """The local slope of an edge, found once however many paths go through it."""
        if edge not in self._slopes:
            self._slopes[edge] = slope(edge)
        return self._slopes[edge]


def pulled(edge: Edge, g: Any) -> Any:
    """What an edge makes of the gradient of its operation."""
    item, slot = edge
    assert item.op is not None
    with np.errstate(all="ignore"):
        part = np.asarray(item.op.rules[slot](g, item.data, *again(item.values)))
    wanted = item.inputs[slot].data.shape
    return part[()] if part.shape == wanted else sum_to(part, wanted)


def slope(edge: Edge) -> Any:
    """The local slope of an edge between two numbers, None between arrays."""
    item, slot = edge
    if item.data.ndim or item.inputs[slot].data.ndim:
        return None
    return plain(pulled(edge, ones_like(item.data)))


def cost(edge: Edge) -> int:
    """Multiplications of an edge: one per entry, or as many as its operation is known to take."""
    item, slot = edge
    assert item.op is not None
    x = item.inputs[slot].data
    known = work_for(item.op, item.values)
    if known is not None:
        return known.products
    return int(item.data.size if item.op.elementwise else max(x.size, item.data.size))


def _whole(count: int) -> int | str:
    """A whole number as JSON can carry it: as text where a double cannot."""
    return count if count < 2**53 else str(count)


def call_of(told: "Telling", node: Item) -> int | None:
    """The last call that gave this node a gradient."""
    calls = [k for k, call in enumerate(told.calls) if node in call.arrived]
    return calls[-1] if calls else None


def marked(
    answer: dict[str, Any], right: Mapping[str, Any] | None, lost: bool, judged: bool
) -> dict[str, Any]:
    """What `as_json` told of a run with a fault, with each number marked that is not as in the run
    without it.

    right: what is told of that; None where its pass has another form, so that all numbers are
    wrong. lost: whether the fault may have lost a path; judged: whether there was such a run."""

    def differs(x: Any, y: Any) -> bool:
        return judged and bool(x != y)

    listed = []
    others = right["listed"] if right is not None else []
    for k, path in enumerate(answer["listed"]):
        other = others[k] if k < len(others) else {}
        slopes = other.get("slopes") or [None] * len(path["slopes"])
        wrong = {
            "part": differs(path["part"], other.get("part")),
            "slopes": [
                x is not None and differs(x, y) for x, y in zip(path["slopes"], slopes, strict=True)
            ],
        }
        listed.append({**path, "wrong": wrong})
    wrong = {name: differs(answer[name], (right or {}).get(name)) for name in ("sum", "adjoint")}
    return {**answer, "listed": listed, "wrong": wrong, "lost": lost and wrong["adjoint"]}
