"""Tapes and autograd do what TensorFlow and PyTorch do, kinks and ties included; NumPy likewise."""

import contextlib
import io
import math

import numpy as np

CASES = ["torch_autograd", "tf_tape", "numpy"]


def by_numpy(source: str) -> str:
    """What CPython prints with the installed NumPy."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "<case>", "exec"), {"np": np, "math": math})
    return out.getvalue()


def test_prints_as_the_framework_does(printed, case):
    wanted = by_numpy(case["source"]) if case["family"] == "numpy" else case["stdout"]
    assert printed(case["source"]) == wanted
