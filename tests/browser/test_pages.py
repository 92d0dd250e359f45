"""Both pages in both languages and themes: complete, accessible, small, from this host only."""

import gzip
import re

import pytest
from axe import in_both_themes, unfold_all
from playwright.sync_api import expect

from app.web.share import encode

LIMIT = 60_000


@pytest.mark.parametrize("path", ["/", "/deck?example=chain&tick=8"])
def test_axe_finds_nothing(deck, path):
    page = deck(path)
    if "deck" in path:
        page.page.click(".node >> nth=0")
        unfold_all(page.page)
    assert in_both_themes(page.page) == []


@pytest.mark.parametrize("path", ["/?lang=ko", "/deck?example=chain&tick=8&lang=ko"])
def test_korean_is_complete(deck, path):
    """No sentence of ours is left in English: what remains are code, names and proper nouns."""
    page = deck(path)
    assert page.page.evaluate("document.documentElement.lang") == "ko"
    visible, named, english = page.page.evaluate(
        """() => {
            const own = document.body.cloneNode(true);
            for (const code of own.querySelectorAll(
                "gt-editor, svg, math, code, script, .printed, [lang=en], table")) code.remove();
            const named = [...document.querySelectorAll("[aria-label], [title]")].flatMap((one) =>
                [one.getAttribute("aria-label"), one.classList.contains("num") ? null : one.title]);
            const messages = JSON.parse(document.getElementById("messages").textContent);
            return [own.textContent, named.filter(Boolean), Object.keys(messages)];
        }"""
    )
    sentences = [key for key in english if len(key) > 12 and "{" not in key]
    assert [one for one in sentences if one in visible or one in named] == []
    assert [one for one in named if not re.search("[가-힣]", one)] == []


def test_the_language_link_shows_the_same_picture(deck):
    page = deck("/deck?example=chain")
    page.click("forward", 5)
    page.page.wait_for_url(re.compile("tick=5"))
    nodes = page.nodes()
    page.page.click("#language")
    page.page.wait_for_url(re.compile("lang=ko"))
    assert "tick=5" in page.page.url and "example=chain" in page.page.url
    page.ready()
    assert {name: node["value"] for name, node in page.nodes().items()} == {
        name: node["value"] for name, node in nodes.items()
    }


@pytest.mark.parametrize("source", ["import json", "x = torch.tensor(1.0)\ny = x + 1.0\nx.nope()"])
def test_what_is_wrong_is_said_in_the_language_of_the_page(deck, source):
    """Also of a page in another language than the browser's, and after it was switched."""
    page = deck("", complaints=True)
    page.page.goto(f"{page.address}/deck?q={encode({'source': source})}&lang=ko")
    told = page.page.locator("[data-part=problem]:not([hidden])")
    expect(told).to_contain_text(re.compile("[가-힣]{2}.*니다"))
    page.page.click("#language")
    page.page.wait_for_url(re.compile("lang=en"))
    expect(told).to_contain_text("Line ")
    assert not re.search("[가-힣]", told.inner_text())


def test_the_theme_is_kept_in_the_address(deck):
    page = deck("/")
    page.page.select_option("#theme", "dark")
    dark = page.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert "theme=dark" in page.page.url
    page.page.click(".programs a >> nth=0")
    page.page.wait_for_url(re.compile("/deck.*theme=dark"))
    page.ready()
    assert page.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark


def test_home_plays_and_leads_to_the_studio(deck):
    page = deck("/")
    page.click("forward", 2)
    before = page.nodes()
    page.page.click("[data-part=studio-link]")
    page.page.wait_for_url(re.compile("/deck"))
    page.ready()
    assert page.nodes() == before


def test_without_scripts_the_program_and_a_note_are_there(deck, address):
    page = deck("", java_script_enabled=False)
    page.page.goto(address + "/")
    assert "JavaScript" in page.page.inner_text("noscript, .notice")
    assert page.page.locator(".programs a").count() >= 5
    assert "tf.Variable" in page.page.input_value("textarea")


def test_the_first_view_is_small(deck, address):
    page = deck("")
    bodies = {}
    page.page.on("response", lambda answer: bodies.setdefault(answer.url, answer))
    page.open("/deck?lang=ko")
    sizes = {
        url: len(gzip.compress(answer.body()))
        for url, answer in list(bodies.items())
        if "/api/" not in url and not url.endswith(".woff2") and url.startswith("http")
    }
    assert any(url.endswith("deck.js") for url in sizes)
    assert sum(sizes.values()) < LIMIT, sizes
