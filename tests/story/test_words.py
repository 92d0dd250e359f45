"""Every sentence that app/ marks with N_ has a Korean one with the same placeholders."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from app.story.words import both, catalogue, say

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / f"app/locale/ko/{name}.po" for name in ("engine", "story")]
# What follows a placeholder in Korean must not be a particle that depends on its last sound.
PARTICLE = re.compile(r"\}(은|는|이|가|을|를|과|와|으로|로|이나|나|이랑|랑)(?![가-힣])")
WRITTEN_KOREAN = re.compile("[가-힣]")


def marked() -> dict[str, str]:
    """Every sentence in N_("…") under app/, and the first place of it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) == "N_":
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                assert len(node.args) == 1 and not node.keywords, place
                sentence = node.args[0]
                assert isinstance(sentence, ast.Constant), f"{place}: N_ takes one plain text"
                assert isinstance(sentence.value, str), place
                found.setdefault(sentence.value, place)
    return found


def _name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def places(text: str) -> list[str]:
    """The placeholders of a sentence, each with its format and as often as it stands there."""
    return sorted(
        f"{name}!{conversion}:{spec}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    )


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    found = marked()
    assert len(found) > 100  # the collection itself works
    return found


@pytest.fixture(scope="module")
def story() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in FILES:
        with path.open("rb") as file:
            found |= {str(m.id): str(m.string) for m in read_po(file, locale="ko") if m.id}
    return found


def test_every_sentence_has_a_korean_one(sentences):
    korean = catalogue("ko")
    assert {text: place for text, place in sentences.items() if text not in korean} == {}


def test_no_korean_sentence_is_stale(sentences, story):
    assert story.keys() - sentences.keys() == set()


def test_every_sentence_stands_in_the_files_once():
    lines = [line for path in FILES for line in path.read_text("utf-8").splitlines()]
    ids = [line for line in lines if line.startswith("msgid ") and line != 'msgid ""']
    assert len(ids) == len(set(ids))


def test_the_placeholders_are_the_same(sentences):
    korean = catalogue("ko")
    differing = [
        (english, korean[english])
        for english in sentences
        if english in korean and places(english) != places(korean[english])
    ]
    assert differing == []


def test_the_korean_is_korean(story):
    for english, korean in story.items():
        only_placeholders = re.fullmatch(r"(\{\w+\})+", english)
        assert WRITTEN_KOREAN.search(korean) or only_placeholders, english


def test_no_particle_stands_at_a_placeholder(story):
    assert [korean for korean in story.values() if PARTICLE.search(korean)] == []


def test_english_is_its_own_key():
    assert catalogue("en") == {}
    assert say("en", "The tape watches {x} from here on.", x="w") == (
        "The tape watches w from here on."
    )


def test_say_fills_the_values_in(story):
    sentence = "The tape watches {x} from here on."
    assert say("ko", sentence, x="w") == story[sentence].replace("{x}", "w")


def test_say_without_values_leaves_placeholders_standing(story):
    sentence = "{node} was computed from constants only."
    assert say("en", sentence) == sentence
    assert say("ko", sentence) == story[sentence]
    assert "{node}" in say("ko", sentence)


def test_a_value_may_itself_be_a_placeholder():
    told = say("ko", "Added to {b} so far: {a}.", b="{b3}", a="{a3}")
    assert "{b3}" in told and "{a3}" in told


def test_an_unknown_sentence_or_language_stays_english():
    assert say("ko", "Nobody ever wrote this: {x}.", x=1) == "Nobody ever wrote this: 1."
    assert say("xx", "The tape records again.") == "The tape records again."


def test_both_says_it_in_every_language(story):
    sentence = "{name} has not moved in {count} updates."
    told = both(sentence, name="w", count=3)
    assert told == {
        "en": "w has not moved in 3 updates.",
        "ko": story[sentence].replace("{name}", "w").replace("{count}", "3"),
    }


def test_every_sentence_can_be_filled(sentences):
    for sentence in sentences:
        names = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
        for told in both(sentence, **dict.fromkeys(names, "7")).values():
            assert not names or "{" not in told, sentence


@pytest.mark.parametrize(
    ("number", "shown"),
    [(9999, "9999"), (10_000, "10,000"), (-1_000_000, "-1,000,000"), (12345.5, "12345.5")],
)
def test_long_whole_numbers_are_in_groups_of_three(number, shown):
    assert say("en", "{n} of them", n=number) == f"{shown} of them"
