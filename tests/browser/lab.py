"""The optimizer lab as a visitor reads and handles it, and the API's own answer beside it."""

import base64
import json
import re
import urllib.request
import zlib
from typing import Any

from playwright.sync_api import Page

SHOWN = ".lab:not(.running) [data-part=told] .where .num"


def pack(request: dict[str, Any]) -> str:
    """A request as the parameter q."""
    squeeze = zlib.compressobj(wbits=-15)
    packed = squeeze.compress(json.dumps(request).encode()) + squeeze.flush()
    return "v1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def ask(address: str, path: str, request: dict[str, Any]) -> dict[str, Any]:
    """The API's answer."""
    headers = {"Content-Type": "application/json"}
    body = json.dumps(request).encode()
    with urllib.request.urlopen(
        urllib.request.Request(f"{address}/api/v1/{path}", body, headers)
    ) as answer:
        return json.load(answer)


def number(title: str) -> Any:
    """The exact number, or list of them, that a title gives."""
    return json.loads(title.replace("\N{MINUS SIGN}", "-"))


def widest(page: Page) -> int:
    """The width that a page takes, in pixels, once it has drawn itself for its window."""
    return page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
            () => done(document.documentElement.scrollWidth))))"""
    )


class Lab:
    """One open page."""

    def __init__(self, page: Page, address: str):
        self.page, self.address = page, address

    def open(self, request: dict[str, Any] | None = None, more: str = "") -> "Lab":
        query = f"q={pack(request)}" if request else ""
        self.page.goto(f"{self.address}/descent?{query}{more}")
        return self.ready()

    def ready(self) -> "Lab":
        """Waits until all runs have ended and the surface is drawn."""
        self.page.wait_for_selector(SHOWN)
        self.page.wait_for_selector(".map[data-base]:not([data-base=''])")
        return self

    def run(self) -> None:
        """Waits for the race that a change began."""
        self.page.wait_for_selector(".lab:not(.running)")

    def click(self, part: str) -> None:
        self.page.click(f"[data-part={part}]")

    def go(self, step: int) -> None:
        """Drags the scrubber to a step."""
        self.page.evaluate(
            """(step) => {
                const field = document.querySelector("[data-part=step]");
                field.value = step;
                field.dispatchEvent(new Event("input"));
            }""",
            step,
        )

    @property
    def step(self) -> int:
        found = re.search(r"step (\d+) of", self.page.inner_text("[data-part=place]"))
        assert found
        return int(found[1])

    def numbers(self, run: int) -> list[Any]:
        """What is told of a run, with every digit: position, loss, gradient, next position."""
        titles = self.page.eval_on_selector_all(
            f"[data-part=told] [data-run='{run}'] .where .num", "all => all.map((one) => one.title)"
        )
        return [number(title) for title in titles]

    def told(self, run: int) -> str:
        return self.page.inner_text(f"[data-part=told] [data-run='{run}']")

    def start(self) -> list[float]:
        return [float(self.page.input_value(f"[data-part=start-{axis}]")) for axis in "xy"]

    def picture(self) -> str:
        """All that can be read at a step, and where everything is drawn."""
        return self.page.evaluate(
            """() => ["told", "place", "rows"]
                .map((name) => document.querySelector(`[data-part=${name}]`).textContent)
                .concat([...document.querySelectorAll(".heads, .curve .dots, .now-line, .axes")]
                    .map((one) => one.outerHTML))
                .concat(document.querySelector("canvas.paths").toDataURL())
                .join("\\n")"""
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the landscape is on the screen, by the ticks of the map."""
        return tuple(
            self.page.evaluate(
                """([x, y]) => {
                    const box = document.querySelector(".above").getBoundingClientRect();
                    const scale = (name, along) => {
                        const all = [...document.querySelectorAll(`.axes text.${name}:not(.name)`)]
                            .map((one) => [Number(one.textContent.replace("−", "-")),
                                Number(one.getAttribute(along)) - (along === "y" ? 4 : 0)]);
                        const [[a, pa], [b, pb]] = [all[0], all.at(-1)];
                        return (value) => pa + ((value - a) / (b - a)) * (pb - pa);
                    };
                    return [box.left + scale("across", "x")(x), box.top + scale("up", "y")(y)];
                }""",
                [x, y],
            )
        )
