"""Plain Python: what statements print here is what CPython prints."""

CASES = ["python_statements"]


def test_prints_as_python_does(printed, by_python, case):
    assert (printed(case["source"]), None, None) == by_python(case["source"])
