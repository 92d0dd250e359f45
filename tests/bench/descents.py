"""Eight optimizers, 1,000 steps each, on Rosenbrock: ours, PyTorch's, and NumPy by hand.

Prints the times of one run and their ratios; asserts nothing. PyTorch is an optional install.
"""

import sys
import time

import numpy as np

from app.descent import LANDSCAPES, OPTIMIZERS, Descent, Path

START, STEPS, REPEATS = (-1.5, 2.0), 1_000, 5
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
    objective = LANDSCAPES["rosenbrock"].objective()
    paths = [Path(n, OPTIMIZERS[n].filled(o), n, np.array(START)) for n, o in RUNS]
    for _ in Descent(objective, paths, STEPS).rounds():
        pass
    return [path.here for path in paths]


def by_hand():
    """The same rules on pairs of floats in arrays, one optimizer after the other."""
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
    return ends


def pytorch():
    import torch

    torch.set_num_threads(1)
    names = {"sgd": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam"}
    names["adamw"] = "AdamW"
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
    return ends


def median(work):
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    assert np.allclose(ours(), by_hand(), rtol=0.05)  # RMSprop enlarges every rounding error
    base = median(by_hand)
    print(f"8 optimizers x {STEPS} steps on Rosenbrock, trajectories kept; median of {REPEATS}")
    print(f"  NumPy by hand   {base * 1e3:8.1f} ms   1.00 x")
    mine = median(ours)
    print(f"  Gradtape        {mine * 1e3:8.1f} ms   {mine / base:.2f} x")
    try:
        peer = median(pytorch)
    except ImportError:
        sys.exit("  PyTorch is not installed: no comparison with torch.optim")
    print(f"  torch.optim     {peer * 1e3:8.1f} ms   {peer / base:.2f} x")
