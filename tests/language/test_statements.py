"""Plain Python: what statements print here is what CPython prints."""

import pytest

CASES = ["python_statements", "python_trying", "python_modules"]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_does_what_python_does(traced, by_python, case):
    answer = traced(case["source"])
    told = answer["diagnostic"] or {"framework_error": None, "span": [None]}
    found = answer["stdout"], told["framework_error"], told["span"][0]
    assert found == by_python(case["source"])
