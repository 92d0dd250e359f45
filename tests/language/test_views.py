"""Views share their numbers as in NumPy and PyTorch: what is written, who sees it, what backward
makes of it, and the words where it may not be."""

import contextlib
import io

import numpy as np
import pytest

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
    wanted = case.get("stdout"), case.get("error"), case.get("line")
    if case["family"] == "numpy_views":
        wanted = by_numpy(case["source"])
    answer = traced(case["source"])
    problem = answer["diagnostic"] or {}
    error, line = problem.get("framework_error"), problem.get("span", [None])[0]
    assert (answer["stdout"], error, line) == wanted


HISTORIES = [
    ("a = np.zeros(3)\nb = a[1:]\nb += 1\nc = a * 2", ["a", "b", "a", "b", "c"], "a"),
    ("a = torch.zeros(3)\nb = a[1:]\nb += 1\nc = b * 2", ["a", "b", "a", "b", "c"], "b"),
    ("a = torch.zeros(3) + 1\na.zero_()\nc = a * 2", ["a", "a", "c"], "a"),
    (
        "w = torch.ones(2, requires_grad=True)\nh = w * 1\nh[0] *= 3\nc = h * 1",
        ["w", "h", "h", "c"],
        "h",
    ),
]


@pytest.mark.parametrize(("source", "names", "read"), HISTORIES)
def test_a_change_is_a_step_of_the_base(traced, source, names, read):
    """What reads the base after the change reads the node of the change, by the base's name."""
    nodes = traced(source)["graphs"][-1]["nodes"]
    assert [node["name"] for node in nodes if node["name"]] == names
    last = max(i for i, node in enumerate(nodes) if node["name"] == read)
    assert nodes[-1]["inputs"] == [last]


@pytest.mark.parametrize("array", ["torch.arange(400.)", "np.arange(400.)"])
def test_a_chain_of_views_stays_short(traced, array):
    source = f"x = {array}\na = x\nfor i in range(300):\n    a = a[1:]\na += 1\n"
    source += "print(x[299], x[300])"
    assert traced(source)["stdout"] in ("tensor(299.) tensor(301.)\n", "299.0 301.0\n")
