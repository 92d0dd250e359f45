"""Running a program and reading its trace, without the server around it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


# -- programs whose output under the real framework is kept


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`case`: each program of the files that the test module names in CASES."""
    if "case" not in metafunc.fixturenames:
        return
    table = [one for family in metafunc.module.CASES for one in _cases(family)]
    metafunc.parametrize("case", table, ids=[f"{one['family']}: {one['name']}" for one in table])


def _cases(family: str) -> list[Answer]:
    source = (HERE / "cases" / f"{family}.txt").read_text()
    kept = HERE.parent / "golden" / f"programs_{family}.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    found = []
    for section in source.split("### ")[1:]:
        head, _, program = section.partition("\n")
        name, _, rest = head.partition(" | ")
        case = {"family": family, "name": name, "marks": rest, "source": program}
        found.append(case | known.get(name, {}))
    return found
