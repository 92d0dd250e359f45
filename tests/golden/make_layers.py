"""Values and gradients of layers and criteria by PyTorch, or by Keras: layers.json.

python tests/golden/make_layers.py   # where torch 2.13 and tensorflow are
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import numbers
from layer_cases import CASES, CLASSES, RIGHT, SIGNS, X

torch.set_default_dtype(torch.float64)
NAMES = {
    "F": torch.nn.functional,
    "classes": torch.tensor(CLASSES),
    "right": torch.tensor(RIGHT),
    "places": torch.arange(24).reshape(4, 3, 2) % 3,
    "signs": torch.tensor(SIGNS),
    "seen": torch.arange(15).reshape(3, 5) % 4 > 0,
    "w": torch.tensor([0.5, 1.0, 2.0, 0.25]),
    "share": lambda x: torch.softmax(x, -1),
    "positive": lambda x: x * x + 0.1,
    "sure": lambda x: torch.sigmoid(x),
}
KERAS = {
    "K": tf.keras.losses,
    "right": tf.constant(RIGHT),
    "share": tf.nn.softmax,
    "positive": lambda x: x * x + 0.1,
}


def by_torch(text: str, arrays: dict[str, Any]) -> dict[str, Any]:
    leaves = {name: torch.tensor(x).requires_grad_() for name, x in arrays.items()}
    value = eval(text, NAMES | leaves)
    upstream = torch.tensor(numbers(tuple(value.shape), 2.9)).reshape(value.shape)
    found = torch.autograd.grad(value, list(leaves.values()), upstream)
    return {"value": value.tolist(), "gradients": [g.tolist() for g in found]}


def by_keras(text: str, arrays: dict[str, Any]) -> dict[str, Any]:
    leaves = {name: tf.constant(x) for name, x in arrays.items()}
    with tf.GradientTape() as tape:
        tape.watch(list(leaves.values()))
        value = eval(text, KERAS | leaves)
    upstream = tf.constant(np.array(numbers(tuple(value.shape), 2.9)).reshape(value.shape))
    found = tape.gradient(value, list(leaves.values()), upstream)
    return {"value": value.numpy().tolist(), "gradients": [g.numpy().tolist() for g in found]}


table = {}
for name, (operands, _, asked) in CASES.items():
    arrays = {
        f"x{k}": np.array(numbers(X[one], 0.4 + k)).reshape(X[one])
        for k, one in enumerate(operands)
    }
    text = asked.format(*arrays) if "{0}" in asked else asked.replace("{}", ", ".join(arrays))
    table[name] = (by_keras if text.startswith("K.") else by_torch)(text, arrays)
rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())
Path(__file__).with_name("layers.json").write_text("{" + rows + "}\n")
