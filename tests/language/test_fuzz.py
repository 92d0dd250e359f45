"""The fuzzer's programs and its eye: some of them in every run; `make fuzz` for more."""

import json
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))

import trial
from grammar import program

PROGRAMS = 120


def test_no_program_does_what_none_may_do(monkeypatch):
    monkeypatch.setattr(trial.run, "variables", trial.checked)
    choices, endings = random.Random(5), Counter()
    for _ in range(PROGRAMS):
        source = program(choices.randbytes(choices.randrange(10, 100)))
        try:
            endings[trial.tried(source)[0]] += 1
        except Exception as wrong:
            pytest.fail(f"{wrong!r}\n{source}")
    assert endings["ok"] + endings["error"] > 0.9 * PROGRAMS
    assert endings["ok"] > 0.1 * PROGRAMS
    assert endings["refused: syntax"] <= PROGRAMS // 100


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ({"x": open}, "builtin_function"),
        ({"x": [{"a": (1, Path)}]}, "type"),
        ({"x": {sys: 1}}, "module"),
    ],
)
def test_a_value_of_the_host_is_found(found, word):
    with pytest.raises(AssertionError, match=word):
        trial.check_values(found)


@pytest.mark.parametrize(
    "text", ["<app.x>", "<object at 0x7f00>", "/usr/lib/x", "Traceback", "np.float64(1.0)"]
)
def test_a_word_of_the_host_is_found(text):
    with pytest.raises(AssertionError):
        trial.check_text(json.dumps({"message": text}).encode(), "x = 1")
    trial.check_text(json.dumps({"message": text}).encode(), f"x = '{text}'")


def test_numpys_own_text_of_a_number_is_no_word_of_the_host():
    trial.tried("p = np.ones(2)\np.prod()")
