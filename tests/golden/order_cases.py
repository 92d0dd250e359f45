"""Functions whose derivatives of order 1 to 4 are stored, written for any array library `xp`."""

W = [[0.5, -1.0, 0.25], [1.5, 0.75, -0.5]]
U = {"scalar": [0.7], "vector": [0.6, -1.3, 0.4]}
POINT = [0.3, -0.7, 1.1]
# name -> (function of xp, x and the matrix w, point); scalar-valued
SCALARS = {
    "waves": (lambda xp, x, w: xp.sin(x) * xp.exp(x / 2), 0.7),
    "cubic over root": (lambda xp, x, w: x**3 / xp.sqrt(x), 2.25),
    "log of sum": (lambda xp, x, w: xp.log(1 + xp.exp(-x) * x * x), 0.9),
    "rosenbrock": (
        lambda xp, x, w: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2 + x[2] ** 4,
        [-1.2, 1.0, 0.5],
    ),
    "network": (lambda xp, x, w: xp.sum(xp.tanh(w @ xp.sin(x)) ** 2), POINT),
    "means": (lambda xp, x, w: xp.mean(xp.exp(x)) * xp.tanh(x[0] * x[1]), POINT),
    "kinks": (
        lambda xp, x, w: xp.sum(xp.maximum(x, 0 * x) ** 3) + xp.sum(xp.abs(x) * x * x),
        POINT,
    ),
    "spread": (
        lambda xp, x, w: xp.sum((xp.reshape(x, (3, 1)) * x) ** 2 * xp.cos(x)),
        POINT,
    ),
}
VECTORS = {
    "more out than in": (
        lambda xp, x, w: xp.tanh(xp.reshape(x, (3, 1)) * x) * x[0],
        POINT,
    ),
    "more in than out": (lambda xp, x, w: xp.exp(w @ x) / (1 + x[1] ** 2), POINT),
    "picked": (lambda xp, x, w: x[1:] * x[0] - xp.sum(x * x), POINT),
}
