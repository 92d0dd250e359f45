"""The derivative as code, paths and cost, and what-if, as a visitor meets them."""

import re

import pytest
from axe import in_both_themes, violations
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
    """By the keyboard: what is still coming in above may move a summary away from a click."""
    deck.page.locator(f"[data-derived={name}] summary").press("Enter")


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


def test_what_is_printed_and_left_is_marked_wrong(fan):
    page = fan.page
    page.fill(
        "gt-editor textarea", FAN + "print('right')\nprint(x.grad)\nx.grad\nkept = x.grad.item()\n"
    )
    fan.click("run")
    expect(page.locator("[data-part=finals]")).to_contain_text("7")
    page.select_option("[data-part=fault]", "overwrite")
    expect(page.locator("[data-part=fault-told]")).to_contain_text("replaces")
    fan.focus()
    fan.press("End")
    expect(page.locator("[data-part=printed] .amiss")).to_have_text(["✗ tensor(3.)"])
    expect(page.locator("[data-part=printed]")).to_have_text(re.compile(r"^right\s"))
    expect(page.locator("[data-part=echo] .amiss")).to_have_text(["✗ tensor(3.)"])
    page.locator(".tables details summary").first.click()
    expect(page.locator("[data-part=finals] .amiss")).to_have_text(["✗ 3"])


LARGE = """\
w = torch.ones(40, 40, requires_grad=True)
s = w * w + w
(s * s).sum().backward()
"""


def test_the_numbers_of_a_wrong_tick_say_that_they_are_wrong(deck):
    studio = deck("/deck")
    page = studio.page
    page.fill("gt-editor textarea", LARGE)
    studio.click("run")
    expect(page.locator("[data-part=finals]")).to_contain_text("[2]")
    page.select_option("[data-part=fault]", "overwrite")
    page.get_by_role("button", name="Go to the first wrong tick").click()
    studio.focus()
    studio.press("End")
    show = page.locator("[data-part=now]").get_by_role("button", name="Show this tick's numbers")
    show.click()
    expect(page.locator("[data-part=now] .spoilt")).to_have_text(
        "✗ made wrong by the fault that was chosen"
    )
    page.select_option("[data-part=fault]", "")
    expect(page.locator("[data-part=fault-told]")).to_be_hidden()
    studio.focus()
    studio.press("End")
    show.click()
    expect(page.locator("[data-part=now] .facts").first).to_be_visible()
    expect(page.locator("[data-part=now] .spoilt")).to_have_count(0)


TWO = """\
w = torch.tensor(1.0, requires_grad=True); b = torch.tensor(0.5, requires_grad=True)
for i in range(3):
    loss = (w * 2 + b - 1) ** 2 + w * w
    loss.backward()
    with torch.no_grad():
        w -= 0.125 * w.grad
        b -= 0.125 * b.grad
    w.grad = None; b.grad = None
"""


def test_the_surface_shows_the_right_engine_and_says_so(deck):
    studio = deck("/deck")
    page = studio.page
    page.fill("gt-editor textarea", TWO)
    studio.click("run")
    expect(page.locator("[data-part=finals]")).to_contain_text("loss")
    page.locator("[data-part=surface]").scroll_into_view_if_needed()
    told = page.locator("[data-part=surface-told]")
    expect(told).to_contain_text("Pass 1 of 3.")
    studio.focus()
    studio.press("End")
    expect(told).to_contain_text("The update goes to")
    right = told.inner_text()
    page.select_option("[data-part=fault]", "overwrite")
    expect(page.locator("[data-part=fault-told]")).to_contain_text("replaces")
    studio.focus()
    studio.press("End")
    sentence = "Surface and path are those of the engine without the fault that was chosen."
    expect(told).to_contain_text(sentence)
    for number in re.findall(r"[wb] = [\d.]+|loss there is [\d.]+", right):
        expect(told).to_contain_text(number)
    expect(page.locator("svg.graph .node .amiss").first).to_be_visible()


def test_code_and_paths_follow_the_fault(fan):
    page = fan.page
    unfold(fan, "code")
    unfold(fan, "counts")
    page.select_option("[data-part=fault]", "overwrite")
    faulty = page.locator(".listing .faulty")
    expect(faulty).to_have_count(2)
    expect(faulty.first).to_contain_text("g_x = g_v1 * x  # ✗ wrong: replaces")
    expect(page.locator("[data-derived=code]")).to_contain_text("This code makes the fault")
    room = page.locator("[data-derived=counts] .derived-room")
    fan.focus()
    fan.press("End")
    expect(room.locator(".amiss")).to_have_text(["✗ 3"])
    expect(room.locator("tr", has_text="sum of those listed")).to_contain_text("7")
    page.get_by_role("tab", name="PyTorch").click()
    expect(page.locator("[data-derived=code]")).to_contain_text("without the fault")
    expect(faulty).to_have_count(0)
    page.select_option("[data-part=fault]", "")
    expect(room.locator(".amiss")).to_have_count(0)
    expect(page.locator("[data-derived=code]")).not_to_contain_text("fault")


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
    assert violations(deck.page, ".derivations", ".what-if") == []


BEND = """\
w = torch.tensor([0.5, -2.0, 0.03], requires_grad=True)
loss = torch.relu(w * 2.0).sum() + (w ** 3).sum()
loss.backward()
"""


def real(text):
    """A number as the page writes it."""
    return float(text.replace("−", "-"))


@pytest.fixture
def bend(deck):
    """The studio with a program that has kinks, its gradient check opened; and the API's answer."""
    studio = deck("/deck")
    page = studio.page
    page.fill("gt-editor textarea", BEND)
    studio.click("run")
    expect(page.locator("svg.graph")).to_contain_text("relu")
    with page.expect_response("**/api/v1/gradchecks") as response:
        unfold(studio, "gradchecks")
    expect(page.locator("svg.witness-curve .marker").first).to_be_visible()
    return studio, response.value.json()


def test_a_gradient_check_shows_the_numbers_of_the_api(bend):
    studio, answer = bend
    page = studio.page
    rows = page.locator("[data-part=checked] tbody tr")
    entries = [*answer["entries"], answer["direction"]]
    assert len(entries) == 4
    expect(rows).to_have_count(4)
    for row, entry in zip(rows.all(), entries, strict=True):
        cells = row.locator("td").all_inner_texts()
        best = entry["best"]
        wanted = [entry["analytic"], best["numeric"], best["error"], best["h"]]
        assert list(map(real, cells[1:])) == pytest.approx(wanted, rel=1e-3)
        assert real(row.locator("td").nth(2).get_attribute("title")) == best["numeric"]
        assert entry["verdict"] == "fine" and "right" in cells[0]
    expect(page.locator(".whole-verdict")).to_contain_text(answer["words"]["en"])
    studio.page.click(".all-numbers summary")
    curves = entries[0]["curves"]
    for k, row in enumerate(page.locator("[data-part=errors] tbody tr").all()):
        ways = [(d, kind) for d in ("float64", "float32") for kind in ("centred", "one_sided")]
        for cell, (dtype, kind) in zip(row.locator("td").all(), ways, strict=True):
            one = curves[dtype][kind][k]
            title = cell.get_attribute("title").replace("−", "-")
            assert [*map(float, re.findall(r"[\d.e-]+", title))] == [one["numeric"], one["error"]]


def test_each_entry_has_its_v_and_its_kinks(bend):
    studio, _ = bend
    page = studio.page
    curves = page.locator("svg.witness-curve [data-way] .line")
    assert len({line.get_attribute("stroke-dasharray") for line in curves.all()}) == 4
    first = page.locator("svg.witness-curve [data-way] :nth-child(2)")
    assert len({marker.get_attribute("d") for marker in first.all()}) == 4
    expect(page.locator(".kink-note")).to_have_count(0)
    button = page.get_by_role("button", name="w[2]")
    button.focus()
    button.press("Enter")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".kink-note")).to_contain_text("relu: its kink")
    expect(page.locator(".kink-note")).to_contain_text("h = 0.1")
    assert page.locator("svg.witness-curve .hollow").count() >= 2


def test_a_gradient_check_is_asked_for_when_opened_and_follows_the_program(deck):
    asked = []
    deck = deck()
    page = deck.page
    page.on("request", lambda request: asked.append(request.url))
    deck.open("/deck")
    assert not [url for url in asked if "gradcheck" in url or "witness" in url]
    unfold(deck, "gradchecks")
    rows = page.locator("[data-part=checked] tbody tr")
    expect(rows.first).to_be_visible()
    page.fill("gt-editor textarea", FAN)
    deck.click("run")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("x")
    assert len([url for url in asked if url.endswith("/api/v1/gradchecks")]) == 2
    for source, word in (("w = torch.tensor(1.0)\n1 / 0\n", "zero"), ("w = 1.0\n", "no gradient")):
        page.fill("gt-editor textarea", source)
        deck.click("run")
        expect(page.locator(".whole-verdict")).to_contain_text(word)
        expect(rows).to_have_count(0)
    page.fill("gt-editor textarea", FAN.replace("x * x + x", "x * x.detach()"))
    deck.click("run")
    expect(page.locator(".whole-verdict")).to_contain_text("✓")  # what is detached is held
    expect(rows).to_have_count(2)


TWICE = """\
x = torch.tensor(3.0, requires_grad=True)
for i in range(3):
    (x * x * (i + 1)).backward()
"""


@pytest.fixture
def thrice(deck):
    """The studio with three gradient calls, its check open: the field and the number."""
    studio = deck("/deck")
    studio.page.fill("gt-editor textarea", TWICE)
    studio.click("run")
    unfold(studio, "gradchecks")
    analytic = studio.page.locator("[data-part=checked] tbody td.back").first
    expect(analytic).to_have_text("6")
    return studio, studio.page.get_by_label("Gradient call"), analytic


def test_the_gradient_call_that_is_checked_can_be_chosen(thrice):
    studio, field, analytic = thrice
    field.fill("3")
    field.press("Enter")
    expect(analytic).to_have_text("18")
    expect(field).to_be_focused()
    expect(studio.page.locator(".witness")).to_contain_text("Gradient call 3 of 3 is checked.")
    assert studio.text("place").startswith("pass 3 of 3")
    assert studio.phase == "Backward"


def test_the_check_follows_the_player(thrice):
    studio, field, analytic = thrice
    studio.focus()
    studio.press("End")
    expect(analytic).to_have_text("18")
    expect(field).to_have_value("3")
    expect(studio.page.locator(".which-call")).to_contain_text("of pass 3, from tick")


@pytest.mark.parametrize("name", ["code", "counts", "gradchecks"])
def test_what_takes_long_says_so_and_can_be_stopped(fan, name):
    page = fan.page
    held = []
    page.route(f"**/api/v1/{name}", lambda route: held.append(route))  # a server that takes long
    unfold(fan, name)
    stop = page.locator("[data-part=stop-derived]:visible")
    expect(stop).to_have_text("Stop")
    expect(page.locator(".asking:visible")).to_contain_text(re.compile(r"Working for \d+ s"))
    with page.expect_event("requestfailed"):  # the request ends, and with it the server's work
        stop.click()
    expect(stop).to_have_text("Ask again")
    page.unroute(f"**/api/v1/{name}")
    stop.click()
    room = page.locator(f"[data-derived={name}] .derived-room")
    expect(room.locator("li, tbody tr").first).to_be_visible()
    assert stop.count() == 0


@pytest.mark.parametrize(("width", "lang"), [(1280, "en"), (375, "ko"), (375, "en")])
def test_the_gradient_check_stays_in_the_page_and_axe_finds_nothing(deck, width, lang):
    deck = deck(f"/deck?lang={lang}", viewport={"width": width, "height": 800})
    unfold(deck, "gradchecks")
    expect(deck.page.locator("svg.witness-curve .marker").first).to_be_visible()
    deck.page.click(".all-numbers summary")
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert deck.page.evaluate(wide)
    assert in_both_themes(deck.page, ".derivations") == []


def test_tables_of_a_phone_do_not_scroll_sideways(deck):
    deck = deck("/deck?example=module", viewport={"width": 375, "height": 800})
    for name in ("code", "counts", "gradchecks"):
        unfold(deck, name)
    expect(deck.page.locator("[data-part=checked] tbody tr").first).to_be_visible()
    expect(deck.page.locator(".ways.paths").first).to_be_visible()
    deck.page.click(".all-numbers summary")
    wide = "list => list.filter(one => one.scrollWidth > one.clientWidth).length"
    assert deck.page.eval_on_selector_all(".derivations .scroll", wide) == 0
    tabs = [tab.bounding_box()["y"] for tab in deck.page.get_by_role("tab").all()]
    assert len(tabs) == 4 and len(set(tabs)) == 1
    names = deck.page.locator("[data-part=checked] tbody th button").all()
    assert {name.bounding_box()["height"] < 30 for name in names} == {True}


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_fault_is_cut_in_its_field(deck, width, lang):
    page = deck(f"/deck?lang={lang}", viewport={"width": width, "height": 800}).page
    room = """field => {
        const pen = document.createElement("canvas").getContext("2d");
        pen.font = getComputedStyle(field).font;
        const widths = [...field.options].map(({ text }) => pen.measureText(text).width);
        return field.clientWidth - Math.max(...widths);
    }"""
    assert page.locator("[data-part=fault]").evaluate(room) > 36  # the arrow and the padding


@pytest.mark.parametrize("example", ["module", "keras"])
def test_the_gradient_check_has_room_on_a_desk(deck, example):
    deck = deck(f"/deck?example={example}")
    unfold(deck, "gradchecks")
    expect(deck.page.locator("[data-part=checked] tbody tr").first).to_be_visible()
    wide = "list => list.filter(one => one.scrollWidth > one.clientWidth).length"
    assert deck.page.eval_on_selector_all(".witness .scroll", wide) == 0


def test_a_sum_of_matrices_has_room(deck):
    page = deck("/deck?example=module").page
    fitted = "e => [e.scrollWidth <= e.clientWidth, e.querySelectorAll('mtable').length]"
    tables = 0
    for _ in range(32):
        lines = page.locator("[data-part=now] .equations")
        if lines.count():
            inside, matrices = lines.evaluate(fitted)
            assert inside
            tables = max(tables, matrices)
        page.click("[data-part=forward]")
    assert tables >= 3


@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_where_numbers_are_wrong(deck, width):
    deck = deck("/deck", viewport={"width": width, "height": 800})
    page = deck.page
    page.fill("gt-editor textarea", FAN + "print(x.grad)\nx.grad\n")
    deck.click("run")
    page.select_option("[data-part=fault]", "overwrite")
    expect(page.locator("[data-part=fault-told]")).to_contain_text("replaces")
    deck.focus()
    deck.press("End")
    for name in ("code", "counts", "gradchecks"):
        unfold(deck, name)
    expect(page.locator(".listing .faulty").first).to_be_visible()
    expect(page.locator("[data-derived=counts] .amiss").first).to_be_visible()
    expect(page.locator("[data-part=checked] tbody tr").first).to_be_visible()
    expect(page.locator("[data-part=printed] .amiss")).to_be_visible()
    assert in_both_themes(page, "main") == []


def test_every_panel_is_worked_with_the_keyboard_alone(fan):
    page = fan.page
    focused = page.locator(":focus")
    for name in ("code", "counts", "gradchecks"):
        page.locator(f"[data-derived={name}] summary").first.focus()
        fan.press("Enter")
    expect(page.locator(".listing li").first).to_be_visible()
    expect(page.locator("[data-part=checked] tbody tr").first).to_be_visible()
    page.locator("[data-derived=code] summary").focus()
    fan.press("Tab")
    expect(focused).to_have_attribute("data-language", "python")
    fan.press("ArrowRight", "ArrowRight")
    expect(page.locator(".listing")).to_contain_text("y.backward()")
    fan.press("ArrowLeft", "ArrowLeft")
    expect(page.locator(".listing")).to_contain_text("def derivative")
    fan.press("Tab")
    expect(focused).to_have_attribute("role", "tabpanel")
    fan.press("Tab", "Enter")  # the first line of the pass
    expect(page.locator(".listing [aria-current]")).to_contain_text("v1 = x * x")
    page.locator("[data-derived=counts] summary").focus()
    fan.press("Tab")
    expect(focused).to_have_attribute("role", "region")
    page.locator("[data-derived=gradchecks] summary").first.focus()
    fan.press("Tab", "Tab", "Tab", "Enter")
    expect(focused).to_have_attribute("aria-pressed", "true")
    page.locator("[data-part=fault]").focus()
    fan.press("ArrowDown")
    expect(page.locator("[data-part=fault-told]")).to_contain_text("replaces")
