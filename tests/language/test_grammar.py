"""What may stand in a program, where it stands, and how it is read; node by node: test_nodes.py."""

import ast

import pytest

from app.language import expressions, statements
from app.language.errors import Refused
from app.language.grammar import ALLOWED, Places, parse

LIMIT = 65_536


def refusal(source: str) -> Refused:
    with pytest.raises(Refused) as caught:
        parse(source, LIMIT)
    return caught.value


def test_every_allowed_statement_and_expression_can_be_compiled():
    compiled = {*expressions.COMPILE, *statements.COMPILE}
    elsewhere = {"Module", "Starred", "Yield", "YieldFrom"}
    for name in set(ALLOWED) - elsewhere:
        kind = getattr(ast, name)
        if issubclass(kind, ast.stmt | ast.expr):
            assert kind in compiled, name


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("try: pass\nexcept* ValueError: pass", "Write except:"),
        ("def f(): x = yield 1", "line of its own"),
        ("def f():\n    with x: yield 1", "after the with"),
        ("async def f(): pass", "await"),
        ("class A:\n    @property\n    def f(self): pass", "net.size()"),
        ("class A(B, C): pass", "one base"),
        ("import contextlib", "__enter__"),
        ("x = 1\nx.__class__", "type(x)"),
    ],
)
def test_what_is_left_out_says_what_to_write(traced, source, hint):
    with pytest.raises(Refused) as caught:
        traced(source)
    english, korean = (caught.value.diagnostic(lang) for lang in ("en", "ko"))
    assert hint in english["hint"] and korean["hint"] != english["hint"]
    assert english["span"] is not None


@pytest.mark.parametrize("name", ["_x", "__builtins__", "__x", "_", "__name__", "_a_", "__class__"])
def test_names_with_leading_underscores(name):
    if name in ("_", "__name__", "_x", "_a_"):
        parse(f"x = {name}", LIMIT)
    else:
        assert refusal(f"x = {name}").code == "private"
        assert refusal(f"x.{name} = 1").code == "private"
        assert refusal(f"f({name}=1)").code == "private"
        assert refusal(f"def f({name}): pass").code == "private"
        assert refusal(f"def {name}(): pass").code == "private"
        assert refusal(f"import numpy as {name}").code == "private"
        assert refusal(f"def f():\n    global {name}").code == "private"
        assert refusal(f"lambda *{name}: 1").code == "private"


@pytest.mark.parametrize("letter", ["＿", "︳", "﹍"])
def test_letters_that_normalise_to_an_underscore(letter):
    assert refusal(f"x = ().{letter}{letter}class{letter}{letter}").code in ("private", "syntax")


# -- places


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("x = 1j", "1j"),
        ("가중치 = 1j", "1j"),
        ("x = '한글과 English'; y = 12j", "12j"),
        ("print('🙂🙂', 3j)", "3j"),
        ("α, β = 1, 2j", "2j"),
        ("\t\nx = 1\n한 = 1; 글 = 3j", "3j"),
    ],
)
def test_columns_count_characters(source, part):
    line = next(i for i, text in enumerate(source.split("\n"), 1) if part in text)
    column = source.split("\n")[line - 1].index(part) + 1
    assert refusal(source).span == [line, column, line, column + len(part)]


def test_spans_over_several_lines():
    assert refusal("x = 1\nasync def f():\n    y = 1\n    z = 2\n").span == [2, 1, 4, 10]


def test_places_of_a_line_of_bytes_and_characters():
    node = ast.parse("가 = '나' + x").body[0].value.right
    assert Places("가 = '나' + x").span(node) == [1, 11, 1, 12]


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_line_endings(ending):
    assert refusal(ending.join(["x = 1", "y = 2j", ""])).span == [2, 5, 2, 7]


@pytest.mark.parametrize(
    "source",
    ["x = (", "x = 'a", "for i in range(3)\n    pass", "x = = 2", "  x = 1", "def f(:\n  pass",
     "x = 1\n\ty = 2\n", "f'{'", "x = \x00", "print 'a'", "가 = 1 나", "x = 0777", '"""abc'],
)  # fmt: skip
def test_syntax_errors(source):
    found = refusal(source)
    assert found.code in ("syntax", "characters")
    told = found.diagnostic()
    assert told["message"].endswith(".")
    if found.span is not None:
        line, column, end, stop = found.span
        lines = source.split("\n")
        assert 1 <= line <= end and (line < end or column < stop)
        assert 1 <= column <= len(lines[min(line, len(lines)) - 1]) + 2


def test_lone_surrogates_are_refused():
    assert refusal("x = '\ud800'").code == "characters"


# -- Python's own parser


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("x = (", "syntax"),
        ("break", "syntax"),  # only its compiler knows
        ("x = " + "9" * 5000, "syntax"),
        ("x = \0", "characters"),
        ("\ufdd0\udfff", "characters"),
        ("-" * 60_000 + "1", "nesting"),  # MemoryError
        ("x" + ".a" * 30_000, "nesting"),  # RecursionError
        ("(" * 9_000 + "1" + ")" * 9_000, "syntax"),
    ],
)
def test_each_error_of_pythons_parser_is_a_refusal(source, code):
    found = refusal(source)
    assert found.code == code and found.span is not None
    assert found.diagnostic()["message"].endswith(".")


@pytest.mark.parametrize("reader", ["ast.parse", "builtins.compile"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SyntaxError("no place"), "syntax"),
        (ValueError("source code string cannot contain null bytes"), "characters"),
        (MemoryError(), "nesting"),
        (RecursionError("too deep"), "nesting"),
        (OverflowError("line number does not fit"), "nesting"),
    ],
)
def test_each_error_is_a_refusal_wherever_python_reads(monkeypatch, reader, error, code):
    def gives_up(*given, **named):
        raise error

    monkeypatch.setattr(reader, gives_up)
    with pytest.raises(Refused) as caught:
        parse("x = (1 + [2])", LIMIT)
    monkeypatch.undo()
    assert caught.value.code == code


@pytest.mark.parametrize(
    "source",
    [r'x = "\d"', "x = 1if 1else 2", "x = 1 is 1", "assert (1, 'a')", 'x = f"{1}\\d"', "1()"],
)
def test_what_python_warns_of_is_read_in_silence(source):
    parse(source, LIMIT)  # where warnings are errors, and so would be refused


# -- notebooks


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("%matplotlib inline\nx = 1", [(1, "magic")]),
        ("!pip install torch\nx = 1", [(1, "magic")]),
        ("x = 1\n?x", [(2, "magic")]),
        (">>> x = 1\n>>> y = 2", [(1, "prompt"), (2, "prompt")]),
        (">>> for i in x:\n...     pass", [(1, "prompt"), (2, "prompt")]),
        ("x = 7 % 3", []),
        ("x = 1 if not 0 != 1 else 2", []),
    ],
)
def test_prompts_and_magics_are_skipped(source, kinds):
    _, _, skipped = parse(source, LIMIT)
    assert skipped == kinds


def test_a_magic_inside_a_block_leaves_a_statement(printed):
    assert printed("for i in range(2):\n    %time\nprint(i)") == "1\n"


def test_a_percent_line_within_a_text_or_bracket_is_not_a_magic(printed):
    assert printed("x = (7\n     % 4)\nprint(x)") == "3\n"
    assert printed('x = """\n% a\n! b\n>>> c\n"""\nprint(x)') == "\n% a\n! b\n>>> c\n\n"


def test_nesting(printed):
    assert refusal("x = " + "(" * 90 + "1" + " + 1)" * 90 + "+ -" * 150 + "1").code == "nesting"
    deep = "\n".join("    " * i + "if 1:" for i in range(60)) + "\n" + "    " * 60 + "pass"
    parse(deep, LIMIT)
