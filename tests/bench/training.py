"""Training: the course's network in float32, a small tanh network, a regression of two numbers."""

import numpy as np

# -- 64 x 1000 -> 100 -> 10, float32, 500 iterations

ITERATIONS, RATE = 500, np.float32(1e-6)


def network_data():
    draw = np.random.default_rng(0)
    shapes = [(64, 1000), (64, 10), (1000, 100), (100, 10)]
    return [draw.standard_normal(shape).astype(np.float32) for shape in shapes]


def network_by_hand():
    x, y, *start = network_data()

    def work():
        w1, w2 = start
        for _ in range(ITERATIONS):
            h = x @ w1
            r = np.maximum(h, 0)
            d = r @ w2 - y
            loss = np.sum(d * d)
            g = 2 * d
            g2, gh = r.T @ g, g @ w2.T
            gh[h <= 0] = 0
            g1 = x.T @ gh
            w1, w2 = w1 - RATE * g1, w2 - RATE * g2
        return [float(loss)]

    return work


def network_products():
    """The matrix products, into arrays that are there already, and nothing else."""
    x, _, w1, w2 = network_data()
    h, p = x @ w1, x @ w1 @ w2
    g1, g2, gh = np.empty_like(w1), np.empty_like(w2), np.empty_like(h)

    def work():
        for _ in range(ITERATIONS):
            np.matmul(x, w1, out=h)
            np.matmul(h, w2, out=p)
            np.matmul(h.T, p, out=g2)
            np.matmul(p, w2.T, out=gh)
            np.matmul(x.T, gh, out=g1)

    return work


def network_loss(x, y, w1, w2):
    from app.engine.primitives.rectifiers import relu

    d = relu(x @ w1) @ w2 - y
    return np.sum(d * d)


def network_recorded():
    from app.engine import Tensor, gradients

    x, y, *start = network_data()

    def work():
        data, target = Tensor(x), Tensor(y)
        w1, w2 = (Tensor(one, tracked=True) for one in start)
        for _ in range(ITERATIONS):
            loss = network_loss(data, target, w1, w2)
            found = gradients([(loss, None)])
            w1.data = w1.data - RATE * found[w1]
            w2.data = w2.data - RATE * found[w2]
        return [float(loss.data)]

    return work


def network_replayed():
    from app.engine import Program, Tensor, gradients

    x, y, *start = network_data()
    w1, w2 = (Tensor(one, tracked=True) for one in start)
    loss = network_loss(Tensor(x), Tensor(y), w1, w2)
    found = gradients([(loss, None)], create_graph=True)
    program = Program([w1, w2], [loss, found[w1], found[w2]])

    def work():
        w1, w2 = start
        for _ in range(ITERATIONS):
            loss, g1, g2 = program(w1, w2)
            w1, w2 = w1 - RATE * g1, w2 - RATE * g2
        return [float(loss)]

    return work


def network_traced():
    """The course's own program through the language: graph, columns, states and all."""
    from pathlib import Path

    from app.language.budget import Limits
    from app.language.run import trace

    programs = Path(__file__).parents[2] / "app/web/programs"
    source = next(programs.glob("*autograd*")).read_text(encoding="utf-8")

    def work():
        trace({"source": source}, Limits())
        return []

    return work


def network_torch():
    import torch

    x, y, *start = (torch.from_numpy(one) for one in network_data())

    def work():
        w1, w2 = (one.clone().requires_grad_() for one in start)
        for _ in range(ITERATIONS):
            loss = ((x @ w1).clamp(min=0) @ w2 - y).pow(2).sum()
            loss.backward()
            with torch.no_grad():
                w1 -= 1e-6 * w1.grad
                w2 -= 1e-6 * w2.grad
                w1.grad.zero_()
                w2.grad.zero_()
        return [loss.item()]

    return work


# -- 2-16-16-1, tanh, batch 64, float64, 2,000 steps

STEPS, LEARNING = 2_000, 0.05


def small_data():
    draw = np.random.default_rng(1)
    x = draw.standard_normal((64, 2))
    y = np.sin(x[:, :1]) * x[:, 1:]
    shapes = [(2, 16), (16,), (16, 16), (16,), (16, 1), (1,)]
    return x, y, [0.5 * draw.standard_normal(shape) for shape in shapes]


def small_by_hand():
    x, y, start = small_data()

    def work():
        w1, b1, w2, b2, w3, b3 = start
        for _ in range(STEPS):
            h1 = np.tanh(x @ w1 + b1)
            h2 = np.tanh(h1 @ w2 + b2)
            d = h2 @ w3 + b3 - y
            loss = np.mean(d * d)
            g = d * (2 / d.size)
            g3, k3 = h2.T @ g, g.sum(0)
            g = (g @ w3.T) * (1 - h2 * h2)
            g2, k2 = h1.T @ g, g.sum(0)
            g = (g @ w2.T) * (1 - h1 * h1)
            g1, k1 = x.T @ g, g.sum(0)
            w1, b1 = w1 - LEARNING * g1, b1 - LEARNING * k1
            w2, b2 = w2 - LEARNING * g2, b2 - LEARNING * k2
            w3, b3 = w3 - LEARNING * g3, b3 - LEARNING * k3
        return [float(loss)]

    return work


def small_kernels():
    """Both tanh and the eight matrix products of a step, in place, and nothing else."""
    x, y, (w1, _, w2, _, w3, _) = small_data()
    h, k, d = x @ w1, x @ w1, y.copy()
    g1, g2, g3 = np.empty_like(w1), np.empty_like(w2), np.empty_like(w3)

    def work():
        for _ in range(STEPS):
            np.matmul(x, w1, out=h)
            np.tanh(h, out=h)
            np.matmul(h, w2, out=k)
            np.tanh(k, out=k)
            np.matmul(k, w3, out=d)
            np.matmul(k.T, d, out=g3)
            np.matmul(d, w3.T, out=k)
            np.matmul(h.T, k, out=g2)
            np.matmul(k, w2.T, out=h)
            np.matmul(x.T, h, out=g1)

    return work


def small_loss(x, y, w1, b1, w2, b2, w3, b3):
    d = np.tanh(np.tanh(x @ w1 + b1) @ w2 + b2) @ w3 + b3 - y
    return np.mean(d * d)


def small_replayed():
    from app.engine import Program, Tensor, gradients

    x, y, start = small_data()
    leaves = [Tensor(one, tracked=True) for one in start]
    loss = small_loss(Tensor(x), Tensor(y), *leaves)
    found = gradients([(loss, None)], create_graph=True)
    program = Program(leaves, [loss, *(found[leaf] for leaf in leaves)])

    def work():
        at = start
        for _ in range(STEPS):
            loss, *slopes = program(*at)
            at = [w - LEARNING * g for w, g in zip(at, slopes, strict=True)]
        return [float(loss)]

    return work


def small_torch():
    import torch

    x, y, start = small_data()
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def work():
        leaves = [torch.from_numpy(one.copy()).requires_grad_() for one in start]
        w1, b1, w2, b2, w3, b3 = leaves
        for _ in range(STEPS):
            h = torch.tanh(torch.tanh(x @ w1 + b1) @ w2 + b2)
            loss = ((h @ w3 + b3 - y) ** 2).mean()
            slopes = torch.autograd.grad(loss, leaves)
            with torch.no_grad():
                for w, g in zip(leaves, slopes, strict=True):
                    w -= LEARNING * g
        return [loss.item()]

    return work


# -- y = w x + b on 100 points, 500 steps


def line_data():
    draw = np.random.default_rng(2)
    x = draw.standard_normal(100)
    return x, 2 * x - 1 + 0.1 * draw.standard_normal(100)


def line_by_hand():
    x, y = line_data()

    def work():
        w = b = np.float64(0)
        for _ in range(500):
            d = w * x + b - y
            loss = np.mean(d * d)
            w, b = w - 0.1 * (2 * np.mean(d * x)), b - 0.1 * (2 * np.mean(d))
        return [float(loss), float(w), float(b)]

    return work


def line_calls():
    """A step's six calls of NumPy on 100 numbers, and nothing else."""
    x, y = line_data()
    d = x.copy()

    def work():
        for _ in range(500):
            np.multiply(x, 0.5, out=d)
            np.add(d, 0.5, out=d)
            np.subtract(d, y, out=d)
            np.dot(d, d)
            np.dot(d, x)
            np.add.reduce(d)

    return work


def line_replayed():
    from app.engine import Program, Tensor, gradients

    x, y = line_data()
    w, b = Tensor(0.0, tracked=True), Tensor(0.0, tracked=True)
    d = w * Tensor(x) + b - Tensor(y)
    loss = np.mean(d * d)
    found = gradients([(loss, None)], create_graph=True)
    program = Program([w, b], [loss, found[w], found[b]])

    def work():
        w = b = np.float64(0)
        for _ in range(500):
            loss, gw, gb = program(w, b)
            w, b = w - 0.1 * gw, b - 0.1 * gb
        return [float(loss), float(w), float(b)]

    return work


def line_torch():
    import torch

    x, y = (torch.from_numpy(one) for one in line_data())

    def work():
        w, b = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))
        for _ in range(500):
            loss = ((w * x + b - y) ** 2).mean()
            gw, gb = torch.autograd.grad(loss, (w, b))
            with torch.no_grad():
                w -= 0.1 * gw
                b -= 0.1 * gb
        return [loss.item(), w.item(), b.item()]

    return work


WORK = {
    "network": {
        "hand": network_by_hand,
        "limit": network_products,
        "recorded": network_recorded,
        "replayed": network_replayed,
        "traced": network_traced,
        "torch": network_torch,
    },
    "small": {
        "hand": small_by_hand,
        "limit": small_kernels,
        "replayed": small_replayed,
        "torch": small_torch,
    },
    "line": {
        "hand": line_by_hand,
        "limit": line_calls,
        "replayed": line_replayed,
        "torch": line_torch,
    },
}
