"""Runs tests/language/cases/*.txt under the real frameworks and keeps what they print.

    python tests/golden/make_programs.py        # where torch 2.13 and tensorflow 2.21 are installed

Each case is a program; programs_<file>.json holds for each its output, and its error if it ends in
one: `{"stdout", "error": type and first line of the message, or null, "line"}`.
"""

import contextlib
import io
import json
import math
import os
import re
import sys
import traceback
import warnings
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
import torch
from sections import sections

HERE = Path(__file__).parent
CASES = HERE.parent / "language" / "cases"


def cases(path: Path) -> dict[str, str]:
    """The programs of a file, by name."""
    return {head.split(" | ")[0]: body for head, body in sections(path)}


def first_line(problem: Exception) -> str:
    """The type of an error and the first line of its message."""
    first = (str(problem).strip() or " ").splitlines()[0]
    first = re.sub(r"^\{\{.*?\}\} | name:.*$", "", first)  # TensorFlow's own machinery
    return f"{type(problem).__name__}: {first}"


def run(source: str) -> dict[str, object]:
    tf.keras.backend.clear_session()  # layers are counted anew
    out, error, line = io.StringIO(), None, None
    names = {"torch": torch, "tf": tf, "np": np, "math": math, "__name__": "__main__"}
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "<case>", "exec"), names)
        except Exception as problem:
            error = first_line(problem)
            frames = traceback.extract_tb(problem.__traceback__)
            line = [frame.lineno for frame in frames if frame.filename == "<case>"][-1]
    return {"stdout": out.getvalue(), "error": error, "line": line}


def main() -> None:
    for path in sorted(CASES.glob("t*.txt")):
        if len(sys.argv) > 1 and path.stem not in sys.argv[1:]:
            continue
        found = {name: run(source) for name, source in cases(path).items()}
        text = json.dumps(found, indent=1, ensure_ascii=False)
        (HERE / f"programs_{path.stem}.json").write_text(text + "\n")
        print(path.stem, len(found), [name for name, one in found.items() if one["error"]])


if __name__ == "__main__":
    main()
