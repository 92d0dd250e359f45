"""Format specs, % and str.format by own code: what CPython gives, or the words it refuses with."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.language.budget import Budget, Limits
from app.language.digits import float_text
from app.language.errors import LimitReached, ProgramError
from app.language.formatting import formatted
from app.language.machine import Machine
from app.language.percent import percent
from app.language.templates import braces
from app.story.trace import Trace

MACHINE = Machine(Budget(Limits(operations=10**9, seconds=10**6)), Trace().recorder)
FLOATS = st.one_of(
    st.floats(),
    st.floats(-1e6, 1e6),
    st.sampled_from([0.0, -0.0, 0.5, 2.5, 1e16, 1e17, 123456789.0, 9.995, 0.00001, 5e-324, 1e22]),
    st.integers(-400, 400).map(lambda n: n / 8),
)
VALUES = st.one_of(
    FLOATS,
    st.integers(-(10**6), 10**6),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.text(max_size=6),
    st.sampled_from([10**400, "가중치", "é😀"]),
)


def optional(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", "", *texts))


WIDTH = st.one_of(st.just(""), st.integers(0, 40).map(str))
PRECISION = st.one_of(st.just(""), st.just("."), st.integers(0, 30).map(lambda n: f".{n}"))
WELL_FORMED = st.tuples(
    optional("<", ">", "=", "^", "*<", "0>", "가^", "z=", "{>"),
    optional("+", "-", " "),
    optional("z"),
    optional("#"),
    optional("0"),
    WIDTH,
    optional(",", "_", "_,"),
    PRECISION,
    optional(*"bcdeEfFgGnosxX%q"),
).map("".join)
SPECS = st.one_of(WELL_FORMED, st.text("<>=^+- z#0123456789,_.deEfgnsxX%b가٣\x01", max_size=7))


def outcome(act: Callable[[], str]) -> tuple[str, str]:
    """The text, or the error and its words."""
    try:
        return "text", act()
    except ProgramError as problem:
        return "error", problem.framework or problem.code
    except (ValueError, TypeError, OverflowError, LookupError) as problem:
        return "error", f"{type(problem).__name__}: {problem}"


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(VALUES, SPECS)
def test_a_spec_gives_what_python_gives(value, spec):
    assert outcome(lambda: formatted(MACHINE, value, spec)) == outcome(lambda: format(value, spec))


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(FLOATS, st.sampled_from("eEfFgG"), st.integers(0, 400), st.booleans())
def test_digits_are_those_of_python(value, code, precision, alternate):
    spec = f"{'#' if alternate else ''}.{precision}{code}"
    assert float_text(value, code, precision, alternate) == format(value, spec)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(FLOATS)
def test_the_shortest_digits_read_back(value):
    assert float_text(value, "r", 0) == repr(value)


PLACES = st.tuples(
    optional("(a)", "(b)", "(a(b)c)", "(a"),
    optional("-", "+", " ", "#", "0", "#0", "-0", "+ "),
    st.one_of(WIDTH, st.just("*")),
    st.one_of(PRECISION, st.just(".*")),
    optional("h", "l"),
    st.sampled_from("diouxXeEfFgGcrsa%q가"),
).map(lambda parts: "%" + "".join(parts))
TEMPLATES = st.lists(st.one_of(PLACES, st.text("ab %", max_size=3)), max_size=3).map("".join)
ARGUMENTS = st.one_of(
    VALUES,
    st.lists(st.one_of(VALUES, st.integers(-20, 20)), max_size=5).map(tuple),
    st.lists(VALUES, max_size=2),
    st.dictionaries(st.sampled_from(["a", "b", "a(b)c"]), VALUES, max_size=3),
    st.none(),
)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(TEMPLATES, ARGUMENTS)
def test_percent_gives_what_python_gives(template, values):
    try:
        mine = outcome(lambda: percent(MACHINE, template, values))
    except LimitReached:  # a * was given a number as large as this
        return
    assert mine == outcome(lambda: template % values)


FIELDS = st.tuples(
    optional("0", "1", "2", "a", "b", "0[0]", "b[k]", "b[1]", "b[k][0]", "0[]", "0[0]x", "9", "0["),
    optional("!r", "!s", "!a", "!q", "!", "!rx"),
    optional(":", ":>8", ":.3f", ":{0}", ":{w}", ":>{w}.{0}", ":{0:{1}}", ":{{", ":{0:{1:{2}}}"),
    st.sampled_from(["}", "}", "}", "}", "}}", ""]),
).map(lambda parts: "{" + "".join(parts))
BRACED = st.lists(st.one_of(FIELDS, st.text("ab{}", max_size=3)), max_size=3).map("".join)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(BRACED, st.lists(st.one_of(VALUES, st.just([7, "x"])), max_size=3), st.integers(0, 12))
def test_str_format_gives_what_python_gives(template, values, w):
    named: dict[str, Any] = {"a": 2.5, "b": {"k": [1.5], 1: "one"}, "w": w}
    mine = outcome(lambda: braces(MACHINE, template, values, named))
    assert mine == outcome(lambda: template.format(*values, **named))


@pytest.mark.parametrize(
    "source",
    [
        "'%1000000000d' % 1",
        "'%.1000000000f' % 1",
        "'%*d' % (10**9, 1)",
        "'%.*f' % (10**9, 1)",
        "f'{1:1000000000}'",
        "f'{1:01000000000,}'",
        "f'{1.5:.1000000000f}'",
        "'{:{w}}'.format(1, w=10**9)",
        "format('a', '1000000000')",
        "'%s' * 50000 % tuple(['abcdefgh'] * 50000)",
        "'{0}{0}'.format('a' * 60000)",
    ],
)
def test_sizes_are_charged_before_anything_is_made(traced, source):
    answer = traced(f"x = {source}")
    assert answer["status"] == "limit" and answer["diagnostic"]["code"] == "length"


def test_attributes_are_no_fields(traced):
    for template in ("{0.shape}", "{x.shape}", "{0[0].shape}"):
        found = traced(f"x = torch.ones(2)\nprint('{template}'.format(x, x=x))")["diagnostic"]
        assert found["code"] == "format_attribute"
        assert "f-string" in found["hint"] and found["span"][0] == 2


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("x = 3\nprint(f'{x=} {x = !s:>4} {x=:.2f}')", "x=3 x =    3 x=3.00\n"),
        ("w, p = 8, 2\nprint(f'{3.14159:{w}.{p}f}|{\"é\"!a}')", "    3.14|'\\xe9'\n"),
        ("print(ascii(['é', 1]), format(2.5, '.1e'))", "['\\xe9', 1] 2.5e+00\n"),
        ("print('{0[loss]:.3f} {1[0]}'.format({'loss': 0.5}, [7]))", "0.500 7\n"),
        ("print('%(name)s: %(loss)5.2f%%' % {'name': 'net', 'loss': 3.14159})", "net:  3.14%\n"),
        ("print('%d %d' % np.ones((2, 3)).shape, '%d' % np.float32(2.7))", "2 3 2\n"),
    ],
)
def test_in_programs(printed, source, text):
    assert printed(source) == text
