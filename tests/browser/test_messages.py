"""Every sentence of templates and scripts has a Korean one with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
IN_TEMPLATES = re.compile(r"""\b_\(\s*(["'])(?P<text>.*?)\1\s*\)""")
IN_SCRIPTS = re.compile(r'\bt\(\s*"(?P<text>(?:[^"\\]|\\.)*)"')
PLACE = re.compile(r"\{\w+\}")
# What follows a placeholder in Korean must not be a particle that depends on its last sound.
PARTICLE = re.compile(r"\}(은|는|이|가|을|를|과|와|으로|로)(?=[\s.,]|$)")


def used() -> set[str]:
    found = set()
    for folder, suffix, pattern in (
        ("templates", "html", IN_TEMPLATES),
        ("static/js", "js", IN_SCRIPTS),
    ):
        for path in (ROOT / folder).rglob(f"*.{suffix}"):
            found |= {match["text"] for match in pattern.finditer(path.read_text("utf-8"))}
    return found


@pytest.fixture(scope="module")
def korean() -> dict[str, str]:
    with (ROOT / "app/locale/ko/pages.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="ko") if m.id}


def test_nothing_is_missing_and_nothing_is_left_over(korean):
    assert used() - korean.keys() == set()
    assert korean.keys() - used() == set()


def test_every_message_is_korean_with_the_same_placeholders(korean):
    for english, text in korean.items():
        assert text, english
        assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(text)), english
        assert re.search("[가-힣]", text) or english == text, english


def test_no_particle_stands_at_a_placeholder(korean):
    assert [text for text in korean.values() if PARTICLE.search(text)] == []
