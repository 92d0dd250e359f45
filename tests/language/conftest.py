"""Running a program and reading its trace, without the server around it."""

import contextlib
import io
import json
import math
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from python_words import SAME
from sections import sections

from app.language.budget import Limits
from app.language.run import gradients, trace

HERE = Path(__file__).parent
Answer = dict[str, Any]


def _trace(source: str, limits: Limits | None = None, **request: Any) -> Answer:
    return json.loads(trace({"source": source, **request}, limits or Limits()))


@pytest.fixture(scope="session")
def traced() -> Callable[..., Answer]:
    """The trace of a program, as the API gives it."""
    return _trace


@pytest.fixture(scope="session")
def printed() -> Callable[..., str]:
    """What a program prints; it must end well."""

    def run(source: str, **request: Any) -> str:
        answer = _trace(source, **request)
        assert answer["status"] == "ok", answer["diagnostic"]
        return answer["stdout"]

    return run


@pytest.fixture(scope="session")
def short_road() -> Callable[..., Answer]:
    """Value and gradients only, as the API gives them."""

    def run(source: str, **request: Any) -> Answer:
        return json.loads(gradients({"source": source, **request}, Limits()))

    return run


@pytest.fixture(scope="session")
def by_python() -> Callable[[str], tuple[str, str | None, int | None]]:
    """What CPython prints, and the words and the line of the error that it ends with."""
    return _by_python


def _by_python(source: str) -> tuple[str, str | None, int | None]:
    out, names = io.StringIO(), {"math": math, "np": np, "__name__": "__main__"}
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<case>", "exec"), names)
    except Exception as problem:
        frames = traceback.extract_tb(problem.__traceback__)
        line = [frame.lineno for frame in frames if frame.filename == "<case>"][-1]
        words = f"{type(problem).__name__}: {problem}".removesuffix(": ")
        return out.getvalue(), words, line
    return out.getvalue(), None, None


# -- programs whose output under the real framework is kept


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`case`: each program of the files that the test module names in CASES."""
    if "case" not in metafunc.fixturenames:
        return
    table = [
        pytest.param(one, id=f"{one['family']}: {one['name']}", marks=_skipped(one["marks"]))
        for family in metafunc.module.CASES
        for one in _cases(family)
    ]
    metafunc.parametrize("case", table)


def _skipped(marks: str) -> list[pytest.MarkDecorator]:
    """A program that prints the words of Python's errors is for the Python whose words are ours."""
    return [] if SAME or "words" not in marks.split() else [pytest.mark.skip("prints other words")]


def _cases(family: str) -> list[Answer]:
    kept = HERE.parent / "golden" / f"programs_{family}.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    found = []
    for head, program in sections(HERE / "cases" / f"{family}.txt"):
        name, _, rest = head.partition(" | ")
        case = {"family": family, "name": name, "marks": rest, "source": program}
        found.append(case | known.get(name, {}))
    return found
