"""The layer of every box, with the least total edge length: a network simplex.

Its work grows with the square of the boxes: very many get `late_ranks`, after one walk each way.

Source: Gansner, Koutsofios, North, Vo, "A technique for drawing directed graphs" (1993), section 2.
"""

from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter

Arc = tuple[int, int]

TRUNK = 16  # what a layer of a line counts, against one of a way along a shared line


def ranks(count: int, arcs: Sequence[Arc]) -> list[int]:
    """The layers, counted from 0, of the boxes of a connected graph.

    Lines of one source share a trunk, and only the longest of them makes it long: a further vertex
    behind the consumers of a source stands for the trunk's end. The cut value of a tree arc is a
    subtree's sum of out- minus in-going weights, so one pass over the tree finds them all. Capped:
    a degenerate walk ends near the optimum.
    """
    boxes = count
    outs: dict[int, list[int]] = {}
    for u, w in arcs:
        outs.setdefault(u, []).append(w)
    weights = [TRUNK if len(outs[u]) == 1 else 1 for u, _ in arcs]
    lengths, arcs = [1] * len(arcs), list(arcs)
    for u, ws in outs.items():
        if len(ws) > 1:
            arcs += [(u, count), *((w, count) for w in ws)]
            weights += [TRUNK, *(0 for _ in ws)]
            lengths += [1, *(0 for _ in ws)]
            count += 1
    rank = _longest(count, arcs, lengths)
    tree = _tight_tree(rank, arcs, lengths)
    excess = [0] * count
    for (u, w), weight in zip(arcs, weights, strict=True):
        excess[u] += weight
        excess[w] -= weight
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
            (rank[w] - rank[u] - lengths[a], a)
            for a, (u, w) in enumerate(arcs)
            if (u in part, w in part) == (not tail, tail)
        )
        for i in part:
            rank[i] += -gap if tail else gap
        tree.remove(above[v])
        tree.add(a)
    rank = rank[:boxes]
    low = min(rank)
    return [r - low for r in rank]


def late_ranks(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Layers by the longest way, each box with at most one source next to its first consumer:
    what it moves along is one line instead of many."""
    rank = _longest(count, arcs, [1] * len(arcs))
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


def _longest(count: int, arcs: Sequence[Arc], lengths: Sequence[int]) -> list[int]:
    """Layers by the longest way from a source, sources moved next to their first consumer."""
    ins: list[list[Arc]] = [[] for _ in range(count)]
    outs: list[list[Arc]] = [[] for _ in range(count)]
    for (u, w), length in zip(arcs, lengths, strict=True):
        ins[w].append((u, length))
        outs[u].append((w, length))
    rank = [0] * count
    before = {v: [u for u, _ in us] for v, us in enumerate(ins)}
    for v in TopologicalSorter(before).static_order():
        rank[v] = max((rank[u] + length for u, length in ins[v]), default=0)
    for v in range(count):
        if not ins[v]:
            rank[v] = min((rank[w] - length for w, length in outs[v]), default=0)
    return rank


def _tight_tree(rank: list[int], arcs: Sequence[Arc], lengths: Sequence[int]) -> set[int]:
    """A spanning tree of arcs of their least length; grown from box 0, moved to the next when
    stuck."""
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
                if other not in inside and rank[w] - rank[u] == lengths[a]:
                    inside.add(other)
                    tree.add(a)
                    stack.append(other)
        if len(inside) == len(rank):
            return tree
        gap, a = min(
            (rank[w] - rank[u] - lengths[a], a)
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
