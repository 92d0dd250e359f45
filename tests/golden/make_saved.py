"""Asks PyTorch what each operation saves for backward: its operand, its result, both or neither.

    python tests/golden/make_saved.py        # where torch 2.13 is installed

saved_torch.json: {expression of h: [whether backward fails when h, when the result is changed in
place after it]}. h is PROGRAM's; tests/language/test_versions.py asks the same of our own.
"""

import json
from pathlib import Path

import torch

HERE = Path(__file__).parent
PROGRAM = """x = torch.tensor([0.2, 0.4, 0.6, 0.8], requires_grad=True)
h = x * 1.0
y = {expression}
with torch.no_grad():
    {changed} += 0.01
y.sum().backward()
"""
UNARY = [
    *("exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "square"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh"),
    *("atanh", "erf", "abs", "sign", "neg", "floor", "relu", "sigmoid"),
]
FUNCTIONAL = [
    *("relu", "selu", "elu", "relu6", "leaky_relu", "hardtanh", "silu", "gelu", "mish"),
    *("softplus", "softsign", "logsigmoid", "tanhshrink"),
]
EXPRESSIONS = [
    *(f"torch.{name}(h)" for name in UNARY),
    *(f"torch.nn.functional.{name}(h)" for name in FUNCTIONAL),
    *(f"torch.{name}(h, dim=0)" for name in ("softmax", "log_softmax")),
    *("h.sum()", "h.mean()", "h.max()", "h.min()", "h.reshape(2, 2)", "h.clamp(min=0.3)"),
    *("h + 1.0", "h - 1.0", "h * 2.0", "h / 2.0", "1.0 / h", "-h", "h ** 2", "h ** 3", "h ** 0.5"),
    *("h + h", "h - h", "h * h", "h / h", "h * torch.ones(4)", "h / torch.ones(4)"),
    *("torch.ones(4) / h", "h ** torch.tensor(2.0)", "h @ torch.ones(4)", "torch.dot(h, h)"),
    *("torch.maximum(h, torch.tensor(0.5))", "torch.where(h > 0.5, h, 0.0 * h)"),
    "h.reshape(2, 2) @ torch.ones(2, 2)",
    "h.reshape(2, 2) @ h.reshape(2, 2)",
    "torch.nn.functional.mse_loss(h, torch.zeros(4))",
    "torch.nn.functional.l1_loss(h, torch.zeros(4))",
    "torch.nn.functional.cross_entropy(h.reshape(2, 2), torch.tensor([0, 1]))",
    "torch.nn.functional.binary_cross_entropy_with_logits(h, torch.zeros(4))",
]


def fails(expression: str, changed: str) -> bool:
    """Whether PyTorch's backward notices the change."""
    try:
        exec(PROGRAM.format(expression=expression, changed=changed), {"torch": torch})
    except RuntimeError as problem:
        assert "modified by an inplace operation" in str(problem), (expression, problem)
        return True
    return False


if __name__ == "__main__":
    found = {one: [fails(one, "h"), fails(one, "y")] for one in EXPRESSIONS}
    lines = ",\n".join(f" {json.dumps(one)}: {json.dumps(what)}" for one, what in found.items())
    (HERE / "saved_torch.json").write_text(f"{{\n{lines}\n}}\n")
    print(len(found))
