"""Loss surfaces: the regression's over w and b, and a slice through the small network's."""

import numpy as np
from training import line_data, small_data, small_loss

POINTS, SIDE = 201, 101


def plane():
    return np.meshgrid(np.linspace(-3, 3, POINTS), np.linspace(-3, 3, POINTS))


def line_by_hand():
    (x, y), (w, b) = line_data(), plane()

    def work():
        d = w[..., None] * x + b[..., None] - y
        return np.mean(d * d, axis=-1).ravel()

    return work


def line_kernels():
    """Four passes over as many numbers, in the cache and in place, and nothing else."""
    x, y = line_data()
    rows = np.ones((POINTS, 100))

    def work():
        for _ in range(POINTS):
            np.multiply(x, 0.5, out=rows)
            np.subtract(rows, y, out=rows)
            np.multiply(rows, rows, out=rows)
            np.add.reduce(rows, axis=-1)

    return work


def line_replayed():
    from app.engine import Program, Tensor

    (x, y), (w, b) = line_data(), plane()
    leaves = [Tensor(0.5, tracked=True), Tensor(0.5, tracked=True)]
    d = leaves[0] * Tensor(x) + leaves[1] - Tensor(y)
    program = Program(leaves, [np.mean(d * d)])
    return lambda: program.batch(w, b)[0].ravel()


def line_torch():
    import torch

    (x, y), (w, b) = line_data(), plane()
    x, y, w, b = (torch.from_numpy(one) for one in (x, y, w.ravel(), b.ravel()))
    mapped = torch.vmap(lambda w, b: ((w * x + b - y) ** 2).mean())

    def work():
        with torch.inference_mode():
            rows = zip(w.split(POINTS), b.split(POINTS), strict=True)
            return torch.cat([mapped(*row) for row in rows]).numpy()

    return work


# -- 101 x 101 points on a plane through the network's weights


def slice_data():
    x, y, start = small_data()
    draw = np.random.default_rng(3)
    first, second = ([draw.standard_normal(w.shape) for w in start] for _ in range(2))
    a, b = (one.ravel() for one in np.meshgrid(*[np.linspace(-1, 1, SIDE)] * 2))
    parts = []
    for w, u, v in zip(start, first, second, strict=True):
        lead = (-1,) + (1,) * w.ndim
        parts.append(w + a.reshape(lead) * u + b.reshape(lead) * v)
    return x, y, parts


def slice_by_hand():
    x, y, (w1, b1, w2, b2, w3, b3) = slice_data()

    def work():
        h = np.tanh(x @ w1 + b1[:, None])
        h = np.tanh(h @ w2 + b2[:, None])
        d = h @ w3 + b3[:, None] - y
        return np.mean(d * d, axis=(-2, -1))

    return work


def slice_kernels():
    """Both tanh and the three matrix products, in the cache and in place, and nothing else."""
    x, _, (w1, _, w2, _, w3, _) = slice_data()
    h = np.empty((SIDE, len(x), 16))
    k, d = np.empty_like(h), np.empty((SIDE, len(x), 1))

    def work():
        for i in range(0, SIDE * SIDE, SIDE):
            np.matmul(x, w1[i : i + SIDE], out=h)
            np.tanh(h, out=h)
            np.matmul(h, w2[i : i + SIDE], out=k)
            np.tanh(k, out=k)
            np.matmul(k, w3[i : i + SIDE], out=d)

    return work


def slice_replayed():
    from app.engine import Program, Tensor

    x, y, parts = slice_data()
    leaves = [Tensor(part[0], tracked=True) for part in parts]
    program = Program(leaves, [small_loss(Tensor(x), Tensor(y), *leaves)])
    return lambda: program.batch(*parts)[0]


def slice_torch():
    import torch

    x, y, parts = slice_data()
    x, y, *parts = (torch.from_numpy(one) for one in (x, y, *parts))

    def row(w1, b1, w2, b2, w3, b3):
        h = torch.tanh(x @ w1 + b1[:, None])
        h = torch.tanh(h @ w2 + b2[:, None])
        return ((h @ w3 + b3[:, None] - y) ** 2).mean((-2, -1))

    def work():
        with torch.inference_mode():
            rows = zip(*[part.split(SIDE) for part in parts], strict=True)
            return torch.cat([row(*one) for one in rows]).numpy()

    return work


WORK = {
    "plane": {
        "hand": line_by_hand,
        "limit": line_kernels,
        "replayed": line_replayed,
        "torch": line_torch,
    },
    "slice": {
        "hand": slice_by_hand,
        "limit": slice_kernels,
        "replayed": slice_replayed,
        "torch": slice_torch,
    },
}
