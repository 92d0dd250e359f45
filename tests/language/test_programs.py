"""Programs by chance: plain Python prints here what CPython prints, or is refused with a place."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.errors import Refused

NAMES = st.sampled_from(["a", "b", "c"])
ATOMS = st.one_of(
    st.integers(-9, 9).map(str), st.sampled_from(["0.5", "True", "'x'", "'yz'", "None"]), NAMES
)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sign = st.sampled_from(["+", "-", "*", "//", "%", "&", "|", "^", "<", "==", "and", "or", "in"])
    name = st.sampled_from(["len", "list", "sorted", "sum", "abs", "str", "bool", "set", "max"])
    some = st.lists(inner, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.tuples(inner, sign, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        some.map(lambda t: f"[{t}]"),
        some.map(lambda t: f"({t},)"),
        st.tuples(inner, inner).map(lambda t: f"{{{t[0]}: {t[1]}}}"),
        st.integers(0, 9).map(lambda n: f"{{{n}, {n + 3}}}"),
        st.tuples(name, inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.integers(-2, 2)).map(lambda t: f"({t[0]})[{t[1]}]"),
        st.tuples(inner, st.integers(-2, 2)).map(lambda t: f"({t[0]})[{t[1]}:]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(inner, NAMES, inner).map(lambda t: f"[{t[0]} for {t[1]} in {t[2]}]"),
        st.tuples(inner, inner).map(lambda t: f"(lambda a, b=2: {t[0]})({t[1]})"),
        inner.map(lambda t: f"f'{{{t}!r}}'" if "'" not in t else f"(not {t})"),
    )


EXPRESSIONS = st.recursive(ATOMS, _wider, max_leaves=6)
LINES = st.one_of(
    st.tuples(NAMES, EXPRESSIONS).map(lambda t: f"{t[0]} = {t[1]}"),
    st.tuples(NAMES, st.sampled_from(["+=", "-=", "*=", "|="]), EXPRESSIONS).map(" ".join),
    EXPRESSIONS.map(lambda e: f"print({e})"),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda t: f"a, *b = {t[0]}, {t[1]}, 3"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda t: f"for {t[0]} in range(3):\n    print({t[1]})"),
    st.tuples(EXPRESSIONS, NAMES).map(lambda t: f"if {t[0]}:\n    {t[1]} = 1\nelse:\n    print(7)"),
    st.tuples(NAMES, EXPRESSIONS).map(
        lambda t: f"def f({t[0]}, *c):\n    return {t[1]}\nprint(f(4, 5))"
    ),
)


def by_python(source: str) -> tuple[str, str | None]:
    """What CPython prints, and the kind of error it ends with."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<case>", "exec"), {"__name__": "__main__"})
    except Exception as problem:
        return out.getvalue(), type(problem).__name__
    return out.getvalue(), None


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@settings(max_examples=1500, deadline=None, derandomize=True)
@given(st.lists(LINES, min_size=1, max_size=5))
def test_a_program_by_chance_prints_what_python_prints(traced, lines):
    source = "\n".join(["a, b, c = 1, [2, 3], 'q'", *lines])
    try:
        answer = traced(source)
    except Refused as refused:
        assert refused.span is not None
        return
    printed, error = by_python(source)
    if answer["status"] == "limit":
        return
    assert answer["stdout"] == printed
    assert (answer["status"] == "error") is (error is not None), answer["diagnostic"]
    if error is not None:
        assert answer["diagnostic"]["span"] is not None
