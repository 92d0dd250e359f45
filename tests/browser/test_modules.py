"""The page's pure modules, run inside the browser."""

from itertools import pairwise

import pytest

NUMBERS = [
    (2, "2"), (-3, "−3"), (625000, "625,000"), (0.1, "0.1"), (1.9329867362976074, "1.933"),
    (1e-9, "1e−9"), (123456.789, "1.235e5"), (12345.678, "12,346"), (-1.25e12, "−1.25e12"),
    ("NaN", "NaN"), ("-Infinity", "−∞"), (None, "–"), (True, "true"),
    ([-1, 0, 1, 2, 3, 4], "[−1, 0, 1, 2, 3, 4]"), ([[8, 8], [8, 8]], "[[8, 8], [8, 8]]"),
    ([1.5] * 40, "all 1.5"), ([[0.123456] * 9] * 9, "all 0.123"),
    ([0.123456, 20000], "[0.123, 2e4]"), (list(range(40)), "[0, 1, 2, 3, 4, 5, …]"),
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


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((0.5, 0.25), ["0.5", "0.25"]),
        ((0.5, 0.5), ["0.5", "0.5"]),
        ((0.5, 0.50000012), ["0.5", "0.50000012"]),
        (
            ([[-4.2571, 4.4182]] * 40, [[-4.2569, 4.4182]] * 40),
            ["[−4.2571 … 4.4182]", "[−4.2569 … 4.4182]"],
        ),
    ],
)
def test_an_update_shows(modules, values, texts):
    assert modules(["text/numbers"], "({apart}, values) => apart(...values)", values) == texts


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


# -- the lab

ODD_LINKS = [
    ({}, None),
    ({"objective": 5}, None),
    ({"objective": {"function": 5}}, None),
    ({"objective": {"source": "x*y", "parameters": "xy"}}, None),
    ({"objective": {"function": "beale"}, "runs": "adam"}, [{"optimizer": "sgd", "options": {}}]),
    (
        {
            "objective": {"function": "beale"},
            "runs": [{"optimizer": "adam", "options": None, "label": 3}, 4, {"optimizer": 5}],
            "start": [1, "2"],
            "steps": 1.5,
        },
        [{"optimizer": "adam", "options": {}}],
    ),
    ({"objective": {"function": "beale"}, "steps": "5"}, [{"optimizer": "sgd", "options": {}}]),
]
WHOLE_LINKS = [
    ({"objective": {"function": "beale"}}, [{"optimizer": "sgd", "options": {}}]),
    ({"objective": {"source": "w = 1"}}, []),
]


@pytest.mark.parametrize(
    ("asked", "runs", "damaged"),
    [(*one, True) for one in ODD_LINKS] + [(*one, False) for one in WHOLE_LINKS],
)
def test_odd_links_of_the_lab(modules, asked, runs, damaged):
    """An address asks for what the lab can show, else it is said to be damaged; what is left out
    is what the API takes for it."""
    found = modules(
        ["io/link", "io/lab-link"],
        """async ({pack, readLab, DEFAULT}, asked) =>
            [await readLab("?q=" + await pack(asked)), DEFAULT]""",
        asked,
    )
    read, default = found
    question = read["question"]
    assert read["damaged"] is damaged
    if runs is None:
        assert question == default
    else:
        assert question["objective"] == asked["objective"]
        assert question["runs"] == runs
        assert question["start"] is None and question["steps"] == 200


def test_links_of_the_lab_round_trip(modules):
    asked = {
        "objective": {"source": "x**2 + 가", "parameters": ["x", "가"]},
        "runs": [{"optimizer": "sgd", "options": {"lr": 0.1, "nesterov": False}}],
        "start": [-1.5, 2],
        "steps": 70,
    }
    found = modules(
        ["io/lab-link"],
        """async ({readLab, writeLab}, question) => readLab(await writeLab(
            {question, tick: 3, view: [[-2, 2], [-1, 3]], surface: "3d"}, "?lang=ko", 70))""",
        asked,
    )
    assert found == {
        "question": asked, "damaged": False, "tick": 3, "view": [[-2, 2], [-1, 3]], "surface": "3d"
    }  # fmt: skip


RACE = """({initial, update}) => {
    const question = {objective: {function: "beale"}, runs: [{}], start: null, steps: 3};
    const rows = (from, count) => ({run: 0, step: [...Array(count).keys()].map((k) => from + k),
        position: Array(count).fill([1, 2]), value: Array(count).fill(1),
        gradient: Array(count).fill([0, 0]), rate: Array(count).fill(0.1)});
    const race = (state, ...events) => events.reduce(update, state);
    const began = {type: "began", revision: 1, objective: {}, asked: {}, runs: [{}]};
    const told = (from, count) => ({type: "rows", revision: 1, batches: [rows(from, count)]});
    const ended = {type: "ended", revision: 1, runs: [{status: "max_steps"}]};
    return (%s)({start: initial(question), race, began, told, ended});
}"""
RACES = [
    ("a step asked for before the first row is kept", "{type: 'go', tick: 2}", 2),
    ("without a wish the cursor follows to the end", None, 3),
    ("a wish beyond the end is the end", "{type: 'go', tick: 99}", 3),
    ("a wish for the start stays there", "{type: 'go', tick: 0}", 0),
]


@pytest.mark.parametrize(("why", "wish", "tick"), RACES)
def test_where_the_cursor_of_a_race_comes_to_stand(modules, why, wish, tick):
    body = f"""({{start, race, began, told, ended}}) => race(start, {{type: "run"}},
        ...{f"[{wish}]" if wish else "[]"}, began, told(0, 1), told(1, 3), ended).tick"""
    assert modules(["state/lab"], RACE % body) == tick, why


def test_rows_of_an_older_race_change_nothing(modules):
    body = """({start, race, began, told}) => {
        const state = race(start, {type: "run"}, began, told(0, 2), {type: "stop"}, {type: "run"});
        return race(state, told(2, 2)) === state && state.answer.runs[0].status;
    }"""
    assert modules(["state/lab"], RACE % body) == "cancelled"


@pytest.mark.parametrize(
    ("size", "pixels"),
    [(1e-9, 16), (1e-6, 16), (1e-5, 22), (1, 52), (10, 58), (1e12, 84)],
)
def test_a_factor_of_ten_adds_six_pixels_to_an_arrow(modules, size, pixels):
    assert modules(["draw/heads"], "({lengthOf}, size) => lengthOf(size)", size) == pytest.approx(
        pixels
    )


@pytest.mark.parametrize(
    ("rows", "logarithmic"),
    [([[1, 2], [3, 4]], False), ([[1e-6, 1], [100, 1e4]], True), ([["NaN", "Infinity"]], None)],
)
def test_contour_lines_are_even_or_grow_by_a_factor(modules, rows, logarithmic):
    relief = modules(
        ["draw/relief"], "({reliefOf}, z) => reliefOf({x: [0, 1], y: [0, 1], z})", rows
    )
    if logarithmic is None:
        assert relief is None
        return
    assert relief["logarithmic"] is logarithmic
    gaps = [b - a for a, b in pairwise(relief["levels"])]
    assert gaps and gaps == pytest.approx([relief["step"]] * len(gaps))


def test_the_box_leaves_out_what_diverged(modules):
    runs = [
        {"status": "max_steps", "position": [[0, 0], [3, 1], ["NaN", 9]]},
        {"status": "diverged", "position": [[1e9, 1e9]]},
    ]
    box = modules(["state/race"], "({boxRound}, runs) => boxRound(runs, [[-1, 1], [-1, 1]])", runs)
    assert box == [pytest.approx([-1.2, 3.2]), [-1, 1]]
