"""The graphs that the layout is tested on: named computations and random programs."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

Point = tuple[float, float]
Edge = tuple[int, int, int, int]


@dataclass
class Graph:
    """A computation graph under construction: names of boxes, edges in slot order."""

    names: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def __call__(self, name: str, *sources: int) -> int:
        self.names.append(name)
        for slot, source in enumerate(sources):
            self.edges.append((len(self.edges), source, len(self.names) - 1, slot))
        return len(self.names) - 1

    @property
    def sizes(self) -> dict[int, Point]:
        return {i: (max(58.0, 16.0 + 8 * len(name)), 56.0) for i, name in enumerate(self.names)}


def scalar() -> Graph:
    """(x * w + b - y) ** 2"""
    g = Graph()
    product = g("*", g("x"), g("w"))
    g("**", g("-", g("+", product, g("b")), g("y")), g("2"))
    return g


def square() -> Graph:
    """r * r with r = x * w - y: one pair of boxes, two edges."""
    g = Graph()
    r = g("-", g("*", g("x"), g("w")), g("y"))
    g("*", r, r)
    return g


def residual() -> Graph:
    """Three blocks x + relu(x @ W)."""
    g = Graph()
    x = g("x")
    for i in range(3):
        x = g("add", x, g("relu", g("matmul", x, g(f"W{i}"))))
    return g


def perceptron() -> Graph:
    """Two layers, softmax cross-entropy and an L2 penalty."""
    g = Graph()
    data, w1 = g("X"), g("W1")
    hidden = g("relu", g("add", g("matmul", data, w1), g("b1")))
    w2 = g("W2")
    z = g("add", g("matmul", hidden, w2), g("b2"))
    s = g("sub", z, g("max axis=1", z))
    log_p = g("sub", s, g("log", g("sum axis=1", g("exp", s))))
    loss = g("div", g("neg", g("sum", g("mul", g("Y"), log_p))), g("4"))
    penalty = g("add", g("sum", g("square", w1)), g("sum", g("square", w2)))
    g("loss", loss, g("mul", g("lambda"), penalty))
    return g


def micrograd(samples: int) -> Graph:
    """A scalar 2-4-4-1 net whose weights fan out to every sample."""
    g = Graph()
    shape = [2, 4, 4, 1]
    net = [
        [([g("w") for _ in range(a)], g("b")) for _ in range(b)]
        for a, b in itertools.pairwise(shape)
    ]
    losses: list[int] = []
    for _ in range(samples):
        xs = [g("x1"), g("x2")]
        y = g("y")
        for depth, neurons in enumerate(net):
            out: list[int] = []
            for weights, total in neurons:
                for w, x in zip(weights, xs, strict=True):
                    total = g("+", total, g("*", w, x))
                out.append(g("tanh", total) if depth < 2 else total)
            xs = out
        losses.append(g("square", g("-", xs[0], y)))
    total = losses[0]
    for loss in losses[1:]:
        total = g("+", total, loss)
    return g


def scattered(count: int, seed: int) -> Graph:
    """A random program: some leaves, operations on recent values in random argument order."""
    rng = random.Random(seed)
    g = Graph()
    for i in range(count):
        if i < 2 or rng.random() < 0.3:
            g(f"leaf{i}")
        else:
            arity = rng.choice([1, 2, 2, 2, 3])
            g(f"op{i}", *(max(0, i - 1 - int(rng.expovariate(1 / 8))) for _ in range(arity)))
    return g


NAMED: dict[str, Callable[[], Graph]] = {
    "scalar": scalar,
    "square": square,
    "residual": residual,
    "perceptron": perceptron,
    "micrograd 1": lambda: micrograd(1),
    "micrograd 3": lambda: micrograd(3),
}
RANDOM = {
    f"random {n} {seed}": (lambda n=n, seed=seed: scattered(n, seed))
    for n in (12, 25, 40)
    for seed in range(6)
}
