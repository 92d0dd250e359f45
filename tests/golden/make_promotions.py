"""Number types and numbers that PyTorch and TensorFlow give to the rows of promotions.py.

    python tests/golden/make_promotions.py        # where torch 2.13 and tensorflow 2.21 are

promotions.json: by row, for each of its expressions what `promotions.told` prints, or a list of the
error alone.
"""

import json
import os
import warnings
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
import torch
from make_programs import first_line
from promotions import rows, told

warnings.simplefilter("ignore")
torch.manual_seed(0)
tf.keras.utils.set_random_seed(0)
NAMES = {"np": np, "torch": torch, "tf": tf}


def cell(framework: str, expression: str) -> str | list[str]:
    try:
        return str(eval(told(framework, expression), NAMES))
    except Exception as problem:
        return [first_line(problem)]


found = {
    title: [cell(title.split()[0], one) for one in row]
    for title, row in rows().items()
    if not title.startswith("numpy")  # NumPy is asked by the test
}
HERE = Path(__file__).parent
text = ",\n".join(f"{json.dumps(title)}: {json.dumps(row)}" for title, row in found.items())
(HERE / "promotions.json").write_text("{" + text + "}\n")
print(len(found), sum(map(len, found.values())))
