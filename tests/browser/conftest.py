"""A page in the system's Chromium, watched for errors and foreign requests, and its deck."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

PATIENCE = 45_000  # milliseconds that a page has on a busy machine
expect.set_options(timeout=PATIENCE)

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")
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


@pytest.fixture
def deck(browser: Browser, address: str) -> Iterator[Callable[..., Deck]]:
    """Opens decks; at the end, no page may have complained or asked another host for anything."""
    troubles: list[str] = []
    contexts = []

    def make(path: str = "", complaints: bool = False, **options: Any) -> Deck:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"} | options
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)

        def heard(line: ConsoleMessage) -> None:
            if line.type in ("error", "warning") and not complaints:
                troubles.append(line.text)

        def asked(request: Request) -> None:
            if not request.url.startswith((address, "data:")):
                troubles.append(request.url)

        page.on("console", heard)
        page.on("request", asked)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        made = Deck(page, address)
        return made.open(path) if path else made

    yield make
    for context in contexts:
        context.close()
    assert troubles == []
