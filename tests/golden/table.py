"""The table of operations/: every Op's cases with the frameworks' answers, and how to run one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from cases import read

from app.engine import Op, Tensor

ROWS = {
    name: row
    for path in sorted((Path(__file__).parent / "operations").glob("*.json"))
    for name, row in json.loads(path.read_text()).items()
}
CONDITION = {  # the input that is true or false
    "where": 0, "gate": 1, "guard": 1, "held": 1, "stand_in": 1, "dropout": 1,
}  # fmt: skip
CASES = {name: row["cases"] for name, row in ROWS.items()}
TABLE = [(name, i) for name, cases in CASES.items() for i in range(len(cases))]


def settings_of(op: Op, case: dict[str, Any]) -> list[Any]:
    """The settings as the Op takes them: tuples, slices, dtypes."""
    found = [read(setting) for setting in case["settings"]]
    return [np.dtype(found[0])] if op.name.startswith("cast") else found


def arrays(case: dict[str, Any], dtype: Any = np.float64) -> list[Any]:
    """The inputs; whole numbers (places) stay such."""
    found = [np.array(x) for x in case["inputs"]]
    return [x.astype(dtype if x.dtype.kind == "f" else x.dtype)[()] for x in found]


def operands(op: Op, case: dict[str, Any], dtype: Any = np.float64) -> tuple[list[Any], list[Any]]:
    """Tracked leaves (a condition is one of truth values), and the settings."""
    leaves = [Tensor(x, tracked=x.dtype.kind == "f") for x in arrays(case, dtype)]
    if op.name in CONDITION:
        slot = CONDITION[op.name]
        leaves[slot] = Tensor(leaves[slot].data > 0)
    return leaves, settings_of(op, case)
