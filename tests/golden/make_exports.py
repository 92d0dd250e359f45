"""Exported scripts, as PyTorch, TensorFlow and NumPy have run them.

    python tests/golden/export_cases.py [family …]   # writes the texts of exports/
    python tests/golden/make_exports.py [family …]   # adds what they gave

The second one where torch 2.13 and tensorflow are.

exports/<family>.json: name -> language -> `{"text", "values"}`: what each script printed, by the
name that it printed; null where the language lacks an operation, and values null where it draws
its inputs.
"""

import contextlib
import io
import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import torch

HERE = Path(__file__).parent
SHOWN = re.compile(r'^print\("(.+) =", (.+)\)$', re.MULTILINE)


def bare(value: Any) -> Any:
    """The numbers of any framework's array, as JSON; None for no gradient."""
    if value is None:
        return None
    if isinstance(value, torch.Tensor):
        value = value.detach()
    if isinstance(value, tf.IndexedSlices):  # what TensorFlow says of a gather, not yet summed
        value = tf.convert_to_tensor(value)
    array = np.asarray(value)
    if array.dtype.kind == "f":
        return np.where(np.isfinite(array), array, np.nan).tolist()
    return array.tolist()


def run(text: str) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, "<export>", "exec"), scope)
    return {name: bare(eval(what, scope)) for name, what in SHOWN.findall(text)}


warnings.simplefilter("ignore")  # of shapes that broadcast
for path in sorted((HERE / "exports").glob("*.json")):
    if sys.argv[1:] and path.stem not in sys.argv[1:]:
        continue
    table = json.loads(path.read_text())
    for name, row in table.items():
        for language, script in row.items():
            if script is None:
                continue
            try:
                found = run(script["text"])
            except Exception:
                print(f"{name} in {language}:\n{script['text']}", file=sys.stderr)
                raise
            script["values"] = None if "default_rng" in script["text"] else found
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())
    path.write_text("{" + rows + "}\n")
    print(path.stem, len(table))
