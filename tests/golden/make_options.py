"""Which options the frameworks' functions have that ours do not: app/language/options.json.

    python tests/golden/make_options.py        # where torch 2.13, tensorflow 2.21 and NumPy are

By framework and the function's own name, whatever its module: what is listed is not here yet, and
any other name is no option there. Signatures are read from Python, or from the first lines of the
text that a function written in C has. It runs from the project's folder.
"""

import inspect
import json
import os
import re
import sys
import warnings
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy
import tensorflow
import torch

sys.path.insert(0, os.getcwd())
from app.language.attributes import METHODS
from app.language.dialects import MODULES
from app.language.values import Builtin, Class, Namespace

ROOT = Path(__file__).parents[2]
REAL = {"numpy": numpy, "torch": torch, "tensorflow": tensorflow, "keras": keras}
ARRAYS = {"torch": torch.Tensor, "numpy": numpy.ndarray, "tensorflow": tensorflow.Variable}
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def written(text: str, name: str) -> set[str]:
    """The names in `name(a, b=1, *, c=None)` at the head of a text."""
    found: set[str] = set()
    for line in re.findall(rf"^{name}\((.*?)\)(?: ->|$|\n)", text or "", re.M | re.S)[:3]:
        found |= set(re.findall(r"(?:^|[,\[(*]\s*)\*?([a-z_]\w*)(?=\s*[=,\])]|\s*$)", line))
    return found


def options(real: Any, name: str) -> set[str]:
    target = real.__init__ if inspect.isclass(real) else real
    try:
        parameters = inspect.signature(target).parameters.values()
        found = {one.name for one in parameters if one.kind in NAMED}
    except (TypeError, ValueError):
        found = written(inspect.getdoc(real) or "", name)
    return {one for one in found if not one.startswith("_")} - {"self", "args", "kwargs"}


def ours(value: Any) -> set[str]:
    act = value.call if isinstance(value, Builtin) else value
    try:
        return set(inspect.signature(act).parameters)
    except (TypeError, ValueError):
        return set()


def gather(space: Namespace, real: Any, into: dict[str, set[str]]) -> None:
    for name, value in space.members.items():
        there = getattr(real, name, None)
        if isinstance(value, Namespace):
            if there is not None and value.name.count(".") < 4:
                gather(value, there, into)
        elif isinstance(value, Builtin | Class) and callable(there):
            into.setdefault(name, set()).update(options(there, name) - ours(value))


def main() -> None:
    warnings.simplefilter("ignore")
    table = {}
    for framework, real in REAL.items():
        found: dict[str, set[str]] = {}
        gather(MODULES[framework], real, found)
        for name, act in METHODS.get(framework, {}).items():
            if (there := getattr(ARRAYS[framework], name, None)) is not None:
                found.setdefault(name, set()).update(options(there, name) - ours(act))
        table[framework] = {name: " ".join(sorted(one)) for name, one in sorted(found.items())}
    text = json.dumps(table, indent=0)
    (ROOT / "app" / "language" / "options.json").write_text(text + "\n")
    print({name: len(one) for name, one in table.items()}, len(text))


if __name__ == "__main__":
    main()
