"""The layer of every box, with the least total edge length: a network simplex.

Its work grows with the square of the boxes: very many get `late_ranks`, after one walk each way.

Source: Gansner, Koutsofios, North, Vo, "A technique for drawing directed graphs" (1993), section 2.
"""

from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter

Arc = tuple[int, int]


def ranks(count: int, arcs: Sequence[Arc]) -> list[int]:
    """The layers, counted from 0, of the boxes of a connected graph.

    With unit weights the cut value of a tree arc is a subtree's sum of out- minus in-degree, so
    one pass over the tree finds them all. Capped: a degenerate walk ends near the optimum.
    """
    rank = _longest(count, arcs)
    tree = _tight_tree(rank, arcs)
    excess = [0] * count
    for u, w in arcs:
        excess[u] += 1
        excess[w] -= 1
    for _ in range(100 + 4 * count):
        order, above = _walk(count, arcs, tree)
        total, below = excess[:], [1] * count
        for v in reversed(order[1:]):
            parent = sum(arcs[above[v]]) - v
            total[parent] += total[v]
            below[parent] += below[v]
        # The cut value is the subtree's excess, seen from the arc's tail.
        cuts = [(total[v] if arcs[above[v]][0] == v else -total[v], v) for v in order[1:]]
        cut, v = min(cuts, default=(0, 0))
        if cut >= 0:
            break
        first = order.index(v)
        part = set(order[first : first + below[v]])
        tail = arcs[above[v]][0] == v
        gap, a = min(
            (rank[w] - rank[u] - 1, a)
            for a, (u, w) in enumerate(arcs)
            if (u in part, w in part) == (not tail, tail)
        )
        for i in part:
            rank[i] += -gap if tail else gap
        tree.remove(above[v])
        tree.add(a)
    low = min(rank)
    return [r - low for r in rank]


def late_ranks(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Layers by the longest way, each box with at most one source next to its first consumer:
    what it moves along is one line instead of many."""
    rank = _longest(count, arcs)
    ins: list[set[int]] = [set() for _ in range(count)]
    outs: list[list[int]] = [[] for _ in range(count)]
    for u, w in arcs:
        ins[w].add(u)
        outs[u].append(w)
    for v in sorted(range(count), key=rank.__getitem__, reverse=True):
        if outs[v] and len(ins[v]) < 2:
            rank[v] = min(rank[w] for w in outs[v]) - 1
    low = min(rank)
    return [r - low for r in rank]


def _longest(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Layers by the longest way from a source, sources moved next to their first consumer."""
    ins: list[list[int]] = [[] for _ in range(count)]
    outs: list[list[int]] = [[] for _ in range(count)]
    for u, w in arcs:
        ins[w].append(u)
        outs[u].append(w)
    rank = [0] * count
    for v in TopologicalSorter(dict(enumerate(ins))).static_order():
        rank[v] = max((rank[u] + 1 for u in ins[v]), default=0)
    for v in range(count):
        if not ins[v]:
            rank[v] = min((rank[w] for w in outs[v]), default=1) - 1
    return rank


def _tight_tree(rank: list[int], arcs: Sequence[Arc]) -> set[int]:
    """A spanning tree of arcs one layer long; grown from box 0, moved to the next when stuck."""
    beside: list[list[int]] = [[] for _ in rank]
    for a, (u, w) in enumerate(arcs):
        beside[u].append(a)
        beside[w].append(a)
    tree: set[int] = set()
    inside, stack = {0}, [0]
    while True:
        while stack:
            v = stack.pop()
            for a in beside[v]:
                u, w = arcs[a]
                other = u + w - v
                if other not in inside and rank[w] - rank[u] == 1:
                    inside.add(other)
                    tree.add(a)
                    stack.append(other)
        if len(inside) == len(rank):
            return tree
        gap, a = min(
            (rank[w] - rank[u] - 1, a)
            for a, (u, w) in enumerate(arcs)
            if (u in inside) != (w in inside)
        )
        move = gap if arcs[a][0] in inside else -gap
        for v in inside:
            rank[v] += move
        stack = [v for v in arcs[a] if v in inside]


def _walk(count: int, arcs: Sequence[Arc], tree: Iterable[int]) -> tuple[list[int], list[int]]:
    """The boxes depth first from box 0, so that subtrees are slices, and the arc above each."""
    links: list[list[int]] = [[] for _ in range(count)]
    for a in tree:
        for v in arcs[a]:
            links[v].append(a)
    order, above, stack = [], [-1] * count, [0]
    while stack:
        v = stack.pop()
        order.append(v)
        for a in links[v]:
            if a != above[v]:
                other = sum(arcs[a]) - v
                above[other] = a
                stack.append(other)
    return order, above
