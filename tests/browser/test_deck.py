"""How the deck behaves: stepping, keys, the address, edits, errors, small screens."""

import json
import re
from contextlib import suppress

import pytest
from axe import in_both_themes
from lab import ask, widest
from playwright.sync_api import Error, expect

from app.web.share import encode


def asked(source):
    """The body of a request for a trace."""
    return json.dumps({"source": source, "lang": "en"})


def test_back_then_forward_is_identity(deck):
    page = deck("/deck?example=chain")
    page.focus()
    pictures = [page.picture()]
    for _ in range(30):
        page.press("ArrowRight")
        if page.picture() == pictures[-1]:
            break
        pictures.append(page.picture())
    assert len(pictures) > 8
    for earlier in reversed(pictures[:-1]):
        page.press("ArrowLeft")
        assert page.picture() == earlier


@pytest.mark.parametrize("unit", ["node", "phase", "pass"])
def test_larger_strides_return_too(deck, unit):
    page = deck("/deck?tick=60")
    page.page.select_option("[data-part=unit]", unit)
    page.click("forward")
    start = page.picture()
    page.click("forward", 3)
    assert page.picture() != start
    page.click("back", 3)
    assert page.picture() == start


def test_reload_lands_on_the_same_picture(deck):
    page = deck("/deck?example=chain")
    page.click("forward", 6)
    page.page.wait_for_url(re.compile(r"tick=6"))
    before = page.picture()
    page.page.reload()
    assert page.ready().picture() == before


def test_an_edited_program_travels_in_the_address(deck):
    page = deck("/deck?example=chain")
    source = page.page.input_value("gt-editor textarea").replace("3.0", "5.0")
    page.page.fill("gt-editor textarea", source)
    assert page.page.locator(".deck.outdated").count() == 1
    assert "run again" in page.text("status")
    page.page.press("gt-editor textarea", "Control+Enter")
    page.page.wait_for_selector(".deck:not(.outdated):not(.running)")
    page.click("last")
    page.page.wait_for_url(re.compile(r"q=v1\..*tick="))
    assert page.nodes()["w"]["value"] == "5"
    before = page.picture()
    page.page.reload()
    assert page.ready().picture() == before
    assert page.page.input_value("gt-editor textarea") == source


def test_keys(deck):
    page = deck("/deck?example=chain")
    page.focus()
    page.press("End")
    last = page.tick
    page.press("Home")
    assert page.tick == 1
    page.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert page.tick == 2
    page.press("r")
    assert page.tick == 1
    page.press("Space")
    page.page.wait_for_selector(".play.on")
    page.press("Space")
    assert page.page.locator(".play.on").count() == 0
    page.press("?")
    assert page.page.locator("dialog[open]").is_visible()
    page.press("Escape")
    page.page.focus("gt-editor textarea")
    before = page.tick
    page.press("End", "Home", "ArrowRight")
    assert page.tick == before < last


def test_play_stops_at_the_end(deck):
    page = deck("/deck?example=chain")
    page.page.select_option("[data-part=speed]", "30")
    page.click("play")
    page.page.wait_for_selector(".play:not(.on)")
    page.page.wait_for_function(
        "() => document.querySelector('[data-part=place]').textContent.match(/(\\d+) of \\1$/)"
    )


def test_the_live_region_says_what_a_step_did(deck):
    page = deck("/deck?example=chain")
    page.click("forward", 2)
    assert page.text("live") and page.text("live") == page.page.inner_text(".sentence")


def test_the_graph_is_one_tab_stop_walked_with_arrows(deck):
    page = deck("/deck?example=chain")
    assert page.page.locator("svg.graph [tabindex='0']").count() == 1
    page.page.focus("svg.graph [tabindex='0']")
    tick = page.tick
    page.press("ArrowRight", "ArrowRight")
    focused = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused.startswith("x2")
    assert page.tick == tick
    page.press("Enter")
    assert "x2" in page.page.inner_text(".detail h3")
    page.press("Escape")
    assert page.page.locator(".detail").is_hidden()


def test_the_table_of_ticks_is_one_tab_stop_walked_with_arrows(deck):
    page = deck("/deck?example=module&tick=5")
    assert page.page.locator(".steps tbody [tabindex='0']").count() == 1
    page.page.focus(".steps tbody [tabindex='0']")
    page.press("ArrowDown", "ArrowDown", "ArrowUp")
    assert page.tick == 7
    assert page.page.evaluate("document.activeElement.textContent") == "7"
    length = page.page.locator(".steps tbody tr").count()
    for _ in range(length):  # into the next pass, whose rows are other ones
        page.press("ArrowDown")
    assert page.tick == 7 + length
    assert page.page.evaluate("document.activeElement.textContent") == str(7 + length)


def test_a_line_a_row_and_a_node_move_the_cursor(deck):
    page = deck("/deck?example=chain")
    page.page.click(".steps tbody tr:nth-child(5)")
    assert page.tick == 5
    page.page.click(".node:has(.name:text-is('x2'))")
    assert "x2" in page.page.inner_text(".sentence")
    page.page.evaluate(
        """() => {
            const area = document.querySelector("gt-editor textarea");
            const at = area.value.indexOf("x1 =");
            area.setSelectionRange(at, at);
            area.click();
        }"""
    )
    assert "x1" in page.page.inner_text(".sentence")
    assert "x1 = " in page.page.inner_text(".paper .current")


def test_a_syntax_error_is_underlined_and_the_old_picture_stays(deck):
    page = deck("/deck?example=chain", complaints=True)
    page.page.fill("gt-editor textarea", "x = (1 +\ny = 2")
    page.click("run")
    page.page.wait_for_selector("[data-part=problem]:not([hidden])")
    assert page.text("problem").startswith("Line ")
    assert page.page.locator(".paper .wrong").count() >= 1
    assert page.page.locator("svg.graph .node").count() > 5
    assert page.page.input_value("gt-editor textarea") == "x = (1 +\ny = 2"


MIDDLE = """w = torch.tensor(2.0, requires_grad=True)
for step in range(3):
    loss = w * w
    loss.backward()
    w.data -= 0.1 * w.grad
    w.grad = None
    if step == 1: print(los)
"""


def test_what_ran_before_an_error_is_shown_with_the_message_in_its_place(deck):
    page = deck("/deck?example=chain")
    page.page.fill("gt-editor textarea", MIDDLE)
    page.click("run")
    page.page.wait_for_selector("[data-part=problem]:not([hidden])")
    told = page.text("problem")
    assert told.startswith("Line 7:") and "Did you mean: loss" in told
    assert page.page.inner_text(".paper .wrong") == "los"
    page.focus()
    page.press("End")
    rows = page.page.locator("[data-part=variables] tr").all_inner_texts()
    assert any(row.split()[:2] == ["w", "1.28"] for row in rows), rows
    assert "pass 2 of 2" in page.page.inner_text("[data-part=transport]")


def test_a_stopped_program_is_looked_at_where_it_stopped(deck):
    page = deck("/deck?example=chain")
    page.page.fill("gt-editor textarea", MIDDLE)
    page.click("run")
    page.page.wait_for_selector("[data-part=problem]:not([hidden])")
    tick, ticks = re.findall(r"tick (\d+) of (\d+)", page.text("place"))[0]
    assert tick == ticks and page.text("place").endswith("the program stopped here")
    assert page.page.inner_text(".paper .bad").strip().startswith("if step == 1")
    box, line = (
        page.page.locator(name).bounding_box() for name in ("#problem", "[data-part=fault]")
    )
    assert box["x"] == line["x"] and box["width"] == line["width"]
    assert box["y"] + box["height"] < 700  # above the player, in the first view


def test_the_line_of_an_error_comes_into_view(deck):
    page = deck("/deck?example=chain")
    page.page.fill("gt-editor textarea", MIDDLE.replace("\nfor", "\n" + "# …\n" * 60 + "for"))
    page.page.press("gt-editor textarea", "Control+Enter")
    page.page.wait_for_selector("[data-part=problem]:not([hidden])")
    line, room = (page.page.locator(name).bounding_box() for name in (".paper .bad", "gt-editor"))
    assert room["y"] <= line["y"] <= room["y"] + room["height"] - line["height"]


AXE_STATES = {
    "stopped": MIDDLE,
    "empty": "x = (1 +",
    "sums": "w = torch.tensor(3.0, requires_grad=True)\nfor k in 1, 2: (w * w + w).backward()\n",
}


@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_where_a_program_stopped_or_adds_up(deck, width):
    page = deck(complaints=True, viewport={"width": width, "height": 812})
    for source in AXE_STATES.values():
        page.page.goto(f"{page.address}/deck?q={encode({'source': source})}")
        page.page.wait_for_selector(
            "[data-part=problem]:not([hidden]), .deck:not(.running) svg.graph .node"
        )
        page.focus()
        page.press("End")
        page.page.click(".picture .key summary")
        assert in_both_themes(page.page) == []


@pytest.mark.parametrize(
    "source", ["x = (1 +", "import torch\nz = torch.zeros(3) @ torch.zeros(5)"]
)
def test_an_empty_box_says_why_and_the_player_is_not_ready(deck, source):
    page = deck(complaints=True)
    page.page.route("**/api/v1/trace", lambda route: route.continue_(post_data=asked(source)))
    page.page.goto(page.address + "/deck?example=chain")
    page.page.wait_for_selector("[data-part=problem]:not([hidden])")
    line = 1 + source.count("\n")
    for name in ("stage", "now"):
        assert f"stopped in line {line}" in page.text(name)
    assert page.page.locator(".buttons button:not(:disabled)").count() == 0


def test_an_edited_program_cannot_be_played_before_it_has_run(deck):
    page = deck("/deck?example=chain")
    play = page.page.locator("[data-part=play]")
    assert play.is_enabled()
    page.page.fill("gt-editor textarea", MIDDLE)
    assert play.is_disabled()
    page.click("run")
    page.page.wait_for_selector(".deck:not(.outdated):not(.running)")
    assert play.is_enabled()


SUMS = """import torch
w = torch.tensor(3.0, requires_grad=True)
for k in range(3):
    a = w * 2.0
    b = w * w
    loss = a + b * w
    loss.backward()
"""


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_total_of_a_ledger_is_in_view(deck, lang):
    page = deck(f"/deck?example=chain&lang={lang}")
    page.page.fill("gt-editor textarea", SUMS)
    page.click("run")
    page.page.wait_for_selector(".deck:not(.outdated):not(.running)")
    page.focus()
    page.press("End")
    total = page.page.locator(".ledger .total")
    assert total.locator("td").all_inner_texts() == ["29", "87"]
    box, panel = (one.bounding_box() for one in (total, page.page.locator(".tick")))
    assert box["y"] + box["height"] <= panel["y"] + panel["height"]
    assert box["x"] + box["width"] <= panel["x"] + panel["width"]


def test_the_key_leaves_the_graph_its_room(deck):
    page = deck("/deck?example=chain")
    before = page.page.locator(".stage").bounding_box()
    page.page.click(".key summary")
    assert page.page.locator(".key li").first.is_visible()
    assert page.page.locator(".stage").bounding_box() == before


OBJECT = """class Line:
    def __init__(self):
        self.w = torch.tensor(2.0, requires_grad=True)
net = Line()
for step in range(2):
    net.w.grad = None
    loss = (net.w - 1) ** 2
    loss.backward()
    with torch.no_grad():
        net.w -= 0.25 * net.w.grad
"""


def test_what_an_object_holds_is_a_row_with_value_and_gradient(deck):
    page = deck("/deck?example=chain")
    page.page.fill("gt-editor textarea", OBJECT)
    page.click("run")
    page.page.wait_for_function(
        "() => document.querySelector('[data-part=variables]').textContent.includes('net.w')"
    )
    page.focus()
    page.press("End")
    rows = page.page.locator("[data-part=variables] tr").all_inner_texts()
    assert any(row.split()[:3] == ["net.w", "1.25", "1"] for row in rows), rows
    ends = page.page.locator("[data-part=finals] th").all_text_contents()
    assert ends[ends.index("net") + 1] == "net.w"


def test_a_late_answer_of_an_older_program_is_ignored(deck):
    page = deck("/deck?example=chain")
    before = page.nodes()
    held = []
    page.page.route("**/api/v1/trace", lambda route: held.append(route))
    page.click("run")
    page.page.wait_for_selector(".deck.running")
    page.page.focus("gt-editor textarea")
    page.page.keyboard.type("# edited\n")
    for route in held:
        with suppress(Error):  # the page has given up on it, as it should
            route.fulfill(json={"status": "ok", "ticks": 0, "graphs": [], "passes": []})
    page.page.wait_for_timeout(200)
    assert page.nodes() == before
    assert page.page.locator(".deck.outdated").count() == 1


def test_a_shorter_program_is_run_from_a_late_tick(deck):
    """Whose tick the shorter one has not."""
    page = deck("/deck")
    page.focus()
    page.press("End")
    assert page.tick > 1000
    page.page.fill(
        "gt-editor textarea", "x = tf.Variable(2.0)\nwith tf.GradientTape() as t: y = x * x"
    )
    page.click("run")
    expect(page.page.locator("[data-part=place]")).to_have_text("tick 1 of 3")


def test_the_slider_of_passes_reaches_the_short_one(deck):
    """Also from a tick that the short pass has not."""
    page = deck("/deck?example=chain")
    page.page.fill(
        "gt-editor textarea",
        "w = torch.tensor(1.0, requires_grad=True)\n"
        "for i in range(4):\n    y = w * w * w if i % 2 else -w\n    y.backward()",
    )
    page.click("run")
    place = page.page.locator("[data-part=place]")
    expect(place).to_contain_text("pass 1 of 4")
    page.click("last")
    page.page.locator("[data-part=pass]").fill("2")
    expect(place).to_contain_text("pass 3 of 4")


def test_a_long_run_shows_progress_and_can_be_stopped(deck):
    page = deck("/deck?example=chain")
    page.page.route("**/api/v1/trace", lambda route: None)  # a server that takes for ever
    page.click("run")
    page.page.wait_for_selector("[data-part=stop]:not([hidden])")
    page.click("stop")
    assert page.page.locator(".deck.running").count() == 0


def test_the_editor_indents_undoes_and_can_be_left(deck):
    page = deck("/deck?example=chain")
    area = page.page.locator("gt-editor textarea")
    area.fill("if 1:")
    area.press("End")
    area.press("Enter")
    page.page.keyboard.type("x = 1")
    assert area.input_value() == "if 1:\n    x = 1"
    area.press("Shift+Tab")
    assert area.input_value() == "if 1:\nx = 1"
    area.press("Tab")
    area.press("Control+z")
    area.press("Control+z")
    assert area.input_value() == "if 1:\n    x = 1"
    area.press("Escape")
    area.press("Tab")
    assert page.page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    paper, typed = page.page.evaluate(
        """() => [".paper", "textarea"].map((name) => {
            const { scrollWidth, scrollHeight } = document.querySelector("gt-editor " + name);
            return [scrollWidth, scrollHeight];
        })"""
    )
    assert abs(paper[1] - typed[1]) <= 1


def test_korean_columns_and_input(deck):
    page = deck("/deck?example=chain")
    area = page.page.locator("gt-editor textarea")
    area.fill("")
    page.page.keyboard.insert_text("가중치 = 1")
    assert area.input_value() == "가중치 = 1"
    assert page.page.locator(".paper .line").first.text_content() == "가중치 = 1"


def test_reduced_motion_has_no_dots(deck):
    page = deck("/deck?example=chain", reduced_motion="reduce")
    page.click("forward")
    assert page.page.locator(".dot").count() == 0


@pytest.mark.parametrize("path", ["/", "/deck", "/deck?example=chain&tick=9&lang=ko"])
def test_nothing_scrolls_sideways(deck, path):
    page = deck(path, viewport={"width": 320, "height": 800})
    assert widest(page.page) <= 320
    for width in (375, 768, 1000, 1600, 1920):
        page.page.set_viewport_size({"width": width, "height": 800})
        assert widest(page.page) <= width


def test_on_a_phone_a_late_tick_has_one_line(deck, address):
    """The trace of three passes, as if as many had run before as it takes."""
    trace = ask(address, "trace", {"source": "w = 1.0\nfor i in range(3):\n    w = w + 0.1"})
    late = trace["passes"][-1]
    length = len(trace["graphs"][late["graph"]]["ticks"])
    passes = 120_000 // length
    before = {**late, "count": passes}
    late = {
        **late,
        "first": late["first"] + passes,
        "first_tick": late["first_tick"] + passes * length,
    }
    trace |= {
        "passes": [*trace["passes"][:-1], before, late],
        "ticks": trace["ticks"] + passes * length,
    }
    page = deck(viewport={"width": 375, "height": 812})
    page.page.route("**/api/v1/trace", lambda route: route.fulfill(json=trace))
    page.open("/deck")
    page.click("last")
    last = page.page.locator(".ticks-table tbody tr.at th")
    assert last.inner_text() == f"{page.tick:,}" and page.tick >= 100_000
    lines = last.evaluate(
        """(cell) => {
            const text = document.createRange();
            text.selectNodeContents(cell.querySelector("button"));
            return new Set([...text.getClientRects()].map(({ top }) => Math.round(top))).size;
        }"""
    )
    assert lines == 1


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("example", ["module", "chain"])
def test_on_a_phone_every_column_of_the_tables_is_in_view(deck, example, lang):
    page = deck(
        f"/deck?example={example}&lang={lang}&tick=20", viewport={"width": 375, "height": 812}
    )
    beyond = page.page.evaluate(
        """() => [".variables-table", ".ticks-table"].flatMap((name) => {
            const table = document.querySelector(name);
            const room = table.closest(".scroll");
            const edge = room.getBoundingClientRect().right;
            return [room.scrollWidth - room.clientWidth,
                ...[...table.querySelectorAll("th, td")].map((one) =>
                    Math.max(0, Math.floor(one.getBoundingClientRect().right - edge)))];
        }).filter((one) => one > 0)"""
    )
    assert beyond == []
    overlapping = page.page.evaluate(
        """() => [...document.querySelectorAll(":is(.ticks-table, .variables-table) tr")].filter(
        (row) => {
            const boxes = [...row.children].filter((one) => one.textContent)
                .map((one) => one.getBoundingClientRect());
            return boxes.some((a, i) => boxes.slice(i + 1).some((b) =>
                Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1));
        }).length"""
    )
    assert overlapping == 0
