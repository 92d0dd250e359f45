"""The page's pure modules, run inside the browser."""

import pytest

NUMBERS = [
    (2, "2"), (-3, "−3"), (625000, "625000"), (0.1, "0.1"), (1.9329867362976074, "1.933"),
    (1e-9, "1e−9"), (123456.789, "123460"), (-1.25e12, "−1.25e12"), ("NaN", "NaN"),
    ("-Infinity", "−∞"), (None, "–"), (True, "true"), ([-1, 0, 1, 2, 3, 4], "[−1, 0, 1, 2, 3, 4]"),
    ([[8, 8], [8, 8]], "[[8, 8], [8, 8]]"), ([1.5] * 40, "all 1.5"),
    (list(range(40)), "[0, 1, 2, 3, 4, 5, …]"),
]  # fmt: skip


@pytest.fixture(scope="module")
def modules(browser, address):
    """Calls `(modules) => …` with the modules named, in one page for all tests."""
    page = browser.new_page(locale="en-US")
    page.goto(address + "/deck?example=chain")

    def call(names, body, argument=None):
        return page.evaluate(
            """async ([names, body, argument]) => {
                const base = document.querySelector("script[src]").src;
                const found = {};
                for (const name of names)
                    Object.assign(found, await import(new URL(`../${name}.js`, base)));
                window.work = [found, argument];
            }""",
            [names, body, argument],
        ) or page.evaluate(f"({body})(...window.work)")

    yield call
    page.close()


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_numbers(modules, value, text):
    assert modules(["text/numbers"], "({short}, value) => short(value)", value) == text


def test_addresses_round_trip(modules):
    program = {"source": "기울기 = 1  # ∂L/∂w\n" * 20, "inputs": {"x": 2}, "seed": 7}
    packed = modules(["io/link"], "({pack}, data) => pack(data)", program)
    assert packed.startswith("v1.") and "=" not in packed
    assert modules(["io/link"], "({unpack}, text) => unpack(text)", packed) == program
    assert modules(["io/link"], "({unpack}, text) => unpack(text)", "v1.nonsense") is None


def test_columns_count_code_points(modules):
    line = "가중치 = 𝑤 + 1"
    offset = modules(["text/python"], "({offsetIn}, line) => offsetIn(line, 9)", line)
    assert line.encode("utf-16-le")[: 2 * offset].decode("utf-16-le") == "가중치 = 𝑤 "


def test_the_store_changes_nothing_in_place(modules):
    same = modules(
        ["state/store"],
        """({initial, update}) => {
            const state = Object.freeze(initial({source: "x"}));
            const events = [{type: "edit", source: "y"}, {type: "run"}, {type: "stop"},
                {type: "go", tick: 3}, {type: "step", by: 1}, {type: "play"}, {type: "pause"},
                {type: "advance"}, {type: "unit", unit: "pass"}, {type: "speed", speed: 2},
                {type: "pin", node: 1}, {type: "unpin"}, {type: "slow", revision: 9},
                {type: "answer", revision: 9, trace: {}}];
            for (const event of events) update(state, event);
            return update(state, {type: "answer", revision: 9, trace: {}}) === state;
        }""",
    )
    assert same


def test_mathml_admits_only_mathematics(modules):
    text = modules(
        ["draw/math"],
        """({row}) => {
            const evil = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
                + '<mi onclick="x()" data-ref="v1">a</mi><mtext href="javascript:x">b</mtext>'
                + '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script></math>';
            return row({mathml: evil}).outerHTML + String(row({mathml: "<svg/onload=x>"}));
        }""",
    )
    assert "onclick" not in text and "<script" not in text and "href" not in text
    assert 'data-ref="v1"' in text and text.endswith("null")


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (
            '<mrow><mi data-ref="v1">x</mi></mrow><mspace/><mrow><mi data-ref="v2">w</mi></mrow>',
            "−3·2",
        ),
        (
            '<mrow><mi data-ref="v2">w</mi></mrow><mspace/><mrow><mi data-ref="v1">x</mi></mrow>',
            "2·(−3)",
        ),
        ('<msup><mrow><mi data-ref="v1">x</mi></mrow><mn>2</mn></msup>', "(−3)2"),
        ('<mo>sign</mo><mrow><mi data-ref="v1">x</mi></mrow>', "sign(−3)"),
        ('<mo>(</mo><mrow><mi data-ref="v1">x</mi></mrow><mo>)</mo>', "(−3)"),
    ],
)
def test_numbers_in_a_formula(modules, inside, text):
    found = modules(
        ["draw/math"],
        """({substituted}, inside) => {
            const mathml = `<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow>${inside}</mrow></math>`;
            return substituted({mathml}, (ref) => ({v1: -3, v2: 2})[ref]).textContent;
        }""",
        inside,
    )
    assert found == text
