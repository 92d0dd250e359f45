"""How numbers look: unnamed operations, arrays, what is not finite; and how the view follows."""

import re

import pytest
from lab import widest

OVERFLOW = """import torch
w = torch.tensor(5.0, requires_grad=True)
for i in range(60):
    loss = w ** 4
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
"""
MATRICES = """import torch
x = torch.tensor([[0.125, -3.5, 2.25], [0.5, 1.75, -0.25]])
w = torch.tensor([[1., 2.], [3., 4.], [5., 6.]], requires_grad=True)
y = (x @ w).sum()
y.backward()
"""
SHARED = """import torch
w = torch.tensor(3., requires_grad=True)
loss = w * w
loss.backward()
"""


def run(deck, source):
    page = deck("/deck")
    page.page.fill("gt-editor textarea", source)
    page.page.press("gt-editor textarea", "Control+Enter")
    page.page.wait_for_selector(".deck:not(.outdated):not(.running)")
    return page


def test_every_box_has_the_name_that_sentences_use(deck):
    page = deck("/deck")
    titles = page.page.locator(".node .title").all_text_contents()
    assert any(title.startswith("v") and " = ×" in title for title in titles)


def test_a_matrix_is_a_map_in_the_graph_and_rows_in_the_formula(deck):
    page = run(deck, MATRICES)
    assert page.page.locator(".node:has(.name:text-is('x')) .heat rect").count() == 6
    assert page.nodes()["x"]["value"].count("2×3") == 0
    page.click("last")
    assert page.page.locator(".now mtable").count() >= 2
    assert page.page.locator(".product .heat").count() >= 1
    page.page.click(".node:has(.name:text-is('x'))")
    assert page.page.locator(".detail .scale-of .ramp").count() == 1


def test_play_stops_where_a_number_is_no_longer_finite(deck):
    page = run(deck, OVERFLOW)
    page.page.select_option("[data-part=speed]", "30")
    page.click("play")
    page.page.wait_for_selector(".why.wild")
    assert page.page.locator(".play.on").count() == 0
    assert page.nodes()["loss"]["value"] == "⚠ ∞"
    assert "not finite" in page.text("live")
    tick, place = page.tick, page.text("place")
    page.click("play")
    page.page.wait_for_function(
        "(place) => document.querySelector('[data-part=place]').textContent !== place", arg=place
    )
    assert page.tick > tick
    assert page.page.locator(".play.on").count() == 1


@pytest.mark.parametrize("query", ["q=v1.nonsense", "q=&tick=3", "q=v9.abc&example=chain"])
def test_a_damaged_link_says_so_and_stays(deck, query):
    page = deck(f"/deck?{query}")
    assert "damaged" in page.text("problem")
    page.click("forward", 2)
    page.page.wait_for_timeout(400)
    assert query in page.page.url
    page.page.fill("gt-editor textarea", SHARED)
    page.page.press("gt-editor textarea", "Control+Enter")
    page.page.wait_for_url(lambda url: query not in url)
    assert page.page.locator("[data-part=problem]").is_hidden()


def test_the_first_of_several_gradients_is_added_to_nothing(deck):
    page = run(deck, SHARED)
    sentences = set()
    for _ in range(page.page.locator(".steps tbody tr").count()):
        sentences.add(page.page.inner_text(".sentence"))
        page.click("forward")
    added = [one for one in sentences if "Added to" in one]
    assert len(added) == 1 and "Added to 3 so far: 6." in added[0]


def test_a_vector_target_is_told_as_a_sum(deck):
    page = deck("/deck")
    page.page.select_option("[data-part=unit]", "phase")
    while page.phase != "Backward":
        page.click("forward")
    assert "gradient of the sum of reg_loss" in page.page.inner_text(".told")


def test_what_a_call_does_not_reach_is_not_awaited(deck):
    page = deck("/deck")
    states = []
    for _ in range(17):
        row = page.page.locator(
            "[data-part=variables] tr", has=page.page.locator("button:text-is('b')")
        )
        states.append(row.locator("td").last.inner_text())
        page.click("forward")
    order = [one for k, one in enumerate(states) if one not in states[:k]]
    assert order == ["not reached yet", "not asked for in this call", "value"]


def test_the_view_follows_the_active_node(deck):
    page = deck("/deck", viewport={"width": 375, "height": 700})
    for _ in range(8):
        page.click("forward")
    page.page.wait_for_function(
        """() => {
            const frame = document.querySelector(".stage").getBoundingClientRect();
            const node = document.querySelector(
                ".node:is(.forward, .loss, .backward, .update)").getBoundingClientRect();
            return node.top >= frame.top && node.bottom <= frame.bottom;
        }"""
    )


def test_the_sentence_is_in_the_first_view(deck):
    page = deck("/deck?tick=9")
    for width, height in ((1280, 800), (1600, 900), (375, 700), (844, 390), (640, 400)):
        page.page.set_viewport_size({"width": width, "height": height})
        widest(page.page)
        shown = page.page.evaluate(
            """() => {
                const boxOf = (name) => document.querySelector(name).getBoundingClientRect();
                const { top, height } = boxOf(".sentence");
                return (boxOf(".transport").top - top) / height;
            }"""
        )
        assert shown > 0.5, (width, height)


WHOLE = {"en": ["line-fit", "chain", "neuron", "autograd", "keras", "persistent"], "ko": ["keras"]}


def whole(page):
    assert page.locator(".stage.pans, .overview:visible").count() == 0
    scale = page.evaluate(
        """() => {
            const graph = document.querySelector("svg.graph");
            return graph.getBoundingClientRect().width / graph.viewBox.baseVal.width;
        }"""
    )
    assert 14 * scale >= 10  # pixels, of its text


@pytest.mark.parametrize("lang", WHOLE)
def test_the_whole_graph_is_in_view_and_can_be_read(deck, lang):
    page = deck(f"/deck?lang={lang}")
    for example in WHOLE[lang]:
        page.choose(example)
        whole(page.page)


def test_a_frame_of_a_usual_width_shows_the_whole_graph_or_that_it_goes_on(deck, address):
    page = deck().page
    page.set_viewport_size({"width": 720, "height": 700})
    for example in ("line-fit", "neuron"):
        page.goto(f"{address}/embed/deck?example={example}&lang=en")
        page.wait_for_selector("svg.graph .node")
        whole(page)
    page.goto(f"{address}/embed/deck?example=module&lang=en")
    page.locator(".overview").wait_for()
    stage = page.locator(".stage.pans").evaluate("stage => [stage.scrollWidth, stage.clientWidth]")
    assert stage[0] == stage[1]  # rows, to be scrolled down


def test_a_graph_that_is_larger_than_its_stage_says_how_to_see_the_rest(deck):
    page = deck("/deck?example=module")
    assert page.page.locator(".pans-note").is_visible()
    stage = """() => {
        const stage = document.querySelector(".stage");
        const of = (side) => [stage[`client${side}`] / stage[`scroll${side}`]];
        return [...of("Width"), ...of("Height"), stage.scrollTop > 0];
    }"""
    across, down, scrolled = page.page.evaluate(stage)
    assert (across, scrolled) == (1, False) and down > 0.6  # rows, to be scrolled down
    part = page.page.locator(".overview .part")
    before = part.get_attribute("y")
    box = page.page.locator(".overview").bounding_box()
    page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    page.page.wait_for_function(
        "(y) => document.querySelector('.part').getAttribute('y') !== y", arg=before
    )
    assert page.page.evaluate(stage)[2]
    page.click("zoom-fit")  # who asks for it sees all of it
    assert page.page.locator(".stage.pans").count() == 0
    page.click("zoom-in", 3)
    assert page.page.locator(".stage.pans").count() == 1
    page.click("zoom-out", 6)
    assert page.page.locator(".stage.pans").count() == 0


LONG = """import torch
w = torch.tensor(0.5, requires_grad=True)
a_very_long_name_for_the_prediction_of_the_model = w * 3.0
아주_길고_자세한_한국어_이름의_손실_변수 = a_very_long_name_for_the_prediction_of_the_model ** 2
아주_길고_자세한_한국어_이름의_손실_변수.backward()
"""


def test_no_name_runs_out_of_its_box(deck):
    page = run(deck, LONG)
    beyond = """all => all.map((node) => {
        const [text, box] = [".title", ".box"].map((part) => node.querySelector(part).getBBox());
        return text.x + text.width - box.width;
    })"""
    assert max(page.page.eval_on_selector_all(".node", beyond)) <= 0
    names = page.page.locator(".node .name").all_text_contents()
    assert any(re.fullmatch("a_very.*….*model", name) for name in names), names


@pytest.mark.parametrize(("number", "base"), [("3.0", "3"), ("-3.0", "(−3)"), ("2e-7", "(2e−7)")])
def test_a_power_is_that_of_the_whole_number(deck, number, base):
    page = run(deck, f"w = torch.tensor({number}, requires_grad=True)\nloss = w ** 2\n")
    page.click("first")
    lines = page.page.locator(".equations msup").all_text_contents()
    assert "".join(lines[1].split()) == base + "2"


CHAIN = """import torch
w = torch.tensor(0.5, requires_grad=True)
x = w
for i in range(450): x = torch.sin(x)
(x * w).backward()
"""


def test_of_a_very_large_graph_what_is_in_view_stands_in_the_page(deck):
    """Thousands of boxes would be laid out for seconds. What a step or a key leads to is there."""
    page = run(deck, CHAIN)
    nodes = page.page.locator(".node")
    assert 3 < nodes.count() < 40
    page.click("last")
    page.page.wait_for_function("() => document.querySelector('.node[data-node=\"0\"]')")
    page.page.evaluate("() => document.querySelector('.stage').scrollTo(0, 0)")
    page.page.locator(".node[data-node='0']").click()
    for _ in range(30):
        page.page.keyboard.press("ArrowRight")
    assert page.page.evaluate("() => document.activeElement.dataset.node") == "30"
    assert 3 < nodes.count() < 80
    most = page.page.evaluate(
        """() => Math.max(...[...document.querySelectorAll(".wire.back")].map((wire) =>
            wire.getTotalLength() / parseFloat(getComputedStyle(wire).strokeDasharray)))"""
    )
    assert 50 < most < 200  # dashes, each of which is drawn for itself


@pytest.mark.parametrize(
    "path", ["/deck?example=module", "/descent", "/embed/deck", "/embed/descent"]
)
def test_little_moves_while_a_page_comes_on_a_phone(deck, address, path):
    page = deck().page
    page.set_viewport_size({"width": 375, "height": 812})
    page.add_init_script(
        """
        self.moved = [];
        const named = ({ node, previousRect: a, currentRect: b }) =>
            `${node?.className} ${a.y}+${a.height} to ${b.y}+${b.height}`;
        new PerformanceObserver((list) => {
            for (const { value, sources } of list.getEntries())
                moved.push([value, sources.map(named)]);
        }).observe({ type: "layout-shift", buffered: true });
        """
    )
    page.goto(address + path)
    page.wait_for_selector("svg.graph .node, .lab:not(.running) [data-part=told] .where .num")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    moved = page.evaluate("moved")
    assert sum(value for value, _ in moved) < 0.1, moved  # cumulative layout shift
