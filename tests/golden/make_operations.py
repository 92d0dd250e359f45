"""Values, gradients and second derivatives of every primitive, by PyTorch and TensorFlow.

    python tests/golden/make_operations.py [family …]   # where torch 2.13 and tensorflow are

Reads operations/<family>.py (its `CASES`) and writes operations/<family>.json: for each Op its
cases `{"inputs", "settings", "upstream", "flat", "torch", "tensorflow"}`, each framework's part
`{"value", "gradients"}`, PyTorch's also `"again"`. Both run in float64 what `Op.spell` says.
`upstream` is the gradient of the result; `gradients` one per input (null: none); `again` the
gradients of the sum of (gradient × direction), where the directions are what `numbers` makes.
"""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import torch
from cases import Case, kept, numbers

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from app.engine import OPS  # noqa: E402
from app.engine.literal import literal  # noqa: E402

torch.set_default_dtype(torch.float64)
NAMES = {"np": np, "torch": torch, "tf": tf, "float64": torch.float64, "int64": torch.int64}


def grid(shape: Any, shift: float, *bounds: float) -> Any:
    return np.array(numbers(tuple(shape), shift, *bounds)).reshape(tuple(shape))


def run(name: str, language: str, asked: Any, leaves: list[Any], settings: list[Any]) -> Any:
    if callable(asked):
        return asked(*leaves, *settings)
    operands = [f"x{i}" for i in range(len(leaves))] + [literal(one) for one in settings]
    text = OPS[name].spell(language, operands)
    assert text, f"{name} has no spelling in {language}: give the case a function or a reason"
    return eval(text, NAMES | {f"x{i}": x for i, x in enumerate(leaves)})


def for_each(leaves: list[Any], found: Any) -> list[Any]:
    """The gradients of the leaves that want one, and None for the others."""
    rest = iter(found)
    return [next(rest) if leaf.requires_grad else None for leaf in leaves]


def by_torch(name: str, case: Case, inputs: list[Any], settings: list[Any]) -> dict[str, Any]:
    leaves = [torch.tensor(x).requires_grad_(x.dtype.kind == "f") for x in inputs]
    asked = [leaf for leaf in leaves if leaf.requires_grad]  # places (whole numbers) are not
    value = run(name, "torch", case.torch, leaves, settings)
    upstream = torch.tensor(grid(value.shape, 2.9))
    found: list[Any] = [None] * len(leaves)
    again: list[Any] = [None] * len(leaves)
    if value.requires_grad:
        found = torch.autograd.grad(value, asked, upstream, create_graph=True, allow_unused=True)
        found = for_each(leaves, found)
        curved = [
            (g * torch.tensor(grid(g.shape, 0.7 + i))).sum()
            for i, g in enumerate(found)
            if g is not None and g.requires_grad
        ]
        if curved:
            again = for_each(leaves, torch.autograd.grad(sum(curved), asked, allow_unused=True))
    return {
        "value": value.tolist(),
        "gradients": [None if g is None else g.tolist() for g in found],
        "again": [None if g is None else (torch.zeros(g.shape) + g).tolist() for g in again],
    }


def by_tensorflow(name: str, case: Case, inputs: list[Any], settings: list[Any]) -> dict[str, Any]:
    leaves = [tf.constant(x) for x in inputs]
    with tf.GradientTape() as tape:
        tape.watch(leaves)
        value = run(name, "tensorflow", case.tensorflow, leaves, settings)
    found: list[Any] = [None] * len(leaves)
    if value.dtype.is_floating:
        found = tape.gradient(value, leaves, output_gradients=tf.constant(grid(value.shape, 2.9)))
    dense = [None if g is None else tf.convert_to_tensor(g).numpy().tolist() for g in found]
    return {"value": value.numpy().tolist(), "gradients": dense}


def tried(name: str, case: Case, shapes: Any, settings: Any) -> dict[str, Any]:
    inputs = [grid(shape, 0.4 + 1.1 * i, case.low, case.high) for i, shape in enumerate(shapes)]
    if case.domain:
        inputs = case.domain(inputs)
    result = {"inputs": [x.tolist() for x in inputs], "settings": kept(settings)}
    for language, ask in (("torch", by_torch), ("tensorflow", by_tensorflow)):
        if not isinstance(getattr(case, language), str):
            result[language] = ask(name, case, inputs, settings)
    shape = np.shape(next(result[key]["value"] for key in ("torch", "tensorflow") if key in result))
    return {**result, "upstream": grid(shape, 2.9).tolist(), "flat": case.flat}


for path in sorted((HERE / "operations").glob("*.py")):
    if sys.argv[1:] and path.stem not in sys.argv[1:]:
        continue
    table = {}
    for name, found in runpy.run_path(str(path))["CASES"].items():
        cases = found if isinstance(found, list) else [found]
        table[name] = {
            "smooth": cases[0].smooth and not cases[0].flat,
            "cases": [tried(name, case, *trial) for case in cases for trial in case.trials()],
        }
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())
    path.with_suffix(".json").write_text("{" + rows + "}\n")
    print(path.stem, len(table))
