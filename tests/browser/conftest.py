"""A page in the system's Chromium, watched for errors and foreign requests, and its deck."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

PATIENCE = 45_000  # milliseconds that a page has on a busy machine
expect.set_options(timeout=PATIENCE)

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium-headless-shell")
    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    return {"executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> str:
    """The server under test: one that runs already, or our own."""
    return os.environ.get("GRADTAPE_ADDRESS") or request.getfixturevalue("server")


class Deck:
    """The deck as a visitor reads and handles it."""

    def __init__(self, page: Page, address: str):
        self.page, self.address = page, address

    def open(self, path: str) -> "Deck":
        self.page.goto(self.address + path)
        return self.ready()

    def ready(self) -> "Deck":
        """Waits until a trace is on the screen."""
        self.page.wait_for_selector(".deck:not(.running) svg.graph .node")
        return self

    def choose(self, example: str) -> "Deck":
        """Another of the examples, on the same page."""
        self.page.select_option("[data-part=examples]", example)
        return self.ready()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> None:
        self.page.evaluate("document.getElementById('deck').focus()")

    def click(self, part: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.click(f"[data-part={part}]")

    def text(self, part: str) -> str:
        return self.page.inner_text(f"[data-part={part}]")

    @property
    def tick(self) -> int:
        """The tick of the whole program, from 1, as the player says it."""
        return int(re.findall(r"tick ([\d,]+) of", self.text("place"))[0].replace(",", ""))

    @property
    def phase(self) -> str:
        return self.page.inner_text("[data-part=now] .phase").split()[-1]

    def nodes(self) -> dict[str, dict[str, str]]:
        """Every named box: what stands above and below its name, and the gradient's state."""
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll(".node")].map((node) => {
                const text = (name) => node.querySelector(name)?.textContent ?? "";
                const name = text(".name") || node.dataset.node;
                return [name, {value: text(".value"), gradient: text(".gradient"),
                    state: node.dataset.gradient}];
            }))"""
        )

    def gradient(self, name: str) -> str:
        return self.nodes()[name]["gradient"]

    def picture(self) -> str:
        """All that a visitor can read in the graph, the tick's panel, the player and the tables."""
        return self.page.evaluate(
            """() => ["stage", "now", "place", "variables", "steps", "printed", "echo"]
                .map((name) => document.querySelector(`[data-part=${name}]`)?.textContent ?? "")
                .concat([...document.querySelectorAll(".node")].map((node) => node.ariaLabel))
                .join("\\n")"""
        )


class Pages:
    """Open pages, lent to one test after another: a second visit has the scripts in its cache.

    Pages of the same options share a context; nothing may be left in it, no cookie and no storage.
    """

    def __init__(self, browser: Browser):
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self._idle: dict[str, list[Page]] = {}
        self._lent: list[tuple[str, Page]] = []
        self._hears: dict[Page, Callable[[str, str], None]] = {}

    def lend(self, hears: Callable[[str, str], None], **options: Any) -> Page:
        """An empty page. hears: is told what happens on it, "error", "warning" or "request", and
        the text or address."""
        size = options.pop("viewport", {"width": 1280, "height": 800})
        options = {"locale": "en-US"} | options
        key = repr(sorted(options.items()))
        if key not in self._contexts:
            self._contexts[key] = self._browser.new_context(**options)
        idle = self._idle.setdefault(key, [])
        page = idle.pop() if idle else self._open(self._contexts[key])
        self._hears[page] = hears
        page.set_viewport_size(size)
        page.mouse.move(0, 0)
        self._lent.append((key, page))
        return page

    def _open(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)

        def heard(kind: str, text: str) -> None:
            if page in self._hears:
                self._hears[page](kind, text)

        page.on("console", lambda line: heard(line.type, line.text))
        page.on("request", lambda request: heard("request", request.url))
        page.on("pageerror", lambda error: heard("error", str(error)))
        return page

    def take_back(self) -> None:
        """Empties the pages of a test, and closes those that it has opened from them."""
        for key, page in self._lent:
            page.unroute_all(behavior="ignoreErrors")
            page.goto("about:blank")
            del self._hears[page]
            self._idle[key].append(page)
        for key in {key for key, _ in self._lent}:
            context = self._contexts[key]
            for other in set(context.pages) - set(self._idle[key]):
                other.close()
            assert context.cookies() == []
        self._lent.clear()

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


@pytest.fixture(scope="session")
def all_pages(browser: Browser) -> Iterator[Pages]:
    made = Pages(browser)
    yield made
    made.close()


@pytest.fixture
def pages(all_pages: Pages) -> Iterator[Pages]:
    """Lends pages for one test."""
    yield all_pages
    all_pages.take_back()


@pytest.fixture
def deck(pages: Pages, address: str) -> Iterator[Callable[..., Deck]]:
    """Opens decks; at the end, no page may have complained or asked another host for anything."""
    troubles: list[str] = []

    def make(path: str = "", complaints: bool = False, **options: Any) -> Deck:
        def heard(kind: str, text: str) -> None:
            if kind == "request":
                if not text.startswith((address, "data:", "about:")):
                    troubles.append(text)
            elif kind in ("error", "warning") and not complaints:
                troubles.append(text)

        made = Deck(pages.lend(heard, **options), address)
        return made.open(path) if path else made

    yield make
    assert troubles == []
