"""Plain Python: what expressions print here is what CPython prints."""

CASES = ["python_expressions"]


def test_prints_as_python_does(printed, by_python, case):
    assert (printed(case["source"]), None, None) == by_python(case["source"])
