"""The seed programs, stepped on the page, their numbers read off it."""

import json
import urllib.request

import pytest


def trace_of(address, source):
    body = json.dumps({"source": source}).encode()
    request = urllib.request.Request(
        f"{address}/api/v1/trace", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_chain_forward_then_backward(deck):
    page = deck("/deck?example=chain")
    assert page.gradient("w") == "–" and page.nodes()["x"]["state"] == "untracked"
    phases = [page.phase]
    while True:
        if phases[-1] in ("Forward", "Loss"):
            assert {page.gradient(name) for name in ("w", "b", "x1", "x2")} == {"–"}
        before = page.tick
        page.click("forward")
        if page.tick == before:
            break
        phases.append(page.phase)
    order = [
        phase for phase, earlier in zip(phases, [None, *phases], strict=False) if phase != earlier
    ]
    assert [phase for phase in order if phase != "Tape"] == ["Forward", "Loss", "Backward"]
    assert phases.count("Backward") == 6  # the seed and five edges
    nodes = page.nodes()
    assert [nodes[name]["value"] for name in ("x1", "x2", "loss_val")] == ["6", "7", "3"]
    assert [nodes[name]["gradient"] for name in ("w", "b")] == ["2", "1"]
    assert nodes["w"]["state"] == "value"


def test_line_fit_moves_its_weights(deck, address):
    page = deck("/deck")
    source = page.page.input_value("gt-editor textarea")
    trace = trace_of(address, source)
    run, graph = trace["passes"][0], trace["graphs"][0]
    ids = {node["name"]: str(node["id"]) for node in graph["nodes"]}
    assert "500" in page.text("place")
    page.page.select_option("[data-part=unit]", "pass")
    for number in range(3):
        page.click("forward")
        nodes = page.nodes()
        for name in ("w", "b"):
            after = nodes[name]["value"].split("→ ")[-1]
            assert abs(float(after) - run["after"][ids[name]][number]) < 1e-4
            assert nodes[name]["state"] in ("value", "zero")
    page.click("last")
    assert page.tick == trace["ticks"]
    assert "1.9329867362976074x + -0.7990004420280457" in page.text("printed")


def test_a_watched_constant_gets_eights(deck):
    page = deck("/deck?example=watch")
    page.click("last")
    assert page.gradient("x") in ("all 8", "[[8, 8], [8, 8]]")
    assert "[8. 8.]" in page.text("printed")


def test_the_second_derivative(deck):
    page = deck("/deck?example=nested")
    page.click("last")
    echo = page.text("echo")
    assert "numpy=10.0" in echo and "numpy=2.0" in echo


def test_a_tape_read_three_times(deck):
    page = deck("/deck?example=persistent")
    seen = set()
    for _ in range(60):
        seen.add(page.gradient("x"))
        before = page.tick
        page.click("forward")
        if page.tick == before:
            break
    assert {"625,000", "500", "10"} <= seen


def test_none_is_said_and_explained(deck):
    page = deck("/deck?example=unwatched")
    page.click("last")
    assert page.text("printed").split() == ["75.0", "None"]
    nodes = page.nodes()
    assert nodes["x"]["gradient"] == "75"
    assert nodes["w"]["gradient"] == "∅ None" and nodes["w"]["state"] == "none"
    page.page.click(".node:has(.name:text-is('w'))")
    assert "watch" in page.page.inner_text(".detail .why")


KEPT = """w = torch.tensor(3., requires_grad=True)
for _ in range(2):
    loss = w * w
    loss.backward()
print(w.grad)
"""


def test_what_pytorch_keeps_is_shown_as_left_from_before(deck):
    page = deck("/deck")
    page.page.fill("gt-editor textarea", KEPT)
    page.page.press("gt-editor textarea", "Control+Enter")
    page.page.wait_for_selector(".deck:not(.outdated):not(.running)")
    page.page.select_option("[data-part=unit]", "pass")
    page.click("forward")
    assert page.nodes()["w"]["gradient"] == "6"
    page.page.select_option("[data-part=unit]", "operation")
    page.click("forward")
    assert page.nodes()["w"] == {"value": "3", "gradient": "↺ 6", "state": "stale"}
    page.click("last")
    assert page.nodes()["w"]["gradient"] == "12"
    ledger = page.page.inner_text(".ledger").split()
    assert ledger[-3:] == ["now", "6", "12"] and ledger.count("6") >= 2
    assert page.page.inner_text(".sentence").endswith(
        "Nothing has set w.grad to zero: 6 is added to the 6 of the pass before, which makes 12."
    )
    page.click("back")
    assert "set w.grad to zero" not in page.page.inner_text(".sentence")


@pytest.mark.parametrize("example", ["line-fit", "chain", "persistent", "autograd"])
def test_every_number_shown_is_a_field_of_the_trace(deck, example):
    page = deck(f"/deck?example={example}&tick=7")
    strangers = page.page.evaluate(
        """async () => {
            const base = document.querySelector("script[src]").src;
            const { exact } = await import(new URL("../text/numbers.js", base));
            const source = document.querySelector("gt-editor textarea").value;
            const headers = { "Content-Type": "text/x-python" };
            const answer = await fetch("/api/v1/trace", { method: "POST", headers, body: source });
            const columns = ["forward", "edge", "partial", "gradient", "held", "grad", "after"];
            const known = new Set(["–"]);
            for (const run of (await answer.json()).passes)
                for (const name of columns)
                    for (const column of Object.values(run[name] ?? {}))
                        for (const value of column) {
                            known.add(exact(value));
                            for (const part of Object.values(value?.shape ? value : {}))
                                known.add(exact(part));
                        }
            const parts = [".now", "[data-part=variables]", "[data-part=steps]"];
            const shown = parts.map((part) => part + " .num[title]").join();
            const strangers = [];
            for (let step = 0; step < 30; step++) {
                for (const { title } of document.querySelectorAll(shown))
                    if (!known.has(title)) strangers.push(title);
                document.querySelector("[data-part=forward]").click();
            }
            return strangers;
        }"""
    )
    assert strangers == []
