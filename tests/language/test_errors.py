"""Wrong programs: each error has its code, its place, and the words of Python or the framework."""

import ast
import re
import time
from pathlib import Path
from string import Formatter

import orjson
import pytest
from python_words import ending

from app import language
from app.language.advice import RUNNING, SYNTAX, Seen, advice
from app.language.budget import Limits
from app.language.errors import PLAIN, Diagnosed, Refused
from app.language.prose import PROSE
from app.language.run import trace
from app.story.words import catalogue, say

CASES = ["torch_errors", "tf_errors", "python_errors"]
CASES += ["torch_misfits", "tf_misfits", "numpy_misfits"]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # 3() and the like: that is the point
def test_ends_as_in_the_framework(traced, by_python, case):
    words, line = case.get("error"), case.get("line")
    if case["family"] in ("python_errors", "numpy_misfits"):
        _, words, line = by_python(case["source"])
    answer = traced(case["source"])
    code, *paraphrased = case["marks"].split()
    found = answer["diagnostic"]
    assert answer["status"] == "error"
    assert found["code"] == code
    assert found["span"][0] == line
    assert found["message"].endswith(".") and found["hint"]
    if not paraphrased:
        told = found["framework_error"]
        pure = case["family"] == "python_errors"
        assert (ending(told) == ending(words)) if pure else (told == words)


def test_a_misspelt_name_is_guessed(traced):
    found = traced("weight = 1.0\nprint(wieght)")["diagnostic"]
    assert found == {
        "code": "name",
        "message": "The name wieght has no value yet.",
        "hint": "Did you mean: weight?",
        "span": [2, 7, 2, 13],
        "framework_error": "NameError: name 'wieght' is not defined",
    }


def test_a_misspelt_attribute_is_guessed(traced):
    found = traced("x = torch.ones(2)\nx.summ()")["diagnostic"]
    assert found["hint"].startswith("Did you mean: sum")
    assert found["span"] == [2, 1, 2, 7]


def test_shapes_that_do_not_fit_are_both_named(traced):
    for text in ("torch.ones(2, 3) @ torch.ones(4, 5)", "tf.ones((2, 3)) @ tf.ones((4, 5))"):
        message = traced(text)["diagnostic"]["message"]
        assert "(2, 3)" in message and "(4, 5)" in message


def test_what_ran_before_an_error_is_kept(traced):
    answer = traced(
        "w = tf.Variable(2.0)\n"
        "with tf.GradientTape() as tape:\n    y = w * w\n"
        "g = tape.gradient(y, w)\nprint(g.numpy())\nprint(missing)"
    )
    assert answer["status"] == "error" and answer["stdout"] == "4.0\n"
    assert answer["passes"][0]["count"] == 1
    assert answer["variables"]["g"]["value"] == 4.0


def test_columns_are_characters(traced):
    source = '가중치 = 2.0; print("가나다", 없음)'
    column = source.index("없음") + 1
    assert traced(source)["diagnostic"]["span"] == [1, column, 1, column + 2]


def test_korean(traced):
    english, korean = (traced("print(w)", lang=lang)["diagnostic"] for lang in ("en", "ko"))
    assert korean["code"] == english["code"] == "name"
    assert any("가" <= letter <= "힣" for letter in korean["message"])


@pytest.mark.parametrize(
    "source",
    [
        "np.c_[0:3]",
        "np.array([[1, 2], [3]])",
        "torch.ones(6).reshape(4, 4)",
        "np.ones(3)[1, 2]",
        "tf.one_hot([1], 3, on_value=2.0)",
        "tf.ones(3)[7]",
        "def f():\n    yield 1\nf().send(3)",
        "torch.nn.functional.batch_norm(torch.ones(2, 3), torch.ones(2), torch.ones(3))",
        "tf.nn.bias_add(tf.ones((2, 3)), tf.ones(2))",
    ],
)
def test_a_korean_sentence_has_no_english_words_in_it(traced, source):
    found = traced(source, lang="ko")["diagnostic"]
    assert not re.search(r"(?<![\w.])[a-z]{2,} [a-z]{2,}", found["message"]), found["message"]


def test_what_is_not_here_is_told_in_phrases_that_are_translated():
    bare = []
    for path in Path(language.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "unsupported":
                told = ast.unparse(node.args[0])
                named = isinstance(node.args[0], ast.Constant | ast.JoinedStr)
                if not told.startswith("N_(") and (not named or PLAIN.search(told)):
                    bare.append(f"{path.name}:{node.lineno}: {told}")
    assert not bare


@pytest.mark.parametrize("code", sorted(PROSE))
def test_every_code_has_a_sentence_and_a_hint(code):
    message, hint = PROSE[code]
    fields = {name: "…" for _, name, _, _ in Formatter().parse(message + hint) if name}
    found = Diagnosed(code, [1, 1, 1, 2], **(fields | {"close": ["w"]})).diagnostic()
    assert found["code"] == code and found["span"] == [1, 1, 1, 2]
    assert message and hint
    assert found["message"].rstrip("?").rstrip(".") and "{" not in found["message"] + found["hint"]


# -- refused before anything runs


@pytest.mark.parametrize(
    ("source", "code", "span"),
    [
        ("x = (1", "syntax", [1, 5, 1, 6]),
        ("if True\n    pass", "syntax", [1, 8, 1, 9]),
        ("x = 1\n  y = 2", "syntax", [2, 2, 2, 3]),
        ("가 = 'abc", "syntax", [1, 5, 1, 6]),
        ("x = 1 +", "syntax", [1, 8, 1, 9]),
        ("def f(:\n    pass", "syntax", [1, 7, 1, 8]),
        ("return 1", "syntax", [1, 1, 1, 9]),
        ("", "empty", None),
        ("  \n\n", "empty", None),
        ("try:\n    pass\nexcept* ValueError: x", "construct", [1, 1, 1, 5]),
        ("x = 1\nyield x", "syntax", [2, 1, 2, 8]),
        ("가 = 12j", "construct", [1, 5, 1, 8]),
        ("x = 1 + 2j", "construct", [1, 9, 1, 11]),
        ("x = __import__('os')", "private", [1, 5, 1, 15]),
        ("x = ().__class__", "private", [1, 5, 1, 17]),
        ("import json", "import", [1, 1, 1, 12]),
        ("x = 1\nfrom json import loads", "import", [2, 1, 2, 23]),
        ("import numpy.linalg.foo", "import", [1, 1, 1, 24]),
        ("x" * 70_000, "source_size", [1, 65_537, 1, 65_538]),
        (" \n", "empty", [1, 1, 1, 1]),
        ("x = 1\ny = '\0'", "characters", [2, 6, 2, 7]),
        ("x = '\ud800'", "characters", [1, 6, 1, 7]),
        ("(" * 250 + ")" * 250, "syntax", None),
        ("a = 1\nx = " + "-" * 5_000 + "1", "nesting", [2]),
        ("x = " + "-" * 300 + "1", "nesting", None),
    ],
)
def test_refused(traced, source, code, span):
    with pytest.raises(Refused) as caught:
        traced(source)
    assert caught.value.code == code
    if span is not None:
        assert caught.value.span[: len(span)] == span
    found = caught.value.diagnostic()
    assert found["message"] and found["hint"]
    if code == "syntax":
        with pytest.raises(SyntaxError) as real:
            compile(source, "<case>", "exec")
        assert found["framework_error"].startswith(f"{real.type.__name__}: {real.value.msg}")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("np.linalg.inv(np.zeros((2, 2)))", "LinAlgError: Singular matrix"),
        ("tf.linalg.inv(tf.zeros((2, 2)))", "InvalidArgumentError: Input is not invertible."),
        ("torch.linalg.inv(torch.zeros(2, 2))", None),
    ],
)
def test_a_singular_matrix_is_no_matter_of_shapes(source, words):
    answer = orjson.loads(trace({"source": source}, Limits()))
    assert answer["diagnostic"]["code"] == "singular"
    assert answer["diagnostic"].get("framework_error") == words


@pytest.mark.parametrize("row", [*SYNTAX, *RUNNING], ids=lambda row: row.change)
def test_advice_names_only_what_its_patterns_find(row):
    named = {
        name.split("_")[0]
        for pattern in (row.words, row.written, row.program)
        for name in re.findall(r"\(\?P<(\w+)>", pattern or "")
    }
    for sentence in (row.happened, row.change):
        for lang in ("en", "ko"):
            assert say(lang, sentence or "", **dict.fromkeys(named, "…")) or sentence is None
        assert sentence is None or catalogue("ko")[sentence]


@pytest.mark.parametrize(
    ("line", "place"),
    [("w = tf.Variable(1.0)", "w " * 150), ("w = w" + " " * 200, "w.grad " * 50)],
)
@pytest.mark.parametrize(
    "words", ["'NoneType' object has no attribute 'x'", "does not have a grad_fn"]
)
def test_advice_is_found_in_little_time_whatever_the_program(line, place, words):
    before = time.process_time()
    marks = [f"[none {name} rebound]" for name in ("w", "v") * 50]
    advice(RUNNING, words, Seen(place, [line] * 3_000, marks))
    assert time.process_time() - before < 1.0
