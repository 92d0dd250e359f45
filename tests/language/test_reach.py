"""Every operation of the engine has a name in some dialect, and a program that calls it by it."""

import contextlib
from pathlib import Path

import pytest
from sections import sections

from app.engine import OPS
from app.language.budget import Limits
from app.language.errors import Refused
from app.language.machine import Machine
from app.language.run import execute

# Operations that only the rules of others use, and no program of the cases meets in a derivative.
WITHIN = {
    *(
        "held",
        "bce_slope",
        "below_one",
        "over_one",
        "log_or_zero",
        "nll_back",
    ),
    *(
        "cofactor",
        "cofactor_slope",
        "lower_half",
        "recurrence",
        "sinc_derivative",
    ),
    *(f"conv{n}d_kernel" for n in (1, 2, 3)),
    *(f"avg_pool{n}d_back" for n in (1, 2, 3)),
    *(f"max_pool{n}d_{way}" for n in (1, 2, 3) for way in ("back", "read")),
}


@pytest.fixture(scope="module")
def reached():
    """The operations that the programs of tests/language/cases carry out forwards."""
    found: set[str] = set()
    tell = Machine.tell

    def told(m, result, *given, **named):
        waiting, seen = [result], set()
        while waiting:
            one = waiting.pop()
            if id(one) in seen or getattr(one, "op", None) is None:
                continue
            seen.add(id(one))
            found.add(one.op.name)
            waiting += one.inputs
        return tell(m, result, *given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Machine, "tell", told)
        for path in sorted((Path(__file__).parent / "cases").glob("*.txt")):
            for _, source in sections(path):
                with contextlib.suppress(Refused):
                    execute({"source": source}, Limits(), drawn=False)
    return found


def test_every_operation_is_called_by_a_program(reached):
    assert sorted(set(OPS) - reached - WITHIN) == []


def test_no_exception_is_out_of_date(reached):
    assert set(OPS) >= WITHIN
    assert WITHIN & reached == set()
