"""Eight optimizers, 1,000 steps each, on Rosenbrock; trajectories kept."""

import numpy as np

START, STEPS = (-1.5, 2.0), 1_000
RUNS = [
    ("sgd", {"lr": 1e-3}),
    ("sgd", {"lr": 1e-4, "momentum": 0.9}),
    ("sgd", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}),
    ("adagrad", {"lr": 0.5}),
    ("rmsprop", {"lr": 0.01}),
    ("adam", {"lr": 0.05}),
    ("adam", {"lr": 0.05, "amsgrad": True}),
    ("adamw", {"lr": 0.05}),
]


def ours():
    from app.descent import LANDSCAPES, OPTIMIZERS, Descent, Path

    def work():
        objective = LANDSCAPES["rosenbrock"].objective()
        paths = [Path(n, OPTIMIZERS[n].filled(o), n, np.array(START)) for n, o in RUNS]
        for _ in Descent(objective, paths, STEPS).rounds():
            pass
        return np.ravel([path.here for path in paths])

    return work


def by_hand():
    """The same rules on pairs of floats in arrays, one optimizer after the other."""
    from app.descent import OPTIMIZERS

    def work():
        ends = []
        for name, given in RUNS:
            o = OPTIMIZERS[name].filled(given)
            p, m, v, most = np.array(START), np.zeros(2), np.zeros(2), np.zeros(2)
            kept = []
            for t in range(1, STEPS + 1):
                x, y = p
                g = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
                if name == "sgd":
                    m = g if t == 1 else o["momentum"] * m + g
                    p = p - o["lr"] * (g + o["momentum"] * m if o["nesterov"] else m)
                elif name == "adagrad":
                    v = v + g * g
                    p = p - o["lr"] * g / (np.sqrt(v) + o["eps"])
                elif name == "rmsprop":
                    v = o["alpha"] * v + (1 - o["alpha"]) * g * g
                    p = p - o["lr"] * g / (np.sqrt(v) + o["eps"])
                else:
                    b1, b2 = o["betas"]
                    if name == "adamw":
                        p = p * (1 - o["lr"] * o["weight_decay"])
                    m = b1 * m + (1 - b1) * g
                    v = b2 * v + (1 - b2) * g * g
                    most = np.maximum(most, v) if o["amsgrad"] else v
                    root = np.sqrt(most) / np.sqrt(1 - b2**t) + o["eps"]
                    p = p - o["lr"] / (1 - b1**t) * m / root
                kept.append(p)
            ends.append(p)
        return np.ravel(ends)

    return work


def pytorch():
    import torch

    names = {"sgd": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam"}
    names["adamw"] = "AdamW"

    def work():
        ends = []
        for name, given in RUNS:
            p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
            optimizer = getattr(torch.optim, names[name])([p], **given)
            kept = []
            for _ in range(STEPS):
                optimizer.zero_grad()
                loss = (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
                loss.backward()
                optimizer.step()
                kept.append(p.detach().clone())
            ends.append(p.detach().numpy())
        return np.ravel(ends)

    return work


WORK = {"descents": {"hand": by_hand, "replayed": ours, "torch": pytorch}}
