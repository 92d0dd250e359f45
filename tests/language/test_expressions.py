"""Plain Python: what an expression or statement prints here is what CPython prints."""

import contextlib
import io
import math

CASES = ["python_expressions"]


def by_python(source: str) -> str:
    """What CPython prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "<case>", "exec"), {"math": math, "__name__": "__main__"})
    return out.getvalue()


def test_prints_as_python_does(printed, case):
    assert printed(case["source"]) == by_python(case["source"])
