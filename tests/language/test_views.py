"""Views share their numbers as in NumPy and PyTorch: what is written, who sees it, what backward
makes of it, and the words where it may not be."""

import contextlib
import io

import numpy as np

LONG = "tensorflow.python.framework.ops."
CASES = ["torch_views", "numpy_views", "tf_views"]


def by_numpy(source: str) -> tuple[str, str | None, int | None]:
    """What CPython prints with the installed NumPy, and how it ends."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<case>", "exec"), {"np": np})
    except ValueError as problem:
        assert problem.__traceback__ is not None and problem.__traceback__.tb_next is not None
        line = problem.__traceback__.tb_next.tb_lineno
        return out.getvalue(), f"ValueError: {problem}", line
    return out.getvalue(), None, None


def test_views_share_as_in_the_framework(traced, case):
    words = case.get("error") and case["error"].replace(LONG, "")
    wanted = case.get("stdout"), words, case.get("line")
    if case["family"] == "numpy_views":
        wanted = by_numpy(case["source"])
    answer = traced(case["source"])
    problem = answer["diagnostic"] or {}
    error, line = problem.get("framework_error"), problem.get("span", [None])[0]
    assert (answer["stdout"], error, line) == wanted
