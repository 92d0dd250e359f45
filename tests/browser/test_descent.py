"""The optimizer lab and the deck's surface: what is drawn and told is what the API computed."""

import gzip
import json
import re
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from axe import in_both_themes, unfold_all, violations
from lab import Lab, ask, number, pack, widest

from app.web.share import decode

FOUR = {
    "objective": {"function": "rosenbrock"},
    "runs": [
        {"optimizer": "sgd", "options": {"lr": 0.001}},
        {"optimizer": "sgd", "options": {"lr": 0.001, "momentum": 0.9}},
        {"optimizer": "rmsprop", "options": {"lr": 0.02}},
        {"optimizer": "adam", "options": {"lr": 0.1}},
    ],
    "start": [-1.5, 2.0],
    "steps": 120,
}
DIVERGING = {
    **FOUR,
    "runs": [
        {"optimizer": "sgd", "options": {"lr": 0.01}},
        {"optimizer": "adam", "options": {"lr": 0.1}},
    ],
    "steps": 40,
}
LONG = {
    **FOUR,
    "objective": {
        "source": "+".join(f"np.sin({k} * x) * np.cos({k} * y)" for k in range(1, 80)),
        "parameters": ["x", "y"],
    },
    "runs": [{"optimizer": "adam", "options": {"lr": 0.0001 * k}} for k in range(1, 9)],
    "steps": 10_000,
}
BOWL = {
    "objective": {"function": "quadratic", "options": {"condition": 5}},
    "runs": [{"optimizer": "sgd", "options": {"lr": 0.1}}],
    "steps": 30,
}


@pytest.fixture
def lab(deck):
    def make(**options):
        opened = deck("", **options)
        return Lab(opened.page, opened.address)

    return make


def test_four_optimizers_are_played_to_where_the_api_ends(lab, address):
    page = lab().open(FOUR, "&tick=0")
    assert page.step == 0
    page.page.select_option("[data-part=speed]", "200")
    page.click("play")
    page.page.wait_for_selector(".play:not(.on)")
    assert page.step == 120
    runs = ask(address, "descents", FOUR)["runs"]
    for index, run in enumerate(runs):
        told = [run["position"][-1], run["value"][-1], run["gradient"][-1]]
        assert page.numbers(index) == told
    page.go(7)
    for index, run in enumerate(runs):
        rows = [run[name][7] for name in ("position", "value", "gradient")]
        assert page.numbers(index) == [*rows, run["position"][8]]


def test_heads_are_drawn_where_the_numbers_say(lab):
    page = lab().open(FOUR, "&tick=60")
    for index in range(4):
        x, y = page.point(*page.numbers(index)[0])
        drawn = page.page.locator(f".head[data-run='{index}'] .marker").bounding_box()
        assert abs(drawn["x"] + drawn["width"] / 2 - x) < 1.5
        # a triangle is not as high above its middle as it is below
        assert abs(drawn["y"] + drawn["height"] / 2 - y) < 3


def test_a_click_and_a_drag_set_the_start(lab):
    page = lab().open(FOUR)
    page.page.mouse.click(*page.point(0.5, 2.0))
    page.run()
    assert page.start() == pytest.approx([0.5, 2.0], abs=0.02)
    page.go(0)
    assert page.numbers(3)[0] == page.start()
    page.page.mouse.move(*page.point(0.5, 2.0))
    page.page.mouse.down()
    page.page.mouse.move(*page.point(0.0, 0.5), steps=4)
    page.page.mouse.move(*page.point(-1.0, 0.0), steps=4)
    page.page.mouse.up()
    page.run()
    assert page.start() == pytest.approx([-1.0, 0.0], abs=0.02)
    page.go(0)
    assert page.numbers(0)[0] == page.start()


def test_the_start_is_moved_by_keys_and_by_numbers(lab):
    page = lab().open(BOWL)
    page.page.focus(".start")
    before = page.start()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowUp")
    page.run()
    after = page.start()
    assert after[0] > before[0] and after[1] > before[1]
    assert "Start at (" in page.page.get_attribute(".start", "aria-label")
    page.page.keyboard.press("Shift+ArrowRight")
    page.run()
    assert 0 < page.start()[0] - after[0] < (after[0] - before[0]) / 5
    page.page.fill("[data-part=start-x]", "2.5")
    page.page.fill("[data-part=start-y]", "-1")
    page.run()
    page.go(0)
    assert page.numbers(0)[0] == [2.5, -1]


def test_scrubbing_there_and_back_is_identity(lab):
    page = lab().open(FOUR, "&tick=40")
    page.page.wait_for_selector(".map[data-base=plotly]")
    before = page.picture()
    page.go(90)
    assert page.picture() != before
    page.go(3)
    page.go(40)
    assert page.picture() == before
    for part in ("forward", "forward", "back", "back"):
        page.click(part)
    assert page.picture() == before


def test_reload_lands_on_the_same_picture(lab):
    page = lab().open(BOWL)
    page.click("add-run")
    page.page.fill("[data-part=steps]", "50")
    page.run()
    page.go(20)
    page.click("zoom-in")
    page.page.wait_for_url(re.compile(r"q=v1\..*tick=20.*view="))
    page.page.wait_for_selector(".map[data-base=plotly]")
    before = page.picture()
    page.page.reload()
    page.ready()
    page.page.wait_for_selector(".map[data-base=plotly]")
    assert page.picture() == before
    assert page.page.locator(".card").count() == 2


def asked(url: str) -> str:
    """The question in a page's address."""
    return parse_qs(urlsplit(url).query)["q"][0]


def test_the_link_is_the_question_that_the_api_takes(lab, address):
    page = lab().open(DIVERGING)
    page.page.fill("[data-part=steps]", "12")
    page.run()
    page.page.wait_for_url(lambda url: json.loads(decode(asked(url))).get("steps") == 12)
    q = asked(page.page.url)
    with urllib.request.urlopen(f"{address}/api/v1/descents?q={q}") as answer:
        found = json.load(answer)
    assert found == ask(address, "descents", {**DIVERGING, "steps": 12})


def test_a_diverged_run_names_the_operation(lab, address):
    page = lab().open(DIVERGING)
    run = ask(address, "descents", DIVERGING)["runs"][0]
    assert run["status"] == "diverged"
    said = page.told(0)
    assert f"Diverged at step {run['diverged_at']}." in said
    assert run["overflow"]["words"]["en"] in said and run["overflow"]["op"] in said
    assert "outside the map" in said
    assert page.page.locator(".head[data-run='0'].outside .away").is_visible()
    assert "Diverged" not in page.told(1)


def test_stop_ends_the_stream(lab):
    page = lab()
    page.page.goto(f"{page.address}/descent?q={pack(LONG)}")
    # in the task that sees the button and a step: between two calls from here the stream may end
    seen = page.page.wait_for_function(
        """() => {
            const find = (part) => document.querySelector(`[data-part=${part}]`);
            if (!/step [1-9]/.test(find("place").textContent)) return null;
            if (!document.querySelector(".lab.running")) return find("problem").textContent;
            if (find("stop").hidden) return null;
            find("stop").click();
            return "stopped";
        }""",
        polling="raf",
    )
    assert seen.json_value() == "stopped"
    assert page.page.locator(".lab.running").count() == 0
    page.page.wait_for_selector("[data-part=told] .ending:text('Stopped after')")
    steps = page.step
    assert 0 < steps < LONG["steps"]
    page.page.wait_for_timeout(300)
    assert page.step == steps
    assert "Stopped" in page.page.inner_text("[data-part=status]")
    page.page.fill("[data-part=steps]", "20")
    page.run()
    assert page.step == 20


@pytest.mark.parametrize(
    ("objective", "lr", "low", "note"),
    [
        ("x**2 + y**2", 0.5, "0", "logarithmic axis, 0 has no logarithm"),
        ("x**2 + y**2", 0.4999999995, "< 1e−17", "logarithmic axis, below the axis"),
        ("x**2 + y**2", 0.2, None, "logarithmic axis"),
        ("x**2 + y**2", 9, None, "logarithmic axis, cut above 20,000"),
        ("x**2 + y**2 - 1", 0.5, None, "linear axis: the loss is not above 0 everywhere"),
    ],
)
def test_a_loss_without_a_place_on_the_axis_is_marked(lab, objective, lr, low, note):
    page = lab().open(
        {
            "objective": {"source": objective, "parameters": ["x", "y"], "start": [1, 1]},
            "runs": [{"optimizer": "sgd", "options": {"lr": lr}}],
            "steps": 5,
        }
    )
    assert page.page.get_attribute(".curve", "aria-label") == f"Loss at every step, {note}"
    assert note.startswith(page.page.inner_text(".curve-note"))
    texts = page.page.eval_on_selector_all(".curve text.up", "all => all.map((x) => x.textContent)")
    assert page.page.locator(".curve .break-line").count() == (low is not None)
    if low:
        assert low in texts
        bottom, dot = page.page.evaluate(
            """() => [".curve .break-line", ".curve .dots .marker"]
                .map((one) => document.querySelector(one).getBoundingClientRect())
                .map((box) => [box.bottom, (box.top + box.bottom) / 2])"""
        )
        assert abs(bottom[0] - dot[1]) < 1.5


ENDLESS = """\
w = torch.tensor(3.0, requires_grad=True); b = torch.tensor(1.0, requires_grad=True)
while True:
    loss = w * w + b * b + 1
    loss.backward()
    with torch.no_grad():
        w -= 0.001 * w.grad; b -= 0.001 * b.grad
        w.grad.zero_(); b.grad.zero_()
"""


def test_a_programs_path_is_seen_while_it_runs_and_stops_where_it_is_stopped(lab):
    page = lab()
    page.page.goto(f"{page.address}/descent?q={pack({'objective': {'source': ENDLESS}})}")
    page.page.wait_for_function(
        """() => document.querySelector(".lab.running [data-part=stop]:not([hidden])")
            && /step [1-9]/.test(document.querySelector("[data-part=place]").textContent)"""
    )
    assert re.fullmatch(r"Running… pass [1-9]\d*", page.page.inner_text("[data-part=status]"))
    assert page.page.get_attribute(".map", "data-base") == ""
    page.click("stop")
    walked = page.step
    page.ready()
    assert page.step == walked > 0
    assert "Stopped" in page.told(0)


def test_optimizers_are_set_added_copied_and_removed(lab, address):
    page = lab().open(BOWL)
    page.page.fill(".card [name=lr]", "0.2")
    page.run()
    changed = {**BOWL, "runs": [{"optimizer": "sgd", "options": {"lr": 0.2}}]}
    assert page.numbers(0)[0] == ask(address, "descents", changed)["runs"][0]["position"][-1]
    page.page.press(".card [name=lr]", "ArrowUp")
    assert page.page.input_value(".card [name=lr]") == "0.5"
    most = page.page.request.get(f"{address}/api/v1/meta").json()["limits"]["runs"]
    for _ in range(most - 1):
        page.page.click("[data-key='0 copy']")
    page.run()
    assert page.page.locator(".card").count() == most
    assert page.page.is_disabled("[data-part=add-run]")
    looks = page.page.eval_on_selector_all(
        ".cards .swatch svg",
        "all => all.map((one) => [...one.children].map((part) => part.outerHTML).join())",
    )
    assert len(set(looks)) == most
    page.page.click("[data-key='7 remove']")
    page.page.select_option("[data-key='0 optimizer']", "adamw")
    page.run()
    assert "AdamW" in page.told(0)
    assert page.page.locator("[data-part=told] > li").count() == most - 1


def test_landscapes_and_expressions(lab, address):
    page = lab().open(BOWL)
    page.page.select_option("[data-part=landscape]", "himmelblau")
    page.run()
    page.page.wait_for_selector(".minima g:nth-child(4)")
    page.page.select_option("[data-part=landscape]", "expression")
    page.page.fill("input.expression", "(x - 1)**2 + 3*y**2")
    page.page.press("input.expression", "Enter")
    page.run()
    expression = {"source": "(x - 1)**2 + 3*y**2", "parameters": ["x", "y"]}
    answer = ask(address, "descents", {**BOWL, "objective": expression})
    assert page.numbers(0)[0] == answer["runs"][0]["position"][-1]
    page.page.fill("input.expression", "x +* y")
    page.page.press("input.expression", "Enter")
    page.page.wait_for_selector("[data-part=problem]:not([hidden])")


def test_a_problem_names_its_run(lab):
    page = lab(complaints=True)
    wrong = {**BOWL, "runs": [{"optimizer": "adam", "options": {"lr": 99}}]}
    page.page.goto(f"{page.address}/descent?q={pack(wrong)}")
    page.page.wait_for_selector("[data-part=problem]:not([hidden])")
    assert page.page.inner_text("[data-part=problem]").startswith("Adam 1: ")


def test_keys(lab):
    page = lab().open(BOWL)
    page.page.evaluate("document.getElementById('lab').focus()")
    for key, step in (("Home", 0), ("ArrowRight", 1), ("End", 30), ("ArrowLeft", 29), ("r", 0)):
        page.page.keyboard.press(key)
        assert page.step == step
    page.page.select_option("[data-part=speed]", "2")
    page.page.evaluate("document.getElementById('lab').focus()")
    page.page.keyboard.press("Space")
    page.page.wait_for_selector(".play.on")
    page.page.keyboard.press("Space")
    assert page.page.locator(".play.on").count() == 0
    page.page.keyboard.press("ArrowRight")
    assert page.page.inner_text("[data-part=live]").startswith("Step ")
    page.page.focus("[data-part=steps]")
    before = page.step
    page.page.keyboard.press("Home")
    assert page.step == before


def test_the_table_is_one_stop_for_tab_and_arrows_move_in_it(lab):
    page = lab().open(BOWL)
    page.go(5)
    page.page.focus(".scroll:has([data-part=rows])")
    page.page.keyboard.press("Tab")
    said = "() => document.activeElement.getAttribute('aria-label')"
    assert page.page.evaluate(said) == "Step 5"
    for key, step in (("ArrowDown", 6), ("ArrowDown", 7), ("ArrowUp", 6), ("Home", 0)):
        page.page.keyboard.press(key)
        assert (page.step, page.page.evaluate(said)) == (step, f"Step {step}")
    page.page.keyboard.press("Tab")
    assert not page.page.evaluate("() => document.activeElement.closest('[data-part=rows]')")


def test_the_table_is_an_equal_view(lab, address):
    page = lab().open(FOUR, "&tick=30")
    page.page.click("[data-part=told] [data-run='3'] button")
    run = ask(address, "descents", FOUR)["runs"][3]
    row = page.page.eval_on_selector_all(
        "[data-part=rows] tr.at td", "all => all.map((one) => one.title)"
    )
    assert [number(title) for title in row] == [
        *run["position"][30],
        run["value"][30],
        *run["gradient"][30],
    ]
    page.page.click("[data-part=rows] tr[data-step='31']")
    assert page.step == 31


def test_the_surface_in_space_or_a_word_why_not(lab):
    page = lab(complaints=True).open(FOUR, "&tick=50")
    page.page.click("[data-surface='3d']")
    page.page.wait_for_selector(".space[data-drawn='50'], .map-note:has-text('WebGL')")
    if page.page.locator(".space[data-drawn]").count() == 0:
        assert "WebGL" in page.page.inner_text(".map-note >> nth=0")
    else:
        page.page.wait_for_url(re.compile("surface=3d"))
    page.page.click("[data-surface=contour]")
    assert page.page.locator(".space").is_hidden()
    assert page.page.locator(".space .main-svg").count() == 0


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_four_read_outs_are_in_view(lab, lang):
    page = lab(viewport={"width": 1280, "height": 800}).open(FOUR, f"&tick=50&lang={lang}")
    room = page.page.locator(".told-runs").bounding_box()
    last = page.page.locator(".told-runs li").nth(3).bounding_box()
    assert last["y"] + last["height"] <= room["y"] + room["height"]
    heights = {one.bounding_box()["height"] for one in page.page.locator(".card summary").all()}
    assert len(heights) == 1  # no setting wraps


def test_without_plotly_the_light_contours_stay(lab):
    page = lab(complaints=True)
    page.page.route("**/plotly.min.js", lambda route: route.abort())
    page.open(FOUR)
    page.page.wait_for_timeout(300)
    assert page.page.get_attribute(".map", "data-base") == "light"
    painted = page.page.evaluate(
        """() => {
            const { width, height } = document.querySelector("canvas.light");
            const pen = document.querySelector("canvas.light").getContext("2d");
            const { data } = pen.getImageData(0, 0, width, height);
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert painted > 10


def test_reduced_motion_moves_in_jumps(lab):
    page = lab(reduced_motion="reduce").open(FOUR, "&tick=0")
    page.page.select_option("[data-part=speed]", "60")
    changes = page.page.evaluate(
        """async () => {
            let count = 0;
            const place = document.querySelector("[data-part=place]");
            new MutationObserver(() => count++).observe(place, {childList: true, subtree: true});
            document.querySelector("[data-part=play]").click();
            await new Promise((done) => setTimeout(done, 1200));
            return count;
        }"""
    )
    assert 1 <= changes <= 3


def test_korean_is_complete(lab):
    """No sentence of ours is left in English: what remains are code, names and options."""
    page = lab().open(DIVERGING, "&lang=ko")
    own, named, english = page.page.evaluate(
        """() => {
            const own = document.body.cloneNode(true);
            const codes = "svg, math, code, script, [lang=en]";
            for (const code of own.querySelectorAll(codes)) code.remove();
            const all = [...document.querySelectorAll("[aria-label]")];
            const named = all.map((one) => one.ariaLabel);
            const messages = JSON.parse(document.getElementById("messages").textContent);
            return [own.textContent, named, Object.keys(messages)];
        }"""
    )
    sentences = [key for key in english if len(key) > 7 and "{" not in key]
    assert [one for one in sentences if one in own or one in named] == []
    assert [one for one in named if not re.search("[가-힣]", one)] == []


@pytest.mark.parametrize("path", ["/descent?tick=50", "/deck?tick=120"])
def test_axe_finds_nothing(deck, address, path):
    page = deck().page
    page.goto(address + path)
    if "deck" in path:
        page.wait_for_selector(".deck:not(.running) svg.graph .node")
        page.locator("[data-part=surface]").scroll_into_view_if_needed()
    page.wait_for_selector(".map[data-base=plotly]")
    unfold_all(page)
    assert in_both_themes(page) == []


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_scrolls_sideways(lab, lang):
    page = lab(viewport={"width": 320, "height": 800}).open(FOUR, f"&lang={lang}")
    for width in (320, 375, 768, 1000, 1280, 1920):
        page.page.set_viewport_size({"width": width, "height": 800})
        assert widest(page.page) <= width


# -- the deck's surface


def open_surface(deck, path):
    page = deck(path)
    page.page.locator("[data-part=surface]").scroll_into_view_if_needed()
    page.page.wait_for_selector("[data-part=surface] .map[data-base=plotly]")
    return page


def surface(page):
    """What the surface's panel tells, with every digit."""
    titles = page.page.eval_on_selector_all(
        "[data-part=surface-told] .num", "all => all.map((one) => one.title)"
    )
    return [number(title) for title in titles]


def test_the_surface_follows_the_deck(deck, address):
    page = open_surface(deck, "/deck")
    source = page.page.input_value("gt-editor textarea")
    run = ask(address, "descents", {"objective": {"source": source}})["runs"][0]
    assert run["optimizer"] == "program" and len(run["position"]) == 501
    assert "Pass 1 of 500." in page.text("surface-told")
    assert surface(page) == [run["position"][0]]
    page.page.select_option("[data-part=unit]", "pass")
    for row in range(3):
        page.click("forward")
        told = [run[name][row] for name in ("position", "value", "gradient")]
        assert surface(page) == [*told, run["position"][row + 1]]
    page.page.select_option("[data-part=unit]", "operation")
    places = [page.page.get_attribute("[data-part=surface] .head", "transform")]
    page.click("back", 2)
    places.append(page.page.get_attribute("[data-part=surface] .head", "transform"))
    assert places[0] != places[1]


def test_the_arrow_is_the_pair_of_leaf_gradients(deck):
    page = open_surface(deck, "/deck?tick=16")
    seen = []
    for _ in range(60):
        nodes = page.nodes()
        states = {nodes[name]["state"] for name in ("w", "b")}
        shaft = page.page.get_attribute("[data-part=surface] .downhill .shaft", "d")
        told = surface(page)
        if states <= {"value", "zero"}:
            gradient = next(one for one in told[1:] if isinstance(one, list))
            assert shaft
            assert [nodes[name]["gradient"].removeprefix("○ ") for name in ("w", "b")] == [
                f"{one:g}".replace("-", "−") for one in gradient
            ]
            seen.append(gradient)
        else:
            assert not shaft
        page.click("forward")
    assert seen


def test_a_press_on_the_losses_moves_the_deck(deck):
    page = open_surface(deck, "/deck")
    box = page.page.locator("[data-part=surface] .curve").bounding_box()
    page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    found = re.search(r"Pass (\d+) of 500", page.text("surface-told"))
    assert found and 150 < int(found[1]) < 350
    assert f"pass {found[1]} of 500" in page.text("place")


def test_a_program_without_a_loss_says_why(deck):
    page = deck("/deck?example=nested", complaints=True)
    page.page.locator("[data-part=surface]").scroll_into_view_if_needed()
    page.page.wait_for_selector("[data-part=surface-none]:not(:empty)")
    assert page.page.locator("[data-part=surface] .map").is_hidden()


def test_the_deck_leads_to_the_lab_with_its_program(deck):
    page = open_surface(deck, "/deck")
    page.page.click("[data-part=surface-compare]")
    page.page.wait_for_url(re.compile("/descent"))
    page.page.wait_for_selector(".lab:not(.running) [data-part=told] .num")
    assert "program" in page.page.input_value("[data-part=landscape]")
    assert "tf.Variable" in page.page.inner_text(".source")


def test_the_surface_is_not_fetched_before_it_is_seen(deck):
    page = deck("")
    asked = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.open("/deck")
    page.page.wait_for_timeout(300)
    assert not [url for url in asked if "plotly" in url or "descents" in url]


def test_the_first_view_of_the_lab_is_small(deck, address):
    page = deck().page
    bodies = {}
    page.on("response", lambda answer: bodies.setdefault(answer.url, answer))
    page.goto(f"{address}/descent?lang=ko")
    page.wait_for_selector(".lab:not(.running) [data-part=told] .num")
    sizes = {
        url: len(gzip.compress(answer.body()))
        for url, answer in list(bodies.items())
        if not re.search(r"/api/|\.woff2$|plotly\.min\.js$|^data:", url)
    }
    assert sum(sizes.values()) < 60_000, sizes


@pytest.mark.parametrize("path", ["/descent", "/embed/descent"])
@pytest.mark.parametrize("asked", ["v1.zzz", {"objective": {"function": "beale"}, "steps": "5"}])
def test_a_damaged_link_of_the_lab_says_so_and_stays(deck, address, path, asked):
    page = deck("").page
    q = asked if isinstance(asked, str) else pack(asked)
    page.goto(f"{address}{path}?q={q}")
    page.wait_for_selector(".lab:not(.running) [data-part=told] .num")
    assert "cannot be read" in page.inner_text("[data-part=problem]")
    assert f"q={q}" in page.url


def test_no_two_landmarks_share_a_name(deck, address):
    page = deck().page
    for path in ("/descent", "/deck"):
        page.goto(address + path)
        page.wait_for_selector(":is(.told-runs .num, svg.graph .node)")
        assert violations(page, only=["landmark-unique"]) == []
