"""What PyTorch and TensorFlow do at kinks, ties, bounds, zeros and nan.

    python tests/golden/make_conventions.py [family …]   # where torch 2.13 and tensorflow are

Reads conventions/<family>.py (its `KINKS`) and writes conventions/<family>.json: per row `{"point",
"inputs", "settings", "upstream", "torch", "tensorflow"}`, each framework's part `{"op", "value",
"gradients", "seconds"}`: per upstream one gradient per input (null: none), and at an upstream of
1 the derivative of the sum of each gradient by each input (null: the framework refuses, or says
that there is none); or null where it is not asked.
"""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Kink, kept

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from app.engine import OPS  # noqa: E402
from app.engine.literal import literal  # noqa: E402

torch.set_default_dtype(torch.float64)
NAMES = {"np": np, "torch": torch, "tf": tf}


def run(language: str, asked: Any, leaves: list[Any], settings: Any) -> tuple[str, Any]:
    """The name of the Op, and what the framework gives."""
    if isinstance(asked, tuple):
        return asked[0], asked[1](*leaves, *settings)
    operands = [f"x{i}" for i in range(len(leaves))] + [literal(one) for one in settings]
    text = OPS[asked].spell(language, operands)
    assert text, f"{asked} has no spelling in {language}: give the row a function"
    return asked, eval(text, NAMES | {f"x{i}": x for i, x in enumerate(leaves)})


def by_torch(kink: Kink) -> dict[str, Any]:
    leaves = [torch.tensor(x, dtype=torch.float64).requires_grad_() for x in kink.inputs]
    op, value = run("torch", kink.torch, leaves, kink.settings)
    rows = []
    for upstream in kink.upstream:
        found: list[Any] = [None] * len(leaves)
        if value.requires_grad:
            seed = torch.full(value.shape, upstream)
            found = list(torch.autograd.grad(
                value, leaves, seed, retain_graph=True, allow_unused=True
            ))  # fmt: skip
        rows.append([None if g is None else g.tolist() for g in found])
    seconds = kink.truth or again(value, leaves)
    return {"op": op, "value": value.tolist(), "gradients": rows, "seconds": seconds}


def again(value: torch.Tensor, leaves: list[torch.Tensor]) -> list[list[Any]]:
    """PyTorch's derivative of each gradient by each leaf."""
    found: list[Any] = [None] * len(leaves)
    if value.requires_grad:
        found = list(torch.autograd.grad(value.sum(), leaves, create_graph=True, allow_unused=True))
    return [[slope(g, x) for x in leaves] for g in found]


def slope(g: torch.Tensor | None, x: torch.Tensor) -> Any:
    """The derivative of the sum of a gradient, or None where PyTorch has none."""
    if g is None or not g.requires_grad:
        return None
    try:
        (found,) = torch.autograd.grad(g.sum(), x, retain_graph=True, allow_unused=True)
    except RuntimeError as refusal:
        assert "is not implemented" in str(refusal), refusal
        return None
    return None if found is None else (found + 0).tolist()  # it may be a zero without storage


def by_tensorflow(kink: Kink) -> dict[str, Any]:
    leaves = [tf.constant(x, tf.float64) for x in kink.inputs]
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(leaves)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(leaves)
            op, value = run("tensorflow", kink.tensorflow, leaves, kink.settings)
        smooth = value.dtype.is_floating
        first = tape.gradient(value, leaves) if smooth else [None] * len(leaves)
    rows = []
    for upstream in kink.upstream:
        found: list[Any] = [None] * len(leaves)
        if smooth:
            seed = tf.fill(value.shape, tf.constant(upstream, tf.float64))
            found = tape.gradient(value, leaves, output_gradients=seed)
        rows.append([dense(g) for g in found])
    seconds = kink.truth or [
        [None if g is None else dense(differentiated(outer, g, x)) for x in leaves] for g in first
    ]
    return {"op": op, "value": value.numpy().tolist(), "gradients": rows, "seconds": seconds}


def dense(g: Any) -> Any:
    return None if g is None else tf.convert_to_tensor(g).numpy().tolist()


def differentiated(tape: tf.GradientTape, g: Any, x: Any) -> Any:
    """The gradient, or None where TensorFlow has no second derivative of an operation."""
    try:
        return tape.gradient(g, x)
    except LookupError:
        return None


for path in sorted((HERE / "conventions").glob("*.py")):
    if sys.argv[1:] and path.stem not in sys.argv[1:]:
        continue
    rows = [
        {
            "point": kink.point,
            "inputs": kink.inputs,
            "settings": kept(kink.settings),
            "upstream": kink.upstream,
            "torch": kink.torch and by_torch(kink),
            "tensorflow": kink.tensorflow and by_tensorflow(kink),
        }
        for kink in runpy.run_path(str(path))["KINKS"]
    ]
    path.with_suffix(".json").write_text("[" + ",\n".join(map(json.dumps, rows)) + "]\n")
    print(path.stem, len(rows))
