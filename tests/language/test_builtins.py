"""Every name that Python itself brings: it does what CPython's does, or says what to write."""

import builtins
from pathlib import Path

import pytest

from app.language import left_out
from app.language.attributes import METHODS, PROPERTIES
from app.language.builtins import BUILTINS
from app.language.values import Set
from app.story.words import say

CASES = ["python_builtins"]


def is_error(name: str) -> bool:
    kind = getattr(builtins, name)
    return isinstance(kind, type) and issubclass(kind, BaseException)


FILES = sorted((Path(__file__).parent / "cases").glob("python_*.txt"))
ALL = "".join(path.read_text() for path in FILES)
TEXT = next(path for path in FILES if path.stem in CASES).read_text()
COMPARED = {part.partition("\n")[0].split(":")[0] for part in TEXT.split("### ")[1:]}
NAMES = sorted(dir(builtins))
ERRORS = [name for name in NAMES if is_error(name) and name not in left_out.BUILTINS]
PRIVATE = [name for name in NAMES if name.startswith("__") and name != "__name__"]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_does_what_pythons_own_does(traced, by_python, case):
    answer = traced(case["source"])
    printed, error, line = by_python(case["source"])
    assert answer["stdout"] == printed
    told = answer["diagnostic"] or {"framework_error": None, "span": [None]}
    words = told["framework_error"]
    if case["marks"]:  # "words": which differ between Pythons
        words, error = (text.split(":")[0] for text in (words, error))
    assert (words, told["span"][0]) == (error, line)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_compared_or_refused_with_what_to_write(traced, name):
    if name in COMPARED:
        assert name in {*BUILTINS, "None", "True", "False", "__name__"}
        assert name not in left_out.BUILTINS
        return
    if name in ERRORS:
        assert name in BUILTINS
        return  # compared below
    if name in PRIVATE:
        return  # refused wherever it stands: test_grammar
    assert name not in BUILTINS, "and no case compares it"
    answer = traced(f"x = 1\nif x > 0:\n    y = [{name}]")
    found = answer["diagnostic"]
    hint = left_out.BUILTINS[name]
    assert (found["code"], found["span"][:2]) == ("construct", [3, 10])
    assert found["message"].startswith(f"{name} is not part of the language")
    assert found["hint"] == say("en", hint) != say("ko", hint)


TYPES = {str: str, list: list, tuple: tuple, dict: dict, Set: set, int: int, float: float,
         range: range}  # fmt: skip
LEFT = {"encode", "maketrans", "translate", "from_bytes", "to_bytes", "fromhex", "hex",
        "as_integer_ratio", "from_number"}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_method_of_pythons_values_is_here_and_compared(kind):
    """Fails where a new Python brings a method: add it, or to those that are left out."""
    here = {*METHODS.get(kind, ()), *PROPERTIES.get(kind, ())}
    known = {name for name in dir(TYPES[kind]) if not name.startswith("_")}
    assert known - here <= LEFT
    assert here - known <= {"is_integer"}  # of whole numbers: since 3.12
    compared = {name for name in here if f".{name}" in ALL}
    assert here - compared <= {"is_integer"}


@pytest.mark.parametrize("name", sorted(left_out.BUILTINS))
def test_a_program_may_use_the_name_for_itself(printed, name):
    assert printed(f"{name} = 3\nprint({name} + 1)") == "4\n"


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_raised_and_caught_by_their_names(traced, by_python, name):
    kind = getattr(builtins, name)
    source = f"def f(x):\n    if x < 0:\n        raise {name}(f'not {{x}}')\nf(1)\n"
    base = kind.__bases__[0].__name__ if kind is not BaseException else name
    source += f"try:\n    f(-2)\nexcept {base} as e:\n    print(repr(e), e, {name})\n"
    answer = traced(source)
    assert (answer["stdout"], answer["status"]) == (by_python(source)[0], "ok")
    if issubclass(kind, Exception):
        source += "f(-1)"
        found = traced(source)["diagnostic"]
        assert (found["framework_error"], found["span"][0]) == by_python(source)[1:]


@pytest.mark.parametrize(
    "raised", ["ValueError", "ValueError()", "KeyError('a')", "TypeError('a', 1) from None",
               "NotImplementedError", "IndexError", "OSError(*['a'])"]
)  # fmt: skip
def test_what_is_raised_is_told_as_python_does(traced, by_python, raised):
    source = f"print(1)\nraise {raised}"
    answer = traced(source)
    assert answer["stdout"] == "1\n"
    assert answer["diagnostic"]["framework_error"] == by_python(source)[1]
    assert answer["diagnostic"]["span"] == [2, 1, 2, 7 + len(raised)]


@pytest.mark.parametrize("function", ["hasattr", "getattr", "setattr", "delattr"])
@pytest.mark.parametrize("name", ["__class__", "__dict__", "__globals__", "＿＿class＿＿", "__x"])
def test_no_function_reaches_what_may_not_be_written_after_a_dot(traced, function, name):
    more = {"setattr": ", 1", "getattr": ", 1"}.get(function, "")
    for value in ("()", "A()", "A", "A().f", "print", "np", "np.zeros(2)", "torch.nn", "object"):
        source = f"class A:\n    def f(self): pass\n{function}({value}, '{name}'{more})"
        assert traced(f"import numpy as np, torch\n{source}")["diagnostic"]["code"] == "private"
