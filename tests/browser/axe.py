"""axe-core, as a test asks it: what it finds, in the light and in the dark."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Found = list[tuple[str, list[str]]]
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """async ([context, options]) => {
    const found = await axe.run(context, { resultTypes: ["violations"], ...options });
    return found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]);
}"""


def violations(page: Page, *within: str, only: list[str] | None = None) -> Found:
    """The rules that the page breaks, or these parts of it, and its HTML in up to three places."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    context: Any = {"include": [[one] for one in within or ["html"]]}
    return [tuple(one) for one in page.evaluate(RUN, [context, {"runOnly": only} if only else {}])]


def in_both_themes(page: Page, *within: str) -> Found:
    """The same, and in the dark what is about colours: a theme changes nothing else."""
    page.evaluate("() => { document.documentElement.dataset.theme = 'light'; }")
    found = violations(page, *within)
    page.evaluate(
        """() => {
            document.documentElement.dataset.theme = "dark";
            return Promise.all(document.getAnimations().map(({ finished }) => finished));
        }"""
    )
    return found + violations(page, *within, only=COLOURS)


def unfold_all(page: Page) -> None:
    """Opens all that can be opened."""
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
    )
