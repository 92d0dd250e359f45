"""The derivative as code, paths and cost, and what-if, as a visitor meets them."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

FAN = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x + x\ny.backward()\n"


@pytest.fixture
def fan(deck):
    """The studio with a program in which two gradients meet."""
    studio = deck("/deck")
    studio.page.fill("gt-editor textarea", FAN)
    studio.click("run")
    expect(studio.page.locator("svg.graph .node")).to_have_count(3)
    return studio


def unfold(deck, name):
    deck.page.click(f"[data-derived={name}] summary")


def test_the_line_of_the_tick_is_marked_and_a_line_leads_to_its_tick(fan):
    page = fan.page
    unfold(fan, "code")
    fan.focus()
    fan.press("Home")
    marked = page.locator(".listing [aria-current]")
    expect(marked).to_have_text(re.compile(r"v1 = x \* x"))
    fan.press("End")
    expect(marked).to_have_text(re.compile(r"g_x \+= g_v1 \* x"))
    page.get_by_role("button", name="g_y = np.float32(1.0)").click()
    expect(marked).to_have_text(re.compile("g_y = "))
    assert page.locator(".listing [aria-current]").count() == 1
    assert "gradient" in fan.text("now") or "Backward" in fan.text("now")


def test_scripts_for_the_frameworks_are_tabs_and_files(fan):
    page = fan.page
    unfold(fan, "code")
    tab = page.get_by_role("tab", name="PyTorch")
    tab.click()
    expect(page.locator(".listing")).to_contain_text("y.backward()")
    tab.press("ArrowRight")
    expect(page.get_by_role("tab", name="TensorFlow")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".listing")).to_contain_text("tf.GradientTape()")
    with page.expect_download() as download:
        fan.click("download-code")
    assert download.value.suggested_filename == "derivative_tensorflow.py"
    text = download.value.path().read_text(encoding="utf-8")
    assert text.startswith("import tensorflow as tf\n")


def test_paths_add_up_to_the_gradient(fan):
    fan.focus()
    fan.press("End")
    unfold(fan, "counts")
    room = fan.page.locator("[data-derived=counts] .derived-room")
    expect(room).to_contain_text("Paths from x to the target: 3")
    expect(room).to_contain_text("All are listed.")
    rows = room.locator("tr", has_text="gradient by reverse mode")
    expect(rows).to_contain_text("7")


def test_a_fault_marks_wrong_numbers_and_stays_in_the_address(fan):
    page = fan.page
    page.select_option("[data-part=fault]", "overwrite")
    told = page.locator("[data-part=fault-told]")
    expect(told).to_contain_text("replaces what had come before")
    page.get_by_role("button", name="Go to the first wrong tick").click()
    expect(page.locator("[data-part=variables] .amiss").first).to_contain_text("✗")
    assert page.locator("svg.graph .amiss").count() > 0
    fan.focus()
    fan.press("End")
    expect(page.locator("svg.graph .node .gradient.amiss")).to_have_text(["✗ 3"])
    page.wait_for_url(re.compile(rf"q=v1.*tick={fan.tick - 1}\b"))
    page.reload()
    fan.ready()
    expect(page.locator("[data-part=fault]")).to_have_value("overwrite")
    expect(page.locator("svg.graph .node .gradient.amiss")).to_have_text(["✗ 3"])
    page.select_option("[data-part=fault]", "")
    expect(page.locator(":is(.stage, .now, .tables) .amiss")).to_have_count(0)
    expect(told).to_be_hidden()


def test_code_and_paths_are_not_fetched_before_they_are_opened(deck):
    asked = []
    deck = deck()
    deck.page.on("request", lambda request: asked.append(request.url))
    deck.open("/deck")
    assert not [url for url in asked if "derivations" in url or "/code" in url or "/counts" in url]
    unfold(deck, "code")
    expect(deck.page.locator(".listing li").first).to_be_visible()
    assert [url for url in asked if url.endswith("/api/v1/code")]


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_runs_out_of_the_page_and_axe_finds_nothing(deck, width, lang):
    deck = deck(f"/deck?lang={lang}", viewport={"width": width, "height": 800})
    unfold(deck, "code")
    unfold(deck, "counts")
    expect(deck.page.locator(".listing li").first).to_be_visible()
    expect(deck.page.locator("[data-derived=counts] table").first).to_be_visible()
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert deck.page.evaluate(wide)
    found = Axe().run(deck.page, context={"include": [[".derivations"], [".what-if"]]})
    assert found.response["violations"] == [], json.dumps(found.response["violations"], indent=1)
