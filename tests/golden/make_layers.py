"""Values and gradients of layers and criteria by PyTorch: layers.json.

python tests/golden/make_layers.py   # where torch 2.13 is
"""

import json
from pathlib import Path

import torch
from cases import numbers
from layer_cases import CASES, CLASSES, X

torch.set_default_dtype(torch.float64)
NAMES = {
    "F": torch.nn.functional,
    "classes": torch.tensor(CLASSES),
    "w": torch.tensor([0.5, 1.0, 2.0, 0.25]),
}
table = {}
for name, (operands, _, asked) in CASES.items():
    leaves = [
        torch.tensor(numbers(X[one], 0.4 + k)).reshape(X[one]).requires_grad_()
        for k, one in enumerate(operands)
    ]
    names = [f"x{k}" for k in range(len(leaves))]
    text = asked.format(*names) if "{0}" in asked else asked.replace("{}", ", ".join(names))
    value = eval(text, NAMES | dict(zip(names, leaves, strict=True)))
    upstream = torch.tensor(numbers(tuple(value.shape), 2.9)).reshape(value.shape)
    found = torch.autograd.grad(value, leaves, upstream)
    table[name] = {"value": value.tolist(), "gradients": [g.tolist() for g in found]}
rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())
Path(__file__).with_name("layers.json").write_text("{" + rows + "}\n")
