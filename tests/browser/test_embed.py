"""Embeds in a sandboxed frame of another origin's page, what is said between them, and Share."""

import gzip
import json
import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe import in_both_themes, unfold_all, violations
from playwright.sync_api import Frame, Page, expect
from processes import wait_until

from app.web.share import encode

LIMIT = 30_000
COURSE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Course</title>
<link rel="icon" href="data:,">
<style>body {{ margin: 0 }} iframe {{ border: 0 }}</style><main>{body}</main>
<script>
const heard = [];
addEventListener("message", ({{ source, data }}) => {{
  const frame = document.querySelector("iframe");
  if (source !== frame.contentWindow) return;
  heard.push(data);
  if (data.type === "resize") frame.height = data.height;
}});
const say = (data) => document.querySelector("iframe").contentWindow.postMessage(data, "*");
</script>"""
FRAME = (
    '<iframe src="{src}" title="A frame" width="100%" height="400" sandbox="{sandbox}"></iframe>'
)
SOURCE = """기울기 = tf.Variable(3.0)
with tf.GradientTape() as t:
    손실 = 기울기 ** 2
g = t.gradient(손실, 기울기)
"""
PROGRAM = {"source": SOURCE}
OURS = '{source: "gradtape", v: 1, '


@pytest.fixture(scope="module")
def course() -> Iterator[Callable[[str], str]]:
    """Puts HTML on a page of another origin; returns its address."""
    pages: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def put(body: str) -> str:
        path = f"/{len(pages)}"
        pages[path] = COURSE.format(body=body).encode()
        return f"http://127.0.0.1:{server.server_port}{path}"

    yield put
    server.shutdown()
    server.server_close()


class Framed:
    """A course page, and the embed in its frame."""

    def __init__(self, page: Page):
        self.page = page

    @property
    def frame(self) -> Frame:
        return next(one for one in self.page.frames if "/embed/" in one.url)

    def ready(self) -> "Framed":
        self.page.wait_for_function("() => heard.some(({ type }) => type === 'ready')")
        return self

    def say(self, message: str) -> None:
        self.page.evaluate(f"say({OURS}{message}}})")

    def heard(self, kind: str, key: str) -> list[int]:
        """What the frame has said of this kind so far, once there is something."""
        self.page.wait_for_function(
            "(kind) => heard.some(({ type, subject }) => (type ?? subject) === kind)", arg=kind
        )
        return self.page.evaluate(
            "([kind, key]) => heard.filter(({ type, subject }) => (type ?? subject) === kind)"
            ".map((one) => one[key])",
            [kind, key],
        )

    def fits(self) -> list[int]:
        """The heights told so far, once the last is the content's, told to both kinds of hosts."""

        def told() -> bool:
            heights = self.heard("resize", "height")
            return heights[-1] == self.wanted() and heights == self.heard(
                "lti.frameResize", "height"
            )

        wait_until(told)
        return self.heard("resize", "height")

    def wanted(self) -> int:
        """The height of the content where nothing holds it."""
        return self.frame.evaluate(
            """() => {
                const deck = document.querySelector(".deck") ?? document.createElement("p");
                deck.style.maxHeight = "none";
                const { height } = document.getElementById("embed").getBoundingClientRect();
                deck.style.maxHeight = "";
                return Math.ceil(height);
            }"""
        )

    def nodes(self) -> dict[str, list[str]]:
        return self.frame.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll(".node")].map((node) => {
                const text = (part) => node.querySelector(part)?.textContent;
                return [text(".name") ?? node.dataset.node, [text(".value"), text(".gradient")]];
            }))"""
        )

    def at(self, tick: int, place: str) -> None:
        """Waits until the embed shows this place and has told the page around it.

        The condition is a function: a bare expression would be evaluated anew for each frame,
        which the embed's content security policy refuses.
        """
        expect(self.frame.locator("[data-part=place]")).to_contain_text(place)
        self.page.wait_for_function(
            "(tick) => heard.findLast(({ type }) => type === 'step')?.tick === tick", arg=tick
        )

    def place(self) -> str:
        return self.frame.inner_text("[data-part=place]")


@pytest.fixture
def framed(pages, address, course) -> Iterator[Callable[..., Framed]]:
    """Opens embeds in a frame of another origin; at the end, none may have complained."""
    troubles: list[str] = []

    def make(path: str, sandbox: str = "allow-scripts", html: str = "", **options) -> Framed:
        page = pages.lend(
            lambda kind, text: kind == "error" and troubles.append(text),
            **{"reduced_motion": "reduce"} | options,
        )
        page.goto(course(html or FRAME.format(src=escape(address + path), sandbox=sandbox)))
        return Framed(page)

    yield make
    assert troubles == []


CHAIN = "/embed/deck?example=chain&tick=9"
RUNS = [{"optimizer": "sgd", "options": {"lr": 0.001}}, {"optimizer": "adam"}]
QUESTION = {"objective": {"function": "rosenbrock"}, "runs": RUNS, "steps": 50, "start": [-1.5, 2]}
RACE = f"/embed/descent?q={encode(QUESTION)}&tick=40"


def test_a_sandboxed_frame_shows_exactly_this_tick(framed):
    course = framed(CHAIN).ready()
    assert course.frame.evaluate("self.origin") == "null"
    assert course.place() == "tick 10 of 12"
    nodes = course.nodes()
    assert nodes["x1"] == ["6", "1"] and nodes["x2"] == ["7", "1"] and nodes["w"] == ["3", "–"]
    assert course.frame.inner_text(".excerpt summary code") == "x2 = x1 + b"
    assert course.frame.inner_text(".excerpt mark") == "x1 + b"


def test_a_program_in_the_link_in_korean_and_dark(framed):
    course = framed(f"/embed/deck?q={encode(PROGRAM)}&tick=4&lang=ko&theme=dark").ready()
    frame = course.frame
    assert course.nodes()["기울기"][0] == "3" and course.nodes()["손실"] == ["9", "1"]
    assert frame.evaluate("document.documentElement.lang") == "ko"
    assert "단계" in course.place() and "Gradtape에서 열기" in frame.inner_text("#full")
    assert re.search("[가-힣]", frame.inner_text(".sentence"))
    light = frame.evaluate("getComputedStyle(document.getElementById('embed')).backgroundColor")
    assert max(map(int, re.findall(r"\d+", light))) < 60


def test_the_frame_gets_the_height_of_its_content(framed):
    course = framed("/embed/deck?tick=3", viewport={"width": 700, "height": 900}).ready()
    for _ in range(2):
        for _ in range(14):
            course.frame.click("[data-part=forward]")
        heights = course.fits()
        course.frame.wait_for_function(
            "(told) => told < document.querySelector('main').getBoundingClientRect().height + 1.01",
            arg=heights[-1],
        )
        course.page.set_viewport_size({"width": 400, "height": 900})
    assert len(heights) < 12
    course.page.wait_for_timeout(400)
    assert course.heard("resize", "height") == heights


def test_in_a_frame_that_stays_as_it_is_the_words_are_in_view(deck, address):
    page = deck().page
    page.set_viewport_size({"width": 375, "height": 560})
    page.goto(f"{address}/embed/deck?tick=9")
    page.wait_for_selector("svg.graph .node")
    bottom, sentence, beyond = page.evaluate(
        """() => {
            const now = document.querySelector(".now");
            const bottomOf = (one) => one.getBoundingClientRect().bottom;
            const beyond = now.scrollHeight - now.clientHeight;
            return [bottomOf(now), bottomOf(now.querySelector(".sentence")), beyond];
        }"""
    )
    assert sentence < bottom <= 560 and beyond > 0


def test_the_page_around_it_can_step_play_and_repaint(framed):
    course = framed(CHAIN).ready()
    course.say('type: "setStep", tick: 4')
    course.at(4, "5 of")
    for bad in ('"5"', "null", "1.5"):
        course.say(f'type: "setStep", tick: {bad}')
    course.say('type: "constructor"')
    course.page.evaluate("say({ source: 'gradtape', v: 2, type: 'setStep', tick: 1 })")
    course.frame.evaluate(f"postMessage({OURS} type: 'setStep', tick: 2}}, '*')")  # not the parent
    course.say('type: "setStep", tick: 1e9')
    course.at(11, "12 of")
    assert course.heard("step", "tick")[-2:] == [4, 11]
    course.say('type: "play"')
    course.frame.wait_for_selector(".play.on")
    course.say('type: "pause"')
    course.frame.wait_for_selector(".play:not(.on)")
    course.say('type: "setTheme", theme: "dark"')
    course.frame.wait_for_selector("[data-theme=dark]")
    course.say('type: "setStep", tick: 7')
    course.say('type: "setLang", lang: "ko"')
    course.page.wait_for_function("() => heard.filter(({ type }) => type === 'ready').length === 2")
    assert course.place() == "12단계 중 8단계"
    assert course.frame.locator("[data-theme=dark]").count() == 1


def test_a_step_asked_for_too_early_is_kept(framed):
    course = framed(CHAIN)
    course.frame.wait_for_selector(".excerpt:not([hidden])", state="attached")
    course.say('type: "setStep", tick: 2')
    course.ready()
    course.at(2, "3 of")


def test_nothing_is_stored_and_the_address_stays(framed):
    course = framed(CHAIN + "#?secret=abcdef", sandbox="allow-scripts allow-same-origin").ready()
    before = course.frame.url
    assert before.endswith("#?secret=abcdef")
    for part in ("forward", "forward", "first", "play"):
        course.frame.click(f"[data-part={part}]")
    course.page.wait_for_timeout(400)
    kept = course.frame.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]
    assert course.frame.evaluate("location.href") == before


@pytest.mark.parametrize("path", [CHAIN, "/embed/deck?tick=12&lang=ko", RACE, RACE + "&lang=ko"])
def test_nothing_scrolls_sideways(framed, path):
    course = framed(path, viewport={"width": 320, "height": 800}).ready()
    for width in (320, 480, 700):
        course.page.set_viewport_size({"width": width, "height": 800})
        course.frame.wait_for_function("(width) => innerWidth === width", arg=width)
        assert course.frame.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "path", ["deck?q=v1.nonsense", "deck?q=v9.x&example=nowhere&tick=-3", "deck"]
)
def test_whatever_stands_in_the_address_there_is_a_picture(framed, path):
    course = framed(f"/embed/{path}").ready()
    assert course.place().startswith("pass 1 of 500 · tick 1 of")


def test_a_program_that_does_not_run_says_why(framed, address):
    course = framed(
        f"/embed/deck?q={encode({'source': 'x = tf.constant(1.0) + y'})}&lang=ko"
    ).ready()
    assert re.search("[가-힣]", course.frame.inner_text("[data-part=problem]"))


def test_a_node_leads_to_its_tick_and_the_link_leads_to_the_same_picture(framed):
    course = framed(CHAIN, sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox")
    course.ready().frame.click("[data-part=back]")
    course.frame.click(".node:has(.name:text-is('x2'))")
    course.frame.wait_for_selector(".excerpt mark:text('x1 + b')")
    tick = course.place()
    with course.page.expect_popup() as opened:
        course.frame.click("#full")
    page = opened.value
    page.wait_for_selector("svg.graph .node")
    assert "/deck?" in page.url and page.evaluate("opener") is None
    assert page.inner_text("[data-part=place]") == tick


@pytest.mark.parametrize("path", [CHAIN, "/embed/deck?tick=12&lang=ko", RACE])
def test_axe_finds_nothing(deck, address, path):
    page = deck(viewport={"width": 500, "height": 900}, reduced_motion="reduce").page
    page.goto(address + path)
    page.wait_for_selector("svg.graph .node, .told-runs li")
    unfold_all(page)
    assert in_both_themes(page) == []


def test_korean_is_complete(framed):
    course = framed("/embed/deck?tick=12&lang=ko").ready()
    text, named = course.frame.evaluate(
        """() => {
            const own = document.body.cloneNode(true);
            for (const one of own.querySelectorAll("svg, math, code, pre, script, noscript, .num"))
                one.remove();
            return [own.textContent, [...document.querySelectorAll("[aria-label]")]
                .map((one) => one.ariaLabel)];
        }"""
    )
    assert [one for one in named if not re.search("[가-힣]", one)] == []
    assert not re.search("[a-z]{2,} [a-z]{2,} [a-z]{2,}", text)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("kind", ["deck", "descent"])
def test_the_first_view_is_small(deck, address, kind, lang):
    """A program of one line, since a program is data."""
    page = deck().page
    bodies = {}
    page.on("response", lambda answer: bodies.setdefault(answer.url, answer))
    q = f"&q={encode({'source': 'w**2', 'inputs': {'w': 3}})}" if kind == "deck" else ""
    page.goto(f"{address}/embed/{kind}?lang={lang}{q}")
    page.wait_for_selector("svg.graph .node, .told-runs .where .num")
    sizes = {
        url: len(gzip.compress(answer.body()))
        for url, answer in list(bodies.items())
        if "/api/" not in url and not url.endswith(".woff2") and url.startswith("http")
    }
    assert any(url.endswith(f"joined/page-embed-{kind}.js") for url in sizes)
    assert sum(sizes.values()) < LIMIT, sizes


@pytest.mark.parametrize("path", ["/", "/deck", "/descent", "/docs"])
def test_no_other_page_can_be_framed(browser, address, course, path):
    page = browser.new_page()
    with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        page.goto(course(FRAME.format(src=address + path, sandbox="allow-scripts")))
    assert all(not frame.url.startswith(address) for frame in page.frames)
    page.close()


def test_a_sandboxed_frame_shows_the_step_of_a_race(framed, address):
    course = framed(RACE + "&lang=ko&theme=dark", viewport={"width": 720, "height": 900}).ready()
    request = urllib.request.Request(f"{address}/api/v1/descents?q={encode(QUESTION)}")
    with urllib.request.urlopen(request) as answer:
        runs = json.load(answer)["runs"]
    titles = course.frame.eval_on_selector_all(
        ".told-runs li", "all => all.map((one) => [...one.querySelectorAll('.num')][1].title)"
    )
    assert [float(title) for title in titles] == [run["value"][40] for run in runs]
    assert course.place() == "전체 50스텝 중 40스텝"
    course.say('type: "setStep", tick: 7')
    course.at(7, "7스텝")
    course.fits()
    assert not any("plotly" in name for name in course.frame.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => name)"))  # fmt: skip


def test_share_from_the_lab(deck, framed, address):
    page = deck().page
    page.goto(address + RACE.replace("/embed", "") + "&lang=ko")
    page.wait_for_selector(".lab:not(.running) .told-runs .where .num")
    page.click("[data-part=share]")
    texts = shared(page)
    assert "tick=40" in texts["link"] and "q=v1." in texts["link"]
    assert "SGD, Adam, 40스텝" in texts["markdown"]
    course = framed("", html=texts["frame"], viewport={"width": 760, "height": 900}).ready()
    assert course.place() == "전체 50스텝 중 40스텝"
    given = int(re.search('height="([0-9]+)"', texts["frame"])[1])
    assert 0 <= given - course.heard("resize", "height")[-1] < 120


def shared(page: Page) -> dict[str, str]:
    page.wait_for_selector("dialog.sharing[open]")
    return {name: page.input_value(f"#share-{name}") for name in ("link", "frame", "markdown")}


def test_share_gives_a_link_and_a_frame_of_the_same_picture(deck, framed):
    page = deck("/deck?example=chain&theme=dark&lang=ko")
    page.page.fill("gt-editor textarea", SOURCE)
    page.page.press("gt-editor textarea", "Control+Enter")
    page.page.wait_for_selector(".deck:not(.outdated):not(.running)")
    page.click("last")
    page.click("back", 2)
    picture = page.picture()
    page.click("share")
    texts = shared(page.page)
    assert deck(texts["link"].removeprefix(page.address)).picture() == picture
    assert texts["markdown"].endswith(f"]({texts['link']})")
    assert 'loading="lazy"' in texts["frame"] and 'sandbox="allow-scripts' in texts["frame"]
    assert "손실" in re.search('title="([^"]+)"', texts["frame"])[1]
    course = framed("", html=texts["frame"], viewport={"width": 720, "height": 900}).ready()
    shown = {name: [node["value"], node["gradient"]] for name, node in page.nodes().items()}
    assert course.nodes() == shown
    assert course.frame.locator("html[lang=ko][data-theme=dark]").count() == 1
    given = int(re.search('height="([0-9]+)"', texts["frame"])[1])
    assert 0 <= given - course.heard("resize", "height")[-1] < 120


def test_share_by_keyboard_with_and_without_a_clipboard(deck):
    page = deck("/deck?example=chain&tick=9", permissions=["clipboard-read", "clipboard-write"])
    page.page.focus("[data-part=share]")
    page.press("Enter")
    texts = shared(page.page)
    assert page.page.evaluate("document.activeElement.id") == "share-link"
    page.press("Tab", "Enter")
    page.page.wait_for_selector(".sharing [role=status]:text('Copied.')")
    assert page.page.evaluate("navigator.clipboard.readText()") == texts["link"]
    page.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.press("Tab", "Tab", "Enter")
    page.page.wait_for_selector(".sharing [role=status]:text('Ctrl+C')")
    assert page.page.evaluate("getSelection().toString()") == texts["frame"]
    assert violations(page.page) == []
    page.press("Escape")
    assert page.page.evaluate("document.activeElement.dataset.part") == "share"
    page.click("forward")
    page.click("share")
    assert "tick=10" in shared(page.page)["link"]
