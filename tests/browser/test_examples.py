"""Every example with everything on its page opened: nothing may complain in the console."""

import pytest
from playwright.sync_api import expect

from app.web.examples import EXAMPLES

ONE = """\
w = torch.tensor(3.0, requires_grad=True)
for i in range(3):
    loss = (w * 2 - 1) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
"""


def open_everything(page):
    for name in ("code", "counts", "gradchecks"):
        page.locator(f"[data-derived={name}] summary").first.click()
    expect(page.locator(".derived-room", has_text="Working …")).to_have_count(0, timeout=60_000)
    page.locator("[data-part=surface]").scroll_into_view_if_needed()
    told = page.locator(
        "[data-part=surface] :is([data-part=surface-told], [data-part=surface-none])"
    )
    expect(told.filter(has_text=".").first).to_be_attached(timeout=60_000)


# Each panel runs the program anew: 500 turns of a network in six requests are ten seconds of
# arithmetic. The page shows all of them first; then its panels are about fewer.
SHORTER = {"autograd": ("range(1, 501)", "range(1, 11)")}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_an_example_leaves_the_console_clean(deck, example):
    deck = deck(f"/deck?example={example.id}")
    if example.id in SHORTER:
        whole, fewer = SHORTER[example.id]
        assert whole in example.source
        deck.page.fill("gt-editor textarea", example.source.replace(whole, fewer))
        with deck.page.expect_response("**/api/v1/trace"):
            deck.click("run")
        deck.ready()
    open_everything(deck.page)


def test_one_parameter_is_told_without_being_asked_about(deck):
    deck = deck("/deck?example=chain")
    asked = []
    deck.page.on("request", lambda request: asked.append(request.url))
    deck.page.fill("gt-editor textarea", ONE)
    deck.click("run")
    expect(deck.page.locator("[data-part=variables]")).to_contain_text("loss")
    open_everything(deck.page)
    expect(deck.page.locator("[data-part=surface-none]")).to_contain_text("a single number, w:")
    assert not [url for url in asked if url.endswith(("/descents", "/landscapes"))]
