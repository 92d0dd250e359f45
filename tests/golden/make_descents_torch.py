"""Makes descents_torch.json: PyTorch's optimizers on landscapes and texts, float64, 200 steps.

Run with an interpreter that has torch (2.13.0 made the stored file):
    python tests/golden/make_descents_torch.py
"""

import json
import math
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
STEPS, EVERY = 200, 20
FLAGS = ("nesterov", "amsgrad", "centered")

FUNCTIONS = {
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "beale": lambda x, y: (
        (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
    ),
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "quadratic": lambda x, y: (x**2 + 20 * y**2) / 2,
    "saddle": lambda x, y: x**2 - y**2,
    "rastrigin": lambda x, y: (
        20 + x**2 + y**2 - 10 * (torch.cos(2 * math.pi * x) + torch.cos(2 * math.pi * y))
    ),
}
DATA = torch.tensor([-1.0, 0.0, 1.0, 2.0])
PROGRAM = """\
x = torch.tensor([-1., 0., 1., 2.], dtype=torch.float64); y = 2 * x - 1
w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
b = torch.tensor(-0.25, dtype=torch.float64, requires_grad=True)
for i in range(3):
    loss = ((torch.tanh(x * w) * 3 + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad; b -= 0.1 * b.grad
        w.grad.zero_(); b.grad.zero_()
"""
S0 = """\
x = tf.constant([-1., 0., 1., 2., 3., 4.]); y = tf.constant([-3., -1., 1., 3., 5., 7.])
w = tf.Variable(0.5); b = tf.Variable(0.5)
for _ in range(3):
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.abs(y - (w * x + b))
    w.assign_sub(tape.gradient(loss, w) * 0.01)
    b.assign_sub(tape.gradient(loss, b) * 0.01)
"""
NET = """\
x = torch.tensor([[0., 1.], [1., -1.], [2., 0.5], [-1., 0.]], dtype=torch.float64)
y = torch.tensor([[1.], [0.], [2.], [-1.]], dtype=torch.float64)
w1 = torch.tensor([[0.5, -0.25], [0.75, 1.]], dtype=torch.float64, requires_grad=True)
w2 = torch.tensor([[1.], [-0.5]], dtype=torch.float64, requires_grad=True)
for i in range(3):
    loss = ((torch.tanh(x @ w1) @ w2 - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w1 -= 0.1 * w1.grad; w2 -= 0.1 * w2.grad
        w1.grad.zero_(); w2.grad.zero_()
"""
LINE_X = torch.tensor([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
NET_X = torch.tensor([[0.0, 1.0], [1.0, -1.0], [2.0, 0.5], [-1.0, 0.0]])
NET_Y = torch.tensor([[1.0], [0.0], [2.0], [-1.0]])


def net(*numbers):
    w1, w2 = torch.stack(numbers[:4]).reshape(2, 2), torch.stack(numbers[4:]).reshape(2, 1)
    return ((torch.tanh(NET_X @ w1) @ w2 - NET_Y) ** 2).mean()


# what is not a named landscape: the text that we are given, and the same in PyTorch
TEXTS = {
    "expression": {
        "source": "x**4 - 2*x**2 + y**2 + 0.3*x*math.sin(y)",
        "parameters": ["x", "y"],
        "start": [1.5, -1.0],
    },
    "program": {"source": PROGRAM},
    "s0": {"source": S0},
    "net": {"source": NET},
}
FUNCTIONS |= {
    "expression": lambda x, y: x**4 - 2 * x**2 + y**2 + 0.3 * x * torch.sin(y),
    "program": lambda w, b: ((torch.tanh(DATA * w) * 3 + b - (2 * DATA - 1)) ** 2).mean(),
    "s0": lambda w, b: torch.abs(2 * LINE_X - 1 - (w * LINE_X + b)).sum(),
    "net": net,
}
STARTS = {
    "expression": (1.5, -1.0),
    "program": (0.5, -0.25),
    "s0": (0.5, 0.5),
    "net": (0.5, -0.25, 0.75, 1.0, 1.0, -0.5),
    "rosenbrock": (-1.5, 2.0),
    "beale": (1.0, 1.5),
    "himmelblau": (0.0, -4.0),
    "quadratic": (-4.0, 1.5),
    "saddle": (-1.5, 0.001),
    "rastrigin": (2.2, -1.7),
}
OPTIMIZERS = {"sgd": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam"}
OPTIMIZERS["adamw"] = "AdamW"
RUNS = [
    ("sgd", {"lr": 2e-4}),
    ("sgd", {"lr": 1e-4, "momentum": 0.9}),
    ("sgd", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}),
    ("sgd", {"lr": 1e-4, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01}),
    ("adagrad", {}),
    ("adagrad", {"lr": 0.2, "lr_decay": 0.01, "initial_accumulator_value": 0.1}),
    ("adagrad", {"lr": 0.1, "weight_decay": 0.05, "eps": 1e-6}),
    ("rmsprop", {}),
    ("rmsprop", {"lr": 0.02, "alpha": 0.9, "momentum": 0.5}),
    ("rmsprop", {"lr": 0.01, "centered": True, "weight_decay": 0.01}),
    ("rmsprop", {"lr": 0.01, "eps": 1e-3}),
    ("adam", {}),
    ("adam", {"lr": 0.05, "amsgrad": True}),
    ("adam", {"lr": 0.1, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.02}),
    ("adamw", {}),
    ("adamw", {"lr": 0.05, "weight_decay": 0.1}),
    ("adamw", {"lr": 0.05, "betas": [0.7, 0.9], "eps": 1e-4, "amsgrad": True}),
]


def descend(name, options, function):
    """Every 20th position of one run, and its last loss."""
    point = torch.tensor(STARTS[function], requires_grad=True)
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    optimizer = getattr(torch.optim, OPTIMIZERS[name])([point], **given)
    rows = [point.tolist()]
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss = FUNCTIONS[function](*point)
        loss.backward()
        optimizer.step()
        if step % EVERY == 0:
            rows.append(point.tolist())
    return rows


if __name__ == "__main__":
    defaults = {
        name: {
            key: value
            for key, value in getattr(torch.optim, torch_name)([torch.zeros(1)]).defaults.items()
            if not isinstance(value, bool | type(None)) or key in FLAGS
        }
        for name, torch_name in OPTIMIZERS.items()
    }
    table = [
        {
            "optimizer": name,
            "options": options,
            "function": function,
            "position": descend(name, options, function),
        }
        for name, options in RUNS
        for function in FUNCTIONS
    ]
    stored = {"torch": torch.__version__, "every": EVERY, "defaults": defaults}
    stored |= {"texts": TEXTS, "runs": table}
    path = Path(__file__).with_name("descents_torch.json")
    path.write_text(json.dumps(stored, separators=(",", ":")) + "\n")
