"""Frame times of eight paths of a thousand points, playing over a contour map.

    python tests/browser/frames.py http://127.0.0.1:8000

Prints numbers and asserts nothing: a machine without a graphics card is not a student's.
"""

import statistics
import sys
from typing import Any

from conftest import CHROMIUM
from lab import pack
from playwright.sync_api import sync_playwright

RATES = {"sgd": (0.0002, 0.001), "adam": (0.01, 0.1), "rmsprop": (0.002, 0.01), "adagrad": (0.1, 1)}
RACE: dict[str, Any] = {
    "objective": {"function": "rosenbrock"},
    "runs": [
        {"optimizer": name, "options": {"lr": lr}} for name, both in RATES.items() for lr in both
    ],
    "start": [-1.5, 2.0],
    "steps": 1000,
}
MEASURE = """async () => {
    const times = [];
    document.querySelector("[data-part=play]").click();
    let last = performance.now();
    while (document.querySelector(".play.on")) {
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times.slice(1);
}"""


def measure(address: str, width: int, height: int) -> None:
    """Plays the race once and says how long its frames took."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/descent?q={pack(RACE)}&tick=0")
        page.wait_for_selector(".map[data-base=plotly]", timeout=60_000)
        page.wait_for_selector(".lab:not(.running)")
        page.select_option("[data-part=speed]", "200")
        times = sorted(page.evaluate(MEASURE))
        seconds = sum(times) / 1000
        print(
            f"{width}×{height}: {len(times)} frames in {seconds:.1f} s,"
            f" {len(times) / seconds:.1f} a second;"
            f" median {statistics.median(times):.1f} ms,"
            f" 95 % {times[int(0.95 * len(times))]:.1f} ms, longest {times[-1]:.1f} ms"
        )
        browser.close()


if __name__ == "__main__":
    for size in ((1280, 800), (1920, 1080), (375, 812)):
        measure(sys.argv[1].rstrip("/"), *size)
